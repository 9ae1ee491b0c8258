import { describe, expect, it } from 'vitest';
import type { Settings } from '../../now/state.ts';
import { windowTimes } from './charge-windows.ts';

const first = (settings: Settings) => windowTimes(settings).charge_window_1;

describe('a window as times of day', () => {
  it.each<[Settings, string | null]>([
    [{ charge_window_1_start: 2, charge_window_1_end: 5 }, '02:00–05:00'],
    [{ charge_window_1_start: 22, charge_window_1_end: 6 }, '22:00–06:00'],
    [{ charge_window_1_start: 18, charge_window_1_end: 24 }, '18:00–24:00'],
    [{ charge_window_1_start: '02', charge_window_1_end: '5.0' }, '02:00–05:00'],
    [{ charge_window_1_start: 2, charge_window_1_end: 5, charge_window_1_end_minute: 30 }, '02:00–05:30'],
    [{ charge_window_1_start: 0, charge_window_1_end: 0 }, 'none'],
    [{ charge_window_1_start: 2 }, null],
    [{ charge_window_1_start: 2, charge_window_1_end: 25 }, null],
    [{ charge_window_1_start: 2, charge_window_1_end: 24, charge_window_1_end_minute: 1 }, null],
    [{ charge_window_1_start: 2, charge_window_1_end: 5, charge_window_1_start_minute: 60 }, null],
    [{ charge_window_1_start: 2.5, charge_window_1_end: 5 }, null],
    [{ charge_window_1_start: -1, charge_window_1_end: 5 }, null],
    [{ charge_window_1_start: '', charge_window_1_end: 5 }, null],
    [{ charge_window_1_start: 'x', charge_window_1_end: 5 }, null],
    [{ charge_window_1_start: null, charge_window_1_end: 5 }, null],
  ])('is of %j: %j', (settings, expected) => {
    expect(first(settings)).toBe(expected);
  });

  it('is told of all four, whatever is known', () => {
    expect(windowTimes({})).toEqual({
      charge_window_1: null,
      charge_window_2: null,
      discharge_window_1: null,
      discharge_window_2: null,
    });
  });
});
