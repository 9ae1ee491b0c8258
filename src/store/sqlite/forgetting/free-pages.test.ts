import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../test/records.ts';
import { blank } from '../migrations/0011-blank.ts';
import { FreePages } from './free-pages.ts';

/** A file of two thousand words, of which every second is deleted. */
function deleted() {
  const file = join(temporaryFolder(), 'test.db');
  const db = new DatabaseSync(file);
  onTestFinished(() => db.close());
  db.exec(`PRAGMA secure_delete = FAST; ${blank.sql} CREATE TABLE t (key INTEGER PRIMARY KEY, text TEXT)`);
  const insert = db.prepare('INSERT INTO t (text) VALUES (?)');
  for (let n = 0; n < 2000; n++) insert.run(`${n < 1000 ? 'secret' : 'open'} ${'x'.repeat(n % 10 === 0 ? 9000 : 300)}`);
  db.exec('DELETE FROM t WHERE key <= 1000');
  const has = (word: string) => readFileSync(file).includes(word);
  const free = () => Number(db.prepare('PRAGMA freelist_count').get()?.freelist_count);
  return { db, has, free };
}

it('are overwritten a few at a time, and are free again then', () => {
  const { db, has, free } = deleted();
  const [before, pages] = [free(), new FreePages(db)];
  expect([before > 100, has('secret')]).toEqual([true, true]);
  let strokes = 1;
  while (pages.fill(20)) strokes++;
  expect(strokes).toBeGreaterThanOrEqual(Math.floor(before / 20));
  expect(has('secret')).toBe(false);
  strokes = 1;
  while (pages.release(20)) strokes++;
  expect(strokes).toBeGreaterThanOrEqual(Math.floor(before / 45));
  expect([free() >= before - 1, has('open')]).toEqual([true, true]);
  expect(db.prepare('SELECT count(*) AS n FROM blank').get()).toEqual({ n: 0 });
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
});

it('where there are none, nothing is written', () => {
  const { db, free } = deleted();
  db.exec('VACUUM');
  const pages = new FreePages(db);
  expect([free(), pages.fill(20), pages.release(20), free()]).toEqual([0, false, false, 0]);
});
