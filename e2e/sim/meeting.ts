// A whole meeting in virtual time: sessions, a delivery, a network that delays, cuts and loses. A seed replays it.

import { readFileSync } from 'node:fs';
import { seatOf } from '@in-camera/crypto/admission.ts';
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
  Outbound,
} from '@in-camera/crypto/session/signals.ts';
import {
  type Knocking,
  makeKnock,
  readAnswer,
  readLink,
} from '@in-camera/crypto/session/stranger.ts';
import { FakeDelivery } from './fake-delivery.ts';

export const KNOCK_BYTES = 8192;
export const ANSWER_BYTES = 2048;
export const DOOR_BYTES = 8192;

export async function loadMlsHere(): Promise<void> {
  await loadMls(readFileSync(new URL('../../crypto/mls/dist/mls_bg.wasm', import.meta.url)));
}

type Due<T> = { readonly atMs: number; readonly message: T }[];
export type Actor = {
  readonly name: string;
  readonly seat: string;
  readonly session: MeetingSession;
  pass: Pass;
  record: HostRecord | undefined;
  connected: boolean;
  /** Its driver has ended it: replaced by another tab, refused by the server. */
  closed: boolean;
  /** Its tab sleeps: no timers, nothing read. */
  asleep: boolean;
  reconnectAtMs: number | undefined;
  readonly keys: EpochKeys[];
  readonly effects: Effect[];
  gateOpen: boolean;
  /** Server to actor and back, in order. */
  readonly inbox: Due<Inbound>;
  readonly outbox: Due<Outbound>;
};

