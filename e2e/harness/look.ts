// What one person of a test looks and sounds like: a code of colours and a tone, so that a leak or a
// swap is recognised by content (media.md section 7). Must not know any browser.

/** 0 to 15 for people with their own capture files; Firefox brings its own fake camera. */
export type Look = { readonly id: number; readonly toneHz: number };

export type Rgb = readonly [number, number, number];

const MARK: Rgb = [200, 50, 200];
const DIGITS: readonly Rgb[] = [
  [205, 50, 50],
  [50, 170, 50],
  [50, 70, 215],
  [215, 200, 50],
];

/**
 * Far enough apart for an FFT of 6 Hz a bin, and never 100 Hz: a jitter buffer that stretches sound
 * makes shadows at that distance.
 */
const TONES_HZ = Array.from({ length: 16 }, (_, i) => 430 + 180 * i);

export function lookOf(id: number): Look {
  const toneHz = TONES_HZ[id];
  if (toneHz === undefined) throw new RangeError(`no look ${id}`);
  return { id, toneHz };
}

/** Four columns: a mark, two digits of the id, and a check, so that noise names nobody. */
export function columnsOf(id: number): readonly Rgb[] {
  const [high, low] = [id >> 2, id & 3];
  const check = (high + low + 1) & 3;
  return [MARK, ...[high, low, check].map((digit) => DIGITS[digit] ?? MARK)];
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Far enough for two lossy encodings, near enough that neighbours stay apart. */
const TOLERANCE = 70;

function digitOf(colour: Rgb): number | undefined {
  const found = DIGITS.findIndex((one) => distance(one, colour) < TOLERANCE);
  return found < 0 ? undefined : found;
}

/** The id that four sampled colours code, or undefined for anything else. */
export function readColumns(columns: readonly Rgb[]): number | undefined {
  const [mark, ...digits] = columns;
  if (mark === undefined || distance(mark, MARK) >= TOLERANCE) return undefined;
  const [high, low, check] = digits.map(digitOf);
  if (high === undefined || low === undefined || check === undefined) return undefined;
  return ((high + low + 1) & 3) === check ? high * 4 + low : undefined;
}

/** Cells of the strip along the bottom; one of them is white and moves on with each frame. */
export const STRIP_CELLS = 16;
/** Share of the height that the columns take; the rest is the strip. */
export const COLUMNS_SHARE = 0.75;
