// Checks the import rules, cycles and depth of the whole tree. Must fail when it cannot read a file:
// a boundary that was not checked counts as broken.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areaOf, refuseImport, refusePackage } from './boundaries-rules.mjs';
import { readImports } from './boundaries-tokens.mjs';
import { listFiles } from './verify-files.mjs';

const CODE = /\.(?:ts|tsx|mts|mjs|js|cjs|jsx)$/;
const DEPTH = 3;
const WORKSPACES = new Set(['protocol', 'crypto', 'server', 'web']);

/** The file a specifier means, `package` for a foreign one, `missing` for a path to nothing. */
export function resolveSpecifier(fromPath, specifier, exists) {
  const clean = specifier.replace(/\?.*$/, '');
  const ours = /^@in-camera\/([^/]+)\/(.+)$/.exec(clean);
  if (ours === null && !/^\.{1,2}(?:\/|$)/.test(clean)) return { kind: 'package', name: specifier };
  const path = ours ? `${ours[1]}/${ours[2]}` : posix.join(posix.dirname(fromPath), clean);
  if (ours && exists(`${path}.ts`)) return { kind: 'file', path: `${path}.ts` };
  return exists(path) ? { kind: 'file', path } : { kind: 'missing', path };
}

/** Strongly connected groups of more than one file, or a file that imports itself. */
export function findCycles(edges) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const cycles = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node), low.get(next)));
      } else if (stack.includes(next)) {
        low.set(node, Math.min(low.get(node), index.get(next)));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || edges.get(node)?.has(node)) cycles.push(group.toSorted());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return cycles;
}

function checkSpecifier(path, found, exists, edges) {
  const { kind, specifier, line } = found;
  const where = `${path}:${line}`;
  if (kind === 'problem') {
    return areaOf(path) === 'outside' ? undefined : `${where}: cannot be checked: ${specifier}`;
  }
  const target = resolveSpecifier(path, specifier, exists);
  if (target.kind === 'missing') {
    return kind === 'mention' ? undefined : `${where}: ${specifier} points at no file`;
  }
  if (target.kind === 'package') {
    const reason = refusePackage(path, target.name);
    return reason && `${where}: ${specifier}: ${reason}`;
  }
  if (target.path !== path || kind === 'import') edges.get(path).add(target.path);
  const reason = refuseImport(path, target.path);
  if (reason) return `${where}: ${specifier}: ${reason}`;
  const [fromTop, toTop] = [path.split('/')[0], target.path.split('/')[0]];
  const crosses = fromTop !== toTop && WORKSPACES.has(fromTop) && WORKSPACES.has(toTop);
  if (crosses && specifier.startsWith('.') && CODE.test(target.path)) {
    return `${where}: ${specifier}: another workspace is imported by its package name`;
  }
  return undefined;
}

/** All findings for a set of files, as sentences. `read` and `exists` take root-relative paths. */
export function checkBoundaries({ files, read, exists }) {
  const code = files.filter((path) => CODE.test(path) && !path.includes('/dist/'));
  const edges = new Map(code.map((path) => [path, new Set()]));
  const findings = [];
  for (const path of code) {
    if (path.split('/').length > DEPTH) findings.push(`${path}: deeper than ${DEPTH} levels`);
    for (const found of readImports(read(path))) {
      const finding = checkSpecifier(path, found, exists, edges);
      if (finding) findings.push(finding);
    }
  }
  for (const cycle of findCycles(edges)) findings.push(`import cycle: ${cycle.join(' -> ')}`);
  const serverPackage = 'server/package.json';
  if (exists(serverPackage) && /@in-camera\/crypto/.test(read(serverPackage))) {
    findings.push(`${serverPackage}: the server depends on crypto: it must not be able to decrypt`);
  }
  return { findings, summary: `${code.length} files` };
}

/** The check over a folder on disk. */
export function checkTree(root) {
  return checkBoundaries({
    files: listFiles(root),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    exists: (path) => existsSync(join(root, path)),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { findings, summary } = checkTree(join(dirname(fileURLToPath(import.meta.url)), '..'));
  for (const finding of findings) console.log(finding);
  console.log(`boundaries: ${summary}, ${findings.length} findings`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
