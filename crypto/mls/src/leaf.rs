//! A leaf of the tree as TypeScript judges it.

use openmls::prelude::{Ciphersuite, LeafNode, LeafNodeIndex, MlsGroup};
use openmls_traits::OpenMlsProvider;
use openmls_traits::crypto::OpenMlsCrypto;
use tls_codec::{DeserializeBytes as _, Serialize as _, VLBytes};
use wasm_bindgen::JsValue;

use crate::error::{Outcome, internal};
use crate::profile;
use crate::provider::Provider;
use crate::record::Record;

/// TLS bytes of signature_key || credential || capabilities || extensions: what a
/// path update must leave as it was.
fn fixed(leaf: &LeafNode) -> Result<Vec<u8>, tls_codec::Error> {
    let mut out = leaf.signature_key().tls_serialize_detached()?;
    leaf.credential().tls_serialize(&mut out)?;
    leaf.capabilities().tls_serialize(&mut out)?;
    leaf.extensions().tls_serialize(&mut out)?;
    Ok(out)
}

/// OpenMLS keeps the slice private; the wire form is one opaque vector.
fn encryption_key(leaf: &LeafNode) -> Outcome<VLBytes> {
    let wire = leaf
        .encryption_key()
        .tls_serialize_detached()
        .map_err(internal)?;
    VLBytes::tls_deserialize_exact_bytes(&wire).map_err(internal)
}

/// Whether somebody can encrypt to this HPKE key. OpenMLS does not ask: a leaf with
/// a malformed or small-order key would make every later commit to it fail.
pub fn usable_key(provider: &Provider, suite: Ciphersuite, key: &[u8]) -> bool {
    let sealed = provider
        .crypto()
        .hpke_seal(suite.hpke_config(), key, &[], &[], &[]);
    sealed.is_ok()
}

pub fn usable(provider: &Provider, suite: Ciphersuite, leaf: &LeafNode) -> Outcome<bool> {
    Ok(usable_key(
        provider,
        suite,
        encryption_key(leaf)?.as_slice(),
    ))
}

pub fn view(index: u32, leaf: &LeafNode) -> Outcome<JsValue> {
    let attempt = leaf.extensions().unknown(profile::ATTEMPT_EXTENSION);
    Ok(Record::new()
        .set("index", index)
        .bytes("signatureKey", leaf.signature_key().as_slice())
        .bytes("encryptionKey", encryption_key(leaf)?.as_slice())
        .set(
            "credentialType",
            u16::from(leaf.credential().credential_type()),
        )
        .bytes("credential", leaf.credential().serialized_content())
        .bytes("attempt", attempt.map_or(&[], |found| &found.0))
        .bytes("fixed", &fixed(leaf).map_err(internal)?)
        .done())
}

pub fn all(group: &MlsGroup) -> Outcome<Vec<JsValue>> {
    group
        .treesync()
        .full_leaves()
        .map(|(index, leaf): (LeafNodeIndex, &LeafNode)| view(index.u32(), leaf))
        .collect()
}
