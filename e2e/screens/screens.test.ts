// Every screen of the gallery under the product's policy: nothing for axe to find, no complaint of the
// browser, nothing cut off on a narrow window; and the whole way by keyboard alone.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCENES, type Scene } from './scenes.ts';
import { buildGallery, type Gallery, openGallery, type View } from './show.ts';

let gallery: Gallery;

beforeAll(async () => {
  await buildGallery();
  gallery = await openGallery();
});
afterAll(() => gallery?.close());

const DESKTOP = { width: 1280, height: 800 } as const;
const PHONE = { width: 390, height: 844, theme: 'dark' } as const;
/** WCAG 2.2, 1.4.10: everything must fit a window of 320 CSS pixels. */
const NARROWEST = { width: 320, height: 640 } as const;

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Base UI puts these around an open menu: they are hidden and can be tabbed to, which axe rightly finds
 * odd, and hand the focus on at once. No setting leaves them out; `menus.test.ts` checks that they do.
 */
const GUARDS = '[data-base-ui-focus-guard]';

async function axeFinds(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).exclude(GUARDS).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

const byId = (id: string): Scene => {
  const scene = SCENES.find((one) => one.id === id);
  if (!scene) throw new TypeError(`no scene ${id}`);
  return scene;
};

/** What sticks out of the window to the right, apart from what may be scrolled there. */
const sticksOut = (page: Page) =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const seen = 'button, input, select, textarea, p, h1, h2, h3, summary';
    const out = [...document.querySelectorAll(seen)]
      .filter((element) => !element.closest('.sr-only, .overflow-x-auto, [class*=truncate]'))
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 120));
    return document.documentElement.scrollWidth > width ? ['the page', ...out] : out;
  });

