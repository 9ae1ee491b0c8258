import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { reading, T, temporaryFolder } from '../../../test/records.ts';
import { DATABASE_FILE } from '../store.ts';
import { openAsFound } from './as-found.ts';
import { SqliteStore } from './sqlite-store.ts';

function storeIn(folder: string, timeZone: string, outboxes: string[]): SqliteStore {
  return SqliteStore.open({ folder, timeZone, outboxes: outboxes.map((name) => ({ name, bytes: 1e6 })) });
}

describe('a store opened as it was found', () => {
  it('has the time zone and the queues of the last server, and leaves both to the next', () => {
    const folder = temporaryFolder();
    // Midnight in Dublin, 23:00 UTC.
    const before = storeIn(folder, 'Europe/Dublin', ['influx']);
    before.commit([reading('live', T, { soc: 5 })]);
    before.close();
    const day = () => {
      const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
      const row = db.prepare('SELECT start FROM rollup_day').get();
      db.close();
      return Number(row?.start);
    };
    const dublin = day();
    expect(dublin % 86_400).toBe(23 * 3600);

    const found = openAsFound(folder);
    expect(found.forgotten).toEqual([]);
    expect(found.outbox('influx').waiting).toBe(1);
    found.commit([reading('live', T + 1, { soc: 6 })]);
    found.close();
    expect(day()).toBe(dublin);

    const after = storeIn(folder, 'Europe/Dublin', ['influx']);
    expect(
      after
        .outbox('influx')
        .next(10)
        .readings.map(({ time }) => time),
    ).toEqual([T, T + 1]);
    after.close();
  });

  it('is refused where there is none, where it is no database, and while a server has it', () => {
    const folder = temporaryFolder();
    expect(() => openAsFound(folder)).toThrow(expect.objectContaining({ code: 'STORE_ABSENT' }));
    writeFileSync(join(folder, DATABASE_FILE), 'x'.repeat(4096));
    expect(() => openAsFound(folder)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
    const used = temporaryFolder();
    const server = storeIn(used, 'UTC', []);
    expect(() => openAsFound(used)).toThrow(expect.objectContaining({ code: 'STORE_IN_USE' }));
    server.close();
    openAsFound(used).close();
  });

  it('takes up what a first start that was killed has left', () => {
    const folder = temporaryFolder();
    new DatabaseSync(join(folder, DATABASE_FILE)).exec('PRAGMA journal_mode = WAL');
    const found = openAsFound(folder);
    expect(found.batteries()).toEqual([]);
    found.close();
  });
});
