import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { databaseOf, keptHouse, PASSWORDS } from '../../test/kept-house.ts';
import { temporaryFolder } from '../../test/records.ts';
import type { Log, Note } from '../log/log.ts';
import { MIGRATIONS } from '../store/sqlite/file/schema.ts';
import { backupKeeper, DataUpgrade, HOUSE_FILES, placeFrom } from './backups.ts';

const reports = { backedUp: () => {}, notBackedUp: () => {} };
const now = () => ({ wallMs: Date.parse('2026-11-01T12:00:00Z'), monoMs: 0 });

it('are in the data folder, or where the owner wants them', () => {
  expect(placeFrom(configOf({ data: 'd' }))).toEqual({ data: 'd', backups: join('d', 'backups') });
  expect(placeFrom(configOf({ data: 'd', store: { backups: { to: '/mnt' } } })).backups).toBe('/mnt');
});

it('hold the passwords, too', () => {
  expect(HOUSE_FILES).toEqual([PASSWORDS]);
});

it('are made by nobody where the owner wants none', () => {
  expect(backupKeeper(configOf({ store: { backups: { every: 'off' } } }), 'house', now, reports)).toBeNull();
  expect(backupKeeper(configOf({}), 'house', now, reports)).not.toBeNull();
});

describe('an upgrade', () => {
  /** Of a database that says it has had one migration less; the last one is run again on it. */
  function upgradeOf(data: string) {
    const notes: Note[] = [];
    const log: Log = { wantsLive: false, live: () => {}, note: (note) => notes.push(note) };
    return { upgrade: new DataUpgrade(configOf({ data }), log, now), notes };
  }

  it('of nothing is done, and may be stopped', async () => {
    const { upgrade, notes } = upgradeOf(temporaryFolder());
    await upgrade.stop();
    expect(await upgrade.run()).toBe(true);
    expect(notes).toEqual([]);
  });

  it('that is stopped while it copies is not done', async () => {
    const data = keptHouse(5);
    const db = new DatabaseSync(databaseOf(data));
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length - 1}`);
    db.close();
    const { upgrade, notes } = upgradeOf(data);
    const running = upgrade.run();
    await upgrade.stop();
    expect(await running).toBe(false);
    expect(notes.map(({ code, kind, text }) => `${code} ${kind} ${text}`)).toEqual([
      `upgrade copying the data is of an older version: copying 1 MB before it is brought to version ${MIGRATIONS.length}`,
    ]);
  });
});
