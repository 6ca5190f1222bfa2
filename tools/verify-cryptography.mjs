// Keeps docs/cryptography.md true where a machine can: files it names exist, versions it names are the locked ones, and no
// file uses a primitive without standing in its tables (SEC-7). Must not judge what the page says of an algorithm.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './verify-files.mjs';

const PAGE = 'docs/cryptography.md';
const CODE = /^(?:protocol|crypto|server|web)\/.*\.(?:[cm]?[jt]sx?|rs)$/;
/** Tests and their kits prove the product; declarations do nothing; what is built stands there as its sources. */
const ASIDE = /\.test\.tsx?$|testkit|\/fake-|\.d\.ts$|\/dist\/|^crypto\/mls\/src\/outsider\.rs$/;
/** In TypeScript: WebCrypto, Node's modules, packages, and the way into the WebAssembly. */
const PRIMITIVE = new RegExp(
  [
    String.raw`\.subtle\b|\bsubtle\s*\}|\b(?:getRandomValues|randomUUID|webcrypto|CryptoKey)\b`,
    String.raw`['"](?:node:)?crypto['"]|['"]node:(?:tls|https)['"]|\/dist\/mls\.js['"]`,
    String.raw`['"](?:@noble\/|@scure\/|@stablelib\/|jose\b|livekit-server-sdk\b|libsodium|tweetnacl\b)`,
  ].join('|'),
);
const CRATE =
  /\b(?:ed25519_dalek|curve25519_dalek|x25519_dalek|hpke_rs\w*|openmls_\w*crypto|x_wing|ml_kem|aes_gcm|hkdf|hmac|sha2|getrandom|rand\w*)::/;

const ROW = /^\|.*$/gm;
const PATH = /`((?:protocol|crypto|server|web|media|docs|tools|e2e|controls)\/[\w./-]+\.\w+)`/g;
/** Also a version that is not whole: it is locked nowhere, and so is found. */
const PINNED = /`([\w@./-]+) v?(\d[\w.+-]*)`/g;

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
  for (const [, name, version] of go.matchAll(/^\s*(?:require )?([\w./-]+) v(\d\S+)/gm))
    add(name, version);
  return locked;
}

const pathsIn = (text) => new Set([...text.matchAll(PATH)].map(([, path]) => path));

/** Sentences about the page. `uses` are the files that use a primitive. */
export function checkPage(page, { exists, locked, uses }) {
  const findings = [];
  const inTables = pathsIn([...page.matchAll(ROW)].map(([row]) => row).join('\n'));
  const pinned = new Map([...page.matchAll(PINNED)].map((one) => [one[0], one]));
  if (inTables.size === 0 || pinned.size === 0)
    findings.push(`${PAGE}: its tables name no file, or it names no version`);
  for (const path of pathsIn(page)) {
    if (!exists(path)) findings.push(`${PAGE}: names ${path}, which does not exist`);
  }
  for (const [, name, version] of pinned.values()) {
    const versions = locked.get(name) ?? [];
    if (!versions.includes(version)) {
      const is = versions.length === 0 ? 'not locked anywhere' : `locked as ${versions.join(', ')}`;
      findings.push(`${PAGE}: says ${name} ${version}, which is ${is}`);
    }
  }
  for (const path of uses) {
    if (!inTables.has(path))
      findings.push(`${path}: uses cryptography and is not named in a table of ${PAGE}`);
  }
  return findings;
}

export const usesPrimitive = (path, text) =>
  CODE.test(path) && !ASIDE.test(path) && (path.endsWith('.rs') ? CRATE : PRIMITIVE).test(text);

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
