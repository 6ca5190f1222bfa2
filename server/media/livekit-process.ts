// Knows one process again after we have died: its pid together with when it started, so that a pid used anew is never
// taken for ours, nor ended.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import * as z from 'zod/mini';
import { writePrivateFile } from '../data-folder.ts';

const Port = z.number().check(z.int(), z.gte(0), z.lte(65_535));
const ProcessRecord = z.strictObject({
  pid: z.number().check(z.int(), z.gte(2)),
  started: z.string().check(z.minLength(1), z.maxLength(200)),
  port: Port,
  udpPort: Port,
  tcpPort: Port,
  /** Of configuration and version: another one needs another process. */
  fingerprint: z.string().check(z.maxLength(64)),
});
export type ProcessRecord = z.infer<typeof ProcessRecord>;

const POLL_MS = 50;
const FORCE_AFTER_MS = 150;
const KILL_AFTER_MS = 4_000;
const GIVE_UP_MS = 10_000;

export function readRecord(path: string): ProcessRecord | undefined {
  try {
    const read = ProcessRecord.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

export const writeRecord = (path: string, record: ProcessRecord): void =>
  writePrivateFile(path, JSON.stringify(record));
export const dropRecord = (path: string): void => rmSync(path, { force: true });

/** Fields 3 (state) and 22 (start time) of proc(5); the name before them may hold spaces and brackets. */
function startedOnLinux(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  // A dead process that nobody has asked about yet still has its entry.
  if (state === 'Z' || state === 'X' || ticks === undefined) return undefined;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${ticks}`;
}

/** When the process with this pid started, in words that only compare; undefined if there is none. */
export function startedOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return startedOnLinux(pid);
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

export const isAlive = ({ pid, started }: Pick<ProcessRecord, 'pid' | 'started'>): boolean =>
  startedOf(pid) === started;

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

function send(record: Pick<ProcessRecord, 'pid' | 'started'>, signal: NodeJS.Signals): void {
  try {
    if (isAlive(record)) process.kill(record.pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

/** Ends it: one SIGTERM drains and would wait for all rooms, a second one ends it now, SIGKILL comes last. */
export async function endProcess(record: Pick<ProcessRecord, 'pid' | 'started'>): Promise<void> {
  const startMs = performance.now();
  const steps: { atMs: number; signal: NodeJS.Signals }[] = [
    { atMs: 0, signal: 'SIGTERM' },
    { atMs: FORCE_AFTER_MS, signal: 'SIGTERM' },
    { atMs: KILL_AFTER_MS, signal: 'SIGKILL' },
  ];
  while (isAlive(record)) {
    const passedMs = performance.now() - startMs;
    const step = steps[0];
    if (step !== undefined && passedMs >= step.atMs) {
      steps.shift();
      send(record, step.signal);
    }
    if (passedMs > GIVE_UP_MS) return;
    await wait(POLL_MS);
  }
}
