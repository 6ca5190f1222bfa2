// Keeps the papers true: links and file names in them exist, and every direct dependency has its
// line. Must not judge what the papers say.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { listFiles } from './verify-files.mjs';

const LINK = /\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)\s]*)?\)/g;
const NAMED = /`((?:protocol|crypto|server|web|e2e|bench|tools|controls|media|docs)\/[\w./-]+)`/g;
const DEPENDENCIES = 'docs/decisions/dependencies.md';
const PACKAGE_FILES = ['', 'protocol/', 'crypto/', 'server/', 'web/'].map(
  (folder) => `${folder}package.json`,
);

/** Links and named paths of a page that point at nothing. `exists` takes root-relative paths. */
export function checkPage(path, text, exists) {
  const findings = [];
  for (const [, target] of text.matchAll(LINK)) {
    if (!exists(posix.join(posix.dirname(path), target)))
      findings.push(`${path}: link to ${target}, which is not there`);
  }
  for (const [, target] of text.matchAll(NAMED)) {
    if (exists(target) || exists(`${target}.ts`)) continue;
    findings.push(`${path}: names ${target}, which is not there`);
  }
  return findings;
}

/** Packages without a line, and lines without a package. */
export function checkDependencyLines(page, packages) {
  const wanted = new Set(
    packages
      .flatMap((own) => Object.keys({ ...own.dependencies, ...own.devDependencies }))
      .filter((name) => !name.startsWith('@in-camera/')),
  );
  const listed = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  return [
    ...[...wanted]
      .filter((name) => !listed.includes(name))
      .map((name) => `${DEPENDENCIES}: no line for ${name}`),
    ...listed
      .filter((name) => !wanted.has(name))
      .map((name) => `${DEPENDENCIES}: ${name} is not used`),
  ];
}

/** The check over a folder on disk. */
export function checkPapers(root) {
  const exists = (path) => existsSync(join(root, path));
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const pages = listFiles(root).filter(
    (path) => path.endsWith('.md') && dirname(path) !== 'controls',
  );
  const findings = pages.flatMap((path) => checkPage(path, read(path), exists));
  if (exists(DEPENDENCIES)) {
    const packages = PACKAGE_FILES.filter(exists).map((path) => JSON.parse(read(path)));
    findings.push(...checkDependencyLines(read(DEPENDENCIES), packages));
  } else {
    findings.push(`${DEPENDENCIES} is missing`);
  }
  return { findings, summary: `${pages.length} pages` };
}
