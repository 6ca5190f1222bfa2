// Properties of the rules over generated meetings: no input makes them seat, remove or undo beyond a role.
import type { Role } from '@in-camera/protocol/delivery.ts';
import { GroupId, Hash, MediaIdentity, SeatId } from '@in-camera/protocol/ids.ts';
import { TIMES } from '@in-camera/protocol/limits.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as rules from './rules.ts';

const text = (bytes: number, fill: number): string =>
  Buffer.alloc(bytes, fill).toString('base64url');
const seatId = (n: number): SeatId => SeatId.parse(text(16, n));
const identity = (n: number): MediaIdentity => MediaIdentity.parse(text(16, n));
const group = (n: number): GroupId => GroupId.parse(text(32, n));
const hash = (n: number): Hash => Hash.parse(text(32, n));

const SEATS = 8;
const roleArb = fc.constantFrom<Role>('host', 'cohost', 'guest');
const seatArb = (n: number): fc.Arbitrary<rules.SeatFacts> =>
  fc.record({
    seat: fc.constant(seatId(n)),
    role: roleArb,
    mayCommit: fc.constantFrom(true, true, false),
    seated: fc.constantFrom(true, true, false),
    leaving: fc.boolean(),
    identity: fc.option(fc.constant(identity(n)), { nil: null }),
    waiting: fc.boolean(),
    emptyCommitMs: fc.option(fc.integer({ min: 0, max: 50_000 }), { nil: null }),
  });
const seatsArb = fc.tuple(...Array.from({ length: SEATS }, (_, n) => seatArb(n)));
const anySeat = fc.integer({ min: 0, max: SEATS + 1 }).map(seatId);

const slotArb = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ group: group(1), epoch: 1, try: 1 }) },
  {
    weight: 1,
    arbitrary: fc.record({
      group: fc.constantFrom(group(1), group(2)),
      epoch: fc.integer({ min: 0, max: 2 }),
      try: fc.integer({ min: 0, max: 2 }),
    }),
  },
);
const commitArb: fc.Arbitrary<rules.CommitMessage> = fc
  .record({
    slot: slotArb,
    added: fc.array(
      fc.record({ seat: anySeat, identity: fc.integer({ min: 0, max: 40 }).map(identity) }),
      { maxLength: 3 },
    ),
    removed: fc.array(anySeat, { maxLength: 3 }),
    info: fc.boolean(),
  })
  .map(({ slot, added, removed, info }) => ({
    kind: 'commit',
    ref: 1,
    ...slot,
    commit: text(20, 9),
    added: added.map((entry) => ({ ...entry, secrets: text(20, 8) })),
    groupInfo: info || added.length > 0 ? text(20, 7) : null,
    removed,
  }));
const reservationArb = fc.option(
  fc.record({ seat: anySeat, untilMs: fc.integer({ min: 0, max: 60_000 }) }),
  { nil: null },
);
const NOW_MS = 30_000;

const member = (n: number, role: Role, more: Partial<rules.SeatFacts> = {}): rules.SeatFacts => ({
  seat: seatId(n),
  role,
  mayCommit: true,
  seated: true,
  leaving: false,
  identity: identity(n),
  waiting: false,
  emptyCommitMs: null,
  ...more,
});

function factsOf(
  reservation: rules.MeetingFacts['reservation'],
  last: rules.LastItem | null = null,
): rules.MeetingFacts {
  return {
    slot: { group: group(1), generation: 1, epoch: 1, try: 1 },
    last,
    reservation,
    nowMs: NOW_MS,
  };
}

const mapOf = (seats: readonly rules.SeatFacts[]): Map<string, rules.SeatFacts> =>
  new Map(seats.map((seat) => [seat.seat, seat]));

/** A second opinion on the seat changes of a commit, written from protocol.md's table and nothing else. */
function mayChange(
  from: rules.SeatFacts,
  seats: Map<string, rules.SeatFacts>,
  message: rules.CommitMessage,
): boolean {
  const additions = message.added.every((entry) => seats.get(entry.seat)?.waiting === true);
  const removals = message.removed.every((id) => {
    const target = seats.get(id);
    if (target === undefined || !target.seated || target.seat === from.seat) return false;
    if (target.role === 'host') return from.role === 'host';
    if (target.leaving) return true;
    if (target.role === 'cohost') return from.role === 'host';
    return from.role !== 'guest';
  });
  return additions && removals;
}

