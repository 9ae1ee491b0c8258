/**
 * Days of the simulated house through session, journal, folding and tally: what comes out is what its battery counted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReadingRecord } from '../src/model.ts';
import { ENERGIES, type RollUpSize } from '../src/store/reader.ts';
import { SqliteReader } from '../src/store/sqlite/reading/reader.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { simulatedDays, valueIn } from './energy-days.ts';

const DAY = 86_400;
/** A midnight in Brisbane, where there is no summer time and the simulated battery lives. */
const START = Date.UTC(2026, 5, 20, 14) / 1000;
const DAYS = 3;

/** kWh: tenths but for the meter at the grid, which is behind a current transformer. */
const STEPS: Readonly<Record<string, number>> = { grid_import_energy: 1.2, grid_export_energy: 1.2 };
const COUNTERS = ENERGIES.filter((name) => name !== 'load_energy');

const { readings, history } = simulatedDays('energy', START * 1000, DAYS);

/** Hours of the second day without a connection. */
const isInHole = ({ time }: ReadingRecord) => {
  const hour = ((time as number) - START - DAY) / 3600;
  return hour >= 9 && hour < 14;
};

/** Energies by span, as they are after these rows came in these bunches, each folded and tallied. */
function energiesOf(...bunches: readonly (readonly ReadingRecord[])[]) {
  const folder = mkdtempSync(join(tmpdir(), 'alphaess-local-test-'));
  const store = SqliteStore.open({ folder, timeZone: 'Australia/Brisbane' });
  for (const bunch of bunches) {
    store.commit(bunch);
    while (store.fold(1000));
    while (store.tally(1));
  }
  store.close();
  const reader = new SqliteReader(folder);
  const rows = (span: RollUpSize) => [...reader.energy(span)];
  const found = { minute: rows('minute'), hour: rows('hour'), day: rows('day') };
  reader.close();
  rmSync(folder, { recursive: true });
  return found;
}

/** What the battery's own counter showed at the end of so many days. */
function counted(name: string, days: number): number {
  return valueIn(history.findLast(({ time }) => (time as number) <= START + days * DAY) as ReadingRecord, name);
}

const sumOf = (rows: readonly { energies: readonly (number | null)[] }[], index: number) =>
  rows.reduce((sum, { energies }) => sum + (energies[index] ?? 0), 0);

describe.each<[string, () => ReturnType<typeof energiesOf>]>([
  ['live rows and details', () => energiesOf(readings)],
  ['history alone', () => energiesOf(history)],
  ['live rows with a hole that nothing fills', () => energiesOf(readings.filter((one) => !isInHole(one)))],
  [
    'live rows with a hole that history fills later',
    () =>
      energiesOf(
        readings.filter((one) => !isInHole(one)),
        history.filter(isInHole),
      ),
  ],
  ['live rows, and then all of history', () => energiesOf(readings, history)],
  ['rows hour by hour', () => energiesOf(...Array.from({ length: 24 * DAYS }, (_, hour) => hourOf(hour)))],
])('%s', (_, make) => {
  const { minute, hour, day } = make();

  it.each(COUNTERS)('give days of %s that are its counter’s within a step', (name) => {
    const index = ENERGIES.indexOf(name);
    expect(day.map(({ start }) => start).slice(0, DAYS)).toEqual([0, 1, 2].map((n) => START + n * DAY));
    for (let n = 0; n < DAYS; n++) {
      const rise = counted(name, n + 1) - counted(name, n);
      expect(Math.abs((day[n]?.energies[index] as number) - rise)).toBeLessThanOrEqual((STEPS[name] ?? 0.1) + 1e-6);
    }
  });

  it('give hours and minutes that add up to their days, none below zero', () => {
    ENERGIES.forEach((_name, index) => {
      const total = sumOf(day, index);
      expect(sumOf(hour, index)).toBeCloseTo(total, 6);
      expect(sumOf(minute, index)).toBeCloseTo(total, 6);
      expect(Math.min(...minute.map(({ energies }) => energies[index] ?? 0))).toBeGreaterThanOrEqual(0);
    });
  });

  it('give no minute more than the house can move', () => {
    for (const { energies } of minute) {
      for (const energy of energies) expect(energy ?? 0).toBeLessThan(10 / 60);
    }
  });
});

function hourOf(hour: number): ReadingRecord[] {
  return readings.filter(({ time }) => Math.floor(((time as number) - START) / 3600) === hour);
}

it('a day that comes in pieces is the same as one that comes at once', () => {
  const whole = energiesOf(readings);
  const pieces = energiesOf(...Array.from({ length: 24 * DAYS }, (_, hour) => hourOf(hour)));
  const near = (rows: typeof whole.day) =>
    rows.map(({ start, energies }) => [
      start,
      ...energies.map((one) => (one === null ? null : expect.closeTo(one, 6))),
    ]);
  const plain = (rows: typeof whole.day) => rows.map(({ start, energies }) => [start, ...energies]);
  for (const span of ['minute', 'hour', 'day'] as const) expect(plain(pieces[span])).toEqual(near(whole[span]));
});
