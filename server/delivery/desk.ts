// One accepted message, one SQL transaction: reads the facts, asks the rules, writes the change, says what to tell.
// Must not touch sockets: nothing may be told before the transaction has committed (F-01).
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import type { MediaIdentity, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { SeatedMessage } from '@in-camera/protocol/signal.ts';
import { writeCommit, writeVoid } from './commits.ts';
import {
  type DeliveryDb,
  meetingFacts,
  readChanged,
  readGroup,
  readSeat,
  readSeats,
} from './facts.ts';
import * as rules from './rules.ts';
import { insertSeat, writeFound, writeMessage } from './store.ts';
import type { GroupHead } from './tables.ts';
import { dropPackage, hashOf, keepLeaving, keepPackage, readPackage } from './waiting.ts';

/** Messages that change what SQL holds; the rest passes through or belongs to another feature. */
export type DeskMessage = Exclude<
  SeatedMessage,
  { kind: 'answer' | 'ticket' | 'end' | 'ping' | 'beat' | 'ack' }
>;

/** What became true by an accepted message, for those who are to be told. */
export type Done = {
  readonly kind: 'done';
  readonly seq?: number;
  /** Seats whose view changed; every seat after an opening. */
  readonly views?: readonly SeatId[] | 'all';
  readonly gone?: readonly SeatId[];
  /** Seats whose key package was dropped: they upload a new one. */
  readonly again?: readonly SeatId[];
  readonly welcomed?: readonly SeatId[];
  /** Media identities that are no longer admitted. */
  readonly cut?: readonly MediaIdentity[];
  readonly work?: 'package' | 'leaver' | 'settled';
};
export type Outcome = Done | rules.Refused;

type Call = {
  readonly db: DeliveryDb;
  readonly meeting: MeetingId;
  readonly group: GroupHead;
  readonly from: rules.SeatFacts;
  readonly nowMs: number;
};

const refuse = (code: ErrorCode): rules.Refused => ({ kind: 'refused', code });
const present = (ids: readonly (MediaIdentity | null)[]): MediaIdentity[] =>
  ids.filter((id) => id !== null);

type Of<K extends DeskMessage['kind']> = Extract<DeskMessage, { kind: K }>;

async function takeCommit(
  { db, meeting, group, from, nowMs }: Call,
  message: Of<'commit'>,
): Promise<Outcome> {
  const seats = await readSeats(db, meeting);
  const verdict = rules.judgeCommit(meetingFacts(group, nowMs), from, seats, message);
  if (verdict.kind === 'refused') return verdict;
  const hash = hashOf(message.commit);
  const seq = await writeCommit(db, group, nowMs, from, message, verdict, hash);
  if (seq === undefined) return refuse('stale-slot');
  const added = verdict.added.map((change) => change.seat);
  return {
    kind: 'done',
    seq,
    views: added,
    welcomed: added,
    gone: message.removed,
    work: 'settled',
    cut: present([
      ...verdict.added.map((change) => change.replaces),
      ...verdict.removed.map((seat) => seat.identity),
    ]),
  };
}

async function takeVoid({ db, group, from, nowMs }: Call, message: Of<'void'>): Promise<Outcome> {
  const changed = await readChanged(db, group);
  const verdict = rules.judgeVoid(meetingFacts(group, nowMs, changed), from, message);
  if (verdict.kind === 'refused') return verdict;
  const { group: id, epoch, hash, signature } = message;
  const item = { from: from.seat, group: id, epoch, try: message.try, hash, signature };
  const restored = await writeVoid(db, group, nowMs, verdict, changed, item);
  if (restored === undefined) return refuse('stale-void');
  return {
    kind: 'done',
    seq: restored.seq,
    again: restored.again,
    work: 'settled',
    views: [...new Set([...restored.changed.map((row) => row.seat), verdict.loses])],
    cut: present(
      restored.changed.filter((row) => row.gone_seq === null).map((row) => row.identity),
    ),
  };
}

async function takeFound(
  { db, meeting, group, from, nowMs }: Call,
  message: Of<'found'>,
): Promise<Outcome> {
  const verdict = rules.judgeFound(meetingFacts(group, nowMs), from, message);
  if (verdict.kind === 'refused') return verdict;
  const before = await readSeats(db, meeting);
  const seq = await writeFound(db, group, nowMs, from, message, verdict.slot);
  if (seq === undefined) return refuse('stale-generation');
  const after = await readSeats(db, meeting);
  const seats = [...before.values()];
  return {
    kind: 'done',
    seq,
    views: 'all',
    work: 'settled',
    cut: present(seats.map((seat) => seat.identity)),
    gone: seats.filter((seat) => !after.has(seat.seat)).map((seat) => seat.seat),
  };
}

async function takeSend(
  { db, meeting, group, from, nowMs }: Call,
  message: Of<'send'>,
): Promise<Outcome> {
  const held = await db
    .selectFrom('delivery_orders')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('bytes'), eb.lit(0)).as('bytes'))
    .where('meeting', '=', meeting)
    .where('sender', '=', from.seat)
    .where('kind', '=', 'message')
    .executeTakeFirstOrThrow();
  const verdict = rules.judgeSend(meetingFacts(group, nowMs), from, message, Number(held.bytes));
  if (verdict.kind === 'refused') return verdict;
  const item = { from: from.seat, group: message.group, epoch: message.epoch, box: message.box };
  const seq = await writeMessage(db, group, nowMs, item);
  return seq === undefined ? refuse('internal') : { kind: 'done', seq };
}

