//! People and wire forms for `outsider.rs`. Compiled for tests only.

use std::convert::Infallible;
use std::sync::Mutex;

use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_rust_crypto::{MemoryStorage, RustCrypto};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::Value;
use tls_codec::Serialize as _;

use crate::profile;
use crate::signer::LeafSigner;

/// The link's PSK, the same as in `mls.testkit.ts`.
const PSK_ID: &[u8] = b"meeting 1";
const PSK_SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
pub const ATTEMPT: &[u8] = &[0, 0, 0, 1];
/// What seeds the wasm's generator while getRandomValues gives nothing but sevens.
pub const ENTROPY: u8 = 7;

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn wire(message: &MlsMessageOut) -> Value {
    hex(&message.to_bytes().unwrap()).into()
}

pub fn read(wire: &Value) -> MlsMessageIn {
    let digits = wire.as_str().unwrap();
    let bytes: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    MlsMessageIn::tls_deserialize_exact_bytes(&bytes).unwrap()
}

pub struct Rand(Mutex<ChaCha20Rng>);

impl OpenMlsRand for Rand {
    type Error = Infallible;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], Infallible> {
        let mut out = [0; N];
        self.0.lock().unwrap().fill_bytes(&mut out);
        Ok(out)
    }

    fn random_vec(&self, length: usize) -> Result<Vec<u8>, Infallible> {
        let mut out = vec![0; length];
        self.0.lock().unwrap().fill_bytes(&mut out);
        Ok(out)
    }
}

/// A person with keys and memory. With `RustCrypto` it is OpenMLS as it comes.
pub struct Person<C> {
    name: &'static str,
    pub suite: Ciphersuite,
    pub signer: LeafSigner,
    crypto: C,
    rand: Rand,
    storage: MemoryStorage,
}

impl<C: OpenMlsCrypto> OpenMlsProvider for Person<C> {
    type CryptoProvider = C;
    type RandProvider = Rand;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        &self.storage
    }

    fn crypto(&self) -> &C {
        &self.crypto
    }

    fn rand(&self) -> &Rand {
        &self.rand
    }
}

impl<C: OpenMlsCrypto + Default> Person<C> {
    pub fn new(name: &'static str, suite: Ciphersuite, seed: u8) -> Self {
        Person {
            name,
            suite,
            signer: LeafSigner::from_seed(vec![seed; 32]).unwrap(),
            crypto: C::default(),
            rand: Rand(Mutex::new(ChaCha20Rng::from_seed([seed; 32]))),
            storage: MemoryStorage::default(),
        }
    }

    pub fn credential(&self) -> CredentialWithKey {
        let kind = CredentialType::Other(profile::CREDENTIAL);
        CredentialWithKey {
            credential: Credential::new(kind, self.name.into()),
            signature_key: self.signer.public().to_vec().into(),
        }
    }

    pub fn key_package(&self) -> KeyPackage {
        KeyPackage::builder()
            .leaf_node_capabilities(profile::capabilities(self.suite))
            .leaf_node_extensions(profile::leaf_extensions(ATTEMPT).unwrap())
            .key_package_lifetime(profile::lifetime())
            .build(self.suite, self, &self.signer, self.credential())
            .unwrap()
            .key_package()
            .clone()
    }

    /// Everybody here has the link.
    pub fn psk(&self) -> PreSharedKeyProposal {
        let psk = Psk::External(ExternalPsk::new(PSK_ID.to_vec()));
        let id = PreSharedKeyId::new(self.suite, &self.rand, psk).unwrap();
        id.store(self, PSK_SECRET).unwrap();
        PreSharedKeyProposal::new(id)
    }

    /// The member that the test in TypeScript plays, made anew, with the binding's own settings.
    pub fn member(entry: &Value) -> (Self, MlsGroup) {
        let suite = u16::try_from(entry["suite"].as_u64().unwrap()).unwrap();
        let person = Self::new("member", profile::suite(suite).unwrap(), ENTROPY);
        let package = person.key_package().tls_serialize_detached().unwrap();
        assert_eq!(entry["keyPackage"], hex(&package));
        person.psk();
        let MlsMessageBodyIn::Welcome(welcome) = read(&entry["welcome"]).extract() else {
            panic!("no Welcome");
        };
        let group =
            StagedWelcome::new_from_welcome(&person, &profile::join_config(), welcome, None)
                .unwrap()
                .into_group(&person)
                .unwrap();
        assert_eq!(entry["secretBefore"], person.secret(&group));
        (person, group)
    }

    pub fn secret(&self, group: &MlsGroup) -> String {
        hex(&group.export_secret(&self.crypto, "test", b"x", 32).unwrap())
    }
}

pub type Plain = Person<RustCrypto>;
