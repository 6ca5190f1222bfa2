// Measures what a browser loads for the lobby and for a meeting, from the built client. Counts scripts
// and styles, gzipped one by one as a server sends them; fonts, pictures and wasm are left out.
//   node bench/bundle.mjs            builds web/, measures, keeps the figures in bench/results.json
//   node bench/bundle.mjs --print D  only prints the figures of the built folder D as JSON
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { record } from './record.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = 'node bench/bundle.mjs';

const ENTRY = 'index.html';
const CALL = 'call/call.ts';
/** The worker that the call starts before the lobby is shown, with what it imports at once. */
const EARLY_WORKER = /^vault-(?!meeting-)/;
const STATIC_IMPORT = /(?:from|import) ?["'`]\.\/([\w.-]+\.js)["'`]/g;

/** A chunk with all that it imports without being asked. */
function withImports(manifest, key, seen = new Set()) {
  if (seen.has(key)) return seen;
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`${key} is not in the manifest: has it been renamed?`);
  seen.add(key);
  for (const next of chunk.imports ?? []) withImports(manifest, next, seen);
  return seen;
}

/** Also what it loads later. */
function withEverything(manifest, key, seen = new Set()) {
  for (const one of withImports(manifest, key)) {
    if (seen.has(one)) continue;
    seen.add(one);
    for (const next of manifest[one].dynamicImports ?? []) withEverything(manifest, next, seen);
  }
  return seen;
}

const filesOf = (manifest, keys) =>
  [...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]);

function gzipKb(dist, files) {
  const sizes = files.map((file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** The figures of a built folder, in thousands of bytes. */
export function measure(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));
  const assets = readdirSync(join(dist, 'assets'));
  const scripts = assets.filter((file) => file.endsWith('.js'));
  const chunks = new Set(Object.values(manifest).map(({ file }) => file));
  // The page's manifest knows nothing of the workers' files.
  const workers = scripts.filter((file) => !chunks.has(`assets/${file}`));
  const [vault, ...others] = workers.filter((file) => EARLY_WORKER.test(file));
  if (vault === undefined || others.length > 0) throw new Error('expected one vault worker');
  const code = readFileSync(join(dist, 'assets', vault), 'utf8');
  const atOnce = [vault, ...[...code.matchAll(STATIC_IMPORT)].map(([, file]) => file)];
  const early = ['fragment.js', ENTRY, ...atOnce.map((file) => `assets/${file}`)];
  const all = [...early, ...workers.map((file) => `assets/${file}`)];
  const page = new Set([...withImports(manifest, ENTRY), ...withImports(manifest, CALL)]);
  const meeting = new Set([
    ...page,
    ...withEverything(manifest, CALL),
    ...withImports(manifest, 'room/RoomScreen.tsx'),
  ]);
  const wasm = assets.filter((file) => file.endsWith('.wasm'));
  if (wasm.length !== 1) throw new Error(`expected one wasm file, found ${wasm.length}`);
  const bytes = readFileSync(join(dist, 'assets', wasm[0]));
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return {
    'lobby-kb': gzipKb(dist, [...new Set([...early, ...filesOf(manifest, page)])]),
    'meeting-kb': gzipKb(dist, [...new Set([...all, ...filesOf(manifest, meeting)])]),
    'mls-wasm-kb': brotli.length / 1000,
  };
}

const GOALS = { 'lobby-kb': 150, 'meeting-kb': 450, 'mls-wasm-kb': 420 };

function main() {
  const at = process.argv.indexOf('--print');
  if (at !== -1) {
    console.log(JSON.stringify(measure(process.argv[at + 1])));
    return;
  }
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  execFileSync(process.execPath, [vite, 'build', join(ROOT, 'web'), '--logLevel', 'error'], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const dist = join(ROOT, 'web', 'dist');
  if (!existsSync(dist)) throw new Error('the build left no folder');
  for (const [name, value] of Object.entries(measure(dist))) {
    record({
      name,
      value: Math.round(value * 10) / 10,
      unit: 'KB',
      goal: GOALS[name],
      command: COMMAND,
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
