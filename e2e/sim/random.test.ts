// Whole meetings at random: whatever honest people and a bad network do, they end in one epoch, or say so.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadMlsHere } from './meeting.ts';
import { anyStep, RandomMeeting, type Step } from './random-meeting.ts';

beforeAll(loadMlsHere);

/** FC_RUNS=1000 for a long night, FC_SEED to repeat one. */
const RUNS = Number(process.env.FC_RUNS ?? 60);
const SEED = Number(process.env.FC_SEED ?? 20261123);
const STEPS = 40;

async function play(seed: number, steps: readonly Step[]): Promise<RandomMeeting> {
  const meeting = await RandomMeeting.start(seed);
  for (const step of steps) await meeting.take(step);
  await meeting.settle();
  meeting.check();
  return meeting;
}

describe('random meetings', () => {
  it('F-06 F-07 F-11 F-15 converge to one epoch with equal keys and lists, and without any alarm', {
    timeout: 3_600_000,
  }, async () => {
    let people = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2 ** 31),
        fc.array(anyStep, { minLength: STEPS, maxLength: STEPS }),
        async (seed, steps) => {
          people += (await play(seed, steps)).alive().length;
        },
      ),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env.FC_SHRINK === undefined },
    );
    // Not vacuous: people are in at the end.
    expect(people).toBeGreaterThan(2 * RUNS);
  });
});
