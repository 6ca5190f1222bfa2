// The end of a meeting: by the host, by emptiness, by never having begun. Nothing of it stays anywhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS, TIMES } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  createMeeting,
  gather,
  newChair,
  nextEpoch,
  openRaw,
  randomBox,
  sit,
  sleep,
} from '../testkit-client.ts';

let server: TestServer;
let nowMs = Date.now();
beforeEach(async () => {
  server = await startTestServer({ clock: () => nowMs });
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

/** Every table but the list of migrations, with its number of rows. */
async function rows(): Promise<Record<string, number>> {
  const { sql } = await import('kysely');
  const tables = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'table'`.execute(server.db);
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    if (name === 'migrations') continue;
    const { rows: found } = await sql<{
      n: number;
    }>`select count(*) as n from ${sql.table(name)}`.execute(server.db);
    counts[name] = found[0]?.n ?? -1;
  }
  return counts;
}

function filesWith(canaries: readonly string[]): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(server.dataFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const canary of canaries)
      if (bytes.includes(canary)) found.push(`${entry.name}: ${canary}`);
  }
  return found;
}

/** A meeting with something in every table; returns a piece of everything that was said in it. */
async function fill() {
  const { meeting, host, guests, slot } = await gather(server, 3);
  const box = (bytes: number) => {
    const text = randomBox(bytes);
    canaries.push(text.slice(0, 40), text.slice(-40));
    return text;
  };
  const canaries: string[] = [
    meeting.id,
    meeting.charter.slice(0, 40),
    host.chair.seat,
    ...guests.map(({ chair }) => chair.seat),
  ];
  const stranger = await openRaw(server, meeting.id);
  stranger.say({ kind: 'knock', box: box(LIMITS.knockBox) });
  const { knock } = await stranger.hear('knocked');
  await host.raw.ask({ kind: 'answer', knock, box: box(LIMITS.answerBox), last: false });
  for (const { raw } of guests) raw.acks = false;
  await guests[0]!.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: box(5_000) });
  const chair = newChair();
  await host.raw.ask({ kind: 'register', seat: chair.seat });
  const joiner = await sit(server, meeting, chair);
  joiner.acks = false;
  await joiner.ask({ kind: 'package', box: box(3_000) });
  const commit = commitOf(slot, [chair.seat], [guests[2]!.chair.seat]);
  canaries.push(
    commit.commit.slice(0, 40),
    commit.groupInfo?.slice(0, 40) ?? '',
    commit.added[0]?.secrets.slice(0, 40) ?? '',
    commit.added[0]?.identity ?? '',
  );
  await host.raw.ask(commit);
  await guests[1]!.raw.ask({ kind: 'leaving', statement: box(200) });
  await guests[0]!.raw.ask({ kind: 'package', box: box(3_000) });
  await host.raw.ask(commitOf(nextEpoch(slot)));
  return { meeting, host, guests, joiner, stranger, canaries };
}

it('A-70 A-90 after the end no row and no byte of it is left in any file, and nothing was logged', async () => {
  const { meeting, host, guests, joiner, stranger, canaries } = await fill();
  const before = await rows();
  for (const table of [
    'meetings',
    'meeting_knocks',
    'meeting_answers',
    'delivery_seats',
    'delivery_orders',
    'delivery_packages',
    'delivery_welcomes',
    'delivery_group_infos',
  ]) {
    expect([table, (before[table] ?? 0) > 0]).toEqual([table, true]);
  }
  expect(filesWith(canaries).length).toBeGreaterThan(0);
  expect((await host.raw.ask({ kind: 'end' })).kind).toBe('reply');
  for (const raw of [host.raw, guests[0]!.raw, guests[1]!.raw, joiner]) {
    expect(await raw.whenClosed()).toEqual({ code: 4410, reason: 'ended' });
    expect(raw.heard.at(-1)).toEqual({ kind: 'ended' });
  }
  expect((await stranger.whenClosed()).code).toBe(1000);
  expect(Object.entries(await rows()).filter(([, count]) => count > 0)).toEqual([]);
  expect(filesWith(canaries)).toEqual([]);
  expect(server.log.filter((line) => canaries.some((canary) => line.includes(canary)))).toEqual([]);
  const back = await openRaw(server, meeting.id);
  back.say({ kind: 'sit', secret: host.chair.secret, since: null });
  expect((await back.whenClosed()).code).toBe(4404);
});

it('A-90 while it lives no file holds a secret that opens anything', async () => {
  const { host, guests } = await fill();
  const secrets = [host, ...guests].map(({ chair }) => chair.secret);
  expect(filesWith([...secrets, server.setupToken])).toEqual([]);
  expect(server.log.filter((line) => secrets.some((secret) => line.includes(secret)))).toEqual([]);
});

it('ends half an hour after the last seat went, and not while one is there', async () => {
  const { meeting, host, guests } = await gather(server, 1);
  const left = async () => (await server.db.selectFrom('meetings').select('id').execute()).length;
  nowMs += 10 * TIMES.emptyMeetingMs;
  await server.sweep();
  expect(await left()).toBe(1);
  await host.raw.close();
  await guests[0]!.raw.close();
  await sleep(100);
  nowMs += TIMES.emptyMeetingMs - 1_000;
  await server.sweep();
  expect(await left()).toBe(1);
  // Someone looked in: the half hour begins anew.
  const back = await sit(server, meeting, guests[0]!.chair, 2);
  nowMs += TIMES.emptyMeetingMs;
  await server.sweep();
  expect(await left()).toBe(1);
  await back.close();
  await sleep(100);
  const stranger = await openRaw(server, meeting.id);
  stranger.say({ kind: 'knock', box: randomBox(LIMITS.knockBox) });
  await stranger.hear('knocked');
  nowMs += TIMES.emptyMeetingMs;
  await server.sweep();
  expect(Object.entries(await rows()).filter(([, count]) => count > 0)).toEqual([]);
  expect((await stranger.whenClosed()).code).toBe(1000);
});

it('ends a meeting that nobody ever used after a day', async () => {
  await createMeeting(server);
  nowMs += TIMES.unusedMeetingMs - 1_000;
  await server.sweep();
  expect((await rows())['meetings']).toBe(1);
  nowMs += 1_000;
  await server.sweep();
  expect(Object.entries(await rows()).filter(([, count]) => count > 0)).toEqual([]);
});

it('F-10 a clock set back ends nothing early and loses nothing', async () => {
  const { host, slot } = await gather(server, 1);
  nowMs -= 86_400_000;
  await server.sweep();
  expect(
    (await host.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: randomBox(20) }))
      .kind,
  ).toBe('reply');
  expect((await rows())['meetings']).toBe(1);
  nowMs += 86_400_000;
});