describe('rules of commits', () => {
  it('A-10 A-15 an accepted commit stays inside its sender role, whatever it lists', () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        seatsArb,
        fc.nat({ max: SEATS - 1 }),
        commitArb,
        reservationArb,
        (list, index, message, reservation) => {
          const seats = mapOf(list);
          const from = list[index]!;
          const verdict = rules.judgeCommit(factsOf(reservation), from, seats, message);
          if (verdict.kind === 'refused') return;
          accepted += 1;
          expect(from.seated && from.mayCommit).toBe(true);
          expect(mayChange(from, seats, message)).toBe(true);
          expect({ ...verdict.slot }).toEqual({ group: group(1), generation: 1, epoch: 2, try: 0 });
          expect([message.group, message.epoch, message.try]).toEqual([group(1), 1, 1]);
          expect(
            reservation === null || reservation.seat === from.seat || reservation.untilMs <= NOW_MS,
          ).toBe(true);
          const taken = new Set(list.map((seat) => seat.identity));
          for (const { identity: named } of message.added) expect(taken.has(named)).toBe(false);
        },
      ),
      { numRuns: 10_000, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('A-15 what the roles allow is accepted: the rule is not simply no', () => {
    const list = [
      member(0, 'host'),
      member(1, 'cohost'),
      member(2, 'guest'),
      member(3, 'guest', { leaving: true }),
      member(4, 'host', { leaving: true }),
      member(5, 'guest', { seated: false, identity: null, waiting: true }),
      member(6, 'cohost', { leaving: true }),
      member(7, 'cohost'),
    ];
    const expected: Record<Role, number[]> = {
      host: [1, 2, 3, 4, 6, 7],
      cohost: [2, 3, 6],
      guest: [3, 6],
    };
    for (const [from, role] of [
      [0, 'host'],
      [1, 'cohost'],
      [2, 'guest'],
    ] as const) {
      const removable = list
        .map((_, n) => n)
        .filter((n) => {
          const message: rules.CommitMessage = {
            kind: 'commit',
            ref: 1,
            group: group(1),
            epoch: 1,
            try: 1,
            commit: text(9, 9),
            added: [],
            groupInfo: null,
            removed: [seatId(n)],
          };
          return (
            rules.judgeCommit(factsOf(null), list[from]!, mapOf(list), message).kind === 'accepted'
          );
        });
      expect([role, removable]).toEqual([role, expected[role].filter((n) => n !== from)]);
      const add: rules.CommitMessage = {
        kind: 'commit',
        ref: 1,
        group: group(1),
        epoch: 1,
        try: 1,
        commit: text(9, 9),
        removed: [],
        groupInfo: text(9, 9),
        added: [{ seat: seatId(5), identity: identity(90), secrets: text(9, 9) }],
      };
      expect(rules.judgeCommit(factsOf(null), list[from]!, mapOf(list), add).kind).toBe('accepted');
    }
  });

  it('A-12 a guest takes a slot with nothing in it once in ten seconds, a host as often as it likes', () => {
    const empty: rules.CommitMessage = {
      kind: 'commit',
      ref: 1,
      group: group(1),
      epoch: 1,
      try: 1,
      commit: text(9, 9),
      added: [],
      groupInfo: null,
      removed: [],
    };
    fc.assert(
      fc.property(
        roleArb,
        fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: null }),
        (role, emptyCommitMs) => {
          const from = member(0, role, { emptyCommitMs });
          const verdict = rules.judgeCommit(factsOf(null), from, mapOf([from]), empty);
          const sinceMs =
            emptyCommitMs === null ? Number.POSITIVE_INFINITY : NOW_MS - emptyCommitMs;
          // A clock that was set back takes nobody's turn away (F-10).
          const rationed = role === 'guest' && sinceMs >= 0 && sinceMs < TIMES.guestCommitEveryMs;
          expect(verdict.kind).toBe(rationed ? 'refused' : 'accepted');
        },
      ),
    );
  });
});

