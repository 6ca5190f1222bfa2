// Others' tracks: which slot carries which member's source, and from when on it may be seen or
// heard. A track is shown only after the worker opened a frame of just that member and source.
import type {
  RemoteParticipant,
  RemoteTrack,
  RemoteTrackPublication,
  Room,
  Track,
} from 'livekit-client';
import type { Source } from '../worker/frames-messages.ts';
import type { FramesClient } from './media-frames.ts';
import { type LiveKit, ourSource } from './media-livekit.ts';
import type { PeerGuard } from './peer-guard.ts';

export interface RemoteTile {
  readonly sid: string;
  readonly slot: string;
  readonly identity: string;
  readonly source: Source;
  /** Null while the roster does not know this identity: nothing of it is shown. */
  readonly leaf: number | null;
  readonly shown: boolean;
  readonly muted: boolean;
}

export type RemoteNotice =
  | { readonly kind: 'tile'; readonly tile: RemoteTile }
  | { readonly kind: 'track-shown'; readonly tile: RemoteTile; readonly track: MediaStreamTrack }
  | { readonly kind: 'track-hidden'; readonly tile: RemoteTile }
  /** A source we do not know, or a receiver that the guard did not make. */
  | { readonly kind: 'track-refused'; readonly identity: string };

export interface RemoteMediaParts {
  readonly room: Room;
  readonly livekit: LiveKit;
  readonly guard: PeerGuard;
  readonly frames: FramesClient;
  /** The leaf that the roster has for a media identity. */
  readonly leafOf: (identity: string) => number | null;
  readonly onNotice: (notice: RemoteNotice) => void;
}

interface Held {
  tile: RemoteTile;
  readonly track: RemoteTrack;
  readonly publication: RemoteTrackPublication;
}

export class RemoteMedia {
  readonly #parts: RemoteMediaParts;
  readonly #bySid = new Map<string, Held>();
  /**
   * Whose good frames a slot carried last. They may come before we know of the track or of the person, and no
   * other may follow: a picture that no element shows is paused by the SDK.
   */
  readonly #proven = new Map<string, { readonly leaf: number; readonly source: Source }>();
  readonly #stopListening: () => void;

