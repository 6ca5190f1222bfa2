// Reads the register of controls and attacks, and the titles of all tests. Must not run any test:
// whether they pass is the test run's word, whether they exist is said here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenize } from '../tools/boundaries-tokens.mjs';
import { listFiles } from '../tools/verify-files.mjs';

export const PRINCIPLES = [
  { prefix: 'SEC', count: 26, title: 'Security' },
  { prefix: 'PBD', count: 18, title: 'Privacy by design and default' },
  { prefix: 'KYA', count: 14, title: 'Know your audience' },
  { prefix: 'TRA', count: 15, title: 'Transparency and fairness' },
  { prefix: 'END', count: 15, title: 'End-user control' },
];

const numbered = (prefix, count, width) =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i + 1).padStart(width, '0')}`);

export const CONTROL_IDS = PRINCIPLES.flatMap(({ prefix, count }) => numbered(prefix, count, 1));
export const CASE_IDS = [...numbered('A', 100, 2), ...numbered('F', 26, 2)];

const CALLS = new Set(['it', 'test', 'describe', 'suite', 'scenario']);
const LEFT_OUT = new Set(['skip', 'todo', 'skipIf', 'fails']);
const TEST_FILE = /\.test\.(?:ts|tsx|mjs)$|^e2e\/.*\.(?:ts|mjs)$/;

function afterBrackets(tokens, open) {
  let depth = 0;
  for (let i = open; i < tokens.length; i += 1) {
    if (tokens[i].kind !== 'mark') continue;
    if ('([{'.includes(tokens[i].value)) depth += 1;
    if (')]}'.includes(tokens[i].value)) depth -= 1;
    if (depth === 0) return i + 1;
  }
  return tokens.length;
}

function titleAt(tokens, start) {
  let i = start + 1;
  while (tokens[i]?.value === '.' && tokens[i + 1]?.kind === 'word') {
    if (LEFT_OUT.has(tokens[i + 1].value)) return undefined;
    const table = tokens[i + 1].value === 'each' || tokens[i + 1].value === 'for';
    i += 2;
    if (table && tokens[i]?.value === '(') i = afterBrackets(tokens, i);
  }
  if (tokens[i]?.value !== '(' || tokens[i].kind !== 'mark') return undefined;
  const first = tokens[i + 1];
  return first?.kind === 'string' || first?.kind === 'template' ? first.value : undefined;
}

/** Titles of the tests in a source text; tests that are left out do not count. */
export function readTestTitles(text) {
  const { tokens } = tokenize(text);
  return tokens.flatMap((token, i) => {
    const member = tokens[i - 1]?.value === '.';
    if (token.kind !== 'word' || member || !CALLS.has(token.value)) return [];
    const title = titleAt(tokens, i);
    return title === undefined ? [] : [title];
  });
}

/** Ids of controls and cases in a text: `A-38`, `SEC-7`. */
export function readIds(text) {
  return text.match(/\b(?:SEC|PBD|KYA|TRA|END)-\d+\b|\b[AF]-\d{2,3}\b/g) ?? [];
}

/** Map from test file to its titles, for every test file of the tree. */
export function readAllTitles(root) {
  const files = listFiles(root).filter((path) => TEST_FILE.test(path));
  return new Map(
    files.map((path) => [path, readTestTitles(readFileSync(join(root, path), 'utf8'))]),
  );
}

const readJson = (root, path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** The register as it lies on disk, together with the tests that are really there. */
export function readRegister(root) {
  return {
    controls: readJson(root, 'controls/controls.json'),
    cases: readJson(root, 'controls/attacks.json'),
    titles: readAllTitles(root),
  };
}
