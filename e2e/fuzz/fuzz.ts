// Throws changed messages at one reader and counts what comes of it: a value, a refusal, or a fault. A fault is any
// exception that the reader did not promise, a changed message taken for a true one where none may be, or time.
import { readFileSync } from 'node:fs';
import { fromBase64url } from '@in-camera/crypto/bytes.ts';
import { random } from '@in-camera/crypto/mls/mls.testkit.ts';
import type { Next } from './mutate.ts';

export const VALID = 'valid';
/** A reader slower than this is tried again on the same bytes: a pause of the machine is not the reader's. */
const SLOW_MS = 100;
const TRIES = 3;
const MOST_FAULTS = 5;

export type Target<Input = unknown> = {
  readonly name: string;
  /** Of 1,000 cases. */
  readonly share: number;
  readonly make: (next: Next) => Input | Promise<Input>;
  /** `valid`, or the code of the refusal. Throws on anything else. */
  readonly read: (input: Input) => string | Promise<string>;
  /** Nothing changed may pass: signed, sealed or hashed. */
  readonly sealed?: boolean;
  /** What must be the same before and after. */
  readonly state?: () => string;
  /** After all of it, the true message still counts. */
  readonly after?: () => void | Promise<void>;
};

/** For a list of readers of different things: each is given only what its own `make` made. */
export const erase = <Input>(target: Target<Input>): Target => ({
  ...target,
  read: (input) => target.read(input as Input),
});

export type Report = {
  readonly name: string;
  readonly cases: number;
  readonly worstMs: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly faults: readonly string[];
};

/** As it is written into a report and the corpus: bytes as base64url, all else as JSON. */
export function show(input: unknown): string {
  if (input instanceof Uint8Array) return `b:${Buffer.from(input).toString('base64url')}`;
  if (typeof input === 'string') return `t:${input}`;
  const plain = (_key: string, one: unknown): unknown =>
    typeof one === 'bigint' || one === undefined ? String(one) : one;
  return `j:${JSON.stringify(input, plain)}`;
}

function unshow(line: string): unknown {
  const rest = line.slice(2);
  if (line.startsWith('b:')) return fromBase64url(rest);
  return line.startsWith('t:') ? rest : (JSON.parse(rest) as unknown);
}

async function tryOne<Input>(target: Target<Input>, input: Input): Promise<[string, number]> {
  const startMs = performance.now();
  const outcome = await target.read(input);
  return [outcome, performance.now() - startMs];
}

/** `inputs` one after the other; stops at the fifth fault. */
async function runInputs<Input>(
  target: Target<Input>,
  inputs: AsyncIterable<Input>,
): Promise<Report> {
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  let [cases, worstMs] = [0, 0];
  const before = target.state?.();
  for await (const input of inputs) {
    cases += 1;
    try {
      let [outcome, ms] = await tryOne(target, input);
      for (let n = 1; n < TRIES && ms > SLOW_MS; n += 1)
        ms = Math.min(ms, (await tryOne(target, input))[1]);
      worstMs = Math.max(worstMs, ms);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (outcome === VALID && target.sealed) faults.push(`taken: ${show(input)}`);
    } catch (error) {
      faults.push(`${String(error)}: ${show(input)}`);
    }
    if (faults.length >= MOST_FAULTS) break;
  }
  if (target.state?.() !== before) faults.push('its state changed');
  return { name: target.name, cases, worstMs, outcomes, faults };
}

async function* changed<Input>(target: Target<Input>, cases: number, seed: number) {
  const next = random(seed);
  for (let n = 0; n < cases; n += 1) yield await target.make(next);
}

export async function fuzz<Input>(
  target: Target<Input>,
  cases: number,
  seed: number,
): Promise<Report> {
  const report = await runInputs(target, changed(target, cases, seed));
  await target.after?.();
  return report;
}

export const CORPUS = new URL('./corpus/corpus.json', import.meta.url);

/** Kept cases of all targets, by name: for each outcome of a reader the shortest that came to it. */
export function readCorpus(): Record<string, string[]> {
  return JSON.parse(readFileSync(CORPUS, 'utf8')) as Record<string, string[]>;
}

async function* kept<Input>(lines: readonly string[]) {
  for (const line of lines) yield unshow(line) as Input;
}

export async function replay<Input>(
  target: Target<Input>,
  lines: readonly string[],
): Promise<Report> {
  const report = await runInputs(target, kept<Input>(lines));
  await target.after?.();
  return report;
}
