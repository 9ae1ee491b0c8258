import { expect, it } from 'vitest';
import { event, SERIAL, T, valuesOf } from '../../test/records.ts';
import { shownEvent, shownGap, shownRest, shownValues } from './shown.ts';

it('are values that are there, under our names, without a serial number in their texts', () => {
  const values = valuesOf('live', { soc: 0, pv_power: 12.5, load_power_method: `by ${SERIAL}` });
  expect(shownValues('live', values, [SERIAL])).toEqual({
    soc: 0,
    pv_power: 12.5,
    load_power_method: 'by [private]',
  });
});

it('are values of each kind in its own columns, and none where a row is short', () => {
  for (const kind of ['live', 'detail', 'history'] as const) {
    const values = valuesOf(kind, { pv1_power: 7, pv_energy: 433.1 });
    const shown = shownValues(kind, values, []);
    expect([kind, shown.pv1_power ?? 7, shown.pv_energy ?? 433.1]).toEqual([kind, 7, 433.1]);
    expect(Object.keys(shown).length).toBeGreaterThan(0);
    expect(shownValues(kind, [], [])).toEqual({});
  }
});

it('are unknown fields without what seems private, and not too many of them', () => {
  const rest = { Xyz: '11', Address: '3 Example Lane', Note: `of ${SERIAL}`, Gone: null };
  expect(shownRest(rest, [SERIAL])).toEqual({ Xyz: '11', Note: 'of [private]' });
  expect(shownRest(null, [])).toEqual({});
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`Xyz${n}`, `${n}`]));
  expect(Object.keys(shownRest(many, []))).toHaveLength(50);
});

it('are events in words, without what is private', () => {
  expect(shownEvent(event({ time: T, text: `${SERIAL} 192.168.1.20` }), [SERIAL])).toEqual({
    timeMs: T * 1000,
    receivedAtMs: T * 1000,
    source: 'battery',
    name: 'EventLog',
    code: 41,
    meaning: 'connected to the server (inferred)',
    text: '[private] [private]',
  });
  expect(shownEvent(event({ code: null }), [])).toMatchObject({ timeMs: null, meaning: null });
});

it('are gaps with their minutes', () => {
  const gap = { number: 1, from: T, to: T + 600, filledMinutes: 4, state: 'partly', askedMs: T * 1000 } as const;
  expect(shownGap(gap)).toEqual({
    fromMs: T * 1000,
    toMs: (T + 600) * 1000,
    minutes: 9,
    filledMinutes: 4,
    state: 'partly',
    askedAtMs: T * 1000,
  });
  expect(shownGap({ ...gap, askedMs: null })).toMatchObject({ askedAtMs: null });
});
