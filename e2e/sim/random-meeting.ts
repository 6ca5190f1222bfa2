// One meeting of honest people over a bad network, as a list of steps; and what must hold at its end. The server keeps
// its promises: an order for everyone, nothing lost but with a socket.
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { alarms, chatsHeard, eventKinds, expectKidsOnce, secretsOf, viewOf } from './looking.ts';
import { SimMeeting, seeded } from './meeting.ts';

const GUESTS = ['ann', 'ben', 'cem', 'dee', 'eli'] as const;
const anyGuest = fc.constantFrom(...GUESTS);
const anyone = fc.constantFrom('host', ...GUESTS);
const step = <K extends string>(kind: K, who: fc.Arbitrary<string> = fc.constant('host')) =>
  fc.record({ kind: fc.constant(kind), who, ms: fc.integer({ min: 0, max: 1500 }) });

export const anyStep = fc.oneof(
  { weight: 8, arbitrary: step('knock', anyGuest) },
  { weight: 8, arbitrary: step('admit') },
  { weight: 2, arbitrary: step('leave', anyGuest) },
  { weight: 2, arbitrary: step('expel', anyGuest) },
  { weight: 1, arbitrary: step('lock') },
  { weight: 1, arbitrary: step('unlock') },
  { weight: 5, arbitrary: step('reload', anyone) },
  { weight: 4, arbitrary: step('cut', anyone) },
  { weight: 6, arbitrary: step('connect', anyone) },
  { weight: 3, arbitrary: step('chat', anyone) },
  { weight: 2, arbitrary: step('state', anyone) },
  { weight: 1, arbitrary: step('sleep', anyone) },
  { weight: 1, arbitrary: step('prune') },
  { weight: 1, arbitrary: step('everyone reloads') },
  { weight: 4, arbitrary: step('wait') },
);
export type Step = {
  readonly kind: string;
  readonly who: string;
  readonly ms: number;
};

/** Mostly quick, now and then later than the next committer waits. */
function badNetwork(seed: number): () => number {
  const random = seeded(seed);
  return () => {
    const luck = random();
    return luck < 0.8 ? 60 * random() : luck < 0.98 ? 400 * random() : 1800 * random();
  };
}

export class RandomMeeting {
  readonly sim: SimMeeting;
  readonly #knocked = new Set<string>();
  readonly #gone = new Set<string>();
  #chats = 0;

  private constructor(sim: SimMeeting) {
    this.sim = sim;
  }

  static async start(seed: number): Promise<RandomMeeting> {
    const sim = await SimMeeting.make();
    sim.latencyMs = badNetwork(seed);
    const random = seeded(seed + 1);
    sim.copies = () => (random() < 0.03 ? 2 : 1);
    return new RandomMeeting(sim);
  }

