// The whole path by keyboard alone, from start to leave, and axe on every real screen on the way.
import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, openCast } from '../harness/cast.ts';
import type { ChromiumPerson } from '../harness/chromium.ts';
import { until } from '../harness/person.ts';
import { waitForChat, waitForClosed, waitForMeeting } from '../harness/steps.ts';

/** What has the focus: its role as far as the tests need it, and its name. */
const focusOf = (person: ChromiumPerson): Promise<string> =>
  person.evaluate(() => {
    const one = document.activeElement;
    if (!(one instanceof HTMLElement) || one === document.body) return '';
    const labels = one instanceof HTMLInputElement ? [...(one.labels ?? [])] : [];
    return (
      one.getAttribute('aria-label') ??
      (labels.map((label) => label.innerText).join(' ') || one.innerText)
    );
  }, undefined);

const MOST_TABS = 60;

async function tabTo(person: ChromiumPerson, wanted: RegExp): Promise<void> {
  for (let i = 0; i < MOST_TABS; i += 1) {
    if (wanted.test(await focusOf(person))) return;
    await person.key('Tab');
  }
  throw new Error(`no way by keyboard to ${wanted}`);
}

const named = (words: string): RegExp =>
  new RegExp(`^${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);

async function act(person: ChromiumPerson, words: string, key = 'Enter'): Promise<void> {
  await tabTo(person, named(words));
  await person.key(key);
}

/** Findings of axe as one line each; `where` names the screen in a failure. */
async function audit(person: ChromiumPerson, where: string): Promise<void> {
  // Colours in the middle of a fade are not what anyone reads.
  await person.page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  // The guards around an open menu hand the focus on at once: e2e/screens/menus.test.ts holds them to it.
  const { violations } = await new AxeBuilder({ page: person.page })
    .exclude('[data-base-ui-focus-guard]')
    .analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((one) => one.target.join(' ')).join(', ')}`,
  );
  expect({ where, found }).toEqual({ where, found: [] });
}

describe('by keyboard alone', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let ben: ChromiumPerson;
  let link = '';

  beforeAll(async () => {
    cast = await openCast([{ name: 'Ana' }, { name: 'Ben' }]);
    [ana, ben] = [cast.person('Ana'), cast.person('Ben')];
  }, 300_000);
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  test('PBD-2 TRA-1 start, link, lobby, knock, admit, meeting, chat, people, leave: no mouse, no finding of axe', async () => {
    await ana.goto(cast.house.startAddress());
    await until('the start page', 20_000, () => ana.sees('button', text('start.button')));
    await audit(ana, 'start');
    await act(ana, text('start.button'));
    await until('the link', 30_000, () => ana.sees('button', text('link.open')));
    await audit(ana, 'link ready');
    link = await ana.evaluate(
      () => document.querySelector<HTMLInputElement>('input[readonly]')?.value ?? '',
      undefined,
    );
    await act(ana, text('link.open'));
    await until('the lobby of the host', 30_000, () =>
      ana.sees('heading', text('lobby.title.host')),
    );
    await audit(ana, 'lobby of the host');
    await tabTo(ana, named(text('lobby.name')));
    await ana.type('Ana');
    await ana.key('Enter');
    await waitForMeeting(ana);

    await ben.goto(link);
    await until('the lobby', 30_000, () => ben.sees('textbox', text('lobby.name')));
    await audit(ben, 'lobby');
    await act(ben, text('device.microphone'), 'Space');
    await act(ben, text('device.camera'), 'Space');
    await until('the preview', 10_000, () =>
      ben.evaluate(() => document.querySelector('video') !== null, undefined),
    );
    await audit(ben, 'lobby with devices on');
    await tabTo(ben, named(text('lobby.name')));
    await ben.type('Ben');
    await ben.key('Enter');
    await until('waiting', 30_000, () => ben.sees('heading', text('waiting.title.told')));
    await audit(ben, 'waiting');

    await until('a knock', 30_000, () =>
      ana.sees('button', text('knock.admit.name', { name: 'Ben' })),
    );
    await audit(ana, 'meeting with a knock');
    await act(ana, text('knock.admit.name', { name: 'Ben' }));
    await waitForMeeting(ben);
    for (const person of [ana, ben]) await waitForClosed(person, 2);
    await audit(ana, 'meeting of two');

    await act(ben, text('bar.chat'));
    await until('the chat', 10_000, () => ben.sees('textbox', text('chat.label')));
    await tabTo(ben, named(text('chat.label')));
    await ben.type('Written without a mouse');
    await ben.key('Enter');
    await waitForChat(ana, 'Written without a mouse');
    await audit(ana, 'meeting with chat');
    await act(ana, text('bar.people'));
    await until('people', 10_000, () => ana.sees('button', text('people.words')));
    await audit(ana, 'meeting with people');
    await act(ana, text('people.words'));
    await until('who is here', 10_000, () => ana.sees('heading', text('trust.dialog.title')));
    await act(ana, text('words.show'));
    await until('the words', 30_000, () => ana.sees('list', text('words.list')));
    await audit(ana, 'who is here, with words');
    // In one line what is sealed and to whom, what there is not for that reason, and the way to the whole of it.
    const said = await ana.text();
    expect(said).toContain(text('trust.dialog.closed'));
    expect(said).toContain(text('trust.dialog.without'));
    const opening = ana.context.waitForEvent('page');
    await act(ana, text('seen.more'));
    const about = await opening;
    await about.getByRole('heading', { name: text('about.title') }).waitFor();
    await about.close();
    await ana.key('Escape');

    await act(ben, text('bar.leave'));
    await until('left', 20_000, () => ben.sees('heading', text('left.title')));
    await audit(ben, 'left');
    await act(ana, text('bar.leave'));
    await until('the question', 10_000, () =>
      ana.sees('menuitem', new RegExp(text('leave.host.end'))),
    );
    await audit(ana, 'leaving as host');
    await ana.key('ArrowDown');
    for (let i = 0; i < 3 && !named(text('leave.host.end')).test(await focusOf(ana)); i += 1) {
      await ana.key('ArrowDown');
    }
    await ana.key('Enter');
    await until('asked', 10_000, () => ana.sees('button', text('end.confirm.yes')));
    await audit(ana, 'ending for everyone');
    await act(ana, text('end.confirm.yes'));
    await until('ended', 20_000, () => ana.sees('heading', text('ended.title')));
    await audit(ana, 'ended');
  }, 300_000);

  test('TRA-1 SEC-11 what a stale link says is reachable and clean, too', async () => {
    await ben.goto(link);
    await until('over', 30_000, () => ben.sees('heading', text('cannot.over-or-incomplete.title')));
    await audit(ben, 'over or incomplete');
    await ben.goto(`${cast.house.origin}/j/${link.split('/j/')[1]?.slice(0, 22)}`);
    await until('incomplete', 30_000, () =>
      ben.sees('heading', text('cannot.link-incomplete.title')),
    );
    await audit(ben, 'link incomplete');
    await ben.goto(`${cast.house.origin}/about`);
    await until('about', 30_000, () => ben.sees('heading', text('about.title')));
    await audit(ben, 'about');
  }, 90_000);
});
