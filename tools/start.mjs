// `npm start`: everything from a fresh checkout to a running house. Must be safe to cut off and run again at any moment,
// and ends with one sentence when something is missing.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from './lib-build.mjs';
import { buildDatabaseModule, checkNode, installPackages } from './lib-install.mjs';
import { ROOT, runMain } from './lib-run.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The server in the foreground: its output is ours, our signals are its. */
function runServer(args) {
  return new Promise((resolve, reject) => {
    const main = join(ROOT, 'server', 'dist', 'main.js');
    const child = spawn(process.execPath, [main, ...args], { cwd: ROOT, stdio: 'inherit' });
    for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal === null ? code : 1));
  });
}

await runMain('in-camera', async () => {
  checkNode();
  await installPackages();
  await buildDatabaseModule();
  await buildAll();
  return runServer(process.argv.slice(2));
});
