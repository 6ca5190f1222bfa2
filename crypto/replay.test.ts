import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPLAY_WINDOW, ReplayWindow } from './replay.ts';

const take = (window: ReplayWindow, counter: bigint) =>
  window.take(Number(counter >> 32n), Number(counter & 0xffff_ffffn));
const mayTake = (window: ReplayWindow, counter: bigint) =>
  window.mayTake(Number(counter >> 32n), Number(counter & 0xffff_ffffn));

/** The rule said as simply as possible, with nothing forgotten. */
class Model {
  readonly #taken = new Set<bigint>();
  #top: bigint | null = null;

  take(counter: bigint): boolean {
    const tooOld = this.#top !== null && counter <= this.#top - BigInt(REPLAY_WINDOW);
    if (tooOld || this.#taken.has(counter)) return false;
    this.#taken.add(counter);
    if (this.#top === null || counter > this.#top) this.#top = counter;
    return true;
  }
}

const bases = fc.constantFrom(
  0n,
  7n,
  255n,
  65_535n,
  2n ** 24n,
  2n ** 32n - 500n,
  2n ** 53n - 500n,
  2n ** 64n - 4_000n,
);
const steps = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3_999 })),
  { minLength: 1, maxLength: 200 },
);

describe('A-35 replay window', () => {
  it('A-35 SEC-7 takes what a window without limits of memory would take', () => {
    fc.assert(
      fc.property(bases, steps, (base, offsets) => {
        const window = new ReplayWindow();
        const model = new Model();
        for (const offset of offsets) {
          const counter = base + BigInt(offset);
          const expected = model.take(counter);
          expect(mayTake(window, counter)).toBe(expected);
          expect(take(window, counter)).toBe(expected);
          expect(mayTake(window, counter)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('A-35 SEC-7 ten seconds recorded and played again, in any order: none taken', () => {
    const window = new ReplayWindow();
    const recorded = Array.from({ length: 900 }, (_, i) => BigInt(65_100 + i));
    for (const counter of recorded) expect(take(window, counter)).toBe(true);
    fc.assert(
      fc.property(fc.shuffledSubarray(recorded), (again) => {
        expect(again.some((counter) => take(window, counter))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('A-39 jumps over the whole range keep order: the highest counter ends everything below', () => {
    const window = new ReplayWindow();
    expect(take(window, 5n)).toBe(true);
    expect(take(window, 2n ** 64n - 1n)).toBe(true);
    expect(take(window, 2n ** 64n - 1n)).toBe(false);
    expect(take(window, 6n)).toBe(false);
    expect(take(window, 2n ** 63n)).toBe(false);
    expect(take(window, 2n ** 64n - 1024n)).toBe(true);
    expect(take(window, 2n ** 64n - 1025n)).toBe(false);
  });

  it('a late frame inside the window is taken once, outside never', () => {
    const window = new ReplayWindow();
    expect(take(window, 2_000n)).toBe(true);
    expect(take(window, 977n)).toBe(true);
    expect(take(window, 976n)).toBe(false);
    expect(take(window, 977n)).toBe(false);
  });
});
