// AES-256-GCM boxes under keys derived from a secret: HKDF, seal, open, padding. Policy-free.
import { ByteReader, type Bytes, ByteWriter, CodecError, concat, utf8 } from './bytes.ts';

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** HKDF-SHA-256 (RFC 5869); `label` and `context` are length-prefixed in the info. */
export async function hkdf(
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', Uint8Array.from(secret), 'HKDF', false, [
    'deriveBits',
  ]);
  const info = new ByteWriter().text16(`In Camera 1 ${label}`).bytes16(context).finish();
  const bits = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info },
    key,
    8 * length,
  );
  return new Uint8Array(bits);
}

export async function importBoxKey(secret: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', Uint8Array.from(secret), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ]);
}

const NONCE_BYTES = 12;
export const BOX_OVERHEAD = NONCE_BYTES + 16;

/** nonce(12) || AES-256-GCM(plaintext) with a random nonce: for keys that seal few messages. */
export async function sealBox(
  key: CryptoKey,
  label: string,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Promise<Bytes> {
  const nonce = randomBytes(NONCE_BYTES);
  const additionalData = concat(utf8(`In Camera 1 ${label}`), aad);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData },
    key,
    Uint8Array.from(plaintext),
  );
  return concat(nonce, new Uint8Array(sealed));
}

/** The plaintext, or undefined when the box is not ours or was altered. */
export async function openBox(
  key: CryptoKey,
  label: string,
  aad: Uint8Array,
  box: Uint8Array,
): Promise<Bytes | undefined> {
  if (box.length < BOX_OVERHEAD) return undefined;
  const iv = Uint8Array.from(box.subarray(0, NONCE_BYTES));
  const additionalData = concat(utf8(`In Camera 1 ${label}`), aad);
  try {
    const sealed = Uint8Array.from(box.subarray(NONCE_BYTES));
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed),
    );
  } catch {
    return undefined;
  }
}

/** length(4) || content || zeros, to exactly `size` bytes, so that the size tells nothing. */
export function padTo(size: number, content: Uint8Array): Bytes {
  if (content.length + 4 > size) throw new CodecError('codec-too-long');
  return concat(
    new ByteWriter().bytes32(content).finish(),
    new Uint8Array(size - content.length - 4),
  );
}

export function unpad(padded: Uint8Array): Bytes {
  const reader = new ByteReader(padded);
  const content = reader.bytes32(padded.length);
  if (reader.raw(reader.remaining).some((byte) => byte !== 0))
    throw new CodecError('codec-trailing');
  return content;
}
