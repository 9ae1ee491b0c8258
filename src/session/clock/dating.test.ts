import { describe, expect, it } from 'vitest';
import type { ReadingKind } from '../../model.ts';
import type { WireReading } from '../../protocol/reading.ts';
import { Batteries, type HeardBattery } from '../batteries.ts';
import { dateHeld, dateReading } from './dating.ts';

/** 11:04:11.9 UTC, which is measured as twelve; the battery's clock is an hour ahead. */
const NOW = { wallMs: 1_718_190_251_900, monoMs: 3 };
const ARRIVED = 1_718_190_251;
const AHEAD = 3600;

function battery(clock: boolean): HeardBattery {
  const heard = new Batteries(1).hear('AL1') as HeardBattery;
  if (clock) heard.clock.sample(ARRIVED + AHEAD, { wallMs: ARRIVED * 1000, monoMs: 0 });
  return heard;
}

const reading = (kind: ReadingKind, batteryTime: number | null): WireReading => ({
  kind,
  serial: 'AL1',
  batteryTime,
  values: [],
  rest: null,
  form: null,
  unread: [],
  implausible: null,
});

describe('a reading of the battery', () => {
  it.each<[string, ReadingKind, number | null, boolean, number | null]>([
    ['is of the second it came without a time of its own', 'detail', null, true, ARRIVED],
    ['is of its battery’s time', 'detail', ARRIVED + AHEAD - 5, true, ARRIVED - 5],
    ['has no time while the clock is not known', 'detail', ARRIVED + AHEAD, false, null],
    ['has none either of the battery’s memory', 'history', ARRIVED + AHEAD, false, null],
    ['is of its battery’s time from its memory, too', 'history', ARRIVED + AHEAD - 600, true, ARRIVED - 600],
    ['is of the second it came where its battery’s is to come', 'detail', ARRIVED + AHEAD + 300, true, ARRIVED],
    ['is of the second it came where its memory is of a time to come', 'history', ARRIVED + AHEAD + 300, true, ARRIVED],
  ])('%s', (_, kind, batteryTime, clock, time) => {
    expect(dateReading(reading(kind, batteryTime), battery(clock), NOW)).toEqual({ time, outputs: [] });
  });

  it('teaches the clock where it is live', () => {
    const heard = battery(false);
    const { time, outputs } = dateReading(reading('live', ARRIVED + AHEAD), heard, NOW);
    expect(time).toBe(ARRIVED + 1);
    expect(outputs).toMatchObject([
      { type: 'record', record: { type: 'clock', epochs: [{ offsetSeconds: AHEAD - 1 }] } },
    ]);
    expect(heard.live?.time).toBe(ARRIVED + 1);
  });
});

describe('readings of a battery, by a server whose clock is set', () => {
  it('leave the gap there was, and no other', () => {
    const heard = battery(false);
    const tell = (second: number, off: number) => {
      const now = { wallMs: (ARRIVED + second + off) * 1000, monoMs: second * 1000 };
      const { time } = dateReading(reading('live', ARRIVED + AHEAD + second), heard, now);
      const gap = heard.backfill.heard(time as number, now.wallMs, heard.clock.settled, now.monoMs);
      return gap === null ? null : [gap.from - ARRIVED, gap.to - ARRIVED];
    };
    expect([0, 10, 20, 400].map((second) => tell(second, -7200))).toEqual([null, null, null, [-7180, -6800]]);
    const now = { wallMs: (ARRIVED + 430) * 1000, monoMs: 430_000 };
    for (const second of [410, 420]) tell(second, 0);
    const { outputs } = dateReading(reading('live', ARRIVED + AHEAD + 430), heard, now);
    expect(outputs).toMatchObject([
      { record: { type: 'clock', epochs: [{ reason: 'server_clock', offsetSeconds: AHEAD }] } },
      { record: { type: 'gap', gap: { from: ARRIVED + 20, to: ARRIVED + 400 } } },
    ]);
  });
});

describe('a detail that is the first to come since the server’s clock was set', () => {
  it('is of when it came, and moves with what came since when the clock is set again', () => {
    const heard = battery(false);
    const tell = (kind: ReadingKind, second: number, off: number) => {
      const now = { wallMs: (ARRIVED + second + off) * 1000, monoMs: second * 1000 };
      return dateReading(reading(kind, ARRIVED + AHEAD + second), heard, now);
    };
    for (const second of [0, 10, 20, 30]) tell('live', second, 0);
    expect(tell('detail', 35, -7200).time).toBe(ARRIVED + 35 - 7200);
    tell('live', 40, -7200);
    tell('live', 50, -7200);
    const { outputs } = tell('live', 60, -7200);
    // It stays at its arrival: its offset is not one of those before the step, which move.
    expect(outputs[0]).toMatchObject({
      record: { corrections: [{ oldOffsetSeconds: AHEAD, newOffsetSeconds: AHEAD + 7200 }] },
    });
  });
});

