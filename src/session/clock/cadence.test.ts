import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Cadence } from './cadence.ts';

const at = (second: number) => ({ wallMs: second * 1000, monoMs: second * 1000 });

/** Frames ten seconds apart, whose clock has stood since second 200. */
function stoodSince200(): Cadence {
  const cadence = new Cadence();
  for (let second = 0; second < 200; second += 10) cadence.hear(second, at(second), 1);
  return cadence;
}

/** By how much each is taken to be late, of a clock that stands. */
const lateness = (cadence: Cadence, arrivals: readonly number[], connection = 1) =>
  arrivals.map((second) => {
    cadence.hear(190, at(second), connection);
    return cadence.late;
  });

it('is what half of the intervals are, or more', () => {
  const cadence = new Cadence();
  expect(cadence.seconds).toBeNull();
  for (const [index, time] of [0, 10, 20, 30, 31, 42, 52].entries()) cadence.hear(time, at(index), 1);
  expect(cadence.seconds).toBe(10);
});

it('is not known where more frames come than seconds are told, nor is that a clock that stands', () => {
  const cadence = new Cadence();
  for (let index = 0; index < 100; index++) cadence.hear(Math.floor(index / 5), at(index / 5), 1);
  expect([cadence.seconds, cadence.stands, cadence.late]).toEqual([null, false, 0]);
});

it('is not of an outage, nor of a clock that was set back', () => {
  const cadence = stoodSince200();
  for (const time of [1000, 500, 1000, 500, 1000, 500]) cadence.hear(time, at(300), 1);
  expect(cadence.seconds).toBe(10);
});

it('frames on time are not late', () => {
  expect(lateness(stoodSince200(), [200, 210, 221, 230])).toEqual([0, 0, 1, 0]);
});

it('frames that were held up and come together are of when they were sent', () => {
  expect(lateness(stoodSince200(), [200, 245, 245, 245, 245, 250])).toEqual([0, 35, 25, 15, 5, 0]);
});

it('frames that were not sent make none late for long', () => {
  expect(lateness(stoodSince200(), [200, 245, 255, 265, 275])).toEqual([0, 35, 35, 0, 0]);
  expect(lateness(stoodSince200(), [200, 2000])).toEqual([0, 150]);
});

it('the first on another connection is not late', () => {
  const cadence = stoodSince200();
  expect(lateness(cadence, [200])).toEqual([0]);
  expect(lateness(cadence, [260, 270], 2)).toEqual([0, 0]);
});

it('tells that a clock stands though its frames come together', () => {
  const cadence = new Cadence();
  for (let second = 0; second < 20; second++) cadence.hear(second, at(second), 1);
  const stands = [0, 1, 2, 3].map(() => {
    cadence.hear(20, at(60), 1);
    return cadence.stands;
  });
  expect(stands).toEqual([false, false, false, false]);
  cadence.hear(20, at(60), 1);
  expect(cadence.stands).toBe(true);
  const slow = stoodSince200();
  lateness(slow, [200]);
  expect(slow.stands).toBe(false);
  lateness(slow, [200]);
  expect(slow.stands).toBe(true);
});

it('whatever the delays of a line on which nothing overtakes, each frame is of when it was sent', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(delays, (held) => {
      const cadence = stoodSince200();
      let arrived = 0;
      held.forEach((late, index) => {
        const sent = 200 + 10 * index;
        arrived = Math.max(arrived, sent + late);
        cadence.hear(190, at(arrived), 1);
        expect(arrived - cadence.late).toBeLessThanOrEqual(arrived);
        expect(Math.abs(arrived - cadence.late - sent)).toBeLessThanOrEqual(6);
      });
    }),
  );
});
