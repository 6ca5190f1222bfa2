// One hundred thousand frames through everything that makes a sender lose its place: no key identifier and counter
// ever stand together twice. AES-GCM would give its key away if they did.

import { readFrame } from '@in-camera/crypto/frame-cipher.ts';
import { FrameHeader } from '@in-camera/crypto/sframe.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FrameSender } from './frame-sender.ts';
import { SOURCES, type Source } from './frames-messages.ts';
import { epochMessage, testFrame } from './frames-testkit.ts';
import { FrameKeyRing } from './key-ring.ts';

const FRAMES = 100_000;
const BURST = 24;

const anyEvent = fc.constantFrom(
  'layers',
  'layers',
  'layers',
  'replace track',
  'full rejoin of media',
  'mute',
  'stop and the same keys again',
  'next epoch',
  'next epoch later',
  'void',
  'reload',
  'second tab',
);
type Event = Exclude<ReturnType<typeof anyEvent.generate>['value'], undefined>;

/** One device with its page, from reload to reload; MLS gives what the vault would tell. */
class Device {
  readonly seen = new Set<string>();
  frames = 0;
  twice = 0;
  #epoch = 1;
  /** Which try of its slot made the present epoch, and which try of the next slot is due (protocol.md, Voids). */
  #keyTry = 0;
  #slotTry = 0;
  #before: { readonly epoch: number; readonly keyTry: number } | undefined;
  #leaf = 1;
  #muted = new Set<Source>();
  #ring = new FrameKeyRing();
  #slots: FrameSender[] = [];

  #slot(source: Source): FrameSender {
    const isAudio = source === 'microphone' || source === 'screen-audio';
    return new FrameSender(
      {
        kind: 'bind',
        slot: 'slot-send',
        side: 'send',
        trackKind: isAudio ? 'audio' : 'video',
        source,
      },
      this.#ring,
      (one) => this.#muted.has(one),
      () => undefined,
    );
  }

  async tell(sendAfterMs = 0): Promise<void> {
    const leaves = [0, this.#leaf];
    const of = { epoch: this.#epoch, try: this.#keyTry, ownLeaf: this.#leaf, leaves, sendAfterMs };
    this.#ring.handleVault(await epochMessage(of));
    this.#ring.handleVault({ kind: 'go' });
  }

  /** Simulcast: three layers of a camera are three slots of one source. */
  connect(): void {
    this.#slots = [...SOURCES, 'camera', 'camera'].map((source) => this.#slot(source as Source));
  }

  #commit(): void {
    this.#epoch++;
    this.#keyTry = this.#slotTry;
    this.#slotTry = 0;
  }

  async take(event: Event): Promise<void> {
    switch (event) {
      case 'layers':
        break;
      case 'replace track':
        this.#slots.push(this.#slot('camera'));
        if (this.#slots.length > 9) this.#slots.shift();
        break;
      case 'full rejoin of media':
        this.connect();
        break;
      case 'mute':
        if (this.#muted.delete('camera')) break;
        this.#muted.add('camera');
        break;
      case 'stop and the same keys again':
        this.#ring.handleVault({ kind: 'stop', reason: 'gate' });
        await this.tell();
        break;
      case 'next epoch':
      case 'next epoch later':
        this.#before = { epoch: this.#epoch, keyTry: this.#keyTry };
        this.#commit();
        await this.tell(event === 'next epoch' ? 0 : 2);
        break;
      case 'void':
        if (this.#before === undefined) break;
        this.#slotTry = this.#keyTry + 1;
        [this.#epoch, this.#keyTry] = [this.#before.epoch, this.#before.keyTry];
        this.#before = undefined;
        await this.tell();
        break;
      case 'reload':
      case 'second tab':
        // Counters die with the worker; what comes after is a leaf added anew, in an epoch of its own.
        this.#before = undefined;
        this.#commit();
        this.#leaf = event === 'reload' ? this.#leaf : (this.#leaf % 60) + 1;
        this.#ring.handleVault({ kind: 'wipe' });
        this.#ring = new FrameKeyRing();
        this.#muted = new Set();
        this.connect();
        await this.tell();
    }
    await this.#send();
  }

  async #send(): Promise<void> {
    const work = Array.from({ length: BURST }, async (_, i) => {
      const slot = this.#slots[i % this.#slots.length];
      if (slot === undefined) return;
      const isAudio = slot.stats().trackKind === 'audio';
      const codec = isAudio ? 'opus' : 'vp8';
      const frame = testFrame(isAudio ? 'audio/opus' : 'video/VP8', 24);
      if (await slot.handleFrame(frame)) this.#note(codec, frame.bytes);
    });
    await Promise.all(work);
  }

  #note(codec: 'opus' | 'vp8', bytes: Uint8Array): void {
    const header = new FrameHeader();
    if (!readFrame(codec, bytes, header)) throw new Error('a sealed frame without a header');
    this.frames++;
    const name = `${header.kid} ${header.ctrHi} ${header.ctrLo}`;
    if (this.seen.has(name)) this.twice++;
    this.seen.add(name);
  }
}

it('A-37 SEC-7 reload, second tab, new tracks, layers, mutes, stops, epochs and voids: no counter twice', {
  timeout: 300_000,
}, async () => {
  const events = fc.sample(anyEvent, { numRuns: 40_000, seed: 37 });
  const device = new Device();
  device.connect();
  await device.tell();
  let used = 0;
  for (const event of events) {
    if (device.frames >= FRAMES) break;
    used++;
    await device.take(event);
  }
  expect(device.frames).toBeGreaterThanOrEqual(FRAMES);
  expect(used).toBeGreaterThan(1_000);
  expect(device.twice).toBe(0);
  expect(device.seen.size).toBe(device.frames);
});
