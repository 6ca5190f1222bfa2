// Runs a build tool to its end and keeps its last words. Must not use a shell.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type RunOptions = {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onLine?: (line: string) => void;
  /** Where all output goes when the tool fails. */
  readonly log?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
};
export type RunResult = { readonly ok: boolean; readonly output: string };

const MAX_LINES = 2_000;

export function runTool(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const child = spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      signal: options.signal,
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > MAX_LINES) lines.shift();
        options.onLine?.(line);
      });
    }
    let ended = false;
    const end = (ok: boolean): void => {
      if (ended) return;
      ended = true;
      const output = lines.join('\n');
      if (!ok && options.log !== undefined) writeFileSync(options.log, `${output}\n`);
      resolve({ ok, output });
    };
    child.on('error', (error) => {
      lines.push(error.message);
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** What `livekit-server --version` says, or undefined if it does not run or is something else. */
export async function readVersion(path: string): Promise<string | undefined> {
  const { ok, output } = await runTool(path, ['--version'], { env: {}, timeoutMs: 10_000 });
  return ok ? /^livekit-server version (\S+)$/m.exec(output)?.[1] : undefined;
}
