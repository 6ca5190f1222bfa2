// One sending transform: every frame is sealed or dropped. There is no third way, and no way to
// ask for one.
import { codecOfMime, type FrameCodec, MAX_FRAME_BYTES } from '@in-camera/crypto/frame-layout.ts';
import type { EncodedFrame } from './frame-stream.ts';
import type { BindOptions, SendStats, Source } from './frames-messages.ts';
import type { FrameKeyRing } from './key-ring.ts';

/** after a pause without keys a new key frame is asked for, once a second at most. */
const KEY_FRAME_REQUEST_MS = 1_000;

export class FrameSender {
  readonly slot: string;
  readonly #options: BindOptions;
  readonly #ring: FrameKeyRing;
  readonly #isMuted: (source: Source) => boolean;
  readonly #askKeyFrame: () => void;
  readonly #now: () => number;
  #codec: FrameCodec | null = null;
  #sent = 0;
  #held = 0;
  #dropped = 0;
  #failed = 0;
  #keyFrames = 0;
  #wantsKeyFrame = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    options: BindOptions,
    ring: FrameKeyRing,
    isMuted: (source: Source) => boolean,
    askKeyFrame: () => void,
    now: () => number = () => performance.now(),
  ) {
    this.slot = options.slot;
    this.#options = options;
    this.#ring = ring;
    this.#isMuted = isMuted;
    this.#askKeyFrame = askKeyFrame;
    this.#now = now;
  }

  /** True: the frame now holds sealed bytes and may go on. */
  async handleFrame(frame: EncodedFrame): Promise<boolean> {
    const data = frame.data;
    if (data.byteLength === 0 || data.byteLength > MAX_FRAME_BYTES) return this.#drop();
    const codec = codecOfMime(frame.getMetadata().mimeType ?? '');
    if (codec === null || (codec === 'opus') !== (this.#options.trackKind === 'audio')) {
      return this.#drop();
    }
    this.#codec = codec;
    const source = this.#options.source;
    const sealer = source === undefined ? null : this.#ring.sealer(source);
    if (source === undefined || sealer === null || this.#isMuted(source)) return this.#hold();
    this.#requestKeyFrame(frame);
    const stops = this.#ring.stops;
    try {
      const sealed = await sealer.seal(codec, new Uint8Array(data));
      // Told to stop, or muted, while the cipher ran: nothing more leaves.
      if (this.#ring.stops !== stops || this.#isMuted(source)) return this.#hold();
      frame.data = sealed.buffer;
    } catch {
      this.#failed++;
      return false;
    }
    this.#sent++;
    if (frame.type === 'key') this.#keyFrames++;
    return true;
  }

  stats(): SendStats {
    return {
      slot: this.slot,
      trackKind: this.#options.trackKind,
      source: this.#options.source ?? null,
      codec: this.#codec,
      sent: this.#sent,
      held: this.#held,
      dropped: this.#dropped,
      failed: this.#failed,
      keyFrames: this.#keyFrames,
    };
  }

  #drop(): false {
    this.#dropped++;
    return false;
  }

  #hold(): false {
    this.#held++;
    this.#wantsKeyFrame = this.#options.trackKind === 'video';
    return false;
  }

  /** Deltas after a pause show nothing: receivers never had the frames they build on. */
  #requestKeyFrame(frame: EncodedFrame): void {
    if (!this.#wantsKeyFrame) return;
    if (frame.type === 'key') {
      this.#wantsKeyFrame = false;
      return;
    }
    const now = this.#now();
    if (now - this.#askedAtMs < KEY_FRAME_REQUEST_MS) return;
    this.#askedAtMs = now;
    this.#askKeyFrame();
  }
}
