// Fresh keys at any size of a meeting: the product's sessions over the real server, with its own frame senders and
// receivers for those whose frames are looked at. Who is removed opens nothing that anyone seals more than 2 s after they
// switched; who comes opens nothing from before (SEC-6).
import { toBase64url } from '@in-camera/crypto/bytes.ts';
import { OLD_KEY_LIFE_AFTER_REMOVE_MS } from '@in-camera/crypto/frame-keys.ts';
import { describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../server/testkit.ts';
import { FrameReceiver } from '../../web/worker/frame-receiver.ts';
import { FrameSender } from '../../web/worker/frame-sender.ts';
import { TestFrame, testFrame } from '../../web/worker/frames-testkit.ts';
import { FrameKeyRing } from '../../web/worker/key-ring.ts';
import { toEpochMessage } from '../../web/worker/vault-keys.ts';
import {
  bring,
  type HeadlessMeeting,
  HeadlessMember,
  knockFor,
  makeHeadlessMeeting,
  until,
} from './client.ts';

/**
 * All of them live in this one process, and each opens the beats of all others: six a second times the size, some 3 ms
 * each. With fifty that takes the whole of one core, and then nobody comes in. Larger ones need more processes (bench/).
 */
const SIZES = [2, 10, 25];
const WAIT_MS = 120_000;
const OPUS = 'audio/opus';
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Senders take a new epoch's keys into use when all had time to take them in (protocol.md). */
const SWITCH_MS = 400;

/** The frames worker of one member, fed with the keys that its session gives. */
class Frames {
  readonly #member: HeadlessMember;
  readonly #ring = new FrameKeyRing();
  #fed = 0;

  constructor(member: HeadlessMember) {
    this.#member = member;
  }

  async feed(): Promise<this> {
    for (const keys of this.#member.keys.slice(this.#fed)) {
      // It wipes what it was given; the member's own are compared later.
      this.#ring.handleVault(await toEpochMessage(structuredClone(keys)));
      this.#fed++;
    }
    this.#ring.handleVault({ kind: 'go' });
    await sleep(SWITCH_MS);
    return this;
  }

  async seal(): Promise<Uint8Array> {
    const options = { kind: 'bind', slot: 'slot-send', side: 'send', trackKind: 'audio' } as const;
    const sender = new FrameSender(
      { ...options, source: 'microphone' },
      this.#ring,
      () => false,
      () => undefined,
    );
    const frame = testFrame(OPUS, 120);
    if (!(await sender.handleFrame(frame))) throw new Error('not sealed');
    return frame.bytes;
  }

  opens(bytes: Uint8Array): Promise<boolean> {
    const receiver = new FrameReceiver(
      { kind: 'bind', slot: 'slot-receive', side: 'receive', trackKind: 'audio' },
      this.#ring,
      () => false,
      () => undefined,
    );
    return receiver.handleFrame(new TestFrame(OPUS, bytes));
  }
}

/** Base keys of senders that a member was ever given, or of its present epoch alone. */
const secretsOf = (member: HeadlessMember, which: 'all' | 'last') =>
  (which === 'all' ? member.keys : member.keys.slice(-1)).flatMap(({ senders }) =>
    senders.map(({ secret }) => toBase64url(secret)),
  );

const together = (members: readonly HeadlessMember[], what: string) =>
  until(
    () =>
      members.every((one) => one.view().people.length === members.length) &&
      new Set(members.map((one) => one.secrets())).size === 1,
    what,
    WAIT_MS,
  );

async function fill(
  server: TestServer,
  meeting: HeadlessMeeting,
  count: number,
): Promise<HeadlessMember[]> {
  const passes = Array.from({ length: count }, (_, i) => knockFor(server, meeting, `Guest ${i}`));
  await until(() => meeting.host.view().knocks.length === count, 'all knocks heard', WAIT_MS);
  const knocks = meeting.host.view().knocks.map((knock) => knock.id);
  meeting.host.intent({ kind: 'admit', knocks });
  return Promise.all(passes.map(async (pass) => new HeadlessMember(server, await pass).start()));
}

describe.each(SIZES)('a meeting of %i', (size) => {
  it('SEC-6 A-19 A-28 who is removed opens nothing sealed later, who comes nothing sealed before', {
    timeout: 300_000,
  }, async () => {
    const server = await startTestServer();
    const meeting = await makeHeadlessMeeting(server);
    const all = [meeting.host, ...(await fill(server, meeting, size - 1))];
    try {
      await together(all, 'all in one epoch');
      const gone = all.at(-1)!;
      const left = all.slice(0, -1);
      const [host, goneFrames] = [
        await new Frames(meeting.host).feed(),
        await new Frames(gone).feed(),
      ];
      expect(await goneFrames.opens(await host.seal())).toBe(true);

      const atMs = performance.now();
      const person = gone.view().people.find((one) => one.you)?.person ?? '';
      meeting.host.intent({ kind: 'remove', person });
      await together(left, 'all that are left have switched');
      await until(() => gone.events('removed') === 1, 'the removed one is told', WAIT_MS);
      const switchedMs = Math.round(performance.now() - atMs);
      console.info(
        `SEC-6 removal among ${size} in one process: ${switchedMs} ms to the last switch`,
      );
      await sleep(OLD_KEY_LIFE_AFTER_REMOVE_MS);
      await Promise.all([host.feed(), goneFrames.feed()]);
      const late = await host.seal();
      expect(await goneFrames.opens(late)).toBe(false);
      const had = new Set(secretsOf(gone, 'all'));
      for (const member of left) {
        const now = secretsOf(member, 'last');
        expect(now.length).toBeGreaterThan(0);
        expect(now.filter((secret) => had.has(secret))).toEqual([]);
      }

      const before = left.flatMap((member) => secretsOf(member, 'all'));
      const newcomer = await bring(server, meeting, 'Newcomer');
      all.push(newcomer);
      await together([...left, newcomer], 'the newcomer is in');
      const [newFrames] = await Promise.all([new Frames(newcomer).feed(), host.feed()]);
      expect(await newFrames.opens(late)).toBe(false);
      const given = new Set(secretsOf(newcomer, 'all'));
      expect(before.filter((secret) => given.has(secret))).toEqual([]);
      // Senders switch when all had time to take the new keys in.
      await sleep(600);
      expect(await newFrames.opens(await host.seal())).toBe(true);
      expect(await goneFrames.opens(await host.seal())).toBe(false);
      for (const member of all) expect(member.alarms()).toEqual([]);
    } finally {
      for (const member of all) await member.stop();
      await server.stop();
    }
  });
});
