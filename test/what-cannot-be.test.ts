/**
 * Absurd numbers among good ones, from the message to all that is made of it: they are kept as they came, and are in nothing
 * else.
 */
import { expect, it } from 'vitest';
import { FormBook, wireTexts } from '../src/protocol/body/wire-form.ts';
import type { ReadingKind } from '../src/protocol/fields/field.ts';
import { ReadingReader } from '../src/protocol/reading.ts';
import { lineOf } from '../src/sinks/influx/line.ts';
import { readingSeries, series } from '../src/store/sqlite/reading/series.ts';
import { DayEnergy } from '../src/store/sqlite/rollups/day-energy.ts';
import { folded } from './minutes.ts';

/** A midnight in UTC. */
const M = 1_718_150_400;
const LIVE = { SOC: '62.0', Ppv1: '1000', PmeterL1: '-500', PrealL1: '900', Pbat: '-100' };
const DETAIL = { ...LIVE, BatV: '49.8', VcellLow: '17042704', EpvTotal: '1000.0', Einput: '500.0', Eoutput: '800.0' };
const zeros = (texts: object) => Object.fromEntries(Object.keys(texts).map((key) => [key, '0']));

const ODD: readonly (readonly [kind: 'live' | 'detail', texts: Readonly<Record<string, string>>])[] = [
  ['live', { ...LIVE, SOC: '6553.5' }],
  ['live', { ...LIVE, SOC: '102.4' }],
  ['live', { ...LIVE, SOC: '-1' }],
  ['live', { ...LIVE, Ppv1: '65533' }],
  ['live', { ...LIVE, PrealL1: '4294967295' }],
  ['live', { ...LIVE, Pbat: '-214748364.8000' }],
  ['live', zeros(LIVE)],
  ['detail', { ...DETAIL, VcellLow: '4294967295' }],
  ['detail', { ...DETAIL, EpvTotal: '429496729.5' }],
  ['detail', zeros(DETAIL)],
];

it('is in no roll-up, no chart, no line and no energy, and comes back as it came', () => {
  const { db, calendar, fold } = folded();
  const readers = {
    live: new ReadingReader('live', new FormBook()),
    detail: new ReadingReader('detail', new FormBook()),
  };
  const heard = (kind: 'live' | 'detail', time: number, texts: Readonly<Record<string, string>>) => {
    const reading = readers[kind].read(Object.keys(texts), Object.values(texts)) ?? expect.unreachable();
    expect(wireTexts({ ...reading, serial: '' })).toEqual(Object.entries(texts));
    const { values, rest } = reading;
    return {
      battery: 1,
      kind: kind as ReadingKind,
      time,
      batteryTime: time,
      receivedMs: time * 1000,
      form: null,
      rest,
      values,
    };
  };
  for (let minute = 0; minute < 60; minute++) {
    const [kind, texts] = ODD[minute % 20] ?? (['live', LIVE] as const);
    fold(heard('live', M + minute * 60, LIVE), heard('live', M + minute * 60 + 10, LIVE));
    fold(heard(kind, M + minute * 60 + 20, texts));
    if (minute % 5 === 0) fold(heard('detail', M + minute * 60 + 5, DETAIL));
  }

  const fields = ['soc', 'pv_power', 'load_power', 'battery_power', 'inverter_power'];
  const good: Record<string, number> = {
    soc: 62,
    pv_power: 1000,
    load_power: 400,
    battery_power: -100,
    inverter_power: 900,
  };
  const query = { battery: 1, fields, from: M, to: M + 3600, step: '1 min' } as const;
  const charts = [
    series(db, 'minute', query, calendar),
    series(db, 'hour', { ...query, step: '1 h' }, calendar),
    readingSeries(db, 'live', query, calendar),
  ];
  for (const { lines } of charts) {
    fields.forEach((name, index) => {
      for (const values of Object.values(lines[index] ?? {})) expect(new Set(values)).toEqual(new Set([good[name]]));
    });
  }

  const line = lineOf('alphaess');
  for (const [kind, texts] of ODD) {
    const told = line({ ...heard(kind, M, texts), battery: 'b3f1c2' }) ?? '';
    expect(told).not.toMatch(/6553|65\.535|65533|102\.4|42949|21474|soc=-1|soc=0/);
  }
  expect(line({ ...heard('live', M, zeros(LIVE)), battery: 'b3f1c2' })).toBeNull();

  const { day } = new DayEnergy(db, calendar).of(1, M);
  // An hour at 1 kW of sun at most, of which the counters, which stood, allow a step.
  for (const kilowattHours of day?.energies ?? expect.unreachable()) expect(kilowattHours ?? 0).toBeLessThanOrEqual(1);
});
