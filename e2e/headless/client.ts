// One person without a browser: the product's own session over a real WebSocket to the real server.
import { readFileSync } from 'node:fs';
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import { ed25519PublicKey, ed25519Sign, loadMls } from '@in-camera/crypto/mls/index.ts';
import { randomBytes } from '@in-camera/crypto/sealing.ts';
import { type MadeMeeting, makeMeeting } from '@in-camera/crypto/session/making.ts';
import { MeetingSession } from '@in-camera/crypto/session/meeting-session.ts';
import type { HostRecord, Pass } from '@in-camera/crypto/session/pass.ts';
import type {
  Effect,
  EpochKeys,
  Inbound,
  Input,
  Intent,
} from '@in-camera/crypto/session/signals.ts';
import {
  type Knocking,
  makeKnock,
  readAnswer,
  readLink,
} from '@in-camera/crypto/session/stranger.ts';
import { ServerMessage } from '@in-camera/protocol/delivery.ts';
import { MeetingDoor } from '@in-camera/protocol/http.ts';
import { LIMITS } from '@in-camera/protocol/limits.ts';
import { WebSocket } from 'ws';

export type Place = { readonly url: string; readonly origin: string; readonly setupToken: string };

const TICK_MS = 50;

export async function loadMlsHere(): Promise<void> {
  await loadMls(readFileSync(new URL('../../crypto/mls/dist/mls_bg.wasm', import.meta.url)));
}

export function openSocket(place: Pick<Place, 'url' | 'origin'>, meetingId: string): WebSocket {
  const url = `${place.url.replace(/^http/, 'ws')}/api/meetings/${meetingId}/socket`;
  return new WebSocket(url, { origin: place.origin, perMessageDeflate: false });
}

/** Waits until `test` holds, looking every 20 ms; fails after `ms`. */
export async function until(test: () => boolean, what: string, ms = 20_000): Promise<void> {
  const endMs = performance.now() + ms;
  while (!test()) {
    if (performance.now() > endMs) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class HeadlessMember {
  readonly effects: Effect[] = [];
  readonly keys: EpochKeys[] = [];
  readonly errors: string[] = [];
  gateOpen = false;
  pass: Pass;
  record: HostRecord | undefined;
  readonly #place: Place;
  readonly #authority: Uint8Array | undefined;
  #session: MeetingSession | undefined;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(place: Place, pass: Pass, record?: HostRecord, authority?: Uint8Array) {
    this.#place = place;
    this.pass = pass;
    this.record = record;
    this.#authority = authority;
  }

  get session(): MeetingSession {
    if (this.#session === undefined) throw new Error('not started');
    return this.#session;
  }

  async start(): Promise<this> {
    const authority = this.#authority;
    this.#session = await MeetingSession.start({
      pass: structuredClone(this.pass),
      ...(this.record && authority
        ? { host: { record: this.record, authority: async (m) => ed25519Sign(authority, m) } }
        : {}),
      keep: async (pass, record) => {
        this.pass = structuredClone(pass);
        this.record = record;
      },
      answerBytes: LIMITS.answerBox,
      nowMs: Date.now(),
    });
    this.#timer = setInterval(() => this.input({ kind: 'tick' }), TICK_MS);
    this.connect();
    return this;
  }

  connect(): void {
    const socket = openSocket(this.#place, toBase64url(this.pass.charter.meetingId));
    this.#socket = socket;
    socket.on('open', () => this.input({ kind: 'connected' }));
    socket.on('message', (data) => {
      const message = ServerMessage.parse(JSON.parse(String(data)));
      if (message.kind === 'error') this.errors.push(message.code);
      else if (
        message.kind !== 'pong' &&
        message.kind !== 'knocked' &&
        message.kind !== 'answered'
      ) {
        this.input({ kind: 'server', message: message as Inbound });
      }
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.input({ kind: 'disconnected' });
    });
    socket.on('error', () => undefined);
  }

  /** Cuts the socket as a network would. */
  cut(): void {
    this.#socket?.terminate();
  }

  #reconnect(): void {
    this.cut();
    this.input({ kind: 'disconnected' });
    this.connect();
  }

  input(input: Input): void {
    this.#queue = this.#queue.then(async () => {
      for (const effect of await this.session.handle(input, Date.now())) {
        this.effects.push(effect);
        if (effect.kind === 'send' && this.#socket?.readyState === WebSocket.OPEN) {
          this.#socket.send(JSON.stringify(effect.message));
        }
        if (effect.kind === 'keys') this.keys.push(effect.keys);
        if (effect.kind === 'gate') this.gateOpen = effect.open;
        if (effect.kind === 'reconnect') this.#reconnect();
      }
    });
  }

  intent(intent: Intent): void {
    this.input({ kind: 'intent', intent });
  }

  view() {
    return this.session.view();
  }

  /** Secrets of the present epoch, as one comparable text. */
  secrets(): string {
    const last = this.keys.at(-1);
    return JSON.stringify(
      last?.senders.map((one) => [one.leaf, one.source, toBase64url(one.secret)]),
    );
  }

  events(kind: string): number {
    return this.effects.filter((one) => one.kind === 'event' && one.event.kind === kind).length;
  }

  alarms(): Effect[] {
    return this.effects.filter((one) => one.kind === 'alarm');
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
    await this.#queue;
    this.#session?.close();
  }
}

