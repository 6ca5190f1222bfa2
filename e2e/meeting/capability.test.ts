// A browser that cannot transform encoded media is refused with the reason, before any device or
// connection is touched.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, openCast } from '../harness/cast.ts';
import { openChromium } from '../harness/chromium.ts';
import { forceCodec } from '../harness/force-codec.ts';
import { flowOf, ownTracksOf } from '../harness/gauges.ts';
import { sleep, until } from '../harness/person.ts';
import {
  admit,
  enterLobby,
  isInMeeting,
  knock,
  leave,
  makeLink,
  openMeeting,
} from '../harness/steps.ts';
import { expectTurnedAway, ignoreTransforms, LACKS, lackOf } from '../harness/without.ts';

describe('a browser that lacks something', () => {
  let cast: Cast;
  let link = '';

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana' }]);
    link = await makeLink(cast.person('Ana'), cast.house);
    await openMeeting(cast.person('Ana'));
  }, 300_000);
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  test.for(LACKS)(
    'SEC-4 SEC-17 A-32 without %s: refused with the reason, no media',
    { timeout: 60_000 },
    async (lack) => {
      const options = { name: 'Old', id: 5, host: cast.house.host };
      const old = await openChromium({ ...options, initScripts: [lackOf(lack)] });
      await expectTurnedAway(old, link);
    },
  );

  test('SEC-4 the same way in is open to a browser that has it', async () => {
    const fine = await openChromium({ name: 'Fine', id: 5, host: cast.house.host });
    try {
      await knock(fine, link, {});
      await until('knocked', 20_000, async () => fine.road.tunnels().opened > 0);
      expect(await isInMeeting(fine)).toBe(false);
    } finally {
      await fine.close();
    }
  }, 60_000);

  test('A-32 A-40 a transform that the engine quietly ignores: nothing is ever sent', async () => {
    const sly = await openChromium({
      name: 'Sly',
      id: 5,
      host: cast.house.host,
      initScripts: [ignoreTransforms],
    });
    try {
      await knock(sly, link);
      await admit(cast.person('Ana'), 'Sly');
      await until('inside', 30_000, () => isInMeeting(sly));
      await sleep(8_000);
      const flow = await flowOf(sly);
      // Chromium's flag keeps frames back that no transform takes: 0 payload bytes (media.md section 6).
      expect(flow.sent.audio.bytes).toBe(0);
      expect(flow.sent.video.bytes).toBe(0);
      expect(flow.received.videoFrames).toBe(0);
    } finally {
      await sly.close();
    }
  }, 90_000);

  test.for(['PCMU', 'H264'] as const)(
    'A-40 SEC-4 the server forces %s: nothing is sent, and the screen says why',
    { timeout: 120_000 },
    async (codec) => {
      const device = codec === 'PCMU' ? 'microphone' : 'camera';
      const kind = codec === 'PCMU' ? 'audio' : 'video';
      const guest = await openChromium({ name: 'Guest', id: 9, host: cast.house.host });
      try {
        await guest.goto(link);
        await guest.evaluate(forceCodec, { codec, at: 'server' } as const);
        await enterLobby(guest, { [device]: true });
        await guest.press('button', text('lobby.knock'));
        await admit(cast.person('Ana'), 'Guest');
        await until('why is said', 20_000, async () =>
          (await guest.text()).includes(text(`device.fail.${device}.refused`)),
        );
        expect((await ownTracksOf(guest)).map(({ state }) => state)).toEqual(['ended']);
        const flow = await flowOf(guest);
        expect(flow.sent[kind].bytes).toBe(0);
        await leave(guest);
      } finally {
        await guest.close();
      }
    },
  );
});
