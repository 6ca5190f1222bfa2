// Frames exchanged on the road after good ones: from then on nothing is decoded, the tile says so, and good frames are
// shown again when they come (A-31 after binding; before it: media-loop.test.ts). Real browsers, real LiveKit.
import { describe, expect, it } from 'vitest';
import type { WatchNotice } from '../../web/call/media-watch.ts';
import type { ReceiveStats } from '../../web/worker/frames-messages.ts';
import { FIREFOX_TONE, pause, until } from './browsers.ts';
import type { Member } from './members.ts';
import { ENGINES, useStage } from './stage.ts';

const LEAVES = { alice: 0, bob: 1 };
const GREEN = '#00ff00';
const TONE = 1_000;
/** What a decoder and its buffers may still give out of frames that were good: a fifth of a second of sound. */
const REST = { video: 2, audio: 9_600 };

type Turn = 'plaintext' | 'filler' | 'sealed';

describe.each(ENGINES)('frames exchanged on the road to %s', (engine) => {
  const stage = useStage(engine);
  const join = (name: keyof typeof LEAVES, worker = '/frames.js', where = stage.browser) =>
    stage.enter({ name, leaf: LEAVES[name], leaves: LEAVES, epoch: {}, worker }, where);
  const say = (member: Member, turn: Turn) =>
    member.ask(`new BroadcastChannel('turn').postMessage('${turn}')`);

  it.each(['vp8', 'vp9', 'opus'] as const)(
    'A-31 SEC-4 %s: plaintext and filler after good frames, 0 decoded; good ones again are shown',
    async (codec) => {
      const kind = codec === 'opus' ? 'audio' : 'video';
      const alice = await join('alice');
      const from = codec === 'vp9' ? await stage.chromium() : stage.browser;
      const bob = await join('bob', '/frames-turns.js', from);
      if (kind === 'audio') await bob.sing(TONE);
      else await bob.ask(`loop.paintMislabelled('camera', 'camera', '${GREEN}', '${codec}')`);
      const arrives = () =>
        kind === 'audio'
          ? alice.hears('bob', engine === 'firefox' ? FIREFOX_TONE : TONE)
          : alice.sees('bob', GREEN);
      const received = async (): Promise<ReceiveStats> => {
        const all = await alice.ask<ReceiveStats[]>(`loop.stats().then(({ receive }) => receive)`);
        expect(all.length).toBe(1);
        return all[0]!;
      };
      const decoded = () => alice.ask<number>(`loop.decoded('${kind}')`);
      const watched = () => alice.ask<WatchNotice[]>('loop.watched');
      const lookTwice = async () => {
        await alice.ask('loop.look()');
        await pause(500);
        await alice.ask('loop.look()');
      };
      /** Frames come and are refused, for longer than a verdict takes; gives what the watch said meanwhile. */
      const refusedUnder = async (turn: Turn, counts: readonly (keyof ReceiveStats)[]) => {
        await say(bob, turn);
        await pause(1_000);
        const [before, shown, told] = [await received(), await decoded(), (await watched()).length];
        const rise = (now: ReceiveStats) =>
          counts.reduce((sum, count) => sum + Number(now[count]) - Number(before[count]), 0);
        await until(`${turn} is refused`, async () => rise(await received()) > 20);
        await pause(2_000);
        await lookTwice();
        const after = await received();
        expect(after.good).toBe(before.good);
        expect((await decoded()) - shown).toBeLessThanOrEqual(REST[kind]);
        expect(after.codec).toBe(codec);
        const notices = (await watched()).slice(told);
        expect(notices.filter((notice) => notice.kind === 'leak')).toEqual([]);
        return { rise, after, before, notices };
      };
      await until('good frames arrive', arrives);

      const plain = await refusedUnder('plaintext', ['bad', 'unknownKey', 'stale', 'replayed']);
      const states = plain.notices.flatMap((one) =>
        one.kind === 'judged' ? [one.verdict.state] : [],
      );
      expect(states.some((state) => state === 'bad-frames' || state === 'no-key')).toBe(true);
      if (kind === 'audio') expect(await arrives()).toBe(false);

      await say(bob, 'sealed');
      await until('good frames arrive again', arrives);
      // What the watch had still to say about the plaintext is said before the filler begins.
      await lookTwice();

      const filler = await refusedUnder('filler', ['server']);
      expect(filler.after.bad).toBe(filler.before.bad);
      // The server's own filler is nobody's doing.
      expect(
        filler.notices.filter((one) => one.kind === 'judged' && one.verdict.action === 'name'),
      ).toEqual([]);
      if (kind === 'audio') expect(await arrives()).toBe(false);

      await say(bob, 'sealed');
      await until('good frames arrive at last', arrives);
    },
    120_000,
  );
});
