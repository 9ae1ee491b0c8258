/** How a session dates what a battery says. */
import { describe, expect, it } from 'vitest';
import {
  acquainted,
  DETAIL,
  EPOCH,
  FIRST_LIVE,
  FIRST_LIVE_TIME,
  history,
  LIVE_SUCCESS,
  live,
  NOON_SECONDS,
  OFFSET,
  SERIAL,
} from '../../test/acquainted.ts';
import { dialogue, NOON } from '../../test/dialogue.ts';
import { frameByHand } from '../../test/wire.ts';
import { Private } from '../model.ts';
import { Batteries } from './batteries.ts';

describe('the battery’s clock', () => {
  const packet = history(`2024/06/12,11:14:22,${SERIAL},1722`, `2024/06/12,11:15:22,${SERIAL},1731`);

  it('leaves history undated before the first live frame, and dates it after', () => {
    dialogue()
      .sends(12, packet)
      .meets(SERIAL)
      .keeps({ kind: 'history', time: null, batteryTime: 1_718_190_862, values: { pv1_power: 1722 } })
      .keeps({ kind: 'history', time: null, batteryTime: 1_718_190_922, values: { pv1_power: 1731 } })
      .success(12)
      .battery(FIRST_LIVE)
      .keeps({ type: 'clock', epochs: [{ offsetSeconds: OFFSET }] })
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS)
      .sends(12, packet)
      .keeps({ kind: 'history', time: 1_718_190_862 - OFFSET })
      .keeps({ kind: 'history', time: 1_718_190_922 - OFFSET })
      .success(12);
  });

  it('is not taken from a detail, which waits for the first live frame', () => {
    dialogue()
      .battery(DETAIL)
      .meets(SERIAL)
      .keeps({ kind: 'detail', time: null, batteryTime: FIRST_LIVE_TIME + 16 })
      .success(5)
      .battery(FIRST_LIVE)
      .keeps({ type: 'clock', epochs: [EPOCH] })
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS)
      .after(16)
      .battery(DETAIL)
      .keeps({ kind: 'detail', time: FIRST_LIVE_TIME + 16 - OFFSET })
      .success(5);
  });

  it('is not taken from a detail without a time', () => {
    dialogue()
      .sends(5, `{"SN":"${SERIAL}","Ppv1":"1"}`)
      .meets(SERIAL)
      .keeps({ kind: 'detail', time: NOON_SECONDS, batteryTime: null })
      .success(5);
  });

  it('is not moved by a single live frame, which is dated by its arrival where it is of a time to come', () => {
    acquainted()
      .after(7)
      .sends(16, live('2024/06/12 15:00:00'))
      .keeps({ type: 'reading', batteryTime: 1_718_204_400, time: NOON_SECONDS + 7 })
      .success(16)
      .after(3)
      .sends(16, live('2024/06/12 15:00:00'))
      .keeps({ type: 'reading', batteryTime: 1_718_204_400, time: NOON_SECONDS + 7 })
      .success(16)
      .sends(16, live('2024/06/12 11:00:00'))
      .keeps({ type: 'reading', batteryTime: 1_718_190_000, time: 1_718_190_000 - OFFSET })
      .success(16);
  });

  it.each([
    [5, '2024/06/12 12:05:10', 60],
    [5, '2024/06/12 12:05:11', 0],
    [5, '2099/01/01 00:00:00', 0],
    [16, '2024/06/12 12:05:10', 60],
    [16, '2024/06/12 12:05:11', 0],
  ])('dates nothing more than a minute ahead of its arrival: %i of %s', (command, time, ahead) => {
    acquainted()
      .sends(command, live(time))
      .keeps({ type: 'reading', time: NOON_SECONDS + ahead })
      .success(command);
  });

  it.each(['2099/01/01,00:00:00', '2024/06/12,12:14:22'])('dates no history ahead of its arrival: %s', (time) => {
    acquainted()
      .sends(12, history(`${time},${SERIAL},1722`))
      .keeps({ kind: 'history', time: NOON_SECONDS })
      .success(12);
  });

  it.each([
    ['.000', 3599],
    ['.299', 3599],
    ['.301', 3598],
    ['.999', 3598],
  ])('is in whole seconds, the nearest but for a fifth: arrival at %s s', (fraction, offsetSeconds) => {
    const at = { wallMs: NOON.wallMs + Number(fraction) * 1000, monoMs: 0 };
    dialogue({ at })
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock', epochs: [{ offsetSeconds }] })
      .keeps({})
      .success(16);
  });

  it('is the one known from before; what was so long ago by it was not held up: it is of when it came', () => {
    const batteries = new Batteries(10);
    const jump = { ...EPOCH, number: 2, sinceMs: 2000, possibleSinceMs: 2000, reason: 'jump' as const };
    const epochs = [
      { ...EPOCH, sinceMs: 1000, possibleSinceMs: 1000, offsetSeconds: 60 },
      { ...jump, offsetSeconds: 36_000 },
    ];
    const known = { id: 'b3f1c2', serial: new Private(SERIAL), firstSeenMs: 1, openGaps: [], lastGapNumber: 0 };
    batteries.restore({ ...known, epochs, newest: null, trust: { peers: [], lastRun: 0 } });
    dialogue({ batteries })
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'reading', time: NOON.wallMs / 1000 })
      .server(LIVE_SUCCESS);
  });

  it.each(['2024/13/12 12:04:10', '', 'noon', '2024/06/12 24:00:00', '0000/00/00 00:00:00'])(
    'is not set by a time nobody can read (%s): the reading is of the second it came',
    (time) => {
      const at = { wallMs: NOON.wallMs + 999, monoMs: 0 };
      dialogue({ at })
        .sends(16, live(time))
        .meets(SERIAL)
        .keeps({ type: 'reading', batteryTime: null, time: NOON_SECONDS, rest: { Time: time } })
        .success(16)
        .battery(FIRST_LIVE)
        .keeps({ type: 'clock', epochs: [{ offsetSeconds: 3598 }] })
        .keeps({ type: 'reading' })
        .success(16);
    },
  );
});

