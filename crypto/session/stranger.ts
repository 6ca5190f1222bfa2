// Before the door: what someone with a link does until a host lets them in (protocol.md, Entering 1-3).
import { readAdmission, seatOf } from '../admission.ts';
import { type Bytes, equalBytes, fromBase64url, toBase64url } from '../bytes.ts';
import type { Charter, Door } from '../charter.ts';
import { type KnockAnswer, newAnswerKeys, openAnswer, sealKnock } from '../knock.ts';
import { deriveLinkKeys, openDoor, parseFragment } from '../link.ts';
import { ed25519PublicKey } from '../mls/index.ts';
import { randomBytes } from '../sealing.ts';
import type { Pass } from './pass.ts';

export type Knocking = {
  readonly door: Door;
  readonly linkSecret: Bytes;
  readonly leafSeed: Bytes;
  readonly leafKey: Bytes;
  readonly answerPrivateKey: Uint8Array;
  readonly name: string;
  readonly nameSalt: Bytes;
  /** Base64url, for the server. */
  readonly box: string;
};

export type DoorView =
  | { readonly kind: 'door'; readonly door: Door; readonly linkSecret: Bytes }
  | { readonly kind: 'link-incomplete' | 'link-altered' | 'over-or-incomplete' };

/** Reads the link and the sealed door that the server keeps for it. */
export async function readLink(
  meetingId: string,
  fragment: string | undefined,
  charterBox: string,
): Promise<DoorView> {
  const parsed = fragment === undefined ? undefined : parseFragment(fragment);
  if (parsed === undefined) return { kind: 'link-incomplete' };
  const id = fromBase64url(meetingId);
  const { charterKey } = await deriveLinkKeys(parsed.linkSecret, id, 0);
  const door = await openDoor(charterKey, id, parsed.fingerprint, fromBase64url(charterBox));
  return typeof door === 'string'
    ? { kind: door }
    : { kind: 'door', door, linkSecret: parsed.linkSecret };
}

/** A fresh leaf key for this meeting, and the knock that names it. */
export async function makeKnock(
  door: Door,
  linkSecret: Bytes,
  name: string,
  boxBytes: number,
): Promise<Knocking> {
  const leafSeed = randomBytes(32);
  const leafKey = Uint8Array.from(ed25519PublicKey(leafSeed));
  const nameSalt = randomBytes(16);
  const answers = newAnswerKeys(door.charter);
  const knock = { name, nameSalt, leafKey, answerKey: Uint8Array.from(answers.publicKey) };
  return {
    door,
    linkSecret,
    leafSeed,
    leafKey,
    name,
    nameSalt,
    answerPrivateKey: answers.privateKey,
    box: toBase64url(await sealKnock(door, knock, leafSeed, boxBytes)),
  };
}

export type Answered =
  | { readonly kind: 'receipt' }
  | { readonly kind: 'refused'; readonly why: 'not-now' | 'locked' }
  | { readonly kind: 'pass'; readonly pass: Pass }
  | { readonly kind: 'nonsense' };

/** An answer from the host, or nonsense: the server cannot make one, for it does not know the answer key. */
export async function readAnswer(knocking: Knocking, box: string): Promise<Answered> {
  const { charter } = knocking.door;
  const answer = openAnswer(charter, knocking.answerPrivateKey, fromBase64url(box));
  if (answer === undefined) return { kind: 'nonsense' };
  if (answer.kind !== 'admitted') return answer;
  const pass = await passFrom(charter, knocking, answer);
  return pass ? { kind: 'pass', pass } : { kind: 'nonsense' };
}

async function passFrom(
  charter: Charter,
  knocking: Knocking,
  answer: Extract<KnockAnswer, { kind: 'admitted' }>,
): Promise<Pass | undefined> {
  const admission = readAdmission(charter.authorityKey, answer.admission);
  const ours =
    admission !== undefined &&
    equalBytes(admission.leafKey, knocking.leafKey) &&
    equalBytes(admission.meetingId, charter.meetingId) &&
    equalBytes(admission.seat, await seatOf(answer.seatSecret));
  if (!ours) return undefined;
  return {
    charter,
    linkSecret: knocking.linkSecret,
    linkVersion: 0,
    occurrence: admission.occurrence,
    admission: answer.admission,
    seatSecret: answer.seatSecret,
    leafSeed: knocking.leafSeed,
    attempt: 0,
    name: knocking.name,
    nameSalt: knocking.nameSalt,
    stateVersion: 0,
    generation: 0,
  };
}
