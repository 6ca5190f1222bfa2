// The kept part of a meeting's sequence: reading on from a number, and letting go of what everyone has.
// Must never hand out an item twice out of order or skip one without saying so (`gap`).
import type { MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import { TIMES } from '@in-camera/protocol/limits.ts';
import type { DeliveryDb } from './facts.ts';
import { dropWelcome } from './waiting.ts';

/** How much of the sequence is read into memory at once for one socket. */
const PAGE_BYTES = 262_144;
const PAGE_ITEMS = 64;

/** One item as it goes out, JSON. */
export type KeptItem = { readonly seq: number; readonly body: string };

export type Page =
  | { readonly kind: 'items'; readonly items: readonly KeptItem[] }
  | { readonly kind: 'gap'; readonly seq: number };

/** The next items after `cursor`; a gap names the newest number when the item after the cursor is gone. */
export async function readAfter(db: DeliveryDb, meeting: MeetingId, cursor: number): Promise<Page> {
  const heads = await db
    .selectFrom('delivery_orders')
    .select(['seq', 'bytes'])
    .where('meeting', '=', meeting)
    .where('seq', '>', cursor)
    .orderBy('seq')
    .limit(PAGE_ITEMS)
    .execute();
  const group = await db
    .selectFrom('delivery_groups')
    .select('seq')
    .where('meeting', '=', meeting)
    .executeTakeFirst();
  const newest = group?.seq ?? cursor;
  const first = heads[0];
  if (first === undefined)
    return newest > cursor ? { kind: 'gap', seq: newest } : { kind: 'items', items: [] };
  if (first.seq !== cursor + 1) return { kind: 'gap', seq: newest };
  let [bytes, upTo] = [0, first.seq];
  for (const head of heads) {
    bytes += head.bytes;
    if (bytes > PAGE_BYTES && head.seq !== first.seq) break;
    upTo = head.seq;
  }
  const items = await db
    .selectFrom('delivery_orders')
    .select(['seq', 'body'])
    .where('meeting', '=', meeting)
    .where('seq', '>', cursor)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .execute();
  return { kind: 'items', items };
}

/** Notes acknowledgements, drops their Welcomes, and prunes what every seated seat has acknowledged. */
export function writeAcks(
  db: DeliveryDb,
  meeting: MeetingId,
  acks: ReadonlyMap<SeatId, number>,
): Promise<void> {
  return db.transaction().execute(async (trx) => {
    for (const [seat, seq] of acks) {
      await trx
        .updateTable('delivery_seats')
        .set({ acked: seq })
        .where('meeting', '=', meeting)
        .where('seat', '=', seat)
        .where('acked', '<', seq)
        .execute();
      await dropWelcome(trx, meeting, seat, seq);
    }
    const { least } = await trx
      .selectFrom('delivery_seats')
      .where('meeting', '=', meeting)
      .where('seated', '=', 1)
      .where('gone_seq', 'is', null)
      .select((eb) => eb.fn.min('acked').as('least'))
      .executeTakeFirstOrThrow();
    // min() of no rows is null: then nobody is left to wait for an item, and nobody to ask for one.
    if (least === null) return;
    await trx
      .deleteFrom('delivery_orders')
      .where('meeting', '=', meeting)
      .where('seq', '<=', least)
      .execute();
  });
}

/** Lets go of items that are too old, in every meeting. */
export async function pruneOld(db: DeliveryDb, nowMs: number): Promise<void> {
  await db
    .deleteFrom('delivery_orders')
    .where('at_ms', '<', nowMs - TIMES.orderKeptMs)
    .execute();
}
