// Two soft sounds, made on this device: someone came in, someone knocks. No files, nothing recorded.

type Tone = {
  readonly hz: number;
  readonly atS: number;
  readonly forS: number;
  readonly loud: number;
};

const SOUNDS = {
  // A fourth, rising: someone is here.
  arrival: [
    { hz: 523.25, atS: 0, forS: 0.32, loud: 0.07 },
    { hz: 698.46, atS: 0.14, forS: 0.5, loud: 0.07 },
  ],
  // Two low, short taps on wood.
  knock: [
    { hz: 196, atS: 0, forS: 0.11, loud: 0.22 },
    { hz: 185, atS: 0.19, forS: 0.13, loud: 0.22 },
  ],
} as const satisfies Record<string, readonly Tone[]>;

export type Sound = keyof typeof SOUNDS;

/** Many at once make one sound (PBD-4 asks for the sound, not for a drum roll). */
const QUIET_MS = 1500;

function playTone(context: AudioContext, tone: Tone): void {
  const from = context.currentTime + 0.02 + tone.atS;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.type = tone.hz < 250 ? 'triangle' : 'sine';
  oscillator.frequency.value = tone.hz;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(tone.loud, from + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + tone.forS);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + tone.forS + 0.02);
}

export type Bell = { ring(sound: Sound): void; close(): void };

/** Owns its audio context and ends it; a browser that keeps sound off stays silent. */
export function createBell(): Bell {
  let context: AudioContext | undefined;
  const rungMs: Partial<Record<Sound, number>> = {};
  return {
    ring(sound) {
      const nowMs = performance.now();
      if (nowMs - (rungMs[sound] ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
      rungMs[sound] = nowMs;
      context ??= new AudioContext();
      context.resume().catch(() => undefined);
      for (const tone of SOUNDS[sound]) playTone(context, tone);
    },
    close() {
      context?.close().catch(() => undefined);
      context = undefined;
    },
  };
}
