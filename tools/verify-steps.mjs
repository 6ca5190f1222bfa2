// The steps of `npm run verify`, each a function of a folder. Must not have a step that passes when
// its tool is missing, crashes or finds nothing to look at.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkControls } from '../controls/check.mjs';
import { checkClaims } from '../controls/claims.mjs';
import { checkTree as checkBoundaryTree } from './boundaries.mjs';
import { checkLicences } from './licences.mjs';
import { checkFigures } from './readme-figures.mjs';
import { checkTree as checkTextTree } from './text-check.mjs';
import { checkCryptography } from './verify-cryptography.mjs';
import { checkPapers } from './verify-papers.mjs';
import { checkSizes } from './verify-sizes.mjs';

const TOOL_LIMIT_MS = 15 * 60_000;
const HOME = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What each part of the code may see of its surroundings: one configuration each. */
const TYPE_CONFIGS = [
  'tsconfig.json',
  'tsconfig.crypto.json',
  'tsconfig.protocol.json',
  'tsconfig.server.json',
  'tsconfig.web.json',
  'tsconfig.worker.json',
];

/** Runs an installed tool in a folder; resolves with its exit code and everything it printed. */
export function runTool(name, args, cwd) {
  const path = join(HOME, 'node_modules', '.bin', name);
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
    const child = spawn(path, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TOOL_LIMIT_MS,
    });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: -1, output: `${name}: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? -1, output: output.trim() }));
  });
}

const verdict = ({ code, output }, summary = '') =>
  code === 0 ? { ok: true, output: '', summary } : { ok: false, output, summary: `exit ${code}` };

const fromFindings = ({ findings, summary }) => ({
  ok: findings.length === 0,
  output: findings.join('\n'),
  summary: findings.length === 0 ? summary : `${findings.length} findings`,
});

async function checkTypes(root) {
  const configs = TYPE_CONFIGS.filter((config) => existsSync(join(root, config)));
  if (configs.length === 0) return { ok: false, output: 'no tsconfig', summary: 'nothing checked' };
  const bad = [];
  for (const config of configs) {
    const { code, output } = await runTool('tsc', ['--noEmit', '-p', config], root);
    if (code !== 0) bad.push(`-- ${config}\n${output}`);
  }
  const summary = `${configs.length - bad.length} of ${configs.length} configurations`;
  return { ok: bad.length === 0, output: bad.join('\n'), summary };
}

async function checkStyle(root) {
  const args = [
    'check',
    '--error-on-warnings',
    '--diagnostic-level=warn',
    '--max-diagnostics=60',
    '--reporter=concise',
    '.',
  ];
  return verdict(await runTool('biome', args, root));
}

async function checkPromises(root) {
  const args = ['--type-aware', '--deny-warnings', '--format=unix', '.'];
  const { code, output } = await runTool('oxlint', args, root);
  // Without its type-aware half the tool still exits with 0: then nothing was checked.
  const blind = /tsgolint|type-aware linting (?:is )?(?:not|un)available/i.test(output);
  return verdict({ code: blind && code === 0 ? -1 : code, output });
}

async function checkDeadCode(root) {
  return verdict(await runTool('knip', ['--no-progress', '--treat-config-hints-as-errors'], root));
}

async function runTests(root) {
  const args = ['run', '--project', 'unit', '--reporter=dot'];
  const result = await runTool('vitest', args, root);
  return verdict(result, /Tests\s+(.*)/.exec(result.output)?.[1] ?? '');
}

export const STEPS = [
  { name: 'types', title: 'Types, each area with what it may see', run: checkTypes },
  { name: 'style', title: 'Format and lint', run: checkStyle },
  { name: 'promises', title: 'Promises and unsafe values, with types', run: checkPromises },
  {
    name: 'boundaries',
    title: 'Imports, cycles, depth',
    run: async (root) => fromFindings(checkBoundaryTree(root)),
  },
  { name: 'dead', title: 'Dead code and unused packages', run: checkDeadCode },
  {
    name: 'licences',
    title: 'Licences and pins',
    run: async (root) => fromFindings(checkLicences(root)),
  },
  { name: 'sizes', title: 'File sizes', run: async (root) => fromFindings(checkSizes(root)) },
  { name: 'text', title: 'Forbidden text', run: async (root) => fromFindings(checkTextTree(root)) },
  {
    name: 'figures',
    title: 'Figures in the README',
    run: async (root) => fromFindings(checkFigures(root)),
  },
  {
    name: 'papers',
    title: 'Links, names and dependencies in the papers',
    run: async (root) => fromFindings(checkPapers(root)),
  },
  {
    name: 'cryptography',
    title: 'Inventory of cryptography',
    run: async (root) => fromFindings(checkCryptography(root)),
  },
  {
    name: 'controls',
    title: 'Controls and attack cases',
    run: async (root) => fromFindings(checkControls(root)),
  },
  { name: 'claims', title: 'Claims page', run: async (root) => fromFindings(checkClaims(root)) },
  { name: 'tests', title: 'Unit tests', run: runTests },
];
