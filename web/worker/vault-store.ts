// What this device keeps of a meeting until it ends, in IndexedDB: sealed under a key that cannot be read out.
// A browser that cannot keep a CryptoKey keeps nothing, and a reload is a new knock there (protocol.md, Rejoin).
import { ByteReader, type Bytes, ByteWriter, utf8 } from '@in-camera/crypto/bytes.ts';
import { openBox, sealBox } from '@in-camera/crypto/sealing.ts';
import {
  decodeHostRecord,
  decodePass,
  encodeHostRecord,
  encodePass,
  type HostRecord,
  type Pass,
} from '@in-camera/crypto/session/pass.ts';

const DATABASE = 'in-camera';
const STORE = 'meetings';

export type Kept = {
  /** Fragment of the link: for a reload before anyone was admitted, and for a host to show it again. */
  readonly fragment: string | undefined;
  readonly pass: Pass | undefined;
  readonly host: { readonly record: HostRecord; readonly authority: CryptoKey } | undefined;
};

type Row = {
  readonly id: string;
  readonly key: CryptoKey;
  readonly box: Uint8Array;
  readonly authority?: CryptoKey;
};

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('no-storage'));
  });
}

async function withStore<T>(
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      // Strict: an attempt or a serial counts as used only once it is on the disk.
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('no-storage'));
    });
  } finally {
    database.close();
  }
}

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  value.key instanceof CryptoKey &&
  'box' in value &&
  value.box instanceof Uint8Array &&
  (!('authority' in value) || value.authority instanceof CryptoKey);

const encodeKept = (kept: Kept): Bytes =>
  new ByteWriter()
    .text16(kept.fragment ?? '')
    .bytes32(kept.pass ? encodePass(kept.pass) : new Uint8Array(0))
    .bytes32(kept.host ? encodeHostRecord(kept.host.record) : new Uint8Array(0))
    .finish();

function decodeKept(bytes: Uint8Array, authority: CryptoKey | undefined): Kept {
  const reader = new ByteReader(bytes);
  const fragment = reader.text16(64);
  const pass = reader.bytes32(65_536);
  const record = reader.bytes32(1 << 21);
  reader.end();
  return {
    fragment: fragment === '' ? undefined : fragment,
    pass: pass.length > 0 ? decodePass(pass) : undefined,
    host:
      record.length > 0 && authority ? { record: decodeHostRecord(record), authority } : undefined,
  };
}

/** One meeting's keeping place. Reads once, then writes whole rows under one wrapping key. */
export class VaultStore {
  readonly #id: string;
  #key: CryptoKey | undefined;
  #kept: Kept = { fragment: undefined, pass: undefined, host: undefined };
  #forgotten = false;

  constructor(meetingId: string) {
    this.#id = meetingId;
  }

  get kept(): Kept {
    return this.#kept;
  }

  async load(): Promise<Kept> {
    try {
      const row: unknown = await withStore<unknown>('readonly', (store) => store.get(this.#id));
      if (!isRow(row)) return this.#kept;
      const bytes = await openBox(row.key, 'kept', utf8(this.#id), row.box);
      if (bytes === undefined) return this.#kept;
      this.#key = row.key;
      this.#kept = decodeKept(bytes, row.authority);
    } catch {
      // Storage refused or written by something else: as if nothing had been kept.
    }
    return this.#kept;
  }

  /** Resolves when it is on the disk; false where this browser keeps nothing. */
  async keep(change: Partial<Kept>): Promise<boolean> {
    this.#kept = { ...this.#kept, ...change };
    try {
      this.#key ??= await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
        'encrypt',
        'decrypt',
      ]);
      const box = await sealBox(this.#key, 'kept', utf8(this.#id), encodeKept(this.#kept));
      // A state that was on its way when the person left must not bring the row back.
      if (this.#forgotten) return false;
      const { host } = this.#kept;
      const row: Row = {
        id: this.#id,
        key: this.#key,
        box,
        ...(host ? { authority: host.authority } : {}),
      };
      await withStore('readwrite', (store) => store.put(row));
      return true;
    } catch {
      return false;
    }
  }

  /** The meeting is over for this device: nothing of it stays, and this place keeps nothing any more. */
  async forget(): Promise<void> {
    this.#forgotten = true;
    this.#kept = { fragment: undefined, pass: undefined, host: undefined };
    this.#key = undefined;
    try {
      await withStore('readwrite', (store) => store.delete(this.#id));
    } catch {
      // Nothing was kept.
    }
  }
}
