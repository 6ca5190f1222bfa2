// How long a meeting takes to be whole again after a fault: the server killed (F-01), one person's road cut for five
// seconds (F-06), a frames worker ended (F-12). Two people in Chromium, through the real server and media server.
import { meet, openCast } from '../e2e/harness/cast.ts';
import { endWorker, timesRead } from '../e2e/harness/gauges.ts';
import { sleep, until } from '../e2e/harness/person.ts';
import { turnBothOn, waitForChat, waitForClosed, write } from '../e2e/harness/steps.ts';
import { waitToSee } from '../e2e/harness/together.ts';
import { text } from '../web/i18n/i18n.ts';
import { median, record } from './record.mjs';

/** A page whose workers die more often in a minute gives up. */
const RUNS = 3;
const COMMAND = 'node --import tsx bench/faults.ts';
const WAIT_MS = 60_000;

const cast = await openCast([{ name: 'Ana' }, { name: 'Ben' }]);
const [ana, ben] = [cast.person('Ana'), cast.person('Ben')];
await meet(cast);
let said = 0;

/** A word each way, which takes both sockets, one epoch and equal keys. */
async function talk(): Promise<void> {
  for (const [from, to] of [
    [ana, ben],
    [ben, ana],
  ] as const) {
    const words = `word ${said++}.`;
    await write(from, words);
    await waitForChat(to, words, WAIT_MS);
  }
}

async function settle(): Promise<void> {
  for (const person of [ana, ben]) await waitForClosed(person, 2, WAIT_MS);
  await waitToSee(ana, ben, WAIT_MS);
  await waitToSee(ben, ana, WAIT_MS);
  await talk();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function serverKilled(): Promise<number> {
  await cast.house.kill();
  await sleep(1_000);
  await cast.house.start();
  return timed(talk);
}

async function roadCut(): Promise<number> {
  ben.road.cut();
  await sleep(5_000);
  ben.road.mend();
  return timed(talk);
}

async function workerEnded(): Promise<number> {
  const words = text('notice.came-back', { name: 'Ben' });
  const before = await timesRead(ana, words);
  await endWorker(ben, 'frames');
  const tookMs = await timed(async () => {
    const isBack = async () => (await timesRead(ana, words)) > before;
    await until('Ben is back', WAIT_MS, isBack, 50);
  });
  await sleep(1_000);
  await turnBothOn(ben);
  return tookMs;
}

await settle();
for (const [name, goal, fault] of [
  ['fault-server-ms', 10_000, serverKilled],
  ['fault-cut-ms', 2_000, roadCut],
  ['fault-worker-ms', 5_000, workerEnded],
] as const) {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    times.push(await fault());
    console.log(`${name} ${times.at(-1)?.toFixed(0)}`);
    await settle();
  }
  record({ name, value: Math.round(median(times)), unit: 'ms', goal, command: COMMAND });
}
await cast.close();
process.exit(0);
