import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WorkerPulse } from './worker-pulse.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('F-12 a worker that answers nothing is dead within 5 s, and told so once', () => {
  const [ask, died] = [vi.fn(), vi.fn()];
  const pulse = new WorkerPulse(ask, died);
  vi.advanceTimersByTime(5_000);
  expect(died).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(died).toHaveBeenCalledOnce();
  pulse.stop();
});

it('F-12 one that answers late, or while others wait, is alive', () => {
  const died = vi.fn();
  let rounds = 0;
  const pulse = new WorkerPulse(() => {
    rounds++;
    if (rounds % 3 === 0) pulse.heard();
  }, died);
  vi.advanceTimersByTime(60_000);
  expect(rounds).toBe(60);
  expect(died).not.toHaveBeenCalled();
  pulse.stop();
});

it('F-11 a long sleep is one round, not many', () => {
  const [ask, died] = [vi.fn(), vi.fn()];
  const pulse = new WorkerPulse(ask, died);
  vi.advanceTimersByTime(1_000);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(died).not.toHaveBeenCalled();
  pulse.stop();
  vi.advanceTimersByTime(60_000);
  expect(ask).toHaveBeenCalledTimes(2);
});
