import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeKid,
  type EpochName,
  emptyRing,
  encodeKid,
  type FrameSource,
  frameKeyContext,
  type KeyRing,
  missingKey,
  OLD_KEY_LIFE_AFTER_REMOVE_MS,
  OLD_KEY_LIFE_MS,
  pruneRing,
  type RingTurn,
  sourceCode,
  turnRing,
} from './frame-keys.ts';

const SOURCES: readonly FrameSource[] = ['microphone', 'camera', 'screen', 'screen-audio'];
const name = (epoch: number, epochTry = 0, generation = 0): EpochName => ({
  group: `g${generation}`,
  generation,
  epoch,
  try: epochTry,
});

function kid(of: EpochName, leaf: number, source: FrameSource = 'camera'): number {
  return encodeKid({
    source,
    instance: 0,
    leaf,
    generation: of.generation,
    try: of.try,
    epoch: of.epoch,
  });
}

function turn(
  of: EpochName,
  leaves: readonly number[],
  more: Partial<RingTurn<string>> = {},
): RingTurn<string> {
  const keys = leaves.map((leaf) => ({
    kid: kid(of, leaf),
    leaf,
    source: 'camera' as const,
    value: `${of.epoch}/${of.try}/${leaf}`,
  }));
  return { ...of, keys, removedLeaves: [], hadRemove: false, ...more };
}

const liveAt = (ring: KeyRing<string>, id: number, nowMs: number) =>
  pruneRing(ring, nowMs).live.get(id)?.value ?? null;

