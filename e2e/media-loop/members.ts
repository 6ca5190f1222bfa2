// Members of a loop as a test names them: a page, a leaf, keys in place of a vault.
import type { Source } from '../../web/worker/frames-messages.ts';
import type { TestEpoch } from '../../web/worker/frames-testkit.ts';
import type { Browser, LoopTab } from './browsers.ts';
import type { Loop } from './livekit.ts';

export interface MemberOptions {
  readonly name: string;
  readonly leaf: number;
  /** Leaf by identity, as this member's roster says. */
  readonly leaves: Readonly<Record<string, number>>;
  /** Left out: no keys at all. */
  readonly epoch?: Partial<TestEpoch>;
  readonly settings?: object;
  readonly worker?: string;
  /** Run in the page before anything of the product. */
  readonly first?: string;
}

export interface Member {
  readonly name: string;
  readonly tab: LoopTab;
  ask<T>(expression: string): Promise<T>;
  paint(colour: string, source?: Source): Promise<void>;
  sing(hertz: number): Promise<void>;
  /** Whether this member sees a colour from another. */
  sees(name: string, colour: string, source?: Source): Promise<boolean>;
  hears(name: string, hertz: number): Promise<boolean>;
  keys(epoch: Partial<TestEpoch>): Promise<void>;
  close(): Promise<void>;
}

const quote = (value: unknown) => JSON.stringify(value);

export async function openMember(
  browser: Browser,
  loop: Loop,
  options: MemberOptions,
): Promise<Member> {
  const tab = await browser.open(`${loop.origin}/page.html`);
  try {
    return await enter(tab, loop, options);
  } catch (error) {
    // Left open it would go on trying under the same name.
    await tab.close();
    throw error;
  }
}

async function enter(tab: LoopTab, loop: Loop, options: MemberOptions): Promise<Member> {
  const { name, leaf, leaves } = options;
  const all = Object.values(leaves);
  const keys = (epoch: Partial<TestEpoch>) =>
    tab.ask<void>(`loop.keys(${quote({ epoch: 1, ownLeaf: leaf, leaves: all, ...epoch })})`);
  await tab.ask('loopReady');
  if (options.first !== undefined) await tab.ask(options.first);
  const worker = options.worker ?? '/frames.js';
  await tab.ask(`loop.open(${quote(leaves)}, ${quote(options.settings ?? {})}, ${quote(worker)})`);
  if (options.epoch !== undefined) {
    await keys(options.epoch);
    await tab.ask(`loop.vault({ kind: 'go' })`);
  }
  await tab.ask(`loop.connect(${quote(loop.address({ identity: name }))})`);
  return {
    name,
    tab,
    ask: (expression) => tab.ask(expression),
    paint: (colour, source = 'camera') => tab.ask(`loop.paint(${quote(source)}, ${quote(colour)})`),
    sing: (hertz) => tab.ask(`loop.sing(${hertz})`),
    sees: async (other, colour, source = 'camera') => {
      const seen = await tab.ask<number[] | null>(`loop.colour(${quote(other)}, ${quote(source)})`);
      return seen !== null && isNear(seen, colour);
    },
    hears: async (other, hertz) => {
      const heard = await tab.ask<number>(`loop.tone(${quote(other)})`);
      return Math.abs(heard - hertz) <= 20;
    },
    keys,
    close: async () => {
      await tab.ask('loop.close()').catch(() => undefined);
      await tab.close();
    },
  };
}

/** Encoders bend colours a little. */
function isNear(seen: readonly number[], colour: string): boolean {
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return wanted.every((value, i) => Math.abs(value - (seen[i] ?? -100)) <= 24);
}
