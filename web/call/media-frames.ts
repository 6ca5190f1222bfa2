// The page's end of the frames worker: messages out, read events in, and a worker that falls
// silent is told as dead (F-12). Sees no keys: those go from vault to worker over their own port.
import * as z from 'zod/mini';
import {
  type FramesEvent,
  framesEvent,
  type PageMessage,
  type ReceiveStats,
  type SendStats,
  type Source,
} from '../worker/frames-messages.ts';
import { MediaEmitter } from './media-emitter.ts';
import { WorkerPulse } from './worker-pulse.ts';

export type FramesNotice =
  | Extract<FramesEvent, { kind: 'good' }>
  | { readonly kind: 'fault'; readonly code: string }
  | { readonly kind: 'died'; readonly why: 'error' | 'silent' | 'malformed' };

export interface FramesStats {
  readonly sending: boolean;
  readonly receive: ReadonlyMap<string, ReceiveStats>;
  readonly send: ReadonlyMap<string, SendStats>;
}

/** Seconds it may leave unanswered. It has nothing to do that takes a tenth of one. */
const MOST_UNANSWERED = 3;
/** Its answer is heard and thrown away. */
const PULSE_REF = 0;

export class FramesClient {
  readonly worker: Worker;
  readonly #notices = new MediaEmitter<FramesNotice>();
  readonly #asked = new Map<number, (stats: FramesStats | null) => void>();
  #pulse: WorkerPulse | undefined;
  #ref = PULSE_REF;
  #dead = false;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.addEventListener('message', (event: MessageEvent<unknown>) => this.#handle(event.data));
    worker.addEventListener('error', () => this.#die('error'));
    worker.addEventListener('messageerror', () => this.#die('malformed'));
  }

  listen(listener: (notice: FramesNotice) => void): () => void {
    return this.#notices.listen(listener);
  }

  /** Hands the worker its end of the channel to the vault. */
  connectVault(port: MessagePort): void {
    this.worker.postMessage({ kind: 'vault', port } satisfies PageMessage, [port]);
  }

  latch(slot: string, leaf: number, source: Source): void {
    this.#tell({ kind: 'latch', slot, leaf, source });
  }

  unlatch(slot: string): void {
    this.#tell({ kind: 'unlatch', slot });
  }

  requestKeyFrame(slot: string): void {
    this.#tell({ kind: 'key-frame', slot });
  }

  mute(source: Source, muted: boolean): void {
    this.#tell({ kind: 'mute', source, muted });
  }

  setServerTrailer(trailer: Uint8Array): void {
    if (trailer.length > 0) this.#tell({ kind: 'sif', trailer });
  }

  /** Null when the worker died before it answered. */
  stats(): Promise<FramesStats | null> {
    if (this.#dead) return Promise.resolve(null);
    const ref = ++this.#ref;
    return new Promise((resolve) => {
      this.#asked.set(ref, resolve);
      this.#tell({ kind: 'stats', ref });
    });
  }

  /** Without its worker no transform passes anything: media stops with it. */
  close(): void {
    this.#dead = true;
    this.#pulse?.stop();
    this.worker.terminate();
    this.#answerNobody();
  }

  #tell(message: PageMessage): void {
    if (!this.#dead) this.worker.postMessage(message);
  }

  #handle(input: unknown): void {
    if (this.#dead) return;
    // From its first word on: a script may come over a slow road.
    this.#pulse ??= new WorkerPulse(
      () => this.#tell({ kind: 'stats', ref: PULSE_REF }),
      () => this.#die('silent'),
      MOST_UNANSWERED,
    );
    this.#pulse.heard();
    const read = z.safeParse(framesEvent, input);
    if (!read.success) this.#die('malformed');
    else if (read.data.kind === 'stats') this.#answer(read.data);
    else if (read.data.kind !== 'ready') this.#notices.emit(read.data);
  }

  #answer(event: Extract<FramesEvent, { kind: 'stats' }>): void {
    if (event.ref === null) return;
    const answer = this.#asked.get(event.ref);
    this.#asked.delete(event.ref);
    answer?.({
      sending: event.sending,
      receive: new Map(event.receive.map((one) => [one.slot, one])),
      send: new Map(event.send.map((one) => [one.slot, one])),
    });
  }

  #die(why: 'error' | 'silent' | 'malformed'): void {
    if (this.#dead) return;
    this.close();
    this.#notices.emit({ kind: 'died', why });
  }

  #answerNobody(): void {
    for (const answer of this.#asked.values()) answer(null);
    this.#asked.clear();
  }
}
