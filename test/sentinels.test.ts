/**
 * What registers show where nothing is known, in every field of every message that has it: none becomes a value, so that none
 * is in what is now, in a roll-up, a chart, an energy or an output; and the message comes back as it came.
 */
import { describe, expect, it } from 'vitest';
import { HeardReading } from '../src/now/heard-news.ts';
import { shownValues } from '../src/now/shown.ts';
import { FormBook, wireTexts } from '../src/protocol/body/wire-form.ts';
import { type Field, READING_KINDS, type ReadingKind } from '../src/protocol/fields/field.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { ReadingReader, type WireReading } from '../src/protocol/reading.ts';
import { lineOf } from '../src/sinks/influx/line.ts';
import { MqttHouse } from '../src/sinks/mqtt/house.ts';
import { Prometheus } from '../src/sinks/prometheus/prometheus.ts';
import { ServerMetrics } from '../src/sinks/prometheus/server-metrics.ts';
import { readingSeries, series } from '../src/store/sqlite/reading/series.ts';
import { DayEnergy } from '../src/store/sqlite/rollups/day-energy.ts';
import { folded } from './minutes.ts';
import { battery, NOW } from './news.ts';
import { HOUSE, NO_FIGURES } from './sink-settings.ts';

/** Registers of 32 bits: all of them set, those below zero read as unsigned, the greatest and the least with a sign. */
const OF_32 = ['4294967295', '4294967293', '2147483648', '2147483647', '-2147483648'];
const OF_32_SCALED = ['429496729.5', '429496729.3', '214748364.8', '-214748364.8000', '42949672.95', '21474836.48'];
/** The same of 16 bits, and in tenths and hundredths. */
const OF_16 = ['65535', '32768', '32767', '-32768'];
const OF_16_SCALED = ['6553.5', '655.35', '3276.8', '3276.7', '-3276.8', '327.68', '327.67', '-327.68'];
const SENTINELS = [...OF_32, ...OF_32_SCALED, ...OF_16, ...OF_16_SCALED];

/** What a field truly can have: a counter passes through the small ones, and a set of bits may have any but all. */
function canBe({ kind, read, range }: Field, text: string): boolean {
  if (kind === 'energy') return [...OF_16, ...OF_16_SCALED].includes(text) && !text.startsWith('-');
  const isCode = ['state', 'fault', 'version'].includes(kind) && read === 'number' && range === undefined;
  if (isCode && ['32768', '32767'].includes(text)) return true;
  return isCode && kind === 'fault' && ['4294967293', '2147483648', '2147483647'].includes(text);
}

const numbersOf = (kind: ReadingKind) =>
  columnsOf(kind).filter(({ value, wire, read }) => value === 'number' && wire.length > 0 && read === 'number');

function readIn(kind: ReadingKind, texts: Readonly<Record<string, string>>): WireReading {
  const reading = new ReadingReader(kind, new FormBook()).read(Object.keys(texts), Object.values(texts));
  return reading ?? expect.unreachable('no reading');
}

const valueIn = ({ kind, values }: WireReading, name: string) =>
  values[columnsOf(kind).findIndex((field) => field.name === name)];

describe.each(READING_KINDS)('in %s', (kind) => {
  it.each(numbersOf(kind).map((field) => [field.name, field] as const))('%s has none', (name, field) => {
    for (const wire of field.wire) {
      for (const text of SENTINELS.filter((one) => !canBe(field, one))) {
        const beside = name === 'soc' ? { Pbat: '5' } : { SOC: '62.4' };
        const texts = { ...beside, [wire]: text };
        const reading = readIn(kind, texts);
        expect([text, valueIn(reading, name), reading.implausible]).toEqual([text, null, [name]]);
        expect(wireTexts({ ...reading, serial: '' })).toEqual(Object.entries(texts));
      }
    }
  });

  it('a flag has none', () => {
    for (const { name, wire } of columnsOf(kind).filter(({ read }) => read === 'flag'))
      for (const text of SENTINELS)
        expect([name, valueIn(readIn(kind, { SOC: '62.4', [wire[0] as string]: text }), name)]).toEqual([name, null]);
  });
});