  /** Has a pass and may be in: neither left nor removed nor sent away. */
  #isAlive(name: string): boolean {
    return this.sim.actors.has(name) && !this.#gone.has(name);
  }

  async take({ kind, who, ms }: Step): Promise<void> {
    const { sim } = this;
    const alive = this.#isAlive(who);
    const present = alive && !sim.actor(who).asleep;
    switch (kind) {
      case 'knock':
        if (sim.actors.has(who) || this.#knocked.has(who)) break;
        this.#knocked.add(who);
        await sim.knock(who);
        break;
      case 'admit':
        await this.#admit();
        break;
      case 'leave':
        // Without a socket a goodbye reaches nobody: then it is the host's to remove who stays away.
        if (!present || !sim.actor(who).connected || viewOf(sim, who).phase !== 'in') break;
        await sim.intent(who, { kind: 'leave' });
        this.#gone.add(who);
        break;
      case 'expel':
        await this.#expel(who);
        break;
      case 'lock':
      case 'unlock':
        await this.#setLock(kind === 'lock');
        break;
      case 'reload':
        if (present) await sim.reload(who);
        break;
      case 'cut':
        if (present && sim.actor(who).connected) await sim.disconnect(who);
        break;
      case 'connect':
        if (present && !sim.actor(who).connected) await sim.connect(who);
        break;
      case 'chat':
        if (present) await this.#chat(who, `chat ${++this.#chats}`);
        break;
      case 'state':
        if (present) await sim.intent(who, { kind: 'state', hand: ms % 2 === 0 });
        break;
      case 'sleep':
        if (alive) sim.actor(who).asleep = !sim.actor(who).asleep;
        break;
      case 'prune':
        sim.delivery.prunedTo = sim.delivery.log.length;
        break;
      case 'everyone reloads':
        await this.#everyoneReloads();
        break;
    }
    await sim.run(ms - (ms % 20));
    this.#noteGone();
  }

  async #admit(): Promise<void> {
    const { sim } = this;
    if (sim.actor('host').asleep) return;
    const knocks = viewOf(sim, 'host').knocks.map((one) => one.id);
    await sim.intent('host', { kind: 'admit', knocks });
  }

  async #chat(who: string, text: string): Promise<void> {
    await this.sim.intent(who, { kind: 'chat', text, id: text });
  }

  async #expel(who: string): Promise<void> {
    const { sim } = this;
    const person = sim.actors.get(who)?.pass.leafSeed && this.#keyOf(who);
    const seated = viewOf(sim, 'host').people.some((one) => one.person === person);
    if (!person || !seated || sim.actor('host').asleep) return;
    await sim.intent('host', { kind: 'remove', person });
    this.#gone.add(who);
  }

  #keyOf(who: string): string {
    const { pass, session } = this.sim.actor(who);
    const own = session.view().people.find((one) => one.you)?.person;
    const knock = [...this.sim.knocking.values()].find((one) => one.name === who);
    return own ?? toBase64url(knock?.knocking.leafKey ?? pass.leafSeed);
  }

  async #setLock(locked: boolean): Promise<void> {
    const { sim } = this;
    const { policy } = viewOf(sim, 'host');
    if (policy === undefined || sim.actor('host').asleep) return;
    // Another order of the same words is the same policy.
    const { screen, strict } = policy;
    await sim.intent('host', { kind: 'policy', policy: { screen, strict, locked } });
  }

  async #everyoneReloads(): Promise<void> {
    const names = [...this.sim.actors.keys()].filter((name) => this.#isAlive(name));
    for (const name of names) {
      this.sim.actor(name).asleep = false;
      if (this.sim.actor(name).connected) await this.sim.disconnect(name);
    }
    for (const name of names) await this.sim.reload(name);
  }

  /** Who was sent away, or expelled on the way in, is out; it may knock again under another key, which we leave. */
  #noteGone(): void {
    for (const name of this.sim.refused) this.#gone.add(name);
  }

  /** Everything comes back: sockets, tabs, the host's attention. */
  async settle(): Promise<void> {
    const { sim } = this;
    for (const name of [...sim.actors.keys()]) {
      const actor = sim.actor(name);
      actor.asleep = false;
      await sim.run(200);
      if (!actor.connected && !actor.closed) await sim.connect(name);
    }
    await sim.run(15_000);
    await this.#setLock(false);
    for (let i = 0; i < 4; i++) {
      await sim.run(4000);
      await this.#admit();
    }
    await sim.run(15_000);
    this.#noteGone();
    for (const name of this.alive()) await this.#chat(name, `bye from ${name}`);
    await sim.run(3000);
  }

  alive(): string[] {
    return [...this.sim.actors.keys()].filter((name) => this.#isAlive(name));
  }

  /** One epoch, equal keys, equal lists; nobody else in it; no alarm at all. */
  check(): void {
    const { sim } = this;
    const alive = this.alive();
    expect(alarms(sim)).toEqual([]);
    expect(sim.former.flatMap((one) => one.effects.filter((e) => e.kind === 'alarm'))).toEqual([]);
    const admitted = new Set(alive.map((name) => this.#keyOf(name)));
    const byes = alive.map((name) => `bye from ${name}`);
    for (const name of alive) {
      const view = viewOf(sim, name);
      expect(`${name} ${view.phase}`).toBe(`${name} in`);
      expect(new Set(view.people.map((one) => one.person)), name).toEqual(admitted);
      expect(view.gateOpen, name).toBe(true);
      expect(secretsOf(sim, name), name).toBe(secretsOf(sim, 'host'));
      const heard = chatsHeard(sim, name);
      expect(new Set(heard).size, `${name} heard twice`).toBe(heard.length);
      const wanted = byes.filter((text) => text !== `bye from ${name}`);
      expect(heard.filter((text) => text.startsWith('bye')).sort(), name).toEqual(wanted.sort());
    }
    for (const name of this.#gone) if (sim.actors.has(name)) this.#checkGone(name);
    expectKidsOnce(sim);
    this.#checkSenders();
  }

  #checkGone(name: string): void {
    const actor = this.sim.actor(name);
    expect(actor.gateOpen && !actor.closed, `${name} still sends`).toBe(false);
    const now = new Set(
      this.sim
        .actor('host')
        .keys.at(-1)
        ?.senders.map((one) => hex(one.secret)),
    );
    for (const keys of actor.keys)
      for (const one of keys.senders) expect(now.has(hex(one.secret)), name).toBe(false);
    expect(eventKinds(this.sim, name)).not.toContain('elsewhere');
  }

  /** A sending key belongs to one session: a reload never goes on with its keys (A-37, F-17). */
  #checkSenders(): void {
    const owner = new Map<string, object>();
    for (const actor of [...this.sim.actors.values(), ...this.sim.former])
      for (const keys of actor.keys)
        for (const one of keys.senders) {
          if (one.leaf !== keys.ownLeaf) continue;
          const secret = hex(one.secret);
          expect(owner.get(secret) ?? actor).toBe(actor);
          owner.set(secret, actor);
        }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
