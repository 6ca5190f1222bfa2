// One person of a test, whichever browser they use. Tests see this and neither playwright nor
// puppeteer. Must never print an address: a meeting's link is in it.
import type { Cut } from './cut.ts';
import type { Look } from './look.ts';

export type Engine = 'chromium' | 'firefox';

export type Role =
  | 'button'
  | 'link'
  | 'textbox'
  | 'switch'
  | 'checkbox'
  | 'combobox'
  | 'option'
  | 'menuitem'
  | 'tab'
  | 'dialog'
  | 'alertdialog'
  | 'heading'
  | 'region'
  | 'list'
  | 'listitem'
  | 'status'
  | 'alert'
  | 'figure'
  | 'group'
  | 'radio'
  | 'menuitemcheckbox'
  | 'complementary'
  | 'main'
  | 'img';

/** Something the browser complained about; text with addresses taken out. */
export type Complaint = { readonly kind: 'console' | 'crash' | 'policy'; readonly text: string };

export interface Person {
  readonly name: string;
  readonly engine: Engine;
  /** Firefox has its own fake camera and microphone: no look of ours. */
  readonly look: Look | undefined;
  /** The road of this browser to the server: can be cut, and notes every host asked for. */
  readonly road: Cut;
  /** Process id of the browser itself. */
  readonly pid: number;
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs in the page; the function may use nothing from outside. */
  evaluate<A, T>(fn: (arg: A) => T | Promise<T>, arg: A): Promise<T>;
  /** Runs before any script of every page from now on. */
  addInitScript(fn: () => void): Promise<void>;
  press(role: Role, name: string | RegExp, timeoutMs?: number): Promise<void>;
  /** Present and visible. */
  sees(role: Role, name: string | RegExp): Promise<boolean>;
  fill(label: string | RegExp, text: string): Promise<void>;
  /** Picks an option of a list by its words. */
  choose(label: string, option: string): Promise<void>;
  key(key: string): Promise<void>;
  type(text: string): Promise<void>;
  text(): Promise<string>;
  screenshot(path: string): Promise<void>;
  complaints(): readonly Complaint[];
  close(): Promise<void>;
}

/** Addresses carry the link's secret (SEC-8): nothing of one reaches a log. */
export function withoutAddresses(text: string): string {
  return text.replace(/\b(?:https?|wss?|blob):[^\s"'<>)]*/gi, '<address>').slice(0, 500);
}

/** Ends a wait at once: what is waited for cannot come any more. */
export class GiveUp extends Error {}

/** Tries again until it gives something; fails with the sentence and what was last seen. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | undefined | false>,
  everyMs = 200,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      if (error instanceof GiveUp) throw error;
      last = error;
    }
    if (performance.now() > end) {
      const why = last instanceof Error ? `: ${withoutAddresses(last.message)}` : '';
      throw new Error(`not within ${timeoutMs} ms: ${what}${why}`);
    }
    await sleep(everyMs);
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
