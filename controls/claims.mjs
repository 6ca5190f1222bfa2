// Writes controls/claims.md from the register; with --check it only compares. Must say nothing that
// the register does not say.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRINCIPLES, readRegister } from './register.mjs';

const STATUS = { shown: 'shown', partly: 'in part', later: 'not yet' };

const HEAD = `# Claims

Made from \`controls.json\` and \`attacks.json\` by \`node controls/claims.mjs\`; do not edit by hand.

**Shown** means: automated tests for all of the sentence are in the tree, and the test run is red when one
of them fails. **In part**: some of it is tested, and what is open is said. **Not yet**: a sentence we mean
to make true, and no claim. Sources are the regulators' letters and the standards behind each
control; *(m)* marks a source quoted from memory and not read again.
`;

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function attackedBy(id, cases) {
  const own = cases.filter((entry) => entry.controls.includes(id));
  const ids = (state) => own.filter((entry) => entry.state === state).map((entry) => entry.id);
  const [tested, partly, later] = [ids('tested'), ids('partly'), ids('later')];
  const parts = [];
  if (tested.length > 0) parts.push(`tested: ${tested.join(' ')}`);
  if (partly.length > 0) parts.push(`in part: ${partly.join(' ')}`);
  if (later.length > 0) parts.push(`later: ${later.join(' ')}`);
  return parts.join('; ');
}

function controlRow(control, cases) {
  const { id, statement, sources, status, evidence, open } = control;
  const tests = evidence.map(({ file, name }) => `\`${file}\`: ${name}`).join('<br>');
  const state = open === undefined ? STATUS[status] : `${STATUS[status]}; open: ${open}`;
  const cells = [id, statement, state, tests, attackedBy(id, cases), sources.join(', ')];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function caseRow({ id, title, state, issue, comesWith, open }) {
  const plan = issue === undefined ? `with ${comesWith}` : `issue ${issue}`;
  const words = { tested: 'tested', partly: `in part; open: ${open}`, later: `later, ${plan}` };
  return `| ${id} | ${cell(title)} | ${cell(words[state])} |`;
}

/** The whole page. */
export function claimsPage({ controls, cases }) {
  const count = (status) => controls.filter((control) => control.status === status).length;
  const cased = (state) => cases.filter((entry) => entry.state === state).length;
  const sections = PRINCIPLES.map(({ prefix, title }) => {
    const own = controls.filter((control) => control.id.startsWith(`${prefix}-`));
    const rows = own.map((control) => controlRow(control, cases)).join('\n');
    return `## ${title}\n\n| Id | What we do | State | Tests | Attack cases | Sources |\n|---|---|---|---|---|---|\n${rows}\n`;
  });
  const totals =
    `${count('shown')} of ${controls.length} controls are shown, ${count('partly')} in part, ` +
    `${count('later')} not yet. ${cased('tested')} of ${cases.length} attack and fault cases are tested, ${cased('partly')} in part.`;
  const table = cases.map(caseRow).join('\n');
  return [
    HEAD,
    `${totals}\n`,
    ...sections,
    `## Attack and fault cases\n\n| Id | Case | State |\n|---|---|---|\n${table}\n`,
  ].join('\n');
}

/** Findings when the page and the register disagree. */
export function checkClaims(root) {
  const page = claimsPage(readRegister(root));
  let onDisk = '';
  try {
    onDisk = readFileSync(join(root, 'controls/claims.md'), 'utf8');
  } catch {
    return { findings: ['controls/claims.md is missing'], summary: 'missing' };
  }
  const findings =
    onDisk === page ? [] : ['controls/claims.md is stale: run node controls/claims.mjs'];
  return { findings, summary: `${page.length} characters` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  if (process.argv.includes('--check')) {
    const { findings } = checkClaims(root);
    for (const finding of findings) console.log(finding);
    process.exitCode = findings.length === 0 ? 0 : 1;
  } else {
    writeFileSync(join(root, 'controls/claims.md'), claimsPage(readRegister(root)));
  }
}
