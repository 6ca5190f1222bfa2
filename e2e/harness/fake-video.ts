// Writes the file a Chromium reads instead of a camera: Y4M, 320x180, 15 frames a second, colour
// columns that code a person and a white cell that moves. Must not need any codec.
import { writeFile } from 'node:fs/promises';
import { COLUMNS_SHARE, columnsOf, type Rgb, STRIP_CELLS } from './look.ts';

export type FakeSize = { readonly width: number; readonly height: number };
/** What two shared cores can carry for four people. */
const SMALL: FakeSize = { width: 320, height: 180 };
const FRAMES = STRIP_CELLS;

type Yuv = readonly [number, number, number];

/** BT.601, limited range, as the browser's fake camera takes it. */
function toYuv([r, g, b]: Rgb): Yuv {
  const y = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256;
  const u = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256;
  const v = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256;
  return [Math.round(y), Math.round(u), Math.round(v)];
}

const WHITE = toYuv([255, 255, 255]);
const BLACK = toYuv([0, 0, 0]);

function paintFrame(columns: readonly Yuv[], frame: number, size: FakeSize): Uint8Array {
  const { width, height } = size;
  const luma = width * height;
  const chroma = luma / 4;
  const bytes = new Uint8Array(luma + 2 * chroma);
  const stripTop = height * COLUMNS_SHARE;
  const colourAt = (x: number, y: number): Yuv => {
    if (y < stripTop) return columns[Math.floor((x * columns.length) / width)] ?? BLACK;
    return Math.floor((x * STRIP_CELLS) / width) === frame % STRIP_CELLS ? WHITE : BLACK;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) bytes[y * width + x] = colourAt(x, y)[0];
  }
  for (let y = 0; y < height / 2; y += 1) {
    for (let x = 0; x < width / 2; x += 1) {
      const [, u, v] = colourAt(x * 2, y * 2);
      const at = y * (width / 2) + x;
      bytes[luma + at] = u;
      bytes[luma + chroma + at] = v;
    }
  }
  return bytes;
}

/** A second of it; the browser plays the file in a loop. */
export async function writeFakeVideo(path: string, id: number, size = SMALL): Promise<void> {
  const columns = columnsOf(id).map(toYuv);
  const parts: Uint8Array[] = [
    Buffer.from(`YUV4MPEG2 W${size.width} H${size.height} F15:1 Ip A1:1 C420jpeg\n`),
  ];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    parts.push(Buffer.from('FRAME\n'), paintFrame(columns, frame, size));
  }
  await writeFile(path, Buffer.concat(parts));
}
