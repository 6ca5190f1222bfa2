// One seat's open socket: sends the sequence from a cursor, then the large things that are due, never faster than the
// other side reads. Must hold no copy of what SQL holds: memory per socket stays bounded (F-23).
import type { Role, ServerMessage } from '@in-camera/protocol/delivery.ts';
import type { CLOSE } from '@in-camera/protocol/errors.ts';
import type { MeetingId, SeatId } from '@in-camera/protocol/ids.ts';
import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from '../rate-limiter.ts';
import type { DeliveryDb } from './facts.ts';
import { type KeptItem, readAfter } from './sequence.ts';
import { type Job, readWelcome } from './waiting.ts';

export type CloseReason = keyof typeof CLOSE;

/** What delivery needs of a socket. */
export type Wire = {
  send(text: string): void;
  /** Bytes handed over and not yet taken by the other side. */
  unsent(): number;
  /** Resolves true once `unsent` is at most this, false when the socket has closed. */
  whenBelow(bytes: number): Promise<boolean>;
  /** What is unsent goes out first. */
  close(reason: CloseReason): void;
};

/** Waiting knocks of a meeting after a cursor, oldest first; undefined when there are no more. */
export type KnockPager = (
  meeting: MeetingId,
  after: number,
) => Promise<{ readonly cursor: number; readonly texts: readonly string[] } | undefined>;

export type Link = {
  readonly seat: SeatId;
  readonly role: Role;
  readonly wire: Wire;
  /** One package makes every committer work; one beat goes to every member. */
  readonly packages: RateLimiter;
  readonly beats: RateLimiter;
  /** Its leaf is in the tree: it gets beats. */
  seated: boolean;
  /** Number of the last item sent. */
  cursor: number;
  /** Set once: nothing after this number goes out, then the socket closes. */
  lastSeq: number | null;
  closed: boolean;
  /** Sends a new item at once if this socket is up to date, else lets the pump come to it. */
  offer(seq: number, text: string): void;
  due(what: Partial<Due>): void;
  post(message: ServerMessage): void;
};

type Due = { welcome: boolean; job: Job | null; knocks: boolean };

/** Beyond this the pump waits for the socket; far below the limit at which a socket counts as slow. */
const PUMP_BYTES = 131_072;

const PACKAGE_RATE: RateLimiterOptions = { burst: 10, perSecond: 0.5, maxKeys: 1 };
const BEAT_RATE: RateLimiterOptions = { burst: 30, perSecond: 5, maxKeys: 1 };

type Inside = {
  readonly db: DeliveryDb;
  readonly meeting: MeetingId;
  readonly knocks: KnockPager;
  readonly due: Due;
  knockCursor: number;
};

const envelope = (body: string): string => `{"kind":"order","item":${body}}`;

/** A Welcome goes out after its commit and before the next item, so that a joiner misses nothing. */
async function pumpWelcome(link: Link, inside: Inside): Promise<void> {
  if (!inside.due.welcome) return;
  const welcome = await readWelcome(inside.db, inside.meeting, link.seat);
  if (welcome !== undefined && welcome.seq > link.cursor) return;
  inside.due.welcome = false;
  if (welcome !== undefined && (await link.wire.whenBelow(PUMP_BYTES))) link.post(welcome);
}

async function pumpPage(link: Link, inside: Inside, page: readonly KeptItem[]): Promise<boolean> {
  for (const { seq, body } of page) {
    if (link.lastSeq !== null && seq > link.lastSeq) break;
    await pumpWelcome(link, inside);
    if (!(await link.wire.whenBelow(PUMP_BYTES)) || link.closed) return false;
    link.wire.send(envelope(body));
    link.cursor = seq;
  }
  return true;
}

/** Sends kept items until this link is up to date; false when the socket is closed or closing. */
async function pumpItems(link: Link, inside: Inside): Promise<boolean> {
  for (;;) {
    if (link.closed || !(await link.wire.whenBelow(PUMP_BYTES))) return false;
    if (link.lastSeq !== null && link.cursor >= link.lastSeq) {
      link.wire.close('removed');
      return false;
    }
    const page = await readAfter(inside.db, inside.meeting, link.cursor);
    if (link.closed) return false;
    if (page.kind === 'gap') {
      link.post({ kind: 'gap', seq: page.seq });
      link.cursor = page.seq;
    } else {
      if (page.items.length === 0) return true;
      if (!(await pumpPage(link, inside, page.items))) return false;
    }
  }
}

async function pumpDue(link: Link, inside: Inside): Promise<void> {
  const { due } = inside;
  await pumpWelcome(link, inside);
  if (due.job !== null && (await link.wire.whenBelow(PUMP_BYTES))) {
    const { job } = due;
    due.job = null;
    if (job !== null) link.post(job);
  }
  while (due.knocks) {
    due.knocks = false;
    const page = await inside.knocks(inside.meeting, inside.knockCursor);
    if (page === undefined || link.closed) return;
    inside.knockCursor = page.cursor;
    for (const text of page.texts) {
      if (!(await link.wire.whenBelow(PUMP_BYTES))) return;
      link.wire.send(text);
    }
    due.knocks = true;
  }
}

export type LinkOptions = {
  readonly db: DeliveryDb;
  readonly meeting: MeetingId;
  readonly seat: SeatId;
  readonly role: Role;
  readonly seated: boolean;
  readonly wire: Wire;
  readonly cursor: number;
  readonly knocks: KnockPager;
  readonly clock: () => number;
  readonly failed: (error: unknown) => void;
};

export function createLink(options: LinkOptions): Link {
  const { db, meeting, knocks, seat, role, wire } = options;
  const inside: Inside = {
    db,
    meeting,
    knocks,
    due: { welcome: false, job: null, knocks: false },
    knockCursor: 0,
  };
  let [pumping, again] = [false, false];
  async function pump(): Promise<void> {
    again = true;
    if (pumping) return;
    pumping = true;
    try {
      while (again && !link.closed) {
        again = false;
        if (await pumpItems(link, inside)) await pumpDue(link, inside);
      }
    } catch (error) {
      options.failed(error);
      wire.close('internal');
    } finally {
      pumping = false;
    }
  }
  const link: Link = {
    seat,
    role,
    wire,
    packages: createRateLimiter(PACKAGE_RATE, options.clock),
    beats: createRateLimiter(BEAT_RATE, options.clock),
    seated: options.seated,
    cursor: options.cursor,
    lastSeq: null,
    closed: false,
    offer(seq, text) {
      const upToDate =
        !pumping && link.cursor === seq - 1 && wire.unsent() <= PUMP_BYTES && link.lastSeq === null;
      if (!upToDate) return void pump();
      link.cursor = seq;
      wire.send(text);
    },
    due(what) {
      Object.assign(inside.due, what);
      void pump();
    },
    post: (message) => wire.send(JSON.stringify(message)),
  };
  return link;
}
