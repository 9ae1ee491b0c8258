import { expect, it } from 'vitest';
import { event, SERIAL, T, valuesOf } from '../../../test/records.ts';
import { eventView, gapView, iso, named } from './values.ts';

it('are those that are there, under our names, without a serial number in their texts', () => {
  const values = valuesOf('live', { soc: 0, pv_power: 12.5, load_power_method: `by ${SERIAL}` });
  expect(named('live', values, [SERIAL])).toEqual({ soc: 0, pv_power: 12.5, load_power_method: 'by [private]' });
});

it('are events in words, without what is private', () => {
  expect(eventView(event({ time: T, text: `${SERIAL} 192.168.1.20` }), [SERIAL])).toEqual({
    time: iso(T * 1000),
    received_at: iso(T * 1000),
    source: 'battery',
    name: 'EventLog',
    code: 41,
    meaning: 'connected to the server (inferred)',
    text: '[private] [private]',
  });
  expect(eventView(event({ code: null }), [])).toMatchObject({ time: null, meaning: null });
});

it('are gaps with their minutes', () => {
  const gap = { number: 1, from: T, to: T + 600, filledMinutes: 4, state: 'partly', askedMs: T * 1000 } as const;
  expect(gapView(gap)).toMatchObject({ minutes: 9, filled_minutes: 4, state: 'partly', asked_at: iso(T * 1000) });
  expect(gapView({ ...gap, askedMs: null })).toMatchObject({ asked_at: null });
});
