// What a seat gets after it was away: the sequence from where it stopped, its Welcome, or a plain `gap`.
import { TIMES } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  gather,
  newChair,
  nextEpoch,
  openRaw,
  randomBox,
  sit,
  sleep,
} from '../testkit-client.ts';
import { pruneOld } from './sequence.ts';

let server: TestServer;
let nowMs = Date.now();
beforeEach(async () => {
  server = await startTestServer({ clock: () => nowMs });
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

const kept = async (meeting: string): Promise<number[]> => {
  const rows = await server.db
    .selectFrom('delivery_orders')
    .select('seq')
    .where('meeting', '=', meeting as never)
    .orderBy('seq')
    .execute();
  return rows.map(({ seq }) => seq);
};

it('hands on exactly what came while it was away, in order', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  const away = guests[0]!;
  const since = (await host.raw.hear('order', ({ item }) => item.kind === 'commit')).item.seq;
  await away.raw.terminate();
  expect(
    await host.raw.next('seat', ({ view }) => view.seat === away.chair.seat && !view.online),
  ).toBeDefined();
  let at = slot;
  for (let n = 0; n < 5; n += 1) {
    await host.raw.ask({ kind: 'send', group: at.group, epoch: at.epoch, box: randomBox(50) });
    await host.raw.ask(commitOf(at));
    at = nextEpoch(at);
  }
  const back = await sit(server, meeting, away.chair, since);
  await back.hear('order', ({ item }) => item.seq === since + 10);
  expect(back.all('order').map(({ item }) => item.seq)).toEqual(
    Array.from({ length: 10 }, (_, n) => since + 1 + n),
  );
  expect(back.all('gap')).toEqual([]);
  await host.raw.ask({ kind: 'send', group: at.group, epoch: at.epoch, box: randomBox(50) });
  await back.hear('order', ({ item }) => item.seq === since + 11);
});

it('lets go of what everyone in the tree has acknowledged', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  await guests[1]!.raw.terminate();
  await host.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: randomBox(50) });
  await sleep(1_500);
  expect(await kept(meeting.id)).toContain(3);
  const back = await sit(server, meeting, guests[1]!.chair, 2);
  await back.hear('order', ({ item }) => item.seq === 3);
  await vi.waitFor(async () => expect(await kept(meeting.id)).toEqual([]), 5_000);
  // Up to date, so that nothing is missing although nothing is kept.
  await back.close();
  const again = await sit(server, meeting, guests[1]!.chair, 3);
  await again.ask({ kind: 'ticket' });
  expect([again.all('gap'), again.all('order')]).toEqual([[], []]);
});

it('says gap when what it lacks is gone by age, and goes on from there', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  await guests[1]!.raw.terminate();
  await host.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: randomBox(50) });
  nowMs += TIMES.orderKeptMs + 1;
  await pruneOld(server.db as never, nowMs);
  await host.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: randomBox(50) });
  expect(await kept(meeting.id)).toEqual([4]);
  const back = await sit(server, meeting, guests[1]!.chair, 2);
  expect(await back.hear('gap')).toEqual({ kind: 'gap', seq: 4 });
  await host.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: randomBox(50) });
  expect((await back.hear('order')).item.seq).toBe(5);
});

it('keeps no more than its bytes: the oldest go first', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  await guests[1]!.raw.terminate();
  let at = slot;
  const commit = randomBox(500_000);
  for (let n = 0; n < 14; n += 1) {
    nowMs += 2_000;
    const reply = await host.raw.ask({ ...commitOf(at), commit });
    expect(reply.kind).toBe('reply');
    at = nextEpoch(at);
  }
  const seqs = await kept(meeting.id);
  expect(seqs.length).toBe(12);
  expect(seqs.at(-1)).toBe(16);
  const back = await sit(server, meeting, guests[1]!.chair, 2);
  expect(await back.hear('gap')).toEqual({ kind: 'gap', seq: 16 });
});

it('sends a Welcome again until it is acknowledged, and everything after it', async () => {
  const { meeting, host, slot } = await gather(server, 1);
  const chair = newChair();
  await host.raw.ask({ kind: 'register', seat: chair.seat });
  const joiner = await sit(server, meeting, chair);
  joiner.acks = false;
  await joiner.ask({ kind: 'package', box: randomBox(60) });
  await host.raw.ask(commitOf(slot, [chair.seat]));
  const welcome = await joiner.hear('welcome');
  await joiner.terminate();
  const at = nextEpoch(slot);
  await host.raw.ask({ kind: 'send', group: at.group, epoch: at.epoch, box: randomBox(50) });
  const second = await sit(server, meeting, chair);
  second.acks = false;
  expect(await second.hear('welcome')).toEqual(welcome);
  const later = await second.hear('order');
  expect(later.item.seq).toBe(welcome.seq + 1);
  // The Welcome comes first: what follows it can then be read.
  expect(second.heard.findIndex((m) => m.kind === 'welcome')).toBeLessThan(
    second.heard.findIndex((m) => m.kind === 'order'),
  );
  second.say({ kind: 'ack', seq: later.item.seq });
  await vi.waitFor(async () => {
    expect(
      await server.db
        .selectFrom('delivery_welcomes')
        .select('seat')
        .where('seat', '=', chair.seat)
        .execute(),
    ).toEqual([]);
  }, 5_000);
  await second.close();
  const third = await sit(server, meeting, chair, later.item.seq);
  await third.ask({ kind: 'ticket' });
  expect(third.all('welcome')).toEqual([]);
});

