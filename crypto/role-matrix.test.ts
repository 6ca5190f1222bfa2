import { beforeAll, describe, expect, it } from 'vitest';
import {
  AT,
  afterExpulsion,
  COMMITTERS,
  judge,
  next,
  nth,
  outcome,
  type Scene,
  START,
  scene,
  type Wanted,
} from './commits.testkit.ts';
import { afterRemovals } from './group-context.ts';
import { loadHere, newAuthority, PSK, person } from './people.testkit.ts';
import { closedOf } from './role-matrix.ts';
import { randomBytes } from './sealing.ts';

let s: Scene;
beforeAll(async () => {
  await loadHere();
  s = await scene();
});

/** What each role may do (protocol.md, Who may commit what). */
const MATRIX: readonly {
  readonly what: string;
  readonly make: (s: Scene) => Promise<Wanted> | Wanted;
  readonly outcome: Readonly<Record<'host' | 'cohost' | 'guest', string>>;
}[] = [
  {
    what: 'Add with a good admission',
    make: async (s) => ({ adds: [await s.come()] }),
    outcome: { host: 'good', cohost: 'good', guest: 'good' },
  },
  {
    what: 'Add of two at once',
    make: async (s) => ({ adds: [await s.come(), await s.come()] }),
    outcome: { host: 'good', cohost: 'good', guest: 'good' },
  },
  {
    what: 'A-01 Add of a ghost',
    make: async (s) => ({ adds: [await person(newAuthority(), s.charter, 'host')] }),
    outcome: { host: 'ghost', cohost: 'ghost', guest: 'ghost' },
  },
  {
    what: 'A-98 Add with an admission of an old era',
    make: async (s) => ({ adds: [await s.come({ era: START.era - 1 })] }),
    outcome: { host: 'ghost', cohost: 'ghost', guest: 'ghost' },
  },
  {
    what: 'Add of one serial twice',
    make: async (s) => {
      const one = await s.come();
      const { issuer, serial } = one.admission;
      return { adds: [one, await s.come({ issuer, serial })] };
    },
    outcome: { host: 'ghost', cohost: 'ghost', guest: 'ghost' },
  },
  {
    what: 'A-25 Add without the PSK',
    make: async (s) => ({ adds: [await s.come()], psk: null }),
    outcome: { host: 'psk', cohost: 'psk', guest: 'psk' },
  },
  {
    what: 'PSK without an Add',
    make: () => ({ psk: PSK.id }),
    outcome: { host: 'psk', cohost: 'psk', guest: 'psk' },
  },
  {
    what: 'Remove at its own word',
    make: (s) => ({
      leavers: [AT.guest2],
      context: afterRemovals(START, [closedOf(nth(s.members, AT.guest2))], false),
    }),
    outcome: { host: 'good', cohost: 'good', guest: 'good' },
  },
  {
    what: 'Remove at its own word that closes nothing',
    make: () => ({ leavers: [AT.guest2] }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'Remove of a guest',
    make: (s) => ({ removes: [AT.guest2], context: afterExpulsion(s, AT.guest2) }),
    outcome: { host: 'good', cohost: 'good', guest: 'remove' },
  },
  {
    what: 'Remove of a guest for absence',
    make: () => ({ removes: [AT.guest2], context: next({ era: START.era + 1 }) }),
    outcome: { host: 'good', cohost: 'good', guest: 'remove' },
  },
  {
    what: 'Remove of a guest in the old era',
    make: (s) => ({
      removes: [AT.guest2],
      context: afterRemovals(START, [closedOf(nth(s.members, AT.guest2))], false),
    }),
    outcome: { host: 'context', cohost: 'context', guest: 'remove' },
  },
  {
    what: 'Remove of a co-host',
    make: (s) => ({ removes: [AT.cohost2], context: afterExpulsion(s, AT.cohost2) }),
    outcome: { host: 'good', cohost: 'remove', guest: 'remove' },
  },
  {
    what: 'A-10 Remove of a host',
    make: (s) => ({ removes: [AT.host2], context: afterExpulsion(s, AT.host2) }),
    outcome: { host: 'good', cohost: 'remove', guest: 'remove' },
  },
  {
    what: 'policy tighter',
    make: () => ({
      context: next({ era: START.era + 1, policy: { ...START.policy, locked: true } }),
    }),
    outcome: { host: 'good', cohost: 'good', guest: 'context' },
  },
  {
    what: 'lock without a new era',
    make: () => ({ context: next({ policy: { ...START.policy, locked: true } }) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'policy looser',
    make: () => ({ context: next({ policy: { ...START.policy, screen: 'everyone' } }) }),
    outcome: { host: 'good', cohost: 'context', guest: 'context' },
  },
  {
    what: 'not strict any more',
    make: () => ({ context: next({ policy: { ...START.policy, strict: false } }) }),
    outcome: { host: 'good', cohost: 'context', guest: 'context' },
  },
  {
    what: 'era raised',
    make: () => ({ context: next({ era: START.era + 1 }) }),
    outcome: { host: 'good', cohost: 'good', guest: 'context' },
  },
  {
    what: 'all eras used up at once',
    make: () => ({ context: next({ era: 0xffff_ffff }) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'A-98 era taken back',
    make: () => ({ context: next({ era: START.era - 1 }) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'a serial closed that waits outside',
    make: () => ({
      context: afterRemovals(START, [{ issuer: 8n, serial: 1, leafKey: randomBytes(32) }], false),
    }),
    outcome: { host: 'good', cohost: 'good', guest: 'context' },
  },
  {
    what: 'a serial closed that stays seated',
    make: (s) => ({ context: afterRemovals(START, [closedOf(nth(s.members, AT.host2))], false) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'A-19 a closed serial opened again',
    make: () => ({ context: next({ closed: [] }) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'A-98 a serial carried that was not',
    make: () => ({ context: next({ carried: [...START.carried, { issuer: 9n, serial: 1 }] }) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'link version raised',
    make: () => ({ context: next({ linkVersion: 1 }) }),
    outcome: { host: 'good', cohost: 'context', guest: 'context' },
  },
  {
    what: 'link version jumped',
    make: () => ({ context: next({ linkVersion: 2 }) }),
    outcome: { host: 'context', cohost: 'context', guest: 'context' },
  },
  {
    what: 'group context said again as it is',
    make: () => ({ context: START }),
    outcome: { host: 'good', cohost: 'good', guest: 'context' },
  },
  {
    what: 'group context touched by an Add',
    make: async (s) => ({ adds: [await s.come()], context: START }),
    outcome: { host: 'good', cohost: 'good', guest: 'context' },
  },
  {
    what: 'own path update',
    make: () => ({ forcePath: true }),
    outcome: { host: 'good', cohost: 'good', guest: 'good' },
  },
];

describe.each(['host', 'cohost', 'guest'] as const)('A-15 A-18 SEC-12 a %s commits', (role) => {
  it.each(MATRIX.map((row) => [row.what, row] as const))('%s', async (_what, row) => {
    const wanted = await row.make(s);
    const judged = await judge(s, COMMITTERS[role], wanted);
    expect(outcome(judged)).toBe(row.outcome[role]);
    if (judged.ok) {
      expect(judged.plan.committer).toEqual(s.committer(role));
      expect(judged.plan.context).toEqual(wanted.context ?? START);
      expect(judged.plan.leavers.map((one) => one.leaf.index)).toEqual(wanted.leavers ?? []);
      expect(judged.plan.expelled.map((one) => one.leaf.index)).toEqual(wanted.removes ?? []);
      expect(judged.plan.seatings.length).toBe(wanted.adds?.length ?? 0);
    } else expect(judged.by).toEqual(s.committer(role));
  });
});
