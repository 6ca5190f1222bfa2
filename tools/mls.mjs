// Builds the MLS binding into crypto/mls/dist/ (`build`), or builds it again elsewhere and compares
// byte for byte (`verify`). Users need neither: the built files are committed.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TARGET = 'wasm32-unknown-unknown';
const PINNED = { rustc: '1.95.0', wasmBindgen: '0.2.130', binaryen: '132.0.0' };
// wasm-opt comes from npm, not from a distribution: one JavaScript file, the same on every machine.
const WASM_OPT_SHA256 = '608c021fa3f2c68cdc26f06a1454341089a0e689abb71cbe5a23ef7300e7f3e3';
const WASM_FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
];
const BUILT = ['mls.js', 'mls.d.ts', 'mls_bg.wasm'];

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const crate = join(root, 'crypto', 'mls');
const dist = join(crate, 'dist');
const cache =
  process.env.IN_CAMERA_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'in-camera');

class Refusal extends Error {}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: crate, stdio: 'inherit', ...options });
  if (result.error) throw new Refusal(`${command} could not be started: ${result.error.code}`);
  if (result.status !== 0)
    throw new Refusal(`${command} failed (${result.status ?? result.signal})`);
}

function versionOf(command, hint) {
  try {
    const out = execFileSync(command, ['--version'], {
      cwd: crate,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return out.trim().split(' ')[1];
  } catch {
    throw new Refusal(`${command} is missing: ${hint}`);
  }
}

function checkTools() {
  const rustc = versionOf('rustc', `install rustup, then toolchain ${PINNED.rustc}`);
  versionOf('cargo', `install rustup, then toolchain ${PINNED.rustc}`);
  const install = `cargo install wasm-bindgen-cli --version ${PINNED.wasmBindgen}`;
  const wasmBindgen = versionOf('wasm-bindgen', install);
  if (rustc !== PINNED.rustc) throw new Refusal(`rustc is ${rustc}, not ${PINNED.rustc}`);
  if (wasmBindgen !== PINNED.wasmBindgen) {
    throw new Refusal(`wasm-bindgen is ${wasmBindgen}, not ${PINNED.wasmBindgen}: ${install}`);
  }
}

/** wasm-opt of the pinned npm package, fetched once into the cache and checked by its hash. */
function wasmOpt() {
  const folder = join(cache, `binaryen-${PINNED.binaryen}`);
  const file = join(folder, 'node_modules', 'binaryen', 'bin', 'wasm-opt');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--silent'];
    run('npm', ['install', '--prefix', folder, ...quiet, `binaryen@${PINNED.binaryen}`]);
  }
  if (sha256(readFileSync(file)) !== WASM_OPT_SHA256) {
    throw new Refusal(`wasm-opt in ${folder} is not the pinned file`);
  }
  return file;
}

/** Paths of this machine must not reach the bytes. */
/** Where the crates' sources lie, named after the registry they came from: that name is not ours to ship. */
function cratesFolders(cargoHome) {
  run('cargo', ['fetch', '--locked', '--target', TARGET], {});
  const sources = join(cargoHome, 'registry', 'src');
  return readdirSync(sources).map((name) => [join(sources, name), '/crates']);
}

function rustFlags() {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { cwd: crate, encoding: 'utf8' });
  const remap = [
    [homedir(), '/user'],
    [root, '/in-camera'],
    [cargoHome, '/cargo'],
    [sysroot.trim(), '/rust'],
    ...cratesFolders(cargoHome),
  ];
  const flags = ['--cfg', 'getrandom_backend="wasm_js"'];
  for (const [from, to] of remap) flags.push(`--remap-path-prefix=${from}=${to}`);
  return flags.join('\x1f');
}

/** The hand-written types of the glue, with their imports seen from one folder deeper. */
function glueTypes() {
  const types = readFileSync(join(crate, 'glue.d.ts'), 'utf8');
  return types.replaceAll(/from '(?:\.\/|(?=\.\.\/))/g, "from '../");
}

function build(out, targetDir) {
  checkTools();
  const opt = wasmOpt();
  const env = {
    ...process.env,
    CARGO_ENCODED_RUSTFLAGS: rustFlags(),
    CARGO_INCREMENTAL: '0',
    CARGO_TARGET_DIR: targetDir,
  };
  delete env.RUSTFLAGS;
  run('cargo', ['build', '--locked', '--release', '--target', TARGET], { env });
  const wasm = join(targetDir, TARGET, 'release', 'in_camera_mls.wasm');
  const strip = ['--remove-name-section', '--remove-producers-section', '--no-typescript'];
  run('wasm-bindgen', ['--target', 'web', ...strip, '--out-dir', out, '--out-name', 'mls', wasm]);
  const module = join(out, 'mls_bg.wasm');
  const features = WASM_FEATURES.map((name) => `--enable-${name}`);
  run(process.execPath, [opt, '-Oz', ...features, module, '-o', module]);
  writeFileSync(join(out, 'mls.d.ts'), glueTypes());
  refusePaths(readFileSync(module).toString('latin1'));
}

function refusePaths(text) {
  const places = [homedir(), root, '/home/', '/root/', '/Users/', '/work/', '/registry/'];
  const leaked = places.filter((path) => path !== '/' && text.includes(path));
  if (leaked.length > 0) throw new Refusal(`the wasm contains paths of this machine: ${leaked}`);
}

const sumsOf = (folder) =>
  BUILT.map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`).join('');

function commandBuild() {
  mkdirSync(dist, { recursive: true });
  build(dist, join(cache, 'mls-target'));
  writeFileSync(join(dist, 'SHA256SUMS'), sumsOf(dist));
  // A verification of other bytes says nothing about these.
  rmSync(join(dist, 'verify.json'), { force: true });
  process.stdout.write(sumsOf(dist));
}

function commandVerify() {
  checkTools();
  run('cargo', ['test', '--locked', '--quiet'], {
    env: { ...process.env, CARGO_TARGET_DIR: join(cache, 'mls-test') },
  });
  const work = mkdtempSync(join(tmpdir(), 'mls-verify-'));
  try {
    build(join(work, 'dist'), join(work, 'target'));
    const [committed, rebuilt] = [sumsOf(dist), sumsOf(join(work, 'dist'))];
    const result = {
      date: new Date().toISOString().slice(0, 10),
      toolchain: PINNED,
      sha256: sha256(readFileSync(join(work, 'dist', 'mls_bg.wasm'))),
      same: committed === rebuilt && readFileSync(join(dist, 'SHA256SUMS'), 'utf8') === committed,
    };
    writeFileSync(join(dist, 'verify.json'), `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (!result.same) throw new Refusal('the rebuilt files differ from crypto/mls/dist/');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const commands = { build: commandBuild, verify: commandVerify };
try {
  const command = commands[process.argv[2]];
  if (!command) throw new Refusal('usage: node tools/mls.mjs build | verify');
  command();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`mls: ${error.message}`);
  process.exitCode = 1;
}