/** A numeric generator with a seed (mulberry32), so that a run can be repeated. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const STEP_MS = 20;
const RECONNECT_MS = 100;

export class SimMeeting {
  nowMs = 1_000_000;
  readonly actors = new Map<string, Actor>();
  /** Sessions that reloads ended. */
  readonly former: Actor[] = [];
  readonly knocking = new Map<string, { knocking: Knocking; read: number; name: string }>();
  /** Whom the host's device sent away from the door. */
  readonly refused = new Set<string>();
  readonly made: MadeMeeting;
  readonly delivery: FakeDelivery;
  readonly authoritySeed: Uint8Array;
  latencyMs: () => number = () => 5;
  /** How often a message arrives: a server that repeats itself is not wrong. */
  copies: () => number = () => 1;
  /** Lets a hostile test change or drop what goes to a seat; undefined drops it. */
  tamper: (seat: string, message: Inbound) => Inbound | undefined = (_seat, message) => message;
  /** The same for what a session says. */
  tamperOut: (seat: string, message: Outbound) => Outbound | undefined = (_seat, message) =>
    message;
  /** Seats that no session sits on: what the server sends there (rogue members). */
  readonly listeners = new Map<string, (message: Inbound) => void>();
  /** Whoever is admitted by a knock sits down by itself; a hostile test may want the pass instead. */
  onPass: (name: string, pass: Pass) => Promise<void> = (name, pass) => this.#sitDown(name, pass);

  private constructor(made: MadeMeeting, authoritySeed: Uint8Array) {
    this.made = made;
    this.authoritySeed = authoritySeed;
    this.delivery = new FakeDelivery(
      (seat, message) => this.#post(seat, message),
      made.hostSeat,
      () => this.nowMs,
    );
  }

  static async make(suite: 0x004e | 0x0001 = 0x0001): Promise<SimMeeting> {
    await loadMlsHere();
    const seed = randomBytes(32);
    const made = await makeMeeting(
      suite,
      ed25519PublicKey(seed),
      async (m) => ed25519Sign(seed, m),
      DOOR_BYTES,
    );
    const sim = new SimMeeting(made, seed);
    await sim.seat('host', made.pass, made.record);
    await sim.connect('host');
    await sim.run(200);
    return sim;
  }

  actor(name: string): Actor {
    const actor = this.actors.get(name);
    if (actor === undefined) throw new Error(`nobody is called ${name}`);
    return actor;
  }

  /** A new session of someone with a pass: first start, reload or second tab. */
  async seat(name: string, pass: Pass, record?: HostRecord): Promise<Actor> {
    const kept: { pass: Pass; record: HostRecord | undefined } = { pass, record };
    const session = await MeetingSession.start({
      pass: structuredClone(pass),
      ...(record
        ? { host: { record, authority: async (m) => ed25519Sign(this.authoritySeed, m) } }
        : {}),
      keep: async (newPass, newRecord) => {
        Object.assign(this.actors.get(name) ?? kept, {
          pass: structuredClone(newPass),
          record: newRecord,
        });
      },
      answerBytes: ANSWER_BYTES,
      nowMs: this.nowMs,
    });
    const actor: Actor = {
      name,
      seat: toBase64url(await seatOf(pass.seatSecret)),
      session,
      ...kept,
      connected: false,
      closed: false,
      asleep: false,
      reconnectAtMs: undefined,
      keys: [],
      effects: [],
      gateOpen: false,
      inbox: [],
      outbox: [],
    };
    this.actors.set(name, actor);
    return actor;
  }

  async connect(name: string): Promise<void> {
    const actor = this.actor(name);
    for (const other of this.actors.values()) {
      if (other === actor || other.seat !== actor.seat || !other.connected) continue;
      // One socket a seat: the older one is told that it goes on elsewhere.
      Object.assign(other, { connected: false, closed: true });
      other.effects.push({ kind: 'event', event: { kind: 'elsewhere' } });
    }
    Object.assign(actor, { connected: true, reconnectAtMs: undefined });
    await this.input(name, { kind: 'connected' });
  }

  async disconnect(name: string): Promise<void> {
    const actor = this.actor(name);
    actor.connected = false;
    actor.inbox.length = 0;
    actor.outbox.length = 0;
    this.delivery.disconnect(actor.seat);
    await this.input(name, { kind: 'disconnected' });
  }

  /** Reload: the old session is gone with its keys, a new one starts from what the device kept. */
  async reload(name: string): Promise<void> {
    const actor = this.actor(name);
    const { pass, record, connected, session } = actor;
    if (connected) await this.disconnect(name);
    session.close();
    this.former.push(actor);
    await this.seat(name, pass, record);
    await this.connect(name);
  }

  async knock(name: string): Promise<string> {
    const door = await readLink(this.made.id, this.made.fragment, this.made.charterBox);
    if (door.kind !== 'door') throw new Error(door.kind);
    const knocking = await makeKnock(door.door, door.linkSecret, name, KNOCK_BYTES);
    const id = toBase64url(randomBytes(16));
    this.knocking.set(id, { knocking, read: 0, name });
    this.delivery.knock(id, knocking.box);
    return id;
  }

  /** Knock, admit, sit: the way of every guest. */
  async bring(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const id = await this.knock(name);
      await this.run(100);
      await this.intent('host', { kind: 'admit', knocks: [id] });
      await this.run(1500);
    }
  }

  async intent(name: string, intent: Intent): Promise<void> {
    await this.input(name, { kind: 'intent', intent });
  }

  async input(name: string, input: Input): Promise<void> {
    const actor = this.actor(name);
    if (actor.closed) return;
    for (const effect of await actor.session.handle(input, this.nowMs)) {
      actor.effects.push(effect);
      if (effect.kind === 'send' && actor.connected)
        enqueue(actor.outbox, this.nowMs, this.latencyMs(), effect.message);
      if (effect.kind === 'keys') actor.keys.push(effect.keys);
      if (effect.kind === 'gate') actor.gateOpen = effect.open;
      if (effect.kind === 'reconnect') actor.reconnectAtMs ??= this.nowMs + RECONNECT_MS;
    }
  }

  /** Lets `ms` of virtual time pass in steps of 20. */
  async run(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    while (this.nowMs < endMs) {
      this.nowMs += STEP_MS;
      await this.#readAnswers();
      if (this.nowMs % 1000 === 0) this.delivery.tick();
      for (const actor of [...this.actors.values()]) await this.#step(actor);
    }
  }

  async #step(actor: Actor): Promise<void> {
    const { name } = actor;
    for (let out = due(actor.outbox, this.nowMs); out; out = due(actor.outbox, this.nowMs)) {
      const changed = this.tamperOut(actor.seat, out);
      if (changed === undefined) continue;
      if (!this.delivery.take(actor.seat, changed)) actor.closed = changed.kind === 'sit';
    }
    if (actor.asleep) return;
    while (actor.connected && this.actors.get(name) === actor) {
      const message = due(actor.inbox, this.nowMs);
      if (message === undefined) break;
      await this.input(name, { kind: 'server', message });
    }
    if (actor.reconnectAtMs !== undefined && this.nowMs >= actor.reconnectAtMs) {
      actor.reconnectAtMs = undefined;
      if (actor.connected) {
        await this.disconnect(name);
        await this.connect(name);
      }
    }
    if (this.nowMs % 100 === 0) await this.input(name, { kind: 'tick' });
  }

  async #readAnswers(): Promise<void> {
    for (const [id, one] of this.knocking) {
      const boxes = this.delivery.answers.get(id) ?? [];
      while (one.read < boxes.length) {
        const answered = await readAnswer(one.knocking, boxes[one.read++] ?? '');
        if (answered.kind === 'pass') await this.onPass(one.name, answered.pass);
        if (answered.kind === 'refused') this.refused.add(one.name);
      }
    }
  }

  async #sitDown(name: string, pass: Pass): Promise<void> {
    if (this.actors.has(name)) {
      await this.input(name, { kind: 'readmitted', admission: pass.admission });
      return;
    }
    await this.seat(name, pass);
    await this.connect(name);
  }

  #post(seat: string, message: Inbound): void {
    const changed = this.tamper(seat, structuredClone(message));
    if (changed === undefined) return;
    this.listeners.get(seat)?.(changed);
    for (const actor of this.actors.values()) {
      if (actor.seat !== seat || !actor.connected) continue;
      for (let copies = this.copies(); copies > 0; copies--)
        enqueue(actor.inbox, this.nowMs, this.latencyMs(), changed);
    }
  }
}

function enqueue<T>(queue: Due<T>, nowMs: number, latencyMs: number, message: T): void {
  queue.push({ atMs: Math.max(queue.at(-1)?.atMs ?? 0, nowMs + latencyMs), message });
}

function due<T>(queue: Due<T>, nowMs: number): T | undefined {
  const [first] = queue;
  return first !== undefined && first.atMs <= nowMs ? queue.shift()?.message : undefined;
}
