// Order over real sockets: one commit for each (epoch, try), the same sequence for everyone, and roles that hold.
import { LIMITS, TIMES } from '@in-camera/protocol/limits.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  gather,
  hashOfBox,
  newChair,
  nextEpoch,
  randomBox,
  randomIdentity,
  sit,
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

const codeOf = (reply: { kind: string; code?: string }): string => reply.code ?? 'ok';
const voidOf = (commit: ReturnType<typeof commitOf>) => ({
  kind: 'void',
  group: commit.group,
  epoch: commit.epoch,
  try: commit.try,
  hash: hashOfBox(commit.commit),
  signature: randomBox(64),
});

describe('one order', () => {
  it('takes one commit for a slot when all send at once, and tells everyone the same', async () => {
    const { host, guests, slot } = await gather(server, 6);
    const everyone = [host, ...guests];
    const replies = await Promise.all(everyone.map(({ raw }) => raw.ask(commitOf(slot))));
    expect(replies.map(codeOf).toSorted()).toEqual(['ok', ...Array(6).fill('stale-slot')]);
    const seq = replies.flatMap((reply) => (reply.kind === 'reply' ? [reply.seq] : []))[0];
    for (const { raw } of everyone) await raw.hear('order', ({ item }) => item.seq === seq);
    const commits = everyone.map(({ raw }) =>
      raw.all('order').filter(({ item }) => item.kind === 'commit' && item.epoch === slot.epoch),
    );
    expect(new Set(commits.map((seen) => JSON.stringify(seen))).size).toBe(1);
    expect(commits[0]).toHaveLength(1);
  });

  it('gives messages sent at once numbers without a hole, the same to all', async () => {
    const { host, guests, slot } = await gather(server, 4);
    const everyone = [host, ...guests];
    const sends = everyone.flatMap(({ raw }) =>
      Array.from({ length: 10 }, () =>
        raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box: randomBox(100) }),
      ),
    );
    const numbers = (await Promise.all(sends)).map((reply) =>
      reply.kind === 'reply' ? reply.seq : 0,
    );
    const last = Math.max(...numbers.map(Number));
    for (const { raw } of everyone) await raw.hear('order', ({ item }) => item.seq === last);
    const heard = everyone.map(({ raw }) =>
      raw.all('order').filter(({ item }) => item.kind === 'message'),
    );
    expect(heard[0]?.map(({ item }) => item.seq)).toEqual(
      numbers.map(Number).toSorted((a, b) => a - b),
    );
    expect(new Set(heard.map((seen) => JSON.stringify(seen))).size).toBe(1);
  });

  it('sends an application message of a past epoch back', async () => {
    const { host, slot } = await gather(server, 1);
    let at = slot;
    for (let n = 0; n < 2; n += 1) {
      expect((await host.raw.ask(commitOf(at))).kind).toBe('reply');
      at = nextEpoch(at);
    }
    const send = async (epoch: number) =>
      codeOf(await host.raw.ask({ kind: 'send', group: slot.group, epoch, box: randomBox(9) }));
    expect([await send(at.epoch), await send(at.epoch - 1), await send(at.epoch - 2)]).toEqual([
      'ok',
      'ok',
      'stale-epoch',
    ]);
  });

  it('passes beats on to seats in the tree and stores none', async () => {
    const { meeting, host, guests, slot } = await gather(server, 2);
    const chair = newChair();
    await host.raw.ask({ kind: 'register', seat: chair.seat });
    const outside = await sit(server, meeting, chair);
    const beat = { kind: 'beat', group: slot.group, epoch: slot.epoch, box: randomBox(40) };
    host.raw.say(beat);
    for (const { raw } of guests)
      expect(await raw.hear('beat')).toMatchObject({ from: host.chair.seat, box: beat.box });
    await outside.ask({ kind: 'package', box: randomBox(20) });
    expect([outside.all('beat'), host.raw.all('beat')]).toEqual([[], []]);
    expect(
      await server.db
        .selectFrom('delivery_orders')
        .select('seq')
        .where('body', 'like', `%${beat.box}%`)
        .execute(),
    ).toEqual([]);
  });

  it('lets no seat fill the sequence: its own share and no more', async () => {
    const { meeting, host, guests, slot } = await gather(server, 2);
    // Someone who acknowledges nothing keeps everything waiting.
    await guests[1]!.raw.close();
    const box = randomBox(LIMITS.message - 1_000);
    const replies = [];
    for (let n = 0; n < 14; n += 1)
      replies.push(
        codeOf(
          await guests[0]!.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box }),
        ),
      );
    expect(replies.filter((code) => code === 'ok').length).toBe(12);
    expect(replies.at(-1)).toBe('too-many');
    expect(
      codeOf(await host.raw.ask({ kind: 'send', group: slot.group, epoch: slot.epoch, box })),
    ).toBe('ok');
    nowMs += TIMES.orderKeptMs + 1_000;
    expect(meeting.id).toHaveLength(22);
  });
});

