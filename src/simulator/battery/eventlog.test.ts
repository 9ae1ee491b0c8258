/** The event log, against the forms and habits of sample 1-1-9. */
import { expect, test } from 'vitest';
import { SimulatedEventLog } from './eventlog.ts';

const at = (hour: number, minute: number, second: number) => Date.UTC(2021, 2, 24, hour, minute, second) / 1000;
const entries = (log: SimulatedEventLog) => log.text().split(';').slice(0, -1);

test('begins with what was seen at a boot', () => {
  const log = new SimulatedEventLog();
  log.booted(at(14, 34, 15));
  log.connected(at(14, 34, 20));
  expect(entries(log)).toEqual([
    '21/03/24 14:34:20 41',
    '21/03/24 14:34:18 27',
    '21/03/24 14:34:18 24',
    '21/03/24 14:34:17 28',
    '21/03/24 14:34:17 23',
    '21/03/24 14:34:15 29',
  ]);
});

test('tells of the resets every half hour while it was offline', () => {
  const log = new SimulatedEventLog();
  log.connected(at(16, 0, 0));
  log.lost(at(17, 0, 0));
  log.connected(at(18, 10, 0));
  expect(entries(log)).toEqual([
    '21/03/24 18:10:00 41',
    '21/03/24 18:00:14 29',
    '21/03/24 18:00:00 30',
    '21/03/24 17:30:14 29',
    '21/03/24 17:30:00 30',
    '21/03/24 17:00:00 42',
    '21/03/24 16:00:00 41',
  ]);
});

test('holds sixteen, the newest, also after weeks offline or a clock set back', () => {
  const log = new SimulatedEventLog();
  log.lost(at(0, 0, 0));
  log.connected(at(0, 0, 0) + 30 * 86_400 + 5);
  expect(entries(log)).toHaveLength(16);
  expect(entries(log)[0]).toBe('21/04/23 00:00:05 41');
  log.lost(at(12, 0, 0));
  log.connected(at(11, 0, 0));
  expect(entries(log).slice(0, 2)).toEqual(['21/03/24 11:00:00 41', '21/03/24 12:00:00 42']);
});
