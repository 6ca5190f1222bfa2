// Pure rules of the blind server: given facts about seats and slot, may this message pass, and what does it change?
// Must do no I/O and hold no state: the SQL store, property tests and simulations all call these same functions.
import type { Role, Slot } from '@in-camera/protocol/delivery.ts';
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import type { MediaIdentity, SeatId } from '@in-camera/protocol/ids.ts';
import { LIMITS, TIMES } from '@in-camera/protocol/limits.ts';
import type { Beat, Commit, Found, Send, Void } from '@in-camera/protocol/signal.ts';
import type * as z from 'zod/mini';

export type CommitMessage = z.infer<typeof Commit>;
export type VoidMessage = z.infer<typeof Void>;
export type FoundMessage = z.infer<typeof Found>;
export type SendMessage = z.infer<typeof Send>;
export type BeatMessage = z.infer<typeof Beat>;

/** What the server knows of one seat when it judges. */
export type SeatFacts = {
  readonly seat: SeatId;
  readonly role: Role;
  readonly mayCommit: boolean;
  readonly seated: boolean;
  readonly leaving: boolean;
  readonly identity: MediaIdentity | null;
  /** A key package of this seat waits for a commit. */
  readonly waiting: boolean;
  /** When its last commit without adds and removes was taken. */
  readonly emptyCommitMs: number | null;
};

/** The last opening, commit or void of the sequence: only a commit that stands here can be voided. */
export type LastItem =
  | { readonly kind: 'opening' | 'void' }
  | {
      readonly kind: 'commit';
      readonly from: SeatId;
      readonly fromRole: Role;
      readonly epoch: number;
      readonly try: number;
      readonly hash: string;
      /** Seats that were outside the tree before it. */
      readonly newcomers: readonly SeatId[];
      readonly removed: readonly SeatId[];
    };

export type MeetingFacts = {
  readonly slot: Slot | null;
  readonly last: LastItem | null;
  /** An expulsion is under way: only this seat's commits are taken until then. */
  readonly reservation: { readonly seat: SeatId; readonly untilMs: number } | null;
  readonly nowMs: number;
};

export type Refused = { readonly kind: 'refused'; readonly code: ErrorCode };
export type Verdict<T> = ({ readonly kind: 'accepted' } & T) | Refused;

const refuse = (code: ErrorCode): Refused => ({ kind: 'refused', code });

/** Unpruned bytes of application messages that one seat may hold in the sequence. */
export const SEAT_SHARE_BYTES = LIMITS.socketMessage;
const MAX_TRY = 0xff;
const MAX_EPOCH = 0xffff_ffff;

const RANK = { guest: 0, cohost: 1, host: 2 } as const satisfies Record<Role, number>;

/** Host or co-host: admits, answers, expels. */
export const leads = (role: Role): boolean => RANK[role] >= RANK.cohost;

/** May a commit from a seat of role `from` remove this target? (protocol.md, Entering 6) */
function judgeRemoval(from: Role, target: SeatFacts | undefined): ErrorCode | null {
  if (target === undefined || !target.seated) return 'unknown-member';
  if (from === 'host') return null;
  if (target.role === 'host') return 'not-allowed';
  if (target.leaving) return null;
  if (from === 'cohost') return target.role === 'guest' ? null : 'not-allowed';
  return 'unknown-member';
}

/** May a commit seat this target under that identity? Only who asked for it by a key package. */
function judgeAddition(
  target: SeatFacts | undefined,
  identity: MediaIdentity,
  seats: Iterable<SeatFacts>,
): ErrorCode | null {
  if (target === undefined || !target.waiting) return 'unknown-member';
  for (const other of seats) if (other.identity === identity) return 'exists';
  return null;
}

function judgeShape(message: CommitMessage, from: SeatId): ErrorCode | null {
  const named = new Set<string>([...message.added.map((a) => a.seat), ...message.removed]);
  if (named.size !== message.added.length + message.removed.length) return 'bad-message';
  if (new Set(message.added.map((a) => a.identity)).size !== message.added.length)
    return 'bad-message';
  // MLS members can neither add nor remove themselves by their own commit (RFC 9420 section 12.2).
  if (named.has(from)) return 'bad-message';
  return (message.groupInfo !== null) === message.added.length > 0 ? null : 'bad-message';
}

export type SlotName = { readonly group: string; readonly epoch: number; readonly try: number };

function judgeSlot(facts: MeetingFacts, named: SlotName): Refused | { kind: 'held'; slot: Slot } {
  const { slot } = facts;
  if (slot === null) return refuse('stale-slot');
  if (slot.group !== named.group) return refuse('stale-generation');
  if (slot.epoch !== named.epoch || slot.try !== named.try) return refuse('stale-slot');
  return { kind: 'held', slot };
}

/** Quota of commits that change nobody's seat: they only take the slot from others. */
function judgeRation(facts: MeetingFacts, from: SeatFacts, empty: boolean): ErrorCode | null {
  if (!empty || from.role !== 'guest' || from.emptyCommitMs === null) return null;
  const waitedMs = facts.nowMs - from.emptyCommitMs;
  return waitedMs >= 0 && waitedMs < TIMES.guestCommitEveryMs ? 'too-many' : null;
}

export type CommitChange = {
  readonly slot: Slot;
  /** `replaces` is the identity of a seat that rejoins. */
  readonly added: readonly {
    readonly seat: SeatId;
    readonly identity: MediaIdentity;
    readonly replaces: MediaIdentity | null;
  }[];
  readonly removed: readonly SeatFacts[];
  readonly empty: boolean;
};