describe('A-10 a bad commit', () => {
  it('A-10 garbage takes the slot until it is voided; its sender commits no more and the next Add works', async () => {
    const { meeting, host, guests, slot } = await gather(server, 2);
    const [rogue, other] = [guests[0]!, guests[1]!];
    const garbage = commitOf(slot);
    expect(codeOf(await rogue.raw.ask(garbage))).toBe('ok');
    expect(codeOf(await host.raw.ask({ ...voidOf(garbage), hash: randomBox(32) }))).toBe(
      'wrong-hash',
    );
    expect(codeOf(await host.raw.ask(voidOf(garbage)))).toBe('ok');
    await other.raw.hear('order', ({ item }) => item.kind === 'void');
    const again = { ...slot, try: 1 };
    expect(codeOf(await rogue.raw.ask(commitOf(again)))).toBe('not-allowed');
    const view = await other.raw.hear(
      'seat',
      ({ view }) => view.seat === rogue.chair.seat && !view.mayCommit,
    );
    expect(view.view.seated).toBe(true);
    const chair = newChair();
    await host.raw.ask({ kind: 'register', seat: chair.seat });
    const newcomer = await sit(server, meeting, chair);
    await newcomer.ask({ kind: 'package', box: randomBox(50) });
    expect(codeOf(await other.raw.ask(commitOf(again, [chair.seat])))).toBe('ok');
    expect(await newcomer.hear('welcome')).toMatchObject({ epoch: slot.epoch, try: 1 });
  });

  it('A-10 seat changes that would remove or replace others do not pass from a guest', async () => {
    const { host, guests, slot } = await gather(server, 2);
    const [rogue, victim] = [guests[0]!, guests[1]!];
    const tries = {
      host: commitOf(slot, [], [host.chair.seat]),
      guest: commitOf(slot, [], [victim.chair.seat]),
      stranger: commitOf(slot, [newChair().seat]),
      // It did not ask to come back, so nobody may replace its media identity.
      replaced: commitOf(slot, [host.chair.seat]),
      itself: commitOf(slot, [], [rogue.chair.seat]),
      twice: commitOf(slot, [], [victim.chair.seat, victim.chair.seat]),
      bare: { ...commitOf(slot), groupInfo: randomBox(50) },
    };
    const codes = Object.fromEntries(
      await Promise.all(
        Object.entries(tries).map(async ([name, commit]) => [
          name,
          codeOf(await rogue.raw.ask(commit)),
        ]),
      ),
    );
    expect(codes).toEqual({
      host: 'not-allowed',
      guest: 'unknown-member',
      stranger: 'unknown-member',
      replaced: 'unknown-member',
      itself: 'bad-message',
      twice: 'bad-message',
      bare: 'bad-message',
    });
    expect(codeOf(await host.raw.ask(commitOf(slot)))).toBe('ok');
  });

  it('A-15 what only a host may do is refused from a guest', async () => {
    const { host, guests, slot } = await gather(server, 1);
    const guest = guests[0]!.raw;
    const asks = [
      { kind: 'register', seat: newChair().seat },
      { kind: 'answer', knock: randomBox(16), box: randomBox(LIMITS.answerBox), last: true },
      { kind: 'bad-package', seat: host.chair.seat, box: randomBox(32) },
      {
        kind: 'found',
        group: randomBox(32),
        generation: 9,
        opening: randomBox(40),
        identity: randomIdentity(),
      },
      { kind: 'expel' },
      { kind: 'end' },
    ];
    for (const message of asks)
      expect([message.kind, codeOf(await guest.ask(message))]).toEqual([
        message.kind,
        'not-allowed',
      ]);
    expect(codeOf(await host.raw.ask(commitOf(slot)))).toBe('ok');
  });

  it('A-12 commits that change nobody are rationed for guests, and an expulsion is not raced', async () => {
    const { host, guests, slot } = await gather(server, 2);
    const [rogue, other] = [guests[0]!, guests[1]!];
    expect(codeOf(await rogue.raw.ask(commitOf(slot)))).toBe('ok');
    let at = nextEpoch(slot);
    expect(codeOf(await rogue.raw.ask(commitOf(at)))).toBe('too-many');
    expect(codeOf(await host.raw.ask({ kind: 'expel' }))).toBe('ok');
    expect(codeOf(await other.raw.ask(commitOf(at)))).toBe('reserved');
    expect(codeOf(await host.raw.ask(commitOf(at, [], [rogue.chair.seat])))).toBe('ok');
    at = nextEpoch(at);
    // The reservation went with the host's commit.
    expect(codeOf(await other.raw.ask(commitOf(at)))).toBe('ok');
    at = nextEpoch(at);
    expect(codeOf(await host.raw.ask({ kind: 'expel' }))).toBe('ok');
    nowMs += TIMES.expelReserveMs;
    expect(codeOf(await other.raw.ask(commitOf(at)))).toBe('too-many');
    nowMs += TIMES.guestCommitEveryMs;
    expect(codeOf(await other.raw.ask(commitOf(at)))).toBe('ok');
  });
});
