// The same person in two places, or away and back: a second tab, the browser's own Back. One place at a time, and each
// return is a new leaf with counters of its own (A-37, F-17).
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, meet, openCast } from '../harness/cast.ts';
import { type ChromiumPerson, openChromium } from '../harness/chromium.ts';
import { keepOnFailure } from '../harness/failure.ts';
import { judgedBy } from '../harness/gauges.ts';
import { sleep, until } from '../harness/person.ts';
import { turnBothOn, waitForClosed, waitForMeeting } from '../harness/steps.ts';
import { waitToHear, waitToSee } from '../harness/together.ts';

const heading = (page: Page, words: string) => page.getByRole('heading', { name: words }).waitFor();

describe('one person, one place', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let ben: ChromiumPerson;

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana' }, { name: 'Ben' }]);
    [ana, ben] = [cast.person('Ana'), cast.person('Ben')];
    await meet(cast, { microphone: true });
    await waitToHear(ana, [ben]);
  }, 300_000);
  beforeEach(({ task }) => keepOnFailure(task.id, () => [ana, ben]));
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  const cameBack = () =>
    until('a cue', 30_000, async () =>
      (await ana.text()).includes(text('notice.came-back', { name: 'Ben' })),
    );

  test('A-37 F-17 SEC-7 a second tab takes no counter: it waits, takes over when asked, and the first one stops', async () => {
    const second = await ben.context.newPage();
    await second.goto(ben.page.url());
    await heading(second, text('elsewhere.title'));
    // The first goes on as if nothing had happened.
    await waitToHear(ana, [ben]);
    await second.getByRole('button', { name: text('end.continueHere') }).click();
    await heading(ben.page, text('elsewhere.title'));
    await second.locator('[data-trust]').waitFor();
    await cameBack();
    await waitForClosed(ana, 2);
    await second.close();
    await ben.press('button', text('end.continueHere'));
    await waitForMeeting(ben, 60_000);
    await ben.press('button', new RegExp(`^${text('bar.unmute')}`));
    await waitToHear(ana, [ben]);
  }, 120_000);

  test('A-37 SEC-7 away and back by the browser’s own buttons: a new leaf, no page out of the cache', async () => {
    const before = await ben.evaluate(() => performance.timeOrigin, undefined);
    await ben.goto('about:blank');
    await ben.page.goBack();
    await waitForMeeting(ben, 60_000);
    // A page that the browser had kept whole would have kept its workers, and with them its counters.
    expect(await ben.evaluate(() => performance.timeOrigin, undefined)).toBeGreaterThan(before);
    await cameBack();
    await ben.press('button', new RegExp(`^${text('bar.unmute')}`));
    await waitToHear(ana, [ben]);
    await waitForClosed(ana, 2);
  }, 120_000);

  test('F-12 a script that takes eight seconds on a slow road is no dead worker', async () => {
    let slowed = 0;
    await ben.context.route(/\/assets\/vault-/, async (route) => {
      slowed++;
      await sleep(8_000);
      await route.continue();
    });
    await ben.reload();
    await waitForMeeting(ben, 60_000);
    expect(slowed).toBeGreaterThan(0);
    expect(await ben.text()).not.toContain(text('line.recovered'));
    expect(await ben.text()).not.toContain(text('alarm.worker-died.title'));
    await waitForClosed(ana, 2);
  }, 120_000);

  test('A-37 SEC-7 the browser is killed and its page opened again: no new knock, a new leaf, no old counter', async () => {
    // Chromium restores no session without a screen: its profile and the address that the tab had are what it would use.
    const address = ben.page.url();
    await ben.kill();
    const again = await openChromium({ name: 'Ben', id: 5, host: cast.house.host, after: ben });
    try {
      await again.goto(address);
      await waitForMeeting(again, 60_000);
      await cameBack();
      expect(await ana.sees('button', text('knock.admit.name', { name: 'Ben' }))).toBe(false);
      await turnBothOn(again);
      await waitToHear(ana, [again]);
      await waitToSee(ana, again);
      await waitForClosed(ana, 2);
      const { good, bad, replayed } = await judgedBy(ana);
      expect(good).toBeGreaterThan(0);
      expect({ bad, replayed }).toEqual({ bad: 0, replayed: 0 });
    } finally {
      await again.close();
    }
  }, 180_000);
});
