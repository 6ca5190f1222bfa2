// The charter: what a link vouches for. Its fingerprint in the link makes the link the trust root.
import { ByteReader, type Bytes, ByteWriter, CodecError, equalBytes } from './bytes.ts';
import { sha256 } from './sealing.ts';
import { isGoodEd25519Key, isGoodHpkeKey, type Signer, signWith, verifySigned } from './signing.ts';

export const SUITES = [0x004e, 0x0001] as const;
export type Suite = (typeof SUITES)[number];

export type Charter = {
  readonly suite: Suite;
  /** 16 bytes. */
  readonly meetingId: Bytes;
  /** Ed25519, 32 bytes. */
  readonly authorityKey: Bytes;
};

const VERSION = 1;

export function encodeCharter(charter: Charter): Bytes {
  return new ByteWriter()
    .u8(VERSION)
    .u16(charter.suite)
    .raw(charter.meetingId)
    .raw(charter.authorityKey)
    .finish();
}

export function decodeCharter(bytes: Uint8Array): Charter {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== VERSION) throw new CodecError('codec-range');
  const code = reader.u16();
  const suite = SUITES.find((known) => known === code);
  const meetingId = reader.raw(16);
  const authorityKey = reader.raw(32);
  reader.end();
  if (suite === undefined || !isGoodEd25519Key(authorityKey)) throw new CodecError('codec-range');
  return { suite, meetingId, authorityKey };
}

/** SHA-256 of the charter, whole (safety words) or cut to 128 bits (the link). */
export const charterHash = (charter: Charter): Promise<Bytes> => sha256(encodeCharter(charter));
export const fingerprintOf = async (charter: Charter): Promise<Bytes> =>
  (await charterHash(charter)).slice(0, 16);

/** HPKE keys of host and co-hosts, always this many: unused places hold keys that nobody can open. */
export const KNOCK_KEY_PLACES = 4;

export type KnockKeys = { readonly version: number; readonly keys: readonly Bytes[] };

function encodeKnockKeys(charter: Charter, keys: KnockKeys): Bytes {
  if (keys.keys.length !== KNOCK_KEY_PLACES) throw new CodecError('codec-range');
  const writer = new ByteWriter().raw(charter.meetingId).u32(keys.version);
  for (const key of keys.keys) writer.bytes16(key);
  return writer.finish();
}

/** Charter and signed knock keys, as they are sealed for the server to keep. */
export async function encodeDoor(
  charter: Charter,
  keys: KnockKeys,
  authority: Signer,
): Promise<Bytes> {
  const list = encodeKnockKeys(charter, keys);
  return new ByteWriter()
    .bytes16(encodeCharter(charter))
    .bytes16(list)
    .raw(await signWith(authority, 'knock-keys', list))
    .finish();
}

export type Door = { readonly charter: Charter; readonly knockKeys: KnockKeys };
export type DoorFailure = 'link-altered';

/** Reads what the link secret opened; anything the fingerprint or the authority does not vouch for is refused. */
export async function decodeDoor(
  bytes: Uint8Array,
  meetingId: Uint8Array,
  fingerprint: Uint8Array,
): Promise<Door | DoorFailure> {
  try {
    const reader = new ByteReader(bytes);
    const charter = decodeCharter(reader.bytes16());
    const list = reader.bytes16();
    const signature = reader.raw(64);
    reader.end();
    if (!equalBytes(await fingerprintOf(charter), fingerprint)) return 'link-altered';
    if (!equalBytes(charter.meetingId, meetingId)) return 'link-altered';
    if (!verifySigned(charter.authorityKey, 'knock-keys', list, signature)) return 'link-altered';
    const inner = new ByteReader(list);
    if (!equalBytes(inner.raw(16), charter.meetingId)) return 'link-altered';
    const version = inner.u32();
    const keys = Array.from({ length: KNOCK_KEY_PLACES }, () => inner.bytes16(2048));
    inner.end();
    return keys.every(isGoodHpkeKey) ? { charter, knockKeys: { version, keys } } : 'link-altered';
  } catch (error) {
    if (error instanceof CodecError) return 'link-altered';
    throw error;
  }
}
