// Labelled Ed25519 signatures and the keys that may carry them. Every signed thing names what it is,
// and no key under which one signature fits every message gets in.
import { type Bytes, ByteWriter, utf8 } from './bytes.ts';
import { ed25519Sign, ed25519Verify } from './mls/index.ts';

export type SignedKind =
  | 'admission'
  | 'knock'
  | 'knock-keys'
  | 'leaving'
  | 'opening'
  | 'statement'
  | 'void';

/** Signs with a key that never leaves its holder (the authority's, in WebCrypto). */
export type Signer = (message: Bytes) => Promise<Uint8Array>;

/** What is really signed: product, version and kind first, so that no signature fits another kind. */
export function signedContent(kind: SignedKind, body: Uint8Array): Bytes {
  return new ByteWriter()
    .bytes8(utf8(`In Camera 1 ${kind}`))
    .bytes32(body)
    .finish();
}

export function signWithSeed(seed: Uint8Array, kind: SignedKind, body: Uint8Array): Bytes {
  return Uint8Array.from(ed25519Sign(seed, signedContent(kind, body)));
}

export async function signWith(signer: Signer, kind: SignedKind, body: Uint8Array): Promise<Bytes> {
  return Uint8Array.from(await signer(signedContent(kind, body)));
}

export function verifySigned(
  publicKey: Uint8Array,
  kind: SignedKind,
  body: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== 64 || !isGoodEd25519Key(publicKey)) return false;
  return ed25519Verify(publicKey, signedContent(kind, body), signature);
}

const fromHex = (hex: string): Bytes =>
  Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));

// y coordinates of the eight points of small order on edwards25519; the sign bit is masked before comparing.
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex);

// u coordinates for which X25519 gives zero whatever the scalar (RFC 7748 section 6.1).
const SMALL_ORDER_U = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
].map(fromHex);

const matches = (key: Uint8Array, masked: Uint8Array): boolean =>
  masked.every((byte, i) => byte === (i === 31 ? (key[i] ?? 0) & 0x7f : key[i]));

/** Not below 2^255 - 19: a second spelling of a small number. */
const isNonCanonical = (key: Uint8Array): boolean =>
  (key[0] ?? 0) >= 0xed &&
  ((key[31] ?? 0) & 0x7f) === 0x7f &&
  key.subarray(1, 31).every((byte) => byte === 0xff);

/** RFC 8032 section 5.1.3, and no point of small order. */
export function isGoodEd25519Key(key: Uint8Array): boolean {
  return (
    key.length === 32 && !isNonCanonical(key) && !SMALL_ORDER_Y.some((point) => matches(key, point))
  );
}

/** HPKE public key: its X25519 part (all of it, or the last 32 bytes of the hybrid) must be able to agree on a secret. */
export function isGoodHpkeKey(key: Uint8Array): boolean {
  if (key.length !== 32 && key.length !== 1216) return false;
  const part = key.subarray(key.length - 32);
  return !isNonCanonical(part) && !SMALL_ORDER_U.some((point) => matches(part, point));
}
