import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { BatteryIds } from './battery-ids.ts';

it('are those of the batteries that there are', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE battery (key INTEGER PRIMARY KEY, id TEXT)');
  db.exec(`INSERT INTO battery VALUES (1, 'b3f1c2'), (2, 'c4f1c2')`);
  const ids = new BatteryIds(db);
  expect([ids.of(1), ids.of(2), ids.of(3)]).toEqual(['b3f1c2', 'c4f1c2', null]);
  db.exec('DELETE FROM battery WHERE key = 1');
  ids.forget(1);
  expect([ids.of(1), ids.of(2)]).toEqual([null, 'c4f1c2']);
});
