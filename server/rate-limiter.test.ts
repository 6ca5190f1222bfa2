import { describe, expect, it } from 'vitest';
import { createRateLimiter } from './rate-limiter.ts';

describe('rate limiter', () => {
  it('SEC-16 lets a burst through, then as many as the rate gives back', () => {
    let nowMs = 0;
    const limiter = createRateLimiter({ burst: 3, perSecond: 2 }, () => nowMs);
    expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([true, true, true, false]);
    expect(limiter.take('b')).toBe(true);
    nowMs = 500;
    expect([1, 2].map(() => limiter.take('a'))).toEqual([true, false]);
    nowMs = 1_000_000;
    expect([1, 2, 3, 4].map(() => limiter.take('a'))).toEqual([true, true, true, false]);
  });

  it('F-10 a clock set back freezes nobody and gives nothing away', () => {
    let nowMs = 86_400_000;
    const limiter = createRateLimiter({ burst: 1, perSecond: 1 }, () => nowMs);
    expect(limiter.take('a')).toBe(true);
    nowMs = 0;
    expect(limiter.take('a')).toBe(false);
    nowMs = 1_000;
    expect(limiter.take('a')).toBe(true);
  });

  it('SEC-16 holds no more keys than it may', () => {
    const limiter = createRateLimiter({ burst: 1, perSecond: 0, maxKeys: 2 }, () => 0);
    expect(limiter.take('a')).toBe(true);
    expect(limiter.take('b')).toBe(true);
    expect(limiter.take('c')).toBe(true);
    expect(limiter.take('c')).toBe(false);
    // The longest unused one was forgotten.
    expect(limiter.take('a')).toBe(true);
  });
});
