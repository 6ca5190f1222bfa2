// What a malicious media server can do, as a page of its own with a token the test made: it records
// the bytes that pass and sends any bytes under any identity. Test code only; it holds no key of ours.
import { Room, RoomEvent, type Track } from 'livekit-client';

/** One encoded frame as it passed. */
export type Recorded = {
  readonly kind: 'audio' | 'video';
  readonly key: boolean;
  /** Milliseconds since 1970, on this machine's clock. */
  readonly atMs: number;
  readonly data: string;
};
export type Tapped = {
  readonly identity: string;
  readonly source: string;
  readonly frames: Recorded[];
};
/** Bytes of our own, what the encoder made, or what was recorded. */
export type SendMode = 'plain' | 'filler' | { readonly replay: readonly Recorded[] };

interface Encoded {
  data: ArrayBuffer;
  readonly type?: string;
}
interface Streams {
  readonly readable: ReadableStream<Encoded>;
  readonly writable: WritableStream<Encoded>;
}
interface WithStreams {
  createEncodedStreams(): Streams;
}

const hasStreams = (end: object): end is WithStreams => 'createEncodedStreams' in end;
const toText = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
};
const toBytes = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

class HostilePage {
  readonly #frames = new Map<RTCRtpReceiver, Recorded[]>();
  readonly #owners = new Map<RTCRtpReceiver, { identity: string; source: string }>();
  readonly #modes = new Map<MediaStreamTrack, SendMode>();
  readonly #sent = new Map<MediaStreamTrack, number>();
  readonly data: string[] = [];
  #room: Room | undefined;
  disconnected = '';

  install(): void {
    const page = this;
    const Native = globalThis.RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Native {
      constructor(given?: RTCConfiguration) {
        super({ ...given, encodedInsertableStreams: true } as RTCConfiguration);
        this.addEventListener('track', ({ receiver }) => page.#record(receiver));
      }
      override addTransceiver(
        what: MediaStreamTrack | string,
        init?: RTCRtpTransceiverInit,
      ): RTCRtpTransceiver {
        const made = super.addTransceiver(what, init);
        if (typeof what !== 'string') page.#falsify(made.sender, what);
        page.#record(made.receiver);
        return made;
      }
      override addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender {
        const sender = super.addTrack(track, ...streams);
        page.#falsify(sender, track);
        return sender;
      }
    };
  }

  async join(url: string, token: string): Promise<void> {
    const room = new Room({ singlePeerConnection: false });
    this.#room = room;
    room
      .on(RoomEvent.TrackSubscribed, (track, publication, member) => {
        if (track.receiver === undefined) return;
        const { identity } = member;
        this.#owners.set(track.receiver, { identity, source: publication.source });
        // A decoder must be wanting frames, or the engine stops delivering them.
        const element = track.attach();
        element.muted = true;
      })
      .on(RoomEvent.DataReceived, () => this.data.push('received'))
      .on(RoomEvent.Disconnected, (reason) => {
        this.disconnected = String(reason);
      });
    await room.connect(url, token, { rtcConfig: { iceServers: [] } });
  }

  async leave(): Promise<void> {
    await this.#room?.disconnect();
  }

  /** Everything recorded since the last call. */
  take(): Tapped[] {
    return [...this.#frames].map(([receiver, frames]) => ({
      ...(this.#owners.get(receiver) ?? { identity: '', source: '' }),
      frames: frames.splice(0),
    }));
  }

