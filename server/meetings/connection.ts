// One WebSocket: reads JSON texts in order, writes them, closes with a code; bounded both ways. Must not know what the
// messages mean.
import { CLOSE, type ErrorCode } from '@in-camera/protocol/errors.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import type { RawData, WebSocket } from 'ws';

/** Unsent bytes at which a socket counts as slow (F-23). */
const SLOW_BYTES = 1_048_576;
/** No byte taken for so long while some wait: slow too. */
const STALLED_MS = 10_000;
/** A socket that answers no ping for two rounds is gone. */
const PING_EVERY_MS = 15_000;
const WATCH_EVERY_MS = 2_500;
const CLOSE_WAIT_MS = 2_000;
/** Messages read ahead of the one being handled. */
const BACKLOG = 64;

export type CloseReason = keyof typeof CLOSE;

export type Connection = {
  send(text: string): void;
  unsent(): number;
  whenBelow(bytes: number): Promise<boolean>;
  close(reason: CloseReason): void;
  /** Closes without a reason: nothing is said about the meeting. */
  closeQuietly(): void;
};

/** What is done with each text, one after the other; a refusal ends the socket with its code. */
export type Reader = {
  handleText(text: string): Promise<void>;
  handleClose(): void;
  handleFailure(error: unknown): void;
};

type Waiter = { readonly bytes: number; readonly resolve: (open: boolean) => void };

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}

/** Handles texts in order and stops reading while too many are behind. */
function readInOrder(socket: WebSocket, reader: Reader, fail: (code: CloseReason) => void): void {
  let [tail, behind] = [Promise.resolve(), 0];
  socket.on('message', (data, isBinary) => {
    const text = isBinary ? undefined : textOf(data);
    if (text === undefined) return fail('bad-message');
    if (Buffer.byteLength(text) > LIMITS.socketMessage) return fail('too-large');
    behind += 1;
    if (behind === BACKLOG) socket.pause();
    tail = tail
      .then(() => reader.handleText(text))
      .catch((error: unknown) => {
        reader.handleFailure(error);
        fail('internal');
      })
      .then(() => {
        behind -= 1;
        if (behind === BACKLOG / 2 && socket.isPaused) socket.resume();
      });
  });
}

/** Notices the death of the other side, and its silence while bytes wait for it. */
function watch(socket: WebSocket, unsent: () => number, stalled: () => void): () => void {
  let [alive, before, quietMs, sincePingMs] = [true, 0, 0, 0];
  const live = (): void => {
    alive = true;
  };
  socket.on('pong', live);
  socket.on('message', live);
  const timer = setInterval(() => {
    const now = unsent();
    quietMs = now > 0 && now >= before ? quietMs + WATCH_EVERY_MS : 0;
    before = now;
    if (quietMs >= STALLED_MS) return stalled();
    sincePingMs += WATCH_EVERY_MS;
    if (sincePingMs < PING_EVERY_MS) return;
    sincePingMs = 0;
    // While we do not read ourselves, its pong waits in the socket.
    if (!alive && !socket.isPaused) return socket.terminate();
    alive = false;
    socket.ping();
  }, WATCH_EVERY_MS).unref();
  return () => clearInterval(timer);
}

export function createConnection(socket: WebSocket, reader: Reader): Connection {
  let [unsent, closing] = [0, false];
  let waiters: Waiter[] = [];
  function settle(open: boolean): void {
    const ready = waiters.filter((waiter) => !open || unsent <= waiter.bytes);
    waiters = waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve(open);
  }
  function end(code: number, reason?: ErrorCode): void {
    if (closing) return;
    closing = true;
    socket.close(code, reason);
    // Who does not answer the close frame, or cannot even read it, is cut off.
    setTimeout(() => socket.terminate(), CLOSE_WAIT_MS).unref();
  }
  const fail = (reason: CloseReason): void => {
    if (closing) return;
    send(JSON.stringify({ kind: 'error', code: reason }));
    end(CLOSE[reason], reason);
  };
  function send(text: string): void {
    if (closing || socket.readyState !== socket.OPEN) return;
    const bytes = Buffer.byteLength(text);
    if (unsent > 0 && unsent + bytes > SLOW_BYTES) {
      end(CLOSE.slow, 'slow');
      return;
    }
    unsent += bytes;
    socket.send(text, () => {
      unsent -= bytes;
      settle(true);
    });
  }
  readInOrder(
    socket,
    { ...reader, handleText: (text) => (closing ? Promise.resolve() : reader.handleText(text)) },
    fail,
  );
  const unwatch = watch(
    socket,
    () => unsent,
    () => end(CLOSE.slow, 'slow'),
  );
  // Frames that break RFC 6455 or exceed maxPayload: ws has closed already and says why here.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closing = true;
    unwatch();
    settle(false);
    reader.handleClose();
  });
  return {
    send,
    unsent: () => unsent,
    whenBelow: (bytes) =>
      closing
        ? Promise.resolve(false)
        : unsent <= bytes
          ? Promise.resolve(true)
          : new Promise((resolve) => {
              waiters.push({ bytes, resolve });
            }),
    close: (reason) => end(CLOSE[reason], reason),
    closeQuietly: () => end(1_000),
  };
}
