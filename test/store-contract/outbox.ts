/**
 * What waits for outputs.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock, OTHER, reading, SERIAL, T, valuesOf } from '../records.ts';
import { type Backend, House, pass } from './backend.ts';

const POWER = valuesOf('live', { pv1_power: 1 }).indexOf(1);
const said = (power: number, time = T + power) => reading('live', time, { pv1_power: power });

/** What an output takes until nothing waits: powers. */
function taken(house: House, maxRows = 1000, name = 'one'): unknown[] {
  const outbox = house.outbox(name);
  const all: unknown[] = [];
  for (let batch = outbox.next(maxRows); batch.readings.length > 0; batch = outbox.next(maxRows)) {
    all.push(...batch.readings.map(({ values }) => values[POWER]));
    outbox.done(batch.upTo);
  }
  expect(outbox.waiting).toBe(0);
  return all;
}

export function outboxes(backend: Backend): void {
  const ONE = { outboxes: ['one'] };
  const fresh = () => new House(backend.place(), ONE);

  describe('an outbox', () => {
    it('is refused where the store was not opened for it', () => {
      expect(() => fresh().outbox('other')).toThrow(expect.objectContaining({ code: 'STORE_REFUSED' }));
    });

    it('gives what was committed since it is there, at once, in its order, each once', async () => {
      const house = new House(backend.place());
      await house.store.commit([said(1)]);
      const again = await house.again(ONE);
      expect(again.outbox().next(10).readings).toEqual([]);
      await again.store.commit([said(9), said(3)]);
      await again.store.commit([reading('history', T - 60, { soc: 50 }, { serial: OTHER })]);
      expect(again.outbox().waiting).toBe(3);
      expect(again.outbox().next(10).readings).toMatchObject([
        {
          battery: again.store.shortIdOf(SERIAL),
          kind: 'live',
          time: T + 9,
          values: valuesOf('live', { pv1_power: 9 }),
        },
        { kind: 'live', time: T + 3 },
        { battery: again.store.shortIdOf(OTHER), kind: 'history', time: T - 60 },
      ]);
      expect(again.outbox().newest()).toMatchObject({ kind: 'history', time: T - 60 });
      expect(taken(again)).toHaveLength(3);
      expect(again.outbox().newest()).toBeNull();
    });

    it('gives the same again until it is done, whatever the store does meanwhile', async () => {
      const house = fresh();
      for (const power of [1, 2, 3]) await house.store.commit([said(power)]);
      const batch = house.outbox().next(2);
      expect(batch.readings).toHaveLength(2);
      await house.store.commit([said(4)]);
      await pass();
      expect(house.outbox().next(2)).toEqual(batch);
      house.outbox().done(batch.upTo);
      expect(taken(house)).toEqual([3, 4]);
    });

    it('waits through the end and a power cut', async () => {
      const house = fresh();
      await house.store.commit([said(1)]);
      taken(house);
      await pass();
      await house.store.commit([said(2), said(3)]);
      for (const one of [house.afterPowerCut(ONE), await house.again(ONE)]) {
        expect(taken(one)).toEqual([2, 3]);
        await one.store.commit([said(4)]);
        expect(taken(one)).toEqual([4]);
      }
    });

    it('gives readings that waited for their clock once they are dated', async () => {
      const house = fresh();
      await house.store.commit([reading('history', null, { soc: 50 }, { batteryTime: T + 3600 })]);
      expect(house.outbox().waiting).toBe(0);
      await house.store.commit([clock(3600)]);
      await pass();
      expect(house.outbox().next(10).readings).toMatchObject([{ kind: 'history', time: T }]);
    });

    it('is one of several, each of which takes all for itself', async () => {
      const house = new House(backend.place(), { outboxes: ['one', 'two'] });
      await house.store.commit([said(1), said(2)]);
      expect(taken(house)).toEqual([1, 2]);
      await house.store.commit([said(3)]);
      expect([house.outbox().waiting, house.outbox('two').waiting]).toEqual([1, 3]);
      expect(taken(house, 1, 'two')).toEqual([1, 2, 3]);
    });

    it('that nobody wants any more is gone, which is told, and begins anew', async () => {
      const house = fresh();
      await house.store.commit([said(1), said(2)]);
      const without = await house.again({});
      expect(without.told).toEqual([['forgotten', 'one', 2, T + 1]]);
      const again = await without.again(ONE);
      expect(taken(again)).toEqual([]);
      await again.store.commit([said(3)]);
      expect(taken(again)).toEqual([3]);
    });

    it('hands out every reading that was committed, in order, and again only after a power cut', async () => {
      const step = fc.oneof(
        fc.record({ act: fc.constant('commit' as const), size: fc.integer({ min: 0, max: 4 }) }),
        fc.record({ act: fc.constant('take' as const), size: fc.integer({ min: 1, max: 5 }) }),
        fc.record({ act: fc.constantFrom('pass' as const, 'cut' as const, 'again' as const), size: fc.constant(0) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
          let house = fresh();
          let [committed, came] = [0, 0];
          const take = (size: number) => {
            const { upTo, readings } = house.outbox().next(size);
            for (const { values } of readings) {
              // In order without a hole; some of them perhaps for the second time.
              expect(Number(values[POWER])).toBeLessThanOrEqual(came);
              came = Math.max(came, Number(values[POWER]) + 1);
            }
            house.outbox().done(upTo);
          };
          for (const { act, size } of steps) {
            if (act === 'commit') await house.store.commit(Array.from({ length: size }, () => said(committed++)));
            else if (act === 'take') take(size);
            else if (act === 'pass') await pass();
            else if (act === 'cut') house = house.afterPowerCut(ONE);
            else {
              const { waiting } = house.outbox();
              house = await house.again(ONE);
              expect(house.outbox().waiting).toBe(waiting);
            }
          }
          while (house.outbox().waiting > 0) take(3);
          expect(came).toBe(committed);
          await house.stop();
        }),
        { numRuns: 15 },
      );
    });
  });
}
