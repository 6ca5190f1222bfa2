import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  admissionReader,
  hashName,
  ROLES,
  rankOf,
  readAdmission,
  seatOf,
  serialKey,
  signAdmission,
} from './admission.ts';
import { ByteWriter, concat } from './bytes.ts';
import {
  anAdmission,
  anyBytes,
  anyU32,
  anyU64,
  BAD_ED25519,
  flipBit,
  loadHere,
  newAuthority,
  newCharter,
} from './people.testkit.ts';
import { randomBytes } from './sealing.ts';
import { type SignedKind, signWith } from './signing.ts';

beforeAll(loadHere);

const anyAdmission = fc.record({
  meetingId: anyBytes(16),
  occurrence: anyU32,
  issuer: anyU64,
  serial: anyU32,
  era: anyU32,
  leafKey: anyBytes(32),
  role: fc.constantFrom(...ROLES),
  seat: anyBytes(16),
  nameHash: anyBytes(32),
});

describe('admission', () => {
  it('comes back as signed, and leaves its input alone', async () => {
    const authority = newAuthority();
    await fc.assert(
      fc.asyncProperty(anyAdmission, async (admission) => {
        const before = structuredClone(admission);
        const credential = await signAdmission(authority.sign, admission);
        expect(admission).toEqual(before);
        expect(readAdmission(authority.key, credential)).toEqual(admission);
        expect(admissionReader(authority.key)(credential)).toEqual(admission);
      }),
      { numRuns: 50 },
    );
  });

  it('A-01 A-16 reads nothing that this authority did not sign as an admission', async () => {
    const authority = newAuthority();
    const admission = anAdmission(newCharter(authority));
    const credential = await signAdmission(authority.sign, admission);
    expect(readAdmission(newAuthority().key, credential)).toBeUndefined();
    const body = credential.slice(2, -64);
    for (const kind of ['knock', 'opening', 'leaving', 'statement'] satisfies SignedKind[]) {
      const signature = await signWith(authority.sign, kind, body);
      const other = new ByteWriter().bytes16(body).raw(signature).finish();
      expect(readAdmission(authority.key, other)).toBeUndefined();
    }
    for (const key of BAD_ED25519) {
      const forged = new ByteWriter().bytes16(body).raw(key).raw(new Uint8Array(32)).finish();
      expect(readAdmission(key, forged)).toBeUndefined();
    }
  });

  it('A-01 any flipped bit, cut or appended byte is no admission', async () => {
    const authority = newAuthority();
    const credential = await signAdmission(authority.sign, anAdmission(newCharter(authority)));
    const read = admissionReader(authority.key);
    for (let at = 0; at < 8 * credential.length; at++) {
      expect(readAdmission(authority.key, flipBit(credential, at))).toBeUndefined();
    }
    for (let length = 0; length < credential.length; length++)
      expect(read(credential.subarray(0, length))).toBeUndefined();
    expect(read(concat(credential, Uint8Array.of(0)))).toBeUndefined();
    expect(read(credential)).toBeDefined();
  });

  it('names a known version and role even when the authority signed another', async () => {
    const authority = newAuthority();
    const good = await signAdmission(authority.sign, anAdmission(newCharter(authority)));
    const body = good.slice(2, -64);
    const roleAt = 1 + 16 + 4 + 8 + 4 + 4 + 32;
    for (const [at, value] of [
      [0, 0],
      [0, 2],
      [roleAt, 3],
      [roleAt, 255],
    ] as const) {
      const other = Uint8Array.from(body);
      other[at] = value;
      const signature = await signWith(authority.sign, 'admission', other);
      const credential = new ByteWriter().bytes16(other).raw(signature).finish();
      expect(readAdmission(authority.key, credential)).toBeUndefined();
    }
  });

  it('what a reader remembers is its own authority, and good and bad alike', async () => {
    const [a, b] = [newAuthority(), newAuthority()];
    const credential = await signAdmission(a.sign, anAdmission(newCharter(a)));
    const [readA, readB] = [admissionReader(a.key), admissionReader(b.key)];
    for (let i = 0; i < 3; i++) {
      expect(readA(credential)).toBeDefined();
      expect(readB(credential)).toBeUndefined();
    }
  });

  it('hashes names with their salt, seats from their secret, serials by issuer', async () => {
    const [salt, secret] = [randomBytes(16), randomBytes(32)];
    expect(await hashName(salt, 'Ben')).toEqual(await hashName(salt, 'Ben'));
    expect(await hashName(salt, 'Ben')).not.toEqual(await hashName(salt, 'Mei'));
    expect(await hashName(salt, 'Ben')).not.toEqual(await hashName(randomBytes(16), 'Ben'));
    expect((await seatOf(secret)).length).toBe(16);
    expect(await seatOf(secret)).not.toEqual(await seatOf(flipBit(secret, 0)));
    expect(serialKey({ issuer: 1n, serial: 23 })).not.toBe(serialKey({ issuer: 12n, serial: 3 }));
    expect(ROLES.map(rankOf)).toEqual([0, 1, 2]);
    expect([rankOf('guest'), rankOf('cohost'), rankOf('host')]).toEqual([0, 1, 2]);
  });
});
