// Sealing and opening one encoded frame: clear prefix, SFrame header, ciphertext and tag. Must not
// know epochs, members or streams, and offers no way to seal twice under one counter.
import { type Bytes, concat } from './bytes.ts';
import { CODEC_BYTE, clearPrefixLength, type FrameCodec, MAX_FRAME_BYTES } from './frame-layout.ts';
import {
  FrameError,
  type FrameHeader,
  type FrameKey,
  fieldLength,
  MAX_HEADER_BYTES,
  SALT_BYTES,
  TAG_BYTES,
  TWO_32,
  writeHeader,
  writeNonce,
} from './sframe.ts';

const U32_MAX = 0xffff_ffff;

/** What the first byte of every plaintext says. Others are kept for signed frame digests. */
const TYPE_FRAME_ONLY = 0;

/** WebCrypto copies nonce and authenticated data when called, so both are written anew in place. */
class CipherCall {
  readonly params: { name: 'AES-GCM'; iv: Bytes; additionalData: Bytes; tagLength: 128 };
  readonly #aad = new Uint8Array(MAX_HEADER_BYTES + 1 + 10);

  constructor() {
    this.params = {
      name: 'AES-GCM',
      iv: new Uint8Array(SALT_BYTES),
      additionalData: this.#aad,
      tagLength: 128,
    };
  }

  /**
   * RFC 9605 section 4.4.3: header, then the application's metadata; ours are codec and clear
   * prefix, which stand in the frame just before the header.
   */
  prepare(
    salt: Uint8Array,
    ctrHi: number,
    ctrLo: number,
    codec: FrameCodec,
    frame: Uint8Array,
    prefix: number,
    header: number,
  ): void {
    writeNonce(this.params.iv, salt, ctrHi, ctrLo);
    const aad = this.#aad;
    for (let i = 0; i < header; i++) aad[i] = frame[prefix + i] ?? 0;
    aad[header] = CODEC_BYTE[codec];
    for (let i = 0; i < prefix; i++) aad[header + 1 + i] = frame[i] ?? 0;
    const length = header + 1 + prefix;
    if (this.params.additionalData.length !== length)
      this.params.additionalData = aad.subarray(0, length);
  }
}

export interface FrameCounter {
  readonly hi: number;
  readonly lo: number;
}
export const FIRST_COUNTER: FrameCounter = { hi: 0, lo: 0 };

/** Seals with one key, each frame under the next counter; the counter never goes back or stands still. */
export class FrameSealer {
  readonly kid: number;
  readonly #key: FrameKey;
  readonly #call = new CipherCall();
  #hi: number;
  #lo: number;
  #spent = false;

  constructor(kid: number, key: FrameKey, first: FrameCounter = FIRST_COUNTER) {
    if (!Number.isSafeInteger(kid) || kid < 0) throw new FrameError('kid-range');
    this.kid = kid;
    this.#key = key;
    this.#hi = first.hi;
    this.#lo = first.lo;
  }

  /** The counter the next frame will take, or null when all 2^64 are used. */
  get next(): FrameCounter | null {
    return this.#spent ? null : { hi: this.#hi, lo: this.#lo };
  }

