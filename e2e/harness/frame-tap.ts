// Feeds recorded ciphertext to the frames worker of a running page, through a loopback connection of
// our own, and reads how many frames its keys opened. What a removed member or a joiner "can decrypt"
// is asked of the product's own worker with the product's own keys.

import type { Recorded } from './hostile-page.ts';
import type { Person } from './person.ts';

export type Opened = {
  readonly fed: number;
  readonly good: number;
  readonly bad: number;
  readonly replayed: number;
  readonly unknownKey: number;
  readonly stale: number;
  readonly wrongOwner: number;
};

/**
 * Init script for a hostile member: its frames worker is never ended, never told to stop and never
 * told to wipe its keys. All else is the product as it is.
 */
export function installKeyKeeper(): void {
  const end = Worker.prototype.terminate;
  const post: (this: Worker, message: unknown, transfer: Transferable[]) => void =
    Worker.prototype.postMessage;
  const names = new WeakMap<Worker, string>();
  const Native = globalThis.Worker;
  globalThis.Worker = class extends Native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      names.set(this, options?.name ?? '');
    }
  };
  Worker.prototype.terminate = function keep(this: Worker): void {
    if (names.get(this) !== 'frames') end.call(this);
  };
  const relayed = (port: MessagePort): MessagePort => {
    const channel = new MessageChannel();
    port.onmessage = ({ data }: MessageEvent<{ kind?: string }>) => {
      if (data.kind !== 'wipe' && data.kind !== 'stop') channel.port1.postMessage(data);
    };
    channel.port1.onmessage = ({ data }) => port.postMessage(data);
    return channel.port2;
  };
  Worker.prototype.postMessage = function send(
    this: Worker,
    message: unknown,
    extra?: unknown,
  ): void {
    const isVault = typeof message === 'object' && message !== null && 'port' in message;
    if (isVault && message.port instanceof MessagePort) {
      const port = relayed(message.port);
      post.call(this, { ...message, port }, [port]);
      return;
    }
    post.call(this, message, Array.isArray(extra) ? extra : []);
  };
}

async function feedInPage(frames: readonly Recorded[]): Promise<Opened> {
  type Encoded = { data: ArrayBuffer; type?: string };
  type Streams = { readable: ReadableStream<Encoded>; writable: WritableStream<Encoded> };
  const gauges = globalThis.inCameraGauges;
  const worker = gauges?.workers.filter(({ name }) => name === 'frames').at(-1)?.worker;
  if (gauges === undefined || worker === undefined) throw new TypeError('no frames worker');
  const [first] = frames;
  const kind = first?.kind ?? 'audio';
  const Native = gauges.NativePeerConnection;
  const near = new Native({ encodedInsertableStreams: true } as RTCConfiguration);
  const far = new Native({ encodedInsertableStreams: true } as RTCConfiguration);
  near.onicecandidate = ({ candidate }) => void (candidate && far.addIceCandidate(candidate));
  far.onicecandidate = ({ candidate }) => void (candidate && near.addIceCandidate(candidate));
  const slot = crypto.randomUUID();
  far.ontrack = ({ receiver }) => {
    const options = { kind: 'bind', slot, side: 'receive', trackKind: kind };
    receiver.transform = new RTCRtpScriptTransform(worker, options);
  };
  const canvas = document.createElement('canvas');
  const context = kind === 'audio' ? new AudioContext() : undefined;
  let track: MediaStreamTrack | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  if (context === undefined) {
    const pen = canvas.getContext('2d');
    timer = setInterval(() => {
      if (pen !== null) pen.fillStyle = `rgb(${Math.random() * 255} 9 9)`;
      pen?.fillRect(0, 0, 300, 150);
    }, 33);
    [track] = canvas.captureStream(30).getVideoTracks();
  } else {
    const tone = new OscillatorNode(context);
    const end = new MediaStreamAudioDestinationNode(context);
    tone.connect(end);
    tone.start();
    [track] = end.stream.getAudioTracks();
  }
  if (track === undefined) throw new TypeError('no track');
  const sender = near.addTrack(track);
  const streams = (sender as unknown as { createEncodedStreams(): Streams }).createEncodedStreams();
  let at = 0;
  let fed = 0;
  const change = new TransformStream<Encoded, Encoded>({
    transform(frame, controller) {
      const wantsKey = frame.type === 'key';
      const next = frames.slice(at).findIndex((one) => kind === 'audio' || one.key === wantsKey);
      const found = next < 0 ? undefined : frames[at + next];
      if (found === undefined) return;
      at += next + 1;
      fed += 1;
      frame.data = Uint8Array.from(atob(found.data), (one) => one.charCodeAt(0)).buffer;
      controller.enqueue(frame);
    },
  });
  void streams.readable
    .pipeThrough(change)
    .pipeTo(streams.writable)
    .catch(() => undefined);
  await near.setLocalDescription();
  if (near.localDescription) await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  if (far.localDescription) await near.setRemoteDescription(far.localDescription);
  await new Promise((done) => setTimeout(done, 4_000));
  type Stats = { kind?: string; ref?: number; receive?: (Opened & { slot: string })[] };
  const stats = await new Promise<Stats>((resolve, reject) => {
    const ref = 900_000_000 + Math.floor(Math.random() * 1_000_000);
    setTimeout(() => reject(new Error('the frames worker does not answer')), 4_000);
    worker.addEventListener('message', ({ data }: MessageEvent<Stats>) => {
      if (data.kind === 'stats' && data.ref === ref) resolve(data);
    });
    worker.postMessage({ kind: 'stats', ref });
  });
  const own = stats.receive?.find((one) => one.slot === slot);
  near.close();
  far.close();
  track.stop();
  clearInterval(timer);
  await context?.close();
  const count = (name: keyof Opened): number => own?.[name] ?? 0;
  return {
    fed,
    good: count('good'),
    bad: count('bad'),
    replayed: count('replayed'),
    unknownKey: count('unknownKey'),
    stale: count('stale'),
    wrongOwner: count('wrongOwner'),
  };
}

/** What one person's frames worker makes of these frames, right now. All of one kind. */
export function feedFrames(person: Person, frames: readonly Recorded[]): Promise<Opened> {
  return person.evaluate(feedInPage, frames.slice(0, 150));
}