export type HeadlessMeeting = {
  readonly made: MadeMeeting;
  readonly authority: Uint8Array;
  readonly host: HeadlessMember;
};

export async function makeHeadlessMeeting(
  place: Place,
  suite: 0x004e | 0x0001 = 0x004e,
): Promise<HeadlessMeeting> {
  await loadMlsHere();
  const authority = randomBytes(32);
  const made = await makeMeeting(
    suite,
    ed25519PublicKey(authority),
    async (m) => ed25519Sign(authority, m),
    LIMITS.charterBox,
  );
  const response = await fetch(`${place.url}/api/meetings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${place.setupToken}`,
      origin: place.origin,
    },
    body: JSON.stringify({ id: made.id, charter: made.charterBox, hostSeat: made.hostSeat }),
  });
  if (response.status !== 201)
    throw new Error(`create: ${response.status} ${await response.text()}`);
  const host = await new HeadlessMember(place, made.pass, made.record, authority).start();
  await until(() => host.view().phase === 'in', 'host in its meeting');
  return { made, authority, host };
}

/** Knocks and waits; resolves with the pass when the host admits. */
export async function knockFor(
  place: Pick<Place, 'url' | 'origin'>,
  meeting: { readonly made: Pick<MadeMeeting, 'id' | 'fragment'> },
  name: string,
): Promise<Pass> {
  const response = await fetch(`${place.url}/api/meetings/${meeting.made.id}`);
  const { charter } = MeetingDoor.parse(await response.json());
  const door = await readLink(meeting.made.id, meeting.made.fragment, charter);
  if (door.kind !== 'door') throw new Error(door.kind);
  const knocking: Knocking = await makeKnock(door.door, door.linkSecret, name, LIMITS.knockBox);
  const socket = openSocket(place, meeting.made.id);
  socket.on('open', () => socket.send(JSON.stringify({ kind: 'knock', box: knocking.box })));
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    const hear = async (data: unknown): Promise<void> => {
      const message = ServerMessage.parse(JSON.parse(String(data)));
      if (message.kind !== 'answered') return;
      const answered = await readAnswer(knocking, message.box);
      if (answered.kind === 'pass') {
        socket.close();
        resolve(answered.pass);
      } else if (answered.kind !== 'receipt') reject(new Error(answered.kind));
    };
    socket.on('message', (data) => {
      hear(data).catch(reject);
    });
  });
}

/** Knock, be admitted, come in. */
export async function bring(
  place: Place,
  meeting: HeadlessMeeting,
  name: string,
): Promise<HeadlessMember> {
  const pass = knockFor(place, meeting, name);
  await until(
    () => meeting.host.view().knocks.some((knock) => knock.name === name),
    `${name} heard`,
  );
  const knock = meeting.host.view().knocks.find((one) => one.name === name);
  meeting.host.intent({ kind: 'admit', knocks: [knock?.id ?? ''] });
  const member = await new HeadlessMember(place, await pass).start();
  await until(() => member.gateOpen, `${name} in and heard a host`);
  return member;
}
