// A person in Debian's own Firefox, over WebDriver BiDi, with its built-in fake camera and tone.
// Must not let it talk to its maker: whatever it asks for besides the server is refused and noted.
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { openRoad } from './cut.ts';
import { installEars, NAME_SHIM } from './ears.ts';
import { installGauges } from './gauges.ts';
import { type Complaint, type Person, type Role, until, withoutAddresses } from './person.ts';

export const FIREFOX = '/usr/bin/firefox-esr';
/** Set by us; the harness test measures that it is what comes out. */
export const FIREFOX_TONE_HZ = 3_400;

const preferences = (port: number) => ({
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.navigator.audio.fake_frequency': FIREFOX_TONE_HZ,
  'media.navigator.video.default_width': 320,
  'media.navigator.video.default_height': 180,
  'media.navigator.video.default_fps': 15,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': port,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': port,
  'network.proxy.allow_hijacking_localhost': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.trr.mode': 5,
  'app.normandy.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'extensions.update.enabled': false,
  'app.update.enabled': false,
  'browser.region.network.url': '',
  'services.settings.server': 'data:,',
  'media.gmp-manager.url': 'data:,',
  'media.gmp-provider.enabled': false,
});

/** Its fake camera makes whatever size it is asked for: this machine's gives 320x180 at 15, no more. */
function installSmallCamera(): void {
  const devices = globalThis.navigator.mediaDevices;
  const native = devices?.getUserMedia.bind(devices);
  if (native === undefined) return;
  Object.defineProperty(devices, 'getUserMedia', {
    configurable: true,
    value: (asked?: MediaStreamConstraints) => {
      if (typeof asked?.video !== 'object') return native(asked);
      const size = { width: { exact: 320 }, height: { exact: 180 }, frameRate: { exact: 15 } };
      return native({ ...asked, video: { ...asked.video, ...size } });
    },
  });
}

export interface FirefoxOptions {
  readonly name: string;
  readonly host: string;
  /** A folder that is kept when the browser ends, so that its files can be searched. */
  readonly profile?: string;
  readonly initScripts?: readonly (() => void)[];
}

export interface FirefoxPerson extends Person {
  readonly page: Page;
}

function listenTo(page: Page, complaints: Complaint[]): void {
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warn') return;
    const text = withoutAddresses(message.text());
    const isPolicy = /Content.Security.Policy|Trusted ?Types|TrustedHTML|TrustedScript/i.test(text);
    complaints.push({ kind: isPolicy ? 'policy' : 'console', text });
  });
  page.on('pageerror', (error) => {
    complaints.push({ kind: 'crash', text: withoutAddresses(String(error)) });
  });
}

/** Accessible name and role by the browser's own tree; a pattern is tried on each of that role. */
async function locate(page: Page, role: Role, wanted: string | RegExp) {
  if (typeof wanted === 'string') {
    const quoted = wanted.replaceAll('"', '\\"');
    return page.$$(`::-p-aria([name="${quoted}"][role="${role}"])`);
  }
  const all = await page.$$(`::-p-aria([role="${role}"])`);
  const names = await Promise.all(
    all.map((one) =>
      one.evaluate((element) => {
        const by = element.getAttribute('aria-labelledby');
        const named = by === null ? null : document.getElementById(by);
        // What is hidden from screen readers, such as a count on a sign, is no part of the name.
        const spoken = element.cloneNode(true) as Element;
        for (const one of spoken.querySelectorAll('[aria-hidden=true], [hidden]')) one.remove();
        return element.getAttribute('aria-label') ?? named?.textContent ?? spoken.textContent ?? '';
      }),
    ),
  );
  return all.filter((_, i) => wanted.test(names[i] ?? ''));
}

export async function openFirefox(options: FirefoxOptions): Promise<FirefoxPerson> {
  const road = await openRoad((asked) => asked === options.host);
  const browser: Browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    ...(options.profile === undefined ? {} : { userDataDir: options.profile }),
    // Release builds take another settings server only with this set.
    env: { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' },
    extraPrefsFirefox: preferences(road.port),
  });
  const page = (await browser.pages())[0] ?? (await browser.newPage());
  await page.setViewport({ width: 1280, height: 800 });
  const complaints: Complaint[] = [];
  listenTo(page, complaints);
  await page.evaluateOnNewDocument(NAME_SHIM);
  await page.evaluateOnNewDocument(installEars);
  await page.evaluateOnNewDocument(installSmallCamera);
  await page.evaluateOnNewDocument(installGauges);
  for (const script of options.initScripts ?? []) await page.evaluateOnNewDocument(script);
  const visible = async (role: Role, wanted: string | RegExp) => {
    for (const one of await locate(page, role, wanted)) if (await one.isVisible()) return one;
    return undefined;
  };
  return {
    name: options.name,
    engine: 'firefox',
    look: undefined,
    road,
    pid: browser.process()?.pid ?? 0,
    page,
    async goto(url) {
      await page.goto(url);
    },
    async reload() {
      await page.reload();
    },
    evaluate(fn, arg) {
      return page.evaluate(fn as never, arg as never);
    },
    async addInitScript(fn) {
      await page.evaluateOnNewDocument(fn);
    },
    async press(role, wanted, timeoutMs = 15_000) {
      await until(`${role} ${wanted}`, timeoutMs, async () => {
        const found = await visible(role, wanted);
        if (found === undefined) return false;
        await found.click();
        return true;
      });
    },
    sees: async (role, wanted) => (await visible(role, wanted)) !== undefined,
    async fill(label, text) {
      const role: Role = 'textbox';
      const field = await until(`field ${label}`, 15_000, () => visible(role, label));
      await field.click({ count: 3 });
      await page.keyboard.press('Backspace');
      await page.keyboard.type(text);
    },
    async choose(label, option) {
      const list = await until(`list ${label}`, 15_000, () => visible('combobox', label));
      const value = await list.evaluate(
        (select, words) =>
          [...(select as HTMLSelectElement).options].find((one) => one.label === words)?.value ??
          '',
        option,
      );
      await list.select(value);
    },
    key: (key) => page.keyboard.press(key as never),
    type: (text) => page.keyboard.type(text),
    text: () => page.evaluate(() => document.body.innerText),
    async screenshot(path) {
      await page.screenshot({ path: path as `${string}.png` });
    },
    complaints: () => complaints,
    async close() {
      await browser.close();
      await road.close();
    },
  };
}
