import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrate } from './file/schema.ts';
import { Meta } from './meta.ts';

it('keeps the newest text under each name, and a fallback where there is none', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const meta = new Meta(db);
  expect(meta.get('a')).toBeNull();
  expect(meta.getOr('a', () => 'first')).toBe('first');
  expect(meta.getOr('a', () => 'second')).toBe('first');
  meta.set('a', '');
  expect([meta.get('a'), new Meta(db).getOr('a', () => 'third'), meta.get('b')]).toEqual(['', '', null]);
});
