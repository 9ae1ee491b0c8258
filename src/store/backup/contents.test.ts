import { readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { DAMAGES, databaseOf, keptHouse } from '../../../test/kept-house.ts';
import { temporaryFolder } from '../../../test/records.ts';
import { MIGRATIONS } from '../sqlite/file/schema.ts';
import { SqliteStore } from '../sqlite/sqlite-store.ts';
import { hasData, houseOf, inspect, openCopy, sizeOfDatabase, stateOf } from './contents.ts';

function asked<T>(folder: string, question: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(databaseOf(folder));
  try {
    return question(db);
  } finally {
    db.close();
  }
}

describe('what is in a copy', () => {
  it('is its version, its house and the rows of every table, and nothing is left beside it', () => {
    const folder = keptHouse(500);
    const before = readdirSync(folder);
    const { version, house, rows } = inspect(databaseOf(folder));
    expect(version).toBe(MIGRATIONS.length);
    expect(house).toMatch(/^[0-9a-f]{16}$/);
    expect(rows).toMatchObject({ battery: 2, reading_live: 1000, journal: 0, event: 0 });
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each(DAMAGES.filter(([what]) => what !== 'removed'))('is damaged where it was %s', (_what, damage) => {
    const folder = keptHouse(2000);
    damage(databaseOf(folder));
    expect(() => inspect(databaseOf(folder))).toThrow(
      expect.objectContaining({ code: 'STORE_CORRUPT', passing: false }),
    );
    expect(() => inspect(databaseOf(folder))).toThrow(/^[^\n]+$/);
  });

  it('is of a newer version', () => {
    const folder = keptHouse(1);
    asked(folder, (db) => db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`));
    expect(() => inspect(databaseOf(folder))).toThrow(expect.objectContaining({ code: 'STORE_NEWER' }));
  });

  it('is nothing where there is no file', () => {
    expect(() => openCopy('/nowhere/at/all.db')).toThrow(expect.objectContaining({ code: 'STORE_IO' }));
  });
});

describe('a house', () => {
  it('is told apart from others by a word that does not hold its key', () => {
    const [one, other] = [keptHouse(1), keptHouse(1)];
    const key = asked(one, (db) => String(db.prepare(`SELECT value FROM meta WHERE key = 'id_key'`).get()?.value));
    expect(asked(one, houseOf)).toBe(asked(one, houseOf));
    expect(asked(one, houseOf)).not.toBe(asked(other, houseOf));
    expect(key).not.toContain(asked(one, houseOf));
  });
});

describe('the state of a database', () => {
  it('is another one once a server has taken a connection', () => {
    const folder = keptHouse(1);
    const before = asked(folder, stateOf);
    expect(asked(folder, stateOf)).toBe(before);
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    store.nextConnection();
    store.close();
    expect(asked(folder, stateOf)).not.toBe(before);
  });
});

describe('a database', () => {
  it('has data once something came', () => {
    const folder = temporaryFolder();
    SqliteStore.open({ folder, timeZone: 'UTC' }).close();
    expect(asked(folder, hasData)).toBe(false);
    expect(asked(keptHouse(1), hasData)).toBe(true);
  });

  it('has a size, what is in its log included', () => {
    const folder = keptHouse(1);
    asked(folder, (db) => {
      const before = sizeOfDatabase(db);
      db.exec('CREATE TABLE more (bytes); INSERT INTO more VALUES (zeroblob(9000000))');
      expect(sizeOfDatabase(db)).toBeGreaterThan(before + 1_000_000);
    });
  });
});
