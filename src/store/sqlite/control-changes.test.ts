import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { controlChange } from '../../../test/records.ts';
import { ControlChanges } from './control-changes.ts';
import { control } from './migrations/0014-control.ts';

function fresh(): ControlChanges {
  const db = new DatabaseSync(':memory:');
  db.exec(control.sql);
  db.exec('CREATE TABLE configuration (key INTEGER PRIMARY KEY, battery INTEGER, text TEXT, last_received_at INTEGER)');
  db.exec(`INSERT INTO configuration (battery, text, last_received_at) VALUES (1, 'A', 5), (1, 'B', 7)`);
  return new ControlChanges(db);
}

it('brings along the newest fifty, and those before that hold', () => {
  const changes = fresh();
  for (let number = 1; number <= 60; number++) changes.keep(1, controlChange(number, { holds: number === 3 }));
  const numbers = changes.of(1).map(({ number }) => number);
  expect([numbers.length, numbers[0], numbers[1], numbers.at(-1)]).toEqual([51, 3, 11, 60]);
  expect(changes.of(2)).toEqual([]);
});

it('keeps as many as a battery has in years', () => {
  const changes = fresh();
  changes.keep(1, controlChange(1));
  changes.keep(1, controlChange(2, { holds: true }));
  changes.keep(1, controlChange(5003));
  expect(changes.of(1).map(({ number }) => number)).toEqual([2, 5003]);
});

it('knows how a battery last told that it is set', () => {
  const changes = fresh();
  expect(changes.reportedBy(1)).toMatchObject({ receivedMs: 7 });
  expect(changes.reportedBy(1)?.text.reveal()).toBe('B');
  expect(changes.reportedBy(2)).toBeNull();
});