describe('key identifiers', () => {
  it('A-39 SEC-7 every field comes back, in at most 40 bits', () => {
    const parts = fc.record({
      source: fc.constantFrom(...SOURCES),
      instance: fc.nat(3),
      generation: fc.nat(15),
      leaf: fc.nat(4_095),
      try: fc.nat(15),
      epoch: fc.nat(65_535),
    });
    fc.assert(
      fc.property(parts, (one) => {
        const id = encodeKid(one);
        expect(id).toBeLessThan(2 ** 40);
        expect(decodeKid(id)).toEqual(one);
      }),
    );
  });

  it('A-39 different key, different KID; generation, try and epoch wrap', () => {
    expect(kid(name(65_536 + 5), 1)).toBe(kid(name(5), 1));
    expect(kid(name(5, 16), 1)).toBe(kid(name(5, 0), 1));
    const ids = SOURCES.flatMap((source) =>
      [0, 1, 4_095].flatMap((leaf) =>
        [0, 1].map((epochTry) => kid(name(9, epochTry), leaf, source)),
      ),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('A-39 refuses what does not fit, in both directions', () => {
    for (const leaf of [4_096, -1, 1.5, Number.NaN])
      expect(() => kid(name(1), leaf)).toThrow('kid-range');
    expect(() => sourceCode('camera', 4)).toThrow('kid-range');
    for (const id of [2 ** 40, -1, 0.5, Number.NaN]) expect(decodeKid(id)).toBeNull();
  });

  it('rule 8: the exporter context names try, leaf and source', () => {
    expect([...frameKeyContext(2, 0x0102, 'screen')]).toEqual([2, 0, 0, 1, 2, 8]);
    const all = SOURCES.map((source) => frameKeyContext(0, 1, source).join());
    expect(new Set(all).size).toBe(4);
  });
});

describe('which keys are live', () => {
  it('A-45 after a Remove: the removed at once, others for 2 s, then none', () => {
    const before = turnRing(emptyRing<string>(), turn(name(4), [0, 1, 2]), 0);
    const ring = turnRing(
      before,
      turn(name(5), [0, 1], { removedLeaves: [2], hadRemove: true }),
      1_000,
    );
    expect(liveAt(ring, kid(name(4), 2), 1_000)).toBeNull();
    expect(liveAt(ring, kid(name(4), 1), 1_000 + OLD_KEY_LIFE_AFTER_REMOVE_MS - 1)).toBe('4/0/1');
    expect(liveAt(ring, kid(name(4), 1), 1_000 + OLD_KEY_LIFE_AFTER_REMOVE_MS)).toBeNull();
    expect(liveAt(ring, kid(name(5), 1), 1e9)).toBe('5/0/1');
    expect(missingKey(ring, kid(name(4), 2))).toBe('stale');
  });

  it('A-36 without a Remove the old epoch lives 10 s', () => {
    const ring = turnRing(
      turnRing(emptyRing<string>(), turn(name(4), [1]), 0),
      turn(name(5), [1]),
      0,
    );
    expect(liveAt(ring, kid(name(4), 1), OLD_KEY_LIFE_MS - 1)).toBe('4/0/1');
    expect(liveAt(ring, kid(name(4), 1), OLD_KEY_LIFE_MS)).toBeNull();
  });

  it('A-45 a Remove soon after cuts the life of every older epoch, a later turn never lengthens it', () => {
    let ring = turnRing(emptyRing<string>(), turn(name(4), [1]), 0);
    ring = turnRing(ring, turn(name(5), [1]), 0);
    ring = turnRing(ring, turn(name(6), [1], { hadRemove: true }), 100);
    ring = turnRing(ring, turn(name(7), [1]), 200);
    expect(liveAt(ring, kid(name(4), 1), 2_099)).toBe('4/0/1');
    expect(liveAt(ring, kid(name(4), 1), 2_100)).toBeNull();
    expect(liveAt(ring, kid(name(6), 1), 2_101)).toBe('6/0/1');
  });

  it('A-45 a removed leaf whose place is taken at once: old key refused, new one taken', () => {
    const before = turnRing(emptyRing<string>(), turn(name(4), [0, 1]), 0);
    const ring = turnRing(
      before,
      turn(name(5), [0, 1], { removedLeaves: [1], hadRemove: true }),
      0,
    );
    expect(liveAt(ring, kid(name(4), 1), 0)).toBeNull();
    expect(liveAt(ring, kid(name(5), 1), 0)).toBe('5/0/1');
  });

  it('A-97 a void refuses the voided epoch at once and keeps the rightful one', () => {
    let ring = turnRing(emptyRing<string>(), turn(name(4), [0, 1]), 0);
    ring = turnRing(ring, turn(name(5), [0, 1]), 1_000);
    ring = turnRing(ring, turn(name(4, 1), [0, 1]), 2_000);
    expect(liveAt(ring, kid(name(5), 1), 2_000)).toBeNull();
    expect(missingKey(ring, kid(name(5), 1))).toBe('newer');
    expect(liveAt(ring, kid(name(4), 1), 2_000)).toBe('4/0/1');
    expect(liveAt(ring, kid(name(4, 1), 1), 2_000)).toBe('4/1/1');
    ring = turnRing(ring, turn(name(5, 0), [0, 1]), 3_000);
    expect(liveAt(ring, kid(name(5), 1), 3_000)).toBe('5/0/1');
  });

  it('A-06 epochs go back one at most, generations never', () => {
    const ring = turnRing(emptyRing<string>(), turn(name(9, 0, 3), [1]), 0);
    expect(() => turnRing(ring, turn(name(7, 1, 3), [1]), 0)).toThrow('epoch-rollback');
    expect(() => turnRing(ring, turn(name(10, 0, 2), [1]), 0)).toThrow('epoch-generation');
    expect(() => turnRing(ring, { ...turn(name(10, 0, 3), [1]), group: 'other' }, 0)).toThrow(
      'epoch-generation',
    );
    expect(turnRing(ring, turn(name(0, 0, 4), [1]), 0).current?.generation).toBe(4);
  });

  it('A-33 a key whose KID names another leaf, source or epoch is refused', () => {
    const of = name(4);
    const wrong = [
      { kid: kid(of, 2), leaf: 1, source: 'camera' as const, value: '' },
      { kid: kid(of, 1, 'screen'), leaf: 1, source: 'camera' as const, value: '' },
      { kid: kid(name(5), 1), leaf: 1, source: 'camera' as const, value: '' },
      { kid: 2 ** 40, leaf: 1, source: 'camera' as const, value: '' },
    ];
    for (const key of wrong)
      expect(() => turnRing(emptyRing<string>(), { ...turn(of, []), keys: [key] }, 0)).toThrow(
        'kid-mismatch',
      );
  });

  it('does not change the ring it was given', () => {
    const ring = turnRing(emptyRing<string>(), turn(name(4), [1, 2]), 0);
    const copy = structuredClone(ring);
    turnRing(ring, turn(name(5), [1], { removedLeaves: [2], hadRemove: true }), 50);
    pruneRing(ring, 1e9);
    expect(ring).toEqual(copy);
  });
});

describe('why a key is missing', () => {
  const ring = turnRing(
    turnRing(emptyRing<string>(), turn(name(65_535), [1]), 0),
    turn(name(65_536), [1]),
    0,
  );

  it('holds frames of what may still come, across the wrap of the epoch', () => {
    expect(missingKey(emptyRing(), kid(name(3), 1))).toBe('newer');
    expect(missingKey(ring, kid(name(65_537), 1))).toBe('newer');
    expect(missingKey(ring, kid(name(65_536, 1), 1))).toBe('newer');
    expect(missingKey(ring, kid(name(65_535, 1), 1))).toBe('newer');
    expect(missingKey(ring, kid(name(0, 0, 1), 1))).toBe('newer');
  });

  it('refuses at once what never comes', () => {
    expect(missingKey(ring, kid(name(65_536), 9))).toBe('unknown');
    expect(missingKey(ring, kid(name(65_536 + 100), 1))).toBe('unknown');
    expect(missingKey(ring, kid(name(65_534), 1))).toBe('stale');
    expect(missingKey(ring, kid(name(65_535), 9))).toBe('stale');
    expect(missingKey(ring, 2 ** 40)).toBe('unknown');
  });
});
