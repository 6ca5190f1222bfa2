import { beforeAll, describe, expect, it } from 'vitest';
import { ByteWriter, concat } from './bytes.ts';
import { encodeGroupContext, FIRST_CONTEXT } from './group-context.ts';
import { groupIdOf, type Opening, readOpening, signOpening } from './opening.ts';
import { BAD_ED25519, flipBit, loadHere, newAuthority, newCharter } from './people.testkit.ts';
import { randomBytes } from './sealing.ts';
import { signWith } from './signing.ts';

beforeAll(loadHere);

function made() {
  const authority = newAuthority();
  const charter = newCharter(authority);
  const opening: Opening = {
    meetingId: charter.meetingId,
    occurrence: 1,
    generation: 2,
    founder: newAuthority().key,
    context: { ...FIRST_CONTEXT, era: 4, carried: [{ issuer: 1n, serial: 2 }] },
  };
  return { authority, charter, opening };
}

describe('opening', () => {
  it('comes back as signed, and leaves its input alone', async () => {
    const { authority, charter, opening } = made();
    const before = structuredClone(opening);
    const signed = await signOpening(authority.sign, opening);
    expect(opening).toEqual(before);
    expect(readOpening(charter, signed)).toEqual(opening);
  });

  it('A-03 another authority, another meeting, any other bit: no opening', async () => {
    const { authority, charter, opening } = made();
    const signed = await signOpening(authority.sign, opening);
    const forged = await signOpening(newAuthority().sign, opening);
    expect(readOpening(charter, forged)).toBeUndefined();
    const other = await signOpening(authority.sign, { ...opening, meetingId: randomBytes(16) });
    expect(readOpening(charter, other)).toBeUndefined();
    for (let at = 0; at < 8 * signed.length; at++)
      expect(readOpening(charter, flipBit(signed, at))).toBeUndefined();
    expect(readOpening(charter, concat(signed, Uint8Array.of(0)))).toBeUndefined();
    for (let length = 0; length < signed.length; length += 3)
      expect(readOpening(charter, signed.subarray(0, length))).toBeUndefined();
  });

  it('A-16 is no signature of another kind', async () => {
    const { authority, charter, opening } = made();
    const signed = await signOpening(authority.sign, opening);
    const body = signed.slice(4, -64);
    const signature = await signWith(authority.sign, 'admission', body);
    const other = new ByteWriter().bytes32(body).raw(signature).finish();
    expect(readOpening(charter, other)).toBeUndefined();
  });

  it('A-23 names a founder whose key can be trusted, and one canonical context', async () => {
    const { authority, charter, opening } = made();
    for (const founder of BAD_ED25519)
      expect(
        readOpening(charter, await signOpening(authority.sign, { ...opening, founder })),
      ).toBeUndefined();
    const carried = [...opening.context.carried, ...opening.context.carried];
    const twice = { ...opening, context: { ...opening.context, carried } };
    expect(readOpening(charter, await signOpening(authority.sign, twice))).toBeUndefined();
  });

  it('A-03 A-99 the group id names meeting, occurrence, generation and the signed bytes', async () => {
    const { authority, opening } = made();
    const signed = await signOpening(authority.sign, opening);
    const ids = await Promise.all([
      groupIdOf(opening, signed),
      groupIdOf({ ...opening, meetingId: randomBytes(16) }, signed),
      groupIdOf({ ...opening, occurrence: 2 }, signed),
      groupIdOf({ ...opening, generation: 3 }, signed),
      groupIdOf(opening, flipBit(signed, 8 * signed.length - 1)),
    ]);
    expect(new Set(ids.map((id) => Buffer.from(id).toString('hex'))).size).toBe(5);
    expect(ids[0]).toEqual(await groupIdOf(opening, signed));
    expect(encodeGroupContext(opening.context).length).toBeGreaterThan(0);
  });
});
