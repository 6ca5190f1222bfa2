// SFrame (RFC 9605) itself: header, key derivation, nonce. Seals nothing: frame-cipher.ts does,
// which alone decides counters.
import { type Bytes, ByteWriter, concat, utf8 } from './bytes.ts';

export type FrameErrorCode =
  | 'frame-empty'
  | 'frame-too-large'
  | 'frame-short'
  | 'frame-header'
  | 'frame-tag'
  | 'frame-type'
  | 'counter-spent'
  | 'kid-range';

export class FrameError extends Error {
  readonly code: FrameErrorCode;
  constructor(code: FrameErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.name = 'FrameError';
    this.code = code;
  }
}

/** RFC 9605 section 4.5. Ours is AES_256_GCM_SHA512_128; the smaller one is here for the vectors. */
export interface FrameSuite {
  readonly id: number;
  readonly hash: 'SHA-256' | 'SHA-512';
  readonly keyBits: 128 | 256;
}
export const AES_128_GCM_SHA256_128: FrameSuite = { id: 4, hash: 'SHA-256', keyBits: 128 };
export const AES_256_GCM_SHA512_128: FrameSuite = { id: 5, hash: 'SHA-512', keyBits: 256 };

export interface FrameKey {
  readonly key: CryptoKey;
  readonly salt: Bytes;
}

export const SALT_BYTES = 12;
export const TAG_BYTES = 16;
export const MAX_HEADER_BYTES = 17;
export const TWO_32 = 0x1_0000_0000;

export function deriveFrameKey(
  baseSecret: Uint8Array,
  kid: bigint | number,
  usage: 'encrypt' | 'decrypt',
): Promise<FrameKey> {
  return deriveForSuite(AES_256_GCM_SHA512_128, baseSecret, kid, usage);
}

/** RFC 9605 section 4.4.2. Marked for one direction, as section 4.4.1 demands, and not extractable. */
export async function deriveForSuite(
  suite: FrameSuite,
  baseSecret: Uint8Array,
  kid: bigint | number,
  usage: 'encrypt' | 'decrypt',
): Promise<FrameKey> {
  const label = (text: string) =>
    concat(utf8(text), new ByteWriter().u64(BigInt(kid)).u16(suite.id).finish());
  const hkdf = (text: string) => ({
    name: 'HKDF' as const,
    hash: suite.hash,
    salt: new Uint8Array(0),
    info: label(text),
  });
  const base = await crypto.subtle.importKey('raw', Uint8Array.from(baseSecret), 'HKDF', false, [
    'deriveKey',
    'deriveBits',
  ]);
  const [key, salt] = await Promise.all([
    crypto.subtle.deriveKey(
      hkdf('SFrame 1.0 Secret key '),
      base,
      { name: 'AES-GCM', length: suite.keyBits },
      false,
      [usage],
    ),
    crypto.subtle.deriveBits(hkdf('SFrame 1.0 Secret salt '), base, SALT_BYTES * 8),
  ]);
  return { key, salt: new Uint8Array(salt) };
}

/** Bytes of a value in its shortest form; 0 for values that fit into the config byte. */
export function fieldLength(hi: number, lo: number): number {
  if (hi === 0 && lo < 8) return 0;
  return hi === 0 ? byteLength32(lo) : 4 + byteLength32(hi);
}
function byteLength32(value: number): number {
  return value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x100_0000 ? 3 : 4;
}

function writeField(out: Uint8Array, offset: number, length: number, hi: number, lo: number): void {
  for (let i = 0; i < length; i++) {
    const shift = length - 1 - i;
    out[offset + i] = shift >= 4 ? hi >>> (8 * (shift - 4)) : lo >>> (8 * shift);
  }
}

/** RFC 9605 section 4.3. Writes at `offset` and returns the header's length. */
export function writeHeader(
  out: Uint8Array,
  offset: number,
  kidHi: number,
  kidLo: number,
  ctrHi: number,
  ctrLo: number,
): number {
  const kidLength = fieldLength(kidHi, kidLo);
  const ctrLength = fieldLength(ctrHi, ctrLo);
  const kidBits = kidLength === 0 ? kidLo : 8 | (kidLength - 1);
  const ctrBits = ctrLength === 0 ? ctrLo : 8 | (ctrLength - 1);
  out[offset] = (kidBits << 4) | ctrBits;
  writeField(out, offset + 1, kidLength, kidHi, kidLo);
  writeField(out, offset + 1 + kidLength, ctrLength, ctrHi, ctrLo);
  return 1 + kidLength + ctrLength;
}

/** A header as read, to be used again and again: nothing is allocated per frame. */
export class FrameHeader {
  kidHi = 0;
  kidLo = 0;
  ctrHi = 0;
  ctrLo = 0;
  length = 0;

  /** False if cut short or not minimal: one (KID, CTR) has one header, so replays cannot be respelled. */
  read(bytes: Uint8Array, offset: number): boolean {
    const config = bytes[offset];
    if (config === undefined) return false;
    const kidLength = config & 0x80 ? ((config >>> 4) & 7) + 1 : 0;
    const ctrLength = config & 0x08 ? (config & 7) + 1 : 0;
    const end = offset + 1 + kidLength + ctrLength;
    if (end > bytes.length) return false;
    const ctrAt = offset + 1 + kidLength;
    this.kidHi = kidLength > 4 ? readField(bytes, offset + 1, kidLength - 4) : 0;
    this.kidLo =
      kidLength === 0
        ? (config >>> 4) & 7
        : readField(bytes, ctrAt - Math.min(kidLength, 4), Math.min(kidLength, 4));
    this.ctrHi = ctrLength > 4 ? readField(bytes, ctrAt, ctrLength - 4) : 0;
    this.ctrLo =
      ctrLength === 0
        ? config & 7
        : readField(bytes, end - Math.min(ctrLength, 4), Math.min(ctrLength, 4));
    this.length = 1 + kidLength + ctrLength;
    return (
      fieldLength(this.kidHi, this.kidLo) === kidLength &&
      fieldLength(this.ctrHi, this.ctrLo) === ctrLength
    );
  }

  /** The KID as a number, or -1 where it has more bits than a number holds (ours have 40). */
  get kid(): number {
    return this.kidHi > 0x1f_ffff ? -1 : this.kidHi * TWO_32 + this.kidLo;
  }
}

function readField(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value = ((value << 8) | (bytes[offset + i] ?? 0)) >>> 0;
  return value;
}

/** RFC 9605 section 4.4.3: the salt XOR the counter, big endian. */
export function writeNonce(out: Uint8Array, salt: Uint8Array, ctrHi: number, ctrLo: number): void {
  for (let i = 0; i < 4; i++) out[i] = salt[i] ?? 0;
  for (let i = 0; i < 4; i++) out[4 + i] = (salt[4 + i] ?? 0) ^ (ctrHi >>> (24 - 8 * i));
  for (let i = 0; i < 4; i++) out[8 + i] = (salt[8 + i] ?? 0) ^ (ctrLo >>> (24 - 8 * i));
}
