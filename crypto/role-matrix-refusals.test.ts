// What no role may commit, and what a commit may not say of itself.
import { beforeAll, describe, expect, it } from 'vitest';
import { toBase64url } from './bytes.ts';
import { encodeCommitData } from './commit-data.ts';
import {
  AT,
  afterExpulsion,
  attempts,
  COMMITTERS,
  judge,
  nth,
  outcome,
  type Scene,
  START,
  scene,
  truthOf,
  viewOf,
  type Wanted,
} from './commits.testkit.ts';
import { afterRemovals, encodeGroupContext } from './group-context.ts';
import { type CommitView, MlsClient } from './mls/index.ts';
import { attemptBytes, loadHere, PSK, person } from './people.testkit.ts';
import { closedOf, judgeCommit } from './role-matrix.ts';
import { randomBytes } from './sealing.ts';
import { signLeaving } from './statements.ts';

let s: Scene;
beforeAll(async () => {
  await loadHere();
  s = await scene();
});

describe('A-15 whatever the role', () => {
  const never: readonly [string, Partial<CommitView>, string][] = [
    ['A-01 proposal by reference', { byReference: 1 }, 'kind'],
    ['Update', { updates: 1 }, 'kind'],
    ['ReInit, external init, self-remove, custom', { otherProposals: 1 }, 'kind'],
    ['resumption PSK', { otherPsks: 1 }, 'kind'],
    ['A-13 external sender', { senderKind: 'external' }, 'sender'],
    ['A-13 external commit', { senderKind: 'new-member' }, 'sender'],
    ['A-13 new-member proposal', { senderKind: 'new-member-proposal' }, 'sender'],
    ['sender outside the tree', { sender: 99 }, 'sender'],
    ['two external PSKs', { pskIds: [PSK.id, PSK.id] }, 'psk'],
    ['A-25 PSK of another link', { pskIds: [randomBytes(20)] }, 'psk'],
    ['no data', { aad: new Uint8Array(0) }, 'data'],
    ['group context hidden beside ours', { groupContextExact: false }, 'context'],
    ['group context of noise', { groupContext: randomBytes(30) }, 'context'],
    ['empty group context', { groupContext: new Uint8Array(0) }, 'context'],
  ];
  it.each(['host', 'cohost', 'guest'] as const)('A-15 a %s commits none of these', async (role) => {
    const [view, word] = await viewOf(s, COMMITTERS[role], { adds: [await s.come()] });
    expect(outcome(await judgeCommit(view, s.bench, word))).toBe('good');
    for (const [what, change, fault] of never) {
      const context =
        'groupContextExact' in change ? { groupContext: encodeGroupContext(START) } : {};
      const exact = 'groupContext' in change ? { groupContextExact: true } : {};
      const changed = { ...view, ...context, ...exact, ...change };
      expect(outcome(await judgeCommit(changed, s.bench, word)), what).toBe(fault);
    }
  });

  it.each(['host', 'cohost', 'guest'] as const)(
    'A-15 a %s whose path changes its credential or its attempt',
    async (role) => {
      const at = COMMITTERS[role];
      for (const lie of ['role', 'attempt']) {
        // Each liar goes on from a member's state, so each needs a group of its own.
        const group = await scene();
        const own = nth(group.people, at);
        const better = await person(group.authority, group.charter, 'host', { seed: own.seed });
        const credential = lie === 'role' ? better.credential : own.credential;
        const liar = new MlsClient(1, own.seed, credential, attemptBytes(lie === 'role' ? 1 : 9));
        liar.restore(own.client.snapshot());
        const { data, word } = await truthOf(group, nth(group.members, at), {});
        const { commit } = liar.commit({
          adds: [],
          removes: [],
          forcePath: true,
          aad: encodeCommitData(data),
        });
        const processed = nth(group.people, AT.witness).client.process(commit);
        if (processed.kind !== 'commit') throw new Error('no commit');
        expect(outcome(await judgeCommit(processed.view, group.bench, word))).toBe('path');
      }
    },
  );
});

