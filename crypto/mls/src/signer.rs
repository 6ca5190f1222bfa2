//! The leaf's signing key. It lives in this memory one meeting long, because
//! OpenMLS signs synchronously; wiped when dropped.

use ed25519_dalek::{Signer as _, SigningKey};
use openmls_traits::signatures::{Signer, SignerError};
use openmls_traits::types::SignatureScheme;
use zeroize::Zeroize;

use crate::error::{Fault, Outcome};

pub struct LeafSigner(SigningKey);

impl LeafSigner {
    /// Takes the 32-byte seed and wipes the copy it was given.
    pub fn from_seed(mut seed: Vec<u8>) -> Outcome<Self> {
        let key = <[u8; 32]>::try_from(seed.as_slice()).map(|mut bytes| {
            let key = SigningKey::from_bytes(&bytes);
            bytes.zeroize();
            key
        });
        seed.zeroize();
        key.map(Self).map_err(|_| Fault("bad-key"))
    }

    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    pub fn signature(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl Signer for LeafSigner {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.signature(payload).to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}
