import { describe, expect, it } from 'vitest';
import { GAP, gridFor, splitFor } from './layout.ts';

const ROOMS = {
  phone: { width: 366, height: 650 },
  tablet: { width: 744, height: 880 },
  desktop: { width: 1416, height: 756 },
  zoomed: { width: 696, height: 300 },
};
const COUNTS = [1, 2, 5, 9, 16, 30];

describe('grid', () => {
  for (const [name, room] of Object.entries(ROOMS)) {
    it.each(COUNTS)(
      `${name}: %i tiles fit, or scroll at a size in which a face can be seen`,
      (count) => {
        const { tile, columns, scrolls } = gridFor(count, room);
        const rows = Math.ceil(count / columns);
        expect(columns * tile.width + GAP * (columns - 1)).toBeLessThanOrEqual(room.width);
        if (!scrolls) {
          expect(rows * tile.height + GAP * (rows - 1)).toBeLessThanOrEqual(room.height);
        }
        expect(tile.width).toBeGreaterThanOrEqual(100);
        expect(tile.height).toBeGreaterThanOrEqual(100);
        const shape = tile.width / tile.height;
        expect(shape).toBeGreaterThan(0.79);
        expect(shape).toBeLessThan(1.95);
      },
    );
  }

  it.each([
    [2, 'desktop', 2],
    [2, 'phone', 1],
    [9, 'desktop', 3],
    [16, 'desktop', 4],
  ] as const)('%i people on a %s stand in %i columns', (count, name, columns) => {
    expect(gridFor(count, ROOMS[name]).columns).toBe(columns);
  });
});

describe('one large tile', () => {
  it('puts the others beside it where there is room, under it on a phone', () => {
    expect(splitFor(4, ROOMS.desktop).strip).toBe('beside');
    expect(splitFor(4, ROOMS.phone).strip).toBe('under');
    expect(splitFor(0, ROOMS.phone)).toMatchObject({ strip: 'none', large: ROOMS.phone });
  });
});