describe('rules of voids', () => {
  const lastArb: fc.Arbitrary<rules.LastItem> = fc.oneof(
    fc.constantFrom<rules.LastItem>({ kind: 'opening' }, { kind: 'void' }),
    fc.record({
      kind: fc.constant('commit' as const),
      from: anySeat,
      fromRole: roleArb,
      epoch: fc.integer({ min: 0, max: 2 }),
      try: fc.constantFrom(0, 1, 254, 255),
      hash: fc.constantFrom(hash(1), hash(2)),
      newcomers: fc.array(anySeat, { maxLength: 2 }),
      removed: fc.array(anySeat, { maxLength: 2 }),
    }),
  );
  const voidArb: fc.Arbitrary<rules.VoidMessage> = fc.record({
    kind: fc.constant('void' as const),
    ref: fc.constant(1),
    group: fc.constantFrom(group(1), group(2)),
    epoch: fc.integer({ min: 0, max: 2 }),
    try: fc.constantFrom(0, 1, 254, 255),
    hash: fc.constantFrom(hash(1), hash(2)),
    signature: fc.constant(text(64, 5)),
  });
  const RANK = { guest: 0, cohost: 1, host: 2 };

  it('A-96 a void counts only for the last commit, from who is not touched by it and not of lower rank', () => {
    let accepted = 0;
    fc.assert(
      fc.property(seatArb(0), lastArb, voidArb, (from, last, message) => {
        const verdict = rules.judgeVoid(factsOf(null, last), from, message);
        if (verdict.kind === 'refused') return;
        accepted += 1;
        if (last.kind !== 'commit') throw new Error('voided what is no commit');
        expect([message.group, message.epoch, message.try, message.hash]).toEqual([
          group(1),
          last.epoch,
          last.try,
          last.hash,
        ]);
        expect(from.seated).toBe(true);
        expect([...last.removed, ...last.newcomers]).not.toContain(from.seat);
        expect(RANK[from.role]).toBeGreaterThanOrEqual(RANK[last.fromRole]);
        expect(verdict.slot).toEqual({
          group: group(1),
          generation: 1,
          epoch: last.epoch,
          try: last.try + 1,
        });
        expect(verdict.loses).toBe(last.from);
      }),
      { numRuns: 20_000, seed: 2 },
    );
    expect(accepted).toBeGreaterThan(25);
  });
});

describe('rules of openings and messages', () => {
  it('only a host founds, and only a later generation', () => {
    fc.assert(
      fc.property(
        roleArb,
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom(group(1), group(2)),
        (role, generation, id) => {
          const from = member(0, role);
          const message: rules.FoundMessage = {
            kind: 'found',
            ref: 1,
            group: id,
            generation,
            opening: text(9, 9),
            identity: identity(1),
          };
          const verdict = rules.judgeFound(factsOf(null), from, message);
          expect(verdict.kind === 'accepted').toBe(
            role === 'host' && generation > 1 && id !== group(1),
          );
        },
      ),
    );
  });

  it('messages of this epoch or the one before pass, others come back as stale', () => {
    const from = member(0, 'guest', { mayCommit: false });
    const send = (epoch: number, held = 0): string => {
      const message: rules.SendMessage = {
        kind: 'send',
        ref: 1,
        group: group(1),
        epoch,
        box: text(9, 9),
      };
      const facts: rules.MeetingFacts = {
        ...factsOf(null),
        slot: { group: group(1), generation: 1, epoch: 5, try: 0 },
      };
      const verdict = rules.judgeSend(facts, from, message, held);
      return verdict.kind === 'refused' ? verdict.code : verdict.kind;
    };
    expect([3, 4, 5, 6].map((epoch) => send(epoch))).toEqual([
      'stale-epoch',
      'accepted',
      'accepted',
      'stale-epoch',
    ]);
    expect(send(5, rules.SEAT_SHARE_BYTES)).toBe('too-many');
  });
});
