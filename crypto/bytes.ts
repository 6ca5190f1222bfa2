// Byte helpers and the one canonical encoding that everything signed, hashed or
// authenticated is built of. Must not know any message: layouts belong to their own files.

/** Bytes over a plain ArrayBuffer: what WebCrypto takes (never a SharedArrayBuffer). */
export type Bytes = Uint8Array<ArrayBuffer>;

export type CodecErrorCode =
  | 'codec-truncated'
  | 'codec-trailing'
  | 'codec-range'
  | 'codec-too-long'
  | 'codec-base64url'
  | 'codec-utf8';

export class CodecError extends Error {
  readonly code: CodecErrorCode;
  constructor(code: CodecErrorCode) {
    super(code);
    this.name = 'CodecError';
    this.code = code;
  }
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Equal without an early exit: the time tells the lengths at most, never the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Lexicographic order, shorter first on a tie. For public values only: it exits early. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Overwrites in place. Best effort: the engine may hold copies we cannot reach. */
export function wipeBytes(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}

const utf8Encoder = new TextEncoder();
// ignoreBOM: without it a leading U+FEFF would vanish, and two byte strings would read alike.
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return utf8Encoder.encode(text);
}

export function fromUtf8(bytes: Uint8Array): string {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    throw new CodecError('codec-utf8');
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function toBase64url(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63);
    if (left > 1) out += ALPHABET.charAt((group >> 6) & 63);
    if (left > 2) out += ALPHABET.charAt(group & 63);
  }
  return out;
}

/**
 * RFC 4648 section 5 without padding. Only the one canonical text of some bytes is taken:
 * padding, other alphabets and stray low bits would give one value two spellings.
 */
export function fromBase64url(text: string): Bytes {
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  if (text.length % 4 === 1) throw new CodecError('codec-base64url');
  let bits = 0;
  let held = 0;
  let offset = 0;
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) throw new CodecError('codec-base64url');
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[offset++] = (bits >> held) & 255;
    }
  }
  if ((bits & ((1 << held) - 1)) !== 0) throw new CodecError('codec-base64url');
  return out;
}

const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** Big endian, fixed widths, explicit lengths: one value has exactly one encoding. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  u8(value: number): this {
    return this.#uint(value, 1);
  }
  u16(value: number): this {
    return this.#uint(value, 2);
  }
  u32(value: number): this {
    return this.#uint(value, 4);
  }
  u64(value: bigint): this {
    if (value < 0n || value > U64_MAX) throw new CodecError('codec-range');
    const part = new Uint8Array(8);
    new DataView(part.buffer).setBigUint64(0, value);
    this.#parts.push(part);
    return this;
  }
  /** Bytes as they are: only where the length is fixed by the layout. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes.slice());
    return this;
  }
  bytes8(bytes: Uint8Array): this {
    return this.#uint(bytes.length, 1).raw(bytes);
  }
  bytes16(bytes: Uint8Array): this {
    return this.#uint(bytes.length, 2).raw(bytes);
  }
  bytes32(bytes: Uint8Array): this {
    return this.#uint(bytes.length, 4).raw(bytes);
  }
  text16(text: string): this {
    return this.bytes16(utf8(text));
  }
  finish(): Bytes {
    return concat(...this.#parts);
  }

  #uint(value: number, width: 1 | 2 | 4): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) {
      throw new CodecError('codec-range');
    }
    const part = new Uint8Array(width);
    for (let i = 0; i < width; i++) part[i] = Math.floor(value / 2 ** (8 * (width - 1 - i))) & 255;
    this.#parts.push(part);
    return this;
  }
}

/** Reads what ByteWriter wrote. Every read is bounded; `end` refuses trailing bytes. */
export class ByteReader {
  readonly #bytes: Bytes;
  #offset = 0;

  /** Copies its input once, so that a caller changing it midway cannot change what was checked. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }
  u8(): number {
    return this.#uint(1);
  }
  u16(): number {
    return this.#uint(2);
  }
  u32(): number {
    return this.#uint(4);
  }
  u64(): bigint {
    const part = this.raw(8);
    return new DataView(part.buffer).getBigUint64(0);
  }
  raw(length: number): Bytes {
    if (!Number.isInteger(length) || length < 0) throw new CodecError('codec-range');
    if (length > this.remaining) throw new CodecError('codec-truncated');
    const part = this.#bytes.slice(this.#offset, this.#offset + length);
    this.#offset += length;
    return part;
  }
  bytes8(maxLength = 0xff): Bytes {
    return this.#counted(this.u8(), maxLength);
  }
  bytes16(maxLength = 0xffff): Bytes {
    return this.#counted(this.u16(), maxLength);
  }
  /** The cap is asked for: four length bytes would otherwise let a stranger name 4 GiB. */
  bytes32(maxLength: number): Bytes {
    return this.#counted(this.u32(), maxLength);
  }
  text16(maxLength = 0xffff): string {
    return fromUtf8(this.bytes16(maxLength));
  }
  end(): void {
    if (this.remaining !== 0) throw new CodecError('codec-trailing');
  }

  #counted(length: number, maxLength: number): Bytes {
    if (length > maxLength) throw new CodecError('codec-too-long');
    return this.raw(length);
  }
  #uint(width: 1 | 2 | 4): number {
    const part = this.raw(width);
    let value = 0;
    for (const byte of part) value = value * 256 + byte;
    return value;
  }
}
