//! The crypto and storage that OpenMLS is given: the stock RustCrypto provider,
//! narrowed to our two suites and with every check of a stranger's key made strict.
//! Algorithms are named one by one, so that what no suite uses is not linked.

use openmls_rust_crypto::{MemoryStorage, RustCrypto};
use openmls_traits::OpenMlsProvider;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{
    AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeCiphertext, HpkeConfig,
    HpkeKeyPair, SignatureScheme,
};
use tls_codec::SecretVLBytes;

use crate::hpke;
use crate::primitives::{small_order_x25519, verify_strict};
use crate::profile;

#[derive(Default)]
pub struct Crypto(RustCrypto);

#[derive(Default)]
pub struct Provider {
    crypto: Crypto,
    storage: MemoryStorage,
}

impl OpenMlsProvider for Provider {
    type CryptoProvider = Crypto;
    type RandProvider = RustCrypto;
    type StorageProvider = MemoryStorage;

    fn storage(&self) -> &MemoryStorage {
        &self.storage
    }

    fn crypto(&self) -> &Crypto {
        &self.crypto
    }

    fn rand(&self) -> &RustCrypto {
        &self.crypto.0
    }
}

/// Both KEMs end in an X25519 share: the key itself, or the tail of X-Wing's.
fn share(key: &[u8]) -> Result<(), CryptoError> {
    match key.last_chunk::<32>() {
        Some(tail) if !small_order_x25519(tail) => Ok(()),
        _ => Err(CryptoError::InvalidPublicKey),
    }
}

impl OpenMlsCrypto for Crypto {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        match profile::suite(suite as u16) {
            Ok(_) => Ok(()),
            Err(_) => Err(CryptoError::UnsupportedCiphersuite),
        }
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        [0x004E, 0x0001]
            .into_iter()
            .filter_map(|id| profile::suite(id).ok())
            .collect()
    }

    fn verify_signature(
        &self,
        scheme: SignatureScheme,
        data: &[u8],
        key: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        match scheme {
            SignatureScheme::ED25519 if verify_strict(key, data, signature) => Ok(()),
            _ => Err(CryptoError::InvalidSignature),
        }
    }

    fn hpke_seal(
        &self,
        config: HpkeConfig,
        key: &[u8],
        info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        share(key)?;
        hpke::seal(config, key, info, aad, plaintext)
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        input: &HpkeCiphertext,
        key: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        share(input.kem_output.as_slice())?;
        hpke::open(config, input, key, info, aad)
    }

    fn hkdf_extract(
        &self,
        hash: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        match hash {
            HashType::Sha2_256 => self.0.hkdf_extract(HashType::Sha2_256, salt, ikm),
            HashType::Sha2_384 => self.0.hkdf_extract(HashType::Sha2_384, salt, ikm),
            _ => Err(CryptoError::UnsupportedHashAlgorithm),
        }
    }

    fn hmac(
        &self,
        hash: HashType,
        key: &[u8],
        message: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        match hash {
            HashType::Sha2_256 => self.0.hmac(HashType::Sha2_256, key, message),
            HashType::Sha2_384 => self.0.hmac(HashType::Sha2_384, key, message),
            _ => Err(CryptoError::UnsupportedHashAlgorithm),
        }
    }

    fn hkdf_expand(
        &self,
        hash: HashType,
        prk: &[u8],
        info: &[u8],
        length: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        match hash {
            HashType::Sha2_256 => self.0.hkdf_expand(HashType::Sha2_256, prk, info, length),
            HashType::Sha2_384 => self.0.hkdf_expand(HashType::Sha2_384, prk, info, length),
            _ => Err(CryptoError::UnsupportedHashAlgorithm),
        }
    }

    fn hash(&self, hash: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match hash {
            HashType::Sha2_256 => self.0.hash(HashType::Sha2_256, data),
            HashType::Sha2_384 => self.0.hash(HashType::Sha2_384, data),
            _ => Err(CryptoError::UnsupportedHashAlgorithm),
        }
    }

    fn aead_encrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        match alg {
            AeadType::Aes128Gcm => self
                .0
                .aead_encrypt(AeadType::Aes128Gcm, key, data, nonce, aad),
            AeadType::Aes256Gcm => self
                .0
                .aead_encrypt(AeadType::Aes256Gcm, key, data, nonce, aad),
            _ => Err(CryptoError::UnsupportedAeadAlgorithm),
        }
    }

    fn aead_decrypt(
        &self,
        alg: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        match alg {
            AeadType::Aes128Gcm => self
                .0
                .aead_decrypt(AeadType::Aes128Gcm, key, data, nonce, aad),
            AeadType::Aes256Gcm => self
                .0
                .aead_decrypt(AeadType::Aes256Gcm, key, data, nonce, aad),
            _ => Err(CryptoError::UnsupportedAeadAlgorithm),
        }
    }

    /// Leaf keys come from a seed of ours; OpenMLS must not make or use any.
    fn signature_key_gen(&self, _: SignatureScheme) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        Err(CryptoError::UnsupportedSignatureScheme)
    }

    fn sign(&self, _: SignatureScheme, _: &[u8], _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Err(CryptoError::UnsupportedSignatureScheme)
    }

    fn hpke_setup_sender_and_export(
        &self,
        _: HpkeConfig,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: usize,
    ) -> Result<(Vec<u8>, ExporterSecret), CryptoError> {
        Err(CryptoError::SenderSetupError) // external commits only
    }

    fn hpke_setup_receiver_and_export(
        &self,
        _: HpkeConfig,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        Err(CryptoError::ReceiverSetupError) // external commits only
    }

    fn derive_hpke_keypair(
        &self,
        config: HpkeConfig,
        ikm: &[u8],
    ) -> Result<HpkeKeyPair, CryptoError> {
        let (private, public) = hpke::derive(config, ikm)?.into_keys();
        Ok(HpkeKeyPair {
            private: private.as_slice().into(),
            public: public.as_slice().into(),
        })
    }
}
