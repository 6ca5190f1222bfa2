// Small parts of the tools that run before anything is installed. Must import nothing but Node's own modules.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Something the operator can mend: one sentence, with the way out. */
export class Refusal extends Error {}

export const say = (line) => process.stdout.write(`${line}\n`);

/** Runs a program to its end; `show` passes its output on. Resolves with its exit code and output. */
export function run(command, args, { cwd = ROOT, env = process.env, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output = (output + text).slice(-200_000);
        if (show) process.stdout.write(text);
      });
    }
    child.on('error', (error) => resolve({ code: -1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

/** Does the program run at all? */
export async function has(command, args = ['--version']) {
  return (await run(command, args)).code === 0;
}

/** The way to npm: the one that runs us, else the one on the PATH. */
export function npm(args) {
  const script = process.env.npm_execpath;
  return script?.endsWith('.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/** Runs a step of a tool; a Refusal becomes its sentence and a non-zero exit, anything else a bug. */
export async function runMain(name, main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}
