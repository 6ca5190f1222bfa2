// The last result of every test file of `npm run test:release`, kept in controls/release.json. Must not let a file that
// was never run, or a result that is older than a test, look like a pass.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { readIds } from './register.mjs';

export const RELEASE_FILE = /\.release\.test\.ts$/;
const KEPT = 'controls/release.json';
const STATES = new Set(['passed', 'failed', 'skipped']);
/** Stands for a file that could not be loaded, or whose hook failed. */
const WHOLE_FILE = '(the file as a whole)';

/** What vitest's JSON report says of each file: `{date, tests: {title: state}}` by path from the root. */
export function resultsOf(report, root, date) {
  const results = {};
  for (const { name, status, assertionResults = [] } of report.testResults ?? []) {
    const tests = {};
    for (const { fullName, status: state } of assertionResults) {
      tests[fullName] = state === 'passed' || state === 'failed' ? state : 'skipped';
    }
    if (status === 'failed' && !Object.values(tests).includes('failed'))
      tests[WHOLE_FILE] = 'failed';
    const path = isAbsolute(name) ? relative(root, name).replaceAll('\\', '/') : name;
    results[path] = { date, tests };
  }
  return results;
}

/** The newest result of each file that still exists, in the order of their names. */
export function mergeResults(kept, fresh, exists) {
  const all = { ...kept, ...fresh };
  const paths = Object.keys(all).filter(exists).toSorted();
  return Object.fromEntries(paths.map((path) => [path, all[path]]));
}

export function readRelease(root) {
  const path = join(root, KEPT);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** Takes the report of a run over into controls/release.json; a run without a report changes nothing. */
export function keepRelease(root, reportPath, date = new Date().toISOString().slice(0, 10)) {
  if (!existsSync(reportPath)) return;
  const fresh = resultsOf(JSON.parse(readFileSync(reportPath, 'utf8')), root, date);
  const kept = mergeResults(readRelease(root), fresh, (path) => existsSync(join(root, path)));
  writeFileSync(join(root, KEPT), `${JSON.stringify(kept, null, 2)}\n`);
}

function checkFile(path, titles, result) {
  if (result === undefined) {
    return [`${path}: not run yet; node tools/test.mjs --release ${path}`];
  }
  const { date, tests } = result;
  if (!/^\d{4}-\d\d-\d\d$/.test(date ?? '') || typeof tests !== 'object' || tests === null) {
    return [`${path}: its last result is malformed`];
  }
  const entries = Object.entries(tests);
  const bad = entries.filter(([, state]) => state !== 'passed');
  const shown = new Set(
    entries.filter(([, state]) => state === 'passed').flatMap(([title]) => readIds(title)),
  );
  const carried = new Set(titles.flatMap(readIds));
  const missing = [...carried].filter((id) => !shown.has(id));
  return [
    ...bad.map(([title, state]) =>
      STATES.has(state)
        ? `${path}: ${state} when it last ran: ${title}`
        : `${path}: "${state}" is no result`,
    ),
    ...missing.map((id) => `${path}: no passed result for ${id}; run it again`),
    ...(entries.length === 0 ? [`${path}: ran without a test`] : []),
  ];
}

/** `titles` maps every test file to the titles in it, `release` every release file to its last result. */
export function checkRelease(titles, release) {
  const files = [...titles.keys()].filter((path) => RELEASE_FILE.test(path));
  return [
    ...files.flatMap((path) => checkFile(path, titles.get(path), release[path])),
    ...Object.keys(release)
      .filter((path) => !files.includes(path))
      .map((path) => `${path}: a result is kept of a release test that does not exist`),
  ];
}
