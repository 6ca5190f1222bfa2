// The test server in a process that can be killed at any moment and started again on the same folder and port. Test code.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import * as z from 'zod/mini';

const Started = z.object({
  url: z.string(),
  origin: z.string(),
  setupToken: z.string(),
  port: z.number(),
});

export type KillableServer = {
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly dataFolder: string;
  /** Of the present process. */
  setupToken(): string;
  pid(): number;
  /** SIGKILL, and nothing left running. */
  kill9(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
};

/** One file, so that a start takes a moment instead of a compile. */
function bundle(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = join(here, '..', 'node_modules', '.cache', 'in-camera');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `testkit-child-${process.pid}.mjs`);
  buildSync({
    entryPoints: [join(here, 'testkit-child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['fastify', 'better-sqlite3', 'kysely', 'ws', 'livekit-server-sdk', 'zod', 'zod/*'],
    logLevel: 'error',
  });
  // The bundle holds main.ts, which starts a house when it is the program itself.
  const program = outfile.replace(/\.mjs$/, '.run.mjs');
  writeFileSync(program, `import './${basename(outfile)}';\n`);
  return program;
}

function spawnServer(
  file: string,
  dataFolder: string,
  port: number,
): Promise<{ child: ChildProcess; started: z.infer<typeof Started> }> {
  const child = spawn(process.execPath, [file, dataFolder, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const value: unknown = JSON.parse(line);
      resolve({ child, started: Started.parse(value) });
    });
    child.once('exit', (code) => reject(new Error(`the test server ended: ${code ?? 'killed'}`)));
    child.once('error', reject);
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

export async function startKillableServer(): Promise<KillableServer> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'in-camera-kill-'));
  const file = bundle();
  let { child, started } = await spawnServer(file, dataFolder, 0);
  const { url, origin, port } = started;
  async function kill9(): Promise<void> {
    const end = ended(child);
    child.kill('SIGKILL');
    await end;
  }
  return {
    url,
    origin,
    port,
    dataFolder,
    kill9,
    setupToken: () => started.setupToken,
    pid: () => child.pid ?? 0,
    async start() {
      ({ child, started } = await spawnServer(file, dataFolder, port));
    },
    async stop() {
      await kill9();
      rmSync(dataFolder, { recursive: true, force: true });
      for (const path of [file, file.replace('.run.mjs', '.mjs')]) rmSync(path, { force: true });
    },
  };
}
