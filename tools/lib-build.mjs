// Builds server and web client when their sources have changed. Must build from this tree alone.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Refusal, ROOT, run, say } from './lib-run.mjs';

const SKIPPED = new Set(['node_modules', 'target', 'dist', 'src']);
const TEST = /\.(?:test|testkit)\.\w+$/;

function* listSources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) yield* listSources(path);
    } else if (!TEST.test(entry.name) && !entry.name.startsWith('.')) yield path;
  }
}

/** One hash over names and bytes of what goes into a build, the builder's version included. */
export function hashSources(root, places) {
  const hash = createHash('sha256').update(process.version);
  for (const place of places) {
    const full = join(root, place);
    if (!existsSync(full)) continue;
    const files = place.includes('.') ? [full] : [...listSources(full)].sort();
    for (const path of files) {
      hash.update(`\0${relative(root, path).split(sep).join('/')}\0`).update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');

async function bundleServer() {
  // Imported here, because it is there only once packages are installed.
  const { build, stop } = await import('esbuild');
  const part = join(ROOT, 'server', 'dist', `main.${process.pid}.js`);
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['server/main.ts'],
      outfile: part,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20.19',
      external: ['better-sqlite3'],
      keepNames: true,
      legalComments: 'none',
      logLevel: 'silent',
      // Packages written for require() are inside the bundle and still call it.
      banner: {
        js: "import { createRequire as inCameraRequire } from 'node:module'; const require = inCameraRequire(import.meta.url);",
      },
    });
    // Whole or not at all: another start may be reading it.
    renameSync(part, join(ROOT, 'server', 'dist', 'main.js'));
    return { code: 0, output: '' };
  } catch (error) {
    return { code: 1, output: error.message };
  } finally {
    // Its helper process would live as long as we do.
    await stop();
  }
}

const BUILDS = [
  {
    name: 'server',
    places: ['server', 'protocol', 'package-lock.json', 'tools/lib-build.mjs'],
    output: join('server', 'dist', 'main.js'),
    run: bundleServer,
  },
  {
    name: 'web client',
    places: [
      'web',
      'crypto',
      'crypto/mls/dist/mls.js',
      'crypto/mls/dist/mls_bg.wasm',
      'protocol',
      'package-lock.json',
      'tools/lib-build.mjs',
    ],
    output: join('web', 'dist', 'index.html'),
    run: () =>
      run(process.execPath, [VITE, 'build', '--logLevel', 'warn'], {
        cwd: join(ROOT, 'web'),
        env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
      }),
  },
];

async function buildOne({ name, places, output, run: build }) {
  const target = join(ROOT, output);
  const stamp = join(target, '..', '.stamp');
  const hash = hashSources(ROOT, places);
  const known = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (existsSync(target) && known === hash) return;
  say(`Building the ${name} ...`);
  rmSync(stamp, { force: true });
  const { code, output: text } = await build();
  if (code !== 0 || !existsSync(target)) {
    process.stderr.write(`${text.trim()}\n`);
    throw new Refusal(`The ${name} could not be built: mend what stands above and run this again.`);
  }
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(stamp, hash);
}

export async function buildAll() {
  for (const build of BUILDS) await buildOne(build);
}
