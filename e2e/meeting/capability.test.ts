// A browser that cannot transform encoded media is refused with the reason, before any device or
// connection is touched. Each missing part is taken away by a script before the page's own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, openCast } from '../harness/cast.ts';
import { openChromium } from '../harness/chromium.ts';
import { capturesOf, flowOf } from '../harness/gauges.ts';
import { type Person, sleep, until } from '../harness/person.ts';
import { admit, isInMeeting, knock, makeLink, openMeeting } from '../harness/steps.ts';

const without: Readonly<Record<string, () => void>> = {
  RTCRtpScriptTransform: () => {
    Reflect.deleteProperty(globalThis, 'RTCRtpScriptTransform');
  },
  'the transform of senders': () => {
    Reflect.deleteProperty(RTCRtpSender.prototype, 'transform');
  },
  'the transform of receivers': () => {
    Reflect.deleteProperty(RTCRtpReceiver.prototype, 'transform');
  },
};

const socketsOf = (person: Person): Promise<number> =>
  person.evaluate(() => performance.getEntriesByType('resource').length, undefined);

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

  test.for(Object.keys(without))(
    'SEC-4 SEC-17 A-32 without %s: refused with the reason, no media',
    { timeout: 60_000 },
    async (lack) => {
      const take = without[lack];
      if (take === undefined) throw new TypeError(lack);
      const old = await openChromium({
        name: 'Old',
        id: 5,
        host: cast.house.host,
        initScripts: [take],
      });
      try {
        await old.goto(link);
        await until('the reason', 20_000, () => old.sees('heading', text('cannot.browser.title')));
        expect(await old.text()).toContain(text('lack.encoded-transform'));
        expect(await old.text()).toContain(text('cannot.browser.kept'));
        expect(await old.sees('button', text('lobby.knock'))).toBe(false);
        await sleep(1_500);
        expect(await capturesOf(old)).toEqual([]);
        const flow = await flowOf(old);
        expect(flow.open).toBe(0);
        // No socket to the meeting: a WebSocket takes a tunnel of its own.
        expect(old.road.tunnels().opened).toBe(0);
        expect(await socketsOf(old)).toBeGreaterThan(0);
      } finally {
        await old.close();
      }
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
      initScripts: [
        () => {
          // An engine that takes the transform and does nothing with it.
          const held = new WeakMap<object, unknown>();
          for (const kind of [RTCRtpSender, RTCRtpReceiver]) {
            Object.defineProperty(kind.prototype, 'transform', {
              configurable: true,
              get(this: object) {
                return held.get(this) ?? null;
              },
              set(this: object, value: unknown) {
                held.set(this, value);
              },
            });
          }
        },
      ],
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
});
