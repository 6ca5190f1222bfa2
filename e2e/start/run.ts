// Runs the real `tools/start.mjs` on a data folder of its own, as a person would in a terminal. Ends only what it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const START = join(ROOT, 'tools', 'start.mjs');
const PATIENCE_MS = 300_000;

export type Process = { readonly pid: number; readonly started: string };

export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  ms = 60_000,
): Promise<T> {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within ${ms} ms: ${what}`);
}

/** pid and start time as proc(5) has them, or undefined if it is gone or a zombie. */
export function look(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export const isAlive = (one: Process): boolean => look(one.pid)?.started === one.started;

const isServer = ({ pid }: Process): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.js');

export class Run {
  readonly child: ChildProcess;
  readonly dataFolder: string;
  output = '';
  readonly ended: Promise<number | null>;

  constructor(dataFolder: string, env: Record<string, string> = {}) {
    this.dataFolder = dataFolder;
    // Its own process group, as a terminal gives it.
    this.child = spawn(process.execPath, [START], {
      cwd: ROOT,
      detached: true,
      env: { ...process.env, IN_CAMERA_PORT: '0', IN_CAMERA_DATA: dataFolder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.ended = new Promise((resolve) => this.child.on('close', (code) => resolve(code)));
  }

  /** As Ctrl-C in a terminal: the whole process group hears it. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }

  async origin(): Promise<string> {
    return until(
      'an address is printed',
      () => {
        const found = /Address +(http:\/\/localhost:\d+)/.exec(this.output)?.[1];
        if (found === undefined && this.child.exitCode !== null) throw new Error(this.output);
        return found;
      },
      PATIENCE_MS,
    );
  }

  async status(): Promise<unknown> {
    return (await fetch(`${await this.origin()}/api/status`)).json();
  }

  async ready(): Promise<void> {
    await this.origin();
    await until(
      'the media server is ready',
      async () => {
        const status = await this.status();
        return JSON.stringify(status).includes('"media":"ready"') || undefined;
      },
      PATIENCE_MS,
    );
  }

  /** The server itself, behind the starter. */
  server(): Process {
    const { pid = 0 } = this.child;
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    const found = text
      .trim()
      .split(' ')
      .map(Number)
      .map(look)
      .find((one) => one !== undefined && isServer(one));
    if (found === undefined) throw new Error('no server');
    return found;
  }

  mediaRecord(): { pid: number; port: number; udpPort: number } {
    const path = join(this.dataFolder, 'media', 'process.json');
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; port: number; udpPort: number };
  }

  media(): Process {
    const found = look(this.mediaRecord().pid);
    if (found === undefined) throw new Error('no media server');
    return found;
  }

  async close(): Promise<void> {
    const left = existsSync(join(this.dataFolder, 'media', 'process.json'))
      ? look(this.mediaRecord().pid)
      : undefined;
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.signal('SIGTERM');
      await this.ended;
    }
    if (left !== undefined && isAlive(left)) process.kill(left.pid, 'SIGKILL');
  }
}

const folders: string[] = [];
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'in-camera-start-'));
  folders.push(folder);
  return join(folder, 'data');
}
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A port that is taken until `free` is called. */
export async function takePort(): Promise<{ port: number; free: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, free: () => new Promise((resolve) => void server.close(() => resolve())) };
}
