// Who is let into the media room, and out of it: tickets, the proxy, and a broom for whoever is in a room without an
// admission. Must not trust that a removal worked: it looks again (media.md section 3).
import type { ErrorCode } from '@in-camera/protocol/errors.ts';
import type { MediaIdentity, MediaTicket, MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import type { Kysely } from 'kysely';
import type { MediaAccess } from '../feature.ts';
import { createRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts';
import { createMediaAdmin, type MediaAdmin } from './admin.ts';
import { createMediaProxy, type MediaProxy } from './proxy.ts';
import type { MediaTables } from './tables.ts';
import { createTickets, type Tickets } from './tickets.ts';

export type AdmissionDeps = {
  readonly db: Kysely<MediaTables>;
  readonly media: MediaAccess;
  readonly clock: () => number;
  /** Is the seat in the tree under this identity, now? */
  readonly admits: (meeting: MeetingId, seat: SeatId, identity: MediaIdentity) => Promise<boolean>;
  /** The identities of everyone in the tree. */
  readonly identities: (meeting: MeetingId) => Promise<ReadonlySet<string>>;
  readonly failed: (error: unknown) => void;
};

export type Granted = { readonly kind: 'granted'; readonly ticket: MediaTicket };

export type MediaAdmission = {
  readonly proxy: MediaProxy;
  ticket(
    meeting: MeetingId,
    seat: SeatId,
    identity: MediaIdentity,
  ): Promise<Granted | { readonly kind: 'refused'; readonly code: ErrorCode }>;
  /** These identities are out: tickets, participants, sockets. */
  cut(meeting: MeetingId, identities: readonly MediaIdentity[]): void;
  /** Called before the meeting's rows go; what it returns ends room and sockets once they are gone. */
  endMeeting(meeting: MeetingId): Promise<() => void>;
  /** Removes whoever is in a room without an admission, and rooms without a meeting. */
  reconcile(): Promise<void>;
  stop(): void;
};

/** A join already under way may land after the removal. */
const LOOK_AGAIN_MS = [300, 1_000, 3_000, 10_000];
const RECONCILE_EVERY_MS = 15_000;
/** The media server may hang; the sockets are cut all the same. */
/** Requests with one ticket: reconnects, each with its check. */
const TICKET_RATE: RateLimiterOptions = { burst: 30, perSecond: 1 };
const REMOVE_WAIT_MS = 500;

type Inside = {
  readonly deps: AdmissionDeps;
  readonly tickets: Tickets;
  readonly admin: MediaAdmin;
  readonly proxy: MediaProxy;
  readonly timers: Set<NodeJS.Timeout>;
};

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

async function sweepRoom({ deps, admin }: Inside, meeting: MeetingId, room: string): Promise<void> {
  const present = await admin.listParticipants(room);
  if (present === undefined || present.length === 0) return;
  const admitted = await deps.identities(meeting);
  const surplus = present.filter((identity) => !admitted.has(identity));
  await Promise.all(surplus.map((identity) => admin.removeParticipant(room, identity)));
}

async function sweepMeeting(inside: Inside, meeting: MeetingId): Promise<void> {
  const room = await inside.tickets.roomOf(meeting);
  if (room !== undefined) await sweepRoom(inside, meeting, room);
}

async function removeAll(
  inside: Inside,
  meeting: MeetingId,
  identities: readonly MediaIdentity[],
): Promise<void> {
  const room = await inside.tickets.roomOf(meeting);
  if (room !== undefined) {
    const removals = identities.map((identity) => inside.admin.removeParticipant(room, identity));
    await Promise.race([Promise.all(removals), wait(REMOVE_WAIT_MS)]);
  }
  inside.proxy.cut(meeting, identities);
  await inside.tickets.drop(meeting, identities);
}

function lookAgain(inside: Inside, meeting: MeetingId): void {
  for (const ms of LOOK_AGAIN_MS) {
    const timer = setTimeout(() => {
      inside.timers.delete(timer);
      sweepMeeting(inside, meeting).catch(inside.deps.failed);
    }, ms).unref();
    inside.timers.add(timer);
  }
}

async function reconcile(inside: Inside): Promise<void> {
  const [known, present] = [await inside.tickets.rooms(), await inside.admin.listRooms()];
  if (present === undefined) return;
  const names = new Set(known.map((entry) => entry.room));
  await Promise.all(
    present.filter((room) => !names.has(room)).map((room) => inside.admin.deleteRoom(room)),
  );
  for (const { meeting, room } of known)
    if (present.includes(room)) await sweepRoom(inside, meeting, room);
}

/** Looks at rooms in use now and then, and at all of them whenever the media server has come (back). */
function keepTidy(inside: Inside): () => void {
  const timer = setInterval(() => {
    for (const meeting of inside.proxy.meetings())
      sweepMeeting(inside, meeting).catch(inside.deps.failed);
  }, RECONCILE_EVERY_MS).unref();
  const end = inside.deps.media.onState((state) => {
    if (state.kind === 'ready') reconcile(inside).catch(inside.deps.failed);
  });
  return () => {
    clearInterval(timer);
    end();
  };
}

export function createMediaAdmission(deps: AdmissionDeps): MediaAdmission {
  const { media } = deps;
  const access = {
    livekitUrl: () => media.livekitUrl(),
    apiKey: media.apiKey,
    apiSecret: media.apiSecret,
  };
  const tickets = createTickets(deps.db);
  const admin = createMediaAdmin(access);
  const proxy = createMediaProxy({
    ...access,
    limiter: createRateLimiter(TICKET_RATE, deps.clock),
    failed: deps.failed,
    ensureRoom: async (room) => (await admin.createRoom(room)) === 'done',
    async admit(ticket) {
      const admission = await tickets.find(ticket);
      if (admission === undefined) return undefined;
      const { meeting, seat, identity } = admission;
      return (await deps.admits(meeting, seat, identity)) ? admission : undefined;
    },
  });
  const inside: Inside = { deps, tickets, admin, proxy, timers: new Set() };
  const untidy = keepTidy(inside);
  return {
    proxy,
    async ticket(meeting, seat, identity) {
      if (media.livekitUrl() === undefined) return { kind: 'refused', code: 'media-not-ready' };
      return { kind: 'granted', ticket: await tickets.issue(meeting, seat, identity) };
    },
    cut(meeting, identities) {
      removeAll(inside, meeting, identities).catch(deps.failed);
      lookAgain(inside, meeting);
    },
    async endMeeting(meeting) {
      const room = await tickets.roomOf(meeting);
      return () => {
        proxy.cut(meeting);
        // Not awaited: a media server that is away must not keep the meeting alive; `reconcile` deletes it later.
        if (room !== undefined) admin.deleteRoom(room).catch(deps.failed);
      };
    },
    reconcile: () => reconcile(inside),
    stop() {
      untidy();
      for (const timer of inside.timers) clearTimeout(timer);
      proxy.stop();
    },
  };
}
