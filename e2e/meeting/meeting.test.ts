// The main job: three people in Chromium and one in Firefox meet through real LiveKit, and each sees
// and hears each other by content, through everything that happens in a meeting.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type ChromiumPerson, openChromium } from '../harness/chromium.ts';
import { keepOnFailure } from '../harness/failure.ts';
import { type FirefoxPerson, openFirefox } from '../harness/firefox.ts';
import { capturesOf } from '../harness/gauges.ts';
import { type Person, sleep, until } from '../harness/person.ts';
import {
  installSecondCamera,
  SECOND_CAMERA_ID,
  useSecondCamera,
} from '../harness/second-camera.ts';
import { type House, openHouse } from '../harness/server.ts';
import {
  admit,
  bringIn,
  knock,
  leave,
  makeLink,
  openMeeting,
  waitForChat,
  waitForClosed,
  waitForMeeting,
  wordsOf,
  write,
} from '../harness/steps.ts';
import { expectTogether, heardOf, tileOf, waitToHear, waitToSee } from '../harness/together.ts';

const CUT_MS = 5_000;

describe('a meeting of four', () => {
  let house: House;
  let ana: ChromiumPerson;
  let ben: ChromiumPerson;
  let mei: ChromiumPerson;
  let fay: FirefoxPerson;
  let link = '';
  const all = (): readonly Person[] => [ana, ben, mei, fay];

  beforeEach(({ task }) => keepOnFailure(task.id, all));

  beforeAll(async () => {
    house = await openHouse();
    const { host } = house;
    ana = await openChromium({ name: 'Ana', id: 1, host });
    ben = await openChromium({ name: 'Ben', id: 6, host, initScripts: [installSecondCamera] });
    mei = await openChromium({ name: 'Mei', id: 11, host });
    fay = await openFirefox({ name: 'Fay', host });
  }, 300_000);

  afterAll(async () => {
    await Promise.allSettled([ana?.close(), ben?.close(), mei?.close(), fay?.close()]);
    await house?.close();
  }, 60_000);

  test('SEC-3 PBD-3 PBD-4 PBD-6 SEC-1 SEC-12 with a link, a name and a click each sees and hears all others', async () => {
    link = await makeLink(ana, house);
    await openMeeting(ana);
    await bringIn(ana, ben, link);
    await Promise.all([knock(mei, link), knock(fay, link)]);
    await admit(ana, 'Mei');
    await admit(ana, 'Fay');
    await Promise.all([waitForMeeting(mei), waitForMeeting(fay)]);
    for (const person of all()) await waitForClosed(person, 4);
    await expectTogether(all());
  }, 180_000);

  test('SEC-2 the chat reaches everyone', async () => {
    await write(ben, 'Good morning, everyone');
    for (const person of all()) await waitForChat(person, 'Good morning, everyone');
  }, 60_000);

  test('SEC-6 SEC-12 one leaves and comes back by a new knock', async () => {
    await leave(mei);
    for (const person of [ana, ben, fay]) await waitForClosed(person, 3);
    await until('her tile is gone', 10_000, async () => (await tileOf(ana, 'Mei')) === undefined);
    await bringIn(ana, mei, link);
    for (const person of all()) await waitForClosed(person, 4);
    await expectTogether(all());
  }, 120_000);

  test('A-37 PBD-2 a guest reloads: no new knock, a cue to all, and all is there again', async () => {
    await ben.reload();
    await waitForMeeting(ben);
    await until('a cue', 10_000, async () =>
      (await ana.text()).includes(text('notice.came-back', { name: 'Ben' })),
    );
    // Both devices were on: coming back opens neither.
    expect(await capturesOf(ben)).toEqual([]);
    await ben.press('button', new RegExp(`^${text('bar.unmute')}`));
    await ben.press('button', new RegExp(`^${text('bar.camera.start')}`));
    await pressSoundOn(ben);
    for (const person of all()) await waitForClosed(person, 4);
    await expectTogether(all());
  }, 120_000);

  test('A-37 one replaces the camera: the others see the new picture on the same tile', async () => {
    await useSecondCamera(ben);
    for (const viewer of [ana, mei, fay]) {
      await waitToSee(viewer, ben, 30_000, SECOND_CAMERA_ID);
    }
    await waitToHear(ana, [ben, mei, fay]);
  }, 90_000);

  test('SEC-1 one shares a screen and stops: it has a tile of its own, and no camera turns into it', async () => {
    await mei.press('button', new RegExp(`^${text('bar.share')}`));
    for (const viewer of [ana, ben, fay]) {
      await until(`${viewer.name} sees the screen`, 30_000, async () => {
        const screen = await tileOf(viewer, 'Mei', 'screen');
        return screen !== undefined && screen.shows !== 11;
      });
      await waitToSee(viewer, mei);
    }
    await mei.press('button', new RegExp(`^${text('bar.unshare')}`));
    for (const viewer of [ana, ben, fay]) {
      await until(`${viewer.name} sees it gone`, 15_000, async () => {
        return (await tileOf(viewer, 'Mei', 'screen')) === undefined;
      });
    }
  }, 120_000);

  test('F-06 the road of one is cut for five seconds: nothing to press, chat and media go on', async () => {
    const words = await wordsOf(ana, 4);
    ben.road.cut();
    await sleep(CUT_MS);
    ben.road.mend();
    await write(ana, 'Are you still there, Ben?');
    await waitForChat(ben, 'Are you still there, Ben?', 20_000);
    for (const person of all()) await waitForClosed(person, 4);
    expect(await ben.sees('dialog', /./)).toBe(false);
    // The same words mean the same epoch: nobody was keyed anew for it.
    for (const person of [ana, ben]) expect(await wordsOf(person, 4)).toBe(words);
    await waitToSee(ben, ana);
    await waitToSee(ana, ben, 30_000, SECOND_CAMERA_ID);
    await waitToHear(ben, [ana, mei, fay]);
    await waitToHear(ana, [ben, mei, fay]);
  }, 120_000);

  test('F-06 media stands still for five seconds for all and comes back by itself', async () => {
    const media = await house.livekitPid();
    process.kill(media, 'SIGSTOP');
    try {
      // A jitter buffer plays on for a moment: silence must come, and the cut lasts five seconds at least.
      const cutMs = performance.now();
      await until('silence', CUT_MS, async () => (await heardOf(ana, [ben, mei])).length === 0);
      await sleep(Math.max(0, CUT_MS - (performance.now() - cutMs)));
    } finally {
      process.kill(media, 'SIGCONT');
    }
    for (const person of all()) await waitForClosed(person, 4);
    await waitToSee(ana, mei);
    await waitToSee(mei, ana);
    await waitToSee(fay, ana);
    await waitToSee(ana, fay);
    for (const person of all()) {
      await waitToHear(
        person,
        all().filter((one) => one !== person),
      );
    }
  }, 120_000);

  test('TRA-1 no alarm was raised, no policy was broken, no page crashed, in all of this', async () => {
    for (const person of all()) {
      const bad = person.complaints().filter(({ kind }) => kind !== 'console');
      expect({ name: person.name, bad }).toEqual({ name: person.name, bad: [] });
      expect(
        await person.evaluate(
          () => document.querySelector('[data-trust="stop"]') === null,
          undefined,
        ),
      ).toBe(true);
    }
  });
});

/** After a reload a browser may keep sound back until a press. */
async function pressSoundOn(person: Person): Promise<void> {
  if (await person.sees('button', text('line.sound.on'))) {
    await person.press('button', text('line.sound.on'));
  }
}
