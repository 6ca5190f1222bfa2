// A headless client without any cryptography: it says what it is told over a real WebSocket and keeps all it hears, each
// message read by the schema of the wire. Test code only; its bytes are random.
import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { ServerMessage } from '@in-camera/protocol/delivery.ts';
import {
  GroupId,
  Hash,
  MediaIdentity,
  MeetingId,
  SeatId,
  SeatSecret,
} from '@in-camera/protocol/ids.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import type { Commit } from '@in-camera/protocol/signal.ts';
import { WebSocket } from 'ws';
import type * as z from 'zod/mini';

export type Place = { readonly url: string; readonly origin: string; readonly setupToken: string };
export type Kind = ServerMessage['kind'];
export type Heard<K extends Kind> = Extract<ServerMessage, { kind: K }>;
export type Chair = { readonly seat: SeatId; readonly secret: SeatSecret };

export const randomBox = (bytes: number): string => randomBytes(bytes).toString('base64url');
export const randomIdentity = (): MediaIdentity => MediaIdentity.parse(randomBox(16));
export const hashOfBox = (box: string): Hash =>
  Hash.parse(createHash('sha256').update(Buffer.from(box, 'base64url')).digest('base64url'));

export function newChair(): Chair {
  const secret = randomBytes(32);
  const seat = createHash('sha256').update(secret).digest().subarray(0, 16).toString('base64url');
  return { seat: SeatId.parse(seat), secret: SeatSecret.parse(secret.toString('base64url')) };
}

/** More than a stalled socket is given before it is closed. */
const WAIT_MS = 30_000;

type Waiter = {
  readonly test: (message: ServerMessage) => boolean;
  readonly resolve: (message: ServerMessage) => void;
};

export class RawSocket {
  readonly socket: WebSocket;
  /** Everything heard, in order; `raw` holds the texts. */
  readonly heard: ServerMessage[] = [];
  readonly raw: string[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #waiters = new Set<Waiter>();
  readonly #closing: Promise<{ readonly code: number; readonly reason: string }>;
  #ref = 0;
  /** Acknowledges each item of the sequence like an honest client. */
  acks = true;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.#hear(String(data)));
    socket.on('error', () => undefined);
    this.#closing = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.closed = { code, reason: String(reason) };
        resolve(this.closed);
      });
    });
  }

  #hear(text: string): void {
    this.raw.push(text);
    const message = ServerMessage.parse(JSON.parse(text));
    this.heard.push(message);
    if (this.acks && message.kind === 'order') this.say({ kind: 'ack', seq: message.item.seq });
    for (const waiter of this.#waiters) {
      if (!waiter.test(message)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(message);
    }
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Says it with a reference and waits for the one reply to it. */
  ask(message: object): Promise<Heard<'reply'> | Heard<'refused'>> {
    this.#ref += 1;
    const ref = this.#ref;
    const isReply = (m: ServerMessage): m is Heard<'reply'> | Heard<'refused'> =>
      (m.kind === 'reply' || m.kind === 'refused') && m.ref === ref;
    const answer = this.#wait(isReply, `reply to ${JSON.stringify(message).slice(0, 80)}`);
    this.say({ ...message, ref });
    return answer;
  }

  /** The first message of this kind, heard already or to come. */
  hear<K extends Kind>(
    kind: K,
    test: (message: Heard<K>) => boolean = () => true,
  ): Promise<Heard<K>> {
    const fits = (m: ServerMessage): m is Heard<K> => m.kind === kind && test(m as Heard<K>);
    return this.#wait(fits, kind, true);
  }

  /** The next message of this kind from now on. */
  next<K extends Kind>(
    kind: K,
    test: (message: Heard<K>) => boolean = () => true,
  ): Promise<Heard<K>> {
    const fits = (m: ServerMessage): m is Heard<K> => m.kind === kind && test(m as Heard<K>);
    return this.#wait(fits, kind);
  }

  all<K extends Kind>(kind: K): Heard<K>[] {
    return this.heard.filter((m): m is Heard<K> => m.kind === kind);
  }

  #wait<T extends ServerMessage>(
    fits: (m: ServerMessage) => m is T,
    what: string,
    also = false,
  ): Promise<T> {
    const found = also ? this.heard.find(fits) : undefined;
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const last = this.heard
          .slice(-5)
          .map((m) => m.kind)
          .join(' ');
        reject(
          new Error(`not heard: ${what} (closed ${this.closed?.code ?? 'no'}; last: ${last})`),
        );
      }, WAIT_MS);
      const waiter: Waiter = {
        test: fits,
        resolve: (message) => {
          clearTimeout(late);
          if (fits(message)) resolve(message);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  whenClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    return this.#closing;
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.#closing;
  }

  /** As when a cable is cut. */
  async terminate(): Promise<void> {
    this.socket.terminate();
    await this.#closing;
  }
}

