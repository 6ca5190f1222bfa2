// Opens the SQLite file so that an acknowledged write survives a crash and a deleted one is gone, and brings its tables up
// to date. Must not know any feature's tables.
import SqliteDatabase from 'better-sqlite3';
import { CompiledQuery, Kysely, SqliteDialect } from 'kysely';
import { makePrivateFile } from './data-folder.ts';
import { StartError } from './errors.ts';

/** A database seen by nobody in particular: features take their view with `withTables`. */
export type AnyDb = Kysely<Record<never, never>>;

export type Migration = {
  /** Stable and unique, such as `meetings-0001`. */
  readonly id: string;
  readonly up: (db: AnyDb) => Promise<void>;
};

export type Database = {
  readonly db: AnyDb;
  readonly file: string;
  /** Empties the write-ahead log into the file, where secure_delete has overwritten what was deleted. */
  scrub(): void;
  close(): Promise<void>;
};

type MigrationTables = { migrations: { id: string; at_ms: number } };

const PRAGMAS = [
  'locking_mode = EXCLUSIVE',
  'journal_mode = WAL',
  'synchronous = FULL',
  'secure_delete = ON',
  'foreign_keys = ON',
  'temp_store = MEMORY',
  'trusted_schema = OFF',
];
const SCRUB_EVERY_MS = 30_000;

function openFile(file: string): SqliteDatabase.Database {
  try {
    makePrivateFile(file);
    const sqlite = new SqliteDatabase(file, { timeout: 0 });
    for (const pragma of PRAGMAS) sqlite.pragma(pragma);
    // Takes the lock now instead of at the first write.
    sqlite.exec('begin exclusive; commit');
    return sqlite;
  } catch (cause) {
    const code = cause instanceof SqliteDatabase.SqliteError ? cause.code : 'unknown';
    if (code.startsWith('SQLITE_BUSY')) {
      throw new StartError('folder-busy', `Another program has ${file} open: end it first.`, {
        cause,
      });
    }
    throw new StartError(
      'database-broken',
      `The database ${file} cannot be opened (${code}): restore it from a backup or move it away.`,
      { cause },
    );
  }
}

/** Runs what this database has not seen, in order, each in a transaction of its own. Forward only. */
export async function migrate(
  db: AnyDb,
  migrations: readonly Migration[],
  clock: () => number,
): Promise<number> {
  const own = db.withTables<MigrationTables>();
  await own.schema
    .createTable('migrations')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'integer', (column) => column.notNull())
    .execute();
  const done = new Set(
    (await own.selectFrom('migrations').select('id').execute()).map(({ id }) => id),
  );
  const known = new Set(migrations.map(({ id }) => id));
  if (known.size !== migrations.length) throw new TypeError('two migrations have the same id');
  const foreign = [...done].find((id) => !known.has(id));
  if (foreign !== undefined) {
    throw new StartError(
      'database-newer',
      'The database was made by a newer version: start that version, or use another data folder.',
    );
  }
  const missing = migrations.filter(({ id }) => !done.has(id));
  for (const { id, up } of missing) {
    await db.transaction().execute(async (transaction) => {
      await up(transaction);
      await transaction
        .withTables<MigrationTables>()
        .insertInto('migrations')
        .values({ id, at_ms: clock() })
        .execute();
    });
  }
  return missing.length;
}

export function openDatabase(file: string): Database {
  const sqlite = openFile(file);
  const db: AnyDb = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) });
  const scrub = (): void => {
    if (sqlite.open && !sqlite.inTransaction) sqlite.pragma('wal_checkpoint(TRUNCATE)');
  };
  const timer = setInterval(scrub, SCRUB_EVERY_MS);
  timer.unref();
  return {
    db,
    file,
    scrub,
    async close() {
      clearInterval(timer);
      if (!sqlite.open) return;
      // Waits until the one connection is free: what is under way ends first.
      await db.executeQuery(CompiledQuery.raw('select 1'));
      scrub();
      await db.destroy();
    },
  };
}
