import { beforeAll, describe, expect, it } from 'vitest';
import { concat } from './bytes.ts';
import { type Charter, type Door, KNOCK_KEY_PLACES } from './charter.ts';
import {
  type Knock,
  type KnockAnswer,
  newAnswerKeys,
  openAnswer,
  openKnock,
  sealAnswer,
  sealKnock,
} from './knock.ts';
import { ed25519PublicKey, hpkeGenerate } from './mls/index.ts';
import {
  BAD_ED25519,
  BAD_X25519,
  flipBit,
  loadHere,
  newAuthority,
  newCharter,
} from './people.testkit.ts';
import { randomBytes } from './sealing.ts';

beforeAll(loadHere);

const SIZE = 8192;
const ANSWER = 2048;

function doorOf(charter: Charter) {
  const pairs = Array.from({ length: KNOCK_KEY_PLACES }, () => hpkeGenerate(charter.suite));
  const door: Door = {
    charter,
    knockKeys: { version: 0, keys: pairs.map((pair) => Uint8Array.from(pair.publicKey)) },
  };
  return { door, privates: pairs.map((pair) => pair.privateKey) };
}

function aKnock(charter: Charter, change: Partial<Knock> = {}) {
  const seed = randomBytes(32);
  const answers = newAnswerKeys(charter);
  const knock: Knock = {
    name: 'Ben \u{1F642}',
    nameSalt: randomBytes(16),
    leafKey: Uint8Array.from(ed25519PublicKey(seed)),
    answerKey: Uint8Array.from(answers.publicKey),
    ...change,
  };
  return { knock, seed, answerPrivate: answers.privateKey };
}

describe.each([0x0001, 0x004e] as const)('knock in suite %i', (suite) => {
  it('A-93 opens at each knock key and at no other, in one size whatever the name', async () => {
    const charter = newCharter(newAuthority(), suite);
    const { door, privates } = doorOf(charter);
    for (const name of ['', 'Ben', 'x'.repeat(256)]) {
      const { knock, seed } = aKnock(charter, { name });
      const before = structuredClone(knock);
      const box = await sealKnock(door, knock, seed, SIZE);
      expect(knock).toEqual(before);
      expect(box.length).toBe(SIZE);
      for (const key of privates) expect(await openKnock(charter, key, box)).toEqual(knock);
      const stranger = hpkeGenerate(suite).privateKey;
      expect(await openKnock(charter, stranger, box)).toBeUndefined();
    }
  });

  it('A-04 A-16 is for one charter only', async () => {
    const charter = newCharter(newAuthority(), suite);
    const { door, privates } = doorOf(charter);
    const { knock, seed } = aKnock(charter);
    const box = await sealKnock(door, knock, seed, SIZE);
    const other = { ...charter, meetingId: randomBytes(16) };
    expect(await openKnock(other, privates[0]!, box)).toBeUndefined();
  });

  it('A-29 noise, cuts and flipped bits are no knock', async () => {
    const charter = newCharter(newAuthority(), suite);
    const { door, privates } = doorOf(charter);
    const { knock, seed } = aKnock(charter);
    const box = await sealKnock(door, knock, seed, SIZE);
    const kem = suite === 0x004e ? 1120 : 32;
    const content = KNOCK_KEY_PLACES * (2 + kem + 48);
    const used = content + 2 + 2048 + 28;
    for (let at = 8 * content; at < 8 * used; at += 211)
      expect(await openKnock(charter, privates[3]!, flipBit(box, at))).toBeUndefined();
    expect(await openKnock(charter, privates[0]!, flipBit(box, 20))).toBeUndefined();
    for (const length of [0, 1, 100, content, used - 1])
      expect(await openKnock(charter, privates[3]!, box.subarray(0, length))).toBeUndefined();
    for (let i = 0; i < 20; i++)
      expect(await openKnock(charter, privates[0]!, randomBytes(SIZE))).toBeUndefined();
  });

  it('A-23 A-29 a leaf key it does not hold, or keys of small order, are no knock', async () => {
    const charter = newCharter(newAuthority(), suite);
    const { door, privates } = doorOf(charter);
    const tried = async (change: Partial<Knock>) => {
      const { knock, seed } = aKnock(charter, change);
      return openKnock(charter, privates[0]!, await sealKnock(door, knock, seed, SIZE));
    };
    const foreign = Uint8Array.from(ed25519PublicKey(randomBytes(32)));
    expect(await tried({ leafKey: foreign })).toBeUndefined();
    for (const leafKey of BAD_ED25519) expect(await tried({ leafKey })).toBeUndefined();
    const rest = suite === 0x004e ? 1184 : 0;
    for (const key of BAD_X25519)
      expect(await tried({ answerKey: concat(randomBytes(rest), key) })).toBeUndefined();
  });

  it('A-29 SEC-16 an answer key that nothing can be sealed to is no knock', async () => {
    const charter = newCharter(newAuthority(), suite);
    const { door, privates } = doorOf(charter);
    const wrong = [
      // Of the other suite; and coefficients of ML-KEM beyond its modulus.
      Uint8Array.from(newAnswerKeys({ ...charter, suite: suite === 1 ? 0x4e : 1 }).publicKey),
      concat(new Uint8Array(1184).fill(255), randomBytes(32)),
      randomBytes(64),
      new Uint8Array(0),
    ];
    for (const answerKey of wrong) {
      const { knock, seed } = aKnock(charter, { answerKey });
      const box = await sealKnock(door, knock, seed, SIZE);
      const opened = await openKnock(charter, privates[0]!, box);
      expect(opened, `${answerKey.length} bytes`).toBeUndefined();
    }
  });

  it('a name beyond 256 bytes or outside UTF-8 is no knock', async () => {
    const charter = newCharter(newAuthority(), suite);
    const { door, privates } = doorOf(charter);
    const { knock, seed } = aKnock(charter, { name: 'x'.repeat(257) });
    const box = await sealKnock(door, knock, seed, SIZE);
    expect(await openKnock(charter, privates[0]!, box)).toBeUndefined();
  });

  it('answers come back to the answer key alone, in one size', () => {
    const charter = newCharter(newAuthority(), suite);
    const keys = newAnswerKeys(charter);
    const answers: KnockAnswer[] = [
      { kind: 'receipt' },
      { kind: 'admitted', admission: randomBytes(220), seatSecret: randomBytes(32) },
      { kind: 'refused', why: 'not-now' },
      { kind: 'refused', why: 'locked' },
    ];
    for (const answer of answers) {
      const box = sealAnswer(charter, keys.publicKey, answer, ANSWER);
      expect(box.length).toBe(ANSWER);
      expect(openAnswer(charter, keys.privateKey, box)).toEqual(answer);
      const other = newAnswerKeys(charter).privateKey;
      expect(openAnswer(charter, other, box)).toBeUndefined();
      expect(openAnswer(charter, keys.privateKey, flipBit(box, 9000))).toBeUndefined();
      expect(openAnswer(charter, keys.privateKey, box.subarray(0, 40))).toBeUndefined();
      const meeting = { ...charter, meetingId: randomBytes(16) };
      expect(openAnswer(meeting, keys.privateKey, box)).toBeUndefined();
    }
    expect(openAnswer(charter, keys.privateKey, randomBytes(ANSWER))).toBeUndefined();
  });
});
