// The meeting link: its fragment, and the keys that HKDF draws from its secret. Never logged, never sent.
import { type Bytes, ByteWriter, CodecError, concat, fromBase64url, toBase64url } from './bytes.ts';
import { type Door, type DoorFailure, decodeDoor } from './charter.ts';
import { BOX_OVERHEAD, hkdf, importBoxKey, openBox, padTo, sealBox, unpad } from './sealing.ts';

/** What stands after the # of a link: 128 bits of secret, 128 bits of fingerprint. */
export type Fragment = { readonly linkSecret: Bytes; readonly fingerprint: Bytes };

export function encodeFragment(fragment: Fragment): string {
  return toBase64url(concat(fragment.linkSecret, fragment.fingerprint));
}

/** The fragment, or undefined when it is not one whole fragment. */
export function parseFragment(text: string): Fragment | undefined {
  try {
    const bytes = fromBase64url(text);
    if (bytes.length !== 32) return undefined;
    return { linkSecret: bytes.slice(0, 16), fingerprint: bytes.slice(16) };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

export type LinkKeys = {
  readonly charterKey: CryptoKey;
  readonly packageKey: CryptoKey;
  /** External PSK of every commit with an Add, and its id: meeting and link version. */
  readonly pskSecret: Bytes;
  readonly pskId: Bytes;
};

export async function deriveLinkKeys(
  linkSecret: Uint8Array,
  meetingId: Uint8Array,
  version: number,
): Promise<LinkKeys> {
  const context = new ByteWriter().raw(meetingId).u32(version).finish();
  const [charter, pack, pskSecret] = await Promise.all([
    hkdf(linkSecret, 'charter key', meetingId, 32),
    hkdf(linkSecret, 'package key', context, 32),
    hkdf(linkSecret, 'psk', context, 32),
  ]);
  return {
    charterKey: await importBoxKey(charter),
    packageKey: await importBoxKey(pack),
    pskSecret,
    pskId: context,
  };
}

/** The sealed door, exactly `size` bytes. */
export const sealDoor = (
  key: CryptoKey,
  meetingId: Uint8Array,
  door: Uint8Array,
  size: number,
): Promise<Bytes> => sealBox(key, 'charter', meetingId, padTo(size - BOX_OVERHEAD, door));

/** `over-or-incomplete` when the secret does not open the box: a wrong link and no meeting look alike. */
export async function openDoor(
  key: CryptoKey,
  meetingId: Uint8Array,
  fingerprint: Uint8Array,
  box: Uint8Array,
): Promise<Door | DoorFailure | 'over-or-incomplete'> {
  const padded = await openBox(key, 'charter', meetingId, box);
  if (padded === undefined) return 'over-or-incomplete';
  try {
    return await decodeDoor(unpad(padded), meetingId, fingerprint);
  } catch (error) {
    if (error instanceof CodecError) return 'link-altered';
    throw error;
  }
}
