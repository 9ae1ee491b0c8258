import { describe, expect, it } from 'vitest';
import type { WireReading } from '../../protocol/reading.ts';
import { type Newcomer, Newcomers } from './newcomers.ts';

const NOON = 1_718_193_600;
const at = (seconds: number) => ({ wallMs: 1_718_190_251_000 + seconds * 1000, monoMs: 7000 + seconds * 1000 });
const shown = (batteryTime: number | null, kind: WireReading['kind'] = 'live'): WireReading => ({
  kind,
  serial: 'A',
  batteryTime,
  values: [],
  rest: null,
  form: null,
  unread: [],
  implausible: null,
});

/** Whether it is believed after readings that come at these seconds and say these. */
function believed(...readings: readonly (readonly [arrival: number, said: number])[]): boolean {
  const newcomer = new Newcomers().of('A');
  return readings.map(([arrival, said]) => newcomer.heard(shown(NOON + said), at(arrival))).at(-1) ?? false;
}

describe('a newcomer has behaved like a battery', () => {
  it.each<[string, (readonly [number, number])[]]>([
    [
      'four readings over a minute',
      [
        [0, 0],
        [20, 20],
        [40, 40],
        [60, 60],
      ],
    ],
    [
      'seven, each ten seconds',
      [
        [0, 0],
        [10, 10],
        [20, 20],
        [30, 30],
        [40, 40],
        [50, 50],
        [60, 60],
      ],
    ],
    [
      'some five seconds late, or early by as much',
      [
        [0, 0],
        [25, 20],
        [35, 40],
        [60, 60],
      ],
    ],
    [
      'with another clock',
      [
        [0, 86_400],
        [20, 86_420],
        [40, 86_440],
        [60, 86_460],
      ],
    ],
    [
      'after a false start',
      [
        [0, 0],
        [1, 10],
        [21, 30],
        [41, 50],
        [61, 70],
      ],
    ],
    [
      'nearly ninety seconds apart',
      [
        [0, 0],
        [90, 90],
        [180, 180],
        [270, 270],
      ],
    ],
  ])('by %s', (_, readings) => {
    expect(believed(...readings)).toBe(true);
  });

  it.each<[string, (readonly [number, number])[]]>([
    [
      'three readings',
      [
        [0, 0],
        [30, 30],
        [60, 60],
      ],
    ],
    [
      'less than a minute',
      [
        [0, 0],
        [20, 20],
        [40, 40],
        [59.9, 60],
      ],
    ],
    [
      'a minute’s worth at once',
      [
        [0, 0],
        [0, 20],
        [0, 40],
        [0, 60],
      ],
    ],
    [
      'a clock that stands',
      [
        [0, 0],
        [20, 0],
        [40, 0],
        [60, 0],
      ],
    ],
    [
      'a time that runs ahead of its arrival',
      [
        [0, 0],
        [20, 21],
        [40, 44],
        [60, 66],
      ],
    ],
    [
      'a silence in between',
      [
        [0, 0],
        [20, 20],
        [111, 111],
        [121, 121],
      ],
    ],
    [
      'a clock that was set in between',
      [
        [0, 0],
        [20, 20],
        [40, 400],
        [60, 420],
      ],
    ],
  ])('not by %s', (_, readings) => {
    expect(believed(...readings)).toBe(false);
  });

  it('not by readings without a time, nor by others than live ones', () => {
    const newcomer = new Newcomers().of('A');
    for (const second of [0, 20, 40, 60, 80]) {
      expect(newcomer.heard(shown(null), at(second))).toBe(false);
      expect(newcomer.heard(shown(NOON + second, 'detail'), at(second))).toBe(false);
      expect(newcomer.heard(shown(NOON + second, 'history'), at(second))).toBe(false);
    }
    expect(newcomer.readings).toBe(0);
  });
});

const goesOn = (newcomer: Newcomer, second: number) => newcomer.heard(shown(NOON + second), at(second));

describe('newcomers', () => {
  const admitted = (newcomers: Newcomers, serials: readonly string[], second: number) =>
    serials.filter((serial) => newcomers.admit(newcomers.of(serial), at(second)));
  const some = (count: number) => Array.from({ length: count }, (_, index) => `N${index}`);

  it('come in eight at once, and then one a minute', () => {
    const newcomers = new Newcomers();
    expect(admitted(newcomers, some(20), 0)).toHaveLength(8);
    expect(newcomers.size).toBe(12);
    expect(admitted(newcomers, some(20).slice(8), 59)).toEqual([]);
    expect(admitted(newcomers, some(20).slice(8), 60)).toEqual(['N8']);
    expect(admitted(newcomers, some(20).slice(9), 239)).toEqual(['N9', 'N10']);
    expect(admitted(newcomers, some(30).slice(11), 100_000)).toHaveLength(8);
  });

  it('are the same while they wait', () => {
    const newcomers = new Newcomers();
    expect(newcomers.of('A')).toBe(newcomers.of('A'));
    expect(newcomers.of('a')).not.toBe(newcomers.of('A'));
    expect(newcomers.of('__proto__').serial).toBe('__proto__');
    expect(newcomers.size).toBe(3);
  });

  it('are bounded: one that was heard once goes before one that goes on, and of those the one heard longest ago', () => {
    const newcomers = new Newcomers(3);
    const battery = newcomers.of('battery');
    goesOn(battery, 0);
    goesOn(battery, 10);
    for (let second = 11; second < 100; second++) newcomers.of(`invented ${second}`);
    expect(newcomers.size).toBe(3);
    expect(newcomers.of('battery')).toBe(battery);
    for (const name of ['two', 'three']) for (const second of [0, 1]) goesOn(newcomers.of(name), second);
    newcomers.of('four');
    expect(newcomers.of('three').readings).toBe(2);
    expect(newcomers.of('battery')).not.toBe(battery);
  });

  it('are bounded where all of them go on', () => {
    const newcomers = new Newcomers(60);
    for (let number = 0; number < 70; number++) {
      for (const second of [0, 1]) goesOn(newcomers.of(`N${number}`), second);
    }
    expect(newcomers.size).toBe(60);
    expect(newcomers.of('N10').readings).toBe(2);
    expect(newcomers.of('N9').readings).toBe(0);
  });
});