describe('a clock that stood still before it was heard', () => {
  const tell = (heard: HeardBattery, second: number, told: number, value = second) => {
    const now = { wallMs: (ARRIVED + second) * 1000, monoMs: second * 1000 };
    return dateReading({ ...reading('live', ARRIVED + AHEAD + told), values: [value] }, heard, now);
  };

  it('told when it was with its first reading: that is of when it came', () => {
    const heard = battery(false);
    for (const second of [0, 10, 20, 30]) tell(heard, second, second);
    // On another connection.
    heard.deliveredOn = 7;
    expect(tell(heard, 2000, 1000).time).toBe(ARRIVED + 1000);
    const { time, outputs } = tell(heard, 2010, 1000);
    expect(time).toBe(ARRIVED + 2010);
    const told = ARRIVED + AHEAD + 1000;
    expect(outputs).toMatchObject([
      {
        record: {
          ...{ type: 'clock', epochs: [] },
          corrections: [
            {
              ...{
                kinds: ['live'],
                fromBatteryTime: told,
                toBatteryTime: told,
                receivedSinceMs: (ARRIVED + 2000) * 1000,
              },
              ...{ oldOffsetSeconds: AHEAD, newOffsetSeconds: AHEAD - 1000 },
            },
          ],
        },
      },
      { type: 'problem', code: 'CLOCK_STANDS' },
    ]);
  });

  it('only then told when it was, if the first was on time', () => {
    const heard = battery(false);
    for (const second of [0, 10, 20, 30]) tell(heard, second, second);
    expect(tell(heard, 40, 30, 1).outputs).toMatchObject([{ type: 'problem', code: 'CLOCK_STANDS' }]);
  });
});

describe('epochs that are measured while nothing confirms the server’s clock', () => {
  const epochsOf = (outputs: ReturnType<typeof dateReading>['outputs']) =>
    outputs.flatMap((output) => (output.type === 'record' && output.record.type === 'clock' ? [output.record] : []));
  const tell = (heard: HeardBattery, second: number) => {
    const now = { wallMs: (ARRIVED + second) * 1000, monoMs: second * 1000 };
    return epochsOf(dateReading(reading('live', ARRIVED + AHEAD + second), heard, now).outputs);
  };

  it('are unconfirmed, until the system says that it is right', () => {
    const heard = battery(false);
    expect(tell(heard, 0)).toMatchObject([{ epochs: [{ number: 1, unconfirmed: true }] }]);
    expect(tell(heard, 10)).toEqual([]);
    heard.clock.server.told('synchronised');
    expect(tell(heard, 20)).toMatchObject([{ epochs: [{ number: 1 }], corrections: [] }]);
    expect(heard.unconfirmedFrom).toBeNull();
    expect(tell(heard, 30)).toEqual([]);
  });

  it('are confirmed from the beginning where it has said so', () => {
    const heard = battery(false);
    heard.clock.server.told('synchronised');
    const [record] = tell(heard, 0);
    expect(record?.epochs[0]).not.toHaveProperty('unconfirmed');
  });

  it('are confirmed together, from the first of this run', () => {
    const heard = battery(false);
    for (const second of [0, 10, 20, 30]) tell(heard, second);
    for (const second of [3640, 3650, 3660]) {
      const now = { wallMs: (ARRIVED + second) * 1000, monoMs: second * 1000 };
      dateReading(reading('live', ARRIVED + second), heard, now);
    }
    expect(heard.unconfirmedFrom).toBe(1);
    heard.clock.server.told('synchronised');
    const now = { wallMs: (ARRIVED + 3670) * 1000, monoMs: 3_670_000 };
    const [record] = epochsOf(dateReading(reading('live', ARRIVED + 3670), heard, now).outputs);
    expect(record?.epochs.map(({ number, unconfirmed }) => [number, unconfirmed])).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });
});

describe('a reading that is held', () => {
  it.each<[string, ReadingKind, number | null, boolean, number | null]>([
    ['is of the second it came without a time of its own', 'live', null, true, ARRIVED],
    ['is of the battery’s time where its clock may be that one', 'live', ARRIVED + AHEAD - 120, true, ARRIVED - 120],
    ['is of the second it came where it is another', 'live', ARRIVED + AHEAD - 121, true, ARRIVED],
    ['is of the second it came where it is another, ahead', 'detail', ARRIVED + AHEAD + 121, true, ARRIVED],
    ['is of the second it came while the clock is not known', 'live', ARRIVED + AHEAD, false, ARRIVED],
    ['has no time from its memory while the clock is not known', 'history', ARRIVED + AHEAD, false, null],
    ['is of the battery’s time from its memory', 'history', ARRIVED + AHEAD - 600, true, ARRIVED - 600],
    ['is of the second it came where its memory is of a time to come', 'history', ARRIVED + AHEAD + 300, true, ARRIVED],
  ])('%s', (_, kind, batteryTime, clock, time) => {
    expect(dateHeld(reading(kind, batteryTime), battery(clock), NOW)).toBe(time);
  });

  it('teaches nothing', () => {
    const heard = battery(true);
    const epochs = heard.clock.timeline.epochs;
    for (let second = 0; second < 100; second += 10) {
      const now = { wallMs: NOW.wallMs + second * 1000, monoMs: second * 1000 };
      dateHeld(reading('live', ARRIVED + 7200 + second), heard, now);
    }
    expect(heard.clock.timeline.epochs).toEqual(epochs);
    expect(heard).toMatchObject({ live: null, clockStands: false, deliveredOn: 0 });
  });
});
