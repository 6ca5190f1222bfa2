// When work for committers is announced (protocol.md, Who commits): the first job at once, later packages collected
// while one is out, leavers collected half a second. Must not choose the committer: clients do.
import { TIMES } from '@in-camera/protocol/limits.ts';

/** A job that nobody took is announced again with who is online by then: every committer may have vanished (F-15). */
const REPEAT_FIRST_MS = 5_000;
const REPEAT_MOST_MS = 60_000;

export type JobKeeper = {
  /** A key package has arrived. */
  handlePackage(): void;
  handleLeaver(): void;
  /** A commit, void or opening was taken, or work was withdrawn: what is left is announced anew. */
  handleSettled(): void;
  /** Someone who may commit has sat down; `alone`: nobody whom the present job named is online any more. */
  handleCommitter(alone: boolean): void;
  stop(): void;
};

/** `announce` sends all present work to those who may commit; false if there was none, or nobody. */
export function createJobKeeper(
  announce: () => Promise<boolean>,
  failed: (error: unknown) => void,
): JobKeeper {
  let state: 'idle' | 'announcing' | 'out' = 'idle';
  let [again, repeatMs] = [false, REPEAT_FIRST_MS];
  let [collect, repeat]: [NodeJS.Timeout | undefined, NodeJS.Timeout | undefined] = [
    undefined,
    undefined,
  ];
  let [stopped, collectAtMs] = [false, 0];

  async function run(): Promise<void> {
    clearTimeout(collect);
    clearTimeout(repeat);
    collect = undefined;
    if (stopped) return;
    if (state === 'announcing') {
      again = true;
      return;
    }
    state = 'announcing';
    let out = false;
    try {
      do {
        again = false;
        out = await announce();
      } while (again && !stopped);
    } catch (error) {
      failed(error);
    } finally {
      state = out ? 'out' : 'idle';
    }
    if (out && !stopped) repeat = setTimeout(() => void repeatJob(), repeatMs).unref();
  }
  function repeatJob(): Promise<void> {
    repeatMs = Math.min(repeatMs * 2, REPEAT_MOST_MS);
    return run();
  }
  function collectFor(ms: number): void {
    const atMs = performance.now() + ms;
    if (collect !== undefined && collectAtMs <= atMs) return;
    clearTimeout(collect);
    collectAtMs = atMs;
    collect = setTimeout(() => void run(), ms).unref();
  }
  return {
    handlePackage() {
      if (state === 'idle') void run();
      else collectFor(TIMES.jobCollectMs);
    },
    handleLeaver() {
      collectFor(TIMES.leaverCollectMs);
    },
    handleSettled() {
      repeatMs = REPEAT_FIRST_MS;
      void run();
    },
    handleCommitter(alone) {
      if (alone || state === 'idle') void run();
    },
    stop() {
      stopped = true;
      clearTimeout(collect);
      clearTimeout(repeat);
    },
  };
}
