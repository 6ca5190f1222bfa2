// The frames worker without its globals: slots, messages, counts. Passes no byte on by itself.
import * as z from 'zod/mini';
import { FrameReceiver } from './frame-receiver.ts';
import { FrameSender } from './frame-sender.ts';
import { type FrameTransformer, pipeFrames } from './frame-stream.ts';
import {
  bindOptions,
  type FramesEvent,
  pageMessage,
  type Source,
  vaultMessage,
} from './frames-messages.ts';
import { FrameKeyRing } from './key-ring.ts';

const STATS_EVERY_MS = 2_000;

export class FramesHub {
  readonly #ring: FrameKeyRing;
  readonly #tell: (event: FramesEvent) => void;
  readonly #receivers = new Map<string, FrameReceiver>();
  readonly #senders = new Map<string, FrameSender>();
  readonly #muted = new Set<Source>();
  readonly #statsTimer: ReturnType<typeof setInterval>;
  #trailer: Uint8Array | null = null;
  #vault: MessagePort | null = null;

  constructor(tell: (event: FramesEvent) => void, ring: FrameKeyRing = new FrameKeyRing()) {
    this.#tell = tell;
    this.#ring = ring;
    // Here and not in the page, whose timers sleep when its tab is hidden.
    this.#statsTimer = setInterval(() => this.#tellStats(null), STATS_EVERY_MS);
  }

  handlePage(input: unknown): void {
    const read = z.safeParse(pageMessage, input);
    if (!read.success) {
      this.#fault('message-malformed');
      return;
    }
    const message = read.data;
    switch (message.kind) {
      case 'vault':
        this.#takeVault(message.port);
        return;
      case 'latch':
        this.#receivers.get(message.slot)?.latch({ leaf: message.leaf, source: message.source });
        return;
      case 'unlatch':
        this.#receivers.get(message.slot)?.unlatch();
        return;
      case 'key-frame':
        this.#receivers.get(message.slot)?.requestKeyFrame();
        return;
      case 'mute':
        if (message.muted) this.#muted.add(message.source);
        else this.#muted.delete(message.source);
        return;
      case 'sif':
        this.#trailer = message.trailer.slice();
        return;
      case 'stats':
        this.#tellStats(message.ref);
    }
  }

  handleVault(input: unknown): void {
    const read = z.safeParse(vaultMessage, input);
    if (!read.success) {
      this.#fault('vault-malformed');
      return;
    }
    try {
      this.#ring.handleVault(read.data);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'vault-failed';
      this.#fault(code);
    }
  }

  /** Resolves when the stream has ended. Options that do not fit get no pipe: nothing flows. */
  async handleTransformer(transformer: FrameTransformer): Promise<void> {
    const read = z.safeParse(bindOptions, transformer.options);
    if (!read.success) {
      this.#fault('options-malformed');
      return;
    }
    const options = read.data;
    if (this.#senders.has(options.slot) || this.#receivers.has(options.slot)) {
      this.#fault('slot-twice');
      return;
    }
    if (options.side === 'send') {
      const ask = () => void transformer.generateKeyFrame?.().catch(() => undefined);
      const sender = new FrameSender(options, this.#ring, (one) => this.#muted.has(one), ask);
      this.#senders.set(options.slot, sender);
      await pipeFrames(transformer, (frame) => sender.handleFrame(frame));
      this.#senders.delete(options.slot);
      return;
    }
    const receiver = new FrameReceiver(
      options,
      this.#ring,
      (frame) => this.#endsInTrailer(frame),
      (slot, { leaf, source }) => this.#tell({ kind: 'good', slot, leaf, source }),
      () => void transformer.sendKeyFrameRequest?.().catch(() => undefined),
    );
    this.#receivers.set(options.slot, receiver);
    await pipeFrames(transformer, (frame) => receiver.handleFrame(frame));
    this.#receivers.delete(options.slot);
  }

  close(): void {
    clearInterval(this.#statsTimer);
    this.#vault?.close();
    this.#ring.handleVault({ kind: 'wipe' });
  }

  #takeVault(port: MessagePort): void {
    if (this.#vault !== null) {
      this.#fault('vault-twice');
      return;
    }
    this.#vault = port;
    port.onmessage = (event: MessageEvent<unknown>) => this.handleVault(event.data);
  }

  /** What cannot be understood is answered by silence on the wire. */
  #fault(code: string): void {
    this.#ring.stop();
    this.#tell({ kind: 'fault', code });
  }

  #tellStats(ref: number | null): void {
    if (ref === null && this.#receivers.size + this.#senders.size === 0) return;
    this.#tell({
      kind: 'stats',
      ref,
      sending: this.#ring.sending,
      receive: [...this.#receivers.values()].map((one) => one.stats()),
      send: [...this.#senders.values()].map((one) => one.stats()),
    });
  }

  #endsInTrailer(frame: Uint8Array): boolean {
    const trailer = this.#trailer;
    if (trailer === null || frame.length < trailer.length) return false;
    const from = frame.length - trailer.length;
    return trailer.every((byte, i) => frame[from + i] === byte);
  }
}
