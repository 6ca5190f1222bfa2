//! HPKE (RFC 9180) for the KEMs, KDFs and AEADs of our two suites. No cryptography
//! of ours: each call goes to the RustCrypto backend with an algorithm known at
//! compile time, so that the curves and ciphers nobody uses are not linked.

use hpke_rs::{Hpke, HpkeKeyPair, Mode};
use hpke_rs_crypto::HpkeCrypto;
use hpke_rs_crypto::error::Error;
use hpke_rs_crypto::types::{AeadAlgorithm, KdfAlgorithm, KemAlgorithm};
use hpke_rs_rust_crypto::{HpkeRustCrypto as Rust, HpkeRustCryptoPrng};
use openmls_traits::types::{
    CryptoError, HpkeAeadType, HpkeCiphertext, HpkeConfig, HpkeKdfType, HpkeKemType,
};

#[derive(Debug)]
pub struct Narrow;

type Bytes = Result<Vec<u8>, Error>;
type Pair = Result<(Vec<u8>, Vec<u8>), Error>;

impl HpkeCrypto for Narrow {
    type HpkePrng = HpkeRustCryptoPrng;

    fn name() -> String {
        String::new()
    }

    fn supports_kdf(_: KdfAlgorithm) -> Result<(), Error> {
        Ok(())
    }

    fn supports_kem(_: KemAlgorithm) -> Result<(), Error> {
        Ok(())
    }

    fn supports_aead(_: AeadAlgorithm) -> Result<(), Error> {
        Ok(())
    }

    fn prng() -> Self::HpkePrng {
        Rust::prng()
    }

    fn kdf_extract(alg: KdfAlgorithm, salt: &[u8], ikm: &[u8]) -> Bytes {
        match alg {
            KdfAlgorithm::HkdfSha256 => Rust::kdf_extract(KdfAlgorithm::HkdfSha256, salt, ikm),
            KdfAlgorithm::HkdfSha384 => Rust::kdf_extract(KdfAlgorithm::HkdfSha384, salt, ikm),
            _ => Err(Error::UnknownKdfAlgorithm),
        }
    }

    fn kdf_expand(alg: KdfAlgorithm, prk: &[u8], info: &[u8], size: usize) -> Bytes {
        match alg {
            KdfAlgorithm::HkdfSha256 => Rust::kdf_expand(KdfAlgorithm::HkdfSha256, prk, info, size),
            KdfAlgorithm::HkdfSha384 => Rust::kdf_expand(KdfAlgorithm::HkdfSha384, prk, info, size),
            _ => Err(Error::UnknownKdfAlgorithm),
        }
    }

    fn dh(alg: KemAlgorithm, public: &[u8], private: &[u8]) -> Bytes {
        match alg {
            KemAlgorithm::DhKem25519 => Rust::dh(KemAlgorithm::DhKem25519, public, private),
            _ => Err(Error::UnknownKemAlgorithm),
        }
    }

    fn secret_to_public(alg: KemAlgorithm, private: &[u8]) -> Bytes {
        match alg {
            KemAlgorithm::DhKem25519 => Rust::secret_to_public(KemAlgorithm::DhKem25519, private),
            _ => Err(Error::UnknownKemAlgorithm),
        }
    }

    /// Keys are derived from fresh input (`derive_key_pair`), never made here.
    fn kem_key_gen(_: KemAlgorithm, _: &mut Self::HpkePrng) -> Pair {
        Err(Error::UnsupportedKemOperation)
    }

    fn kem_key_gen_derand(alg: KemAlgorithm, seed: &[u8]) -> Pair {
        match alg {
            KemAlgorithm::XWingDraft06 => {
                Rust::kem_key_gen_derand(KemAlgorithm::XWingDraft06, seed)
            }
            _ => Err(Error::UnknownKemAlgorithm),
        }
    }