  async publish(kind: 'audio' | 'video', source: Track.Source, mode: SendMode): Promise<void> {
    const track = kind === 'audio' ? toneTrack() : pictureTrack();
    this.#modes.set(track, mode);
    await this.#room?.localParticipant.publishTrack(track, {
      source,
      simulcast: false,
      videoCodec: 'vp8',
      red: false,
      dtx: false,
      backupCodec: false,
    });
  }

  setMode(kind: 'audio' | 'video', mode: SendMode): void {
    for (const track of this.#modes.keys()) if (track.kind === kind) this.#modes.set(track, mode);
  }

  sent(): number {
    return [...this.#sent.values()].reduce((sum, one) => sum + one, 0);
  }

  async sendData(text: string): Promise<string> {
    try {
      await this.#room?.localParticipant.publishData(new TextEncoder().encode(text), {
        reliable: true,
      });
      return 'sent';
    } catch {
      return 'refused';
    }
  }

  identities(): string[] {
    return [...(this.#room?.remoteParticipants.keys() ?? [])];
  }

  #record(receiver: RTCRtpReceiver): void {
    if (this.#frames.has(receiver) || !hasStreams(receiver)) return;
    const kept: Recorded[] = [];
    this.#frames.set(receiver, kept);
    const kind = receiver.track.kind === 'audio' ? 'audio' : 'video';
    const { readable, writable } = receiver.createEncodedStreams();
    const tap = new TransformStream<Encoded, Encoded>({
      transform(frame, controller) {
        if (kept.length < 20_000) {
          const data = toText(new Uint8Array(frame.data));
          kept.push({ kind, key: frame.type === 'key', atMs: Date.now(), data });
        }
        controller.enqueue(frame);
      },
    });
    void readable
      .pipeThrough(tap)
      .pipeTo(writable)
      .catch(() => undefined);
  }

  #falsify(sender: RTCRtpSender, track: MediaStreamTrack): void {
    if (!hasStreams(sender)) return;
    const { readable, writable } = sender.createEncodedStreams();
    let at = 0;
    const change = new TransformStream<Encoded, Encoded>({
      transform: (frame, controller) => {
        const mode = this.#modes.get(track) ?? 'plain';
        if (mode === 'filler') frame.data = fillerFor(track.kind, frame);
        if (typeof mode === 'object') {
          const wantsKey = frame.type === 'key';
          const next = mode.replay
            .slice(at)
            .findIndex((one) => one.kind !== 'video' || one.key === wantsKey);
          if (next < 0) return;
          frame.data = toBytes(mode.replay[at + next]?.data ?? '').buffer;
          at += next + 1;
        }
        this.#sent.set(track, (this.#sent.get(track) ?? 0) + 1);
        controller.enqueue(frame);
      },
    });
    void readable
      .pipeThrough(change)
      .pipeTo(writable)
      .catch(() => undefined);
  }
}

/** LiveKit's own fillers: Opus silence with zeros; for pictures the frame itself with its tail lost. */
function fillerFor(kind: string, frame: Encoded): ArrayBuffer {
  if (kind === 'video') return frame.data.slice(0, Math.max(10, frame.data.byteLength >> 1));
  const bytes = new Uint8Array(80);
  bytes.set([0xf8, 0xff, 0xfe]);
  return bytes.buffer;
}

/** A look of nobody else: id 15. */
function pictureTrack(): MediaStreamTrack {
  const COLOURS = ['rgb(200 50 200)', 'rgb(215 200 50)', 'rgb(215 200 50)', 'rgb(215 200 50)'];
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 180];
  document.body.append(canvas);
  const pen = canvas.getContext('2d');
  let frame = 0;
  setInterval(() => {
    if (pen === null) return;
    COLOURS.forEach((colour, i) => {
      pen.fillStyle = colour;
      pen.fillRect(i * 80, 0, 80, 135);
    });
    pen.fillStyle = 'black';
    pen.fillRect(0, 135, 320, 45);
    pen.fillStyle = 'white';
    pen.fillRect((frame % 16) * 20, 135, 20, 45);
    frame += 1;
  }, 66);
  const track = canvas.captureStream(15).getVideoTracks()[0];
  if (track === undefined) throw new TypeError('no picture');
  return track;
}

export const HOSTILE_TONE_HZ = 3_600;

function toneTrack(): MediaStreamTrack {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: HOSTILE_TONE_HZ });
  const end = new MediaStreamAudioDestinationNode(context);
  tone.connect(end);
  tone.start();
  const track = end.stream.getAudioTracks()[0];
  if (track === undefined) throw new TypeError('no tone');
  return track;
}

const hostile = new HostilePage();
hostile.install();
declare global {
  var hostilePage: HostilePage;
}
globalThis.hostilePage = hostile;
