// F-01: the server is killed at random moments of a busy meeting. What it acknowledged is there afterwards, everyone hears
// the same sequence without a hole, and no (group, epoch, try) has two commits.
import type { OrderItem } from '@in-camera/protocol/delivery.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Chair,
  commitOf,
  createMeeting,
  found,
  hashOfBox,
  type Meeting,
  newChair,
  type Place,
  RawSocket,
  randomBox,
  type Slot,
  sleep,
  socketUrl,
} from '../testkit-client.ts';
import { type KillableServer, startKillableServer } from '../testkit-process.ts';

const KILLS = Number(process.env.IN_CAMERA_KILLS ?? 20);
const GUESTS = 4;

let server: KillableServer;
beforeAll(async () => {
  server = await startKillableServer();
});
afterAll(() => server.stop());

/** One seat over all its sockets: what it was told, and what was promised to it. */
class Person {
  readonly chair: Chair;
  readonly role: 'host' | 'guest';
  readonly items: OrderItem[] = [];
  /** Acknowledged writes: number in the sequence and a mark that the item must carry. */
  readonly promised: { readonly seq: number; readonly mark: string }[] = [];
  raw: RawSocket | undefined;

  constructor(chair: Chair, role: 'host' | 'guest') {
    this.chair = chair;
    this.role = role;
  }

  get last(): number {
    return this.items.at(-1)?.seq ?? 0;
  }

  follow(raw: RawSocket): void {
    this.raw = raw;
    const take = (message: RawSocket['heard'][number]): void => {
      if (message.kind === 'gap') throw new Error('a gap without an absence');
      if (message.kind === 'order') this.items.push(message.item);
    };
    for (const message of raw.heard) take(message);
    raw.socket.on('message', () => {
      const message = raw.heard.at(-1);
      if (message !== undefined) take(message);
    });
  }

  async sit(place: Place, meeting: Meeting): Promise<RawSocket> {
    const socket = new WebSocket(socketUrl(place, meeting.id), {
      origin: place.origin,
      perMessageDeflate: false,
    });
    const raw = new RawSocket(socket);
    this.follow(raw);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    raw.say({ kind: 'sit', secret: this.chair.secret, since: this.last });
    await raw.hear('seated');
    return raw;
  }
}

const place = (): Place => ({
  url: server.url,
  origin: server.origin,
  setupToken: server.setupToken(),
});

/** The slot as a client sees it from the sequence alone. */
function slotOf(person: Person): Slot | undefined {
  let slot: Slot | undefined;
  for (const item of person.items) {
    if (item.kind === 'opening') slot = { group: item.group, epoch: 0, try: 0 };
    if (item.kind === 'commit') slot = { group: item.group, epoch: item.epoch + 1, try: 0 };
    if (item.kind === 'void') slot = { group: item.group, epoch: item.epoch, try: item.try + 1 };
  }
  return slot;
}

async function act(person: Person, dice: number): Promise<void> {
  const slot = slotOf(person);
  if (slot === undefined || person.raw === undefined) return;
  const raw = person.raw;
  const lastControl = person.items.findLast((item) => item.kind !== 'message');
  if (person.role === 'host' && dice < 0.25) {
    const commit = commitOf(slot);
    const reply = await raw.ask(commit);
    if (reply.kind === 'reply') person.promised.push({ seq: reply.seq ?? 0, mark: commit.commit });
  } else if (
    person.role === 'host' &&
    dice < 0.4 &&
    lastControl?.kind === 'commit' &&
    lastControl.from !== person.chair.seat
  ) {
    const signature = randomBox(64);
    const { group, epoch, try: attempt, commit } = lastControl;
    const reply = await raw.ask({
      kind: 'void',
      group,
      epoch,
      try: attempt,
      hash: hashOfBox(commit),
      signature,
    });
    if (reply.kind === 'reply') person.promised.push({ seq: reply.seq ?? 0, mark: signature });
  } else if (person.role === 'guest' && dice < 0.1) {
    const commit = commitOf(slot);
    const reply = await raw.ask(commit);
    if (reply.kind === 'reply') person.promised.push({ seq: reply.seq ?? 0, mark: commit.commit });
  } else {
    const box = randomBox(200);
    const reply = await raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box });
    if (reply.kind === 'reply') person.promised.push({ seq: reply.seq ?? 0, mark: box });
  }
}

/** Works until its socket dies. */
async function work(person: Person): Promise<void> {
  const dead = person.raw?.whenClosed().then(() => 'dead' as const);
  for (;;) {
    if ((await Promise.race([act(person, Math.random()), dead])) === 'dead') return;
  }
}

function judge(people: readonly Person[]): void {
  const [reference] = people.toSorted((a, b) => b.items.length - a.items.length);
  const bySeq = new Map((reference?.items ?? []).map((item) => [item.seq, JSON.stringify(item)]));
  for (const person of people) {
    const seqs = person.items.map((item) => item.seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => (seqs[0] ?? 1) + n));
    for (const item of person.items) expect(JSON.stringify(item)).toBe(bySeq.get(item.seq));
    for (const { seq, mark } of person.promised) expect(bySeq.get(seq)).toContain(mark);
  }
  const taken = (reference?.items ?? []).flatMap((item) =>
    item.kind === 'commit' ? [`${item.group} ${item.epoch} ${item.try}`] : [],
  );
  expect(new Set(taken).size).toBe(taken.length);
}

it(`F-01 kill -9 at ${KILLS} random points loses no acknowledged write and forks nothing`, async () => {
  const meeting = await createMeeting(place());
  const host = new Person(meeting.host, 'host');
  const people = [host, ...Array.from({ length: GUESTS }, () => new Person(newChair(), 'guest'))];
  const raw = await host.sit(place(), meeting);
  const slot = await found(raw);
  for (const guest of people.slice(1)) {
    await raw.ask({ kind: 'register', seat: guest.chair.seat });
    const own = await guest.sit(place(), meeting);
    await own.ask({ kind: 'package', box: randomBox(100) });
  }
  await raw.ask(
    commitOf(
      slot,
      people.slice(1).map(({ chair }) => chair.seat),
    ),
  );
  for (let kill = 0; kill < KILLS; kill += 1) {
    const working = people.map((person) => work(person));
    await sleep(20 + Math.random() * 180);
    await server.kill9();
    await Promise.all(working);
    // Registered and acknowledged between two deaths: must be known after the second one.
    await server.start();
    await Promise.all(people.map((person) => person.sit(place(), meeting)));
    const newest = Math.max(...people.map((person) => person.raw?.all('seated')[0]?.seq ?? 0));
    expect(newest).toBeGreaterThanOrEqual(
      Math.max(0, ...people.flatMap(({ promised }) => promised.map(({ seq }) => seq))),
    );
    for (const person of people)
      if (person.last < newest) await person.raw?.hear('order', ({ item }) => item.seq === newest);
    judge(people);
  }
  expect(people.reduce((sum, { promised }) => sum + promised.length, 0)).toBeGreaterThan(KILLS);
}, 300_000);
