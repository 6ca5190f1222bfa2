// Real browsers, a real LiveKit, our media room and frames worker; keys come from the test in place
// of the vault. Contents are compared (colour, tone), never energy or packets (media.md section 7).
import { describe, expect, it } from 'vitest';
import type { MediaEvent } from '../../web/call/media-room.ts';
import type { WatchNotice } from '../../web/call/media-watch.ts';
import type { ReceiveStats, SendStats } from '../../web/worker/frames-messages.ts';
import { FIREFOX_TONE, type LoopTab, pause, until } from './browsers.ts';
import type { Member, MemberOptions } from './members.ts';
import { ENGINES, useStage } from './stage.ts';

interface Stats {
  readonly sending: boolean | null;
  readonly receive: readonly ReceiveStats[];
  readonly send: readonly SendStats[];
}

const LEAVES = { alice: 0, bob: 1, carol: 2 };
const RED = '#ff0000';
const GREEN = '#00ff00';
const BLUE = '#0000ff';

describe.each(ENGINES)('media loop in %s', (engine) => {
  const stage = useStage(engine);
  const join = (name: keyof typeof LEAVES, more: Partial<MemberOptions> = {}) =>
    stage.enter({ name, leaf: LEAVES[name], leaves: LEAVES, epoch: {}, ...more });
  const joinKeyless = (name: keyof typeof LEAVES) =>
    stage.enter({ name, leaf: LEAVES[name], leaves: LEAVES });
  async function joinPlain(
    identity: string,
    mayPublishData = false,
    where = stage.browser,
  ): Promise<LoopTab> {
    const { loop } = stage;
    const tab = stage.keep(await where.open(`${loop.origin}/plain.html`));
    await tab.ask(`plain.connect(${JSON.stringify(loop.address({ identity, mayPublishData }))})`);
    return tab;
  }
  const stats = (member: Member) => member.ask<Stats>('loop.stats()');
  const events = (member: Member) =>
    member.ask<MediaEvent[]>('JSON.parse(JSON.stringify(loop.events))');
  const watched = (member: Member) => member.ask<WatchNotice[]>('loop.watched');
  const tone = (hertz: number) => (engine === 'firefox' ? FIREFOX_TONE : hertz);
  const good = async (member: Member) =>
    (await stats(member)).receive.reduce((sum, slot) => sum + slot.good, 0);

  it('SEC-1 A-80 members see and hear each other; one without keys decodes nothing', async () => {
    const [alice, bob, carol] = [
      await join('alice'),
      await join('bob'),
      await joinKeyless('carol'),
    ];
    await Promise.all([alice.paint(RED), alice.sing(440), bob.paint(GREEN), bob.sing(1_000)]);
    await carol.paint(BLUE);
    await until('alice sees bob', () => alice.sees('bob', GREEN));
    await until('bob sees alice', () => bob.sees('alice', RED));
    await until('alice hears bob', () => alice.hears('bob', tone(1_000)));
    await until('bob hears alice', () => bob.hears('alice', tone(440)));

    await until('carol is sent something', async () =>
      (await stats(carol)).receive.some((slot) => slot.unknownKey > 30),
    );
    expect(await good(carol)).toBe(0);
    expect(await carol.ask('loop.decoded("video")')).toBe(0);
    expect(await carol.hears('alice', tone(440))).toBe(false);
    expect((await events(carol)).filter((event) => event.kind === 'track-shown')).toEqual([]);

    expect(await carol.ask('loop.sent("video", "bytesSent")')).toBe(0);
    expect((await stats(carol)).send.some((slot) => slot.held > 10)).toBe(true);
    expect(await alice.sees('carol', BLUE)).toBe(false);
    expect(await alice.ask('loop.iceHosts()')).toEqual([]);
    for (const member of [alice, bob]) {
      const { receive } = await stats(member);
      expect(receive.map((slot) => slot.bad + slot.replayed + slot.wrongOwner)).toEqual(
        receive.map(() => 0),
      );
      const notices = await watched(member);
      expect(notices.filter((notice) => notice.kind !== 'judged')).toEqual([]);
    }
  }, 120_000);

  it.each(['vp8', 'vp9', 'opus'])(
    'A-31 SEC-4 plaintext %s by someone with a token: 0 frames decoded, the member named',
    async (codec) => {
      const alice = await join('alice');
      const rogue = await joinPlain(
        'bob',
        false,
        codec === 'vp9' ? await stage.chromium() : stage.browser,
      );
      const kind = codec === 'opus' ? 'audio' : 'video';
      await rogue.ask(`plain.publish(${JSON.stringify(kind)}, ${JSON.stringify(codec)})`);
      await until('frames arrive', async () =>
        (await stats(alice)).receive.some((slot) => slot.bad + slot.unknownKey + slot.stale > 30),
      );
      for (let sample = 0; sample < 5; sample++) {
        await pause(500);
        await alice.ask('loop.look()');
      }
      expect(await good(alice)).toBe(0);
      expect((await stats(alice)).receive.map((slot) => slot.codec)).toEqual([codec]);
      if (kind === 'video') expect(await alice.ask('loop.decoded("video")')).toBe(0);
      expect((await events(alice)).filter((event) => event.kind === 'track-shown')).toEqual([]);
      const judged = (await watched(alice)).filter((notice) => notice.kind === 'judged');
      const states = new Set(judged.map(({ verdict }) => verdict.state));
      expect(states.has('bad-frames') || states.has('no-key')).toBe(true);
      expect(states.has('ok')).toBe(false);
      expect(judged.some(({ verdict }) => verdict.action === 'name')).toBe(true);
      expect(judged.some(({ verdict }) => verdict.action === 'alarm')).toBe(false);
    },
    90_000,
  );

  it('A-32 SEC-1 gate closed, transform not removable, worker killed: 0 payload bytes leave', async () => {
    const alice = await join('alice');
    const bob = await joinKeyless('bob');
    await bob.keys({});
    await bob.paint(GREEN);
    await until('frames are held', async () =>
      (await stats(bob)).send.some((one) => one.held > 20),
    );
    expect(await bob.ask('loop.sent("video", "bytesSent")')).toBe(0);
    expect(await alice.sees('bob', GREEN)).toBe(false);

    await bob.ask(`loop.vault({ kind: 'go' })`);
    await until('alice sees bob', () => alice.sees('bob', GREEN));
    const refusals = await bob.ask<string[]>('loop.removeTransforms()');
    expect(refusals.length).toBeGreaterThan(0);
    expect(new Set(refusals)).toEqual(new Set(['transform-refused']));

    await bob.ask('loop.killWorker()');
    await pause(1_000);
    const before = await bob.ask<number>('loop.sent("video", "bytesSent")');
    const shown = await alice.ask<number>('loop.decoded("video")');
    await pause(3_000);
    expect(await bob.ask('loop.sent("video", "bytesSent")')).toBe(before);
    expect(await alice.ask<number>('loop.decoded("video")')).toBe(shown);
    await until('bob is told', async () =>
      (await events(bob)).some((event) => event.kind === 'died'),
    );
  }, 120_000);

  it('A-33 SEC-12 a screen announced as a camera, and another member: refused, with the reason', async () => {
    const alice = await join('alice');
    const bob = await join('bob');
    await bob.ask(`loop.paintMislabelled('screen', 'camera', ${JSON.stringify(BLUE)})`);
    await until('frames are refused', async () =>
      (await stats(alice)).receive.some((slot) => slot.wrongOwner > 10),
    );
    await alice.ask('loop.look()');
    expect(await alice.sees('bob', BLUE)).toBe(false);
    expect(await alice.ask('loop.decoded("video")')).toBe(0);
    const judged = (await watched(alice)).filter((notice) => notice.kind === 'judged');
    expect(judged.map(({ verdict }) => verdict.state)).toContain('wrong-source');

    // The server says that these are carol's frames: they are bob's.
    const carol = await join('carol', {
      leaves: { ...LEAVES, bob: 2 },
      epoch: { leaves: [0, 1, 2] },
    });
    await bob.paint(GREEN, 'screen');
    await until('frames are refused', async () =>
      (await stats(carol)).receive.some((slot) => slot.wrongOwner > 10),
    );
    expect(await carol.sees('bob', GREEN, 'screen')).toBe(false);
    await carol.ask(`loop.setLeaves(${JSON.stringify(LEAVES)})`);
    await until('carol sees bob', () => carol.sees('bob', GREEN, 'screen'));
  }, 120_000);

  it('A-33 camera and screen come, go and swap places without losing a frame to it', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    await bob.paint(GREEN);
    await until('camera', () => alice.sees('bob', GREEN));
    for (let round = 0; round < 2; round++) {
      await bob.paint(BLUE, 'screen');
      await until('screen', () => alice.sees('bob', BLUE, 'screen'));
      expect(await alice.sees('bob', GREEN)).toBe(true);
      await bob.ask(`loop.turnOff('screen')`);
      await until(
        'screen gone',
        async () => (await alice.ask<unknown[]>('loop.tiles()')).length === 1,
      );
    }
    await bob.paint(RED);
    await until('another camera on the same sender', () => alice.sees('bob', RED));
    await bob.paint(GREEN);
    const slots = await alice.ask<{ slot: string }[]>('loop.tiles()');
    await alice.ask(`loop.resubscribe(${JSON.stringify(slots[0]?.slot)})`);
    await pause(500);
    await until('camera again', () => alice.sees('bob', GREEN));
    const { receive } = await stats(alice);
    expect(receive.reduce((sum, slot) => sum + slot.wrongOwner + slot.bad, 0)).toBe(0);
  }, 120_000);

  it('PBD-5 A-83 mute ends the capture and every packet; unmute goes on with the same sender', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    await Promise.all([bob.paint(GREEN), bob.sing(1_000)]);
    await until('alice sees bob', () => alice.sees('bob', GREEN));
    await until('alice hears bob', () => alice.hears('bob', tone(1_000)));
    for (const [source, kind] of [
      ['camera', 'video'],
      ['microphone', 'audio'],
    ]) {
      await bob.ask(`loop.turnOff(${JSON.stringify(source)})`);
      expect(await bob.ask(`loop.captureState(${JSON.stringify(source)})`)).toBe('ended');
      await pause(100);
      const before = await bob.ask<number>(`loop.sent("${kind}", "bytesSent")`);
      await pause(1_500);
      expect(await bob.ask(`loop.sent("${kind}", "bytesSent")`)).toBe(before);
    }
    await alice.ask('loop.look()');
    const tiles = await alice.ask<{ muted: boolean }[]>('loop.tiles()');
    expect(tiles.map((tile) => tile.muted)).toEqual([true, true]);
    await bob.paint(BLUE);
    await bob.sing(700);
    await until('alice sees bob again', () => alice.sees('bob', BLUE));
    await until('alice hears bob again', () => alice.hears('bob', tone(700)));
    expect(await bob.ask('loop.senders()')).toBe(2);
  }, 120_000);

  it('A-37 SEC-7 a full reconnect of either side goes on with its counters', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    await bob.paint(GREEN);
    await until('alice sees bob', () => alice.sees('bob', GREEN));
    for (const member of [bob, alice]) {
      const before = await good(alice);
      await member.ask(`loop.simulate('full-reconnect')`);
      await until('frames again', async () => {
        const now = await good(alice);
        return (member === alice ? now : now - before) > 15;
      });
      await until('alice sees bob', () => alice.sees('bob', GREEN));
    }
    const { receive } = await stats(alice);
    expect(receive.reduce((sum, slot) => sum + slot.replayed + slot.bad, 0)).toBe(0);
  }, 120_000);

  it('A-41 nothing is heard from the data channel and nothing is sent over it', async () => {
    const alice = await join('alice');
    const rogue = await joinPlain('bob', true);
    await until('the channel is open', async () => {
      await rogue.ask(`plain.say('canary')`);
      return (await events(alice)).some(
        (event) => event.kind === 'guard' && event.notice === 'data-received',
      );
    });
    expect(await alice.ask('loop.dataHeard()')).toBe(0);
    expect(await alice.ask('loop.dataBytesSent()')).toBe(0);
    expect(await alice.ask('loop.trySendingData()')).toBe('refused');
    expect(await alice.ask('loop.dataBytesSent()')).toBe(0);
  }, 60_000);

  it.each([250, 65_530, 2 ** 24 - 6])(
    'A-39 SEC-7 counters from %i on: pictures go on and a late joiner sees them',
    async (from) => {
      const bob = await join('bob', { worker: `/frames-late.js?from=${from}` });
      await bob.paint(GREEN);
      await pause(1_000);
      const alice = await join('alice');
      await until('the late joiner sees bob', () => alice.sees('bob', GREEN));
      const before = await good(alice);
      await until('more frames', async () => (await good(alice)) > before + 20);
      expect(await alice.sees('bob', GREEN)).toBe(true);
    },
    60_000,
  );
});
