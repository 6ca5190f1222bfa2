import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const code = readFileSync(new URL('./fragment/fragment.js', import.meta.url), 'utf8');

type Page = {
  readonly replaced: unknown[][];
  readonly listeners: Map<string, () => void>;
  reloads: number;
  readonly location: { hash: string; href: string; pathname: string; search: string };
  readonly take: unknown;
};

/** Runs the script as the first one of a page with this address. */
function load(address: string): Page {
  const url = new URL(address);
  const replaced: unknown[][] = [];
  const listeners = new Map<string, () => void>();
  const scope: Record<string, unknown> = {
    history: { replaceState: (...values: unknown[]) => replaced.push(values) },
    addEventListener: (name: string, listener: () => void) => listeners.set(name, listener),
  };
  const page = {
    replaced,
    listeners,
    reloads: 0,
    location: {
      hash: url.hash,
      href: address,
      pathname: url.pathname,
      search: url.search,
      reload: () => {
        page.reloads += 1;
      },
    },
    get take() {
      return scope.takeFragment;
    },
  };
  scope.location = page.location;
  scope.window = scope;
  runInContext(code, createContext(scope));
  return page;
}

const takeOf = (page: Page) => (page.take as () => string)();

describe('A-86 the fragment script', () => {
  it('takes the fragment out of the address bar and hands it over once', () => {
    const page = load('https://meet.example/j/abc?x=1#secret');
    expect(page.replaced).toEqual([[null, '', '/j/abc?x=1']]);
    expect(takeOf(page)).toBe('secret');
    expect(page.take).toBeUndefined();
  });

  it('hands over nothing where nothing was, and still removes a bare #', () => {
    const page = load('https://meet.example/j/abc#');
    expect(page.replaced).toHaveLength(1);
    expect(takeOf(page)).toBe('');
    expect(load('https://meet.example/').replaced).toEqual([]);
  });

  it('keeps no second way to the fragment', () => {
    const page = load('https://meet.example/j/abc#secret');
    const take = page.take as () => string;
    take();
    expect(take()).toBe('');
  });

  it('begins anew when another link is pasted into the same tab', () => {
    const page = load('https://meet.example/j/abc#secret');
    page.location.hash = '#other';
    page.listeners.get('hashchange')?.();
    expect(page.reloads).toBe(1);
  });

  it('SEC-8 stays short enough to be read, and speaks to nobody', () => {
    expect(code.split('\n').length).toBeLessThanOrEqual(31);
    expect(code).not.toMatch(/fetch|XMLHttp|sendBeacon|Storage|cookie|console|document/);
  });
});
