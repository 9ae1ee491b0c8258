import { expect, it } from 'vitest';
import { digestOfLine, valuesOfLine } from './0005-lines.ts';

it('a line is its row, by the names its values had', () => {
  const text = JSON.stringify([1, 2, 60, 3660, 61_000, 7, { Odd: 'x' }, 900, null, 'ac_side', 5]);
  const { kind, columns } = valuesOfLine(text, { live: [], detail: [], history: ['pv1_power', 'soc', 'method'] });
  expect(kind).toBe('history');
  expect(Object.fromEntries(columns)).toEqual({
    battery: 1,
    time: 60,
    battery_time: 3660,
    received_at: 61_000,
    form: 7,
    rest: '{"Odd":"x"}',
    pv1_power: 900,
    soc: null,
    method: 'ac_side',
  });
});

it('a line without names, or without anything more, gives what has one', () => {
  const { columns } = valuesOfLine(JSON.stringify([1, 0, 60, null, 61_000, null, null, 900]), null);
  expect([...columns.keys()]).toEqual(['battery', 'time', 'battery_time', 'received_at', 'form', 'rest']);
  expect(columns.get('rest')).toBeNull();
});

it('a digest is of what a reading says, with its arrival only where it tells no time', () => {
  const line = (batteryTime: number | null, receivedMs: number) =>
    digestOfLine(JSON.stringify([1, 0, 60, batteryTime, receivedMs, 7, null, 2]));
  // printf '[1,null,[2],null]' | sha256sum, its first 12 bytes in base64
  expect([line(1, 5), line(1, 6)]).toEqual(['pQg2StL2vKen6jkb', 'pQg2StL2vKen6jkb']);
  expect(line(null, 5)).not.toBe(line(null, 6));
});
