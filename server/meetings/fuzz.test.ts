// A-65 A-68: every message of the socket and every route with input that is malformed, oversized, out of order or of the
// wrong type: a coded error, no crash, and not one row changed.
import { LIMITS } from '@in-camera/protocol/limits.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testkit.ts';
import {
  commitOf,
  type Gathering,
  gather,
  newChair,
  openRaw,
  type RawSocket,
  randomBox,
  randomIdentity,
  sit,
} from '../testkit-client.ts';

import { contents, RAW, spoilt } from './fuzz-testkit.ts';

let server: TestServer;
let nowMs = 1_800_000_000_000;
beforeAll(async () => {
  server = await startTestServer({ clock: () => nowMs });
});
afterAll(async () => {
  expect(server.failures).toEqual([]);
  await server.stop();
});

/** What time alone would change has changed: all is acknowledged and let go of. */
async function settle(): Promise<void> {
  await vi.waitFor(async () => {
    for (const name of ['delivery_orders', 'delivery_welcomes'] as const) {
      expect(await server.db.selectFrom(name).select('seq').execute()).toEqual([]);
    }
  }, 10_000);
}

/** A good message of each kind for this meeting, most of which the rules would accept. */
function goodMessages({ slot, guests, host }: Gathering): Record<string, object> {
  const { group, epoch } = slot;
  return {
    register: { kind: 'register', ref: 1, seat: newChair().seat },
    answer: {
      kind: 'answer',
      ref: 1,
      knock: randomBox(16),
      box: randomBox(LIMITS.answerBox),
      last: false,
    },
    package: { kind: 'package', ref: 1, box: randomBox(50) },
    'bad-package': { kind: 'bad-package', ref: 1, seat: guests[0]!.chair.seat, box: randomBox(32) },
    found: {
      kind: 'found',
      ref: 1,
      group: randomBox(32),
      generation: 3,
      opening: randomBox(50),
      identity: randomIdentity(),
    },
    commit: { ref: 1, ...commitOf(slot, [guests[0]!.chair.seat], [host.chair.seat]) },
    void: {
      kind: 'void',
      ref: 1,
      group,
      epoch,
      try: 0,
      hash: randomBox(32),
      signature: randomBox(64),
    },
    send: { kind: 'send', ref: 1, group, epoch, box: randomBox(50) },
    beat: { kind: 'beat', group, epoch, box: randomBox(50) },
    leaving: { kind: 'leaving', ref: 1, statement: randomBox(50) },
    expel: { kind: 'expel', ref: 1 },
    ack: { kind: 'ack', seq: 1 },
    ticket: { kind: 'ticket', ref: 1 },
    end: { kind: 'end', ref: 1 },
    ping: { kind: 'ping' },
  };
}

/** Speaks the texts one after the other on sockets that live as long as they may; counts what each was answered. */
async function speak(
  texts: readonly string[],
  open: () => Promise<RawSocket>,
  answered: (raw: RawSocket) => number,
) {
  let [raw, count] = [await open(), 0];
  for (const text of texts) {
    if (raw.closed !== undefined || raw.socket.readyState !== raw.socket.OPEN) raw = await open();
    const before = answered(raw);
    raw.socket.send(text);
    await Promise.race([raw.whenClosed(), until(() => answered(raw) > before)]);
    expect([text.slice(0, 200), answered(raw) > before]).toEqual([text.slice(0, 200), true]);
    count += 1;
    nowMs += 300;
  }
  await raw.terminate();
  return count;
}

async function until(test: () => boolean): Promise<void> {
  for (let n = 0; n < 2_000 && !test(); n += 1)
    await new Promise((resolve) => setImmediate(resolve));
}

const complaints = (raw: RawSocket): number => raw.all('error').length + raw.all('refused').length;

describe('A-65 A-68 the socket', () => {
  it('A-65 A-68 refuses every spoilt message of a seat, and nothing changes', async () => {
    const gathering = await gather(server, 2);
    const { meeting, guests } = gathering;
    const good = goodMessages(gathering);
    const { SeatedMessage } = await import('@in-camera/protocol/signal.ts');
    await guests[0]!.raw.close();
    const texts: string[] = [...RAW];
    for (const [kind, message] of Object.entries(good)) {
      const some = fc.sample(spoilt(message), { numRuns: 150, seed: kind.length });
      // A few changes leave it good, such as another number for `ref`.
      texts.push(
        ...some
          .filter((value) => !SeatedMessage.safeParse(value).success)
          .map((value) => JSON.stringify(value)),
      );
    }
    await settle();
    const before = await contents(server);
    const done = await speak(texts, () => sit(server, meeting, guests[0]!.chair, 2), complaints);
    expect(done).toBeGreaterThan(1_900);
    expect(await contents(server)).toBe(before);
  }, 120_000);

  it('A-65 good messages out of order are refused: before sitting, outside the tree, before a group', async () => {
    const gathering = await gather(server, 1);
    const good = goodMessages(gathering);
    const { meeting } = gathering;
    await settle();
    const before = await contents(server);
    const texts = Object.values(good).map((message) => JSON.stringify(message));
    await speak(texts, () => openRaw(server, meeting.id), complaints);
    expect(await contents(server)).toBe(before);
    // A registered seat outside the tree: only packages, acknowledgements and pings are for it.
    const chair = newChair();
    await gathering.host.raw.ask({ kind: 'register', seat: chair.seat });
    const outside = await sit(server, meeting, chair);
    for (const [kind, message] of Object.entries(good)) {
      if (['package', 'ack', 'ping', 'beat'].includes(kind)) continue;
      const reply = await outside.ask(message);
      expect([kind, reply.kind]).toEqual([kind, 'refused']);
    }
    outside.say(good.beat ?? {});
    expect(await outside.hear('error')).toEqual({ kind: 'error', code: 'not-seated' });
  });

  it('A-65 A-68 refuses every spoilt first message, at known and unknown meetings', async () => {
    const { meeting, host } = await gather(server, 0);
    const firsts = [
      { kind: 'knock', box: randomBox(LIMITS.knockBox) },
      { kind: 'wait', knock: randomBox(16) },
      { kind: 'sit', secret: host.chair.secret, since: null },
    ];
    const { FirstMessage } = await import('@in-camera/protocol/signal.ts');
    const texts = [
      ...RAW,
      ...firsts
        .flatMap((first) => fc.sample(spoilt(first), { numRuns: 200, seed: 5 }))
        .filter((value) => typeof value !== 'string' && !FirstMessage.safeParse(value).success)
        .map((value) => JSON.stringify(value)),
    ];
    await settle();
    const before = await contents(server);
    for (const id of [meeting.id, randomBox(16)])
      await speak(texts, () => openRaw(server, id), complaints);
    expect(await contents(server)).toBe(before);
  }, 120_000);
});
