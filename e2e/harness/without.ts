// Browsers that lack a part of what encrypted media needs: each part is taken away before the page's own scripts run.
import { expect } from 'vitest';
import { text } from '../../web/i18n/i18n.ts';
import { capturesOf, flowOf } from './gauges.ts';
import { type Person, sleep, until } from './person.ts';

const WITHOUT: Readonly<Record<string, () => void>> = {
  RTCRtpScriptTransform: () => {
    Reflect.deleteProperty(globalThis, 'RTCRtpScriptTransform');
  },
  'the transform of senders': () => {
    Reflect.deleteProperty(RTCRtpSender.prototype, 'transform');
  },
  'the transform of receivers': () => {
    Reflect.deleteProperty(RTCRtpReceiver.prototype, 'transform');
  },
};

export const LACKS: readonly string[] = Object.keys(WITHOUT);

export function lackOf(name: string): () => void {
  const take = WITHOUT[name];
  if (take === undefined) throw new TypeError(name);
  return take;
}

/** Refused with the reason, before any device or connection is touched; closes the browser. */
export async function expectTurnedAway(old: Person, link: string): Promise<void> {
  try {
    await old.goto(link);
    await until('the reason', 20_000, () => old.sees('heading', text('cannot.browser.title')));
    expect(await old.text()).toContain(text('lack.encoded-transform'));
    expect(await old.text()).toContain(text('cannot.browser.kept'));
    expect(await old.sees('button', text('lobby.knock'))).toBe(false);
    await sleep(1_500);
    expect(await capturesOf(old)).toEqual([]);
    expect((await flowOf(old)).open).toBe(0);
    // No socket to the meeting: a WebSocket takes a tunnel of its own.
    expect(old.road.tunnels().opened).toBe(0);
    expect(await resourcesOf(old)).toBeGreaterThan(0);
  } finally {
    await old.close();
  }
}

const resourcesOf = (person: Person): Promise<number> =>
  person.evaluate(() => performance.getEntriesByType('resource').length, undefined);

/** An engine that takes a transform and does nothing with it. */
export function ignoreTransforms(): void {
  const held = new WeakMap<object, unknown>();
  for (const kind of [RTCRtpSender, RTCRtpReceiver]) {
    Object.defineProperty(kind.prototype, 'transform', {
      configurable: true,
      get(this: object) {
        return held.get(this) ?? null;
      },
      set(this: object, value: unknown) {
        held.set(this, value);
      },
    });
  }
}