/** One commit per (group, epoch, try), by a seat whose role allows each seat change. */
export function judgeCommit(
  facts: MeetingFacts,
  from: SeatFacts,
  seats: ReadonlyMap<string, SeatFacts>,
  message: CommitMessage,
): Verdict<CommitChange> {
  if (!from.seated) return refuse('not-seated');
  const held = judgeSlot(facts, message);
  if (held.kind === 'refused') return held;
  if (!from.mayCommit) return refuse('not-allowed');
  const { reservation } = facts;
  if (reservation !== null && reservation.seat !== from.seat && facts.nowMs < reservation.untilMs) {
    return refuse('reserved');
  }
  const shape = judgeShape(message, from.seat);
  if (shape !== null) return refuse(shape);
  const added: CommitChange['added'][number][] = [];
  for (const { seat, identity } of message.added) {
    const target = seats.get(seat);
    const code = judgeAddition(target, identity, seats.values());
    if (code !== null) return refuse(code);
    added.push({ seat, identity, replaces: target?.identity ?? null });
  }
  const removed: SeatFacts[] = [];
  for (const seat of message.removed) {
    const target = seats.get(seat);
    const code = judgeRemoval(from.role, target);
    if (code !== null) return refuse(code);
    if (target !== undefined) removed.push(target);
  }
  const empty = added.length === 0 && removed.length === 0;
  const ration = judgeRation(facts, from, empty);
  if (ration !== null) return refuse(ration);
  if (held.slot.epoch >= MAX_EPOCH) return refuse('stale-generation');
  return {
    kind: 'accepted',
    slot: { ...held.slot, epoch: held.slot.epoch + 1, try: 0 },
    added,
    removed,
    empty,
  };
}

export type VoidChange = { readonly slot: Slot; readonly loses: SeatId };

/**
 * A void stands directly after its commit among openings, commits and voids, comes from a seat the commit does not
 * remove and had not just seated (its signature could not be checked), of no lower rank than the sender.
 */
export function judgeVoid(
  facts: MeetingFacts,
  from: SeatFacts,
  message: VoidMessage,
): Verdict<VoidChange> {
  if (!from.seated) return refuse('not-seated');
  const { slot, last } = facts;
  if (slot === null || last === null || last.kind !== 'commit') return refuse('stale-void');
  if (slot.group !== message.group) return refuse('stale-generation');
  if (last.epoch !== message.epoch || last.try !== message.try) return refuse('stale-void');
  if (last.hash !== message.hash) return refuse('wrong-hash');
  if (last.removed.includes(from.seat) || last.newcomers.includes(from.seat))
    return refuse('not-allowed');
  // Members believe no guest's void: taking one would part the server's count from theirs.
  if (from.role === 'guest') return refuse('not-allowed');
  if (RANK[from.role] < RANK[last.fromRole]) return refuse('not-allowed');
  if (last.try >= MAX_TRY) return refuse('too-many');
  return {
    kind: 'accepted',
    slot: { ...slot, epoch: last.epoch, try: last.try + 1 },
    loses: last.from,
  };
}

/** A host founds a later generation; everyone else is then outside the tree. */
export function judgeFound(
  facts: MeetingFacts,
  from: SeatFacts,
  message: FoundMessage,
): Verdict<{ slot: Slot }> {
  if (from.role !== 'host') return refuse('not-allowed');
  const { slot } = facts;
  // Any higher number: after a restored backup the clients are ahead of the server.
  if (slot !== null && (message.generation <= slot.generation || message.group === slot.group)) {
    return refuse('stale-generation');
  }
  return {
    kind: 'accepted',
    slot: { group: message.group, generation: message.generation, epoch: 0, try: 0 },
  };
}

/** An application message of this epoch or the one before; `heldBytes` are this seat's own in the sequence. */
export function judgeSend(
  facts: MeetingFacts,
  from: SeatFacts,
  message: SendMessage,
  heldBytes: number,
): Verdict<unknown> {
  if (!from.seated) return refuse('not-seated');
  const { slot } = facts;
  if (slot === null || slot.group !== message.group) return refuse('stale-generation');
  if (message.epoch > slot.epoch || message.epoch < slot.epoch - 1) return refuse('stale-epoch');
  if (heldBytes + message.box.length > SEAT_SHARE_BYTES) return refuse('too-many');
  return { kind: 'accepted' };
}

export function judgeBeat(
  facts: MeetingFacts,
  from: SeatFacts,
  message: BeatMessage,
): Verdict<unknown> {
  if (!from.seated) return refuse('not-seated');
  if (facts.slot?.group !== message.group) return refuse('stale-generation');
  return { kind: 'accepted' };
}

export const judgeLeaving = (from: SeatFacts): Verdict<unknown> =>
  from.seated ? { kind: 'accepted' } : refuse('not-seated');

export function judgeRegister(from: SeatFacts, taken: boolean, count: number): Verdict<unknown> {
  if (!leads(from.role)) return refuse('not-allowed');
  if (taken) return refuse('exists');
  return count < LIMITS.seats ? { kind: 'accepted' } : refuse('too-many');
}

export function judgeExpel(facts: MeetingFacts, from: SeatFacts): Verdict<{ untilMs: number }> {
  if (!leads(from.role) || !from.mayCommit) return refuse('not-allowed');
  if (!from.seated) return refuse('not-seated');
  const { reservation, nowMs } = facts;
  if (reservation !== null && reservation.seat !== from.seat && nowMs < reservation.untilMs)
    return refuse('reserved');
  return { kind: 'accepted', untilMs: nowMs + TIMES.expelReserveMs };
}

export function judgeBadPackage(
  from: SeatFacts,
  kept: string | null,
  named: string,
): Verdict<unknown> {
  if (!leads(from.role)) return refuse('not-allowed');
  if (kept === null) return refuse('unknown-member');
  return kept === named ? { kind: 'accepted' } : refuse('wrong-hash');
}
