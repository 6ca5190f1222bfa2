// The folder that holds everything this house keeps: readable by its user alone, used by one process at a time. Must not
// hold anything readable of a meeting.
import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { StartError } from './errors.ts';

export type DataFolder = {
  readonly path: string;
  /** 32 bytes by label, the same after each restart. */
  installationKey(label: string): Uint8Array;
  /** Lets the next process in. */
  release(): void;
};

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const KEY_BYTES = 32;

/** Step by step: where the kernel says "no such file", as in /proc, Node's own recursion never ends. */
export function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: FOLDER_MODE });
}

function makeFolder(path: string): void {
  makeFolders(path);
  chmodSync(path, FOLDER_MODE);
}

/** Whole or not at all, and for this user only. */
export function writePrivateFile(path: string, bytes: Uint8Array | string): void {
  const part = `${path}.${process.pid}.part`;
  const file = openSync(part, 'w', FILE_MODE);
  try {
    writeSync(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(part, FILE_MODE);
  renameSync(part, path);
}

/** An empty file for this user alone, if there is none. SQLite gives its side files the same mode. */
export function makePrivateFile(path: string): void {
  // Never opened when it exists: closing it would end a lock that this process holds on it.
  if (!existsSync(path)) closeSync(openSync(path, 'a', FILE_MODE));
  chmodSync(path, FILE_MODE);
}

/**
 * The kernel's lock on a file, through SQLite: it ends with the process however that dies, so that no stale mark is ever
 * left behind (F-20).
 */
function takeLock(folder: string): SqliteDatabase.Database {
  const path = join(folder, 'lock');
  makePrivateFile(path);
  const lock = new SqliteDatabase(path, { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
    return lock;
  } catch (cause) {
    lock.close();
    const busy =
      cause instanceof SqliteDatabase.SqliteError && cause.code.startsWith('SQLITE_BUSY');
    if (!busy) throw cause;
    throw new StartError(
      'folder-busy',
      `Another In Camera already uses the data folder ${folder}: stop it, or set IN_CAMERA_DATA to another folder.`,
      { cause },
    );
  }
}

function readOrMakeKey(path: string): Uint8Array {
  try {
    const key = readFileSync(path);
    if (key.length === KEY_BYTES) return key;
    throw new StartError(
      'folder-unwritable',
      `${path} is damaged: restore it from a backup or move it away.`,
    );
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
  }
  const key = randomBytes(KEY_BYTES);
  writePrivateFile(path, key);
  return key;
}

export function openDataFolder(path: string): DataFolder {
  let lock: SqliteDatabase.Database | undefined;
  try {
    makeFolder(path);
    lock = takeLock(path);
    const key = readOrMakeKey(join(path, 'installation.key'));
    const held = lock;
    return {
      path,
      installationKey: (label) => createHmac('sha256', key).update(label).digest(),
      release: () => held.close(),
    };
  } catch (cause) {
    lock?.close();
    if (cause instanceof StartError) throw cause;
    throw new StartError(
      'folder-unwritable',
      `The data folder ${path} cannot be written: give this user the right to, or set IN_CAMERA_DATA to another folder.`,
      { cause },
    );
  }
}