export const socketUrl = (place: Pick<Place, 'url'>, meeting: string): string =>
  `${place.url.replace(/^http/, 'ws')}/api/meetings/${meeting}/socket`;

export async function openRaw(place: Place, meeting: string): Promise<RawSocket> {
  const socket = new WebSocket(socketUrl(place, meeting), {
    origin: place.origin,
    perMessageDeflate: false,
  });
  const raw = new RawSocket(socket);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return raw;
}

export type Answer = {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
};

/** One HTTP request with exactly these headers. */
export function ask(
  place: Pick<Place, 'url'>,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  const { hostname, port } = new URL(place.url);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export type Meeting = { readonly id: MeetingId; readonly charter: string; readonly host: Chair };

export async function createMeeting(place: Place): Promise<Meeting> {
  const meeting: Meeting = {
    id: MeetingId.parse(randomBox(16)),
    charter: randomBox(LIMITS.charterBox),
    host: newChair(),
  };
  const headers = {
    origin: place.origin,
    'content-type': 'application/json',
    authorization: `Bearer ${place.setupToken}`,
  };
  const body = JSON.stringify({
    id: meeting.id,
    charter: meeting.charter,
    hostSeat: meeting.host.seat,
  });
  const { status } = await ask(place, 'POST', '/api/meetings', headers, body);
  if (status !== 201) throw new Error(`meeting not created: ${status}`);
  return meeting;
}

/** Opens a socket and takes the chair. */
export async function sit(
  place: Place,
  meeting: Meeting,
  chair: Chair,
  since: number | null = null,
): Promise<RawSocket> {
  const raw = await openRaw(place, meeting.id);
  raw.say({ kind: 'sit', secret: chair.secret, since });
  await raw.hear('seated');
  return raw;
}

export type Slot = { readonly group: GroupId; readonly epoch: number; readonly try: number };
export type CommitFields = Omit<z.infer<typeof Commit>, 'kind' | 'ref'>;

export async function found(host: RawSocket, generation = 0): Promise<Slot> {
  const group = GroupId.parse(randomBox(32));
  const reply = await host.ask({
    kind: 'found',
    group,
    generation,
    opening: randomBox(300),
    identity: randomIdentity(),
  });
  if (reply.kind !== 'reply') throw new Error(`not founded: ${reply.code}`);
  return { group, epoch: 0, try: 0 };
}

/** A commit for this slot that seats and removes these, each newcomer under a new identity. */
export function commitOf(
  slot: Slot,
  added: readonly SeatId[] = [],
  removed: readonly SeatId[] = [],
): CommitFields & { kind: 'commit' } {
  return {
    kind: 'commit',
    group: slot.group,
    epoch: slot.epoch,
    try: slot.try,
    commit: randomBox(500),
    added: added.map((seat) => ({ seat, identity: randomIdentity(), secrets: randomBox(200) })),
    groupInfo: added.length > 0 ? randomBox(900) : null,
    removed: [...removed],
  };
}

export const nextEpoch = (slot: Slot): Slot => ({
  group: slot.group,
  epoch: slot.epoch + 1,
  try: 0,
});

export type Member = { readonly chair: Chair; readonly raw: RawSocket };
export type Gathering = {
  readonly meeting: Meeting;
  readonly host: Member;
  readonly guests: readonly Member[];
  readonly slot: Slot;
};

/** A meeting with its host and this many guests in the tree, all online. */
export async function gather(place: Place, guestCount: number): Promise<Gathering> {
  const meeting = await createMeeting(place);
  const host: Member = { chair: meeting.host, raw: await sit(place, meeting, meeting.host) };
  const slot = await found(host.raw);
  const guests: Member[] = [];
  for (let index = 0; index < guestCount; index += 1) {
    const chair = newChair();
    await host.raw.ask({ kind: 'register', seat: chair.seat });
    const raw = await sit(place, meeting, chair);
    await raw.ask({ kind: 'package', box: randomBox(300) });
    guests.push({ chair, raw });
  }
  if (guestCount === 0) return { meeting, host, guests, slot };
  const reply = await host.raw.ask(
    commitOf(
      slot,
      guests.map((guest) => guest.chair.seat),
    ),
  );
  if (reply.kind !== 'reply') throw new Error(`not seated: ${reply.code}`);
  for (const guest of guests) await guest.raw.hear('welcome');
  return { meeting, host, guests, slot: nextEpoch(slot) };
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
