// A media server that forces a codec whose frames we could not seal: nothing is published, nothing leaves, and the page
// gets a code to say why. Its answers are rewritten in the page, before the browser takes them.
import { describe, expect, it } from 'vitest';
import type { MediaEvent } from '../../web/call/media-room.ts';
import { type Forced, type ForcedAt, forceCodec } from '../harness/force-codec.ts';
import { type Engine, pause, until } from './browsers.ts';
import type { Member } from './members.ts';
import { ENGINES, useStage } from './stage.ts';

const REFUSED = /^(codec-refused|publish-failed)$/;
type Case = { readonly codec: Forced; readonly at: ForcedAt };
const BY_SERVER: readonly Case[] = (['H264', 'PCMU', 'red', 'unknown'] as const).map((codec) => ({
  codec,
  at: 'server',
}));
/** What each engine can really be brought to negotiate, had our guard let the answer in. */
const BY_ENGINE: Readonly<Record<Engine, Case>> = {
  chromium: { codec: 'H264', at: 'engine' },
  firefox: { codec: 'PCMU', at: 'engine' },
};
const nameOf = ({ codec, at }: Case) => `${codec} by ${at}`;
const LEAVES: Readonly<Record<string, number>> = {
  alice: 0,
  bob: 1,
  ...Object.fromEntries(
    [...BY_SERVER, ...Object.values(BY_ENGINE)].map((one, i) => [nameOf(one), 2 + i]),
  ),
};
const GREEN = '#00ff00';

describe.each(ENGINES)('answers rewritten on the road to %s', (engine) => {
  const stage = useStage(engine);
  const join = (name: string, forced?: Case) =>
    stage.enter({
      name,
      leaf: LEAVES[name] ?? 0,
      leaves: LEAVES,
      epoch: {},
      ...(forced === undefined ? {} : { first: `(${forceCodec})(${JSON.stringify(forced)})` }),
    });
  const published = (member: Member) => member.ask<string[]>('loop.published()');

  it('A-40 SEC-4 H264, PCMU, RED and a codec nobody knows: nothing is published or leaves, and why is said', async () => {
    const cases = [...BY_SERVER, BY_ENGINE[engine]];
    const alice = await join('alice');
    const bobs = await Promise.all(cases.map((one) => join(nameOf(one), one)));
    await Promise.all(
      bobs.map(async (bob, i) => {
        const { codec } = cases[i]!;
        const kind = codec === 'PCMU' || codec === 'red' ? 'audio' : 'video';
        const turn = kind === 'audio' ? 'loop.sing(440)' : `loop.paint('camera', '${GREEN}')`;
        const failed = bob.ask(`${turn}.then(() => 'published', (error) => error.code)`);
        // Said within seconds, long before LiveKit's client gives its own tries up.
        await until(
          `${bob.name} is refused`,
          async () => {
            const events = await bob.ask<MediaEvent[]>('JSON.parse(JSON.stringify(loop.events))');
            return events.some((event) => event.kind === 'own-refused');
          },
          10_000,
        );
        const own = kind === 'audio' ? 'microphone' : 'camera';
        expect([bob.name, await bob.ask(`loop.captureState('${own}')`)]).toEqual([
          bob.name,
          'ended',
        ]);
        expect([bob.name, await failed]).toEqual([bob.name, expect.stringMatching(REFUSED)]);
        expect(await bob.ask('forcedAnswers.length')).toBeGreaterThan(0);
        expect([bob.name, await published(bob)]).toEqual([bob.name, []]);
        expect([bob.name, await bob.ask(`loop.sent('${kind}', 'bytesSent')`)]).toEqual([
          bob.name,
          0,
        ]);
        // The other kind is as good as before.
        if (kind === 'audio') await bob.paint(GREEN);
        else await bob.sing(440);
        const other = kind === 'audio' ? 'camera' : 'microphone';
        expect([bob.name, await published(bob)]).toEqual([bob.name, [other]]);
        await until('it arrives', async () => {
          const tiles = await alice.ask<{ identity: string; source: string }[]>('loop.tiles()');
          return tiles.some((tile) => tile.identity === bob.name && tile.source === other);
        });
      }),
    );
    const tiles = await alice.ask<{ identity: string }[]>('loop.tiles()');
    expect(tiles.map(({ identity }) => identity).sort()).toEqual(cases.map(nameOf).sort());
  }, 150_000);

  it('A-40 SEC-4 H.264, VP9 and AV1 asked for beside what is sent, as a backup: no second sender', async () => {
    const bob = await join('bob');
    await bob.paint(GREEN);
    for (const codec of ['h264', 'vp9', 'av1'])
      await bob.ask(`loop.askForBackup('camera', '${codec}')`);
    await pause(2_000);
    expect(await bob.ask('loop.senders()')).toBe(1);
    expect(await published(bob)).toEqual(['camera']);
    expect(await bob.ask(`loop.stats().then(({ send }) => send.map((one) => one.codec))`)).toEqual([
      'vp8',
    ]);
  }, 60_000);
});
