import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { SERIAL, schedule } from '../../../test/records.ts';
import { KeptSchedules } from './kept-schedules.ts';
import { schedules } from './migrations/0015-schedules.ts';

it('keeps what was set last, of each battery', () => {
  const db = new DatabaseSync(':memory:');
  db.exec(schedules.sql);
  const kept = new KeptSchedules(db);
  expect(kept.of(1)).toBeNull();
  kept.keep(1, schedule('{"windows":[]}', SERIAL));
  kept.keep(2, schedule('{"windows":[1]}', SERIAL));
  kept.keep(1, schedule('{"windows":[2]}', SERIAL));
  expect([kept.of(1), kept.of(2)]).toEqual(['{"windows":[2]}', '{"windows":[1]}']);
});
