/**
 * Readings, and what is made of them: their order, their dates, lines and energy.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockRecord, ReadingKind, ReadingRecord } from '../../src/model.ts';
import { type BucketStep, ENERGIES, type RollUpSize, type Selection } from '../../src/store/reader.ts';
import { adoption, clock, held, identity, OTHER, reading, SERIAL, T, valuesOf } from '../records.ts';
import { type Backend, House, pass } from './backend.ts';

const POWER = valuesOf('live', { pv1_power: 1 }).indexOf(1);

/** Time after T, ordinal and power of live readings. */
async function told(house: House, selection: Selection = {}): Promise<unknown[][]> {
  const all = await house.list((reader) => reader.readings('live', selection));
  return all.map(({ time, ordinal, values }) => [time === null ? null : time - T, ordinal, values[POWER]]);
}

const live = (seconds: number, pv1_power: number, change = {}) => reading('live', T + seconds, { pv1_power }, change);

export function readings(backend: Backend): void {
  const fresh = (timeZone = 'UTC') => new House(backend.place(), { timeZone });

  describe('readings', () => {
    it('of one battery, kind and second are all there; the first that came is its value', async () => {
      const house = fresh();
      await house.store.commit([live(0, 1), live(0, 2)]);
      await house.store.commit([live(0, 3), live(0, 1)]);
      const all = [1, 2, 3].map((power, ordinal) => [0, ordinal, power]);
      expect(await told(house)).toEqual(all);
      await pass();
      await house.store.commit([live(0, 2), live(0, 4)]);
      expect(await told(house)).toEqual([...all, [0, 3, 4]]);
      expect(await told(await house.again())).toEqual([...all, [0, 3, 4]]);
    });

    it('keep all they said', async () => {
      const house = fresh();
      const form = { keys: ['Time', 'SN', 'Ppv1', 'Odd'], shapes: [-2, -5, 0, -1] };
      const rest = { Odd: 'ü"\u0000', Null: null, ['__proto__']: 'x' };
      const said = { batteryTime: T + 3600, receivedMs: T * 1000 + 123, rest, form };
      const values = { pv1_power: -0.5, load_power_method: 'ac_side' };
      await house.store.commit([
        reading('live', T, values, said),
        live(10, 1, { batteryTime: null, form: { ...form } }),
      ]);
      for (const one of [house, await house.again()]) {
        const [first, second] = await one.list((reader) => reader.readings('live'));
        expect(first).toMatchObject({ kind: 'live', time: T, ordinal: 0, ...said, values: valuesOf('live', values) });
        expect(first?.owner.serial.reveal()).toBe(SERIAL);
        expect(second).toMatchObject({ batteryTime: null, rest: null, form });
        expect(await one.read((reader) => reader.wireKeys('live'))).toEqual(form.keys);
        expect(await one.read((reader) => reader.wireKeys('detail'))).toEqual([]);
      }
    });

    it('come by battery, time and ordinal, as they are selected, whether they are in their place or not', async () => {
      const house = fresh();
      await house.store.commit([live(20, 1), live(0, 2), live(10, 3, { serial: OTHER })]);
      await pass();
      await house.store.commit([live(10, 4), live(0, 5, { serial: OTHER }), live(20, 6)]);
      const all = [
        [0, 0, 2],
        [10, 0, 4],
        [20, 0, 1],
        [20, 1, 6],
        [0, 0, 5],
        [10, 0, 3],
      ];
      expect(await told(house)).toEqual(all);
      const battery = house.store.idOf(SERIAL) ?? '';
      expect(await told(house, { battery })).toEqual(all.slice(0, 4));
      expect(await told(house, { fromMs: (T + 10) * 1000, toMs: (T + 20) * 1000 })).toEqual([all[1], all[5]]);
      expect(await told(house, { battery: 'nobody' })).toEqual([]);
      const after = { battery, time: T + 20, ordinal: 0 };
      const rest = await house.list((reader) => reader.readings('live', {}, after));
      expect(rest.map(({ values }) => values[POWER])).toEqual([6, 5, 3]);
      await pass();
      expect((await house.read((reader) => reader.newest('live', battery)))?.values[POWER]).toBe(1);
      expect(await house.read((reader) => reader.newest('detail', battery))).toBeNull();
    });

    it('of different kinds or batteries at the same second are others', async () => {
      const house = fresh();
      const kinds: ReadingKind[] = ['live', 'detail', 'history'];
      await house.store.commit(
        [SERIAL, OTHER].flatMap((serial) => kinds.map((kind) => reading(kind, T, {}, { serial }))),
      );
      for (const kind of kinds) expect(await house.list((reader) => reader.readings(kind))).toHaveLength(2);
    });

    it('are counted by kind, with the first and the last time of those that have one', async () => {
      const house = fresh();
      await house.store.commit([live(20, 1), live(0, 2), reading('history', null, {}, { batteryTime: T })]);
      const battery = house.store.shortIdOf(SERIAL);
      const extents = [
        { kind: 'live', rows: 2, from: T, to: T + 20 },
        { kind: 'history', rows: 1, from: null, to: null },
      ];
      expect(await house.read((reader) => reader.extents(battery))).toEqual(extents);
      await pass();
      expect(await house.read((reader) => reader.extents(battery))).toEqual(extents);
      expect(await house.read((reader) => reader.extents('nobody'))).toEqual([]);
    });

    it('of absurd times are kept as well', async () => {
      const house = fresh();
      const absurd = [-36_000, -35_990, 0, 7_258_118_399];
      await house.store.commit(absurd.map((time) => reading('live', time)));
      await pass();
      expect((await house.list((reader) => reader.readings('live'))).map(({ time }) => time)).toEqual(absurd);
    });

    it('are those that were committed, whatever happens between', async () => {
      const anyReading = fc
        .record({
          serial: fc.constantFrom(SERIAL, OTHER),
          second: fc.nat(12),
          power: fc.constantFrom(1, 2, 3),
        })
        .map(({ serial, second, power }) => live(second * 10, power, { serial }));
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.array(anyReading, { maxLength: 8 }) },
        { weight: 1, arbitrary: fc.constantFrom('pass' as const, 'cut' as const, 'again' as const) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          let house = fresh();
          const committed: ReadingRecord[] = [];
          for (const one of steps) {
            if (one === 'pass') await pass();
            else if (one === 'cut') house = house.afterPowerCut();
            else if (one === 'again') house = await house.again();
            else {
              await house.store.commit(one);
              committed.push(...one);
            }
          }
          const said = ({ time, values }: { time: number | null; values: readonly unknown[] }) =>
            `${time} ${values[POWER]}`;
          for (const serial of [SERIAL, OTHER]) {
            const expected = committed.filter(({ battery }) => battery.reveal() === serial).map(said);
            const battery = house.store.shortIdOf(serial);
            const all = await house.list((reader) => reader.readings('live', { battery }));
            expect(all.map(said).sort()).toEqual([...new Set(expected)].sort());
          }
          await house.stop();
        }),
        { numRuns: 10 },
      );
    });
  });

  describe('a clock not known', () => {
    const undated = (batteryTime: number, pv1_power: number) => reading('live', null, { pv1_power }, { batteryTime });

    it('keeps what cannot be dated behind the rest, each once, and dates it when the clock is known', async () => {
      const house = fresh();
      await house.store.commit([
        undated(T + 3600, 1),
        undated(T + 3600, 2),
        undated(T + 3660, 3),
        undated(T + 3600, 1),
      ]);
      expect((await told(house)).map(([time, , power]) => [time, power]).sort()).toEqual([
        [null, 1],
        [null, 2],
        [null, 3],
      ]);
      expect(await told(house, { fromMs: 0 })).toEqual([]);
      const cut = house.afterPowerCut();
      for (const one of [house, cut]) {
        await one.store.commit([clock(3600), live(70, 9)]);
        await pass();
        expect(await told(one)).toEqual([
          [0, 0, 1],
          [0, 1, 2],
          [60, 0, 3],
          [70, 0, 9],
        ]);
      }
    });

    it('leaves those of another battery as they are', async () => {
      const house = fresh();
      await house.store.commit([undated(T, 1), reading('live', null, {}, { batteryTime: T, serial: OTHER })]);
      await house.store.commit([clock(0)]);
      await pass();
      expect((await told(house)).map(([time]) => time)).toEqual([0, null]);
    });
  });

  describe('a clock that was wrong', () => {
    it('has what it dated dated anew', async () => {
      const house = fresh();
      await house.store.commit([clock(0), live(0, 1), live(10, 2)]);
      const correction = {
        kinds: ['live' as const],
        fromBatteryTime: T + 5,
        toBatteryTime: T + 99,
        receivedSinceMs: 0,
        oldOffsetSeconds: 0,
        newOffsetSeconds: 30,
      };
      const found: ClockRecord = { ...clock(30, T * 1000, SERIAL, 2), corrections: [correction] };
      await pass();
      await house.store.commit([found]);
      await pass();
      const expected = [
        [-20, 0, 2],
        [0, 0, 1],
      ];
      expect(await told(house)).toEqual(expected);
      expect(await told(await house.again())).toEqual(expected);
    });
  });

  describe('readings that are held', () => {
    it('are told apart from the others until they are adopted, and by whom they came', async () => {
      const house = fresh();
      await house.store.commit([identity(), held(live(0, 1)), held(live(10, 2), { run: 2 })]);
      expect(await told(house)).toEqual([]);
      expect(await house.list((reader) => reader.held())).toMatchObject([
        { why: 'conflict', peer: 2, time: T },
        { why: 'conflict', peer: 2, time: T + 10 },
      ]);
      expect(await house.read((reader) => reader.heldCounts(9))).toMatchObject([{ why: 'conflict', peer: 2, rows: 2 }]);
      await house.store.commit([adoption(1)]);
      await pass();
      expect(await told(house)).toEqual([[0, 0, 1]]);
      expect(await house.list((reader) => reader.held())).toMatchObject([{ time: T + 10 }]);
      expect(await told(await house.again())).toEqual([[0, 0, 1]]);
    });
  });

  describe('lines', () => {
    /** Start after T, least, mean and greatest of a field. */
    async function line(house: House, span: RollUpSize | 'live', step: BucketStep, field = 'pv1_power') {
      const battery = house.store.idOf(SERIAL) ?? '';
      const [from, to] = [T - 86_400, T + 86_400];
      const series = await house.read((reader) => reader.series(span, { battery, fields: [field], from, to, step }));
      const [{ min, mean, max } = { min: [], mean: [], max: [] }] = series?.lines ?? [];
      return series?.starts.map((start, index) => [start - T, min[index], mean[index], max[index]]);
    }

    it('count a minute of six samples no more than a minute of one', async () => {
      const house = fresh();
      for (let n = 0; n < 6; n++) await house.store.commit([live(n * 10, 600 + n * 20)]);
      await house.store.commit([live(60, 50)]);
      await pass();
      expect(await line(house, 'minute', '1 min')).toEqual([
        [0, 600, 650, 700],
        [60, 50, 50, 50],
      ]);
      // 650 and 50; the hour is 11:00 UTC, the day (UTC) began 11 h 4 min before T.
      expect(await line(house, 'hour', '1 h')).toEqual([[-240, 50, 350, 700]]);
      expect(await line(house, 'day', '1 day')).toEqual([[-39_840, 50, 350, 700]]);
      const [, , mean] = (await line(house, 'live', '1 day'))?.[0] ?? [];
      expect(mean).toBeCloseTo(3950 / 7, 6);
    });

    it('grow by what comes later, and go on after the end', async () => {
      const house = fresh();
      await house.store.commit([live(0, 100)]);
      await pass();
      await house.store.commit([live(10, 200)]);
      const again = await house.again();
      await again.store.commit([live(20, 600)]);
      await pass();
      expect(await line(again, 'minute', '1 min')).toEqual([[0, 100, 300, 600]]);
      expect(await line(again, 'hour', '1 h')).toEqual([[-240, 100, 300, 600]]);
    });

    it('are of live readings where there are any in a minute, else of history', async () => {
      const house = fresh();
      const history = (seconds: number, pv1_power: number) => reading('history', T + seconds, { pv1_power });
      await house.store.commit([live(0, 100), history(22, 900), history(62, 300)]);
      await pass();
      expect(await line(house, 'minute', '1 min')).toEqual([
        [0, 100, 100, 100],
        [60, 300, 300, 300],
      ]);
    });

    it('begin hours and days where the house is, and follow it to another time zone', async () => {
      const house = fresh('Asia/Kathmandu');
      await house.store.commit([live(0, 100)]);
      await pass();
      // 11:04 UTC is 16:49 there: the hour began 49 minutes before, the day 16 h 49 min.
      expect(await line(house, 'hour', '1 h')).toEqual([[-49 * 60, 100, 100, 100]]);
      expect(await line(house, 'day', '1 day')).toEqual([[-(16 * 60 + 49) * 60, 100, 100, 100]]);
      const moved = await house.again({ timeZone: 'UTC' });
      await pass();
      expect(await line(moved, 'hour', '1 h')).toEqual([[-240, 100, 100, 100]]);
    });

    it('are put together by the house’s clock, where a bucket is longer', async () => {
      const house = fresh('Asia/Kathmandu');
      for (const minute of [0, 5, 12, 300]) await house.store.commit([live(minute * 60, 100 + minute)]);
      await pass();
      // 16:49, 16:54, 17:01 and 21:49 there.
      const quarters = [
        [-4 * 60, 100, 102.5, 105],
        [11 * 60, 112, 112, 112],
        [296 * 60, 400, 400, 400],
      ];
      expect(await line(house, 'minute', '15 min')).toEqual(quarters);
      expect(await line(house, 'live', '15 min')).toEqual(quarters);
      // From 12:00 and 18:00 on.
      expect(await line(house, 'hour', '6 h')).toEqual([
        [-(4 * 60 + 49) * 60, 100, expect.closeTo(317 / 3, 6), 112],
        [71 * 60, 400, 400, 400],
      ]);
    });

    it('are none of a battery nobody knows', async () => {
      const query = { battery: 'nobody', fields: ['soc'], from: T, to: T + 60, step: '1 min' } as const;
      expect(await fresh().read((reader) => reader.series('minute', query))).toBeNull();
    });
  });

  describe('energy', () => {
    const sunny = (time: number) => reading('live', time, { pv_power: 6000 });
    const midnight = T - (T % 86_400);
    const rows = async (house: House, span: RollUpSize, selection: Selection = {}) =>
      (await house.list((reader) => reader.energy(span, selection))).map(({ start, energies }) => [
        start,
        energies[ENERGIES.indexOf('pv_energy')],
      ]);

    it('is that of the minutes, hours and days of the house', async () => {
      const house = fresh();
      await house.store.commit([sunny(T), sunny(T + 60), sunny(T + 3600), sunny(T + 86_400)]);
      await pass(1_000_000);
      const [a, b] = [expect.closeTo(0.1, 9), expect.closeTo(0.2, 9)];
      expect(await rows(house, 'minute')).toEqual([
        [T, a],
        [T + 60, a],
        [T + 3600, a],
        [T + 86_400, a],
      ]);
      expect(await rows(house, 'hour')).toEqual([
        [T - 240, b],
        [T + 3360, a],
        [T - 240 + 86_400, a],
      ]);
      const days = [
        [midnight, expect.closeTo(0.3, 9)],
        [midnight + 86_400, a],
      ];
      expect(await rows(house, 'day')).toEqual(days);
      expect(await rows(house, 'day', { fromMs: (midnight + 86_400) * 1000 })).toEqual(days.slice(1));
      const again = await house.again();
      expect(await rows(again, 'day')).toEqual(days);
      const total = await again.read((reader) => reader.energyTotal(again.store.shortIdOf(SERIAL)));
      expect(total[ENERGIES.indexOf('pv_energy')]).toBeCloseTo(0.4, 9);
      expect(total[ENERGIES.indexOf('grid_import_energy')]).toBeNull();
    });

    it('goes each way by itself, where a power changes its sign', async () => {
      const house = fresh();
      await house.store.commit([
        reading('live', T, { grid_power: 6000, battery_power: -3000 }),
        reading('live', T + 30, { grid_power: -3000, battery_power: 6000 }),
      ]);
      await pass(1_000_000);
      const [day] = await house.list((reader) => reader.energy('day'));
      const known = ENERGIES.flatMap((name, index) => {
        const energy = day?.energies[index] ?? null;
        return energy === null ? [] : [[name, Number(energy.toFixed(6))]];
      });
      // Half a minute each: 3000 W and 1500 W over a minute. Of charging, all may be from the grid.
      expect(Object.fromEntries(known)).toMatchObject({
        grid_import_energy: 0.05,
        grid_export_energy: 0.025,
        battery_charge_energy: 0.025,
        battery_discharge_energy: 0.05,
      });
    });

    it('is none where nothing is kept', async () => {
      expect(await rows(fresh(), 'day')).toEqual([]);
      const total = await fresh().read((reader) => reader.energyTotal('nobody'));
      expect(total).toEqual(ENERGIES.map(() => null));
    });
  });
}
