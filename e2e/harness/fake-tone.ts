// Writes the file a Chromium reads instead of a microphone: WAV, one sine per person, in bursts,
// because a steady tone counts as noise for the browser's noise suppression.
import { writeFile } from 'node:fs/promises';

const RATE = 48_000;
const SECONDS = 3;
const BURST_MS = 300;
const PAUSE_MS = 200;
const RAMP_MS = 10;

/** Soft edges, so that a burst has no clicks that would spread over all frequencies. */
function envelopeAt(ms: number): number {
  const at = ms % (BURST_MS + PAUSE_MS);
  if (at >= BURST_MS) return 0;
  return Math.min(1, at / RAMP_MS, (BURST_MS - at) / RAMP_MS);
}

export async function writeFakeTone(path: string, toneHz: number): Promise<void> {
  const samples = RATE * SECONDS;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(1, 22); // one channel
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) {
    const level = envelopeAt((i * 1000) / RATE) * 0.5;
    const value = Math.sin((2 * Math.PI * toneHz * i) / RATE) * level;
    bytes.writeInt16LE(Math.round(value * 32_767), 44 + i * 2);
  }
  await writeFile(path, bytes);
}
