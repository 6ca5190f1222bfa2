// Browsers that lack a part of what encrypted media needs: each part is taken away before the page's own scripts run.

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
