// One receiving transform: every frame is opened, belongs to this slot's member and source, and
// is new, or it is dropped and counted. Names nobody: the counts go to the watchdog.
import { readFrame } from '@in-camera/crypto/frame-cipher.ts';
import { type LiveKey, NEWER_EPOCH_HOLD_MS } from '@in-camera/crypto/frame-keys.ts';
import { codecOfMime, type FrameCodec, MAX_FRAME_BYTES } from '@in-camera/crypto/frame-layout.ts';
import { FrameHeader } from '@in-camera/crypto/sframe.ts';
import type { EncodedFrame } from './frame-stream.ts';
import type { BindOptions, ReceiveStats, Source } from './frames-messages.ts';
import type { FrameKeyRing, OpenKey } from './key-ring.ts';

/** How long after one hold the next may begin, so that made-up identifiers cannot stall a slot. */
const HOLD_PAUSE_MS = 2_000;
const KEY_FRAME_REQUEST_MS = 1_000;

export interface SlotOwner {
  readonly leaf: number;
  readonly source: Source;
}

type Count =
  | 'good'
  | 'bad'
  | 'server'
  | 'replayed'
  | 'unknownKey'
  | 'stale'
  | 'wrongOwner'
  | 'dropped'
  | 'keyFrames';

export class FrameReceiver {
  readonly slot: string;
  readonly #options: BindOptions;
  readonly #ring: FrameKeyRing;
  readonly #isServerMade: (frame: Uint8Array) => boolean;
  readonly #onFirstGood: (slot: string, owner: SlotOwner) => void;
  readonly #askKeyFrame: () => void;
  readonly #now: () => number;
  readonly #header = new FrameHeader();
  readonly #counts: Record<Count, number> = {
    good: 0,
    bad: 0,
    server: 0,
    replayed: 0,
    unknownKey: 0,
    stale: 0,
    wrongOwner: 0,
    dropped: 0,
    keyFrames: 0,
  };
  #codec: FrameCodec | null = null;
  #owner: SlotOwner | null = null;
  #told = false;
  /** A frame was refused since the last key frame: what follows builds on something that is not there. */
  #wantsKeyFrame = false;
  #lastGoodMs: number | null = null;
  #holdFromMs = Number.NEGATIVE_INFINITY;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    options: BindOptions,
    ring: FrameKeyRing,
    isServerMade: (frame: Uint8Array) => boolean,
    onFirstGood: (slot: string, owner: SlotOwner) => void,
    askKeyFrame: () => void = () => undefined,
    now: () => number = () => performance.now(),
  ) {
    this.slot = options.slot;
    this.#options = options;
    this.#ring = ring;
    this.#isServerMade = isServerMade;
    this.#onFirstGood = onFirstGood;
    this.#askKeyFrame = askKeyFrame;
    this.#now = now;
  }

  /** What the page expects here. It overrules what the first good frame said. */
  latch(owner: SlotOwner): void {
    this.#owner = owner;
    this.#told = false;
  }

  unlatch(): void {
    this.#owner = null;
    this.#told = false;
  }

  requestKeyFrame(): void {
    const now = this.#now();
    if (this.#options.trackKind !== 'video' || now - this.#askedAtMs < KEY_FRAME_REQUEST_MS) return;
    this.#askedAtMs = now;
    this.#askKeyFrame();
  }

  /** True: the frame now holds what its sender's encoder made. Checks in media.md's order. */
  async handleFrame(frame: EncodedFrame): Promise<boolean> {
    const data = new Uint8Array(frame.data);
    if (data.length === 0 || data.length > MAX_FRAME_BYTES) return this.#refuse('dropped');
    const codec = codecOfMime(frame.getMetadata().mimeType ?? '');
    if (codec === null || (codec === 'opus') !== (this.#options.trackKind === 'audio')) {
      return this.#refuse('dropped');
    }
    this.#codec = codec;
    const header = this.#header;
    if (!readFrame(codec, data, header)) return this.#refuseBad(data, 'bad');
    const key = await this.#keyFor(header.kid, data);
    if (key === null) return false;
    const { ctrHi, ctrLo } = header;
    if (!key.value.window.mayTake(ctrHi, ctrLo)) return this.#refuseBad(data, 'replayed');
    let opened: Uint8Array<ArrayBuffer>;
    try {
      opened = await key.value.opener.open(codec, data, header);
    } catch {
      return this.#refuseBad(data, 'bad');
    }
    if (!this.#isOwner(key)) return this.#refuse('wrongOwner');
    // Asked again, now with a proven tag: a copy of it may have been opened meanwhile.
    if (!key.value.window.take(ctrHi, ctrLo)) return this.#refuse('replayed');
    frame.data = opened.buffer;
    this.#countGood(frame, key);
    return true;
  }

  stats(): ReceiveStats {
    const { slot, trackKind } = this.#options;
    return {
      slot,
      trackKind,
      leaf: this.#owner?.leaf ?? null,
      source: this.#owner?.source ?? null,
      codec: this.#codec,
      ...this.#counts,
      sinceGoodMs: this.#lastGoodMs === null ? null : this.#now() - this.#lastGoodMs,
    };
  }

  /** Holds frames of an epoch that may be on its way; everything else without a key is refused. */
  async #keyFor(kid: number, data: Uint8Array): Promise<LiveKey<OpenKey> | null> {
    let found = this.#ring.find(kid);
    if (found === 'newer' && !this.#isServerMade(data)) {
      const now = this.#now();
      if (now - this.#holdFromMs > NEWER_EPOCH_HOLD_MS + HOLD_PAUSE_MS) this.#holdFromMs = now;
      const deadlineMs = this.#holdFromMs + NEWER_EPOCH_HOLD_MS;
      while (found === 'newer' && this.#now() < deadlineMs) {
        await this.#ring.waitForTurn(deadlineMs - this.#now());
        found = this.#ring.find(kid);
      }
    }
    if (typeof found !== 'string') return found;
    this.#refuseBad(data, found === 'stale' ? 'stale' : 'unknownKey');
    return null;
  }

  /** Rule 8 of attacks.md: the identifier names leaf and source, and both must own this slot. */
  #isOwner(key: LiveKey<OpenKey>): boolean {
    const isAudio = key.source === 'microphone' || key.source === 'screen-audio';
    if (isAudio !== (this.#options.trackKind === 'audio')) return false;
    this.#owner ??= { leaf: key.leaf, source: key.source };
    return this.#owner.leaf === key.leaf && this.#owner.source === key.source;
  }

  #countGood(frame: EncodedFrame, key: LiveKey<OpenKey>): void {
    this.#counts.good++;
    this.#lastGoodMs = this.#now();
    if (frame.type === 'key') {
      this.#counts.keyFrames++;
      this.#wantsKeyFrame = false;
    } else if (this.#wantsKeyFrame) this.requestKeyFrame();
    if (this.#told) return;
    this.#told = true;
    this.#onFirstGood(this.slot, { leaf: key.leaf, source: key.source });
  }

  #refuse(count: Count): false {
    this.#counts[count]++;
    this.#wantsKeyFrame = true;
    return false;
  }

  /** The media server's own filler carries its trailer; it is refused like the rest, and told apart. */
  #refuseBad(data: Uint8Array, count: Count): false {
    return this.#refuse(this.#isServerMade(data) ? 'server' : count);
  }
}
