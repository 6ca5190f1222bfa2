// One meeting's media: connects LiveKit's client behind our guard, workers and proxy. Calls no
// crypto, holds no keys, takes nothing from the media server as true but what frames prove.
import type { DisconnectReason, Room } from 'livekit-client';
import type { Source } from '../worker/frames-messages.ts';
import { E2eeManager } from './e2ee-manager.ts';
import { MediaEmitter } from './media-emitter.ts';
import { MediaError } from './media-errors.ts';
import type { FramesClient, FramesNotice } from './media-frames.ts';
import { type LiveKit, loadLiveKit } from './media-livekit.ts';
import { OwnMedia, type OwnNotice } from './media-own.ts';
import { RemoteMedia, type RemoteNotice, type RemoteTile } from './media-remote.ts';
import { MEDIA_DEFAULTS, type MediaSettings, reconnectPolicy } from './media-settings.ts';
import { type GuardNotice, installPeerGuard, type PeerGuard } from './peer-guard.ts';

/** What the SDK tells apart matters only as far as it changes what we do next. */
export type EndReason = 'left' | 'removed' | 'twice' | 'ended' | 'lost';

export type MediaEvent =
  | RemoteNotice
  | OwnNotice
  | { readonly kind: 'present'; readonly own: string; readonly others: readonly string[] }
  | { readonly kind: 'connection'; readonly state: 'connected' | 'reconnecting' }
  | { readonly kind: 'sound-blocked'; readonly blocked: boolean }
  | { readonly kind: 'guard'; readonly notice: GuardNotice }
  | Exclude<FramesNotice, { kind: 'good' }>
  | { readonly kind: 'disconnected'; readonly reason: EndReason };

export interface MediaRoomOptions {
  readonly frames: FramesClient;
  readonly leafOf: (identity: string) => number | null;
  readonly iceServers?: readonly RTCIceServer[];
  /** Hosts, with port, that ICE may ask; everything else is taken out. */
  readonly iceHosts?: readonly string[];
  readonly settings?: Partial<MediaSettings>;
}

/**
 * The SDK can hang in a reconnect for good (a socket that Firefox closes before it says open), and a
 * new room with a new ticket is faster than its last tries (F-05).
 */
const GIVE_UP_RECONNECT_MS = 12_000;

/** The proxy mints the real one for each request (media.md section 3). */
const NO_TOKEN = 'none';

export class MediaRoom {
  readonly own: OwnMedia;
  readonly #events = new MediaEmitter<MediaEvent>();
  readonly #room: Room;
  readonly #livekit: LiveKit;
  readonly #guard: PeerGuard;
  readonly #manager: E2eeManager;
  readonly #remote: RemoteMedia;
  readonly #stopListening: () => void;
  readonly #iceServers: readonly RTCIceServer[];
  #closed = false;
  #ended = false;
  #giveUpTimer: ReturnType<typeof setTimeout> | null = null;

  /** Rejects with transform-missing where the browser cannot do it; there is no second way. */
  static async open(options: MediaRoomOptions): Promise<MediaRoom> {
    const guard = installPeerGuard();
    const livekit = await loadLiveKit();
    return new MediaRoom(options, guard, livekit);
  }

