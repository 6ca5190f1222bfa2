import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { epochMessage } from './frames-testkit.ts';
import { FrameKeyRing } from './key-ring.ts';

const at = (ring: FrameKeyRing) => {
  const found = ring.sealer('camera');
  return found === null ? null : { kid: found.kid, next: found.next };
};
const seal = async (ring: FrameKeyRing, frames: number) => {
  for (let i = 0; i < frames; i++) await ring.sealer('camera')?.seal('vp9', Uint8Array.of(1, 2));
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('when anything may be sent', () => {
  it('A-95 the gate is closed at the start: keys alone send nothing', async () => {
    const ring = new FrameKeyRing();
    ring.handleVault(await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] }));
    expect(at(ring)).toBeNull();
    ring.handleVault({ kind: 'go' });
    expect(at(ring)).not.toBeNull();
  });

  it('A-95 go without keys sends nothing', () => {
    const ring = new FrameKeyRing();
    ring.handleVault({ kind: 'go' });
    expect(at(ring)).toBeNull();
  });

  it('SEC-6 stop drops all sending keys at once; it takes a new epoch and a new go', async () => {
    const ring = new FrameKeyRing();
    ring.handleVault(await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] }));
    ring.handleVault({ kind: 'go' });
    ring.handleVault(await epochMessage({ epoch: 2, ownLeaf: 1, leaves: [0], sendAfterMs: 300 }));
    ring.handleVault({ kind: 'stop', reason: 'fork' });
    expect(at(ring)).toBeNull();
    ring.handleVault({ kind: 'go' });
    vi.advanceTimersByTime(1_000);
    expect(at(ring)).toBeNull();
    ring.handleVault(await epochMessage({ epoch: 3, ownLeaf: 1, leaves: [0] }));
    expect(at(ring)).not.toBeNull();
  });

  it('A-88 after a wipe nothing opens, seals or is taken in again', async () => {
    const ring = new FrameKeyRing();
    const message = await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] });
    ring.handleVault(message);
    ring.handleVault({ kind: 'go' });
    ring.handleVault({ kind: 'wipe' });
    ring.handleVault(message);
    ring.handleVault({ kind: 'go' });
    expect(at(ring)).toBeNull();
    expect(ring.find(message.keys[0]?.kid ?? 0)).toBe('newer');
  });

  it('A-33 own keys named for another leaf or source are refused', async () => {
    const ring = new FrameKeyRing();
    const message = await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] });
    expect(() => ring.handleVault({ ...message, ownLeaf: 2 })).toThrow('kid-mismatch');
    const swapped = message.own.map((own) => ({ ...own, source: 'screen' as const }));
    expect(() => ring.handleVault({ ...message, own: swapped })).toThrow('kid-mismatch');
  });
});

