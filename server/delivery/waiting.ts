// What waits for a commit: key packages and announced leavers. Must not judge them: their bytes are opaque here.
import { createHash } from 'node:crypto';
import type { ServerMessage } from '@in-camera/protocol/delivery.ts';
import { Hash, type MeetingId, type SeatId } from '@in-camera/protocol/ids.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import type { DeliveryDb } from './facts.ts';

export type Job = Extract<ServerMessage, { kind: 'job' }>;
export type Work = Pick<Job, 'packages' | 'leaving'>;

/** SHA-256 of bytes given as base64url, as base64url. */
export const hashOf = (box: string): Hash =>
  Hash.parse(createHash('sha256').update(Buffer.from(box, 'base64url')).digest('base64url'));

/** Keeps the newest package of a seat; whoever uploads one means to be in, so an old `leaving` is void. */
export async function keepPackage(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
  box: string,
  atMs: number,
  seq: number,
): Promise<void> {
  await db
    .deleteFrom('delivery_packages')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .execute();
  await db
    .insertInto('delivery_packages')
    .values({ meeting, seat, at_ms: atMs, seq, box })
    .execute();
  await dropWelcome(db, meeting, seat);
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .set({ statement: null })
    .execute();
}

export async function readPackage(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
): Promise<string | null> {
  const row = await db
    .selectFrom('delivery_packages')
    .select('box')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .executeTakeFirst();
  return row?.box ?? null;
}

export async function dropPackage(db: DeliveryDb, meeting: MeetingId, seat: SeatId): Promise<void> {
  await db
    .deleteFrom('delivery_packages')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .execute();
}

export async function keepLeaving(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
  statement: string,
): Promise<void> {
  await dropPackage(db, meeting, seat);
  await db
    .updateTable('delivery_seats')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .set({ statement })
    .execute();
}

/** Drops a seat's Welcome, and its GroupInfo once nobody else waits for it. */
export async function dropWelcome(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
  upTo?: number,
): Promise<void> {
  const held = await db
    .selectFrom('delivery_welcomes')
    .select('seq')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .executeTakeFirst();
  if (held === undefined || (upTo !== undefined && held.seq > upTo)) return;
  await db
    .deleteFrom('delivery_welcomes')
    .where('meeting', '=', meeting)
    .where('seat', '=', seat)
    .execute();
  const other = await db
    .selectFrom('delivery_welcomes')
    .select('seat')
    .where('meeting', '=', meeting)
    .where('seq', '=', held.seq)
    .executeTakeFirst();
  if (other !== undefined) return;
  await db
    .deleteFrom('delivery_group_infos')
    .where('meeting', '=', meeting)
    .where('seq', '=', held.seq)
    .execute();
}

export async function readWelcome(
  db: DeliveryDb,
  meeting: MeetingId,
  seat: SeatId,
): Promise<Extract<ServerMessage, { kind: 'welcome' }> | undefined> {
  const row = await db
    .selectFrom('delivery_welcomes as w')
    .innerJoin('delivery_group_infos as g', (join) =>
      join.onRef('g.meeting', '=', 'w.meeting').onRef('g.seq', '=', 'w.seq'),
    )
    .selectAll('g')
    .select('w.secrets as secrets')
    .where('w.meeting', '=', meeting)
    .where('w.seat', '=', seat)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    kind: 'welcome',
    seq: row.seq,
    group: row.group_id,
    generation: row.generation,
    epoch: row.epoch,
    try: row.try,
    from: row.sender,
    opening: row.opening,
    secrets: row.secrets,
    groupInfo: row.group_info,
  };
}

/**
 * The oldest work, as much as one commit may hold. A leaving host is work only for another host: nobody else's commit
 * may remove it, and it cannot remove itself.
 */
export async function readWork(db: DeliveryDb, meeting: MeetingId): Promise<Work> {
  const packages = await db
    .selectFrom('delivery_packages')
    .select(['seat', 'box'])
    .where('meeting', '=', meeting)
    .orderBy('at_ms')
    .orderBy('seat')
    .limit(LIMITS.seatsPerCommit)
    .execute();
  const leavers = await db
    .selectFrom('delivery_seats')
    .select(['seat', 'statement', 'role'])
    .where('meeting', '=', meeting)
    .where('gone_seq', 'is', null)
    .where('seated', '=', 1)
    .where('statement', 'is not', null)
    .orderBy('seat')
    .limit(2 * LIMITS.seatsPerCommit)
    .execute();
  const hosts = await db
    .selectFrom('delivery_seats')
    .select('seat')
    .where('meeting', '=', meeting)
    .where('role', '=', 'host')
    .where('seated', '=', 1)
    .where('gone_seq', 'is', null)
    .execute();
  const leaving: Work['leaving'] = [];
  for (const { seat, statement, role } of leavers) {
    const actionable = role !== 'host' || hosts.some((host) => host.seat !== seat);
    if (statement !== null && actionable && leaving.length < LIMITS.seatsPerCommit)
      leaving.push({ seat, statement });
  }
  return { packages, leaving };
}
