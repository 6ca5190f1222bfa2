// The page under test: the product's media room and frames worker, driven by a script, with keys
// that the test gives in place of the vault. Pictures are one colour, sounds one tone each.
import { lacks } from '../../web/call/capability.ts';
import { FramesClient } from '../../web/call/media-frames.ts';
import { loadLiveKit } from '../../web/call/media-livekit.ts';
import { type MediaEvent, MediaRoom } from '../../web/call/media-room.ts';
import type { MediaSettings } from '../../web/call/media-settings.ts';
import { MediaWatch, type WatchNotice } from '../../web/call/media-watch.ts';
import { installPeerGuard } from '../../web/call/peer-guard.ts';
import type { Source, VaultMessage } from '../../web/worker/frames-messages.ts';
import { epochMessage, type TestEpoch } from '../../web/worker/frames-testkit.ts';
import { askForBackup, heard, type RawRoom, rawRooms, watchRooms } from './page-rooms.ts';
import { sumOf, transportsOf } from './page-stats.ts';
import { colourTrack, loudestTone, record, toneTrack } from './page-tracks.ts';

interface Tile {
  readonly track: MediaStreamTrack;
  readonly video: HTMLVideoElement | null;
}

const SMALL: Partial<MediaSettings> = {
  camera: [{ width: 320, height: 180, frameRate: 15, bitrate: 250_000 }],
  adaptiveStream: false,
};

class LoopPage {
  readonly events: MediaEvent[] = [];
  readonly watched: WatchNotice[] = [];
  readonly connections: RTCPeerConnection[] = [];
  readonly failures: string[] = [];
  #settings: Partial<MediaSettings> = {};
  #frames: FramesClient | null = null;
  #vault: MessagePort | null = null;
  #room: MediaRoom | null = null;
  #watch: MediaWatch | null = null;
  #leaves = new Map<string, number>();
  readonly #tiles = new Map<string, Tile>();
  readonly #captures = new Map<Source, MediaStreamTrack>();

  /** The product's own way in, but for the vault. */
  async open(leaves: Record<string, number>, settings: Partial<MediaSettings>, worker: string) {
    this.#leaves = new Map(Object.entries(leaves));
    this.#frames = new FramesClient(new Worker(worker, { type: 'module' }));
    const channel = new MessageChannel();
    this.#frames.connectVault(channel.port2);
    this.#vault = channel.port1;
    this.#settings = { ...SMALL, ...settings };
    await this.#openRoom();
    this.#noteConnections();
  }

