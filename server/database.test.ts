import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type Migration, migrate, openDatabase } from './database.ts';

let folder: string;
let database: Database;
const file = (): string => join(folder, 'in-camera.sqlite');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'in-camera-db-'));
  database = openDatabase(file());
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const TEXTS: Migration = {
  id: 'texts-0001',
  up: async (db) => {
    await sql`create table texts (id integer primary key, text text not null)`.execute(db);
  },
};
const REFERENCES: Migration = {
  id: 'texts-0002',
  up: async (db) => {
    await sql`create table notes (text integer references texts(id) on delete cascade)`.execute(db);
  },
};
const pragma = async (name: string): Promise<unknown> => {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(database.db);
  return Object.values(rows[0] ?? {})[0];
};

describe('database', () => {
  it('is opened so that an acknowledged write stays and a deleted one goes', async () => {
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('secure_delete')).toBe(1);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('temp_store')).toBe(2);
    expect(await pragma('locking_mode')).toBe('exclusive');
  });

  it('F-20 refuses a second opener with a sentence', () => {
    expect(() => openDatabase(file())).toThrow(/has .* open: end it first\.$/);
  });

  it('says what to do about a file that is no database', () => {
    const path = join(folder, 'broken.sqlite');
    writeFileSync(path, 'x'.repeat(10_000));
    expect(() => openDatabase(path)).toThrow(/cannot be opened \(SQLITE_NOTADB\): restore it/);
  });

  it('A-70 a deleted value is in no file of the folder after a scrub', async () => {
    await migrate(database.db, [TEXTS, REFERENCES], () => 0);
    const canary = 'canary-7f3a'.repeat(2_000);
    const search = (): string[] =>
      readdirSync(folder).filter((name) =>
        readFileSync(join(folder, name)).includes('canary-7f3a'),
      );
    await sql`insert into texts values (1, ${canary})`.execute(database.db);
    database.scrub();
    expect(search()).toEqual(['in-camera.sqlite']);
    await sql`delete from texts`.execute(database.db);
    // The test sees what the scrub is for: the log still holds it.
    await sql`insert into texts values (2, 'x')`.execute(database.db);
    database.scrub();
    expect(search()).toEqual([]);
  });

  it('closes only after a transaction under way', async () => {
    await migrate(database.db, [TEXTS], () => 0);
    const slow = database.db.transaction().execute(async (transaction) => {
      await sql`insert into texts values (1, 'a')`.execute(transaction);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await sql`insert into texts values (2, 'b')`.execute(transaction);
    });
    await database.close();
    await slow;
    const plain = new SqliteDatabase(file());
    expect(plain.prepare('select count(*) as n from texts').get()).toEqual({ n: 2 });
    plain.close();
  });
});

describe('migrations', () => {
  it('run once each, in order, also when more come later', async () => {
    expect(await migrate(database.db, [TEXTS], () => 5)).toBe(1);
    expect(await migrate(database.db, [TEXTS, REFERENCES], () => 6)).toBe(1);
    expect(await migrate(database.db, [TEXTS, REFERENCES], () => 7)).toBe(0);
    const { rows } = await sql`select * from migrations order by at_ms`.execute(database.db);
    expect(rows).toEqual([
      { id: 'texts-0001', at_ms: 5 },
      { id: 'texts-0002', at_ms: 6 },
    ]);
  });

  it('leave nothing of one that failed', async () => {
    const half: Migration = {
      id: 'half-0001',
      up: async (db) => {
        await sql`create table half (a)`.execute(db);
        await sql`insert into nowhere values (1)`.execute(db);
      },
    };
    await expect(migrate(database.db, [TEXTS, half], () => 0)).rejects.toThrow(/nowhere/);
    const { rows } =
      await sql`select name from sqlite_master where name in ('half', 'texts')`.execute(
        database.db,
      );
    expect(rows).toEqual([{ name: 'texts' }]);
    expect(await migrate(database.db, [TEXTS], () => 0)).toBe(0);
  });

  it('refuse a database that a newer version made', async () => {
    await migrate(database.db, [TEXTS, REFERENCES], () => 0);
    await expect(migrate(database.db, [TEXTS], () => 0)).rejects.toMatchObject({
      code: 'database-newer',
    });
  });
});
