// Reads what the rules need to know of a meeting from SQL. Must not decide or change anything.
import type { SeatView, Slot } from '@in-camera/protocol/delivery.ts';
import type { MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { Kysely } from 'kysely';
import type { LastItem, MeetingFacts, SeatFacts } from './rules.ts';
import type { DeliveryTables, GroupHead, SeatRow } from './tables.ts';

export type DeliveryDb = Kysely<DeliveryTables>;

export function slotOf(row: GroupHead): Slot | null {
  const { group_id: group, generation, epoch, try: attempt } = row;
  if (group === null || generation === null || epoch === null || attempt === null) return null;
  return { group, generation, epoch, try: attempt };
}

function lastOf(row: GroupHead, changed: readonly SeatRow[]): LastItem | null {
  if (row.last_kind === null) return null;
  if (row.last_kind !== 'commit') return { kind: row.last_kind };
  const {
    last_from: from,
    last_role: fromRole,
    last_epoch: epoch,
    last_try: attempt,
    last_hash: hash,
  } = row;
  if (from === null || fromRole === null || epoch === null || attempt === null || hash === null)
    return null;
  return {
    kind: 'commit',
    from,
    fromRole,
    epoch,
    try: attempt,
    hash,
    newcomers: changed.filter((s) => s.gone_seq === null && s.was_seated === 0).map((s) => s.seat),
    removed: changed.filter((s) => s.gone_seq !== null).map((s) => s.seat),
  };
}

const HEAD = [
  'meeting',
  'seq',
  'group_id',
  'generation',
  'epoch',
  'try',
  'last_kind',
  'last_seq',
  'last_from',
  'last_role',
  'last_epoch',
  'last_try',
  'last_hash',
  'reserved_seat',
  'reserved_until_ms',
] as const;

export const readGroup = (db: DeliveryDb, meeting: MeetingId): Promise<GroupHead | undefined> =>
  db.selectFrom('delivery_groups').select(HEAD).where('meeting', '=', meeting).executeTakeFirst();

/** The sealed opening of the present generation. */
export async function readOpening(db: DeliveryDb, meeting: MeetingId): Promise<string | null> {
  const row = await db
    .selectFrom('delivery_groups')
    .select('opening')
    .where('meeting', '=', meeting)
    .executeTakeFirst();
  return row?.opening ?? null;
}

/** Seats that the last commit changed, removed ones included. */
export const readChanged = (db: DeliveryDb, group: GroupHead): Promise<SeatRow[]> =>
  db
    .selectFrom('delivery_seats')
    .selectAll()
    .where('meeting', '=', group.meeting)
    .where('changed_seq', '=', group.last_seq)
    .execute();

/** `changed` is needed for judging voids only. */
export function meetingFacts(
  group: GroupHead,
  nowMs: number,
  changed: readonly SeatRow[] = [],
): MeetingFacts {
  const { reserved_seat: seat, reserved_until_ms: untilMs } = group;
  const reservation = seat === null || untilMs === null ? null : { seat, untilMs };
  return { slot: slotOf(group), last: lastOf(group, changed), reservation, nowMs };
}

const factsOfSeat = (row: SeatRow & { waiting: string | null }): SeatFacts => ({
  seat: row.seat,
  role: row.role,
  mayCommit: row.may_commit === 1,
  seated: row.seated === 1,
  leaving: row.statement !== null,
  identity: row.identity,
  waiting: row.waiting !== null,
  emptyCommitMs: row.empty_commit_ms,
});

const seatsWithWaiting = (db: DeliveryDb, meeting: MeetingId) =>
  db
    .selectFrom('delivery_seats as s')
    .leftJoin('delivery_packages as p', (join) =>
      join.onRef('p.meeting', '=', 's.meeting').onRef('p.seat', '=', 's.seat'),
    )
    .selectAll('s')
    .select('p.seat as waiting')
    .where('s.meeting', '=', meeting)
    .where('s.gone_seq', 'is', null);

/** One seat that is not gone. */
export async function readSeat(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
): Promise<SeatFacts | undefined> {
  const row = await seatsWithWaiting(db, meeting).where('s.seat', '=', seat).executeTakeFirst();
  return row === undefined ? undefined : factsOfSeat(row);
}

/** All seats that are not gone, by id. */
export async function readSeats(
  db: DeliveryDb,
  meeting: MeetingId,
): Promise<ReadonlyMap<string, SeatFacts>> {
  const rows = await seatsWithWaiting(db, meeting).orderBy('s.seat').execute();
  return new Map(rows.map((row) => [row.seat, factsOfSeat(row)]));
}

export const viewOf = (facts: SeatFacts, online: boolean): SeatView => ({
  seat: facts.seat,
  role: facts.role,
  mayCommit: facts.mayCommit,
  online,
  seated: facts.seated,
  leaving: facts.leaving,
  identity: facts.identity,
});
