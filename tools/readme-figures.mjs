// Writes the table of measured figures in README.md from bench/results.json; with --check it only
// compares. Must never invent or round up a figure: what was not measured is not in the table.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const START = '<!-- figures: made by tools/readme-figures.mjs -->';
const END = '<!-- /figures -->';

const MEANING = {
  'frame-encrypt-ratio-1k': 'Encrypting a 1 KB frame, against bare WebCrypto',
  'frame-encrypt-ratio-12k': 'Encrypting a 12 KB frame, against bare WebCrypto',
  'frame-decrypt-ratio-1k': 'Decrypting a 1 KB frame, against bare WebCrypto',
  'frame-decrypt-ratio-12k': 'Decrypting a 12 KB frame, against bare WebCrypto',
  'join-ratio': 'Admit to first picture, against an unencrypted LiveKit join',
  'join-ms': 'Admit to first picture',
  'admit30-ms': '30 people admitted at once, until all hold the keys',
  'fault-server-ms': 'Server killed and started: until chat goes both ways',
  'fault-cut-ms': 'Network of one cut for 5 s: until chat goes both ways',
  'fault-worker-ms': 'A worker ended: until its person is back as a new leaf',
  'lobby-kb': 'Lobby page, gzip, without wasm',
  'meeting-kb': 'Meeting page, gzip, without wasm',
  'mls-wasm-kb': 'MLS module, brotli',
};

function readResult(entry, i) {
  const { name, value, unit, goal, command, date } = entry ?? {};
  const texts = [name, unit, command, date].every((text) => typeof text === 'string');
  const goalIsRight = goal === undefined || goal === null || Number.isFinite(goal);
  if (!texts || !Number.isFinite(value) || !goalIsRight) {
    throw new Error(
      `bench/results.json: entry ${i} is not {name, value, unit, goal, command, date}`,
    );
  }
  return { name, value, unit, goal: goal ?? undefined, command, date };
}

const withUnit = (value, unit) =>
  /^(?:|x|ratio|×)$/.test(unit) ? `${value} ×` : `${value} ${unit}`;
const verdict = ({ value, goal }) => {
  if (goal === undefined) return 'no goal';
  return value <= goal ? 'met' : 'missed';
};

/** The lines between the markers. */
export function figuresTable(results) {
  const rows = results.map(readResult);
  if (rows.length === 0) return 'Nothing has been measured yet: `bench/results.json` is empty.';
  const seen = new Set();
  const lines = [
    '| Figure | Measured | Goal (at most) | | Command | Date |',
    '|---|---|---|---|---|---|',
  ];
  for (const row of rows) {
    if (seen.has(row.name)) throw new Error(`bench/results.json: ${row.name} stands there twice`);
    seen.add(row.name);
    const goal = row.goal === undefined ? '' : withUnit(row.goal, row.unit);
    const meaning = MEANING[row.name] ?? `\`${row.name}\``;
    lines.push(
      `| ${meaning} | ${withUnit(row.value, row.unit)} | ${goal} | ${verdict(row)} | \`${row.command}\` | ${row.date} |`,
    );
  }
  return lines.join('\n');
}

/** README text with a fresh table. */
export function withFigures(readme, results) {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start === -1 || end < start)
    throw new Error('README.md: the markers of the figures are gone');
  return `${readme.slice(0, start + START.length)}\n${figuresTable(results)}\n${readme.slice(end)}`;
}

/** Findings when README.md and bench/results.json disagree. */
export function checkFigures(root) {
  try {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const results = JSON.parse(readFileSync(join(root, 'bench/results.json'), 'utf8'));
    const drifted = withFigures(readme, results) !== readme;
    const findings = drifted
      ? ['README.md: figures are stale: run node tools/readme-figures.mjs']
      : [];
    return { findings, summary: `${results.length} figures` };
  } catch (error) {
    return { findings: [String(error.message ?? error)], summary: 'unreadable' };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  if (process.argv.includes('--check')) {
    const { findings, summary } = checkFigures(root);
    for (const finding of findings) console.log(finding);
    console.log(`figures: ${summary}, ${findings.length} findings`);
    process.exitCode = findings.length === 0 ? 0 : 1;
  } else {
    const path = join(root, 'README.md');
    const results = JSON.parse(readFileSync(join(root, 'bench/results.json'), 'utf8'));
    writeFileSync(path, withFigures(readFileSync(path, 'utf8'), results));
  }
}
