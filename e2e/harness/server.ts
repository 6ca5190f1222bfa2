// Starts the real product: built once, run as it is run for people, on a free port with a data folder
// of its own. Ends only what it started, by process id. Must not print what the server prints: the
// set-up token is in it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildHouse } from './build.ts';
import { GiveUp, sleep, until } from './person.ts';

export interface House {
  /** `http://localhost:<port>` */
  readonly origin: string;
  /** `localhost:<port>` */
  readonly host: string;
  readonly dataFolder: string;
  /** The whole address printed for whoever runs the server; a secret is behind its #. */
  startAddress(): string;
  token(): string;
  /** All that this run and earlier ones printed. */
  printed(): string;
  pid(): Promise<number>;
  livekitPid(): Promise<number>;
  /** As a power cut would. LiveKit lives on. */
  kill(): Promise<void>;
  /** As Ctrl-C would. */
  end(): Promise<void>;
  start(): Promise<void>;
  /** Ends everything and deletes the data folder. */
  close(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Children of a process, from the kernel's list. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

const commandOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

export interface HouseOptions {
  /** A command in front of the server's own, such as a tracer. It must pass signals to no one. */
  readonly under?: readonly string[];
}

export async function openHouse({ under = [] }: HouseOptions = {}): Promise<House> {
  const main = await buildHouse();
  const dataFolder = await mkdtemp(join(tmpdir(), 'in-camera-house-'));
  const port = await freePort();
  const host = `localhost:${port}`;
  await mkdir(join(dataFolder, 'temp'));
  let output = '';
  let child: ChildProcess | undefined;
  let media = 0;

  const latest = (): RegExpMatchArray | undefined =>
    [...output.matchAll(/https?:\/\/localhost:\d+\/\S*#([\w-]+)/g)].at(-1);
  /** Of the server itself, not of a tracer in front of it. */
  const serverPid = async (): Promise<number> => {
    const own = child?.pid ?? 0;
    return under.length === 0 ? own : ((await childrenOf(own))[0] ?? 0);
  };
  const livekitPid = async (): Promise<number> => {
    for (const pid of await childrenOf(await serverPid())) {
      if (/livekit/.test(await commandOf(pid))) media = pid;
    }
    if (media === 0 || !isAlive(media)) throw new Error('no media server');
    return media;
  };
  const isReady = async (): Promise<boolean> => {
    const answer = await fetch(`http://${host}/api/status`);
    const status: unknown = await answer.json();
    return (
      typeof status === 'object' && status !== null && 'media' in status && status.media === 'ready'
    );
  };
  const start = async (): Promise<void> => {
    const from = output.length;
    const [command = process.execPath, ...args] = [...under, process.execPath, main];
    child = spawn(command, args, {
      cwd: dataFolder,
      env: {
        ...process.env,
        // What it puts aside for a moment lies where the search for secrets looks.
        TMPDIR: join(dataFolder, 'temp'),
        IN_CAMERA_PORT: String(port),
        IN_CAMERA_DATA: join(dataFolder, 'data'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const own = child;
    await until('the server answers and its media part is ready', 240_000, async () => {
      if (own.exitCode !== null) throw new GiveUp(`the server ended with ${own.exitCode}`);
      return output.length > from && latest() !== undefined && (await isReady());
    });
    await livekitPid();
  };
  const gone = async (): Promise<void> => {
    const own = child;
    if (own === undefined) return;
    await until(
      'the server is gone',
      20_000,
      async () => own.exitCode !== null || own.signalCode !== null,
    );
  };
  const house: House = {
    origin: `http://${host}`,
    host,
    dataFolder: join(dataFolder, 'data'),
    startAddress: () => latest()?.[0] ?? '',
    token: () => latest()?.[1] ?? '',
    printed: () => output,
    pid: serverPid,
    livekitPid,
    async kill() {
      process.kill(await serverPid(), 'SIGKILL');
      await gone();
    },
    async end() {
      process.kill(await serverPid(), 'SIGINT');
      await gone();
    },
    start,
    async close() {
      if (child?.exitCode === null && child.signalCode === null) await house.end();
      if (media !== 0 && isAlive(media)) {
        process.kill(media, 'SIGKILL');
        await sleep(200);
      }
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
  await start();
  return house;
}
