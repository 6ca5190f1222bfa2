// The meeting's socket: parses at the door, comes back by itself, says when it is up and down.
// It judges nothing and keeps nothing.
import { ServerMessage } from '@in-camera/protocol/delivery.ts';
import { CLOSE } from '@in-camera/protocol/errors.ts';
import { readJson } from '@in-camera/protocol/json.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';

export type SocketEvents = {
  readonly up: () => void;
  readonly down: () => void;
  readonly message: (message: ServerMessage) => void;
  /** Closed for good, with the code's name. */
  readonly refused: (code: string) => void;
};

/** A cut of seconds is over within one more (F-06); a longer one is not worth a battery. */
const BACKOFF_MS = [200, 500, 1000, 1000, 1000, 1000, 1000, 2000, 3000, 5000] as const;
const PING_MS = 10_000;
const SILENT_MS = 25_000;
const CONNECT_MS = 10_000;

/** Close codes after which coming back by itself would be wrong. */
const FINAL: ReadonlyMap<number, string> = new Map(
  (['unknown-seat', 'removed', 'ended', 'replaced'] as const).map((code) => [CLOSE[code], code]),
);

export class MeetingSocket {
  readonly #url: string;
  readonly #events: SocketEvents;
  #socket: WebSocket | undefined;
  #tries = 0;
  #heardMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(meetingId: string, events: SocketEvents) {
    const origin = self.location.origin.replace(/^http/, 'ws');
    this.#url = `${origin}/api/meetings/${meetingId}/socket`;
    this.#events = events;
    this.#connect();
  }

  /** False when the socket is not open: the message is lost, as it would be on the way. */
  send(message: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Drops the connection and comes back at once. */
  reconnect(): void {
    this.#tries = 0;
    this.#socket?.close();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pulse);
    this.#socket?.close(1000);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardMs = performance.now();
    let up = false;
    const patience = setTimeout(() => socket.close(), CONNECT_MS);
    socket.onopen = () => {
      up = true;
      clearTimeout(patience);
      this.#tries = 0;
      this.#heardMs = performance.now();
      this.#events.up();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.#heardMs = performance.now();
      const message = readServerMessage(event.data);
      if (message === undefined) socket.close(4400);
      else if (message.kind !== 'pong') this.#events.message(message);
    };
    socket.onclose = (event) => {
      clearTimeout(patience);
      clearInterval(this.#pulse);
      if (this.#socket !== socket) return;
      if (up) this.#events.down();
      this.#again(event.code);
    };
    this.#pulse = setInterval(() => this.#ping(socket), PING_MS);
  }

  #ping(socket: WebSocket): void {
    if (performance.now() - this.#heardMs > SILENT_MS) socket.close();
    else this.send({ kind: 'ping' });
  }

  #again(code: number): void {
    if (this.#closed) return;
    const final = FINAL.get(code);
    if (final) {
      this.#closed = true;
      this.#events.refused(final);
      return;
    }
    const waitMs = BACKOFF_MS[Math.min(this.#tries, BACKOFF_MS.length - 1)] ?? 5000;
    this.#tries++;
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }
}

/** Undefined for anything that is not one message of the schema: what a server may not say is not heard. */
export function readServerMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string' || data.length > LIMITS.socketMessage) return undefined;
  const parsed = ServerMessage.safeParse(readJson(data));
  return parsed.success ? parsed.data : undefined;
}
