// Firefox has no flag that keeps frames back until a transform takes them: what a sender without its transform, or
// without its worker, does is looked at there too, in the product.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, openCast } from '../harness/cast.ts';
import type { ChromiumPerson } from '../harness/chromium.ts';
import { keepOnFailure } from '../harness/failure.ts';
import { type FirefoxPerson, openFirefox } from '../harness/firefox.ts';
import { endWorker, flowOf, ownTracksOf } from '../harness/gauges.ts';
import { sleep, until } from '../harness/person.ts';
import {
  bringIn,
  closeAlarm,
  leave,
  makeLink,
  openMeeting,
  turnBothOn,
  waitForClosed,
  waitForExplained,
} from '../harness/steps.ts';
import { expectTogether } from '../harness/together.ts';
import { expectTurnedAway, ignoreTransforms, LACKS, lackOf } from '../harness/without.ts';

describe('a person in Firefox', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let fay: FirefoxPerson;
  let link = '';

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana' }]);
    ana = cast.person('Ana');
    fay = await openFirefox({ name: 'Fay', host: cast.house.host });
    link = await makeLink(ana, cast.house);
    await openMeeting(ana);
  }, 300_000);
  beforeEach(({ task }) => keepOnFailure(task.id, () => [ana, fay]));
  afterAll(async () => {
    await fay?.close();
    await cast?.close();
  }, 60_000);

  test('F-12 A-32 the frames worker dies: 0 payload bytes leave, it is explained, a new leaf comes in', async () => {
    await bringIn(ana, fay, link);
    await waitForClosed(ana, 2);
    await expectTogether([ana, fay]);
    await endWorker(fay, 'frames');
    await sleep(300);
    const before = await flowOf(fay);
    await sleep(2_000);
    const after = await flowOf(fay);
    expect(before.sent.video.bytes).toBeGreaterThan(0);
    expect(after.sent.video.bytes - before.sent.video.bytes).toBeLessThanOrEqual(0);
    expect(after.sent.audio.bytes - before.sent.audio.bytes).toBeLessThanOrEqual(0);
    await waitForExplained(fay, 15_000);
    await until('the others get a cue', 30_000, async () =>
      (await ana.text()).includes(text('notice.came-back', { name: 'Fay' })),
    );
    await closeAlarm(fay);
    await turnBothOn(fay);
    await waitForClosed(ana, 2);
    await expectTogether([ana, fay]);
    await leave(fay);
    await waitForClosed(ana, 1);
  }, 240_000);

  test.for(LACKS)(
    'SEC-4 SEC-17 A-32 without %s: refused with the reason, no media',
    { timeout: 90_000 },
    async (lack) => {
      const options = { name: 'Old', host: cast.house.host };
      const old = await openFirefox({ ...options, initScripts: [lackOf(lack)] });
      await expectTurnedAway(old, link);
    },
  );

  test('A-32 SEC-4 a transform that the engine quietly ignores is noticed: everything stops, and why is said', async () => {
    const sly = await openFirefox({
      name: 'Sly',
      host: cast.house.host,
      initScripts: [ignoreTransforms],
    });
    try {
      await bringIn(ana, sly, link);
      await until('it is said', 30_000, async () =>
        (await sly.text()).includes(text('alarm.plaintext.title')),
      );
      // No flag like Chromium's keeps it back: until it is noticed it leaves in the clear, which SECURITY.md says.
      await until('no connection is left', 5_000, async () => (await flowOf(sly)).open === 0);
      expect((await ownTracksOf(sly)).map(({ state }) => state)).toEqual(['ended', 'ended']);
    } finally {
      await sly.close();
    }
  }, 120_000);
});
