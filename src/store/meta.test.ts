import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Meta } from './meta.ts';
import { migrate } from './schema.ts';

it('keeps the last text under a name', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const meta = new Meta(db);
  expect(meta.get('name')).toBeNull();
  expect([meta.getOr('name', () => 'first'), meta.getOr('name', () => 'second')]).toEqual(['first', 'first']);
  meta.set('name', '');
  expect([new Meta(db).get('name'), meta.get('other')]).toEqual(['', null]);
});
