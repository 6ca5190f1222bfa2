//! One leaf identity and its memory: one meeting, one attempt, at most one group.
//! What it does with the group stands in `group`, `join`, `commit`, `process`.

use js_sys::Uint8Array;
use openmls::prelude::{
    Ciphersuite, Credential, CredentialType, CredentialWithKey, KeyPackage, MlsGroup, StagedCommit,
};
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};
use openmls_traits::OpenMlsProvider;
use tls_codec::Serialize as _;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Fault, Outcome, internal};
use crate::join::StagedJoin;
use crate::profile;
use crate::provider::Provider;
use crate::record::bytes;
use crate::signer::LeafSigner;

pub struct StoredPsk {
    id: Vec<u8>,
    secret: Zeroizing<Vec<u8>>,
}

#[wasm_bindgen]
pub struct Session {
    pub(crate) provider: Provider,
    pub(crate) suite: Ciphersuite,
    pub(crate) signer: LeafSigner,
    pub(crate) credential: Vec<u8>,
    pub(crate) attempt: Vec<u8>,
    pub(crate) psks: Vec<StoredPsk>,
    pub(crate) group: Option<MlsGroup>,
    pub(crate) first_epoch: u64,
    pub(crate) welcome: Option<StagedJoin>,
    pub(crate) staged: Option<StagedCommit>,
}

#[wasm_bindgen]
impl Session {
    #[wasm_bindgen(constructor)]
    pub fn new(
        suite: u16,
        seed: Vec<u8>,
        credential: Vec<u8>,
        attempt: Vec<u8>,
    ) -> Outcome<Session> {
        let signer = LeafSigner::from_seed(seed)?;
        Ok(Session {
            provider: Provider::default(),
            suite: profile::suite(suite)?,
            signer,
            credential,
            attempt,
            psks: Vec::new(),
            group: None,
            first_epoch: 0,
            welcome: None,
            staged: None,
        })
    }

    #[wasm_bindgen(js_name = signatureKey)]
    pub fn signature_key(&self) -> Uint8Array {
        bytes(&self.signer.public())
    }

    #[wasm_bindgen(js_name = keyPackage)]
    pub fn key_package(&mut self) -> Outcome<Uint8Array> {
        let bundle = KeyPackage::builder()
            .leaf_node_capabilities(profile::capabilities(self.suite))
            .leaf_node_extensions(profile::leaf_extensions(&self.attempt)?)
            .key_package_lifetime(profile::lifetime())
            .build(self.suite, &self.provider, &self.signer, self.credential())
            .map_err(internal)?;
        let package = bundle
            .key_package()
            .tls_serialize_detached()
            .map_err(internal)?;
        Ok(bytes(&package))
    }

    #[wasm_bindgen(js_name = setPsk)]
    pub fn set_psk(&mut self, id: Vec<u8>, secret: Vec<u8>) -> Outcome<()> {
        let secret = Zeroizing::new(secret);
        self.psks.retain(|known| known.id != id);
        self.psks.push(StoredPsk { id, secret });
        self.store_psks()
    }
}

impl Session {
    pub(crate) fn credential(&self) -> CredentialWithKey {
        let kind = CredentialType::Other(profile::CREDENTIAL);
        CredentialWithKey {
            credential: Credential::new(kind, self.credential.clone()),
            signature_key: self.signer.public().to_vec().into(),
        }
    }

    /// A PSK proposal's identifier with a fresh nonce (RFC 9420 section 8.4).
    pub(crate) fn psk_id(&self, id: &[u8]) -> Outcome<PreSharedKeyId> {
        let psk = Psk::External(ExternalPsk::new(id.to_vec()));
        PreSharedKeyId::new(self.suite, self.provider.rand(), psk).map_err(internal)
    }

    pub(crate) fn store_psks(&self) -> Outcome<()> {
        self.psks.iter().try_for_each(|psk| {
            self.psk_id(&psk.id)?
                .store(&self.provider, &psk.secret)
                .map_err(internal)
        })
    }

    pub(crate) fn group(&self) -> Outcome<&MlsGroup> {
        self.group.as_ref().ok_or(Fault("no-group"))
    }

    /// The oldest epoch whose application messages can still be read here.
    pub(crate) fn oldest_readable(&self) -> Outcome<u64> {
        let kept = self
            .group()?
            .epoch()
            .as_u64()
            .saturating_sub(profile::PAST_EPOCHS as u64);
        Ok(kept.max(self.first_epoch))
    }

    /// The group, if this leaf is still in it.
    pub(crate) fn active(&self) -> Outcome<&MlsGroup> {
        let group = self.group()?;
        if group.is_active() {
            Ok(group)
        } else {
            Err(Fault("inactive"))
        }
    }
}
