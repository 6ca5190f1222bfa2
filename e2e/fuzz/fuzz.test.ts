// A-29 A-55 A-65: on each change 100,000 changed messages, seeded, and the cases that were kept. A reader may refuse
// with its own code or read a value; it may not throw anything else, hang, or change.
import { describe, expect, it } from 'vitest';
import { allTargets, casesOf } from './all.ts';
import { fuzz, readCorpus, replay, VALID } from './fuzz.ts';

const CASES = 100_000;
const SEED = 29;
/** Far above what they take; on a machine that does eight things at once a case may wait. */
const CEILING_MS = 1_000;

const targets = await allTargets();
const cases = casesOf(targets, CASES);
let done = 0;

describe('A-29 A-55 A-65 SEC-16 readers of a stranger’s bytes', () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    'A-29 A-55 A-65 %s: a coded refusal or a value, in time, and nothing changes',
    async (name, target) => {
      const report = await fuzz(target, cases.get(target) ?? 0, SEED);
      expect(report.faults).toEqual([]);
      expect(report.worstMs).toBeLessThan(CEILING_MS);
      // A reader that only ever sees one outcome is not fuzzed; a sealed one has only refusals.
      expect([...report.outcomes.keys()].filter((code) => code !== VALID).length).toBeGreaterThan(
        0,
      );
      done += report.cases;
      process.stdout.write(
        `fuzz: ${name}: ${report.cases}, worst ${report.worstMs.toFixed(1)} ms\n`,
      );
    },
    120_000,
  );

  it('A-29 were given 100,000 cases in all', () => {
    expect(done).toBeGreaterThanOrEqual(CASES);
  });

  it('A-29 A-65 answer the kept cases as before: no fault, in time', async () => {
    const corpus = readCorpus();
    const names = targets.map((target) => target.name);
    expect(Object.keys(corpus).filter((name) => !names.includes(name))).toEqual([]);
    const fresh = await allTargets();
    for (const target of fresh) {
      const report = await replay(target, corpus[target.name] ?? []);
      expect([target.name, report.faults, report.cases > 0]).toEqual([target.name, [], true]);
      expect(report.worstMs).toBeLessThan(CEILING_MS);
    }
  });
});
