// Voids over real sockets: who may, when, and that everything the commit did to seats is undone.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  found,
  gather,
  hashOfBox,
  newChair,
  nextEpoch,
  randomBox,
  sit,
} from '../testkit-client.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

const codeOf = (reply: { kind: string; code?: string }): string => reply.code ?? 'ok';
const voidOf = (commit: ReturnType<typeof commitOf>) => ({
  kind: 'void',
  group: commit.group,
  epoch: commit.epoch,
  try: commit.try,
  hash: hashOfBox(commit.commit),
  signature: randomBox(64),
});
const seatsOf = (meeting: string) =>
  server.db
    .selectFrom('delivery_seats')
    .select(['seat', 'seated', 'identity', 'gone_seq', 'statement'])
    .where('meeting', '=', meeting as never)
    .orderBy('seat')
    .execute();

it('A-96 undoes additions, removals, rejoins and Welcomes of the commit', async () => {
  const { meeting, host, guests, slot } = await gather(server, 3);
  const [rejoiner, removed, leaver] = [guests[0]!, guests[1]!, guests[2]!];
  await rejoiner.raw.ask({ kind: 'package', box: randomBox(60) });
  await leaver.raw.ask({ kind: 'leaving', statement: randomBox(90) });
  const chair = newChair();
  await host.raw.ask({ kind: 'register', seat: chair.seat });
  const newcomer = await sit(server, meeting, chair);
  await newcomer.ask({ kind: 'package', box: randomBox(60) });
  const before = await seatsOf(meeting.id);
  const commit = commitOf(
    slot,
    [rejoiner.chair.seat, chair.seat],
    [removed.chair.seat, leaver.chair.seat],
  );
  expect(codeOf(await host.raw.ask(commit))).toBe('ok');
  const { seq } = await newcomer.hear('welcome');
  expect(await removed.raw.whenClosed()).toMatchObject({ code: 4403 });
  expect(codeOf(await host.raw.ask(voidOf(commit)))).toBe('ok');
  expect(await seatsOf(meeting.id)).toEqual(before);
  await newcomer.hear('package-refused');
  await rejoiner.raw.hear('package-refused');
  for (const table of ['delivery_welcomes', 'delivery_group_infos'] as const) {
    expect(
      await server.db.selectFrom(table).select('seq').where('seq', '=', seq).execute(),
    ).toEqual([]);
  }
  // Who was removed by it may sit again, and the leaver is still work to be done.
  const back = await sit(server, meeting, removed.chair);
  expect((await back.hear('seated')).slot).toMatchObject({ epoch: slot.epoch, try: 1 });
  const work = await back.hear('job');
  expect(work.leaving.map(({ seat }) => seat)).toEqual([leaver.chair.seat]);
});

it('A-96 refuses a void by the removed, the newly seated, lower ranks, of older commits, and a second one', async () => {
  const { meeting, host, guests, slot } = await gather(server, 3);
  const [rogue, other, victim] = [guests[0]!, guests[1]!, guests[2]!];
  const chair = newChair();
  await host.raw.ask({ kind: 'register', seat: chair.seat });
  const newcomer = await sit(server, meeting, chair);
  await newcomer.ask({ kind: 'package', box: randomBox(60) });
  const first = commitOf(slot, [chair.seat]);
  await other.raw.ask(first);
  expect(codeOf(await newcomer.ask(voidOf(first)))).toBe('not-allowed');
  const second = commitOf(nextEpoch(slot), [], [victim.chair.seat]);
  await host.raw.ask(second);
  expect(codeOf(await rogue.raw.ask(voidOf(second)))).toBe('not-allowed');
  expect(codeOf(await host.raw.ask(voidOf(first)))).toBe('stale-void');
  expect(await victim.raw.whenClosed()).toMatchObject({ code: 4403 });
  expect(codeOf(await host.raw.ask(voidOf(second)))).toBe('ok');
  expect(codeOf(await host.raw.ask(voidOf(second)))).toBe('stale-void');
});

it('A-10 chat between a commit and its void does not protect the commit', async () => {
  const { host, guests, slot } = await gather(server, 1);
  const garbage = commitOf(slot);
  await guests[0]!.raw.ask(garbage);
  const at = nextEpoch(slot);
  await guests[0]!.raw.ask({ kind: 'send', group: at.group, epoch: at.epoch, box: randomBox(20) });
  expect(codeOf(await host.raw.ask(voidOf(garbage)))).toBe('ok');
  // Sealed in the voided epoch: to be sealed again.
  expect(
    codeOf(
      await host.raw.ask({ kind: 'send', group: at.group, epoch: at.epoch, box: randomBox(20) }),
    ),
  ).toBe('stale-epoch');
});

it('A-96 a joiner that has uploaded anew since is not asked twice', async () => {
  const { meeting, host, slot } = await gather(server, 0);
  const chair = newChair();
  await host.raw.ask({ kind: 'register', seat: chair.seat });
  const newcomer = await sit(server, meeting, chair);
  await newcomer.ask({ kind: 'package', box: randomBox(60) });
  const commit = commitOf(slot, [chair.seat]);
  await host.raw.ask(commit);
  await newcomer.hear('welcome');
  const box = randomBox(61);
  await newcomer.ask({ kind: 'package', box });
  await host.raw.ask(voidOf(commit));
  await newcomer.hear('order', ({ item }) => item.kind === 'void');
  await newcomer.ask({ kind: 'ticket' });
  expect(newcomer.all('package-refused')).toEqual([]);
  const kept = await server.db.selectFrom('delivery_packages').select('box').execute();
  expect(kept).toEqual([{ box }]);
});

it('a later generation empties the tree, keeps what waits, and takes no commit of the old group', async () => {
  const { meeting, host, guests, slot } = await gather(server, 2);
  const [stays, leaver] = [guests[0]!, guests[1]!];
  await leaver.raw.ask({ kind: 'leaving', statement: randomBox(80) });
  await stays.raw.ask({ kind: 'package', box: randomBox(70) });
  const next = await found(host.raw, 1);
  expect(codeOf(await host.raw.ask(commitOf(nextEpoch(slot))))).toBe('stale-generation');
  expect(codeOf(await stays.raw.ask(commitOf(next)))).toBe('not-seated');
  expect(await leaver.raw.whenClosed()).toMatchObject({ code: 4403 });
  expect(codeOf(await host.raw.ask(commitOf(next, [stays.chair.seat])))).toBe('ok');
  expect(await stays.raw.hear('welcome', ({ generation }) => generation === 1)).toMatchObject({
    group: next.group,
  });
  const again = await host.raw.ask({
    kind: 'found',
    group: randomBox(32),
    generation: 1,
    opening: randomBox(9),
    identity: randomBox(16),
  });
  expect(codeOf(again)).toBe('stale-generation');
  expect(meeting.id).toHaveLength(22);
});
