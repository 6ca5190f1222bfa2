import { encode } from 'uqr';
import { expect, it } from 'vitest';
import { qrShape } from './qr.ts';

it('the path paints exactly the dark fields of the code', () => {
  const link = `https://meet.example/j/${'a'.repeat(22)}#${'b'.repeat(43)}`;
  const { size, path } = qrShape(link);
  const painted = new Set<string>();
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let i = 0; i < Number(width); i += 1) painted.add(`${Number(x) + i} ${y}`);
  }
  const { data } = encode(link, { ecc: 'M', border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`${x} ${y}`] : [])));
  expect([...painted].toSorted()).toEqual(dark.toSorted());
  expect(size).toBe(data.length);
});
