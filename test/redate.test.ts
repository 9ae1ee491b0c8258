/** What `redate` leaves is what there would be had no clock ever been wrong: readings, roll-ups, energies. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redateAlone } from '../src/app/redater.ts';
import { movesOf } from '../src/app/redating.ts';
import { READING_KINDS, type ReadingKind, type StoreRecord } from '../src/model.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { identity, reading, SERIAL, settle, temporaryFolder } from './records.ts';

/** 2026-06-15 21:00 UTC: the second midnight of some courses is within what is told. */
const START = Date.UTC(2026, 5, 15, 21) / 1000;
const CADENCE = 30;

/** What became of a house: heard, then an outage, then by a clock that is off, then by one that is right; in minutes. */
interface House {
  /** By how many seconds the battery's clock is ahead. */
  readonly ahead: number;
  readonly off: number;
  readonly heard: number;
  readonly outage: number;
  readonly wrong: number;
  readonly right: number;
}

/** 2 kW of sun and 1 kW bought: each counter by its power. */
function valuesAt(second: number, kind: ReadingKind) {
  const hours = (second - START) / 3600;
  const energies = { pv_energy: 1000 + 2 * hours, grid_import_energy: 500 + hours };
  const powers = { pv1_power: 2000, load_power_l1: 3000, grid_power_l1: 1000, battery_power: 0, soc: 50 };
  return kind === 'live' ? powers : { ...powers, ...energies };
}

/** @param off by how many seconds the server's clock is ahead in the third part */
function recordsOf({ ahead, heard, outage, wrong, right }: House, off: number): StoreRecord[] {
  const told = (kind: ReadingKind, second: number, received: number, by: number) =>
    reading(kind, second + by, valuesAt(second, kind), {
      ...{ batteryTime: second + ahead, receivedMs: (received + by) * 1000 + 200 },
    });
  const frames = (from: number, minutes: number, by: number) =>
    Array.from({ length: (minutes * 60) / CADENCE }, (_, index) => {
      const second = from + index * CADENCE;
      return [told('live', second, second, by), ...(index % 10 === 0 ? [told('detail', second, second, by)] : [])];
    }).flat();
  const cut = START + heard * 60;
  const back = cut + outage * 60;
  const set = back + wrong * 60;
  // The minutes of the outage, told after it.
  const rows = Array.from({ length: outage }, (_, minute) => told('history', cut + minute * 60 + 20, back + 60, off));
  return [identity(), ...frames(START, heard, 0), ...frames(back, wrong, off), ...rows, ...frames(set, right, 0)];
}

function folderOf(records: readonly StoreRecord[]): string {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit(records);
  settle(store);
  store.close();
  return folder;
}

/** All that is derived from readings, and they themselves but for their arrival. */
function keptIn(folder: string) {
  const reader = new SqliteReader(folder);
  const readings = READING_KINDS.flatMap((kind) =>
    Array.from(reader.readings(kind), ({ time, batteryTime, values }) => ({ kind, time, batteryTime, values })),
  );
  const energies = (['hour', 'day'] as const).flatMap((span) =>
    Array.from(reader.energy(span), ({ owner: _, ...one }) => one),
  );
  reader.close();
  const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
  const rollUps = ['minute', 'hour', 'day'].map((size) =>
    db.prepare(`SELECT * FROM rollup_${size} ORDER BY start`).all(),
  );
  db.close();
  return { readings, energies, rollUps };
}

function redate(folder: string): number {
  const reader = new SqliteReader(folder);
  const live = Array.from(reader.readings('live'), ({ time, batteryTime, receivedMs }) => ({
    ...{ time: time as number, batteryTime: batteryTime as number, receivedMs },
  }));
  reader.close();
  const moves = movesOf(live);
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  redateAlone(
    store,
    SERIAL,
    moves.flatMap(({ correction, remembered }) => [correction, remembered]),
  );
  store.close();
  return moves.length;
}

const minutes = (min: number, max: number) => fc.integer({ min, max });
const anyHouse = fc.record<House>({
  ahead: fc.constantFrom(0, 36_000, -18_000, 36_000 + 2340),
  off: fc.oneof(fc.integer({ min: -3 * 86_400, max: -400 }), fc.constantFrom(-3600, -7200, -86_400)),
  heard: minutes(10, 120),
  outage: minutes(5, 90),
  wrong: minutes(10, 120),
  right: minutes(10, 60),
});

it('is as if the clock had been right from the start', () => {
  fc.assert(
    fc.property(anyHouse, (house) => {
      const wrong = folderOf(recordsOf(house, house.off));
      const right = keptIn(folderOf(recordsOf(house, 0)));
      expect(keptIn(wrong)).not.toEqual(right);
      expect(redate(wrong)).toBeGreaterThan(0);
      expect(keptIn(wrong)).toEqual(right);
      expect(redate(wrong)).toBe(0);
    }),
    { numRuns: 6 },
  );
}, 60_000);
