// admit30-ms: 30 people knock at once, the host admits all at once; time from the admission until all 30 hold the
// same new epoch. Headless: the product's session over the real server, everything in this one process.

import { HeadlessMember, knockFor, makeHeadlessMeeting, until } from '../e2e/headless/client.ts';
import { startTestServer } from '../server/testkit.ts';
import { median, record } from './record.mjs';

const PEOPLE = 30;
const RUNS = 3;

async function once(): Promise<number> {
  const server = await startTestServer();
  const meeting = await makeHeadlessMeeting(server);
  const passes = Array.from({ length: PEOPLE }, (_, i) => knockFor(server, meeting, `Guest ${i}`));
  await until(() => meeting.host.view().knocks.length === PEOPLE, 'all knocks heard', 60_000);
  const startMs = performance.now();
  const knocks = meeting.host.view().knocks.map((knock) => knock.id);
  meeting.host.intent({ kind: 'admit', knocks });
  const members = await Promise.all(
    passes.map(async (pass) => new HeadlessMember(server, await pass).start()),
  );
  const all = [meeting.host, ...members];
  await until(
    () =>
      all.every((one) => one.view().people.length === PEOPLE + 1) &&
      new Set(all.map((one) => one.secrets())).size === 1,
    'all in one epoch',
    60_000,
  );
  const tookMs = performance.now() - startMs;
  for (const member of all) await member.stop();
  await server.stop();
  return tookMs;
}

const times: number[] = [];
for (let run = 0; run < RUNS; run++) times.push(await once());
record({
  name: 'admit30-ms',
  value: Math.round(median(times)),
  unit: 'ms',
  goal: 2000,
  command: 'node --import tsx bench/admit30.ts',
});
process.exit(0);
