// After a removal: the removed member's own frames worker, kept alive with every key it ever had, opens
// nothing sent more than two seconds later; a joiner's opens nothing sent before; returns are refused.
// Ciphertext is recorded by a hidden tap with the media server's own key.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { newCanary } from '../harness/canary.ts';
import { type Cast, meet, openCast } from '../harness/cast.ts';
import type { ChromiumPerson } from '../harness/chromium.ts';
import { feedFrames, installKeyKeeper } from '../harness/frame-tap.ts';
import {
  framesOf,
  type Hostile,
  mediaKeysOf,
  openHostile,
  record,
  type Tapped,
} from '../harness/hostile.ts';
import { sleep, until } from '../harness/person.ts';
import { bringIn, leave, remove, waitForChat, waitForClosed, write } from '../harness/steps.ts';
import { heardOf, tileOf, waitToHear, waitToSee } from '../harness/together.ts';

const BOUND_MS = 2_000;

/** What a person's worker makes of everyone's sounds, one member after the other: a slot belongs to one. */
async function feedEach(person: ChromiumPerson, tapped: readonly Tapped[]) {
  const sum = { fed: 0, opened: 0, refused: 0 };
  for (const one of tapped) {
    const sounds = framesOf([one], 'microphone').slice(-60);
    if (sounds.length === 0) continue;
    const { fed, good, replayed, unknownKey, stale, bad } = await feedFrames(person, sounds);
    sum.fed += fed;
    sum.opened += good + replayed;
    sum.refused += unknownKey + stale + bad;
  }
  return sum;
}

describe('removed, departed, late', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let ben: ChromiumPerson;
  let mei: ChromiumPerson;
  let tap: Hostile;
  let link = '';

  beforeAll(async () => {
    cast = await openCast([
      { name: 'Ana' },
      { name: 'Ben', initScripts: [installKeyKeeper] },
      { name: 'Mei', initScripts: [installKeyKeeper] },
    ]);
    [ana, ben, mei] = [cast.person('Ana'), cast.person('Ben'), cast.person('Mei')];
    link = await meet(cast);
    tap = await openHostile(mediaKeysOf(cast.house));
  }, 300_000);
  afterAll(async () => {
    await tap?.close();
    await cast?.close();
  }, 60_000);

  test('SEC-6 SEC-12 A-21 A-45 a removed member opens nothing that was sent more than 2 s later', async () => {
    await waitToHear(ben, [ana, mei]);
    const before = await record(cast.house, tap, 3_000);
    await remove(ana, 'Ben');
    await until('he is told', 10_000, () => ben.sees('heading', text('removed.title')));
    await Promise.all([waitForClosed(ana, 2), waitForClosed(mei, 2)]);
    await sleep(BOUND_MS);
    const after = await record(cast.house, tap, 4_000);
    // The worker is alive and its keys are there: what went before is known to it.
    const known = await feedEach(ben, before);
    expect(known.fed).toBeGreaterThan(50);
    expect(known.opened).toBeGreaterThan(20);
    const opened = await feedEach(ben, after);
    expect(opened.fed).toBeGreaterThan(50);
    expect(opened.opened).toBe(0);
    expect(opened.refused).toBeGreaterThan(50);
    // Those who stayed still hear each other: the frames were real ones.
    await waitToHear(ana, [mei]);
    await waitToSee(mei, ana);
    expect(await heardOf(ana, [ben])).toEqual([]);
    expect(await tileOf(ana, 'Ben')).toBeUndefined();
  }, 180_000);

  test('A-19 A-21 SEC-12 the removed one cannot come back in: not by a reload, not by any ticket it had', async () => {
    const before = ben.road.tunnels().opened;
    await ben.reload();
    await sleep(6_000);
    expect(await tileOf(ana, 'Ben')).toBeUndefined();
    await waitForClosed(ana, 2);
    await waitForClosed(mei, 2);
    expect(
      await ben.evaluate(() => document.querySelector('[data-trust]') === null, undefined),
    ).toBe(true);
    expect(ben.road.tunnels().opened).toBeGreaterThanOrEqual(before);
  }, 60_000);

  test('A-28 SEC-6 a joiner opens nothing that was sent before, and reads no chat of before', async () => {
    const secret = newCanary('before');
    await write(ana, secret);
    await waitForChat(mei, secret);
    const early = await record(cast.house, tap, 4_000);
    const { openChromium } = await import('../harness/chromium.ts');
    const late = await openChromium({ name: 'Lea', id: 13, host: cast.house.host });
    try {
      await bringIn(ana, late, link);
      for (const person of [ana, mei, late]) await waitForClosed(person, 3);
      await waitToHear(late, [ana, mei]);
      await sleep(2_000);
      const recent = await record(cast.house, tap, 3_000);
      for (const source of ['microphone', 'camera']) {
        const past = framesOf(early, source);
        expect(past.length).toBeGreaterThan(20);
        const opened = await feedFrames(late, past);
        expect(opened.fed).toBeGreaterThan(0);
        expect({ source, good: opened.good, replayed: opened.replayed }).toEqual({
          source,
          good: 0,
          replayed: 0,
        });
        expect(opened.unknownKey + opened.stale).toBeGreaterThan(0);
      }
      expect((await feedEach(late, recent)).opened).toBeGreaterThan(20);
      await late.press('button', /^Chat/);
      await sleep(1_000);
      expect(await late.text()).not.toContain(secret);
    } finally {
      await leave(late).catch(() => undefined);
      await late.close();
    }
  }, 180_000);

  test('SEC-6 SEC-12 who left by themselves opens nothing sent more than 2 s later either', async () => {
    await Promise.all([waitForClosed(ana, 2), waitForClosed(mei, 2)]);
    await leave(mei);
    await waitForClosed(ana, 1);
    await sleep(BOUND_MS);
    const opened = await feedEach(mei, await record(cast.house, tap, 4_000));
    expect(opened.fed).toBeGreaterThan(50);
    expect(opened.opened).toBe(0);
    expect(opened.refused).toBeGreaterThan(50);
  }, 90_000);
});
