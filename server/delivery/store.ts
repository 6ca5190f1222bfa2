// Writes of delivery outside of commits: meeting, seats, messages, openings, each inside the caller's transaction.
// Must not judge: `rules.ts` has done that.
import type { Slot } from '@in-camera/protocol/delivery.ts';
import type { MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { DeliveryDb } from './facts.ts';
import { forgetGone, type Item, insertOrder, takeSeq } from './order.ts';
import type { FoundMessage, SeatFacts } from './rules.ts';
import type { GroupHead, SeatRow } from './tables.ts';

const newSeat = (meeting: MeetingId, seat: SeatId, role: SeatRow['role']): SeatRow => ({
  meeting,
  seat,
  role,
  may_commit: 1,
  seated: 0,
  identity: null,
  statement: null,
  acked: 0,
  empty_commit_ms: null,
  changed_seq: null,
  was_seated: null,
  was_identity: null,
  gone_seq: null,
});

/** The delivery side of a new meeting: an empty sequence and the host's seat. */
export async function insertMeeting(
  db: DeliveryDb,
  meeting: MeetingId,
  host: SeatId,
): Promise<void> {
  await db
    .insertInto('delivery_groups')
    .values({
      meeting,
      seq: 0,
      group_id: null,
      generation: null,
      epoch: null,
      try: null,
      opening: null,
      last_kind: null,
      last_seq: 0,
      last_from: null,
      last_role: null,
      last_epoch: null,
      last_try: null,
      last_hash: null,
      reserved_seat: null,
      reserved_until_ms: null,
    })
    .execute();
  await db
    .insertInto('delivery_seats')
    .values(newSeat(meeting, host, 'host'))
    .execute();
}

export async function insertSeat(db: DeliveryDb, meeting: MeetingId, seat: SeatId): Promise<void> {
  await db
    .insertInto('delivery_seats')
    .values(newSeat(meeting, seat, 'guest'))
    .execute();
}

export async function writeMessage(
  db: DeliveryDb,
  group: GroupHead,
  nowMs: number,
  item: Omit<Extract<Item, { kind: 'message' }>, 'seq' | 'kind'>,
): Promise<number | undefined> {
  const seq = await takeSeq(db, group);
  if (seq === undefined) return undefined;
  await insertOrder(db, group.meeting, { kind: 'message', seq, ...item }, nowMs);
  return seq;
}

export async function writeFound(
  db: DeliveryDb,
  group: GroupHead,
  nowMs: number,
  from: SeatFacts,
  message: FoundMessage,
  slot: Slot,
): Promise<number | undefined> {
  const { meeting } = group;
  const seq = await takeSeq(db, group, slot);
  if (seq === undefined) return undefined;
  await forgetGone(db, meeting);
  // Who announced to leave the old group does not come back by the new one.
  await db
    .deleteFrom('delivery_seats')
    .where('meeting', '=', meeting)
    .where('statement', 'is not', null)
    .where('role', '!=', 'host')
    .execute();
  await db.deleteFrom('delivery_group_infos').where('meeting', '=', meeting).execute();
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .set({
      seated: 0,
      identity: null,
      statement: null,
      changed_seq: null,
      was_seated: null,
      was_identity: null,
    })
    .execute();
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('seat', '=', from.seat)
    .set({ seated: 1, identity: message.identity, may_commit: 1, acked: seq })
    .execute();
  await db
    .deleteFrom('delivery_packages')
    .where('meeting', '=', meeting)
    .where('seat', '=', from.seat)
    .execute();
  await db
    .updateTable('delivery_groups')
    .where('meeting', '=', meeting)
    .set({
      opening: message.opening,
      last_kind: 'opening',
      last_seq: seq,
      last_from: null,
      last_role: null,
      last_epoch: null,
      last_try: null,
      last_hash: null,
      reserved_seat: null,
      reserved_until_ms: null,
    })
    .execute();
  const { group: id, generation, opening, identity } = message;
  await insertOrder(
    db,
    meeting,
    { kind: 'opening', seq, from: from.seat, group: id, generation, opening, identity },
    nowMs,
  );
  return seq;
}
