import { expect, it } from 'vitest';
import { Private, type ReadingRecord, type Value } from '../model.ts';
import { columnsOf } from '../protocol/fields/fields.ts';
import { liveReport } from './live-report.ts';

const T = 1_718_190_250;

function live(time: number | null, known: Readonly<Record<string, Value>>): ReadingRecord {
  const values = columnsOf('live').map(({ name }) => known[name] ?? null);
  const battery = new Private('AL2002321010043');
  const arrival = { batteryTime: T, receivedMs: T * 1000 + 999 };
  return { type: 'reading', kind: 'live', battery, time, ...arrival, values, rest: null, form: null };
}

it('a line says the time of a reading, and what it has a value of, by our names', () => {
  const { battery, time, values } = liveReport(
    live(T - 7, { soc: 62.4, load_power_method: 'ac_side' }),
    () => 'Garage',
  );
  expect([battery, time, values()]).toEqual(['Garage', T - 7, { soc: 62.4, load_power_method: 'ac_side' }]);
});

it('while the clock is not known it says when the reading came; of a long word it says the beginning', () => {
  const { time, values } = liveReport(live(null, { load_power_method: 'x'.repeat(500) }), () => '');
  expect([time, values()]).toEqual([T, { load_power_method: 'x'.repeat(120) }]);
});

it('nobody is asked whose it is, where no line is written', () => {
  let asked = 0;
  const report = liveReport(live(T, {}), () => String(++asked));
  expect([asked, report.battery, asked]).toEqual([0, '1', 1]);
});
