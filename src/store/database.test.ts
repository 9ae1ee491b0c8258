import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/records.ts';
import { openDatabase } from './database.ts';
import { DATABASE_FILE } from './store.ts';

it('is opened so that a commit survives a power cut', () => {
  const db = openDatabase(temporaryFolder());
  const of = (pragma: string) => Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  // 2 is FULL (sqlite.org/pragma.html#pragma_synchronous).
  expect([of('journal_mode'), of('synchronous')]).toEqual(['wal', 2]);
  db.close();
});

it('is refused where the file is none', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, DATABASE_FILE), 'Dear diary, '.repeat(999));
  expect(() => openDatabase(folder)).toThrow('not a database');
});