describe('KYA-13 axe finds nothing, A-79 the policy is kept, 320 pixels are enough', () => {
  it.each(SCENES.map((scene) => [scene.id, scene] as const))('%s', async (_, scene) => {
    const { page, complaints } = await gallery.open(scene, { ...DESKTOP, theme: 'dark' });
    expect(await axeFinds(page)).toEqual([]);
    if (!scene.room) {
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await axeFinds(page)).toEqual([]);
    }
    await page.setViewportSize(NARROWEST);
    await expect.poll(() => sticksOut(page)).toEqual([]); // tiles follow the window a frame later
    expect(await axeFinds(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

/** What has the focus, as a screen reader would name it. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    const by = document.getElementById(element?.getAttribute('aria-labelledby') ?? '');
    const label =
      element?.getAttribute('aria-label') ?? by?.textContent ?? element?.textContent?.trim() ?? '';
    const named =
      element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : '';
    return (label || named).trim();
  });

const calls = (page: Page) =>
  page.evaluate(() => (Reflect.get(window, 'calls') as string[]).splice(0));

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`Tab never reaches ${name}`);
}

const AS_HOST = 'room-knock';
const desktop: View = { ...DESKTOP, theme: 'dark' };

describe('by keyboard alone', () => {
  it('PBD-2 PBD-6 the lobby: a name is all that is asked for, nothing is on before', async () => {
    const { page } = await gallery.open(byId('lobby-empty'), desktop);
    expect(await page.locator('input:not([type=checkbox]), textarea').count()).toBe(1);
    await tabTo(page, /^Microphone/);
    expect(await calls(page)).toEqual([]);
    await page.keyboard.press('Space');
    await tabTo(page, /^Camera/);
    await page.keyboard.press('Enter');
    expect(await calls(page)).toEqual(['turnMicrophone true', 'turnCamera true']);
    await tabTo(page, /^Choose devices/);
    await page.keyboard.press('Enter');
    expect(await page.locator('details[open]').count()).toBe(1);
    await tabTo(page, /^Knock$/);
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('Your name');
    expect(await page.getByRole('alert').filter({ hasText: 'name first' }).count()).toBe(1);
    await page.keyboard.type('Mei');
    await page.keyboard.press('Enter');
    expect((await calls(page)).slice(-2)).toEqual(['setName Mei', 'knock']);
  });

  it('the name is kept only when asked for', async () => {
    const { page } = await gallery.open(byId('lobby-empty'), desktop);
    await page.getByLabel('Your name').fill('Mei');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => localStorage.getItem('in-camera.name'))).toBeNull();
    await page.getByLabel('Remember my name').check();
    await page.getByLabel('Your name').press('Enter');
    expect(await page.evaluate(() => localStorage.getItem('in-camera.name'))).toBe('Mei');
    await page.getByLabel('Remember my name').uncheck();
    await page.getByLabel('Your name').press('Enter');
    expect(await page.evaluate(() => localStorage.getItem('in-camera.name'))).toBeNull();
  });

  it('a knock is answered', async () => {
    const { page } = await gallery.open(byId(AS_HOST), desktop);
    await tabTo(page, /^Admit Tom Becker$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Not now, Tom Becker$/);
    await page.keyboard.press('Space');
    expect(await calls(page)).toEqual(['admit knock-0', 'refuse knock-0']);
  });

  it('every control of the bar is reached in order, leaving last', async () => {
    const { page } = await gallery.open(byId(AS_HOST), desktop);
    for (const name of [
      /^Mute/,
      /^Start camera/,
      /^Share/,
      /^Chat/,
      /^People/,
      /^Raise/,
      /^More/,
    ]) {
      await tabTo(page, name);
    }
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Leave');
    await page.keyboard.press('Enter');
    // The menu takes the focus a moment after it shows, and gives it back a moment after Escape.
    await expect.poll(() => focused(page)).toMatch(/^Leave, the others/);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(page)).toMatch(/^End/);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Leave');
  });

  it('smaller pictures: asked for in the lobby and in the meeting, where devices are chosen', async () => {
    for (const id of ['lobby-devices', 'room-devices']) {
      const { page } = await gallery.open(byId(id), desktop);
      await tabTo(page, /^Smaller pictures$/);
      await page.keyboard.press('Space');
      expect(await calls(page)).toEqual(['saveData true']);
    }
  });

  it('single keys act, never while one writes, and can be switched off', async () => {
    const { page } = await gallery.open(byId('room-6'), desktop);
    for (const key of ['m', 'v', 'h']) await page.keyboard.press(key);
    expect(await calls(page)).toEqual([
      'turnMicrophone false',
      'turnCamera true',
      'raiseHand true',
    ]);
    await page.keyboard.press('c');
    await page.getByRole('textbox', { name: 'Write to everyone' }).waitFor();
    await page.keyboard.type('mvh');
    expect(await calls(page)).toEqual([]);
    await page.keyboard.press('Enter');
    expect(await calls(page)).toEqual(['sendChat mvh']);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('complementary').count()).toBe(0);
    await page.keyboard.press('p');
    expect(await page.getByRole('complementary').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+m');
    expect(await calls(page)).toEqual([]);
    await page.getByRole('button', { name: 'More' }).press('Enter');
    await page.getByRole('menuitem', { name: /shortcuts/ }).press('Enter');
    await page.getByRole('switch', { name: /single-key/ }).press('Space');
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    expect(await calls(page)).toEqual([]);
    await page.evaluate(() => localStorage.clear());
  });

  it('SEC-5 the trust line opens, words are shown and compared, focus comes back', async () => {
    const { page } = await gallery.open(byId('room-6'), desktop);
    await tabTo(page, /Nobody else/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Show the six words$/);
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'The six safety words' }).waitFor();
    await tabTo(page, /^Ben Osei$/);
    await page.keyboard.press('Space');
    expect(await calls(page)).toEqual(['safetyWords', 'markVerified person-1 true']);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toMatch(/Nobody else/);
  });

  it('a person is removed only after a second press', async () => {
    const { page } = await gallery.open(byId('room-host'), desktop);
    await page.keyboard.press('p');
    await tabTo(page, /^What you can do with Ben Osei$/);
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: /^Remove/ }).press('Enter');
    expect(await calls(page)).toEqual([]);
    expect(await focused(page)).toBe('Keep in the meeting');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await calls(page)).toEqual(['remove person-1']);
  });

  it('an alarm takes the focus, keeps it, and stays in the top line', async () => {
    const { page } = await gallery.open(byId('room-alarm-ghost'), desktop);
    const dialog = page.getByRole('alertdialog');
    for (const part of ['What happened', 'What your app did', 'What you can do']) {
      expect(await dialog.getByRole('heading', { name: part }).count()).toBe(1);
    }
    const place = () =>
      dialog.evaluate((element, guards) => {
        if (element.contains(document.activeElement)) return 'inside';
        return document.activeElement?.matches(guards) ? 'guard' : 'outside';
      }, GUARDS);
    // It takes the focus a moment after it shows. Past its last button a guard hands the focus back to
    // the first, one frame later; anywhere else is out, even for a moment.
    await expect.poll(place).toBe('inside');
    for (let presses = 0; presses < 6; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await place()).not.toBe('outside');
      await expect.poll(place).toBe('inside');
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await tabTo(page, /Someone was added without a host/);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
  });
});

describe('seen and heard', () => {
  it('PBD-4 an arrival and a knock are read out', async () => {
    const { page } = await gallery.open(byId(AS_HOST), desktop);
    const log = page.getByRole('log');
    expect(await log.textContent()).toContain('Mei Lin came in, admitted by Ana');
    expect(await log.textContent()).toContain('Tom Becker is knocking');
  });

  it('KYA-13 the focus is always seen', async () => {
    const { page } = await gallery.open(byId(AS_HOST), desktop);
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press('Tab');
      const width = await page.evaluate(() => {
        const element = document.activeElement;
        return element ? Number.parseFloat(getComputedStyle(element).outlineWidth) : 0;
      });
      expect(width, await focused(page)).toBeGreaterThanOrEqual(3);
    }
  });

  it('KYA-13 what one presses is large enough for a finger', async () => {
    const { page } = await gallery.open(byId(AS_HOST), PHONE);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button')]
        .map((button) => ({ name: button.textContent, box: button.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && (box.height < 36 || box.width < 36))
        .map(({ name }) => name),
    );
    expect(small).toEqual([]);
  });

  it('TRA-3 the notice stands before the button, with a way to the whole of it', async () => {
    const { page } = await gallery.open(byId('lobby'), { ...DESKTOP, theme: 'light' });
    const link = page.getByRole('link', { name: 'What it knows, exactly' });
    expect(await link.getAttribute('href')).toBe('/about');
    const order = await page.evaluate(() => {
      const [notice, button] = [
        document.querySelector('form a'),
        document.querySelector('[type=submit]'),
      ];
      return notice && button ? notice.compareDocumentPosition(button) : 0;
    });
    expect(order & 4).toBe(4);
  });
});
