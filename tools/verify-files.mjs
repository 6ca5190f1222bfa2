// The files that belong to the tree: what git tracks or would track. Must not look into anything
// that .gitignore leaves out.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

function walk(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** Root-relative paths with forward slashes; a folder that is no git checkout is walked instead. */
export function listFiles(root) {
  if (!existsSync(join(root, '.git'))) return walk(root).toSorted();
  const out = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = out.toString('utf8').split('\0').filter(Boolean);
  return [...new Set(paths)].filter((path) => existsSync(join(root, path))).toSorted();
}
