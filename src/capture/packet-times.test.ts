import { expect, it } from 'vitest';
import { PacketTimes } from './packet-times.ts';

it.each([
  ['1718186650.123456 IP 192.0.2.23.40312 > 198.51.100.7.7777: Flags [P.]', 'utc', 1_718_186_650_123.456],
  ['    Epoch Arrival Time: 1718186650.123456000', 'utc', 1_718_186_650_123.456],
  ['2024-06-12 11:04:10.5 IP …', 'local', Date.UTC(2024, 5, 12, 11, 4, 10, 500)],
  ['11:04:10.5 IP …', 'time of day', ((11 * 60 + 4) * 60 + 10.5) * 1000],
  ['IP 192.0.2.23.40312', 'utc', null],
])('%j has its time', (heading, are, ms) => {
  const times = new PacketTimes();
  times.heading(heading);
  expect(times.are).toBe(are);
  if (ms === null) expect(times.ms).toBeNull();
  else expect(times.ms).toBeCloseTo(ms, 2);
});

it('a time of day goes on after midnight', () => {
  const times = new PacketTimes();
  for (const text of ['23:59:59.0 IP', '00:00:01.0 IP', '00:00:00.5 IP', '12:00:00.0 IP']) times.heading(text);
  expect(times.ms).toBe(36 * 3_600_000);
});