    fn kem_encaps(alg: KemAlgorithm, public: &[u8], prng: &mut Self::HpkePrng) -> Pair {
        match alg {
            KemAlgorithm::XWingDraft06 => {
                Rust::kem_encaps(KemAlgorithm::XWingDraft06, public, prng)
            }
            _ => Err(Error::UnknownKemAlgorithm),
        }
    }

    fn kem_decaps(alg: KemAlgorithm, share: &[u8], private: &[u8]) -> Bytes {
        match alg {
            KemAlgorithm::XWingDraft06 => {
                Rust::kem_decaps(KemAlgorithm::XWingDraft06, share, private)
            }
            _ => Err(Error::UnknownKemAlgorithm),
        }
    }

    fn dh_validate_sk(_: KemAlgorithm, _: &[u8]) -> Bytes {
        Err(Error::UnknownKemAlgorithm)
    }

    fn aead_seal(alg: AeadAlgorithm, key: &[u8], nonce: &[u8], aad: &[u8], data: &[u8]) -> Bytes {
        match alg {
            AeadAlgorithm::Aes128Gcm => {
                Rust::aead_seal(AeadAlgorithm::Aes128Gcm, key, nonce, aad, data)
            }
            AeadAlgorithm::Aes256Gcm => {
                Rust::aead_seal(AeadAlgorithm::Aes256Gcm, key, nonce, aad, data)
            }
            _ => Err(Error::UnknownAeadAlgorithm),
        }
    }

    fn aead_open(alg: AeadAlgorithm, key: &[u8], nonce: &[u8], aad: &[u8], data: &[u8]) -> Bytes {
        match alg {
            AeadAlgorithm::Aes128Gcm => {
                Rust::aead_open(AeadAlgorithm::Aes128Gcm, key, nonce, aad, data)
            }
            AeadAlgorithm::Aes256Gcm => {
                Rust::aead_open(AeadAlgorithm::Aes256Gcm, key, nonce, aad, data)
            }
            _ => Err(Error::UnknownAeadAlgorithm),
        }
    }
}

fn base(config: HpkeConfig) -> Result<Hpke<Narrow>, CryptoError> {
    let (kem, kdf, aead) = match (config.0, config.1, config.2) {
        (HpkeKemType::DhKem25519, HpkeKdfType::HkdfSha256, HpkeAeadType::AesGcm128) => (
            KemAlgorithm::DhKem25519,
            KdfAlgorithm::HkdfSha256,
            AeadAlgorithm::Aes128Gcm,
        ),
        (HpkeKemType::XWingKemDraft6, HpkeKdfType::HkdfSha384, HpkeAeadType::AesGcm256) => (
            KemAlgorithm::XWingDraft06,
            KdfAlgorithm::HkdfSha384,
            AeadAlgorithm::Aes256Gcm,
        ),
        _ => return Err(CryptoError::UnsupportedCiphersuite),
    };
    Ok(Hpke::new(Mode::Base, kem, kdf, aead))
}

pub fn seal(
    config: HpkeConfig,
    key: &[u8],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<HpkeCiphertext, CryptoError> {
    let (kem, ciphertext) = base(config)?
        .seal(&key.into(), info, aad, plaintext, None, None, None)
        .map_err(|_| CryptoError::HpkeEncryptionError)?;
    Ok(HpkeCiphertext {
        kem_output: kem.into(),
        ciphertext: ciphertext.into(),
    })
}

pub fn open(
    config: HpkeConfig,
    input: &HpkeCiphertext,
    key: &[u8],
    info: &[u8],
    aad: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let (kem, ciphertext) = (input.kem_output.as_slice(), input.ciphertext.as_slice());
    base(config)?
        .open(kem, &key.into(), info, aad, ciphertext, None, None, None)
        .map_err(|_| CryptoError::HpkeDecryptionError)
}

pub fn derive(config: HpkeConfig, ikm: &[u8]) -> Result<HpkeKeyPair, CryptoError> {
    base(config)?
        .derive_key_pair(ikm)
        .map_err(|_| CryptoError::CryptoLibraryError)
}
