import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Newest } from './newest.ts';
import { migrate } from './schema.ts';

it('is the last in time, live or history, but for one that was dated long after it came', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const newest = new Newest(db);
  expect(newest.of(1)).toBeNull();
  db.exec(`INSERT INTO reading_history (battery, time, received_at) VALUES (1, 100, 900000), (2, 999, 999000)`);
  expect(newest.of(1)).toEqual({ time: 100, receivedMs: 900_000 });
  db.exec(`INSERT INTO reading_live (battery, time, received_at) VALUES (1, 200, 140000), (1, 201, 140000)`);
  expect(newest.of(1)).toEqual({ time: 200, receivedMs: 140_000 });
});
