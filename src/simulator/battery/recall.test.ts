/** All that a battery remembers, as the frames it would send. */
import { expect, test } from 'vitest';
import { crcByHand, hexOf } from '../../../test/wire.ts';
import { recall } from './recall.ts';

const START_MS = Date.UTC(2024, 5, 12, 11, 4, 10);
const OPTIONS = { seed: 'recall', index: 0, startMs: START_MS, historySeconds: 3600, utcOffsetSeconds: 3600 };

/** Command and lines of a frame, read by hand. */
function read(frame: Uint8Array): { command: number; header: string; rows: string[] } {
  const bytes = Buffer.from(frame);
  const end = 7 + bytes.readUInt32BE(3);
  expect([bytes[0], bytes[1], bytes.length]).toEqual([1, 1, end + 2]);
  expect(bytes.readUInt16BE(end)).toBe(crcByHand(bytes.subarray(0, end)));
  const [header = '', ...rows] = bytes.toString('latin1', 7, end).trimEnd().split('\n');
  return { command: bytes[2] ?? -1, header, rows };
}

test('it is every minute once, oldest first, up to three to a frame', () => {
  const frames = recall(OPTIONS).map(read);
  expect(frames.map(({ command, rows }) => [command, rows.length])).toEqual([
    ...Array.from({ length: 20 }, () => [12, 3]),
    [12, 1],
  ]);
  expect(new Set(frames.map(({ header }) => header.split(',').slice(0, 3).join())).size).toBe(1);
  const times = frames
    .flatMap(({ rows }) => rows)
    .map((row) => {
      const [date = '', time = ''] = row.split(',');
      return Date.parse(`${date.replaceAll('/', '-')}T${time}Z`) / 1000;
    });
  expect(times).toHaveLength(61);
  times.slice(1).forEach((time, index) => {
    expect(time - (times[index] ?? 0)).toBe(60);
  });
});

test('it ends when the demo begins, by the clock of the battery', () => {
  const last = recall(OPTIONS).map(read).at(-1)?.rows.at(-1) ?? '';
  expect(last).toMatch(/^2024\/06\/12,12:0[34]:\d\d,/);
});

test('it is the same for the same battery, and another for another', () => {
  const hex = (options: typeof OPTIONS) => recall(options).map(hexOf).join();
  expect(hex(OPTIONS)).toBe(hex(OPTIONS));
  expect(hex({ ...OPTIONS, index: 1 })).not.toBe(hex(OPTIONS));
});

test('of a battery that remembers nothing it is the minute that is', () => {
  expect(recall({ ...OPTIONS, historySeconds: 0 }).map((frame) => read(frame).rows.length)).toEqual([1]);
});
