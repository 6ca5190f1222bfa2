//! Key packages: reading a stranger's, alone, before any group sees it.

use openmls::prelude::{Ciphersuite, KeyPackage, KeyPackageIn, ProtocolVersion};
use openmls_traits::OpenMlsProvider;
use tls_codec::{DeserializeBytes as _, Serialize as _};
use wasm_bindgen::prelude::*;

use crate::error::{Fault, Outcome, internal};
use crate::provider::Provider;
use crate::record::Record;
use crate::{leaf, profile};

const BAD: Fault = Fault("bad-key-package");

/// Parses and checks signatures, suite and version (RFC 9420 section 10.1), and that
/// both HPKE keys can be used: one bad package must not spoil a whole commit.
pub fn read(provider: &Provider, suite: Ciphersuite, bytes: &[u8]) -> Outcome<KeyPackage> {
    let package = KeyPackageIn::tls_deserialize_exact_bytes(bytes)
        .map_err(|_| BAD)?
        .validate(provider.crypto(), ProtocolVersion::Mls10)
        .map_err(|_| BAD)?;
    let good = package.ciphersuite() == suite
        && leaf::usable_key(provider, suite, package.hpke_init_key().as_slice())
        && leaf::usable(provider, suite, package.leaf_node())?;
    if good { Ok(package) } else { Err(BAD) }
}

/// Leaf extensions are the attempt alone, and the package itself has none.
fn extensions_exact(package: &KeyPackage) -> Outcome<bool> {
    let found = package.leaf_node().extensions();
    let Some(attempt) = found.unknown(profile::ATTEMPT_EXTENSION) else {
        return Ok(false);
    };
    let ours = profile::leaf_extensions(&attempt.0)?
        .tls_serialize_detached()
        .map_err(internal)?;
    let same = found.tls_serialize_detached().map_err(internal)? == ours;
    Ok(same && package.extensions().iter().next().is_none())
}

pub fn view(provider: &Provider, package: &KeyPackage) -> Outcome<JsValue> {
    let suite = package.ciphersuite();
    let reference = package.hash_ref(provider.crypto()).map_err(internal)?;
    let exact = *package.leaf_node().capabilities() == profile::capabilities(suite);
    Ok(Record::new()
        .set("leaf", leaf::view(0, package.leaf_node())?)
        .set("suite", suite as u16)
        .set("lifetimeExact", *package.life_time() == profile::lifetime())
        .set("capabilitiesExact", exact)
        .set("extensionsExact", extensions_exact(package)?)
        .bytes("ref", reference.as_slice())
        .done())
}

#[wasm_bindgen(js_name = inspectKeyPackage)]
pub fn inspect(suite: u16, bytes: &[u8]) -> Outcome<JsValue> {
    let provider = Provider::default();
    let package = read(&provider, profile::suite(suite)?, bytes)?;
    view(&provider, &package)
}
