/**
 * A year of one battery's live readings: how large, and how quickly it is drawn.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Private, type ReadingRecord, type Value } from '../src/model.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { Calendar } from '../src/store/energy/calendar.ts';
import { series } from '../src/store/sqlite/reading/series.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import type { Figure } from './figure.ts';
import { temporaryFolder } from './process.ts';

export const SERIAL = 'ALBENCH00000001';
export const START = Date.UTC(2025, 0, 1) / 1000;
const INTERVAL = 10;
const ROWS = 3_153_600;
const BATCH = 2000;
const DRAWINGS = 20;

export function year(): Figure[] {
  const data = temporaryFolder();
  fill(data.path);
  const file = join(data.path, DATABASE_FILE);
  const bytes = statSync(file).size;
  const db = new DatabaseSync(file, { readOnly: true });
  const query = { battery: 1, fields: ['pv_power'], from: START, to: START + ROWS * INTERVAL, step: '6 h' } as const;
  const calendar = new Calendar('UTC');
  const times = Array.from({ length: DRAWINGS }, () => {
    const begun = performance.now();
    series(db, 'hour', query, calendar);
    return performance.now() - begun;
  }).sort((a, b) => a - b);
  const points = series(db, 'hour', query, calendar).starts.length;
  db.close();
  data.remove();
  return [
    {
      name: 'a year drawn in buckets of 6 h',
      value: times[DRAWINGS / 2] ?? null,
      unit: 'ms',
      atMost: 50,
      note: `median of ${DRAWINGS}; ${points} points; first ${(times.at(-1) ?? 0).toFixed(1)} ms`,
    },
    { name: 'file, a year of live rows and roll-ups', value: bytes / 1e6, unit: 'MB', note: `${ROWS} rows` },
  ];
}

/** @param interval seconds between two rows */
export function fill(folder: string, interval = INTERVAL): void {
  const store = SqliteStore.open({ folder, timeZone: 'Australia/Sydney' });
  const names = columnsOf('live').map((field) => field.name);
  const battery = new Private(SERIAL);
  let batch: ReadingRecord[] = [];
  for (let time = START; time < START + ROWS * INTERVAL; time += interval) {
    batch.push(reading(names, battery, time));
    if (batch.length < BATCH) continue;
    store.commit(batch);
    while (store.fold(BATCH));
    batch = [];
  }
  store.commit(batch);
  store.close();
}

/** Numbers of a live reading's kind: whole watts, a battery power with decimals, a charge in steps of 0.4. */
function reading(names: readonly string[], battery: Private<string>, time: number): ReadingRecord {
  const sun = Math.max(0, Math.sin(((time % 86_400) / 86_400) * 2 * Math.PI));
  const numbers: Record<string, Value> = {
    pv_power: Math.round(sun * 6000),
    pv1_power: Math.round(sun * 2100),
    pv2_power: Math.round(sun * 2000),
    pv_ac_power: Math.round(sun * 1900),
    grid_power: (time % 97) * 13 - 600,
    grid_power_l1: (time % 97) * 13 - 600,
    grid_power_l2: 0,
    grid_power_l3: 0,
    inverter_power: (time % 89) * 10,
    inverter_power_l1: (time % 89) * 10,
    inverter_power_l2: 0,
    inverter_power_l3: 0,
    battery_power: ((time % 1009) - 500) * 3.144,
    load_power: 300 + (time % 211),
    load_power_method: 'ac_side',
    apparent_power: (time % 89) * 10 + 2,
    reactive_power_grid: -600 + (time % 50),
    reactive_power_pv: 100 + (time % 7),
    soc: Math.round((time % 250) * 4) / 10,
  };
  const values = names.map((name) => numbers[name] ?? null);
  return {
    type: 'reading',
    kind: 'live',
    battery,
    time,
    batteryTime: time + 36_000,
    receivedMs: time * 1000 + 321,
    values,
    rest: null,
    form: null,
  };
}