describe('rejoins', () => {
  it('A-14 take the place of the same leaf in the same commit, by whoever commits', async () => {
    const own = nth(s.people, AT.guest2);
    const back = await s.come({ ...own.admission, seed: own.seed, attempt: 2 });
    attempts.set(back.client, 2);
    for (const at of Object.values(COMMITTERS)) {
      const [view, word] = await viewOf(s, at, {
        adds: [back],
        removes: [AT.guest2],
        data: { removed: [] },
        word: { removed: [] },
      });
      const judged = await judgeCommit(view, s.bench, word);
      expect(outcome(judged)).toBe('good');
      if (judged.ok) {
        expect(judged.plan.seatings[0]?.kind).toBe('rejoin');
        expect(judged.plan.expelled).toEqual([]);
        expect(judged.plan.context).toEqual(START);
      }
      // The old leaf not removed: two leaves of one person.
      const without = { ...view, removes: [] };
      expect(outcome(await judgeCommit(without, s.bench, word))).toBe('remove');
      const twice = { ...view, removes: [AT.guest2, AT.guest2] };
      expect(outcome(await judgeCommit(twice, s.bench, word))).toBe('remove');
    }
  });

  it('may use the PSK of the link before, new admissions may not', async () => {
    const own = nth(s.people, AT.guest2);
    const back = await s.come({ ...own.admission, seed: own.seed, attempt: 2 });
    attempts.set(back.client, 2);
    const lie = { data: { removed: [] }, word: { removed: [] } };
    const bench = { ...s.bench, pskId: randomBytes(20), rejoinPskIds: [PSK.id] };
    const [rejoin, word] = await viewOf(s, AT.guest, {
      adds: [back],
      removes: [AT.guest2],
      ...lie,
    });
    expect(outcome(await judgeCommit(rejoin, bench, word))).toBe('good');
    const fresh = await viewOf(s, AT.guest, { adds: [await s.come()] });
    expect(outcome(await judgeCommit(fresh[0], bench, fresh[1]))).toBe('psk');
    const both = await viewOf(s, AT.guest, {
      adds: [back, await s.come()],
      removes: [AT.guest2],
      ...lie,
    });
    expect(outcome(await judgeCommit(both[0], bench, both[1]))).toBe('psk');
  });
});

describe('what a commit says of itself', () => {
  it('A-10 A-96 is one and the same in MLS, in its data and in the word of the server', async () => {
    const come = await s.come();
    const context = afterExpulsion(s, AT.guest2);
    const wanted = { adds: [come], removes: [AT.guest2], context };
    expect(outcome(await judge(s, AT.host, wanted))).toBe('good');
    const seat = { seat: randomBytes(16), identity: randomBytes(16) };
    const word = { seat: toBase64url(seat.seat), identity: toBase64url(seat.identity) };
    const own = toBase64url(come.admission.seat);
    const host = s.seatOf(nth(s.members, AT.host2));
    const lies: Pick<Wanted, 'data' | 'word'>[] = [
      { data: { added: [] } },
      { data: { removed: [] } },
      { data: { added: [seat] } },
      { data: { removed: [seat.seat] } },
      { word: { added: [] } },
      { word: { removed: [] } },
      { word: { added: [word] } },
      { word: { added: [{ seat: own, identity: word.identity }] } },
      { word: { removed: [host] } },
      { word: { removed: [s.seatOf(nth(s.members, AT.guest2)), host] } },
    ];
    for (const lie of lies)
      expect(outcome(await judge(s, AT.host, { ...wanted, ...lie }))).toBe('data');
  });

  it('A-15 comes from the seat of the leaf that signed it', async () => {
    for (const from of [s.seatOf(nth(s.members, AT.host)), toBase64url(randomBytes(16))]) {
      const judged = await judge(s, AT.guest, { forcePath: true, word: { from } });
      expect(outcome(judged)).toBe('sender');
    }
  });

  it('a `leaving` of another group, leaf or attempt removes nobody', async () => {
    const context = afterRemovals(START, [closedOf(nth(s.members, AT.guest2))], false);
    const { leafKey } = nth(s.members, AT.guest2).admission;
    const statements = [
      signLeaving(nth(s.people, AT.guest2).seed, { groupId: randomBytes(32), leafKey, attempt: 1 }),
      signLeaving(nth(s.people, AT.guest2).seed, { groupId: s.groupId, leafKey, attempt: 2 }),
      signLeaving(nth(s.people, AT.guest).seed, { groupId: s.groupId, leafKey, attempt: 1 }),
    ];
    for (const statement of statements) {
      const leavings = [{ leaf: AT.guest2, statement }];
      const wanted = { leavers: [AT.guest2], context, data: { leavings } };
      expect(outcome(await judge(s, AT.guest, wanted))).toBe('remove');
    }
    // A good one, beside a leaf that stays: nothing travels in a commit that it does not need.
    const good = signLeaving(nth(s.people, AT.witness).seed, {
      groupId: s.groupId,
      leafKey: nth(s.members, AT.witness).admission.leafKey,
      attempt: 1,
    });
    const leavings = [{ leaf: AT.witness, statement: good }];
    expect(outcome(await judge(s, AT.guest, { forcePath: true, data: { leavings } }))).toBe(
      'remove',
    );
  });

  it('judging changes nothing', async () => {
    const [view, word] = await viewOf(s, AT.host, { adds: [await s.come()] });
    const before = structuredClone({ view, word, bench: s.bench });
    await judgeCommit(view, s.bench, word);
    expect({ view, word, bench: s.bench }).toEqual(before);
  });
});
