// What a host and a guest do besides talking, in real browsers: hand, name, lock, end for all.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { type Cast, meet, openCast } from '../harness/cast.ts';
import type { ChromiumPerson } from '../harness/chromium.ts';
import { keepOnFailure } from '../harness/failure.ts';
import { timesRead } from '../harness/gauges.ts';
import { type Person, sleep, until } from '../harness/person.ts';
import {
  admit,
  isInMeeting,
  knock,
  leave,
  waitForClosed,
  waitForMeeting,
} from '../harness/steps.ts';

/** Longer than sounds of one kind are held back for (web/room/sounds.ts). */
const QUIET_MS = 1600;

/** Notes every tone that the page plays, in hertz. */
function installListener(): void {
  const tones: number[] = [];
  Object.assign(globalThis, { playedTones: tones });
  const native = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function start(this: OscillatorNode, ...at: [number?]): void {
    tones.push(Math.round(this.frequency.value));
    native.apply(this, at);
  };
}
const tonesOf = (person: Person): Promise<readonly number[]> =>
  person.evaluate(() => Reflect.get(globalThis, 'playedTones'), undefined);

const reads = (person: Person, words: string) =>
  until(`${person.name} reads "${words}"`, 30_000, async () =>
    (await person.text()).includes(words),
  );

async function fromMore(host: Person, item: string): Promise<void> {
  await host.press('button', text('bar.more'));
  await host.press('menuitem', item);
}

describe('a host and a guest', () => {
  let cast: Cast;
  let ana: ChromiumPerson;
  let ben: ChromiumPerson;
  let mei: ChromiumPerson;
  let link = '';

  beforeAll(async () => {
    const initScripts = [installListener];
    cast = await openCast(['Ana', 'Ben', 'Mei'].map((name) => ({ name, initScripts })));
    [ana, ben, mei] = [cast.person('Ana'), cast.person('Ben'), cast.person('Mei')];
    link = await meet(cast, {});
    await leave(mei);
    for (const person of [ana, ben]) await waitForClosed(person, 2);
  }, 300_000);
  beforeEach(({ task }) => keepOnFailure(task.id, () => cast.people));
  afterAll(async () => {
    await cast?.close();
  }, 60_000);

  test('PBD-4 an arrival is seen, heard once and read out, at host and guest alike', async () => {
    // With a microphone on, leaving has more to say, and must not write anything anew by it.
    await knock(mei, link, { microphone: true });
    await until('the knock', 30_000, () =>
      ana.sees('button', text('knock.admit.name', { name: 'Mei' })),
    );
    // Mei came in once before: that telling must not be taken for this one, nor its sound hush the next.
    await sleep(QUIET_MS);
    const words = text('notice.came-in', { name: 'Mei', by: 'Ana' });
    const before = await Promise.all(
      [ana, ben].map(async (person) => ({
        person,
        tones: (await tonesOf(person)).length,
        read: await timesRead(person, words),
      })),
    );
    await admit(ana, 'Mei');
    await waitForMeeting(mei);
    for (const { person, tones, read } of before) {
      await until(
        `${person.name} hears it read`,
        10_000,
        async () => (await timesRead(person, words)) > read,
      );
      expect(await person.text()).toContain(words);
      // A fourth, rising, and nothing else.
      expect((await tonesOf(person)).slice(tones)).toEqual([523, 698]);
      expect(await timesRead(person, words)).toBe(read + 1);
    }
    expect(await tonesOf(mei)).toEqual([]);
  }, 90_000);

  test('SEC-8 what is kept cannot be read out, and a guest who leaves keeps nothing', async () => {
    const keptBy = (person: Person) =>
      person.evaluate(async () => {
        const opened = await new Promise<IDBDatabase>((resolve) => {
          const opening = indexedDB.open('in-camera', 1);
          opening.onsuccess = () => resolve(opening.result);
        });
        type Row = { key: CryptoKey; authority?: CryptoKey; box: Uint8Array };
        const rows = await new Promise<Row[]>((resolve) => {
          const asking = opened.transaction('meetings').objectStore('meetings').getAll();
          asking.onsuccess = () => resolve(asking.result as Row[]);
        });
        opened.close();
        const keys = rows.flatMap(({ key, authority }) => [key, ...(authority ? [authority] : [])]);
        const read: string[] = [];
        for (const key of keys) {
          for (const format of ['raw', 'jwk', 'pkcs8'] as const) {
            await crypto.subtle.exportKey(format as 'raw', key).then(
              () => read.push(format),
              () => undefined,
            );
          }
        }
        const boxes = rows.map(({ box }) => String.fromCharCode(...box)).join('');
        return { rows: rows.length, keys: keys.length, read, boxes };
      }, undefined);
    for (const [person, keys] of [
      [ana, 2],
      [mei, 1],
    ] as const) {
      const kept = await keptBy(person);
      expect({ rows: kept.rows, keys: kept.keys, read: kept.read }).toEqual({
        rows: 1,
        keys,
        read: [],
      });
      for (const secret of [person.name, link.split('#')[1] ?? '?']) {
        expect(kept.boxes.includes(secret)).toBe(false);
      }
    }
    await leave(mei);
    await sleep(500);
    expect((await keptBy(mei)).rows).toBe(0);
    await waitForClosed(ana, 2);
  }, 60_000);

  test('a raised hand is told to all, and a changed name with the name before', async () => {
    await ben.press('button', text('bar.hand.up'));
    await reads(ana, text('notice.hand', { name: 'Ben' }));
    await ben.press('button', text('bar.hand.down'));
    await ben.press('button', /^People/);
    await ben.press('button', text('people.rename'));
    await ben.fill(text('people.rename.label'), 'Benedikt');
    await ben.press('button', text('people.rename.save'));
    await reads(ana, text('notice.renamed', { from: 'Ben', to: 'Benedikt' }));
    await ana.press('button', /^People/);
    await reads(ana, text('mark.renamed', { from: 'Ben' }));
  }, 60_000);

  test('PBD-3 a locked meeting lets nobody in and says so; unlocked, the next knock is heard', async () => {
    await fromMore(ana, text('more.lock'));
    await reads(ben, text('notice.locked'));
    await knock(mei, link, {});
    await until('Mei is told', 30_000, () => mei.sees('heading', text('cannot.locked.title')));
    expect(await isInMeeting(mei)).toBe(false);
    await waitForClosed(ana, 2);
    await fromMore(ana, text('more.unlock'));
    await reads(ben, text('notice.unlocked'));
    await knock(mei, link, {});
    await admit(ana, 'Mei');
    await waitForMeeting(mei);
    for (const person of cast.people) await waitForClosed(person, 3);
  }, 120_000);

  test('SEC-8 the host ends it for all: everyone is told, nothing is kept, and the link is over', async () => {
    await fromMore(ana, text('more.end'));
    await ana.press('button', text('end.confirm.yes'));
    for (const person of cast.people) {
      await until(`${person.name} is told`, 30_000, () =>
        person.sees('heading', text('ended.title')),
      );
      const kept = await person.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const opening = indexedDB.open('in-camera', 1);
            opening.onsuccess = () => {
              const store = opening.result.transaction('meetings').objectStore('meetings');
              const counting = store.count();
              counting.onsuccess = () => resolve(counting.result);
            };
          }),
        undefined,
      );
      expect({ name: person.name, kept }).toEqual({ name: person.name, kept: 0 });
    }
    await ben.goto(link);
    await until('it is over', 30_000, () =>
      ben.sees('heading', text('cannot.over-or-incomplete.title')),
    );
  }, 120_000);
});
