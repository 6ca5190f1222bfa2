// Keeps the house small: lines per file, weight of committed files, pages that must fit on a page.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './verify-files.mjs';

const CODE = /\.(?:ts|tsx|mts|js|mjs|cjs|jsx|css|rs|go|html)$/;
const MAX_LINES = 350;
const MAX_BYTES = 600 * 1024;

/** Files with a limit of their own: first match counts. */
const OWN_LIMITS = [
  { path: /^web\/(?:\w+\/)?fragment\.\w+$/, lines: 30 },
  { path: /^ARCHITECTURE\.md$/, lines: 90 },
  { path: /^README\.md$/, lines: 150 },
];
const OWN_WEIGHTS = [
  { path: /^crypto\/mls\/dist\/[\w-]+\.wasm$/, bytes: 2 * 1024 * 1024 },
  { path: /^package-lock\.json$/, bytes: 2 * 1024 * 1024 },
];

/** Sentences about one file. */
export function checkSize(path, text, bytes) {
  const findings = [];
  const weight = OWN_WEIGHTS.find((one) => one.path.test(path))?.bytes ?? MAX_BYTES;
  if (bytes > weight) findings.push(`${path}: ${bytes} bytes, at most ${weight}`);
  if (path.includes('/dist/')) return findings;
  const own = OWN_LIMITS.find((one) => one.path.test(path))?.lines;
  const limit = own ?? (CODE.test(path) ? MAX_LINES : Number.POSITIVE_INFINITY);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > limit) findings.push(`${path}: ${lines} lines, at most ${limit}`);
  return findings;
}

/** The check over a folder on disk. */
export function checkSizes(root) {
  const files = listFiles(root);
  const findings = files.flatMap((path) => {
    const full = join(root, path);
    return checkSize(path, readFileSync(full, 'utf8'), statSync(full).size);
  });
  return { findings, summary: `${files.length} files` };
}
