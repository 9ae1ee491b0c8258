import { describe, expect, test } from 'vitest';
import { Random } from '../random.ts';
import { SimulatedDevice } from './device.ts';
import { SimulatedTransfer } from './transfer.ts';

const START_MS = Date.UTC(2021, 2, 24, 0, 0, 35);
/** The battery's clock stands ten hours ahead of UTC. */
function deviceWithTenMinutes(): SimulatedDevice {
  const options = { seed: 'transfer', startMs: START_MS, utcOffsetSeconds: 36_000, historySeconds: 600 };
  const device = new SimulatedDevice(options, new Random('transfer'));
  for (let minute = 0; minute < 10; minute++) device.remember();
  return device;
}
const EVERYTHING = 0;

function packets(transfer: SimulatedTransfer): string[][] {
  const all: string[][] = [];
  for (let rows = transfer.next(); rows.length > 0; rows = transfer.next()) all.push(rows.map((minute) => minute.row));
  return all;
}

describe('what a server asked for', () => {
  test('comes three minutes to a packet, oldest first, each once', () => {
    const device = deviceWithTenMinutes();
    const transfer = new SimulatedTransfer(device);
    const taken = transfer.ask(EVERYTHING, 100_000);
    const sent = packets(transfer);
    expect(taken).toBe(10);
    expect(sent.flat()).toHaveLength(10);
    expect(sent.slice(0, -1).every((packet) => packet.length === 3)).toBe(true);
    const times = sent.flat().map((row) => row.split(',').slice(0, 2).join(' '));
    expect(times).toEqual([...new Set(times)].sort());
  });

  test('is no more than was asked for', () => {
    const transfer = new SimulatedTransfer(deviceWithTenMinutes());
    expect(transfer.ask(EVERYTHING, 4)).toBe(4);
    expect(packets(transfer).map((packet) => packet.length)).toEqual([3, 1]);
  });

  test('begins after the time that was named', () => {
    const device = deviceWithTenMinutes();
    const all = new SimulatedTransfer(device);
    all.ask(EVERYTHING, 100);
    const rows = packets(all).flat();
    const [date, time] = (rows[3] as string).split(',');
    const transfer = new SimulatedTransfer(device);
    transfer.ask(Date.parse(`${(date as string).replaceAll('/', '-')}T${time}Z`) / 1000, 100);
    expect(packets(transfer).flat()).toEqual(rows.slice(4));
  });

  test('is forgotten with the connection', () => {
    const transfer = new SimulatedTransfer(deviceWithTenMinutes());
    transfer.ask(EVERYTHING, 100);
    transfer.forget();
    expect(transfer.next()).toEqual([]);
  });

  test('is bounded, however often it is asked', () => {
    const transfer = new SimulatedTransfer(deviceWithTenMinutes());
    const first = transfer.ask(EVERYTHING, 100_000);
    expect(transfer.ask(EVERYTHING, 100_000)).toBe(first);
    expect(transfer.ask(EVERYTHING, 100_000)).toBe(0);
  });
});
