// This person's own tracks at the media server. Off means off: the capture track has ended, the
// sender has no track, and the frames worker seals nothing of that source (PBD-5). Captures nothing
// itself; tracks come from devices.ts, after a click.
import type { LocalTrackPublication, Room } from 'livekit-client';
import { CODECS } from '../worker/codecs.ts';
import type { Source } from '../worker/frames-messages.ts';
import { MediaError } from './media-errors.ts';
import type { FramesClient } from './media-frames.ts';
import { type LiveKit, ourSource, theirSource } from './media-livekit.ts';
import { type MediaSettings, publishOptions } from './media-settings.ts';
import type { PeerGuard } from './peer-guard.ts';

export type OwnNotice =
  /** The device or the browser ended it: unplugged, permission taken back, sharing stopped. */
  | { readonly kind: 'own-ended'; readonly source: Source }
  /** The media server muted it; it stays off until the person turns it on. */
  | { readonly kind: 'own-silenced'; readonly source: Source }
  /** The server took another codec than ours: it is being taken back. */
  | { readonly kind: 'own-refused'; readonly source: Source };

export interface OwnMediaParts {
  readonly room: Room;
  readonly livekit: LiveKit;
  readonly guard: PeerGuard;
  readonly frames: FramesClient;
  readonly settings: MediaSettings;
  readonly onNotice: (notice: OwnNotice) => void;
}

interface OwnTrack {
  readonly capture: MediaStreamTrack;
  readonly state: 'on' | 'off';
}

/** A refused codec can cost Firefox a full reconnect, during which nothing is negotiated. */
const CODEC_WAIT_MS = 10_000;

export class OwnMedia {
  readonly #parts: OwnMediaParts;
  readonly #tracks = new Map<Source, OwnTrack>();
  readonly #queues = new Map<Source, Promise<void>>();
  readonly #publishing = new Set<Source>();
  readonly #refused = new Set<Source>();

  constructor(parts: OwnMediaParts) {
    this.#parts = parts;
    const { RoomEvent } = parts.livekit;
    parts.room
      .on(RoomEvent.LocalTrackPublished, (publication) => this.#handlePublished(publication))
      .on(RoomEvent.TrackMuted, (publication, member) => {
        if (member.isLocal) this.#handleMuted(publication.source, true);
      })
      .on(RoomEvent.TrackUnmuted, (publication, member) => {
        if (member.isLocal) this.#handleMuted(publication.source, false);
      });
  }

  /** Publishes, or goes on with a fresh capture on the sender that is there. Owns the track now. */
  turnOn(source: Source, capture: MediaStreamTrack): Promise<void> {
    return this.#inTurn(source, async () => {
      this.#parts.guard.markSource(capture, source);
      capture.addEventListener('ended', () => this.#handleEnded(source, capture));
      const publication = this.#publication(source);
      this.#tracks.get(source)?.capture.stop();
      this.#tracks.set(source, { capture, state: 'on' });
      this.#parts.frames.mute(source, false);
      try {
        if (publication?.track === undefined) await this.#publish(source, capture);
        else {
          await publication.track.replaceTrack(capture, true);
          await publication.unmute();
        }
      } catch (cause) {
        await this.#drop(source);
        throw cause instanceof MediaError ? cause : new MediaError('publish-failed', { cause });
      }
    });
  }

