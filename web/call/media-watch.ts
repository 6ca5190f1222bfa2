// Takes the watchdog's samples every two seconds and carries out what only LiveKit can do about
// them; alarms and names go out. Judges nothing itself.
import type { Source } from '../worker/frames-messages.ts';
import type { FramesClient, FramesStats } from './media-frames.ts';
import type { RemoteTile } from './media-remote.ts';
import type { MediaRoom } from './media-room.ts';
import { bytesSentBy, decodedOf } from './media-stats.ts';
import {
  FIRST_SEND_VERDICT,
  FIRST_VERDICT,
  judgeSender,
  judgeTile,
  type SendSample,
  type SendVerdict,
  type TileSample,
  type TileVerdict,
} from './watchdog.ts';

export type WatchNotice =
  | { readonly kind: 'judged'; readonly tile: RemoteTile; readonly verdict: TileVerdict }
  | { readonly kind: 'leak'; readonly where: 'received' | 'sent'; readonly source: Source }
  | { readonly kind: 'rejoin'; readonly tile: RemoteTile };

const EVERY_MS = 2_000;

interface Judged<S, V> {
  readonly sample: S;
  readonly verdict: V;
}

export class MediaWatch {
  readonly #room: MediaRoom;
  readonly #frames: FramesClient;
  readonly #onNotice: (notice: WatchNotice) => void;
  readonly #tiles = new Map<string, Judged<TileSample, TileVerdict>>();
  readonly #senders = new Map<Source, Judged<SendSample, SendVerdict>>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(room: MediaRoom, frames: FramesClient, onNotice: (notice: WatchNotice) => void) {
    this.#room = room;
    this.#frames = frames;
    this.#onNotice = onNotice;
    this.#plan();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** One round; public so that a test need not wait. */
  async look(): Promise<void> {
    const tiles = this.#room.tiles;
    const decoded = new Map<string, number | null>();
    for (const { slot } of tiles)
      decoded.set(slot, await decodedOf(this.#room.remote.receiver(slot)));
    const sent = new Map<Source, number>();
    for (const source of this.#room.own.sources) {
      sent.set(source, await bytesSentBy(this.#room.senderOf(source)?.sender ?? null));
    }
    // The worker's numbers last: they may be ahead of the engine's, never behind.
    const stats = await this.#frames.stats();
    if (stats === null || this.#closed) return;
    for (const tile of tiles) this.#judgeTile(tile, decoded.get(tile.slot) ?? null, stats);
    for (const [source, bytes] of sent) this.#judgeSender(source, bytes, stats);
    for (const slot of this.#tiles.keys()) {
      if (!tiles.some((tile) => tile.slot === slot)) this.#tiles.delete(slot);
    }
  }

  #plan(): void {
    this.#timer = setTimeout(() => void this.#round(), EVERY_MS);
  }

  async #round(): Promise<void> {
    // A connection that closes meanwhile has no statistics: the next round sees the new one.
    await this.look().catch(() => undefined);
    if (!this.#closed) this.#plan();
  }

  #judgeTile(tile: RemoteTile, decoded: number | null, stats: FramesStats): void {
    const sample: TileSample = {
      atMs: performance.now(),
      subscribed: true,
      muted: tile.muted,
      paused: this.#room.remote.isPaused(tile.slot),
      frames: stats.receive.get(tile.slot) ?? null,
      decoded,
    };
    const last = this.#tiles.get(tile.slot);
    const verdict = judgeTile(last?.verdict ?? FIRST_VERDICT, last?.sample ?? null, sample);
    this.#tiles.set(tile.slot, { sample, verdict });
    this.#onNotice({ kind: 'judged', tile, verdict });
    switch (verdict.action) {
      case 'alarm':
        this.#onNotice({ kind: 'leak', where: 'received', source: tile.source });
        break;
      case 'key-frame':
        this.#frames.requestKeyFrame(tile.slot);
        break;
      case 'resubscribe':
        this.#room.remote.resubscribe(tile.slot);
        break;
      case 'rejoin':
        this.#onNotice({ kind: 'rejoin', tile });
        break;
      case 'name':
      case 'none':
        break;
    }
  }

  #judgeSender(source: Source, bytesSent: number, stats: FramesStats): void {
    const slot = this.#room.senderOf(source)?.slot;
    const frames = slot === undefined ? undefined : stats.send.get(slot);
    if (frames === undefined) return;
    const sample: SendSample = { atMs: performance.now(), frames, bytesSent };
    const last = this.#senders.get(source);
    const verdict = judgeSender(last?.verdict ?? FIRST_SEND_VERDICT, last?.sample ?? null, sample);
    this.#senders.set(source, { sample, verdict });
    if (verdict.action === 'alarm') this.#onNotice({ kind: 'leak', where: 'sent', source });
  }
}
