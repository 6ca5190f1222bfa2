//! Ed25519 and HPKE for callers outside MLS (knocks, admissions), on the same code
//! that MLS uses, with every check of a stranger's key made strict.

use ed25519_dalek::{Signature, VerifyingKey};
use js_sys::Uint8Array;
use openmls_traits::OpenMlsProvider;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::random::OpenMlsRand;
use openmls_traits::types::HpkeCiphertext;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Fault, INTERNAL, Outcome};
use crate::profile;
use crate::provider::Provider;
use crate::record::{Record, bytes};
use crate::signer::LeafSigner;

/// The Montgomery u-coordinates of small order (RFC 7748 section 6.1), reduced or
/// not; the top bit is ignored by X25519 and masked before comparing.
const SMALL_ORDER: [[u8; 32]; 7] = [
    u_coordinate(0, 0, 0),
    u_coordinate(1, 0, 0),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4,
        0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49,
        0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef,
        0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f,
        0x11, 0x57,
    ],
    u_coordinate(0xec, 0xff, 0x7f), // p - 1
    u_coordinate(0xed, 0xff, 0x7f), // p
    u_coordinate(0xee, 0xff, 0x7f), // p + 1
];

const fn u_coordinate(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut out = [middle; 32];
    out[0] = first;
    out[31] = last;
    out
}

pub fn small_order_x25519(key: &[u8; 32]) -> bool {
    let mut masked = *key;
    masked[31] &= 0x7f;
    SMALL_ORDER.contains(&masked)
}

/// Refuses small-order and non-canonical keys, small-order R and S not reduced.
pub fn verify_strict(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (<&[u8; 32]>::try_from(key), <&[u8; 64]>::try_from(signature))
    else {
        return false;
    };
    let Ok(point) = VerifyingKey::from_bytes(key) else {
        return false;
    };
    point.to_edwards().compress().as_bytes() == key
        && point
            .verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
}

#[wasm_bindgen(js_name = ed25519PublicKey)]
pub fn ed25519_public_key(seed: Vec<u8>) -> Outcome<Uint8Array> {
    Ok(bytes(&LeafSigner::from_seed(seed)?.public()))
}

#[wasm_bindgen(js_name = ed25519Sign)]
pub fn ed25519_sign(seed: Vec<u8>, message: &[u8]) -> Outcome<Uint8Array> {
    Ok(bytes(&LeafSigner::from_seed(seed)?.signature(message)))
}

#[wasm_bindgen(js_name = ed25519Verify)]
pub fn ed25519_verify(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    verify_strict(key, message, signature)
}

#[wasm_bindgen(js_name = hpkeGenerate)]
pub fn hpke_generate(suite: u16) -> Outcome<JsValue> {
    let suite = profile::suite(suite)?;
    let provider = Provider::default();
    let ikm = Zeroizing::new(provider.rand().random_vec(64).map_err(|_| INTERNAL)?);
    let keys = provider
        .crypto()
        .derive_hpke_keypair(suite.hpke_config(), &ikm)
        .map_err(|_| INTERNAL)?;
    Ok(Record::new()
        .bytes("publicKey", &keys.public)
        .bytes("privateKey", &keys.private)
        .done())
}

#[wasm_bindgen(js_name = hpkeSeal)]
pub fn hpke_seal(
    suite: u16,
    key: &[u8],
    info: &[u8],
    aad: &[u8],
    plaintext: Vec<u8>,
) -> Outcome<JsValue> {
    let plaintext = Zeroizing::new(plaintext);
    let sealed = Provider::default()
        .crypto()
        .hpke_seal(
            profile::suite(suite)?.hpke_config(),
            key,
            info,
            aad,
            &plaintext,
        )
        .map_err(|_| Fault("bad-key"))?;
    Ok(Record::new()
        .bytes("kem", sealed.kem_output.as_slice())
        .bytes("ciphertext", sealed.ciphertext.as_slice())
        .done())
}

#[wasm_bindgen(js_name = hpkeOpen)]
pub fn hpke_open(
    suite: u16,
    private_key: Vec<u8>,
    kem: Vec<u8>,
    ciphertext: Vec<u8>,
    info: &[u8],
    aad: &[u8],
) -> Outcome<Uint8Array> {
    let key = Zeroizing::new(private_key);
    let input = HpkeCiphertext {
        kem_output: kem.into(),
        ciphertext: ciphertext.into(),
    };
    let plaintext = Provider::default()
        .crypto()
        .hpke_open(
            profile::suite(suite)?.hpke_config(),
            &input,
            &key,
            info,
            aad,
        )
        .map_err(|_| Fault("decrypt-failed"))?;
    Ok(bytes(&Zeroizing::new(plaintext)))
}