  constructor(parts: RemoteMediaParts) {
    this.#parts = parts;
    const { RoomEvent } = parts.livekit;
    parts.room
      .on(RoomEvent.TrackSubscribed, (track, publication, member) =>
        this.#handleSubscribed(track, publication, member),
      )
      .on(RoomEvent.TrackUnsubscribed, (_track, publication) => this.#drop(publication.trackSid))
      .on(RoomEvent.TrackMuted, (publication) => this.#handleMuted(publication.trackSid, true))
      .on(RoomEvent.TrackUnmuted, (publication) => this.#handleMuted(publication.trackSid, false));
    this.#stopListening = parts.frames.listen((notice) => {
      if (notice.kind !== 'good') return;
      this.#proven.set(notice.slot, { leaf: notice.leaf, source: notice.source });
      for (const held of this.#bySid.values()) this.#showProven(held);
    });
  }

  get tiles(): readonly RemoteTile[] {
    return [...this.#bySid.values()].map(({ tile }) => tile);
  }

  /** The roster changed: identities may have become known, or no longer be. */
  handleRoster(): void {
    for (const held of this.#bySid.values()) {
      const leaf = this.#parts.leafOf(held.tile.identity);
      if (leaf === held.tile.leaf) continue;
      this.#hide(held);
      this.#change(held, { leaf });
      this.#latch(held.tile);
      this.#showProven(held);
    }
  }

  /** Binds a picture to its place on the screen, whose size and visibility steer what is sent. */
  attach(slot: string, element: HTMLMediaElement): () => void {
    const held = [...this.#bySid.values()].find(({ tile }) => tile.slot === slot);
    if (held === undefined || !held.tile.shown) return () => undefined;
    held.track.attach(element);
    return () => void held.track.detach(element);
  }

  receiver(slot: string): RTCRtpReceiver | null {
    const held = [...this.#bySid.values()].find(({ tile }) => tile.slot === slot);
    return held?.track.receiver ?? null;
  }

  /** Paused by ourselves: nobody looks at it (adaptive stream). */
  isPaused(slot: string): boolean {
    const held = [...this.#bySid.values()].find(({ tile }) => tile.slot === slot);
    return held !== undefined && held.track.kind === 'video' && !held.publication.isEnabled;
  }

  /** Asks the server for the track anew; the watchdog's second step. */
  resubscribe(slot: string): void {
    const held = [...this.#bySid.values()].find(({ tile }) => tile.slot === slot);
    held?.publication.setSubscribed(false);
    held?.publication.setSubscribed(true);
  }

  close(): void {
    this.#stopListening();
    for (const sid of [...this.#bySid.keys()]) this.#drop(sid);
  }

  #handleSubscribed(
    track: RemoteTrack,
    publication: RemoteTrackPublication,
    member: RemoteParticipant,
  ): void {
    const { identity } = member;
    const source = ourSource(publication.source);
    const slot =
      track.receiver === undefined ? undefined : this.#parts.guard.slotOf(track.receiver);
    if (source === null || slot === undefined || !isKind(source, track.kind)) {
      publication.setSubscribed(false);
      this.#parts.onNotice({ kind: 'track-refused', identity });
      return;
    }
    // Receivers are used again: what had this slot before has lost it.
    for (const held of [...this.#bySid.values()]) {
      if (held.tile.slot === slot) this.#drop(held.tile.sid);
    }
    const leaf = this.#parts.leafOf(identity);
    const { trackSid: sid, isMuted: muted } = publication;
    const tile: RemoteTile = { sid, slot, identity, source, leaf, shown: false, muted };
    const held: Held = { tile, track, publication };
    this.#bySid.set(sid, held);
    this.#latch(tile);
    this.#parts.onNotice({ kind: 'tile', tile });
    this.#showProven(held);
  }

  #showProven(held: Held): void {
    const { slot, leaf, source, shown } = held.tile;
    const proven = this.#proven.get(slot);
    if (shown || proven === undefined || proven.leaf !== leaf || proven.source !== source) return;
    this.#change(held, { shown: true });
    // Sound needs no place on the screen; LiveKit makes its element and keeps it.
    if (held.track.kind === 'audio') held.track.attach();
    const track = held.track.mediaStreamTrack;
    this.#parts.onNotice({ kind: 'track-shown', tile: held.tile, track });
  }

  #handleMuted(sid: string, muted: boolean): void {
    const held = this.#bySid.get(sid);
    if (held === undefined) return;
    this.#change(held, { muted });
    this.#parts.onNotice({ kind: 'tile', tile: held.tile });
  }

  /** The receiver is gone from the track by now; only our own map still knows the slot. */
  #drop(sid: string): void {
    const held = this.#bySid.get(sid);
    if (held === undefined) return;
    this.#hide(held);
    this.#bySid.delete(sid);
    this.#proven.delete(held.tile.slot);
    this.#parts.frames.unlatch(held.tile.slot);
  }

  #hide(held: Held): void {
    held.track.detach();
    if (!held.tile.shown) return;
    this.#change(held, { shown: false });
    this.#parts.onNotice({ kind: 'track-hidden', tile: held.tile });
  }

  #latch({ slot, leaf, source }: RemoteTile): void {
    if (leaf === null) this.#parts.frames.unlatch(slot);
    else this.#parts.frames.latch(slot, leaf, source);
  }

  #change(held: Held, change: Partial<RemoteTile>): void {
    held.tile = { ...held.tile, ...change };
  }
}

function isKind(source: Source, kind: Track.Kind): boolean {
  const audio = source === 'microphone' || source === 'screen-audio';
  return (kind === 'audio') === audio;
}
