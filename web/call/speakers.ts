// Who speaks, from the sound this device decoded itself: never from a level that a server reports.
import { levelOf } from './devices.ts';

const LOOK_MS = 200;
const LOUD = 0.35;
/** Speech has pauses: the ring stays this long. */
const HOLD_MS = 800;

type Ear = {
  readonly slot: string;
  readonly analyser: AnalyserNode;
  readonly source: MediaStreamAudioSourceNode;
};

export class Speakers {
  readonly #changed: () => void;
  readonly #ears = new Map<string, Ear>();
  readonly #loudMs = new Map<string, number>();
  #context: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #known = '';

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  has(identity: string): boolean {
    return performance.now() - (this.#loudMs.get(identity) ?? Number.NEGATIVE_INFINITY) < HOLD_MS;
  }

  hear(identity: string, slot: string, track: MediaStreamTrack): void {
    this.#drop(identity);
    this.#context ??= new AudioContext();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 512;
    const source = this.#context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    this.#ears.set(identity, { slot, analyser, source });
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** The end of an earlier connection's sound must not deafen us to the one that came since. */
  forget(identity: string, slot: string): void {
    if (this.#ears.get(identity)?.slot === slot) this.#drop(identity);
  }

  clear(): void {
    for (const identity of [...this.#ears.keys()]) this.#drop(identity);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** From a click: browsers keep audio contexts asleep until then. */
  wake(): void {
    void this.#context?.resume();
  }

  close(): void {
    this.clear();
    void this.#context?.close();
    this.#context = undefined;
  }

  #drop(identity: string): void {
    this.#ears.get(identity)?.source.disconnect();
    this.#ears.delete(identity);
    this.#loudMs.delete(identity);
  }

  #look(): void {
    const samples = new Float32Array(512);
    for (const [identity, { analyser }] of this.#ears) {
      analyser.getFloatTimeDomainData(samples);
      if (levelOf(samples) > LOUD) this.#loudMs.set(identity, performance.now());
    }
    const now = [...this.#ears.keys()].filter((identity) => this.has(identity)).join(' ');
    if (now !== this.#known) {
      this.#known = now;
      this.#changed();
    }
  }
}
