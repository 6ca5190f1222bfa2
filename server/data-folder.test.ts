import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder, writePrivateFile } from './data-folder.ts';
import { StartError } from './errors.ts';

let base: string;
const held: DataFolder[] = [];
const open = (path: string): DataFolder => {
  const folder = openDataFolder(path);
  held.push(folder);
  return folder;
};
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'in-camera-data-'));
});
afterEach(() => {
  for (const folder of held.splice(0)) folder.release();
  rmSync(base, { recursive: true, force: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;
const HOLD = `
import { openDataFolder } from ${JSON.stringify(join(import.meta.dirname, 'data-folder.ts'))};
try {
  openDataFolder(process.argv[1]);
  process.stdout.write('held');
  setInterval(() => undefined, 1000);
} catch (error) {
  process.stdout.write(error.code + ' ' + error.message);
}`;
const other = (path: string) =>
  spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLD, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: join(import.meta.dirname, '..'),
  });

describe('data folder', () => {
  it('is made for one user alone, and tightened if it was open', () => {
    const path = join(base, 'a', 'data');
    open(path);
    expect(modeOf(path)).toBe(0o700);
    for (const name of readdirSync(path)) expect(modeOf(join(path, name)) & 0o077, name).toBe(0);
    const loose = join(base, 'loose');
    mkdirSync(loose, { mode: 0o755 });
    open(loose);
    expect(modeOf(loose)).toBe(0o700);
  });

  it('F-20 refuses a second process within a second, and lets it in once the first is dead', async () => {
    const path = join(base, 'data');
    const first = other(path);
    const [said] = (await once(first.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('held');
    const startMs = performance.now();
    expect(() => open(path)).toThrow(
      /^Another In Camera already uses the data folder .*: stop it, or set IN_CAMERA_DATA/,
    );
    expect(performance.now() - startMs).toBeLessThan(1_000);
    first.kill('SIGKILL');
    await once(first, 'exit');
    open(path);
  });

  it('F-20 refuses within this process too, and after a release no more', () => {
    const path = join(base, 'data');
    const first = open(path);
    expect(() => open(path)).toThrow(StartError);
    first.release();
    open(path);
  });

  it('says so when the folder cannot be made or written', () => {
    writeFileSync(join(base, 'file'), '');
    expect(() => open(join(base, 'file', 'data'))).toThrow(/cannot be written: give this user/);
    expect(() => open(join(base, 'file'))).toThrow(/cannot be written/);
    expect(() => open('/proc/in-camera/data')).toThrow(/cannot be written/);
  });

  it('says so when it belongs to somebody else, or may not be written', () => {
    const theirs = join(base, 'theirs');
    mkdirSync(theirs);
    chmodSync(base, 0o555);
    chmodSync(theirs, 0o555);
    const sentence = /^The data folder .* cannot be written: give this user the right to/;
    // The owner may tighten the mode of its own folder and go on; nobody else may.
    const wanted = process.getuid?.() === 0 ? [theirs, join(base, 'new')] : [join(base, 'new')];
    for (const path of wanted) {
      asOrdinaryUser(() => expect(() => open(path)).toThrow(sentence));
    }
    chmodSync(base, 0o700);
  });

  it('keeps its key across openings, gives another for each label, and refuses a damaged one', () => {
    const path = join(base, 'data');
    const first = open(path);
    const key = first.installationKey('a');
    expect(key).toHaveLength(32);
    expect(first.installationKey('b')).not.toEqual(key);
    first.release();
    const second = open(path);
    expect(second.installationKey('a')).toEqual(key);
    second.release();
    writeFileSync(join(path, 'installation.key'), 'short');
    expect(() => open(path)).toThrow(/is damaged/);
  });

  it('writes private files whole, for this user alone', () => {
    const path = join(base, 'secret');
    writeFileSync(path, 'old', { mode: 0o644 });
    writePrivateFile(path, 'new');
    expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['new', 0o600]);
    expect(readdirSync(base)).toEqual(['secret']);
  });
});

/** Runs as somebody who is not root, since root may write anywhere. */
function asOrdinaryUser<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
