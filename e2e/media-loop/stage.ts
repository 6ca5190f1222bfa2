// One media server and one browser for the tests of a `describe`, and the pages opened on them: closed after each test.
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Browser, bundle, type Engine, launch } from './browsers.ts';
import { type Loop, startLoop } from './livekit.ts';
import { type Member, type MemberOptions, openMember } from './members.ts';

export const ENGINES: readonly Engine[] = ['chromium', 'firefox'];

export interface Stage {
  readonly loop: Loop;
  readonly browser: Browser;
  /** Started when asked for. Sends VP9 for both: Firefox receives it, but LiveKit's client never makes it send it. */
  chromium(): Promise<Browser>;
  enter(options: MemberOptions, where?: Browser): Promise<Member>;
  /** Closes it after the test as well. */
  keep<T extends { close(): Promise<void> }>(opened: T): T;
}

/** To be called while a `describe` is read; what it gives is there once its tests run. */
export function useStage(engine: Engine): Stage {
  let loop: Loop | undefined;
  let browser: Browser | undefined;
  let chromium: Browser | undefined;
  let opened: { close(): Promise<void> }[] = [];
  const there = <T>(one: T | undefined): T => {
    if (one === undefined) throw new TypeError('the stage is not set');
    return one;
  };

  beforeAll(async () => {
    loop = await startLoop({ files: await bundle() });
    browser = await launch(engine);
  }, 120_000);
  afterEach(async () => {
    await Promise.all(opened.map((one) => one.close().catch(() => undefined)));
    opened = [];
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await chromium?.close();
    await loop?.stop();
  }, 60_000);

  const keep: Stage['keep'] = (one) => {
    opened.push(one);
    return one;
  };
  return {
    get loop() {
      return there(loop);
    },
    get browser() {
      return there(browser);
    },
    async chromium() {
      if (engine === 'chromium') return there(browser);
      chromium ??= await launch('chromium');
      return chromium;
    },
    enter: async (options, where = there(browser)) =>
      keep(await openMember(where, there(loop), options)),
    keep,
  };
}