it('keeps the GroupInfo of one commit once, for as long as a joiner needs it', async () => {
  const { meeting, host, slot } = await gather(server, 0);
  const chairs = Array.from({ length: 5 }, newChair);
  const joiners = [];
  for (const chair of chairs) {
    await host.raw.ask({ kind: 'register', seat: chair.seat });
    const joiner = await sit(server, meeting, chair);
    joiner.acks = false;
    await joiner.ask({ kind: 'package', box: randomBox(60) });
    joiners.push(joiner);
  }
  const commit = commitOf(
    slot,
    chairs.map(({ seat }) => seat),
  );
  await host.raw.ask(commit);
  const welcomes = await Promise.all(joiners.map((joiner) => joiner.hear('welcome')));
  expect(new Set(welcomes.map(({ groupInfo }) => groupInfo))).toEqual(new Set([commit.groupInfo]));
  // Each joiner gets its own secrets and nobody else's.
  expect(welcomes.map(({ secrets }) => secrets)).toEqual(
    commit.added.map(({ secrets }) => secrets),
  );
  for (const [n, joiner] of joiners.entries()) {
    const others = commit.added.filter((_, m) => m !== n).map(({ secrets }) => secrets);
    expect(joiner.raw.some((text) => others.some((secrets) => text.includes(secrets)))).toBe(false);
  }
  const infos = () => server.db.selectFrom('delivery_group_infos').select('seq').execute();
  expect(await infos()).toHaveLength(1);
  for (const joiner of joiners) joiner.say({ kind: 'ack', seq: 2 });
  await vi.waitFor(async () => expect(await infos()).toEqual([]), 5_000);
});

it('gives a removed seat the commit that removes it, and then nothing', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  const gone = guests[0]!;
  const commit = commitOf(slot, [], [gone.chair.seat]);
  await host.raw.ask(commit);
  await host.raw.ask({
    kind: 'send',
    group: slot.group,
    epoch: slot.epoch + 1,
    box: randomBox(50),
  });
  expect(await gone.raw.whenClosed()).toEqual({ code: 4403, reason: 'removed' });
  const last = gone.raw.all('order').at(-1)?.item;
  expect(last).toMatchObject({ kind: 'commit', commit: commit.commit });
  expect(await guests[1]!.raw.hear('seat-gone')).toEqual({
    kind: 'seat-gone',
    seat: gone.chair.seat,
  });
  const back = await openRaw(server, meeting.id);
  back.say({ kind: 'sit', secret: gone.chair.secret, since: null });
  expect(await back.whenClosed()).toEqual({ code: 4404, reason: 'unknown-seat' });
  expect(back.heard).toEqual([{ kind: 'error', code: 'unknown-seat' }]);
});

it('F-17 the newer of two sockets of one seat stays', async () => {
  const { meeting, host, guests } = await gather(server, 1);
  const second = await sit(server, meeting, guests[0]!.chair);
  expect(await guests[0]!.raw.whenClosed()).toEqual({ code: 4409, reason: 'replaced' });
  await second.ask({ kind: 'ticket' });
  // Nobody is told that the seat went away in between.
  expect(
    host.raw
      .all('seat')
      .filter(({ view }) => view.seat === guests[0]!.chair.seat && view.seated)
      .every(({ view }) => view.online),
  ).toBe(true);
});

it('F-23 a slow consumer costs a bounded buffer, is closed, and catches up', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  const slow = guests[0]!;
  const since = slow.raw.all('order').at(-1)!.item.seq;
  slow.raw.socket.pause();
  const grown: number[] = [];
  let at = slot;
  const before = process.memoryUsage().arrayBuffers;
  const cutOff = host.raw.next('seat', ({ view }) => view.seat === slow.chair.seat && !view.online);
  for (let n = 0; n < 60; n += 1) {
    nowMs += 3_000;
    const reply = await host.raw.ask({ ...commitOf(at), commit: randomBox(400_000) });
    expect(reply.kind).toBe('reply');
    at = nextEpoch(at);
    grown.push(process.memoryUsage().arrayBuffers - before);
  }
  // 24 MB passed; what waits for the slow one stays far below.
  expect(Math.max(...grown)).toBeLessThan(64 * 1_048_576);
  await cutOff;
  slow.raw.socket.resume();
  slow.raw.socket.terminate();
  const back = await sit(server, meeting, slow.chair, since);
  await back.hear('gap');
}, 120_000);