describe('switching epochs', () => {
  it('senders switch after the given time, with a Remove at once', async () => {
    const ring = new FrameKeyRing();
    const first = await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] });
    const second = await epochMessage({ epoch: 2, ownLeaf: 1, leaves: [0], sendAfterMs: 300 });
    const third = await epochMessage({ epoch: 3, ownLeaf: 1, leaves: [0], hadRemove: true });
    ring.handleVault(first);
    ring.handleVault({ kind: 'go' });
    ring.handleVault(second);
    vi.advanceTimersByTime(299);
    expect(at(ring)?.kid).toBe(first.own[1]?.kid);
    vi.advanceTimersByTime(1);
    expect(at(ring)?.kid).toBe(second.own[1]?.kid);
    ring.handleVault(third);
    expect(at(ring)?.kid).toBe(third.own[1]?.kid);
  });

  it('a Remove overtakes a switch that still waits', async () => {
    const ring = new FrameKeyRing();
    ring.handleVault(await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] }));
    ring.handleVault({ kind: 'go' });
    ring.handleVault(await epochMessage({ epoch: 2, ownLeaf: 1, leaves: [0], sendAfterMs: 300 }));
    const removal = await epochMessage({ epoch: 3, ownLeaf: 1, leaves: [0], hadRemove: true });
    ring.handleVault(removal);
    vi.advanceTimersByTime(1_000);
    expect(at(ring)?.kid).toBe(removal.own[1]?.kid);
  });

  it('A-45 old keys leave memory by themselves after their time', async () => {
    const ring = new FrameKeyRing();
    const first = await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0, 2] });
    const kidOf = (leaf: number) => first.keys.find((key) => key.leaf === leaf)?.kid ?? -1;
    ring.handleVault(first);
    ring.handleVault(
      await epochMessage({
        epoch: 2,
        ownLeaf: 1,
        leaves: [0],
        removedLeaves: [2],
        hadRemove: true,
      }),
    );
    expect(ring.find(kidOf(2))).toBe('stale');
    expect(ring.find(kidOf(0))).toMatchObject({ leaf: 0 });
    vi.advanceTimersByTime(1_999);
    expect(ring.find(kidOf(0))).toMatchObject({ leaf: 0 });
    vi.advanceTimersByTime(2);
    expect(ring.find(kidOf(0))).toBe('stale');
  });

  it('wakes those who wait for an epoch, or lets them go', async () => {
    const ring = new FrameKeyRing();
    const woken = ring.waitForTurn(500);
    ring.handleVault(await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] }));
    await woken;
    const late = ring.waitForTurn(500);
    vi.advanceTimersByTime(500);
    await late;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('A-97 counters never start again', () => {
  it('A-97 SEC-7 the same epoch told twice goes on', async () => {
    const ring = new FrameKeyRing();
    const message = await epochMessage({ epoch: 1, ownLeaf: 1, leaves: [0] });
    ring.handleVault(message);
    ring.handleVault({ kind: 'go' });
    await seal(ring, 5);
    ring.handleVault(message);
    expect(at(ring)?.next).toEqual({ hi: 0, lo: 5 });
    ring.handleVault({ kind: 'stop', reason: 'test' });
    ring.handleVault(message);
    ring.handleVault({ kind: 'go' });
    expect(at(ring)?.next).toEqual({ hi: 0, lo: 5 });
  });

  it('A-97 SEC-7 void and a second commit for the epoch: same identifier, other key, higher counter', async () => {
    const ring = new FrameKeyRing();
    const base = { ownLeaf: 1, leaves: [0] };
    ring.handleVault(await epochMessage({ ...base, epoch: 4 }));
    ring.handleVault({ kind: 'go' });
    await seal(ring, 3);
    const voided = await epochMessage({ ...base, epoch: 5 });
    ring.handleVault(voided);
    await seal(ring, 7);
    const restored = await epochMessage({ ...base, epoch: 4, try: 1, sendAfterMs: 300 });
    ring.handleVault(restored);
    expect(at(ring)).toEqual({ kid: restored.own[1]?.kid, next: { hi: 0, lo: 0 } });
    await seal(ring, 2);
    ring.handleVault(await epochMessage({ ...base, epoch: 5, secret: 1 }));
    expect(at(ring)).toEqual({ kid: voided.own[1]?.kid, next: { hi: 0, lo: 7 } });
  });

  it('A-97 a voided switch that still waited never happens', async () => {
    const ring = new FrameKeyRing();
    const base = { ownLeaf: 1, leaves: [0] };
    ring.handleVault(await epochMessage({ ...base, epoch: 4 }));
    ring.handleVault({ kind: 'go' });
    ring.handleVault(await epochMessage({ ...base, epoch: 5, sendAfterMs: 300 }));
    const restored = await epochMessage({ ...base, epoch: 4, try: 1, sendAfterMs: 300 });
    ring.handleVault(restored);
    vi.advanceTimersByTime(1_000);
    expect(at(ring)?.kid).toBe(restored.own[1]?.kid);
  });

  it('A-35 replay windows outlive a void and a repeated epoch', async () => {
    const ring = new FrameKeyRing();
    const message = await epochMessage({ epoch: 4, ownLeaf: 1, leaves: [0] });
    const kid = message.keys[0]?.kid ?? -1;
    const take = () => {
      const found = ring.find(kid);
      return typeof found === 'string' ? found : found.value.window.take(0, 9);
    };
    ring.handleVault(message);
    expect(take()).toBe(true);
    ring.handleVault(message);
    expect(take()).toBe(false);
    ring.handleVault(await epochMessage({ epoch: 5, ownLeaf: 1, leaves: [0] }));
    vi.advanceTimersByTime(20_000);
    expect(take()).toBe('stale');
    ring.handleVault(message);
    expect(take()).toBe(false);
  });
});
