// A guest with a changed client takes every slot it can, so that the host's removal of somebody finds none.
import { beforeAll, expect, it } from 'vitest';
import { expectTogether, personOf, viewOf } from './looking.ts';
import { loadMlsHere } from './meeting.ts';
import { withRogue } from './rogue-scene.ts';

beforeAll(loadMlsHere);

const BOUND_MS = 2_000;
const LATENCY_MS = 30;

it('A-12 SEC-12 a guest that commits in every epoch: the removal wins within 3 tries and 2 s', async () => {
  const { sim, rogue } = await withRogue();
  sim.latencyMs = () => LATENCY_MS;
  const [host, mei] = [sim.actor('host').seat, personOf(sim, 'mei')];
  let tries = 0;
  let taken = 0;
  sim.tamperOut = (from, message) => {
    if (message.kind === 'commit' && from === host) tries++;
    return message;
  };
  const before = sim.delivery.log.length;
  await sim.intent('host', { kind: 'remove', person: mei });
  const startMs = sim.nowMs;
  const gone = (): boolean => !viewOf(sim, 'ben').people.some((one) => one.person === mei);
  while (!gone() && sim.nowMs - startMs < 5 * BOUND_MS) {
    // Its road to the server has no delay at all: each slot is seen by the rogue first.
    if (rogue.client.hasPending()) rogue.client.clearPending();
    const length = sim.delivery.log.length;
    await rogue.commit({ forcePath: true });
    taken += sim.delivery.log.length - length;
    await sim.run(20);
  }
  expect(sim.nowMs - startMs).toBeLessThanOrEqual(BOUND_MS);
  expect(tries).toBeLessThanOrEqual(3);
  // It did take a slot, and its quota of one in ten seconds let it take no second one.
  expect(taken).toBe(1);
  expect(sim.delivery.log.length - before).toBeGreaterThanOrEqual(2);
  sim.actors.delete('mei');
  await sim.run(1_000);
  expectTogether(sim, ['host', 'ben'], 1);
});