async function takeRegister(
  { db, meeting, from }: Call,
  message: Of<'register'>,
): Promise<Outcome> {
  // Seats that the last commit removed count too: a void may bring them back.
  const seats = db.selectFrom('delivery_seats').where('meeting', '=', meeting);
  const taken = await seats.select('seat').where('seat', '=', message.seat).executeTakeFirst();
  const { count } = await seats
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const verdict = rules.judgeRegister(from, taken !== undefined, Number(count));
  if (verdict.kind === 'refused') return verdict;
  await insertSeat(db, meeting, message.seat);
  return { kind: 'done', views: [message.seat] };
}

async function takePackage(
  { db, meeting, group, from, nowMs }: Call,
  message: Of<'package'>,
): Promise<Outcome> {
  await keepPackage(db, meeting, from.seat, message.box, nowMs, group.seq);
  return { kind: 'done', work: 'package', ...(from.leaving ? { views: [from.seat] } : {}) };
}

async function takeBadPackage(
  { db, meeting, from }: Call,
  message: Of<'bad-package'>,
): Promise<Outcome> {
  const box = await readPackage(db, meeting, message.seat);
  const verdict = rules.judgeBadPackage(from, box === null ? null : hashOf(box), message.box);
  if (verdict.kind === 'refused') return verdict;
  await dropPackage(db, meeting, message.seat);
  return { kind: 'done', again: [message.seat], work: 'settled' };
}

async function takeLeaving({ db, meeting, from }: Call, message: Of<'leaving'>): Promise<Outcome> {
  const verdict = rules.judgeLeaving(from);
  if (verdict.kind === 'refused') return verdict;
  await keepLeaving(db, meeting, from.seat, message.statement);
  return { kind: 'done', views: [from.seat], work: 'leaver' };
}

async function takeExpel({ db, meeting, group, from, nowMs }: Call): Promise<Outcome> {
  const verdict = rules.judgeExpel(meetingFacts(group, nowMs), from);
  if (verdict.kind === 'refused') return verdict;
  await db
    .updateTable('delivery_groups')
    .where('meeting', '=', meeting)
    .set({ reserved_seat: from.seat, reserved_until_ms: verdict.untilMs })
    .execute();
  return { kind: 'done' };
}

function dispatch(call: Call, message: DeskMessage): Promise<Outcome> {
  switch (message.kind) {
    case 'commit':
      return takeCommit(call, message);
    case 'void':
      return takeVoid(call, message);
    case 'found':
      return takeFound(call, message);
    case 'send':
      return takeSend(call, message);
    case 'register':
      return takeRegister(call, message);
    case 'package':
      return takePackage(call, message);
    case 'bad-package':
      return takeBadPackage(call, message);
    case 'leaving':
      return takeLeaving(call, message);
    case 'expel':
      return takeExpel(call);
  }
}

/** Takes one message of a seat, or refuses it without any effect. */
export function takeMessage(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
  message: DeskMessage,
  nowMs: number,
): Promise<Outcome> {
  return db.transaction().execute(async (trx) => {
    const group = await readGroup(trx, meeting);
    const from = group && (await readSeat(trx, meeting, seat));
    // Gone since this socket sat: the meeting ended, or a commit removed the seat.
    if (group === undefined || from === undefined) return refuse('not-seated');
    return dispatch({ db: trx, meeting, group, from, nowMs }, message);
  });
}
