// Init script that notes what a page does with devices, connections, workers and its own policy, and
// the functions that read the notes. Must change nothing for the product: it only looks.
import type { Person } from './person.ts';

type Gauges = {
  readonly peers: RTCPeerConnection[];
  readonly iceUrls: string[];
  /** One entry per call: `getUserMedia audio`, `getDisplayMedia video`. */
  readonly captures: string[];
  readonly tracks: MediaStreamTrack[];
  readonly workers: { readonly name: string; readonly worker: Worker }[];
  readonly violations: string[];
  /** The engine's own, for connections that are the test's and not the product's. */
  readonly NativePeerConnection: typeof RTCPeerConnection;
};

declare global {
  var inCameraGauges: Gauges | undefined;
}

export function installGauges(): void {
  const gauges: Gauges = {
    peers: [],
    iceUrls: [],
    captures: [],
    tracks: [],
    workers: [],
    violations: [],
    NativePeerConnection: globalThis.RTCPeerConnection,
  };
  globalThis.inCameraGauges = gauges;
  const noteIce = (given?: RTCConfiguration): void => {
    for (const { urls } of given?.iceServers ?? []) gauges.iceUrls.push(...[urls].flat());
  };
  const Native = globalThis.RTCPeerConnection;
  if (typeof Native === 'function') {
    class NotedPeerConnection extends Native {
      constructor(given?: RTCConfiguration) {
        super(given);
        noteIce(given);
        gauges.peers.push(this);
      }
      override setConfiguration(given?: RTCConfiguration): void {
        noteIce(given);
        super.setConfiguration(given);
      }
    }
    globalThis.RTCPeerConnection = NotedPeerConnection;
  }
  const NativeWorker = globalThis.Worker;
  globalThis.Worker = class extends NativeWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      gauges.workers.push({ name: options?.name ?? '', worker: this });
    }
  };
  const devices = globalThis.navigator.mediaDevices;
  for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
    const native = devices?.[name]?.bind(devices);
    if (native === undefined) continue;
    Object.defineProperty(devices, name, {
      configurable: true,
      value: async (asked?: MediaStreamConstraints) => {
        const kinds = (['audio', 'video'] as const).filter((kind) => asked?.[kind]);
        gauges.captures.push([name, ...kinds].join(' '));
        const stream = await native(asked);
        gauges.tracks.push(...stream.getTracks());
        return stream;
      },
    });
  }
  addEventListener('securitypolicyviolation', (event) => {
    gauges.violations.push(`${event.effectiveDirective}: ${event.sample.slice(0, 80)}`);
  });
}

/** Every capture asked for so far. */
export const capturesOf = (person: Person): Promise<readonly string[]> =>
  person.evaluate(() => [...(globalThis.inCameraGauges?.captures ?? [])], undefined);

export const iceUrlsOf = (person: Person): Promise<readonly string[]> =>
  person.evaluate(() => [...(globalThis.inCameraGauges?.iceUrls ?? [])], undefined);

export const violationsOf = (person: Person): Promise<readonly string[]> =>
  person.evaluate(() => [...(globalThis.inCameraGauges?.violations ?? [])], undefined);

type OwnTrack = { readonly kind: string; readonly state: string; readonly label: string };
export const ownTracksOf = (person: Person): Promise<readonly OwnTrack[]> =>
  person.evaluate(
    () =>
      (globalThis.inCameraGauges?.tracks ?? []).map(({ kind, readyState, label }) => ({
        kind,
        state: readyState,
        label,
      })),
    undefined,
  );

type Flow = {
  /** Summed over every connection that is not closed. */
  readonly sent: { readonly audio: Counted; readonly video: Counted };
  readonly received: { readonly audioPackets: number; readonly videoFrames: number };
  readonly data: { readonly messagesSent: number; readonly messagesReceived: number };
  readonly codecs: readonly string[];
  readonly open: number;
};
/** `bytes`: payload sent for the first time; `frames`: made by the encoder, passed on by a transform or not. */
type Counted = { packets: number; bytes: number; frames: number };

/** What went in and out of the connections, by the browser's own count. */
export function flowOf(person: Person): Promise<Flow> {
  return person.evaluate(async () => {
    const none = (): Counted => ({ packets: 0, bytes: 0, frames: 0 });
    const sent = { audio: none(), video: none() };
    const received = { audioPackets: 0, videoFrames: 0 };
    const data = { messagesSent: 0, messagesReceived: 0 };
    const codecs = new Set<string>();
    let open = 0;
    for (const peer of globalThis.inCameraGauges?.peers ?? []) {
      if (peer.connectionState === 'closed') continue;
      open += 1;
      const stats = await peer.getStats();
      const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
      for (const one of stats.values() as IterableIterator<Record<string, unknown>>) {
        if (one.type === 'outbound-rtp') {
          const side = one.kind === 'audio' ? sent.audio : sent.video;
          side.packets += count(one.packetsSent);
          side.bytes += count(one.bytesSent) - count(one.retransmittedBytesSent);
          side.frames += count(one.framesSent);
          const codec: unknown = stats.get(String(one.codecId))?.mimeType;
          if (typeof codec === 'string') codecs.add(codec);
        }
        if (one.type === 'inbound-rtp') {
          if (one.kind === 'audio') received.audioPackets += count(one.packetsReceived);
          else received.videoFrames += count(one.framesDecoded);
        }
        if (one.type === 'data-channel') {
          data.messagesSent += count(one.messagesSent);
          data.messagesReceived += count(one.messagesReceived);
        }
      }
    }
    return { sent, received, data, codecs: [...codecs], open };
  }, undefined);
}

type Judged = { readonly good: number; readonly bad: number; readonly replayed: number };

/** What the page's present frames worker made of the frames it received, over all tiles. */
export function judgedBy(person: Person): Promise<Judged> {
  return person.evaluate(async () => {
    const workers = globalThis.inCameraGauges?.workers ?? [];
    const worker = workers.filter(({ name }) => name === 'frames').at(-1)?.worker;
    if (worker === undefined) throw new TypeError('no frames worker');
    type Stats = { kind?: string; ref?: number; receive?: Judged[] };
    const { receive } = await new Promise<Stats>((resolve, reject) => {
      const ref = 800_000_000 + Math.floor(Math.random() * 1_000_000);
      setTimeout(() => reject(new Error('the frames worker does not answer')), 4_000);
      worker.addEventListener('message', ({ data }: MessageEvent<Stats>) => {
        if (data.kind === 'stats' && data.ref === ref) resolve(data);
      });
      worker.postMessage({ kind: 'stats', ref });
    });
    const sum = { good: 0, bad: 0, replayed: 0 };
    for (const one of receive ?? []) {
      sum.good += one.good;
      sum.bad += one.bad;
      sum.replayed += one.replayed;
    }
    return sum;
  }, undefined);
}

/** The newest worker of this name ends as in a crash: nobody is told but the browser. */
export async function endWorker(person: Person, name: 'frames' | 'vault'): Promise<void> {
  const ended = await person.evaluate((which) => {
    const workers = globalThis.inCameraGauges?.workers ?? [];
    const found = workers.filter((one) => one.name === which).at(-1);
    found?.worker.terminate();
    return found !== undefined;
  }, name);
  if (!ended) throw new TypeError(`no ${name} worker`);
}

/** How often these words were read out to a person. */
export const timesRead = (person: Person, words: string): Promise<number> =>
  person.evaluate(
    (said) => (document.querySelector('[role=log]')?.textContent ?? '').split(said).length - 1,
    words,
  );