  /** At once for the device and the frames; telling the server may take its time. */
  turnOff(source: Source): Promise<void> {
    this.#silence(source);
    return this.#inTurn(source, async () => {
      if (this.#tracks.get(source)?.state === 'on') return;
      if (source === 'screen' || source === 'screen-audio') return this.#drop(source);
      const publication = this.#publication(source);
      await publication?.track?.sender?.replaceTrack(null);
      await publication?.mute();
    });
  }

  /**
   * For leaving: everything off. For a new connection: captures that are on come back alive, since
   * asking the device again would blink its light and may prompt.
   */
  close(keepCaptures: boolean): ReadonlyMap<Source, MediaStreamTrack> {
    const kept = new Map<Source, MediaStreamTrack>();
    for (const [source, { capture, state }] of this.#tracks) {
      this.#parts.frames.mute(source, true);
      if (keepCaptures && state === 'on') kept.set(source, capture);
      else capture.stop();
    }
    this.#tracks.clear();
    return kept;
  }

  /** An answer that would have had us send in another codec was turned down: nothing comes of what waits for it. */
  handleRefused(kind: 'audio' | 'video'): void {
    for (const source of this.#publishing) {
      if (kindOf(source) === kind) this.#refuse(source);
    }
  }

  sender(source: Source): RTCRtpSender | null {
    return this.#publication(source)?.track?.sender ?? null;
  }

  get sources(): readonly Source[] {
    return [...this.#tracks.keys()];
  }

  #refuse(source: Source): void {
    this.#refused.add(source);
    this.#silence(source);
    this.#parts.onNotice({ kind: 'own-refused', source });
  }

  #silence(source: Source): void {
    this.#parts.frames.mute(source, true);
    const track = this.#tracks.get(source);
    if (track === undefined) return;
    track.capture.stop();
    this.#tracks.set(source, { capture: track.capture, state: 'off' });
  }

  async #publish(source: Source, capture: MediaStreamTrack): Promise<void> {
    const { room, livekit, settings } = this.#parts;
    this.#publishing.add(source);
    this.#refused.delete(source);
    try {
      await room.localParticipant.publishTrack(capture, {
        ...publishOptions(source, settings, livekit.VideoPreset),
        source: theirSource(source, livekit),
      });
      await this.#refuseOtherCodecs(source);
    } finally {
      this.#publishing.delete(source);
    }
    // Turned off while it was being published.
    if (this.#tracks.get(source)?.state !== 'off') return;
    await this.#publication(source)?.track?.sender?.replaceTrack(null);
    await this.#publication(source)?.mute();
  }

  /** The server answers a codec it does not know by another one, silently: read it back. */
  async #refuseOtherCodecs(source: Source): Promise<void> {
    if (this.#refused.has(source)) {
      await this.#drop(source);
      throw new MediaError('codec-refused');
    }
    const mime = await this.#negotiatedMime(source);
    if (mime !== null && CODECS[kindOf(source)].includes(mime.toLowerCase())) return;
    // Said at once: taking it back needs the server once more, who may take his time.
    this.#refuse(source);
    await this.#drop(source);
    throw new MediaError('codec-refused');
  }

  /** The sender is looked up anew each time: a reconnect makes another one. */
  async #negotiatedMime(source: Source): Promise<string | null> {
    const deadlineMs = performance.now() + CODEC_WAIT_MS;
    while (performance.now() < deadlineMs) {
      const mime = this.sender(source)?.getParameters().codecs?.[0]?.mimeType;
      if (mime !== undefined) return mime;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return null;
  }

  async #drop(source: Source): Promise<void> {
    this.#silence(source);
    this.#tracks.delete(source);
    const track = this.#publication(source)?.track;
    if (track !== undefined) await this.#parts.room.localParticipant.unpublishTrack(track, true);
  }

  #publication(source: Source): LocalTrackPublication | undefined {
    const { room, livekit } = this.#parts;
    return room.localParticipant.getTrackPublication(theirSource(source, livekit));
  }

  /** After a full reconnect LiveKit publishes again, by itself and whatever the codec. */
  #handlePublished(publication: LocalTrackPublication): void {
    const source = ourSource(publication.source);
    const state = source === null ? undefined : this.#tracks.get(source)?.state;
    if (source === null || state === undefined) return;
    // An ended track must not be sent as black.
    if (state === 'off') void publication.track?.sender?.replaceTrack(null).catch(() => undefined);
    else if (!this.#publishing.has(source)) {
      this.#refuseOtherCodecs(source).catch(() => undefined);
    }
  }

  #handleEnded(source: Source, capture: MediaStreamTrack): void {
    if (this.#tracks.get(source)?.capture !== capture) return;
    void this.turnOff(source).catch(() => undefined);
    this.#parts.onNotice({ kind: 'own-ended', source });
  }

  /** A mute by the server is taken as one; an unmute by it changes nothing. */
  #handleMuted(name: string, muted: boolean): void {
    const source = ourSource(name);
    if (source === null) return;
    const state = this.#tracks.get(source)?.state;
    if (muted && state === 'on') {
      void this.turnOff(source).catch(() => undefined);
      this.#parts.onNotice({ kind: 'own-silenced', source });
    } else if (!muted && state === 'off') {
      void this.#publication(source)?.mute();
    }
  }

  /** One at a time for each source, in the order asked. */
  #inTurn(source: Source, work: () => Promise<void>): Promise<void> {
    const before = this.#queues.get(source) ?? Promise.resolve();
    const turn = before.then(work);
    this.#queues.set(
      source,
      turn.catch(() => undefined),
    );
    return turn;
  }
}

const kindOf = (source: Source): 'audio' | 'video' =>
  source === 'microphone' || source === 'screen-audio' ? 'audio' : 'video';