/** What one of them looks like wherever it is written. */
const ABSURD = /6553|655\.35|327[67]|327\.6|4294967|2147483|21474836/;

describe.each([
  ...['65535', '32767', '-32768', '6553.5', '655.35', '3276.7'],
  ...['4294967295', '2147483648', '-2147483648', '429496729.5', '-214748364.8000', '42949672.95'],
])('%s in all fields at once', (text) => {
  const M = 1_718_150_400;
  const absurd = (kind: ReadingKind) => {
    const fields = numbersOf(kind).filter((field) => !canBe(field, text) && field.name !== 'soc');
    return { SOC: '62.4', ...Object.fromEntries(fields.flatMap(({ wire }) => wire.map((key) => [key, text]))) };
  };
  const news = (kind: 'live' | 'detail') => {
    const { values, rest } = readIn(kind, absurd(kind));
    const shown = shownValues(kind, values, []);
    return new HeardReading({ id: 'b3f1c2', secrets: [] }, kind, { timeMs: NOW, held: [], values: shown }, rest);
  };

  it('is in nothing that is shown or told of what is now', async () => {
    const house = new MqttHouse(HOUSE, () => null);
    const prometheus = new Prometheus({ server: new ServerMetrics(), staleMs: 90_000, wallMs: () => NOW });
    prometheus.tell(battery());
    for (const kind of ['live', 'detail'] as const) {
      const one = news(kind);
      prometheus.tell(one);
      const told = [...house.told(battery()), ...house.told(one)].map(({ message }) => message.payload);
      expect(told.join()).toContain('62.4');
      expect(told.join()).not.toMatch(ABSURD);
      expect(one.snapshot.values).toEqual({ soc: 62.4 });
      expect(one.other).toEqual({});
    }
    const metrics = (await prometheus.render(NO_FIGURES)).join('');
    expect(metrics).toContain('0.624');
    // What is of the process, such as its memory, may be any number.
    const own = metrics.split('\n').filter((line) => /^alphaess_(?!.*_(?:created|timestamp))/.test(line));
    expect(own.join()).not.toMatch(ABSURD);
  });

  it('is in no line of InfluxDB', () => {
    for (const kind of READING_KINDS) {
      const { values } = readIn(kind, absurd(kind));
      const line = lineOf('alphaess')({ battery: 'b3f1c2', kind, time: M, values });
      expect(line).toBe(`alphaess,battery=b3f1c2 soc=62.4 ${M}`);
    }
  });

  it('is in no roll-up, no chart and no energy', () => {
    const { db, calendar, fold } = folded();
    READING_KINDS.forEach((kind, index) => {
      const { values, rest } = readIn(kind, absurd(kind));
      const time = M + index * 60;
      fold({ battery: 1, kind, time, batteryTime: time, receivedMs: time * 1000, form: null, rest, values });
    });
    for (const table of ['rollup_minute', 'rollup_hour', 'rollup_day'])
      expect(JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all())).not.toMatch(ABSURD);
    const fields = ['soc', 'pv_power', 'grid_power', 'battery_power', 'load_power', 'inverter_power', 'pv1_power'];
    const query = { battery: 1, fields, from: M, to: M + 3600, step: '1 min' } as const;
    const charts = [
      series(db, 'minute', query, calendar),
      series(db, 'hour', { ...query, step: '1 h' }, calendar),
      readingSeries(db, 'live', query, calendar),
    ];
    expect(JSON.stringify(charts.map(({ lines }) => lines))).not.toMatch(ABSURD);
    const { day } = new DayEnergy(db, calendar).of(1, M);
    expect(day?.energies.filter((energy) => energy !== null && energy !== 0) ?? []).toEqual([]);
  });
});
