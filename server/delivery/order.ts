// The sequence as it is written: next number, compare-and-set on the slot, the item itself, the byte limit.
// Must run inside the caller's transaction and judge nothing.
import type { OrderItem, Slot } from '@in-camera/protocol/delivery.ts';
import type { MeetingId } from '@in-camera/protocol/ids.ts';
import { TIMES } from '@in-camera/protocol/limits.ts';
import type { DeliveryDb } from './facts.ts';
import type { GroupHead } from './tables.ts';

export type Item = OrderItem;

/**
 * Takes the next sequence number; with `next`, only if the slot is still the one that was judged (compare and set,
 * so that two servers on one database cannot both take a commit for one (epoch, try)).
 */
export async function takeSeq(
  db: DeliveryDb,
  group: GroupHead,
  next?: Slot,
): Promise<number | undefined> {
  const base = db
    .updateTable('delivery_groups')
    .set((eb) => ({ seq: eb('seq', '+', 1) }))
    .where('meeting', '=', group.meeting);
  const query =
    next === undefined
      ? base
      : base
          .set({
            group_id: next.group,
            generation: next.generation,
            epoch: next.epoch,
            try: next.try,
          })
          .where('group_id', group.group_id === null ? 'is' : '=', group.group_id)
          .where('epoch', group.epoch === null ? 'is' : '=', group.epoch)
          .where('try', group.try === null ? 'is' : '=', group.try)
          .where('last_seq', '=', group.last_seq);
  const row = await query.returning('seq').executeTakeFirst();
  return row?.seq;
}

export async function insertOrder(
  db: DeliveryDb,
  meeting: MeetingId,
  item: Item,
  atMs: number,
): Promise<void> {
  const body = JSON.stringify(item);
  await db
    .insertInto('delivery_orders')
    .values({
      meeting,
      seq: item.seq,
      kind: item.kind,
      sender: item.from,
      bytes: body.length,
      at_ms: atMs,
      body,
    })
    .execute();
  const { total } = await db
    .selectFrom('delivery_orders')
    .where('meeting', '=', meeting)
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('bytes'), eb.lit(0)).as('total'))
    .executeTakeFirstOrThrow();
  let over = Number(total) - TIMES.orderKeptBytes;
  if (over <= 0) return;
  const oldest = await db
    .selectFrom('delivery_orders')
    .select(['seq', 'bytes'])
    .where('meeting', '=', meeting)
    .where('seq', '<', item.seq)
    .orderBy('seq')
    .execute();
  let upTo = 0;
  for (const row of oldest) {
    if (over <= 0) break;
    over -= row.bytes;
    upTo = row.seq;
  }
  await db
    .deleteFrom('delivery_orders')
    .where('meeting', '=', meeting)
    .where('seq', '<=', upTo)
    .execute();
}

/** What the last commit removed can no longer come back. */
export async function forgetGone(db: DeliveryDb, meeting: MeetingId): Promise<void> {
  await db
    .deleteFrom('delivery_seats')
    .where('meeting', '=', meeting)
    .where('gone_seq', 'is not', null)
    .execute();
}
