import { describe, expect, it } from 'vitest';
import { lacks } from './capability.ts';

class Able {}
Object.defineProperty(Able.prototype, 'transform', { value: null, writable: true });

/** A browser that has all we need, but for the names left out. */
function browser(without: Record<string, unknown> = {}): typeof globalThis {
  const whole = {
    isSecureContext: true,
    crypto: { subtle: { generateKey: () => Promise.resolve({}) } },
    WebAssembly: { instantiateStreaming: () => undefined },
    Worker: class {},
    MessageChannel: class {},
    RTCPeerConnection: class {},
    RTCRtpScriptTransform: class {},
    RTCRtpSender: Able,
    RTCRtpReceiver: Able,
    navigator: { mediaDevices: { getUserMedia: () => undefined } },
  };
  return { ...whole, ...without } as unknown as typeof globalThis;
}

describe('SEC-4 what a browser lacks is refused by name', () => {
  it('nothing lacks', async () => {
    expect(await lacks(browser())).toEqual([]);
  });

  const noEd25519 = { subtle: { generateKey: () => Promise.reject(new Error('unknown')) } };
  it.each([
    ['secure-origin', { isSecureContext: false }],
    ['web-crypto', { crypto: {} }],
    ['ed25519', { crypto: noEd25519 }],
    ['wasm', { WebAssembly: undefined }],
    ['workers', { Worker: undefined }],
    ['web-rtc', { RTCPeerConnection: undefined }],
    ['encoded-transform', { RTCRtpScriptTransform: undefined }],
    ['encoded-transform', { RTCRtpReceiver: class {} }],
    ['media-devices', { navigator: {} }],
  ])('%s', async (code, without) => {
    expect(await lacks(browser(without))).toEqual([code]);
  });

  it('an empty environment lacks without throwing', async () => {
    const missing = await lacks({} as unknown as typeof globalThis);
    expect(missing).toContain('web-rtc');
    expect(missing).toContain('web-crypto');
  });
});
