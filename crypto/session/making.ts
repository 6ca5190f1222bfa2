// Making a meeting on the host's device: authority, charter, link, knock keys, the host's own admission.
// The server gets the sealed door and a seat id; everything else stays here.
import { hashName, seatOf, signAdmission } from '../admission.ts';
import { type Bytes, toBase64url } from '../bytes.ts';
import {
  type Charter,
  encodeDoor,
  fingerprintOf,
  KNOCK_KEY_PLACES,
  type Suite,
} from '../charter.ts';
import { FIRST_CONTEXT } from '../group-context.ts';
import { deriveLinkKeys, encodeFragment, sealDoor } from '../link.ts';
import { ed25519PublicKey, hpkeGenerate } from '../mls/index.ts';
import { randomBytes } from '../sealing.ts';
import type { Signer } from '../signing.ts';
import type { HostRecord, Pass } from './pass.ts';

export type MadeMeeting = {
  readonly id: string;
  readonly fragment: string;
  /** Sealed door of exactly `doorBytes`, base64url. */
  readonly charterBox: string;
  readonly hostSeat: string;
  readonly pass: Pass;
  readonly record: HostRecord;
};

/** `authorityKey` is the public half of `authority`. */
export async function makeMeeting(
  suite: Suite,
  authorityKey: Uint8Array,
  authority: Signer,
  doorBytes: number,
): Promise<MadeMeeting> {
  const charter: Charter = {
    suite,
    meetingId: randomBytes(16),
    authorityKey: Uint8Array.from(authorityKey),
  };
  const linkSecret = randomBytes(16);
  const knockPair = hpkeGenerate(suite);
  // Unused places hold keys whose private half is dropped at once: nobody can open them.
  const spare = Array.from({ length: KNOCK_KEY_PLACES - 1 }, () => hpkeGenerate(suite).publicKey);
  const door = await encodeDoor(
    charter,
    { version: 0, keys: [knockPair.publicKey, ...spare] },
    authority,
  );
  const { charterKey } = await deriveLinkKeys(linkSecret, charter.meetingId, 0);
  const leafSeed = randomBytes(32);
  const seatSecret = randomBytes(32);
  const nameSalt = randomBytes(16);
  const issuer = new DataView(randomBytes(8).buffer).getBigUint64(0);
  const seat = await seatOf(seatSecret);
  const admission = await signAdmission(authority, {
    meetingId: charter.meetingId,
    occurrence: 1,
    issuer,
    serial: 0,
    era: 0,
    leafKey: ed25519PublicKey(leafSeed) as Bytes,
    role: 'host',
    seat,
    nameHash: await hashName(nameSalt, ''),
  });
  return {
    id: toBase64url(charter.meetingId),
    fragment: encodeFragment({ linkSecret, fingerprint: await fingerprintOf(charter) }),
    charterBox: toBase64url(await sealDoor(charterKey, charter.meetingId, door, doorBytes)),
    hostSeat: toBase64url(seat),
    pass: {
      charter,
      linkSecret,
      linkVersion: 0,
      occurrence: 1,
      admission,
      seatSecret,
      leafSeed,
      attempt: 0,
      name: '',
      nameSalt,
      stateVersion: 0,
      generation: 0,
    },
    record: {
      knockPrivateKey: knockPair.privateKey,
      issuer,
      reserved: 1,
      context: FIRST_CONTEXT,
      seated: [],
      closing: [],
    },
  };
}
