// Completes package-lock.json after `npm install`: npm leaves out the optional packages of other systems when a registry
// does not offer them, and then refuses its own lock file in `npm ci`. Must change no entry that is there.
//   node tools/lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, say } from './lib-run.mjs';

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

/** Where Node would find a package from inside another, among the lock file's entries. */
function isFound(packages, from, name) {
  let at = from;
  while (at !== '') {
    if (packages[`${at}/node_modules/${name}`]) return true;
    at = at.includes('/node_modules/') ? at.slice(0, at.lastIndexOf('/node_modules/')) : '';
  }
  return packages[`node_modules/${name}`] !== undefined;
}

function entryOf(name, version, dev) {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev: true }),
    ...(os === 'linux' && words.some((word) => word.startsWith('musl')) && { libc: ['musl'] }),
    ...(os === 'linux' && words.some((word) => word.startsWith('gnu')) && { libc: ['glibc'] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

/** Entries for optional packages that are named with an exact version and have none. */
export function missingEntries(packages) {
  const missing = {};
  for (const [from, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!/^\d+\.\d+\.\d+$/.test(version) || isFound(packages, from, name)) continue;
      missing[`node_modules/${name}`] = entryOf(name, version, dev);
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(ROOT, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const missing = missingEntries(lock.packages);
  const all = Object.entries({ ...lock.packages, ...missing });
  all.sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(
    path,
    `${JSON.stringify({ ...lock, packages: Object.fromEntries(all) }, null, 2)}\n`,
  );
  say(`${Object.keys(missing).length} entries added`);
}
