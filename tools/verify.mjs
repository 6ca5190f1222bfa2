// `npm run verify`: proves that the tree is sound, one step after the other. Must run every step
// even when an earlier one failed, and must end red when any did.
//   node tools/verify.mjs [--only types,style] [--except tests] [--list]
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STEPS } from './verify-steps.mjs';

const MAX_OUTPUT_LINES = 150;

function shorten(output) {
  const lines = output.split('\n');
  if (lines.length <= MAX_OUTPUT_LINES) return output;
  const left = lines.length - MAX_OUTPUT_LINES;
  return [...lines.slice(0, MAX_OUTPUT_LINES), `... and ${left} more lines`].join('\n');
}

async function runStep(step, root) {
  try {
    return await step.run(root);
  } catch (error) {
    return { ok: false, output: String(error?.stack ?? error), summary: 'the check itself failed' };
  }
}

/** Runs the steps and prints as it goes; resolves with the names of the failed ones. */
export async function runSteps(steps, root, print) {
  const results = [];
  for (const step of steps) {
    const startMs = Date.now();
    const { ok, output, summary } = await runStep(step, root);
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    print(
      `${ok ? 'ok  ' : 'FAIL'} ${step.title} (${step.name}, ${seconds} s) ${summary}`.trimEnd(),
    );
    if (!ok) print(`${shorten(output).replaceAll(/^/gm, '     ')}\n`);
    results.push({ name: step.name, ok });
  }
  const failed = results.filter((result) => !result.ok).map((result) => result.name);
  const passed = results.length - failed.length;
  print(
    `\nverify: ${passed} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
  );
  return failed;
}

/** The steps that the arguments ask for; a name that is no step is a mistake. */
export function chooseSteps(steps, args) {
  const list = (flag) => {
    const at = args.indexOf(flag);
    return at === -1 ? undefined : (args[at + 1] ?? '').split(',');
  };
  const [only, except] = [list('--only'), list('--except')];
  const names = steps.map((step) => step.name);
  const unknown = [...(only ?? []), ...(except ?? [])].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new TypeError(`no such step: ${unknown.join(', ')}; there are ${names.join(', ')}`);
  return steps.filter(
    (step) => (only?.includes(step.name) ?? true) && !except?.includes(step.name),
  );
}

async function main() {
  const args = process.argv.slice(2);
  if (args.includes('--list')) {
    for (const step of STEPS) console.log(`${step.name.padEnd(11)} ${step.title}`);
    return;
  }
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  const failed = await runSteps(chooseSteps(STEPS, args), root, console.log);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
