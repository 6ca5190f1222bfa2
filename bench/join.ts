// join-ms and join-ratio: from the host's click on "Admit" to the newcomer's first decoded picture, against a plain,
// unencrypted join of the same media server by LiveKit's own client; both in turn, on the same machine, in one run.
import { join } from 'node:path';
import { bundleScript } from '../e2e/harness/bundle.ts';
import { openCast } from '../e2e/harness/cast.ts';
import { type ChromiumPerson, openChromium } from '../e2e/harness/chromium.ts';
import { until } from '../e2e/harness/person.ts';
import { knock, leave, makeLink, openMeeting, waitForMeeting } from '../e2e/harness/steps.ts';
import { type Loop, startLoop } from '../e2e/media-loop/livekit.ts';
import { text } from '../web/i18n/i18n.ts';
import { median, record } from './record.mjs';

const RUNS = 9;
const COMMAND = 'node --import tsx bench/join.ts';

/** Notes when the last click was and when the first picture of a page was there. */
function noteTimes(): void {
  const notes = { clickMs: 0, pictureMs: 0 };
  const nowMs = () => performance.timeOrigin + performance.now();
  addEventListener('click', () => Object.assign(notes, { clickMs: nowMs() }), true);
  addEventListener(
    'loadeddata',
    ({ target }) => {
      if (target instanceof HTMLVideoElement && notes.pictureMs === 0) notes.pictureMs = nowMs();
    },
    true,
  );
  Object.assign(globalThis, { joinNotes: notes });
}
const readTimes = (person: ChromiumPerson): Promise<{ clickMs: number; pictureMs: number }> =>
  person.evaluate(() => Reflect.get(globalThis, 'joinNotes'), undefined);

async function joinOurs(
  host: ChromiumPerson,
  guest: ChromiumPerson,
  link: string,
): Promise<number> {
  await knock(guest, link, {});
  const button = text('knock.admit.name', { name: guest.name });
  await until('the knock is heard', 30_000, () => host.sees('button', button));
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await host.press('button', button);
  const { clickMs } = await readTimes(host);
  const { pictureMs } = await until('the picture', 30_000, async () => {
    const times = await readTimes(guest);
    return times.pictureMs > 0 && times;
  });
  await waitForMeeting(guest);
  await leave(guest);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await guest.goto('about:blank');
  return pictureMs - clickMs;
}

async function openPlain(name: string, id: number, loop: Loop): Promise<ChromiumPerson> {
  const flags = ['--autoplay-policy=no-user-gesture-required'];
  const person = await openChromium({ name, id, host: new URL(loop.origin).host, flags });
  await person.goto(`${loop.origin}/`);
  await person.page.waitForFunction(() => globalThis.joinPage !== undefined);
  return person;
}

async function joinPlain(guest: ChromiumPerson, loop: Loop, single: boolean): Promise<number> {
  // A page of its own for each, as ours has: loaded and waiting, not yet used.
  await guest.reload();
  await guest.page.waitForFunction(() => globalThis.joinPage !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const to = { url: loop.address({ identity: 'plain-guest' }), single };
  const tookMs = await guest.evaluate((one) => globalThis.joinPage.join(one.url, one.single), to);
  await guest.evaluate(() => globalThis.joinPage.leave(), undefined);
  return tookMs;
}

const cast = await openCast([
  { name: 'Ana', initScripts: [noteTimes] },
  { name: 'Ben', initScripts: [noteTimes] },
]);
const [host, guest] = [cast.person('Ana'), cast.person('Ben')];
const link = await makeLink(host, cast.house);
await openMeeting(host);
const page = '<!doctype html><body><script type="module" src="/page.js"></script>';
const loop = await startLoop({
  files: new Map([
    ['/', page],
    ['/page.js', await bundleScript(join(import.meta.dirname, 'join-page.ts'))],
  ]),
});
const plainHost = await openPlain('Plain host', 9, loop);
const plainGuest = await openPlain('Plain guest', 13, loop);
await plainHost.evaluate(
  (url) => globalThis.joinPage.publish(url),
  loop.address({ identity: 'plain-host' }),
);

const times: { ours: number[]; dual: number[]; single: number[] } = {
  ours: [],
  dual: [],
  single: [],
};
for (let run = 0; run <= RUNS; run++) {
  const ours = await joinOurs(host, guest, link);
  const dual = await joinPlain(plainGuest, loop, false);
  const single = await joinPlain(plainGuest, loop, true);
  // The first run warms caches on both sides.
  if (run === 0) continue;
  times.ours.push(ours);
  times.dual.push(dual);
  times.single.push(single);
  console.log(
    `ours ${ours.toFixed(0)}, plain ${dual.toFixed(0)}, plain single ${single.toFixed(0)} ms`,
  );
}
const [ours, dual, single] = [median(times.ours), median(times.dual), median(times.single)];
console.log(`plain, one connection instead of two: ${(single / dual).toFixed(2)} of the time`);
record({ name: 'join-ms', value: Math.round(ours), unit: 'ms', goal: 700, command: COMMAND });
record({ name: 'join-ratio', value: ours / dual, unit: 'ratio', goal: 1.2, command: COMMAND });
await Promise.all([plainHost.close(), plainGuest.close()]);
await loop.stop();
await cast.close();
process.exit(0);
