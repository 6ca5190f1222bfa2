// Token buckets by key, in memory only: addresses are never written anywhere (PBD-7). Must not grow without bound: the
// longest unused key goes first.

export type RateLimiterOptions = {
  /** How many at once. */
  readonly burst: number;
  /** How many a second, in the long run. */
  readonly perSecond: number;
  readonly maxKeys?: number;
};

export type RateLimiter = {
  /** Takes `cost` tokens; false, and nothing taken, when there are not enough. */
  take(key: string, cost?: number): boolean;
};

type Bucket = { tokens: number; atMs: number };

const DEFAULT_MAX_KEYS = 50_000;

export function createRateLimiter(options: RateLimiterOptions, clock: () => number): RateLimiter {
  const { burst, perSecond, maxKeys = DEFAULT_MAX_KEYS } = options;
  // A Map keeps the order of insertion, and each use inserts anew: the first key is the longest unused one.
  const buckets = new Map<string, Bucket>();
  return {
    take(key, cost = 1) {
      const nowMs = clock();
      const old = buckets.get(key);
      // A clock set back must not freeze anyone (F-10): no time has passed then.
      const passedMs = old === undefined ? 0 : Math.max(0, nowMs - old.atMs);
      const tokens = Math.min(burst, (old?.tokens ?? burst) + (passedMs / 1000) * perSecond);
      const enough = tokens >= cost;
      buckets.delete(key);
      buckets.set(key, { tokens: enough ? tokens - cost : tokens, atMs: nowMs });
      if (buckets.size > maxKeys) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return enough;
    },
  };
}
