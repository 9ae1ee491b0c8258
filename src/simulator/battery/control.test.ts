/** Windows and aims of the battery's controller. */
import { expect, test } from 'vitest';
import { aim, inWindow, SELF_CONSUMPTION, type SimulatedControl } from './control.ts';

test('a window holds from its first hour up to its last, past midnight too', () => {
  const night = [{ from: 22, end: 6 }];
  expect([21.9, 22, 23.5, 0, 5.9, 6, 12].map((hour) => inWindow(hour, night))).toEqual([
    ...[false, true, true, true, true, false, false],
  ]);
  expect([1.9, 2, 3.9, 4].map((hour) => inWindow(hour, [{ from: 2, end: 4 }]))).toEqual([false, true, true, false]);
  expect(inWindow(0, [{ from: 0, end: 0 }])).toBe(false);
});

test('each rule in turn', () => {
  const charge: SimulatedControl = {
    ...SELF_CONSUMPTION,
    gridCharge: true,
    chargeWindows: [{ from: 1, end: 5 }],
    highPercent: 80,
  };
  const both: SimulatedControl = { ...charge, dischargeControl: true, dischargeWindows: [{ from: 4, end: 8 }] };
  expect(aim(SELF_CONSUMPTION, 700, 2, 50, 5000)).toBe(700);
  expect(aim(charge, 700, 2, 50, 5000)).toBe(-5000);
  expect(aim(charge, 700, 2, 80, 5000)).toBe(0);
  expect(aim(charge, -700, 2, 80, 5000)).toBe(-700);
  expect(aim(charge, 700, 6, 50, 5000)).toBe(700);
  expect(aim(both, 700, 4.5, 50, 5000)).toBe(-5000);
  expect(aim(both, 700, 6, 50, 5000)).toBe(700);
  expect(aim(both, 700, 9, 50, 5000)).toBe(0);
});
