// Blind delivery (protocol.md): takes a seat's socket and its messages, orders what it cannot read, tells everyone.
// Must not import crypto or look into any bytes, and tells nothing that SQL does not hold yet (F-01).
import { createHash } from 'node:crypto';
import type { ServerMessage } from '@in-camera/protocol/delivery.ts';
import { type MediaIdentity, type MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { SeatedMessage } from '@in-camera/protocol/signal.ts';
import type { Transaction } from 'kysely';
import { readGroup, readOpening, readSeat, readSeats, slotOf, viewOf } from './facts.ts';
import { createLink, type Link, type Wire } from './link.ts';
import { createRoom, maySee, type Room, type RoomDeps, toHosts } from './room.ts';
import { leads, type SeatFacts } from './rules.ts';
import { pruneOld } from './sequence.ts';
import { insertMeeting } from './store.ts';
import type { DeliveryTables } from './tables.ts';
import { type DeliveryDeps, handleMessage } from './talk.ts';
import { readWelcome } from './waiting.ts';

const PRUNE_EVERY_MS = 5_000;

/** A seated socket: hand it each message that a schema has read, one after the other. */
export type Seated = {
  readonly role: SeatFacts['role'];
  handle(message: SeatedMessage): Promise<void>;
  handleClose(): void;
};

export type Delivery = {
  sit(
    wire: Wire,
    meeting: MeetingId,
    secret: string,
    since: number | null,
  ): Promise<Seated | undefined>;
  openMeeting(trx: Transaction<DeliveryTables>, meeting: MeetingId, host: SeatId): Promise<void>;
  tellHosts(meeting: MeetingId, message: ServerMessage): void;
  newKnock(meeting: MeetingId): void;
  /** Everyone is told and cut off; the rows are gone already. */
  endRoom(meeting: MeetingId): void;
  admits(meeting: MeetingId, seat: SeatId, identity: MediaIdentity): Promise<boolean>;
  identities(meeting: MeetingId): Promise<ReadonlySet<string>>;
  start(): void;
  stop(): void;
};

type Rooms = { readonly open: Map<MeetingId, Room>; of(meeting: MeetingId): Room };

function createRooms(deps: RoomDeps): Rooms {
  const open = new Map<MeetingId, Room>();
  return {
    open,
    of(meeting) {
      const room = open.get(meeting) ?? createRoom(deps, meeting);
      open.set(meeting, room);
      return room;
    },
  };
}

function endRoom(rooms: Rooms, meeting: MeetingId): void {
  const room = rooms.open.get(meeting);
  if (room === undefined) return;
  rooms.open.delete(meeting);
  room.post({ kind: 'ended' });
  for (const link of room.links.values()) link.wire.close('ended');
  room.links.clear();
  room.stop();
}

async function leave(deps: DeliveryDeps, rooms: Rooms, room: Room, link: Link): Promise<void> {
  if (room.links.get(link.seat) !== link) return;
  room.links.delete(link.seat);
  const facts = await readSeat(deps.db, room.meeting, link.seat);
  if (facts !== undefined) {
    room.post({ kind: 'seat', view: viewOf(facts, false) }, (other) => maySee(other, facts));
  }
  if (room.links.size > 0) return;
  await deps.presence(room.meeting, false);
  if (rooms.open.get(room.meeting) === room) rooms.open.delete(room.meeting);
  room.stop();
}

/**
 * Where a seat that holds everything up to `since` goes on; a gap is found by the pump. Who waits for a Welcome needs
 * nothing from before it, and everything after it.
 */
function startAt(since: number | null, newest: number, welcomeSeq: number | undefined): number {
  const from = Math.min(since ?? welcomeSeq ?? newest, newest);
  return Math.max(from, welcomeSeq ?? 0);
}

async function takeSeat(
  deps: DeliveryDeps,
  room: Room,
  wire: Wire,
  seat: SeatId,
  since: number | null,
): Promise<Link | undefined> {
  const { db } = deps;
  const { meeting } = room;
  const group = await readGroup(db, meeting);
  const seats = await readSeats(db, meeting);
  const own = seats.get(seat);
  if (group === undefined || own === undefined) return undefined;
  const opening = await readOpening(db, meeting);
  const welcome = await readWelcome(db, meeting, seat);
  if (room.links.size === 0) await deps.presence(meeting, true);
  const { role, seated, mayCommit } = own;
  const cursor = startAt(since, group.seq, welcome?.seq);
  const { knocks, clock, failed } = deps;
  const link = createLink({ db, meeting, seat, role, seated, wire, cursor, knocks, clock, failed });
  // From here to the end nothing waits: `seated` is the first thing that this socket hears.
  const former = room.links.get(seat);
  if (former !== undefined) {
    former.closed = true;
    former.wire.close('replaced');
  }
  room.links.set(seat, link);
  const views = [...seats.values()]
    .filter((facts) => maySee(link, facts))
    .map((facts) => viewOf(facts, room.links.has(facts.seat)));
  const { seq } = group;
  link.post({ kind: 'seated', seat, role, seq, slot: slotOf(group), seats: views, opening });
  room.post(
    { kind: 'seat', view: viewOf(own, true) },
    (other) => other !== link && maySee(other, own),
  );
  link.due({ welcome: true, knocks: leads(role) });
  if (seated && mayCommit) {
    const named =
      room.job?.online.some((other) => other !== seat && room.links.has(other)) ?? false;
    if (named) link.due({ job: room.job });
    room.jobs.handleCommitter(!named);
  }
  return link;
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  const rooms = createRooms(deps);
  let pruning: NodeJS.Timeout | undefined;
  async function sit(
    wire: Wire,
    meeting: MeetingId,
    secret: string,
    since: number | null,
  ): Promise<Seated | undefined> {
    const hash = createHash('sha256').update(Buffer.from(secret, 'base64url')).digest();
    const seat = SeatId.parse(hash.subarray(0, 16).toString('base64url'));
    // The same one look into SQL for unknown meetings and unknown seats; rooms are made for known ones only.
    if ((await readSeat(deps.db, meeting, seat)) === undefined) return undefined;
    const room = rooms.of(meeting);
    const link = await room.lock(async () => {
      if (rooms.open.get(meeting) !== room) return 'again' as const;
      return takeSeat(deps, room, wire, seat, since);
    });
    if (link === 'again') return sit(wire, meeting, secret, since);
    if (link === undefined) {
      // The seat went while it waited its turn: leave no empty room behind.
      if (room.links.size === 0 && rooms.open.get(meeting) === room) rooms.open.delete(meeting);
      return undefined;
    }
    return {
      role: link.role,
      handle: (message) =>
        link.closed
          ? Promise.resolve()
          : handleMessage(deps, room, link, message, () => endRoom(rooms, meeting)),
      handleClose() {
        link.closed = true;
        room.lock(() => leave(deps, rooms, room, link)).catch(deps.failed);
      },
    };
  }
  return {
    sit,
    openMeeting: insertMeeting,
    tellHosts: (meeting, message) => rooms.open.get(meeting)?.post(message, toHosts),
    newKnock(meeting) {
      for (const link of rooms.open.get(meeting)?.links.values() ?? [])
        if (toHosts(link)) link.due({ knocks: true });
    },
    endRoom: (meeting) => endRoom(rooms, meeting),
    async admits(meeting, seat, identity) {
      const facts = await readSeat(deps.db, meeting, seat);
      return facts?.seated === true && facts.identity === identity;
    },
    async identities(meeting) {
      const seats = await readSeats(deps.db, meeting);
      return new Set(
        [...seats.values()].flatMap(({ identity }) => (identity === null ? [] : [identity])),
      );
    },
    start() {
      pruning = setInterval(() => {
        pruneOld(deps.db, deps.clock()).catch(deps.failed);
      }, PRUNE_EVERY_MS).unref();
    },
    stop() {
      clearInterval(pruning);
      for (const room of rooms.open.values()) {
        for (const link of room.links.values()) link.wire.close('closing');
        room.stop();
      }
      rooms.open.clear();
    },
  };
}
