import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Newest } from './newest.ts';
import { migrate } from './schema.ts';

it('is the newest of live and history, but for one of a time long after its arrival', () => {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const newest = new Newest(db);
  const add = (kind: string, time: number, receivedMs: number, battery = 1) =>
    db
      .prepare(`INSERT INTO reading_${kind} (battery, time, received_at) VALUES (?, ?, ?)`)
      .run(battery, time, receivedMs);
  expect(newest.of(1)).toBeNull();
  add('history', 500, 900_000);
  expect(newest.of(1)).toEqual({ time: 500, receivedMs: 900_000 });
  add('live', 600, 600_000);
  add('live', 661, 600_000);
  add('live', 900, 900_000, 2);
  expect(newest.of(1)).toEqual({ time: 600, receivedMs: 600_000 });
  add('live', 660, 600_000);
  expect(newest.of(1)).toEqual({ time: 660, receivedMs: 600_000 });
});
