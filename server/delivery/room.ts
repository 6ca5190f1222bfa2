// The live side of one meeting: who is online, and telling them what has been committed to SQL. Must not decide
// anything, and holds nothing that a restart could lose.
import type { SeatView, ServerMessage } from '@in-camera/protocol/delivery.ts';
import type { MediaIdentity, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { Done } from './desk.ts';
import { type DeliveryDb, readSeat, readSeats, viewOf } from './facts.ts';
import { createJobKeeper, type JobKeeper } from './jobs.ts';
import type { Link } from './link.ts';
import { createLock, type Lock } from './lock.ts';
import { leads } from './rules.ts';
import { writeAcks } from './sequence.ts';
import { type Job, readWork } from './waiting.ts';

const ACK_WRITE_MS = 1_000;

export type Room = {
  readonly meeting: MeetingId;
  readonly links: Map<SeatId, Link>;
  readonly lock: Lock;
  readonly jobs: JobKeeper;
  job: Job | null;
  /** Tells everyone what an accepted message changed; runs after its transaction and before the next one. */
  tell(done: Done): Promise<void>;
  post(message: ServerMessage, to?: (link: Link) => boolean): void;
  ack(seat: SeatId, seq: number): void;
  stop(): void;
};

export type RoomDeps = {
  readonly db: DeliveryDb;
  readonly clock: () => number;
  readonly cutMedia: (meeting: MeetingId, identities: readonly MediaIdentity[]) => void;
  readonly failed: (error: unknown) => void;
};

function postAll(links: Iterable<Link>, message: ServerMessage, to: (link: Link) => boolean): void {
  let text: string | undefined;
  for (const link of links) {
    if (link.closed || link.lastSeq !== null || !to(link)) continue;
    text ??= JSON.stringify(message);
    link.wire.send(text);
  }
}

async function offerItem(db: DeliveryDb, room: Room, seq: number): Promise<void> {
  const row = await db
    .selectFrom('delivery_orders')
    .select('body')
    .where('meeting', '=', room.meeting)
    .where('seq', '=', seq)
    .executeTakeFirst();
  const text = row === undefined ? '' : `{"kind":"order","item":${row.body}}`;
  for (const link of room.links.values()) if (!link.closed) link.offer(seq, text);
}

async function viewsOf(
  db: DeliveryDb,
  room: Room,
  which: readonly SeatId[] | 'all',
): Promise<SeatView[]> {
  const online = (seat: SeatId): boolean => room.links.has(seat);
  if (which === 'all') {
    const seats = await readSeats(db, room.meeting);
    return [...seats.values()].map((facts) => viewOf(facts, online(facts.seat)));
  }
  const views: SeatView[] = [];
  for (const seat of which) {
    const facts = await readSeat(db, room.meeting, seat);
    if (facts !== undefined) views.push(viewOf(facts, online(seat)));
  }
  return views;
}

async function tellDone(deps: RoomDeps, room: Room, done: Done): Promise<void> {
  if (done.cut !== undefined && done.cut.length > 0) deps.cutMedia(room.meeting, done.cut);
  for (const seat of done.gone ?? []) {
    const link = room.links.get(seat);
    if (link !== undefined && done.seq !== undefined) link.lastSeq = done.seq;
  }
  if (done.seq !== undefined) await offerItem(deps.db, room, done.seq);
  for (const view of await viewsOf(deps.db, room, done.views ?? [])) {
    const link = room.links.get(view.seat);
    if (link !== undefined) link.seated = view.seated;
    // After an item of the sequence all hear of it: someone may just have left the tree.
    const to = done.seq === undefined ? (other: Link) => maySee(other, view) : undefined;
    room.post({ kind: 'seat', view }, to);
  }
  for (const seat of done.gone ?? []) {
    room.links.delete(seat);
    room.post({ kind: 'seat-gone', seat });
  }
  for (const seat of done.again ?? []) room.links.get(seat)?.post({ kind: 'package-refused' });
  for (const seat of done.welcomed ?? []) room.links.get(seat)?.due({ welcome: true });
  if (done.work === 'package') room.jobs.handlePackage();
  if (done.work === 'leaver') room.jobs.handleLeaver();
  if (done.work === 'settled') room.jobs.handleSettled();
}

/** Announces all present work; hosts and co-hosts first, then seats by id, all at the same instant. */
async function announceJob(deps: RoomDeps, room: Room): Promise<boolean> {
  const work = await readWork(deps.db, room.meeting);
  const seats = await readSeats(deps.db, room.meeting);
  const committers = [...room.links.values()].filter((link) => {
    const facts = seats.get(link.seat);
    return facts?.seated === true && facts.mayCommit;
  });
  if (work.packages.length + work.leaving.length === 0 || committers.length === 0) {
    room.job = null;
    return false;
  }
  const number = Math.max((room.job?.job ?? 0) + 1, deps.clock());
  room.job = { kind: 'job', job: number, ...work, online: committers.map((link) => link.seat) };
  for (const link of committers) link.due({ job: room.job });
  return true;
}

export function createRoom(deps: RoomDeps, meeting: MeetingId): Room {
  const lock = createLock();
  const acks = new Map<SeatId, number>();
  let ackTimer: NodeJS.Timeout | undefined;
  function writeOut(): void {
    ackTimer = undefined;
    const taken = new Map(acks);
    acks.clear();
    lock(() => writeAcks(deps.db, meeting, taken)).catch(deps.failed);
  }
  const room: Room = {
    meeting,
    lock,
    links: new Map(),
    job: null,
    jobs: createJobKeeper(() => lock(() => announceJob(deps, room)), deps.failed),
    async tell(done) {
      try {
        await tellDone(deps, room, done);
      } catch (error) {
        deps.failed(error);
        // It is in SQL all the same: every socket reads on from there.
        for (const link of room.links.values()) link.due({});
      }
    },
    post: (message, to = () => true) => postAll(room.links.values(), message, to),
    ack(seat, seq) {
      acks.set(seat, Math.max(acks.get(seat) ?? 0, seq));
      ackTimer ??= setTimeout(writeOut, ACK_WRITE_MS).unref();
    },
    stop() {
      if (ackTimer !== undefined) writeOut();
      clearTimeout(ackTimer);
      room.jobs.stop();
      for (const link of room.links.values()) link.closed = true;
    },
  };
  return room;
}

export const toHosts = (link: Link): boolean => leads(link.role);

/** Who is admitted and not in the tree yet is for hosts to know, and for that seat itself (PBD-7). */
export const maySee = (link: Link, { seat, seated }: Pick<SeatView, 'seat' | 'seated'>): boolean =>
  seated || link.seat === seat || leads(link.role);
