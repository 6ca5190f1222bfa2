// Where tiles go: numbers in, numbers out. Must not touch the page.

export type Size = { readonly width: number; readonly height: number };
export type Grid = { readonly tile: Size; readonly columns: number; readonly scrolls: boolean };

export const GAP = 8;
// A face stays a face between upright (4:5) and wide (2:1).
const NARROWEST = 0.8;
const WIDEST = 1.9;
/** Below this a name and a face cannot be told any more: then the tiles scroll. */
const LEAST: Size = { width: 112, height: 104 };

function tileWithin(width: number, height: number): Size {
  return {
    width: Math.floor(Math.min(width, height * WIDEST)),
    height: Math.floor(Math.min(height, width / NARROWEST)),
  };
}

function tileFor(columns: number, rows: number, room: Size): Size {
  return tileWithin(
    (room.width - GAP * (columns - 1)) / columns,
    (room.height - GAP * (rows - 1)) / rows,
  );
}

/** How much of a face a tile shows: what is wider than 1.55 or higher than wide is margin. */
const worth = ({ width, height }: Size) => Math.min(width, height * 1.55) * Math.min(height, width);

/** The columns that show most of each face; when all would be too small, tiles that scroll. */
export function gridFor(count: number, room: Size): Grid {
  let best: Grid = { tile: { width: 0, height: 0 }, columns: 1, scrolls: false };
  let bestWorth = -1;
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(count / columns);
    const tile = tileFor(columns, rows, room);
    // A row that is almost empty looks like someone left: mind it a little.
    const gaps = columns * rows - count;
    const value = worth(tile) * (1 - 0.03 * gaps);
    if (value > bestWorth) [best, bestWorth] = [{ tile, columns, scrolls: false }, value];
  }
  if (best.tile.width >= LEAST.width && best.tile.height >= LEAST.height) return best;
  return scrolling(count, room);
}

function scrolling(count: number, room: Size): Grid {
  const most = Math.max(1, Math.floor((room.width + GAP) / (LEAST.width + GAP)));
  const columns = Math.min(most, Math.max(1, count));
  const width = Math.floor((room.width - GAP * (columns - 1)) / columns);
  const height = Math.max(LEAST.height, Math.floor(width / 1.15));
  return { tile: { width, height }, columns, scrolls: true };
}

export type Split = {
  readonly large: Size;
  readonly small: Size;
  /** Where the others stand: beside the large tile or under it. */
  readonly strip: 'beside' | 'under' | 'none';
};

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** One large tile and a strip of the others. */
export function splitFor(others: number, room: Size): Split {
  if (others === 0) return { large: room, small: { width: 0, height: 0 }, strip: 'none' };
  if (room.width >= room.height * 1.15) {
    const width = Math.round(clamp(room.width * 0.19, 120, 232));
    const height = Math.round(width / 1.5);
    return {
      large: { width: room.width - width - GAP, height: room.height },
      small: { width, height },
      strip: 'beside',
    };
  }
  const height = Math.round(clamp(room.height * 0.17, 88, 132));
  return {
    large: { width: room.width, height: room.height - height - GAP },
    small: { width: Math.round(height * 1.2), height },
    strip: 'under',
  };
}