describe('a burst of live frames, each a second later than the one before', () => {
  it('is kept, answered and dated by its arrival, and the clock is what it was', () => {
    const told = dialogue();
    for (let second = 0; second < 600; second += 10) {
      told.sends(16, live(shown(second)));
      if (second === 0) told.meets(SERIAL).keeps({ type: 'clock' });
      told
        .keeps({ kind: 'live', time: NOON_SECONDS + second })
        .success(16)
        .after(10);
    }
    const frames = Array.from({ length: 200 }, (_, index) => frameByHand(1, 16, live(shown(601 + index))));
    told.battery(...frames);
    // The first minute of them is no further ahead than a clock that is not settled yet may make them.
    for (let ahead = 1; ahead <= 60; ahead++)
      told.keeps({ kind: 'live', time: NOON_SECONDS + 600 + ahead }).success(16);
    const now = [NOON_SECONDS + 600, NOON_SECONDS + 601];
    for (let index = 60; index < 200; index++) told.keeps({ kind: 'live', time: expect.toBeOneOf(now) }).success(16);
    told
      .after(10)
      .sends(16, live(shown(610)))
      .keeps({ kind: 'live', time: NOON_SECONDS + 610 })
      .success(16);
  });

  /** What the clock of the house shows so many seconds after NOON. */
  function shown(second: number): string {
    return new Date(NOON.wallMs + 3_600_000 + second * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ')
      .replaceAll('-', '/');
  }
});

describe('a clock that stands still', () => {
  const frozen = (power: number) => `{"Time":"2024/06/12 12:04:10","SN":"${SERIAL}","Ppv1":"${power}"}`;
  /** Heard at 12:04:10, which is NOON. */
  const standing = () =>
    dialogue()
      .sends(16, frozen(1))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16)
      .after(10)
      .sends(16, frozen(2))
      .reports('CLOCK_STANDS', '')
      .keeps({ kind: 'live', time: NOON_SECONDS + 10, batteryTime: FIRST_LIVE_TIME, values: { pv1_power: 2 } })
      .success(16);

  it('has its readings dated by their arrival, and that is said once', () => {
    standing()
      .after(10)
      .sends(16, frozen(3))
      .keeps({ kind: 'live', time: NOON_SECONDS + 20, batteryTime: FIRST_LIVE_TIME })
      .success(16)
      .sends(5, frozen(4))
      .keeps({ kind: 'detail', time: NOON_SECONDS + 20, batteryTime: FIRST_LIVE_TIME })
      .success(5);
  });

  it('is none where the same values come again: that is the same reading, wherever it was put', () => {
    dialogue()
      .sends(16, frozen(1))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16)
      .after(10)
      .sends(16, frozen(1))
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16);
    standing()
      .after(10)
      .sends(16, frozen(2))
      .keeps({ kind: 'live', time: NOON_SECONDS + 10 })
      .success(16)
      .after(10)
      .sends(16, frozen(3))
      .keeps({ kind: 'live', time: NOON_SECONDS + 30 })
      .success(16);
  });

  it('is none where two readings are of one second', () => {
    dialogue()
      .sends(16, frozen(1))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16)
      .after(1)
      .sends(16, frozen(2))
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16);
  });

  it('goes by itself again when it goes', () => {
    standing()
      .after(10)
      .sends(16, live('2024/06/12 12:04:30'))
      .keeps({ kind: 'live', time: NOON_SECONDS + 20, batteryTime: FIRST_LIVE_TIME + 20 })
      .success(16)
      .after(10)
      .sends(16, live('2024/06/12 12:04:30').replace('1890', '7'))
      .reports('CLOCK_STANDS')
      .keeps({ kind: 'live', time: NOON_SECONDS + 30 })
      .success(16);
  });

  it('makes no gap of the time in which it stood, and is asked for no history', () => {
    const told = standing();
    for (let second = 70; second <= 310; second += 60) {
      told
        .after(60)
        .sends(16, frozen(second))
        .keeps({ kind: 'live', time: NOON_SECONDS + second })
        .success(16);
    }
    told.nothing();
  });

  it('has its gaps noted, and is asked for no history', () => {
    standing()
      .after(89)
      .sends(16, frozen(5))
      .keeps({ kind: 'live', time: NOON_SECONDS + 99 })
      .success(16)
      .after(89)
      .sends(5, frozen(6))
      .keeps({ kind: 'detail', time: NOON_SECONDS + 188 })
      .success(5)
      .after(89)
      .sends(16, frozen(7))
      .keeps({ kind: 'live', time: NOON_SECONDS + 277 })
      .keeps({ type: 'gap', gap: { number: 1, from: NOON_SECONDS + 99, to: NOON_SECONDS + 277, state: 'open' } })
      .success(16);
  });
});
