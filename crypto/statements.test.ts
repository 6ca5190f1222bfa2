import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concat } from './bytes.ts';
import { ed25519PublicKey } from './mls/index.ts';
import {
  anyBytes,
  anyU32,
  flipBit,
  groundIn,
  loadHere,
  meetingOf,
  membersOf,
} from './people.testkit.ts';
import { randomBytes } from './sealing.ts';
import {
  isLeavingOf,
  isVoidBy,
  mediaIdentityOf,
  readState,
  type State,
  signLeaving,
  signState,
  signVoid,
  transcriptHash,
} from './statements.ts';

beforeAll(loadHere);

async function aMember() {
  const { charter, people, groupId } = await meetingOf(['host', 'guest']);
  const [host, guest] = people;
  const members = membersOf(host!.client, groundIn(charter));
  return { charter, groupId, seed: guest!.seed, hostSeed: host!.seed, members };
}

describe('leaving', () => {
  it('is good for one leaf of one group, by its own hand', async () => {
    const { groupId, seed, hostSeed, members } = await aMember();
    const [host, guest] = members;
    const { leafKey } = guest!.admission;
    const own = signLeaving(seed, { groupId, leafKey, attempt: 1 });
    expect(isLeavingOf(own, groupId, guest!)).toBe(true);
    expect(isLeavingOf(own, randomBytes(32), guest!)).toBe(false);
    expect(isLeavingOf(own, groupId, host!)).toBe(false);
    expect(isLeavingOf(own, groupId, { ...guest!, attempt: 2 })).toBe(false);
    const forged = signLeaving(hostSeed, { groupId, leafKey, attempt: 1 });
    expect(isLeavingOf(forged, groupId, guest!)).toBe(false);
    for (let at = 0; at < 8 * own.length; at += 3)
      expect(isLeavingOf(flipBit(own, at), groupId, guest!)).toBe(false);
    for (const bytes of [new Uint8Array(0), own.subarray(1), concat(own, Uint8Array.of(0))])
      expect(isLeavingOf(bytes, groupId, guest!)).toBe(false);
  });
});

describe('void', () => {
  it('A-96 names group, epoch, try and hash, and its author', () => {
    const seed = randomBytes(32);
    const key = ed25519PublicKey(seed);
    const one = { groupId: randomBytes(32), epoch: 3, try: 1, hash: randomBytes(32) };
    const signature = signVoid(seed, one);
    expect(isVoidBy(key, one, signature)).toBe(true);
    const others = [
      { ...one, groupId: randomBytes(32) },
      { ...one, epoch: 4 },
      { ...one, try: 0 },
      { ...one, hash: randomBytes(32) },
    ];
    for (const other of others) expect(isVoidBy(key, other, signature)).toBe(false);
    expect(isVoidBy(ed25519PublicKey(randomBytes(32)), one, signature)).toBe(false);
    expect(isVoidBy(key, one, flipBit(signature, 9))).toBe(false);
  });
});

describe('state', () => {
  it('A-48 comes back for its meeting and its own key only', () => {
    const seed = randomBytes(32);
    const leafKey = Uint8Array.from(ed25519PublicKey(seed));
    const meetingId = randomBytes(16);
    const anyState: fc.Arbitrary<State> = fc.record({
      leafKey: fc.constant(leafKey),
      version: anyU32,
      name: fc.string({ unit: 'grapheme', maxLength: 20 }),
      nameSalt: anyBytes(16),
      hand: fc.boolean(),
      microphone: fc.boolean(),
    });
    fc.assert(
      fc.property(anyState, fc.nat(), (state, at) => {
        const before = structuredClone(state);
        const signed = signState(seed, meetingId, state);
        expect(state).toEqual(before);
        expect(readState(meetingId, signed)).toEqual(state);
        expect(readState(randomBytes(16), signed)).toBeUndefined();
        expect(readState(meetingId, flipBit(signed, at))).toBeUndefined();
        const forged = signState(randomBytes(32), meetingId, state);
        expect(readState(meetingId, forged)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it('A-55 a long name, odd flags and trailing bytes are no state', () => {
    const seed = randomBytes(32);
    const leafKey = Uint8Array.from(ed25519PublicKey(seed));
    const meetingId = randomBytes(16);
    const state = { leafKey, version: 1, name: 'x', nameSalt: randomBytes(16), hand: false };
    const signed = signState(seed, meetingId, { ...state, microphone: false });
    expect(readState(meetingId, concat(signed, Uint8Array.of(0)))).toBeUndefined();
    const long = { ...state, name: 'x'.repeat(257), microphone: false };
    expect(readState(meetingId, signState(seed, meetingId, long))).toBeUndefined();
    expect(readState(meetingId, new Uint8Array(0))).toBeUndefined();
  });
});

describe('names of epochs and leaves', () => {
  it('A-94 the media identity changes with group, leaf and attempt', async () => {
    const [group, leaf] = [randomBytes(32), randomBytes(32)];
    const all = await Promise.all([
      mediaIdentityOf(group, leaf, 1),
      mediaIdentityOf(group, leaf, 2),
      mediaIdentityOf(randomBytes(32), leaf, 1),
      mediaIdentityOf(group, randomBytes(32), 1),
    ]);
    expect(new Set(all.map((one) => Buffer.from(one).toString('hex'))).size).toBe(4);
    expect(all[0]?.length).toBe(16);
    expect(await mediaIdentityOf(group, leaf, 1)).toEqual(all[0]);
  });

  it('A-05 the transcript hash differs by group, epoch, try and history', async () => {
    const [group, history] = [randomBytes(32), randomBytes(32)];
    const all = await Promise.all([
      transcriptHash(group, 1, 0, history),
      transcriptHash(group, 2, 0, history),
      transcriptHash(group, 1, 1, history),
      transcriptHash(randomBytes(32), 1, 0, history),
      transcriptHash(group, 1, 0, randomBytes(32)),
    ]);
    expect(new Set(all.map((one) => Buffer.from(one).toString('hex'))).size).toBe(5);
  });
});
