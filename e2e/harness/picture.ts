// What a person sees, read from decoded pixels of every video element: whose code of colours it is,
// and where its moving cell stands. Must not trust the page's own word on what a tile shows.
import { COLUMNS_SHARE, type Rgb, readColumns, STRIP_CELLS } from './look.ts';
import type { Person } from './person.ts';

type Sampled = {
  /** Accessible name of the element. */
  readonly label: string;
  /** What kind of tile it stands in, if any. */
  readonly tile: string | undefined;
  readonly width: number;
  readonly height: number;
  /** 16 x 9 averaged colours, row by row, red green blue. */
  readonly grid: readonly number[];
};

export type Picture = {
  readonly label: string;
  readonly tile: string | undefined;
  readonly width: number;
  readonly height: number;
  /** Look id, Firefox's own fake camera, a picture of no one of ours. */
  readonly shows: number | 'firefox' | 'unknown';
  /** Cell of the strip that is white; only with a look. */
  readonly cell: number | undefined;
  readonly middle: Rgb;
};

const COLUMNS = 16;
const ROWS = 12;

function sample(size: { columns: number; rows: number }): Sampled[] {
  const { columns, rows } = size;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [columns * 4, rows * 4];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (pen === null) return [];
  const found: Sampled[] = [];
  for (const video of document.querySelectorAll('video')) {
    if (video.videoWidth === 0 || video.readyState < 2) continue;
    const box = video.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || getComputedStyle(video).visibility !== 'visible')
      continue;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const grid: number[] = [];
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const sum = [0, 0, 0];
        for (let dy = 1; dy < 3; dy += 1) {
          for (let dx = 1; dx < 3; dx += 1) {
            const at = ((row * 4 + dy) * canvas.width + column * 4 + dx) * 4;
            for (let c = 0; c < 3; c += 1) sum[c] = (sum[c] ?? 0) + (data[at + c] ?? 0) / 4;
          }
        }
        grid.push(...sum);
      }
    }
    const label = video.getAttribute('aria-label') ?? '';
    const tile = video.closest('[data-tile]')?.getAttribute('data-tile') ?? undefined;
    found.push({ label, tile, width: video.videoWidth, height: video.videoHeight, grid });
  }
  return found;
}

const colourAt = (grid: readonly number[], column: number, row: number): Rgb => {
  const at = (row * COLUMNS + column) * 3;
  return [grid[at] ?? 0, grid[at + 1] ?? 0, grid[at + 2] ?? 0];
};

/** Firefox's fake camera: one strong colour over all, with a line of black and white marks. */
function isFirefox(grid: readonly number[]): boolean {
  const colours = Array.from({ length: COLUMNS * ROWS }, (_, i) =>
    colourAt(grid, i % COLUMNS, Math.floor(i / COLUMNS)),
  );
  const middle = colourAt(grid, COLUMNS / 2, ROWS / 2);
  const same = colours.filter((one) =>
    one.every((value, c) => Math.abs(value - (middle[c] ?? 0)) < 20),
  );
  const spread = Math.max(...middle) - Math.min(...middle);
  return spread > 60 && same.length > colours.length * 0.7;
}

function read({ label, tile, width, height, grid }: Sampled): Picture {
  const row = Math.floor((ROWS * COLUMNS_SHARE) / 2);
  const columns = [1, 5, 9, 13].map((column): Rgb => {
    const [a, b] = [colourAt(grid, column, row), colourAt(grid, column + 1, row)];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
  });
  const middle = colourAt(grid, COLUMNS / 2, ROWS / 2);
  const id = readColumns(columns);
  if (id === undefined) {
    return {
      label,
      tile,
      width,
      height,
      shows: isFirefox(grid) ? 'firefox' : 'unknown',
      cell: undefined,
      middle,
    };
  }
  const strip = Array.from({ length: STRIP_CELLS }, (_, i) => colourAt(grid, i, ROWS - 2)[1]);
  const brightest = Math.max(...strip);
  const cell = brightest > 128 ? strip.indexOf(brightest) : undefined;
  return { label, tile, width, height, shows: id, cell, middle };
}

/** Every visible video with a picture. */
export async function picturesOf(person: Person): Promise<readonly Picture[]> {
  const sampled = await person.evaluate(sample, { columns: COLUMNS, rows: ROWS });
  return sampled.map(read);
}

/** True when two looks at one picture show that it moves. */
export const moved = (before: Picture, after: Picture): boolean =>
  before.cell !== after.cell ||
  before.middle.some((value, c) => Math.abs(value - (after.middle[c] ?? value)) > 3);
