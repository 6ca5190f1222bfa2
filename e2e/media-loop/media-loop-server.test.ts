// What a media server can do to its clients: choose layers, force codecs, go away and come back.
import { describe, expect, it } from 'vitest';
import { type Browser, bundle, type Engine, launch, pause, until } from './browsers.ts';
import { type Loop, startLoop } from './livekit.ts';
import { type Member, type MemberOptions, openMember } from './members.ts';

const ENGINES: readonly Engine[] = ['chromium', 'firefox'];
const LEAVES = { alice: 0, bob: 1 };
const GREEN = '#00ff00';

type Join = (name: keyof typeof LEAVES, more?: Partial<MemberOptions>) => Promise<Member>;

/** One server and one browser for one test, ended whatever happens. */
async function withLoop(
  engine: Engine,
  codecs: readonly string[] | undefined,
  test: (join: Join, loop: Loop) => Promise<void>,
): Promise<void> {
  const files = await bundle();
  const loop = await startLoop(codecs === undefined ? { files } : { files, codecs });
  let browser: Browser | null = null;
  try {
    const opened = await launch(engine);
    browser = opened;
    await test((name, more = {}) => {
      const options = { name, leaf: LEAVES[name], leaves: LEAVES, epoch: {}, ...more };
      return openMember(opened, loop, options);
    }, loop);
  } finally {
    await browser?.close();
    await loop.stop();
  }
}

const sum = (member: Member, counts: readonly string[]) =>
  member.ask<number>(
    `loop.stats().then(({ receive }) => receive.reduce((sum, slot) => sum + ${counts.map((one) => `slot.${one}`).join(' + ')}, 0))`,
  );

describe('layers', () => {
  it(
    'SEC-4 go up and down with the picture, a hidden one stops, and no frame is refused',
    () =>
      withLoop('chromium', undefined, async (join) => {
        const layer = { frameRate: 15 };
        const camera = [
          { ...layer, width: 640, height: 360, bitrate: 400_000 },
          { ...layer, width: 320, height: 180, bitrate: 150_000 },
        ];
        const settings = { camera, adaptiveStream: true };
        const bob = await join('bob', { settings });
        await bob.ask(`loop.paint('camera', '#00ff00', 640, 360)`);
        const alice = await join('alice', { settings });
        const width = () => alice.ask<number>(`loop.size('bob', 'camera')`);
        const resize = (px: number) => alice.ask(`loop.resize('bob', 'camera', ${px})`);
        const goodInASecond = async () => {
          const before = await sum(alice, ['good']);
          await pause(1_000);
          return (await sum(alice, ['good'])) - before;
        };
        await until('the late joiner sees bob', () => alice.sees('bob', GREEN));
        await until('large', async () => (await width()) === 640, 60_000);
        await resize(160);
        await until('small', async () => (await width()) === 320);
        await resize(640);
        await until('large again', async () => (await width()) === 640, 60_000);
        await resize(0);
        await until('hidden: no frames', async () => (await goodInASecond()) === 0);
        await resize(320);
        await until('shown again', async () => (await goodInASecond()) > 5);
        expect(await alice.sees('bob', GREEN)).toBe(true);
        expect(await sum(alice, ['bad', 'replayed', 'wrongOwner'])).toBe(0);
      }),
    180_000,
  );
});

describe.each(ENGINES)('a media server in the way of %s', (engine) => {
  it(
    'A-40 SEC-4 only H.264 offered: nothing is published, and why is said',
    () =>
      withLoop(engine, ['audio/opus', 'video/h264', 'video/rtx'], async (join) => {
        const bob = await join('bob');
        const failed = await bob.ask<string>(
          `loop.paint('camera', '#00ff00').then(() => 'published', (error) => error.code)`,
        );
        expect(['codec-refused', 'publish-failed']).toContain(failed);
        expect(await bob.ask('loop.sent("video", "bytesSent")')).toBe(0);
        expect(await bob.ask('loop.published()')).toEqual([]);
        await bob.sing(440);
        expect(await bob.ask('loop.published()')).toEqual(['microphone']);
      }),
    120_000,
  );

  it(
    'F-05 A-37 killed and started again: pictures go on, with no counter twice',
    () =>
      withLoop(engine, undefined, async (join, loop) => {
        const [bob, alice] = [await join('bob'), await join('alice')];
        await bob.paint(GREEN);
        await until('alice sees bob', () => alice.sees('bob', GREEN));
        await loop.restart();
        const frames = () =>
          alice.ask<number>(
            `loop.stats().then(({ receive }) => Math.max(0, ...receive.map((slot) => slot.sinceGoodMs === null || slot.sinceGoodMs > 1000 ? 0 : slot.good)))`,
          );
        await until('frames again', async () => (await frames()) > 15, 60_000);
        await until('alice sees bob', () => alice.sees('bob', GREEN));
        expect(await sum(alice, ['bad', 'replayed'])).toBe(0);
      }),
    150_000,
  );
});
