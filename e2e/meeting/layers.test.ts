// Simulcast under our encryption: layers go up and down with the size at which they are looked at,
// and who comes late sees a picture at once. Two browsers with a 1280x720 camera, and a third for a moment.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, meet, openCast } from '../harness/cast.ts';
import type { ChromiumPerson } from '../harness/chromium.ts';
import { type Person, until } from '../harness/person.ts';
import { bringIn } from '../harness/steps.ts';
import { tileOf, waitToHear, waitToSee } from '../harness/together.ts';

const CAMERA = { width: 1280, height: 720 };

/** Layers that the page's encoder made frames of. */
const layersOf = (person: Person): Promise<number> =>
  person.evaluate(async () => {
    const seen = new Set<string>();
    for (const peer of globalThis.inCameraGauges?.peers ?? []) {
      for (const one of (await peer.getStats()).values()) {
        if (one.type === 'outbound-rtp' && one.kind === 'video' && one.framesSent > 0) {
          seen.add(String(one.rid ?? ''));
        }
      }
    }
    return seen.size;
  }, undefined);

const widthOf = async (viewer: Person, name: string): Promise<number> =>
  (await tileOf(viewer, name))?.width ?? 0;

describe('layers', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let ben: ChromiumPerson;
  let link = '';

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana', camera: CAMERA }, { name: 'Ben' }]);
    [ana, ben] = [cast.person('Ana'), cast.person('Ben')];
    link = await meet(cast);
  }, 300_000);
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  test('A-39 SEC-1 three layers are sealed, and a large tile climbs to a large one', async () => {
    await waitToSee(ben, ana);
    await until('three layers', 30_000, async () => (await layersOf(ana)) === 3);
    await until('a large picture', 30_000, async () => (await widthOf(ben, 'Ana')) >= 640);
    await waitToSee(ben, ana);
  }, 120_000);

  test('SEC-1 a small window goes down to a small layer and up again, with the picture right throughout', async () => {
    await ben.page.setViewportSize({ width: 320, height: 420 });
    await until('a small picture', 30_000, async () => {
      const width = await widthOf(ben, 'Ana');
      return width > 0 && width <= 640 && width < 1280;
    });
    await until('the smallest', 20_000, async () => (await widthOf(ben, 'Ana')) <= 320);
    await waitToSee(ben, ana);
    await ben.page.setViewportSize({ width: 1280, height: 800 });
    await until('a large picture again', 30_000, async () => (await widthOf(ben, 'Ana')) >= 640);
    await waitToSee(ben, ana);
  }, 120_000);

  test('A-28 A-39 who comes late sees and hears within seconds, in the middle of the layers', async () => {
    await ben.close();
    const { openChromium } = await import('../harness/chromium.ts');
    const late = await openChromium({ name: 'Mei', id: 9, host: cast.house.host });
    try {
      await bringIn(ana, late, link);
      const from = performance.now();
      await waitToSee(late, ana, 20_000);
      expect(performance.now() - from).toBeLessThan(20_000);
      await waitToHear(late, [ana]);
      await waitToSee(ana, late);
      expect(await late.sees('button', text('line.sound.on'))).toBe(false);
    } finally {
      await late.close();
    }
  }, 120_000);
});
