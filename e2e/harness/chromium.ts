// A person in Debian's own Chromium: one light browser process each, since fake capture files belong
// to a process. Must not let a browser reach any host but the server (its road refuses).
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { openRoad } from './cut.ts';
import { installEars, NAME_SHIM } from './ears.ts';
import { writeFakeTone } from './fake-tone.ts';
import { type FakeSize, writeFakeVideo } from './fake-video.ts';
import { installGauges } from './gauges.ts';
import { lookOf } from './look.ts';
import { type Complaint, type Person, type Role, withoutAddresses } from './person.ts';

export const CHROMIUM = '/usr/bin/chromium';

/** Chromium's own talk with its maker switched off; no name resolves but the loopback ones. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

export interface ChromiumOptions {
  readonly name: string;
  readonly id: number;
  /** `localhost:<port>` of the server. */
  readonly host: string;
  /** Further `name:port` for hostile pages. */
  readonly alsoHosts?: readonly string[];
  readonly initScripts?: readonly (() => void)[];
  readonly flags?: readonly string[];
  /** Of the camera; 320x180 unless said otherwise. */
  readonly camera?: FakeSize;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Of an earlier person whose browser has ended: this one goes on with its profile. */
  readonly after?: ChromiumPerson;
  /** For hostile pages and taps only: the product itself is always tested under its own policy. */
  readonly bypassPolicy?: boolean;
}

export interface ChromiumPerson extends Person {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Browser profile: its history file and its net-log lie there until `close`. */
  readonly folder: string;
  readonly netLog: string;
  /** Ends the browser and keeps its folder, so that its files can be searched. */
  quit(): Promise<void>;
  /** Ends it as a crash or a power cut would; its folder stays. */
  kill(): Promise<void>;
}

function pidOf(folder: string): number {
  const found = execFileSync('pgrep', ['-f', '--', `--user-data-dir=${join(folder, 'profile')}`]);
  return Math.min(...found.toString().trim().split('\n').map(Number));
}

function listenTo(page: Page, complaints: Complaint[]): void {
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const text = withoutAddresses(message.text());
    const isPolicy = /Content Security Policy|Trusted ?Types|TrustedHTML|TrustedScript/i.test(text);
    complaints.push({ kind: isPolicy ? 'policy' : 'console', text });
  });
  page.on('pageerror', (error) => {
    complaints.push({ kind: 'crash', text: withoutAddresses(String(error)) });
  });
}

export async function openChromium(options: ChromiumOptions): Promise<ChromiumPerson> {
  const { name, id, host } = options;
  const look = lookOf(id);
  const folder = options.after?.folder ?? (await mkdtemp(join(tmpdir(), 'in-camera-chromium-')));
  const [video, tone, netLog] = ['video.y4m', 'tone.wav', 'net.json'].map((one) =>
    join(folder, one),
  );
  if (video === undefined || tone === undefined || netLog === undefined)
    throw new TypeError('paths');
  await Promise.all([writeFakeVideo(video, id, options.camera), writeFakeTone(tone, look.toneHz)]);
  const road = await openRoad(
    (asked) => asked === host || (options.alsoHosts ?? []).includes(asked),
  );
  const context = await playwright.launchPersistentContext(join(folder, 'profile'), {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      ...QUIET,
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-video-capture=${video}`,
      `--use-file-for-fake-audio-capture=${tone}`,
      `--proxy-server=http://127.0.0.1:${road.port}`,
      '--proxy-bypass-list=<-loopback>',
      `--log-net-log=${netLog}`,
      ...(options.flags ?? []),
    ],
    viewport: options.viewport ?? { width: 1280, height: 800 },
    bypassCSP: options.bypassPolicy ?? false,
  });
  await context.addInitScript({ content: NAME_SHIM });
  await context.addInitScript(installEars);
  await context.addInitScript(installGauges);
  for (const script of options.initScripts ?? []) await context.addInitScript(script);
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(15_000);
  const complaints: Complaint[] = [];
  listenTo(page, complaints);
  context.on('page', (other) => listenTo(other, complaints));
  const locate = (role: Role, wanted: string | RegExp) =>
    page.getByRole(role, { name: wanted, exact: typeof wanted === 'string' });
  const pid = pidOf(folder);
  let isOpen = true;
  const quit = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await context.close();
  };
  return {
    name,
    engine: 'chromium',
    look,
    road,
    pid,
    page,
    context,
    folder,
    netLog,
    async goto(url) {
      await page.goto(url);
    },
    async reload() {
      await page.reload();
    },
    evaluate(fn, arg) {
      // Playwright's own argument type is wider than JSON values; ours are JSON values.
      return page.evaluate(fn as never, arg as never);
    },
    async addInitScript(fn) {
      await context.addInitScript(fn);
    },
    async press(role, wanted, timeoutMs) {
      const options = timeoutMs === undefined ? {} : { timeout: timeoutMs };
      await locate(role, wanted).first().click(options);
    },
    sees: (role, wanted) => locate(role, wanted).first().isVisible(),
    async fill(label, text) {
      await page.getByLabel(label).first().fill(text);
    },
    async choose(label, option) {
      await page.getByLabel(label, { exact: true }).first().selectOption({ label: option });
    },
    key: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    text: () => page.locator('body').innerText(),
    async screenshot(path) {
      await page.screenshot({ path });
    },
    complaints: () => complaints,
    quit,
    async kill() {
      const ended = new Promise((resolve) => context.once('close', resolve));
      process.kill(pid, 'SIGKILL');
      await ended;
      isOpen = false;
    },
    async close() {
      await quit();
      await road.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
