// A link as a code to scan, as the outline of an SVG path. Draws on this device; sends nothing.
import { encode } from 'uqr';

export type QrShape = { readonly size: number; readonly path: string };

export function qrShape(link: string): QrShape {
  const { data, size } = encode(link, { ecc: 'M', border: 2 });
  const runs = data.flatMap((row, y) => {
    const found: string[] = [];
    for (let x = 0; x < row.length; x += 1) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x += 1;
      found.push(`M${start} ${y}h${x - start + 1}v1H${start}z`);
    }
    return found;
  });
  return { size, path: runs.join('') };
}
