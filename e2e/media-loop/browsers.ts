// Two engines, one way to ask a page something. Each member is a page of its own with empty
// storage; capture is made by the page itself, so no device is ever asked for.
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import puppeteer from 'puppeteer-core';

export type Engine = 'chromium' | 'firefox';

export interface LoopTab {
  /** Runs an async expression in the page; what it gives must be plain data. */
  ask<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

export interface Browser {
  readonly engine: Engine;
  open(url: string): Promise<LoopTab>;
  close(): Promise<void>;
}

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  // Loopback candidates instead of names that nobody resolves here.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

export const FIREFOX_TONE = 1_500;

const FIREFOX_PREFS = {
  'media.navigator.audio.fake_frequency': FIREFOX_TONE,
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'dom.min_background_timeout_value': 10,
};

/** Calls it by text: page functions would be rewritten by whatever loads this file. */
const call = (expression: string) => `(async () => (${expression}))()`;

export async function launch(engine: Engine): Promise<Browser> {
  return engine === 'chromium' ? launchChromium() : launchFirefox();
}

async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
  });
  return {
    engine: 'chromium',
    open: async (url) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      return {
        ask: (expression) => page.evaluate(call(expression)),
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function launchFirefox(): Promise<Browser> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: FIREFOX_PREFS,
  });
  return {
    engine: 'firefox',
    open: async (url) => {
      // A window each: timers of tabs behind another one run once a second.
      const page = await browser.newPage({ type: 'window' });
      await page.goto(url);
      return {
        ask: async <T>(expression: string) => (await page.evaluate(call(expression))) as T,
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

/** The test pages and workers, bundled as the product would be. */
export async function bundle(): Promise<ReadonlyMap<string, string>> {
  const here = import.meta.dirname;
  const result = await build({
    entryPoints: {
      page: `${here}/page.ts`,
      plain: `${here}/plain-page.ts`,
      frames: `${here}/../../web/worker/frames.ts`,
      'frames-late': `${here}/frames-late.ts`,
      'frames-turns': `${here}/frames-turns.ts`,
    },
    bundle: true,
    format: 'esm',
    target: 'es2023',
    outdir: '/',
    write: false,
    logLevel: 'error',
  });
  const files = new Map(result.outputFiles.map((file) => [file.path, file.text]));
  for (const name of ['page', 'plain']) {
    const html = `<!doctype html><title>${name}</title><script type="module" src="/${name}.js"></script>`;
    files.set(`/${name}.html`, html);
  }
  return files;
}

export async function until(
  what: string,
  probe: () => Promise<boolean>,
  withinMs = 30_000,
): Promise<void> {
  const deadlineMs = Date.now() + withinMs;
  while (Date.now() < deadlineMs) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
