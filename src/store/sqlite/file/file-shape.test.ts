import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { LAYOUT } from '../layout.ts';
import { FileShape } from './file-shape.ts';
import { migrate, readingColumns } from './schema.ts';

it('of this version has all', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const shape = new FileShape(db);
  expect([shape.has('job'), shape.has('surplus'), shape.isNumbered('live')]).toEqual([true, false, true]);
  expect(shape.columns('history')).toEqual(readingColumns('history'));
  expect(shape.writtenLayout).toEqual(LAYOUT);
});

it('of an older one may lack some, and tells in which order it wrote', () => {
  const db = new DatabaseSync(':memory:');
  const written = { live: ['soc'], detail: [], history: [] };
  db.exec('CREATE TABLE reading_live (battery, time, soc); CREATE TABLE meta (key, value)');
  db.prepare(`INSERT INTO meta VALUES ('journal_layout', ?)`).run(JSON.stringify(written));
  const shape = new FileShape(db);
  expect([shape.has('job'), shape.isNumbered('live')]).toEqual([false, false]);
  expect(new Set(shape.columns('live'))).toEqual(new Set(['soc', 'NULL']));
  expect(shape.columns('live')).toHaveLength(readingColumns('live').length);
  expect(shape.writtenLayout).toEqual(written);
});
