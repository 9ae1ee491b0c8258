import { expect, it } from 'vitest';
import { event, SERIAL, T } from '../../test/records.ts';
import { BatteryLog } from './battery-log.ts';

/** An entry of one battery's log at a time of its own clock. */
const entry = (batteryTime: number, change = {}) =>
  event({ source: 'battery', name: 'EventLog', code: 41, batteryTime, receivedMs: T * 1000, ...change });
const times = (entries: readonly { batteryTime: number | null }[]) => entries.map(({ batteryTime }) => batteryTime);

function withEntries(...entries: readonly ReturnType<typeof entry>[]): BatteryLog {
  const log = new BatteryLog();
  for (const one of entries) log.add(one);
  return log;
}

it('waits for the first reading, then tells the oldest first', () => {
  const log = withEntries(entry(300), entry(100), entry(200));
  expect(log.due(T * 1000 + 29_999)).toEqual([]);
  log.delivers(SERIAL);
  expect(times(log.due(T * 1000))).toEqual([100, 200, 300]);
  expect(log.due(T * 1000)).toEqual([]);
});

it('waits no more once readings come, and repeats nothing', () => {
  const log = withEntries(entry(100));
  log.delivers(SERIAL);
  log.due(T * 1000);
  for (const time of [300, 200, 100]) log.add(entry(time));
  expect(times(log.due(T * 1000))).toEqual([200, 300]);
});

it('waits half a minute at most', () => {
  const log = withEntries(entry(100), entry(200, { receivedMs: T * 1000 + 20_000 }));
  expect(times(log.due(T * 1000 + 30_000))).toEqual([100, 200]);
});

it('waits no longer than the connection lasts', () => {
  const log = withEntries(entry(100));
  expect(times(log.take(SERIAL))).toEqual([100]);
  expect(log.take(SERIAL)).toEqual([]);
});

it('keeps no more than a hundred waiting', () => {
  const log = withEntries(...Array.from({ length: 99 }, (_, index) => entry(index + 1)));
  expect(log.due(T * 1000)).toEqual([]);
  log.add(entry(100));
  expect(log.due(T * 1000)).toHaveLength(100);
});

it('does not wait for a battery that nobody knows', () => {
  expect(times(withEntries(entry(100, { battery: null })).due(T * 1000))).toEqual([100]);
});

it('knows nothing any more of a battery that is forgotten', () => {
  const log = withEntries(entry(100));
  log.delivers(SERIAL);
  log.due(T * 1000);
  log.forget(SERIAL);
  log.add(entry(100));
  expect(log.due(T * 1000)).toEqual([]);
  log.delivers(SERIAL);
  expect(times(log.due(T * 1000))).toEqual([100]);
});
