// `npm test`: installs what the tests need, then runs everything: verify, unit tests, whole-system tests. Must end with
// `N passed, N failed, N skipped` and must be red when anything was.
//   node tools/test.mjs [--only verify,unit,e2e | --release [file...]]
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepRelease, RELEASE_FILE } from '../controls/release.mjs';
import { buildDatabaseModule, checkNode, installPackages } from './lib-install.mjs';
import { addUp, afterSecondRun, failedFiles, lineOf, readReport } from './lib-report.mjs';
import { Refusal, ROOT, runMain, say } from './lib-run.mjs';
import { installSystem, prepareMediaServer } from './lib-system.mjs';

const PARTS = ['verify', 'unit', 'e2e'];
/** Only on request: `npm run test:release`. */
const RELEASE = 'release';
/** More files than this failing is no accident. */
const SECOND_RUN_FILES = 2;

function chooseParts(args) {
  if (args.length === 0) return PARTS;
  if (args[0] === '--release') return [RELEASE];
  const wanted = (args[1] ?? '').split(',');
  if (args[0] !== '--only' || args.length !== 2 || !wanted.every((part) => PARTS.includes(part))) {
    throw new Refusal(`The only argument is --only with a list of ${PARTS.join(', ')}.`);
  }
  return PARTS.filter((part) => wanted.includes(part));
}

/** The release files to run; none named means all of them. */
function chooseFiles(args) {
  const files = args[0] === '--release' ? args.slice(1) : [];
  const odd = files.find((path) => !RELEASE_FILE.test(path) || !existsSync(join(ROOT, path)));
  if (odd !== undefined) throw new Refusal(`${odd} is no release test of this tree.`);
  return files;
}

/** Runs a program whose output is ours; resolves with its exit code. */
function show(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('error', () => resolve(-1));
    child.on('exit', (code) => resolve(code ?? -1));
  });
}

async function runVerify() {
  // The unit tests run on their own below, where they are counted.
  const code = await show(process.execPath, [
    join(ROOT, 'tools', 'verify.mjs'),
    '--except',
    'tests',
  ]);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function runVitest(project, report, files = []) {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await show(process.execPath, [
    vitest,
    'run',
    '--project',
    project,
    ...reporters,
    ...files,
  ]);
  const counted = readReport(report);
  // Never green by a report alone.
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/**
 * Browsers on a busy machine miss a time limit now and then. Up to two files that failed run a second time, whole and
 * alone; that they had to is said above the last line, and a second failure counts (decision 0007).
 */
async function runProject(project, folder) {
  say(`\n== ${project} tests`);
  const report = join(folder, `${project}.json`);
  const first = await runVitest(project, report);
  const files = project === 'e2e' && first.failed > 0 ? failedFiles(report) : undefined;
  if (files === undefined || files.length > SECOND_RUN_FILES) return first;
  say(`\n== a second run, alone: ${files.join(', ')}`);
  const second = await runVitest(project, join(folder, `${project}-again.json`), files);
  const said = second.failed === 0 ? 'passed' : 'failed again';
  say(`second run: ${first.failed} failures in ${files.length} files ${said}`);
  return afterSecondRun(first, second);
}

/** Their last results are committed: what is not run on each change must not rot unseen. */
async function runRelease(folder, files) {
  say(`\n== ${RELEASE} tests`);
  const report = join(folder, `${RELEASE}.json`);
  const counted = await runVitest(RELEASE, report, files);
  keepRelease(ROOT, report);
  return counted;
}

function runPart(part, folder, files) {
  if (part === 'verify') return runVerify();
  return part === RELEASE ? runRelease(folder, files) : runProject(part, folder);
}

async function prepare() {
  checkNode();
  await installSystem();
  await installPackages();
  await buildDatabaseModule();
  await prepareMediaServer();
}

await runMain('test', async () => {
  const parts = chooseParts(process.argv.slice(2));
  const files = chooseFiles(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), 'in-camera-report-'));
  try {
    await prepare();
    const results = [];
    for (const part of parts) results.push(await runPart(part, folder, files));
    const sum = addUp(results);
    say(lineOf(sum));
    return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof Refusal) {
      process.stderr.write(`test: ${error.message}\n`);
      say(lineOf({ passed: 0, failed: 1, skipped: 0 }));
      return 1;
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
