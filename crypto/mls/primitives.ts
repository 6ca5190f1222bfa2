// Ed25519, HPKE and the reading of a key package, outside any group.
import type { Bytes } from '../bytes.ts';
import * as glue from './dist/mls.js';
import type { HpkeKeys, HpkeSealed, KeyPackageView } from './views.ts';
import { checkSuite, guarded } from './wasm.ts';

export function ed25519PublicKey(seed: Uint8Array): Bytes {
  return guarded(() => glue.ed25519PublicKey(seed));
}

export function ed25519Sign(seed: Uint8Array, message: Uint8Array): Bytes {
  return guarded(() => glue.ed25519Sign(seed, message));
}

/** Strict: refuses small-order and non-canonical keys, small-order R and an unreduced S. */
export function ed25519Verify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return guarded(() => glue.ed25519Verify(publicKey, message, signature));
}

export function hpkeGenerate(suite: number): HpkeKeys {
  return guarded(() => glue.hpkeGenerate(checkSuite(suite)));
}

/** Throws `bad-key` for a key that is malformed or of small order. */
export function hpkeSeal(
  suite: number,
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): HpkeSealed {
  return guarded(() => glue.hpkeSeal(checkSuite(suite), publicKey, info, aad, plaintext));
}

/** Throws `decrypt-failed` whatever the reason. */
export function hpkeOpen(
  suite: number,
  privateKey: Uint8Array,
  kem: Uint8Array,
  ciphertext: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
): Bytes {
  return guarded(() => glue.hpkeOpen(checkSuite(suite), privateKey, kem, ciphertext, info, aad));
}

/** Checks a key package alone: encoding, signatures, version, suite. Throws `bad-key-package`. */
export function inspectKeyPackage(suite: number, bytes: Uint8Array): KeyPackageView {
  return guarded(() => glue.inspectKeyPackage(checkSuite(suite), bytes));
}
