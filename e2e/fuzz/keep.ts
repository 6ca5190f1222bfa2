// Writes the corpus anew: for each reader and each outcome the shortest case that came to it, and what was there before.
//   npx tsx e2e/fuzz/keep.ts
import { writeFileSync } from 'node:fs';
import { random } from '@in-camera/crypto/mls/mls.testkit.ts';
import { allTargets, casesOf } from './all.ts';
import { CORPUS, readCorpus, show, type Target } from './fuzz.ts';

const CASES = 20_000;
/** Larger cases say nothing that smaller ones do not. */
const MOST_LENGTH = 12_000;
const MOST_CASES = 12;

async function interesting(target: Target, cases: number, before: readonly string[]) {
  const found = new Map<string, string>();
  const next = random(4);
  for (let n = 0; n < cases; n += 1) {
    const input = await target.make(next);
    const line = show(input);
    const outcome = await target.read(input);
    if (line.length < (found.get(outcome)?.length ?? MOST_LENGTH)) found.set(outcome, line);
  }
  await target.after?.();
  return [...new Set([...before, ...found.values()])].slice(0, MOST_CASES);
}

const targets = await allTargets();
const shares = casesOf(targets, CASES);
const before = readCorpus();
const corpus: Record<string, string[]> = {};
for (const target of targets) {
  corpus[target.name] = await interesting(
    target,
    shares.get(target) ?? 0,
    before[target.name] ?? [],
  );
}
writeFileSync(CORPUS, `${JSON.stringify(corpus, null, 2)}\n`);
