// Keeps docs/cryptography.md true where a machine can: files it names exist, versions it names are the locked ones, and no
// file uses a primitive without standing there (SEC-7).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './verify-files.mjs';

const PAGE = 'docs/cryptography.md';
const CODE = /^(?:protocol|crypto|server|web)\/.*\.tsx?$/;
/** Tests and their kits prove the product; declarations do nothing. */
const ASIDE = /\.test\.tsx?$|testkit|\/fake-|\.d\.ts$|\/dist\//;
const PRIMITIVE =
  /\bcrypto\.(?:subtle|getRandomValues|randomUUID)\b|['"](?:node:)?crypto['"]|['"](?:@noble\/|jose\b|livekit-server-sdk)/;

const PATH = /`((?:protocol|crypto|server|web)\/[\w./-]+\.\w+)`/g;
const PINNED = /`([\w@./-]+) v?(\d+\.\d+\.\d+)`/g;

/** Every version of every package, by name, in the three lock files. */
export function lockedVersions({ npm, cargo, go }) {
  const locked = new Map();
  const add = (name, version) => locked.set(name, [...(locked.get(name) ?? []), version]);
  for (const [path, entry] of Object.entries(JSON.parse(npm).packages)) {
    if (entry.version !== undefined) add(path.split('node_modules/').at(-1), entry.version);
  }
  for (const [, name, version] of cargo.matchAll(/^name = "(.+)"\nversion = "(.+)"$/gm)) {
    add(name, version);
  }
  for (const [, name, version] of go.matchAll(/^\s*([\w./-]+) v(\d+\.\d+\.\d+)/gm))
    add(name, version);
  return locked;
}

/** Sentences about the page. `uses` are the files that use a primitive. */
export function checkPage(page, { exists, locked, uses }) {
  const findings = [];
  const named = new Set([...page.matchAll(PATH)].map(([, path]) => path));
  const pinned = [...page.matchAll(PINNED)];
  if (named.size === 0 || pinned.length === 0)
    findings.push(`${PAGE}: names no file or no version`);
  for (const path of named) {
    if (!exists(path)) findings.push(`${PAGE}: names ${path}, which does not exist`);
  }
  for (const [, name, version] of pinned) {
    const versions = locked.get(name) ?? [];
    if (!versions.includes(version)) {
      const is = versions.length === 0 ? 'not locked anywhere' : `locked as ${versions.join(', ')}`;
      findings.push(`${PAGE}: says ${name} ${version}, which is ${is}`);
    }
  }
  for (const path of uses) {
    if (!named.has(path)) findings.push(`${path}: uses cryptography and is not named in ${PAGE}`);
  }
  return findings;
}

export const usesPrimitive = (path, text) =>
  CODE.test(path) && !ASIDE.test(path) && PRIMITIVE.test(text);

/** The check over a folder on disk. */
export function checkCryptography(root) {
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const uses = listFiles(root).filter((path) => CODE.test(path) && usesPrimitive(path, read(path)));
  const locked = lockedVersions({
    npm: read('package-lock.json'),
    cargo: read('crypto/mls/Cargo.lock'),
    go: read('media/go.mod'),
  });
  const findings = checkPage(read(PAGE), {
    exists: (path) => existsSync(join(root, path)),
    locked,
    uses,
  });
  return { findings, summary: `${uses.length} files that use a primitive` };
}
