// Reads the licence of every package that ships, and refuses the ones this project must not carry.
// Must not trust what is merely installed: the lock file says what belongs to the tree.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Unlicense',
  'Zlib',
]);

/** Packages with a licence outside the list that may ship all the same, each with its reason. */
const EXCEPTIONS = new Map([
  ['argparse', 'Python-2.0 is permissive; it parses YAML for the configuration tools'],
  ['caniuse-lite', 'CC-BY-4.0 covers a table of browser versions used while building'],
]);

/** What must not be in the tree at all, development included. */
const FORBIDDEN = [
  { name: /^uws$|^uWebSockets[.]js$/, why: 'unmaintained or not from the registry' },
  { name: /^@?tldraw(?:\/|$)/, why: 'its licence forbids our use' },
  { name: /^@livekit\/track-processors$/, why: 'loads models from foreign hosts' },
  {
    name: /^@mediapipe\/tasks-vision$/,
    version: /^(?!0[.])/,
    why: 'version 1 and later reports usage to its maker',
  },
];
const FORBIDDEN_LICENCE = /\bAGPL|\bSSPL|\bBUSL|Commons[- ]Clause/i;

/** Is an SPDX expression allowed? Knows AND, OR and one level of brackets, which is all there is. */
export function isAllowed(expression, allowed = ALLOWED) {
  const clean = expression.replace(/[()]/g, ' ').trim();
  const choices = clean.split(/\s+OR\s+/);
  return choices.some((choice) => choice.split(/\s+AND\s+/).every((id) => allowed.has(id.trim())));
}

function licenceOf(root, path, entry) {
  const file = join(root, path, 'package.json');
  const own = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : entry;
  const { license = own.licenses } = own;
  if (typeof license === 'string') return license;
  if (Array.isArray(license)) return license.map((one) => one.type ?? one).join(' OR ');
  return license?.type ?? entry.license ?? 'none';
}

function checkPackage(root, path, entry) {
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const label = `${name}@${entry.version}`;
  for (const rule of FORBIDDEN) {
    if (rule.name.test(name) && (rule.version?.test(entry.version) ?? true)) {
      return [`${label}: forbidden: ${rule.why}`];
    }
  }
  const licence = licenceOf(root, path, entry);
  if (FORBIDDEN_LICENCE.test(licence)) return [`${label}: forbidden licence ${licence}`];
  if (entry.dev === true || EXCEPTIONS.has(name) || isAllowed(licence)) return [];
  return [`${label}: licence ${licence} is not on the list`];
}

function checkPins(root, path) {
  const own = JSON.parse(readFileSync(join(root, path), 'utf8'));
  const wanted = { ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies };
  return Object.entries(wanted)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${path}: ${name} ${version} is not an exact version`);
}

/** All findings for the lock file and the package files under a root. */
export function checkLicences(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const entries = Object.entries(lock.packages ?? {});
  const foreign = entries.filter(([path, e]) => path.includes('node_modules/') && e.link !== true);
  const own = entries.filter(([path]) => !path.includes('node_modules/'));
  const findings = [
    ...foreign.flatMap(([path, entry]) => checkPackage(root, path, entry)),
    ...own
      .map(([path]) => (path === '' ? 'package.json' : `${path}/package.json`))
      .filter((path) => existsSync(join(root, path)))
      .flatMap((path) => checkPins(root, path)),
  ];
  if (foreign.length === 0)
    findings.push('package-lock.json lists no package: nothing was checked');
  const shipped = foreign.filter(([, entry]) => entry.dev !== true).length;
  return { findings, summary: `${shipped} shipped, ${foreign.length - shipped} for development` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { findings, summary } = checkLicences(join(dirname(fileURLToPath(import.meta.url)), '..'));
  for (const finding of findings) console.log(finding);
  console.log(`licences: ${summary}, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
