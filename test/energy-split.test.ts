/**
 * The energy of any span is that of its parts, however it is split: from the interface's own answer, over a day on which the
 * clock is changed, with an hour of which nothing is known.
 */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Random } from '../src/simulator/random.ts';
import { Calendar } from '../src/store/energy/calendar.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { ENERGY_NAMES, energyOf } from '../src/web/query/energy.ts';
import { readerOf } from './promised-reader.ts';
import { reading, SERIAL, temporaryFolder } from './records.ts';

const PERS = ['hour', 'day', 'month'] as const;
type Per = (typeof PERS)[number];
type Bucket = Awaited<ReturnType<typeof energyOf>>[number];

/** Minutes of history with powers and counters, but for an hour in the middle. */
function rows(zone: string, start: number, end: number) {
  const random = new Random(zone);
  let [load, sun, imported, solar] = [400, 0, 100, 700];
  const found = [];
  for (let time = start; time < end; time += 60) {
    if (random.chance(0.05)) [load, sun] = [random.whole(150, 4000), random.whole(0, 3000)];
    const grid = Math.max(0, load - sun);
    imported += grid / 60_000;
    solar += sun / 60_000;
    const hour = (time - start) / 3600;
    if (hour >= 30 && hour < 31) continue;
    const counters = { grid_import_energy: Math.floor(imported * 10) / 10, pv_energy: Math.floor(solar * 10) / 10 };
    found.push(
      reading('history', time, { load_power: load, pv_power: sun, grid_power: grid, battery_power: 0, ...counters }),
    );
  }
  return found;
}

describe.each([
  ['Europe/Dublin', '2024-03-30'],
  ['Europe/Dublin', '2024-10-26'],
  ['Australia/Lord_Howe', '2024-04-06'],
  ['Asia/Kathmandu', '2024-05-31'],
])('in %s from %s on', (zone, day) => {
  const calendar = new Calendar(zone);
  const start = calendar.dayStart(Date.parse(`${day}T12:00:00Z`) / 1000);
  const end = calendar.dayEnd(calendar.dayEnd(start));
  const house = async () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: zone });
    onTestFinished(() => store.close());
    store.commit(rows(zone, start, end));
    while (store.fold(1000));
    while (store.tally(1));
    const battery = store.idOf(SERIAL) ?? '';
    const reader = await readerOf(folder);
    return (per: Per, fromMs: number, toMs: number): Promise<Bucket[]> =>
      energyOf(reader, per, { battery, fromMs, toMs }, calendar);
  };
  const sums = (buckets: readonly Bucket[]) =>
    ENERGY_NAMES.map((name) => buckets.reduce((sum, bucket) => sum + Number(bucket[name as 'pv_energy'] ?? 0), 0));
  const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 8));
  // A day before and after, too, and not on a second.
  const moment = fc.integer({ min: (start - 86_400) * 1000, max: (end + 86_400) * 1000 });

  it('the parts of a span add up to it, by hours, days and months alike', async () => {
    const told = await house();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(moment, { minLength: 2, maxLength: 5 }), async (moments) => {
        const cuts = [...moments].sort((a, b) => a - b);
        const [first, last] = [cuts[0] as number, cuts.at(-1) as number];
        const whole = sums(await told('day', first, last));
        for (const per of PERS) {
          expect(sums(await told(per, first, last))).toEqual(close(whole));
          const parts: Bucket[] = [];
          for (const [index, to] of cuts.slice(1).entries())
            parts.push(...(await told(per, cuts[index] as number, to)));
          expect(sums(parts)).toEqual(close(whole));
        }
      }),
      { numRuns: 8 },
    );
  });

  it('each number says of when it is, within what was asked for and beside the next', async () => {
    const told = await house();
    await fc.assert(
      fc.asyncProperty(moment, moment, fc.constantFrom(...PERS), async (a, b, per) => {
        const [fromMs, toMs] = [Math.min(a, b), Math.max(a, b) + 1];
        let before = fromMs;
        for (const bucket of await told(per, fromMs, toMs)) {
          const [bucketStart, bucketEnd] = [Date.parse(bucket.start), Date.parse(bucket.end)];
          expect(bucketStart).toBeGreaterThanOrEqual(before);
          expect(bucketEnd).toBeGreaterThan(bucketStart);
          // Asked for just that, it is just that.
          const again = await told('hour', bucketStart, bucketEnd);
          expect(sums(again)).toEqual(close(sums([bucket])));
          before = bucketEnd;
        }
        expect(before).toBeLessThanOrEqual(toMs);
      }),
      { numRuns: 8 },
    );
  });

  it('of two thirds of a minute it is two thirds', async () => {
    const told = await house();
    const minute = (start + 10 * 3600) * 1000;
    const whole = sums(await told('hour', minute, minute + 60_000));
    expect(whole.some((energy) => energy > 0)).toBe(true);
    const part = await told('hour', minute + 10_000, minute + 50_000);
    expect(part).toHaveLength(1);
    expect(part[0]).toMatchObject({
      start: new Date(minute + 10_000).toISOString(),
      end: new Date(minute + 50_000).toISOString(),
    });
    expect(sums(part)).toEqual(close(whole.map((energy) => (energy * 2) / 3)));
  });
});
