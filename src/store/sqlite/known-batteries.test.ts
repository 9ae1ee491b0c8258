import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { OTHER, SERIAL, T } from '../../../test/records.ts';
import type { ClockEpoch } from '../../model.ts';
import { migrate } from './file/schema.ts';
import { KnownBatteries } from './known-batteries.ts';
import { serialDigest } from './short-id.ts';

function bench(db = new DatabaseSync(':memory:')): { db: DatabaseSync; batteries: KnownBatteries } {
  migrate(db);
  return { db, batteries: new KnownBatteries(db, 'a key') };
}

const epoch = (number: number, offsetSeconds: number): ClockEpoch => {
  const ms = number * 1000;
  return { number, sinceMs: ms, possibleSinceMs: ms, offsetSeconds, driftPpm: 0, reason: 'jump' };
};

it('are found by serial number, key and short id, also by the next one that opens the file', () => {
  const { db, batteries } = bench();
  const added = batteries.add(SERIAL, T * 1000);
  batteries.settle();
  for (const one of [batteries, bench(db).batteries]) {
    expect(one.get(SERIAL)).toEqual(added);
    expect([one.serialOf(added.key), one.idOf(added.key), one.serialOfId(added.id)]).toEqual([
      SERIAL,
      added.id,
      SERIAL,
    ]);
    expect([one.get(OTHER), one.idOf(9) ?? one.idOf(null), one.serialOfId('nobody'), one.count]).toEqual([
      undefined,
      null,
      null,
      1,
    ]);
    expect(one.serialOf(9)).toBeNull();
  }
});

it('are told in the order in which they were heard, so many at most', () => {
  const { batteries } = bench();
  for (const serial of [OTHER, SERIAL, 'AL3']) batteries.add(serial, 0);
  expect(batteries.first(Number.POSITIVE_INFINITY)).toEqual([OTHER, SERIAL, 'AL3']);
  expect(batteries.first(2)).toEqual([OTHER, SERIAL]);
});

it('have a longer id where another has the short one', () => {
  const { db, batteries } = bench();
  const taken = serialDigest('a key', SERIAL).slice(0, 6);
  db.prepare(`INSERT INTO battery (id, serial, first_seen) VALUES (?, 'AL-TAKEN', 0)`).run(taken);
  expect(batteries.add(SERIAL, 0).id).toBe(serialDigest('a key', SERIAL).slice(0, 7));
});

it('are those of the file again after a rollback, with their clocks', () => {
  const { db, batteries } = bench();
  const { key } = batteries.add(SERIAL, 0);
  batteries.replaceEpochs(key, [epoch(1, 60), epoch(2, 120)]);
  batteries.settle();
  db.exec('BEGIN');
  batteries.add(OTHER, 0);
  batteries.replaceEpochs(key, [epoch(2, 7), epoch(3, 8)]);
  expect(batteries.epochsOf(key).map(({ offsetSeconds }) => offsetSeconds)).toEqual([60, 7, 8]);
  db.exec('ROLLBACK');
  batteries.drop();
  expect(batteries.get(OTHER)).toBeUndefined();
  expect(batteries.epochsOf(key).map(({ offsetSeconds }) => offsetSeconds)).toEqual([60, 120]);
});

it('have their clock as it was, where it is first asked for in a transaction that is rolled back', () => {
  const { db, batteries } = bench();
  const { key } = batteries.add(SERIAL, 0);
  batteries.replaceEpochs(key, [epoch(1, 60)]);
  const next = bench(db).batteries;
  db.exec('BEGIN');
  next.replaceEpochs(key, [epoch(1, 7)]);
  db.exec('ROLLBACK');
  next.drop();
  expect(next.epochsOf(key)).toEqual([epoch(1, 60)]);
});

it('remember the newest two hundred epochs of a clock', () => {
  const { db, batteries } = bench();
  const { key } = batteries.add(SERIAL, 0);
  for (let number = 1; number <= 210; number++) batteries.replaceEpochs(key, [epoch(number, number)]);
  batteries.settle();
  for (const one of [batteries, bench(db).batteries]) {
    const numbers = one.epochsOf(key).map(({ number }) => number);
    expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([200, 11, 210]);
  }
  batteries.replaceEpochs(key, []);
  expect(batteries.epochsOf(key)).toHaveLength(200);
});
