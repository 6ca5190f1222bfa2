// What a person hears, by frequency. Energy proves nothing: ciphertext makes noise and a muted track
// is silent (media.md section 7), so a sound counts only as the tone it is.
import { lookOf } from './look.ts';
import type { Person } from './person.ts';

type Heard = {
  /** Audio tracks of elements that play and are not muted. */
  readonly playing: number;
  readonly peaksHz: readonly number[];
};

/**
 * In the page: everything played is recorded for a while, decoded again and searched for peaks. A
 * recorder and not an AudioContext, which in Firefox never starts on a machine without loudspeakers.
 */
async function listen(ms: number): Promise<Heard> {
  const SIZE = 8192;
  const RATE = 48_000;
  /** In place, radix 2. */
  const transform = (re: Float64Array, im: Float64Array): void => {
    for (let i = 1, j = 0; i < SIZE; i += 1) {
      let bit = SIZE >> 1;
      for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
    }
    for (let span = 2; span <= SIZE; span <<= 1) {
      const half = span >> 1;
      for (let k = 0; k < half; k += 1) {
        const [c, s] = [Math.cos((-2 * Math.PI * k) / span), Math.sin((-2 * Math.PI * k) / span)];
        for (let i = k; i < SIZE; i += span) {
          const [x, y] = [re[i + half] ?? 0, im[i + half] ?? 0];
          const [tr, ti] = [x * c - y * s, x * s + y * c];
          const [r, q] = [re[i] ?? 0, im[i] ?? 0];
          re[i + half] = r - tr;
          im[i + half] = q - ti;
          re[i] = r + tr;
          im[i] = q + ti;
        }
      }
    }
  };
  const record = async (track: MediaStreamTrack): Promise<Float32Array> => {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => void parts.push(data);
    const ended = new Promise((done) => {
      recorder.onstop = done;
      recorder.onerror = done;
    });
    recorder.start();
    await new Promise((done) => setTimeout(done, ms));
    if (recorder.state !== 'inactive') recorder.stop();
    await ended;
    const bytes = await new Blob(parts).arrayBuffer();
    if (bytes.byteLength === 0) return new Float32Array();
    const decoder = new OfflineAudioContext(1, 1, RATE);
    const decoded = await decoder.decodeAudioData(bytes).catch(() => undefined);
    return decoded?.getChannelData(0) ?? new Float32Array();
  };
  const peaks = (samples: Float32Array): { hz: number; db: number }[] => {
    const most = new Float64Array(SIZE / 2).fill(1e-12);
    for (let from = 0; from + SIZE <= samples.length; from += SIZE / 4) {
      const re = Float64Array.from(samples.subarray(from, from + SIZE), (value, i) => {
        return value * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
      });
      const im = new Float64Array(SIZE);
      transform(re, im);
      for (let i = 0; i < most.length; i += 1) {
        most[i] = Math.max(most[i] ?? 0, Math.hypot(re[i] ?? 0, im[i] ?? 0) / (SIZE / 4));
      }
    }
    const db = Array.from(most, (value) => 20 * Math.log10(value));
    const floor = db.toSorted((a, b) => a - b)[db.length >> 1] ?? -200;
    const found: { hz: number; db: number }[] = [];
    for (let i = Math.ceil((200 * SIZE) / RATE); i < (4000 * SIZE) / RATE; i += 1) {
      const here = db[i] ?? -200;
      let isPeak = here > -60 && here > floor + 20;
      for (let k = i - 8; k <= i + 8 && isPeak; k += 1) isPeak = (db[k] ?? -200) <= here;
      if (isPeak) found.push({ hz: (i * RATE) / SIZE, db: here });
    }
    const loudest = Math.max(...found.map((one) => one.db));
    return found.filter((one) => one.db > loudest - 15);
  };
  const elements = [...(globalThis.inCameraEars ?? []), ...document.querySelectorAll('audio,video')]
    .filter((one): one is HTMLMediaElement => one instanceof HTMLMediaElement)
    .filter((one) => !one.paused && !one.muted && one.volume > 0);
  const tracks = new Set<MediaStreamTrack>();
  for (const { srcObject } of elements) {
    if (!(srcObject instanceof MediaStream)) continue;
    for (const track of srcObject.getAudioTracks()) {
      if (track.readyState === 'live' && track.enabled) tracks.add(track);
    }
  }
  const recorded = await Promise.all([...tracks].map(record));
  const peaksHz = recorded.flatMap(peaks).map(({ hz }) => Math.round(hz));
  return { playing: tracks.size, peaksHz };
}

/** Two bins of the transform. */
const NEAR_HZ = 12;

export async function hear(person: Person, ms = 1_500): Promise<Heard> {
  return person.evaluate(listen, ms);
}

export const hasTone = (heard: Heard, hz: number): boolean =>
  heard.peaksHz.some((peak) => Math.abs(peak - hz) <= NEAR_HZ);

/** Which of these looks are heard. */
export function idsHeard(heard: Heard, ids: readonly number[]): readonly number[] {
  return ids.filter((id) => hasTone(heard, lookOf(id).toneHz));
}
