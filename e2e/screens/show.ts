// Builds the gallery, serves it on the loopback under the policy that the product gets, and opens its
// scenes in Chromium. Must not weaken that policy: what breaks under it would break in the product.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Scene } from './scenes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'e2e', 'out', 'gallery');

/** The strictest policy that lets our own files run; the server's own must not need more (SEC-18). */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export async function buildGallery(): Promise<void> {
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = join(import.meta.dirname, 'vite.config.ts');
  const args = [vite, 'build', '--config', config, '--logLevel', 'error'];
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, args, { env });
}

async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    readFile(join(OUT, path)).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
          'content-security-policy': POLICY,
        });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export type View = {
  readonly width: number;
  readonly height: number;
  /** 2 is a page zoomed to 200 %: half as many CSS pixels, twice as large. */
  readonly zoom?: number;
  readonly theme: 'light' | 'dark';
};

export type Gallery = {
  /** The scene on a page that is kept for its view; `complaints` holds policy reports and errors. */
  open(scene: Scene, view: View): Promise<Shown>;
  close(): Promise<void>;
};

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

const AT = new Date(Date.UTC(2026, 10, 23, 14, 2));

const sizeOf = ({ width, height, zoom = 1 }: View) => ({
  width: Math.round(width / zoom),
  height: Math.round(height / zoom),
});

type Shown = { readonly page: Page; readonly complaints: string[] };

async function pageFor(browser: Browser, view: View): Promise<Shown> {
  const zoom = view.zoom ?? 1;
  const context = await browser.newContext({
    viewport: sizeOf(view),
    deviceScaleFactor: zoom,
    colorScheme: view.theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    hasTouch: view.width < 700,
  });
  const page = await context.newPage();
  await page.clock.setFixedTime(AT);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.fonts.status === 'loaded' &&
      [...document.querySelectorAll('video')].every((video) => video.readyState >= 2),
  );
  await page.waitForTimeout(200);
}

async function take(page: Page, scene: Scene, narrow: boolean): Promise<void> {
  for (const { press, role } of scene.steps) {
    // On a narrow window the list of people is in the menu.
    if (narrow && press === 'People') {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'People' }).click();
      continue;
    }
    const exact = typeof press === 'string';
    const wanted = page.getByRole(role ?? 'button', { name: press, exact });
    const summary = page.locator('summary').filter({ hasText: press });
    await wanted.or(summary).first().click();
  }
}

export async function openGallery(): Promise<Gallery> {
  const server = await serve();
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });
  const { port } = server.address() as AddressInfo;
  const pages = new Map<string, Promise<Shown>>();
  return {
    async open(scene, view) {
      const key = JSON.stringify(view);
      const known = pages.get(key) ?? pageFor(browser, view);
      pages.set(key, known);
      const shown = await known;
      shown.complaints.length = 0;
      // A test may have made the page narrower or lighter.
      await shown.page.setViewportSize(sizeOf(view));
      await shown.page.emulateMedia({ colorScheme: view.theme });
      await shown.page.goto(`http://127.0.0.1:${port}/gallery.html?screen=${scene.render}`);
      await shown.page.locator('h1').first().waitFor({ state: 'attached' });
      await take(shown.page, scene, view.width / (view.zoom ?? 1) < 640);
      await settle(shown.page);
      return shown;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
