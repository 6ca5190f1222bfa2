// What axe is told to overlook in screens.test.ts, held to by hand: the guards around an open menu hand
// the focus on at once, so that nobody ever stands on a thing that is not there for a screen reader.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENES } from './scenes.ts';
import { buildGallery, type Gallery, openGallery } from './show.ts';

let gallery: Gallery;

beforeAll(async () => {
  await buildGallery();
  gallery = await openGallery();
});
afterAll(() => gallery?.close());

const GUARD = '[data-base-ui-focus-guard]';
const onGuard = (page: Page) =>
  page.evaluate((guard) => document.activeElement?.matches(guard) ?? false, GUARD);

const MENUS = SCENES.filter(({ id }) =>
  ['room-more', 'room-more-host', 'room-leave-host'].includes(id),
);

describe.each([320, 1280])('KYA-13 the focus never rests on a guard, %i pixels wide', (width) => {
  it.each(
    MENUS.flatMap((scene) => ['Tab', 'Shift+Tab'].map((key) => [scene.id, key, scene] as const)),
  )('%s, %s', async (_, key, scene) => {
    // The first press closes the menu, so each place to press from needs a menu opened anew.
    for (const arrows of [0, 1, 2]) {
      const { page } = await gallery.open(scene, { width, height: 800, theme: 'dark' });
      await page.getByRole('menu').waitFor();
      // Without guards there would be nothing to check, and nothing for axe to overlook.
      expect(await page.locator(GUARD).count()).toBeGreaterThan(0);
      for (let down = 0; down < arrows; down += 1) await page.keyboard.press('ArrowDown');
      for (let presses = 1; presses <= 4; presses += 1) {
        await page.keyboard.press(key);
        expect(await onGuard(page), `${arrows} down, press ${presses}`).toBe(false);
      }
    }
  });
});
