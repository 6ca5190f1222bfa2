// The built files are the ones their list says, and carry nothing of the machine that built them.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`./dist/${name}`, import.meta.url));

it('has the hashes of SHA256SUMS', () => {
  const lines = read('SHA256SUMS').toString('utf8').trim().split('\n');
  expect(lines.length).toBe(3);
  for (const line of lines) {
    const [hash, name] = line.split('  ');
    expect(createHash('sha256').update(read(name!)).digest('hex')).toBe(hash);
  }
});

it('names no folder of the machine it was built on', () => {
  const wasm = read('mls_bg.wasm').toString('latin1');
  expect(wasm).not.toMatch(/\/(?:root|home|work|Users)\//);
});

it('stays below 320 kB compressed', () => {
  expect(brotliCompressSync(read('mls_bg.wasm')).length).toBeLessThan(320_000);
});
