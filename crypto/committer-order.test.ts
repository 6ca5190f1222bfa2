import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROLES } from './admission.ts';
import { toBase64url } from './bytes.ts';
import { committerDelayMs } from './committer-order.ts';
import type { Member } from './member-rule.ts';

const NONE = new Uint8Array(0);
const member = (index: number, role: (typeof ROLES)[number]): Member => ({
  leaf: {
    index,
    signatureKey: NONE,
    encryptionKey: NONE,
    credentialType: 0,
    credential: NONE,
    attempt: NONE,
    fixed: NONE,
  },
  admission: {
    issuer: 0n,
    serial: index,
    meetingId: NONE,
    occurrence: 1,
    era: 0,
    leafKey: NONE,
    role,
    seat: new Uint8Array(16).fill(index),
    nameHash: NONE,
  },
  attempt: 1,
});
const seat = (one: Member) => toBase64url(one.admission.seat);

describe('who commits', () => {
  it('host, co-hosts, leaf index; the k-th after k seconds, 4 at most', () => {
    const people = [member(0, 'guest'), member(1, 'cohost'), member(2, 'host'), member(3, 'guest')];
    const all = people.map(seat);
    const delays = (online: string[], asking: string[]) =>
      people.map((one) => committerDelayMs(one, people, online, asking));
    expect(delays(all, [])).toEqual([2000, 1000, 0, 3000]);
    expect(delays(all, [all[2]!])).toEqual([1000, 0, undefined, 2000]);
    expect(delays([all[0]!, all[3]!], [])).toEqual([0, undefined, undefined, 1000]);
    expect(delays([], [])).toEqual([undefined, undefined, undefined, undefined]);
    const many = Array.from({ length: 9 }, (_, i) => member(i, 'guest'));
    const last = committerDelayMs(many[8]!, many, many.map(seat), []);
    expect(last).toBe(4000);
  });

  it('F-15 is one and the same order for everyone, with exactly one first', () => {
    const anyPeople = fc
      .uniqueArray(fc.nat(60), { minLength: 1, maxLength: 12 })
      .chain((indices) =>
        fc.tuple(...indices.map((i) => fc.constantFrom(...ROLES).map((role) => member(i, role)))),
      );
    fc.assert(
      fc.property(anyPeople, fc.array(fc.nat(11)), fc.array(fc.nat(11)), (people, on, asks) => {
        const pick = (which: number[]) =>
          which.flatMap((i) => (people[i] ? [seat(people[i])] : []));
        const [online, asking] = [pick(on), pick(asks)];
        const delays = people.map((one) =>
          committerDelayMs(one, [...people].reverse(), online, asking),
        );
        const able = people.filter(
          (one) => online.includes(seat(one)) && !asking.includes(seat(one)),
        );
        expect(delays.filter((delay) => delay !== undefined).length).toBe(able.length);
        expect(delays.filter((delay) => delay === 0).length).toBe(able.length > 0 ? 1 : 0);
      }),
    );
  });
});