  /**
   * `[clear prefix][SFrame header][ciphertext and tag]`. Takes the frame over: its last clear byte
   * is overwritten by the type byte, which saves a copy of every video frame.
   */
  async seal(codec: FrameCodec, frame: Bytes): Promise<Bytes> {
    const prefix = prefixOf(codec, frame);
    if (this.#spent) throw new FrameError('counter-spent');
    const ctrHi = this.#hi;
    const ctrLo = this.#lo;
    this.#step();
    const kidHi = Math.floor(this.kid / TWO_32);
    const headerLength = 1 + fieldLength(kidHi, this.kid >>> 0) + fieldLength(ctrHi, ctrLo);
    const front = new Uint8Array(prefix + headerLength);
    for (let i = 0; i < prefix; i++) front[i] = frame[i] ?? 0;
    writeHeader(front, prefix, kidHi, this.kid >>> 0, ctrHi, ctrLo);
    this.#call.prepare(this.#key.salt, ctrHi, ctrLo, codec, front, prefix, headerLength);
    const sealed = await crypto.subtle.encrypt(
      this.#call.params,
      this.#key.key,
      typed(frame, prefix),
    );
    return putBefore(front, sealed);
  }

  #step(): void {
    if (this.#lo < U32_MAX) this.#lo++;
    else if (this.#hi < U32_MAX) {
      this.#hi++;
      this.#lo = 0;
    } else this.#spent = true;
  }
}

interface Movable extends ArrayBuffer {
  transfer?(length: number): ArrayBuffer;
}

/**
 * `front` and then `rest`, which is given up. Moving it into a longer buffer frees the old one at
 * once and clears nothing twice: on a 12 KB frame that is half of what sealing adds to the cipher.
 */
function putBefore(front: Uint8Array, rest: Movable): Bytes {
  const length = rest.byteLength;
  if (rest.transfer === undefined) return concat(front, new Uint8Array(rest));
  const out = new Uint8Array(rest.transfer(front.length + length));
  out.copyWithin(front.length, 0, length);
  out.set(front);
  return out;
}

function prefixOf(codec: FrameCodec, frame: Uint8Array): number {
  const first = frame[0];
  if (first === undefined) throw new FrameError('frame-empty');
  if (frame.length > MAX_FRAME_BYTES) throw new FrameError('frame-too-large');
  const prefix = clearPrefixLength(codec, first);
  if (frame.length < prefix) throw new FrameError('frame-short');
  return prefix;
}

/** The plaintext: type byte, then the frame behind its clear prefix. */
function typed(frame: Bytes, prefix: number): Bytes {
  if (prefix > 0) {
    frame[prefix - 1] = TYPE_FRAME_ONLY;
    return frame.subarray(prefix - 1);
  }
  const plain = new Uint8Array(1 + frame.length);
  plain[0] = TYPE_FRAME_ONLY;
  plain.set(frame, 1);
  return plain;
}

/**
 * Reads where the header of a received frame stands. False: too large, too short for header, type
 * byte and tag, or a header that is cut or not minimal.
 */
export function readFrame(codec: FrameCodec, frame: Uint8Array, header: FrameHeader): boolean {
  const first = frame[0];
  if (first === undefined || frame.length > MAX_FRAME_BYTES) return false;
  const prefix = clearPrefixLength(codec, first);
  return (
    frame.length > prefix &&
    header.read(frame, prefix) &&
    frame.length >= prefix + header.length + 1 + TAG_BYTES
  );
}

/** Opens with one key. Replays are the caller's to refuse, after the tag was found good. */
export class FrameOpener {
  readonly #key: FrameKey;
  readonly #call = new CipherCall();

  constructor(key: FrameKey) {
    this.#key = key;
  }

  /** `header` must be what readFrame found in this very frame. Rejects with frame-tag or frame-type. */
  async open(codec: FrameCodec, frame: Bytes, header: FrameHeader): Promise<Bytes> {
    const prefix = clearPrefixLength(codec, frame[0] ?? 0);
    const sealedAt = prefix + header.length;
    this.#call.prepare(
      this.#key.salt,
      header.ctrHi,
      header.ctrLo,
      codec,
      frame,
      prefix,
      header.length,
    );
    let plain: Bytes;
    try {
      plain = new Uint8Array(
        await crypto.subtle.decrypt(this.#call.params, this.#key.key, frame.subarray(sealedAt)),
      );
    } catch (cause) {
      throw new FrameError('frame-tag', { cause });
    }
    if (plain[0] !== TYPE_FRAME_ONLY) throw new FrameError('frame-type');
    return untyped(frame, prefix, plain);
  }
}

/** Puts the clear prefix back before the plaintext; with one clear byte it takes the type byte's place. */
function untyped(frame: Bytes, prefix: number, plain: Bytes): Bytes {
  if (prefix === 1) {
    plain[0] = frame[0] ?? 0;
    return plain;
  }
  if (prefix === 0) return plain.slice(1);
  const out = new Uint8Array(prefix + plain.length - 1);
  out.set(plain, prefix - 1);
  out.set(frame.subarray(0, prefix));
  return out;
}
