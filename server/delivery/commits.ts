// What an accepted commit or void changes in SQL, inside the caller's transaction: the item, the slot, the seats and the
// Welcomes at once (protocol.md, Entering 6). Must not judge: `rules.ts` has done that.
import type { Hash, MediaIdentity, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import { type DeliveryDb, readOpening } from './facts.ts';
import { forgetGone, type Item, insertOrder, takeSeq } from './order.ts';
import type { CommitChange, CommitMessage, SeatFacts, VoidChange } from './rules.ts';
import type { GroupHead, SeatRow } from './tables.ts';

async function dropIdleGroupInfos(db: DeliveryDb, meeting: MeetingId): Promise<void> {
  await db
    .deleteFrom('delivery_group_infos')
    .where('meeting', '=', meeting)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('delivery_welcomes as w')
            .select('w.seq')
            .where('w.meeting', '=', meeting)
            .whereRef('w.seq', '=', 'delivery_group_infos.seq'),
        ),
      ),
    )
    .execute();
}

async function seatNewcomer(
  db: DeliveryDb,
  meeting: MeetingId,
  seq: number,
  seat: SeatId,
  identity: MediaIdentity,
): Promise<void> {
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .set((eb) => ({
      was_seated: eb.ref('seated'),
      was_identity: eb.ref('identity'),
      changed_seq: seq,
      seated: 1,
      identity,
      statement: null,
      acked: seq,
    }))
    .execute();
  await db
    .deleteFrom('delivery_packages')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .execute();
  await db
    .deleteFrom('delivery_welcomes')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .execute();
}

async function writeWelcomes(
  db: DeliveryDb,
  group: GroupHead,
  seq: number,
  from: SeatId,
  message: CommitMessage,
): Promise<void> {
  const { meeting, generation } = group;
  const opening = await readOpening(db, meeting);
  if (message.groupInfo === null || generation === null || opening === null) return;
  await db
    .insertInto('delivery_group_infos')
    .values({
      meeting,
      seq,
      sender: from,
      group_id: message.group,
      generation,
      epoch: message.epoch,
      try: message.try,
      opening,
      group_info: message.groupInfo,
    })
    .execute();
  for (const { seat, secrets } of message.added) {
    await db.insertInto('delivery_welcomes').values({ meeting, seat, seq, secrets }).execute();
  }
}

/** Commit, seat changes and Welcomes in one go (protocol.md, Entering 6). */
export async function writeCommit(
  db: DeliveryDb,
  group: GroupHead,
  nowMs: number,
  from: SeatFacts,
  message: CommitMessage,
  change: CommitChange,
  hash: Hash,
): Promise<number | undefined> {
  const { meeting } = group;
  const seq = await takeSeq(db, group, change.slot);
  if (seq === undefined) return undefined;
  await forgetGone(db, meeting);
  for (const { seat, identity } of change.added)
    await seatNewcomer(db, meeting, seq, seat, identity);
  for (const { seat } of change.removed) {
    await db
      .updateTable('delivery_seats')
      .where('meeting', '=', meeting)
      .where('seat', '=', seat)
      .set((eb) => ({
        was_seated: eb.ref('seated'),
        was_identity: eb.ref('identity'),
        changed_seq: seq,
        gone_seq: seq,
      }))
      .execute();
  }
  if (change.empty) {
    await db
      .updateTable('delivery_seats')
      .where('meeting', '=', meeting)
      .where('seat', '=', from.seat)
      .set({ empty_commit_ms: nowMs })
      .execute();
  }
  await db
    .updateTable('delivery_groups')
    .where('meeting', '=', meeting)
    .set({
      last_kind: 'commit',
      last_seq: seq,
      last_from: from.seat,
      last_role: from.role,
      last_epoch: message.epoch,
      last_try: message.try,
      last_hash: hash,
      reserved_seat: null,
      reserved_until_ms: null,
    })
    .execute();
  await writeWelcomes(db, group, seq, from.seat, message);
  await dropIdleGroupInfos(db, meeting);
  await insertOrder(
    db,
    meeting,
    {
      kind: 'commit',
      seq,
      from: from.seat,
      group: message.group,
      epoch: message.epoch,
      try: message.try,
      commit: message.commit,
      added: message.added.map(({ seat, identity }) => ({ seat, identity })),
      removed: message.removed,
    },
    nowMs,
  );
  return seq;
}

export type Restored = {
  readonly seq: number;
  readonly changed: readonly SeatRow[];
  /** Joiners that must upload a new key package. */
  readonly again: readonly SeatId[];
};

/** Undoes the last commit's seat changes and Welcomes, and takes "may commit" from its sender. */
export async function writeVoid(
  db: DeliveryDb,
  group: GroupHead,
  nowMs: number,
  change: VoidChange,
  changed: readonly SeatRow[],
  item: Omit<Extract<Item, { kind: 'void' }>, 'seq' | 'kind'>,
): Promise<Restored | undefined> {
  const { meeting } = group;
  const seq = await takeSeq(db, group, change.slot);
  if (seq === undefined) return undefined;
  await db
    .deleteFrom('delivery_group_infos')
    .where('meeting', '=', meeting)
    .where('seq', '=', group.last_seq)
    .execute();
  const joiners = changed.filter((row) => row.gone_seq === null).map((row) => row.seat);
  const newer = await db
    .selectFrom('delivery_packages')
    .select('seat')
    .where('meeting', '=', meeting)
    .where('seq', '>=', group.last_seq)
    .execute();
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('changed_seq', '=', group.last_seq)
    .set((eb) => ({
      seated: eb.fn.coalesce(eb.ref('was_seated'), eb.lit(0)),
      identity: eb.ref('was_identity'),
      gone_seq: null,
      changed_seq: null,
      was_seated: null,
      was_identity: null,
    }))
    .execute();
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('seated', '=', 0)
    .set({ statement: null })
    .execute();
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('seat', '=', change.loses)
    .set({ may_commit: 0 })
    .execute();
  await db
    .updateTable('delivery_groups')
    .where('meeting', '=', meeting)
    .set({
      last_kind: 'void',
      last_seq: seq,
      last_from: null,
      last_role: null,
      last_epoch: null,
      last_try: null,
      last_hash: null,
    })
    .execute();
  await insertOrder(db, meeting, { kind: 'void', seq, ...item }, nowMs);
  const fresh = new Set(newer.map((row) => row.seat));
  return { seq, changed, again: joiners.filter((seat) => !fresh.has(seat)) };
}
