// Checks that each claim points at a test that exists, and that no attack is forgotten. Must fail
// on doubt: an unknown field, id or state is a finding.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CASE_IDS, CONTROL_IDS, readIds, readRegister } from './register.mjs';
import { checkRelease, RELEASE_FILE, readRelease } from './release.mjs';

const MIN_FRAGMENT = 6;
const CONTROL_FIELDS = new Set(['id', 'statement', 'sources', 'status', 'evidence', 'open']);
const CASE_FIELDS = new Set(['id', 'title', 'controls', 'state', 'issue', 'comesWith', 'open']);

function checkIds(label, entries, expected) {
  const ids = entries.map((entry) => entry.id);
  return [
    ...expected.filter((id) => !ids.includes(id)).map((id) => `${label}: ${id} is missing`),
    ...ids.filter((id) => !expected.includes(id)).map((id) => `${label}: ${id} is not in the plan`),
    ...ids
      .filter((id, i) => ids.indexOf(id) !== i)
      .map((id) => `${label}: ${id} stands there twice`),
  ];
}

const unknownFields = (entry, fields) =>
  Object.keys(entry)
    .filter((key) => !fields.has(key))
    .map((key) => `${entry.id}: unknown field ${key}`);

function checkEvidence(id, entry, titles) {
  const { file, name } = entry ?? {};
  if (typeof file !== 'string' || typeof name !== 'string') {
    return [`${id}: evidence needs {file, name}`];
  }
  if (name.length < MIN_FRAGMENT) return [`${id}: "${name}" is too short to mean one test`];
  const own = titles.get(file);
  if (own === undefined) return [`${id}: ${file} is no test file`];
  if (own.some((title) => title.includes(name))) return [];
  return [`${id}: ${file} has no test named "${name}"`];
}

function checkControl(control, titles) {
  const { id, statement, sources, status, evidence, open } = control;
  const findings = unknownFields(control, CONTROL_FIELDS);
  if (typeof statement !== 'string' || statement.length < 20) findings.push(`${id}: no statement`);
  if (!Array.isArray(sources) || sources.length === 0) findings.push(`${id}: no source`);
  const list = Array.isArray(evidence) ? evidence : [];
  const saysWhatIsOpen = typeof open === 'string' && open.length > 0;
  if (!['shown', 'partly', 'later'].includes(status)) findings.push(`${id}: status ${status}?`);
  if (status !== 'later' && list.length === 0) findings.push(`${id}: ${status} without evidence`);
  if (status === 'later' && list.length > 0) findings.push(`${id}: later, yet it has evidence`);
  if (status === 'partly' && !saysWhatIsOpen) findings.push(`${id}: partly, but what is open?`);
  if (status === 'shown' && saysWhatIsOpen) findings.push(`${id}: shown, yet something is open`);
  return [...findings, ...list.flatMap((entry) => checkEvidence(id, entry, titles))];
}

function checkCase(entry, tested) {
  const { id, title, controls, state, issue, comesWith, open } = entry;
  const findings = unknownFields(entry, CASE_FIELDS);
  if (typeof title !== 'string' || title === '') findings.push(`${id}: no title`);
  for (const control of Array.isArray(controls) ? controls : ['none']) {
    if (!CONTROL_IDS.includes(control)) findings.push(`${id}: ${control} is no control`);
  }
  if (state === 'tested' || state === 'partly') {
    if (!tested.has(id)) findings.push(`${id}: marked ${state}, but no test carries its id`);
    const saysWhatIsOpen = typeof open === 'string' && open !== '';
    if (saysWhatIsOpen !== (state === 'partly'))
      findings.push(`${id}: partly, and what is open, go together`);
  } else if (state === 'later') {
    const planned = Number.isInteger(issue) || (typeof comesWith === 'string' && comesWith !== '');
    if (!planned) findings.push(`${id}: later, but with which issue or feature?`);
  } else {
    findings.push(`${id}: neither tested, partly nor later`);
  }
  return findings;
}

function idsInTests(titles) {
  const found = new Map();
  for (const [file, own] of titles) {
    for (const title of own) {
      for (const id of readIds(title)) found.set(id, [...(found.get(id) ?? []), { file, title }]);
    }
  }
  return found;
}

/**
 * All findings about a register. `titles` maps test files to the titles in them, `release` the files of
 * `npm run test:release` to their last results: each must have one, passed, for every id it carries.
 */
export function checkRegister({ controls, cases, titles, release = {} }) {
  const tested = idsInTests(titles);
  const unknown = [...tested.keys()].filter(
    (id) => !CASE_IDS.includes(id) && !CONTROL_IDS.includes(id),
  );
  return [
    ...checkIds('controls', controls, CONTROL_IDS),
    ...checkIds('attacks', cases, CASE_IDS),
    ...controls.flatMap((control) => checkControl(control, titles)),
    ...cases.flatMap((entry) => checkCase(entry, tested)),
    ...unknown.map((id) => `${tested.get(id)[0].file}: ${id} in a test name is no known id`),
    ...checkRelease(titles, release),
  ];
}

/** What the tests carry and the register does not say yet. */
export function suggest({ controls, cases, titles }) {
  const tested = idsInTests(titles);
  const lines = [];
  for (const entry of cases) {
    const where = tested.get(entry.id);
    if (where && entry.state === 'later') lines.push(`${entry.id} is tested in ${where[0].file}`);
  }
  for (const { id, evidence } of controls) {
    for (const { file, title } of tested.get(id) ?? []) {
      const listed = evidence.some((one) => one.file === file && title.includes(one.name));
      if (!listed) lines.push(`${id}: ${file}: ${title}`);
    }
  }
  return lines;
}

/** The check over a folder on disk. */
export function checkControls(root) {
  const register = { ...readRegister(root), release: readRelease(root) };
  const findings = checkRegister(register);
  const count = (list, key, value) => list.filter((one) => one[key] === value).length;
  const { controls, cases, titles, release } = register;
  const files = [...titles.keys()].filter((path) => RELEASE_FILE.test(path));
  const ran = files.filter((path) => release[path] !== undefined).length;
  const summary =
    `${count(controls, 'status', 'shown')} shown, ${count(controls, 'status', 'partly')} partly, ` +
    `${count(controls, 'status', 'later')} later; ` +
    `${count(cases, 'state', 'tested')} of ${cases.length} cases tested, ${count(cases, 'state', 'partly')} partly; ` +
    `${ran} of ${files.length} release files have a result`;
  return { findings, summary };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  if (process.argv.includes('--suggest')) {
    for (const line of suggest(readRegister(root))) console.log(line);
  } else {
    const { findings, summary } = checkControls(root);
    for (const finding of findings) console.log(finding);
    console.log(`controls: ${summary}, ${findings.length} findings`);
    process.exitCode = findings.length === 0 ? 0 : 1;
  }
}
