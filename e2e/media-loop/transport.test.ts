// What lies below the frames' own encryption: DTLS 1.2 or newer with an approved SRTP profile, and a media server that
// shows another certificate than the one it announced gets nothing (SEC-15). Real browsers, real LiveKit.
import { describe, expect, it } from 'vitest';
import type { MediaEvent } from '../../web/call/media-room.ts';
import { pause, until } from './browsers.ts';
import { ENGINES, useStage } from './stage.ts';

const LEAVES = { alice: 0, bob: 1, carol: 2 };
const GREEN = '#00ff00';

/** What RFC 7714 adds and what RFC 8827 section 6.5 makes the least of all; none with a tag of 32 bits, none without. */
const PROFILES = ['SRTP_AEAD_AES_256_GCM', 'SRTP_AEAD_AES_128_GCM', 'SRTP_AES128_CM_HMAC_SHA1_80'];

/** From the word on, every description of the server names a certificate that it does not have. */
function forgeFingerprints(): void {
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (
    this: RTCPeerConnection,
    told?: RTCSessionDescriptionInit,
  ) {
    const forged = Reflect.get(globalThis, 'forging') === true;
    const sdp = (told?.sdp ?? '').replace(
      /^(a=fingerprint:sha-256 )(..)/gm,
      (_, start: string, byte: string) =>
        `${start}${(Number.parseInt(byte, 16) ^ 1).toString(16).padStart(2, '0').toUpperCase()}`,
    );
    return Reflect.apply(native, this, [forged ? { type: told?.type, sdp } : told]);
  } as typeof native;
}
const PREPARE = `(${forgeFingerprints})()`;
const FORGE = `globalThis.forging = true`;

describe.each(ENGINES)('the road to %s', (engine) => {
  const stage = useStage(engine);
  const join = (name: keyof typeof LEAVES, first?: string) =>
    stage.enter({
      name,
      leaf: LEAVES[name],
      leaves: LEAVES,
      epoch: {},
      ...(first === undefined ? {} : { first }),
    });

  it('SEC-15 DTLS is up, in a version and with profiles that are approved', async () => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    await bob.paint(GREEN);
    await until('alice sees bob', () => alice.sees('bob', GREEN));
    const transports = await bob.ask<Record<string, unknown>[]>(`loop.transports()`);
    expect(transports.length).toBeGreaterThan(0);
    for (const one of transports) {
      expect(one.dtlsState).toBe('connected');
      expect(PROFILES).toContain(one.srtpCipher);
      // FEFD is DTLS 1.2, FEFC is 1.3 (RFC 9147).
      if (one.tlsVersion !== undefined) expect(['FEFD', 'FEFC']).toContain(one.tlsVersion);
    }
  }, 60_000);

  it('SEC-15 another certificate than announced, from the start: no connection, nothing leaves', async () => {
    const alice = await join('alice');
    await expect(join('bob', `${PREPARE}, ${FORGE}`)).rejects.toThrow('connect-failed');
    await pause(2_000);
    expect(await alice.ask('loop.decoded("video")')).toBe(0);
    expect(await alice.ask('loop.tiles()')).toEqual([]);
  }, 120_000);

  it('SEC-15 the fingerprint changes in the middle: the stream ends', async () => {
    const [alice, carol] = [await join('alice'), await join('carol', PREPARE)];
    await carol.paint(GREEN);
    await until('alice sees carol', () => alice.sees('carol', GREEN));
    await carol.ask(FORGE);
    // Something new to publish makes the two sides describe themselves anew.
    void carol.ask(`loop.sing(440).catch(() => undefined)`).catch(() => undefined);
    const decoded = () => alice.ask<number>('loop.decoded("video")');
    let last = -1;
    await until(
      'alice gets nothing more',
      async () => {
        const before = last;
        last = await decoded();
        await pause(1_500);
        return last === before;
      },
      20_000,
    );
    await pause(2_000);
    expect(await decoded()).toBe(last);
    expect(await alice.hears('carol', 440)).toBe(false);
    const events = await carol.ask<MediaEvent[]>('JSON.parse(JSON.stringify(loop.events))');
    expect(events).toContainEqual({ kind: 'guard', notice: 'fingerprint-changed' });
    expect(events).toContainEqual({ kind: 'disconnected', reason: 'lost' });
  }, 120_000);
});
