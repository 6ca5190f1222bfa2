// One meeting socket: what its first message may be, who it becomes by that, how fast it may speak. Must give strangers
// of known and unknown meetings the same bytes (SEC-11), and hands on only what a schema has read.
import type { MeetingId } from '@in-camera/protocol/ids.ts';
import { readJson } from '@in-camera/protocol/json.ts';
import { TIMES } from '@in-camera/protocol/limits.ts';
import { FirstMessage, SeatedMessage, WaitingMessage } from '@in-camera/protocol/signal.ts';
import type { WebSocket } from 'ws';
import { createRateLimiter, type RateLimiter, type RateLimiterOptions } from '../rate-limiter.ts';
import { type CloseReason, type Connection, createConnection } from './connection.ts';
import type { Strangers } from './strangers.ts';

const FIRST_MESSAGE_MS = 10_000;
/** What a socket may send before it holds a seat: a knock and room for pings. */
const STRANGER_BYTES = 65_536;

/** A host answers 500 knocks in one breath, twice each. */
const MESSAGE_RATE = {
  stranger: { burst: 20, perSecond: 1, maxKeys: 1 },
  guest: { burst: 300, perSecond: 50, maxKeys: 1 },
  cohost: { burst: 2_000, perSecond: 200, maxKeys: 1 },
  host: { burst: 2_000, perSecond: 200, maxKeys: 1 },
} as const satisfies Record<string, RateLimiterOptions>;
/** What one sends goes to everyone: a commit at once, in the long run little. */
const BYTE_RATE = {
  stranger: { burst: 65_536, perSecond: 1_024, maxKeys: 1 },
  guest: { burst: 4_194_304, perSecond: 131_072, maxKeys: 1 },
  cohost: { burst: 8_388_608, perSecond: 524_288, maxKeys: 1 },
  host: { burst: 8_388_608, perSecond: 524_288, maxKeys: 1 },
} as const satisfies Record<string, RateLimiterOptions>;
/** A malformed message costs as much as this many good ones. */
const BAD_COST = 10;
const KEY = 'socket';

/** A seat's side of the socket, as delivery gives it. */
export type Seated = {
  readonly role: 'host' | 'cohost' | 'guest';
  handle(message: SeatedMessage): Promise<void>;
  handleClose(): void;
};

export type SocketDeps = {
  readonly strangers: Strangers;
  readonly sit: (
    wire: Connection,
    meeting: MeetingId,
    secret: string,
    since: number | null,
  ) => Promise<Seated | undefined>;
  readonly clock: () => number;
  readonly failed: (error: unknown) => void;
};

type State =
  | { readonly kind: 'new' }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'seated'; readonly seated: Seated };

type Talk = {
  readonly deps: SocketDeps;
  readonly meeting: MeetingId;
  readonly connection: Connection;
  state: State;
  limiter: RateLimiter;
  bytes: RateLimiter;
  gone: boolean;
  readonly timers: NodeJS.Timeout[];
};

/** The reference of a request that no schema read, so that its sender learns which one was refused. */
function refOf(value: unknown): number | undefined {
  const ref = typeof value === 'object' && value !== null && 'ref' in value ? value.ref : undefined;
  return typeof ref === 'number' && Number.isSafeInteger(ref) && ref >= 0 ? ref : undefined;
}

function stop({ connection }: Talk, code: CloseReason): void {
  connection.send(JSON.stringify({ kind: 'error', code }));
  connection.close(code);
}

async function becomeStranger(
  talk: Talk,
  message: Exclude<FirstMessage, { kind: 'sit' }>,
): Promise<void> {
  const { connection, meeting } = talk;
  const { strangers } = talk.deps;
  talk.state = { kind: 'stranger' };
  talk.timers.push(setTimeout(() => connection.closeQuietly(), TIMES.strangerSocketMs).unref());
  if (message.kind === 'knock') await strangers.knock(meeting, message, connection);
  else await strangers.wait(meeting, message, connection);
  // The socket closed before its knock was known.
  if (talk.gone) await strangers.handleClose(connection);
}

async function handleFirst(talk: Talk, value: unknown): Promise<void> {
  const first = FirstMessage.safeParse(value);
  if (!first.success) return stop(talk, 'bad-message');
  const message = first.data;
  if (message.kind !== 'sit') return becomeStranger(talk, message);
  const { deps, connection, meeting } = talk;
  const seated = await deps.sit(connection, meeting, message.secret, message.since);
  if (seated === undefined) return stop(talk, 'unknown-seat');
  talk.state = { kind: 'seated', seated };
  talk.limiter = createRateLimiter(MESSAGE_RATE[seated.role], deps.clock);
  talk.bytes = createRateLimiter(BYTE_RATE[seated.role], deps.clock);
  // The socket closed while it was being seated.
  if (talk.gone) seated.handleClose();
}

async function handleSeated(talk: Talk, seated: Seated, value: unknown): Promise<void> {
  const message = SeatedMessage.safeParse(value);
  if (message.success) return seated.handle(message.data);
  const [ref, code] = [refOf(value), 'bad-message'];
  talk.connection.send(
    JSON.stringify(ref === undefined ? { kind: 'error', code } : { kind: 'refused', ref, code }),
  );
  if (!talk.limiter.take(KEY, BAD_COST)) stop(talk, 'too-many');
}

function handleValue(talk: Talk, value: unknown): Promise<void> {
  switch (talk.state.kind) {
    case 'new':
      return handleFirst(talk, value);
    case 'seated':
      return handleSeated(talk, talk.state.seated, value);
    case 'stranger':
      if (!WaitingMessage.safeParse(value).success) stop(talk, 'bad-message');
      else talk.connection.send(JSON.stringify({ kind: 'pong' }));
      return Promise.resolve();
  }
}

function handleGone(talk: Talk): void {
  talk.gone = true;
  for (const timer of talk.timers) clearTimeout(timer);
  const { state, deps } = talk;
  if (state.kind === 'seated') state.seated.handleClose();
  if (state.kind === 'stranger') deps.strangers.handleClose(talk.connection).catch(deps.failed);
}

/** Runs one accepted socket until it closes. `handleBytes` counts what arrives, whole messages or not. */
export function runSocket(
  deps: SocketDeps,
  meeting: MeetingId,
  socket: WebSocket,
): { handleBytes(count: number): void } {
  const talk: Talk = {
    deps,
    meeting,
    connection: createConnection(socket, {
      async handleText(text) {
        if (!talk.limiter.take(KEY) || !talk.bytes.take(KEY, text.length))
          return stop(talk, 'too-many');
        return handleValue(talk, readJson(text));
      },
      handleFailure: deps.failed,
      handleClose: () => handleGone(talk),
    }),
    state: { kind: 'new' },
    limiter: createRateLimiter(MESSAGE_RATE.stranger, deps.clock),
    bytes: createRateLimiter(BYTE_RATE.stranger, deps.clock),
    gone: false,
    timers: [],
  };
  const late = (): void => {
    if (talk.state.kind === 'new') stop(talk, 'bad-message');
  };
  talk.timers.push(setTimeout(late, FIRST_MESSAGE_MS).unref());
  let before = 0;
  return {
    handleBytes(count) {
      if (talk.state.kind === 'seated') return;
      before += count;
      if (before > STRANGER_BYTES) stop(talk, 'too-large');
    },
  };
}