  async #openRoom(): Promise<void> {
    const frames = this.#need(this.#frames);
    const leafOf = (identity: string) => this.#leaves.get(identity) ?? null;
    this.#room = await MediaRoom.open({ frames, leafOf, settings: this.#settings });
    this.#room.listen((event) => this.#handle(event));
    this.#watch = new MediaWatch(this.#room, frames, (notice) => this.watched.push(notice));
  }

  /** Goes on in a new room when this one is lost, as the product does with a new ticket. */
  async connect(address: string): Promise<void> {
    const room = this.#need(this.#room);
    room.listen((event) => {
      if (event.kind !== 'disconnected' || event.reason !== 'lost') return;
      void this.#again(address).catch((error) => this.failures.push(String(error)));
    });
    await room.connect(address);
  }

  async #again(address: string): Promise<void> {
    this.#watch?.close();
    const captures = await this.#need(this.#room).close(true);
    await this.#openRoom();
    await this.connect(address);
    for (const [source, capture] of captures) {
      await this.#need(this.#room).own.turnOn(source, capture);
    }
  }

  async keys(epoch: TestEpoch): Promise<void> {
    this.vault(await epochMessage(epoch));
  }

  vault(message: VaultMessage): void {
    this.#need(this.#vault).postMessage(message);
  }

  setLeaves(leaves: Record<string, number>): void {
    this.#leaves = new Map(Object.entries(leaves));
    this.#need(this.#room).handleRoster();
  }

  async paint(source: Source, colour: string, width = 320, height = 180): Promise<void> {
    const track = colourTrack(colour, width, height);
    this.#captures.set(source, track);
    await this.#need(this.#room).own.turnOn(source, track);
  }

  async sing(hertz: number, source: Source = 'microphone'): Promise<void> {
    const track = await toneTrack(hertz);
    this.#captures.set(source, track);
    await this.#need(this.#room).own.turnOn(source, track);
  }

  turnOff(source: Source): Promise<void> {
    return this.#need(this.#room).own.turnOff(source);
  }

  captureState(source: Source): string {
    return this.#captures.get(source)?.readyState ?? 'none';
  }

  /** Senders that ever had a track, over all connections. */
  senders(): number {
    return this.connections
      .flatMap((connection) => connection.getSenders())
      .filter((sender) => sender.track !== null).length;
  }

  published(): string[] {
    return [...this.#rawRoom().localParticipant.trackPublications.values()].map(
      (publication) => publication.source,
    );
  }

  resubscribe(slot: string): void {
    this.#need(this.#room).remote.resubscribe(slot);
  }

  dataHeard(): number {
    return heard.length;
  }

  async trySendingData(): Promise<string> {
    const sent = this.#rawRoom().localParticipant.publishData(new Uint8Array(8), {
      reliable: true,
    });
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('refused'), 3_000));
    return Promise.race([sent.then(() => 'sent').catch(() => 'refused'), late]);
  }

  /** Frames are sealed as one source and announced as another: what a relabelling server shows. */
  async paintMislabelled(
    sealedAs: Source,
    announcedAs: string,
    colour: string,
    videoCodec: 'vp8' | 'vp9' = 'vp8',
  ): Promise<void> {
    const track = colourTrack(colour, 320, 180);
    installPeerGuard().markSource(track, sealedAs);
    const livekit = await loadLiveKit();
    const source = Object.values(livekit.Track.Source).find((one) => one === announcedAs);
    await this.#rawRoom().localParticipant.publishTrack(track, {
      ...(source === undefined ? {} : { source }),
      videoCodec,
      simulcast: false,
    });
  }

  askForBackup(source: Source, codec: string): Promise<void> {
    return askForBackup(this.#rawRoom(), this.#need(this.#room).own.sender(source), codec);
  }

  async simulate(scenario: 'full-reconnect' | 'resume-reconnect'): Promise<void> {
    await this.#rawRoom().simulateScenario(scenario);
  }

  stats() {
    return this.#need(this.#frames)
      .stats()
      .then((stats) => ({
        sending: stats?.sending ?? null,
        receive: [...(stats?.receive.values() ?? [])],
        send: [...(stats?.send.values() ?? [])],
      }));
  }

  tiles() {
    return this.#need(this.#room).tiles.map((tile) => ({ ...tile }));
  }

  look(): Promise<void> {
    return this.#need(this.#watch).look();
  }

  /** The worker dies as it would in a crash: nobody is told but the browser. */
  killWorker(): void {
    this.#need(this.#frames).worker.terminate();
  }

  /** Tries to take our transforms off again; the answer names what refused. */
  removeTransforms(): string[] {
    return this.connections
      .flatMap((connection) => connection.getSenders())
      .map((sender) => {
        try {
          sender.transform = null;
          return 'removed';
        } catch (error) {
          return error instanceof Error ? error.message : 'unknown';
        }
      });
  }

  /** Middle of the picture, as red, green, blue; null while nothing is shown. */
  colour(identity: string, source: Source): number[] | null {
    const video = this.#find(identity, source)?.video ?? null;
    if (video === null || video.videoWidth === 0) return null;
    const canvas = new OffscreenCanvas(1, 1);
    const context = canvas.getContext('2d');
    context?.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
    return [...(context?.getImageData(0, 0, 1, 1).data.subarray(0, 3) ?? [])];
  }

  /** Width on the screen, 0 for not shown; what is sent follows it (adaptive stream). */
  resize(identity: string, source: Source, width: number): void {
    const style = this.#find(identity, source)?.video?.style;
    if (style === undefined) return;
    style.width = `${width}px`;
    style.display = width === 0 ? 'none' : 'block';
  }

  size(identity: string, source: Source): number {
    return this.#find(identity, source)?.video?.videoWidth ?? 0;
  }

  /** Loudest frequency heard from a member, in hertz; 0 for silence and noise without a peak. */
  async tone(identity: string): Promise<number> {
    const tile = this.#find(identity, 'microphone');
    return tile === undefined ? 0 : loudestTone(await record(tile.track, 1_000));
  }

  async decoded(kind: 'audio' | 'video'): Promise<number> {
    return sumOf(this.connections, 'inbound-rtp', kind, (report) =>
      kind === 'video'
        ? Number(report.framesDecoded ?? 0)
        : Number(report.totalSamplesReceived ?? 0) - Number(report.concealedSamples ?? 0),
    );
  }

  async sent(kind: 'audio' | 'video', what: 'bytesSent' | 'packetsSent'): Promise<number> {
    return sumOf(this.connections, 'outbound-rtp', kind, (report) => Number(report[what] ?? 0));
  }

  async dataBytesSent(): Promise<number> {
    return sumOf(this.connections, 'data-channel', undefined, (report) =>
      Number(report.bytesSent ?? 0),
    );
  }

  transports() {
    return transportsOf(this.connections);
  }

  iceHosts(): string[] {
    return this.connections.flatMap((connection) =>
      (connection.getConfiguration().iceServers ?? []).flatMap((server) => server.urls),
    );
  }

  async close(): Promise<void> {
    this.#watch?.close();
    await this.#room?.close();
    this.#frames?.close();
  }

  lacks() {
    return lacks();
  }

  #handle(event: MediaEvent): void {
    this.events.push(event);
    if (event.kind === 'track-shown') this.#show(event.tile.sid, event.tile.slot, event.track);
    if (event.kind === 'track-hidden') this.#tiles.delete(event.tile.sid);
  }

  #show(sid: string, slot: string, track: MediaStreamTrack): void {
    if (track.kind === 'video') {
      const video = document.createElement('video');
      video.muted = true;
      video.playsInline = true;
      video.style.width = '640px';
      document.body.append(video);
      this.#need(this.#room).attach(slot, video);
      void video.play().catch(() => undefined);
      this.#tiles.set(sid, { track, video });
      return;
    }
    this.#tiles.set(sid, { track, video: null });
  }

  #find(identity: string, source: Source): Tile | undefined {
    const tile = this.#need(this.#room).tiles.find(
      (one) => one.identity === identity && one.source === source,
    );
    return tile === undefined ? undefined : this.#tiles.get(tile.sid);
  }

  /** The test's own road past the product's surface. */
  #rawRoom(): RawRoom {
    return this.#need(rawRooms.at(-1));
  }

  /** Every connection made from now on, to read its statistics. */
  #noteConnections(): void {
    const Guarded = globalThis.RTCPeerConnection;
    const note = (connection: RTCPeerConnection) => this.connections.push(connection);
    globalThis.RTCPeerConnection = class extends Guarded {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        note(this);
      }
    };
  }

  #need<T>(value: T | null | undefined): T {
    if (value === null || value === undefined) throw new Error('not open');
    return value;
  }
}

declare global {
  var loop: LoopPage;
  var loopReady: Promise<void>;
}
globalThis.loop = new LoopPage();
globalThis.loopReady = lacks().then(async (missing) => {
  if (missing.length === 0) await watchRooms();
});
