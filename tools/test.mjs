// `npm test`: installs what the tests need, then runs everything: verify, unit tests, whole-system tests. Must end with
// `N passed, N failed, N skipped` and must be red when anything was.
//   node tools/test.mjs [--only verify,unit,e2e]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDatabaseModule, checkNode, installPackages } from './lib-install.mjs';
import { addUp, lineOf, readReport } from './lib-report.mjs';
import { Refusal, ROOT, runMain, say } from './lib-run.mjs';
import { installSystem, prepareMediaServer } from './lib-system.mjs';

const PARTS = ['verify', 'unit', 'e2e'];

function chooseParts(args) {
  if (args.length === 0) return PARTS;
  const wanted = (args[1] ?? '').split(',');
  if (args[0] !== '--only' || args.length !== 2 || !wanted.every((part) => PARTS.includes(part))) {
    throw new Refusal(`The only argument is --only with a list of ${PARTS.join(', ')}.`);
  }
  return PARTS.filter((part) => wanted.includes(part));
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

async function runProject(project, folder) {
  say(`\n== ${project} tests`);
  const report = join(folder, `${project}.json`);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await show(process.execPath, [vitest, 'run', '--project', project, ...reporters]);
  const counted = readReport(report);
  // Never green by a report alone.
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
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
  const folder = mkdtempSync(join(tmpdir(), 'in-camera-report-'));
  try {
    await prepare();
    const results = [];
    for (const part of parts) {
      results.push(part === 'verify' ? await runVerify() : await runProject(part, folder));
    }
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
