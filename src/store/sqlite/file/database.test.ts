import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../../test/records.ts';
import { DATABASE_FILE } from '../../store.ts';
import { openDatabase } from './database.ts';

it('is opened so that what is committed survives a power cut, and a lock is waited for shortly', () => {
  const db = openDatabase(temporaryFolder());
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  expect([pragma('journal_mode'), pragma('synchronous'), pragma('busy_timeout')]).toEqual(['wal', 2, 50]);
  db.close();
});

it('is refused where the file is no database, and let go of', () => {
  const folder = temporaryFolder();
  const file = join(folder, DATABASE_FILE);
  writeFileSync(file, 'no database at all'.repeat(100));
  expect(() => openDatabase(folder)).toThrow('not a database');
  writeFileSync(file, '');
  openDatabase(folder).close();
});