  private constructor(options: MediaRoomOptions, guard: PeerGuard, livekit: LiveKit) {
    const settings = { ...MEDIA_DEFAULTS, ...options.settings };
    const { frames } = options;
    this.#guard = guard;
    this.#livekit = livekit;
    this.#iceServers = options.iceServers ?? [];
    guard.use({
      worker: frames.worker,
      iceHosts: options.iceHosts ?? [],
      onNotice: (notice) => this.#handleGuard(notice),
    });
    this.#manager = new E2eeManager((trailer) => frames.setServerTrailer(trailer));
    this.#room = new livekit.Room({
      encryption: { e2eeManager: this.#manager },
      singlePeerConnection: settings.connection === 'single',
      adaptiveStream: settings.adaptiveStream,
      dynacast: false,
      // Captures are ours to end: they may go on in the next room.
      stopLocalTrackOnUnpublish: false,
      reconnectPolicy,
    });
    const room = this.#room;
    const onNotice = (notice: RemoteNotice | OwnNotice) => this.#events.emit(notice);
    this.own = new OwnMedia({ room, livekit, guard, frames, settings, onNotice });
    const { leafOf } = options;
    this.#remote = new RemoteMedia({ room, livekit, guard, frames, leafOf, onNotice });
    this.#stopListening = frames.listen((notice) => this.#handleFrames(notice));
    this.#listenToRoom();
  }

  listen(listener: (event: MediaEvent) => void): () => void {
    return this.#events.listen(listener);
  }

  /** `address` is ws(s)://<host>/media/<ticket>. */
  async connect(address: string): Promise<void> {
    await this.#room.setE2EEEnabled(true);
    this.#manager.announce();
    const rtcConfig = { iceServers: [...this.#iceServers] };
    try {
      await this.#room.connect(address, NO_TOKEN, { rtcConfig, maxRetries: 1 });
    } catch (cause) {
      const { ConnectionError, ConnectionErrorReason } = this.#livekit;
      const isRefused =
        cause instanceof ConnectionError && cause.reason === ConnectionErrorReason.NotAllowed;
      throw new MediaError(isRefused ? 'connect-refused' : 'connect-failed', { cause });
    }
    this.#tellPresent();
  }

  get tiles(): readonly RemoteTile[] {
    return this.#remote.tiles;
  }

  /** To be called whenever the roster changed. */
  handleRoster(): void {
    this.#remote.handleRoster();
  }

  attach(slot: string, element: HTMLMediaElement): () => void {
    return this.#remote.attach(slot, element);
  }

  /** From a click: browsers keep sound back until then. */
  async turnSoundOn(): Promise<void> {
    await this.#room.startAudio();
  }

  async chooseSpeaker(deviceId: string): Promise<void> {
    await this.#room.switchActiveDevice('audiooutput', deviceId);
  }

  /** For the watchdog: the tile's receiver, whether it is paused, and its remedies. */
  get remote(): Pick<RemoteMedia, 'receiver' | 'isPaused' | 'resubscribe'> {
    return this.#remote;
  }

  senderOf(source: Source): { sender: RTCRtpSender; slot: string } | null {
    const sender = this.own.sender(source);
    const slot = sender === null ? undefined : this.#guard.slotOf(sender);
    return sender === null || slot === undefined ? null : { sender, slot };
  }

  /**
   * Ends connections and listeners. Captures belong to whoever made them and are left running, for
   * the next room to take over, unless they are to end as well.
   */
  async close(keepCaptures = true): Promise<ReadonlyMap<Source, MediaStreamTrack>> {
    if (this.#closed) return new Map();
    this.#closed = true;
    this.#stopGivingUp();
    const kept = this.own.close(keepCaptures);
    this.#remote.close();
    this.#stopListening();
    await this.#room.disconnect(!keepCaptures).catch(() => undefined);
    this.#guard.release();
    return kept;
  }

  #listenToRoom(): void {
    const { RoomEvent, ConnectionState } = this.#livekit;
    this.#room
      .on(RoomEvent.ParticipantConnected, () => this.#tellPresent())
      .on(RoomEvent.ParticipantDisconnected, () => this.#tellPresent())
      .on(RoomEvent.ConnectionStateChanged, (state) => {
        if (state === ConnectionState.Connected) {
          this.#stopGivingUp();
          this.#events.emit({ kind: 'connection', state: 'connected' });
          this.#tellPresent();
        } else if (state !== ConnectionState.Disconnected && state !== ConnectionState.Connecting) {
          this.#giveUpTimer ??= setTimeout(() => this.#end('lost'), GIVE_UP_RECONNECT_MS);
          this.#events.emit({ kind: 'connection', state: 'reconnecting' });
        }
      })
      .on(RoomEvent.AudioPlaybackStatusChanged, () => {
        this.#events.emit({ kind: 'sound-blocked', blocked: !this.#room.canPlaybackAudio });
      })
      .on(RoomEvent.Disconnected, (reason) => this.#end(this.#endOf(reason)));
  }

  #handleGuard(notice: GuardNotice): void {
    if (notice === 'audio-refused' || notice === 'video-refused') {
      this.own.handleRefused(notice === 'audio-refused' ? 'audio' : 'video');
    }
    this.#events.emit({ kind: 'guard', notice });
    if (notice === 'fingerprint-changed') this.#end('lost');
  }

  /** Told once. Devices stay on only when lost, to be taken over by the next room at once. */
  #end(reason: EndReason): void {
    this.#stopGivingUp();
    if (this.#ended) return;
    this.#ended = true;
    if (reason !== 'lost' && !this.#closed) this.own.close(false);
    this.#events.emit({ kind: 'disconnected', reason });
  }

  #stopGivingUp(): void {
    if (this.#giveUpTimer !== null) clearTimeout(this.#giveUpTimer);
    this.#giveUpTimer = null;
  }

  #handleFrames(notice: FramesNotice): void {
    if (notice.kind !== 'good') this.#events.emit(notice);
  }

  #tellPresent(): void {
    const others = [...this.#room.remoteParticipants.keys()];
    this.#events.emit({ kind: 'present', own: this.#room.localParticipant.identity, others });
  }

  #endOf(reason: DisconnectReason | undefined): EndReason {
    const { DisconnectReason: Why } = this.#livekit;
    switch (reason) {
      case Why.CLIENT_INITIATED:
        return 'left';
      case Why.PARTICIPANT_REMOVED:
        return 'removed';
      case Why.DUPLICATE_IDENTITY:
        return 'twice';
      case Why.ROOM_DELETED:
      case Why.ROOM_CLOSED:
        return 'ended';
      default:
        return 'lost';
    }
  }
}
