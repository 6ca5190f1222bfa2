// Brings the packages to what the lock file says, without running any of their scripts, and builds the one native module.
// Must touch nothing when it is already so.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { has, npm, Refusal, ROOT, run, say } from './lib-run.mjs';

const LEAST_NODE = [20, 19];

export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new Refusal(
    `Node ${version} is too old: install Node ${LEAST_NODE.join('.')} or newer, then run this again.`,
  );
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Is what npm wrote down about node_modules what the lock file asks for? npm writes its list last, so a cut-off
 * installation has none; packages for other systems may be missing.
 */
export function isInstalled(root = ROOT) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const got = found[path];
    if (got === undefined) return entry.optional === true || entry.devOptional === true;
    return entry.version === got.version && entry.integrity === got.integrity;
  });
}

const LOOKS_OFFLINE = /EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNRE|ENETUNREACH|\bE[45]\d\d\b|network/i;

function explainInstall(output) {
  if (/ENOSPC/.test(output)) return 'The disk is full: free 1 GB and run this again.';
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `Packages cannot be written to ${join(ROOT, 'node_modules')}: give this user the right to and run this again.`;
  }
  if (LOOKS_OFFLINE.test(output)) {
    return 'Packages could not be downloaded: check the network and run this again, it goes on where it stopped.';
  }
  return `npm ci failed (${output.trim().split('\n').at(-1)}): mend that and run this again.`;
}

export async function installPackages() {
  if (isInstalled()) return;
  say('Installing packages (once, about a minute) ...');
  const [command, args] = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  const { code, output } = await run(command, args);
  if (code !== 0) throw new Refusal(explainInstall(output));
}

const DATABASE = join(ROOT, 'node_modules', 'better-sqlite3');
const BUILT_MODULE = join(DATABASE, 'build', 'Release', 'better_sqlite3.node');
const TRY_DATABASE = "new (require('better-sqlite3'))(':memory:').prepare('select 1').get()";
const databaseRuns = async () =>
  (await run(process.execPath, ['-e', TRY_DATABASE], { cwd: join(ROOT, 'server') })).code === 0;

async function explainDatabase() {
  const missing = [];
  if (!(await has('cc')) && !(await has('gcc')) && !(await has('clang')))
    missing.push('a C++ compiler');
  if (!(await has('make'))) missing.push('make');
  if (!(await has('python3'))) missing.push('Python 3');
  if (missing.length === 0) {
    return 'The database module could not be built: run "npm rebuild better-sqlite3 --foreground-scripts" to see why, then run this again.';
  }
  return `The database module needs ${missing.join(', ')} to be built: install them (on Debian: apt-get install g++ make python3), then run this again.`;
}

/** Where a build of the module is kept: npm ci removes the one in node_modules. */
function keptModule() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const cache = process.env.IN_CAMERA_CACHE || join(base, 'in-camera');
  const { version } = readJson(join(DATABASE, 'package.json')) ?? {};
  const { platform, arch, versions } = process;
  return join(cache, 'better-sqlite3', `${version}-${versions.modules}-${platform}-${arch}.node`);
}

function copyWhole(from, to) {
  try {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, `${to}.${process.pid}.part`);
    renameSync(`${to}.${process.pid}.part`, to);
  } catch {
    // Only saves time: without it the module is built.
  }
}

/** The only package whose script runs, because it is the only native one without a ready file. */
export async function buildDatabaseModule() {
  if (await databaseRuns()) return;
  if (!existsSync(DATABASE)) {
    throw new Refusal('The database module is missing: remove node_modules and run this again.');
  }
  copyWhole(keptModule(), BUILT_MODULE);
  if (await databaseRuns()) return;
  rmSync(BUILT_MODULE, { force: true });
  say('Building the database module (once, up to two minutes) ...');
  const [command, args] = npm(['rebuild', 'better-sqlite3']);
  await run(command, args);
  if (!(await databaseRuns())) throw new Refusal(await explainDatabase());
  copyWhole(BUILT_MODULE, keptModule());
}
