/** Windows and aims of the battery's controller. */
import { expect, test } from 'vitest';
import { inWindow, SELF_CONSUMPTION, type SimulatedControl, SimulatedController } from './control.ts';

test('a window holds from its first hour up to its last, past midnight too', () => {
  const night = [{ from: 22, end: 6 }];
  expect([21.9, 22, 23.5, 0, 5.9, 6, 12].map((hour) => inWindow(hour, night))).toEqual([
    ...[false, true, true, true, true, false, false],
  ]);
  expect([1.9, 2, 3.9, 4].map((hour) => inWindow(hour, [{ from: 2, end: 4 }]))).toEqual([false, true, true, false]);
  expect(inWindow(0, [{ from: 0, end: 0 }])).toBe(false);
});

const charge: SimulatedControl = {
  ...SELF_CONSUMPTION,
  gridCharge: true,
  chargeWindows: [{ from: 1, end: 5 }],
  highPercent: 80,
};

function controller(settings: SimulatedControl): SimulatedController {
  const one = new SimulatedController();
  one.settings = settings;
  return one;
}

test('each rule in turn', () => {
  const both: SimulatedControl = { ...charge, dischargeControl: true, dischargeWindows: [{ from: 4, end: 8 }] };
  expect(new SimulatedController().aim(700, 2, 50, 5000)).toBe(700);
  expect(controller(charge).aim(700, 2, 50, 5000)).toBe(-5000);
  expect(controller(charge).aim(700, 2, 80, 5000)).toBe(0);
  expect(controller(charge).aim(-700, 2, 80, 5000)).toBe(-700);
  expect(controller(charge).aim(700, 6, 50, 5000)).toBe(700);
  expect(controller(both).aim(700, 4.5, 50, 5000)).toBe(-5000);
  expect(controller(both).aim(700, 6, 50, 5000)).toBe(700);
  expect(controller(both).aim(700, 9, 50, 5000)).toBe(0);
});

test('once the limit is reached it stays idle until the window ends, whatever becomes of the charge', () => {
  const one = controller(charge);
  expect([79, 80, 79.5, 70].map((percent) => one.aim(700, 2, percent, 5000))).toEqual([-5000, 0, 0, 0]);
  expect(one.aim(700, 5, 70, 5000)).toBe(700);
  // The next day.
  expect(one.aim(700, 1, 70, 5000)).toBe(-5000);
});

test('another limit begins anew', () => {
  const one = controller(charge);
  expect(one.aim(700, 2, 80, 5000)).toBe(0);
  one.settings = { ...charge, highPercent: 90 };
  expect(one.aim(700, 2, 80, 5000)).toBe(-5000);
});
