/**
 * What was wanted of each battery's settings, and what became of it.
 */
import { describe, expect, it } from 'vitest';
import { configuration, controlChange, OTHER, SERIAL, schedule } from '../records.ts';
import { type Backend, House } from './backend.ts';

export function control(backend: Backend): void {
  describe('changes of settings', () => {
    it('are one for each number, as they were said last, frames and all', async () => {
      const house = new House(backend.place());
      await house.store.commit([
        configuration('A', 1),
        controlChange(2),
        controlChange(1),
        controlChange(1, {}, OTHER),
      ]);
      await house.store.commit([controlChange(1, { state: 'undone', key: 'a' })]);
      const areAsSaid = async (one: House) => {
        const known = await one.store.batteryOf(SERIAL);
        const expected = [
          { number: 1, state: 'undone', key: 'a' },
          { number: 2, state: 'done' },
        ];
        expect(known?.control).toMatchObject(expected);
        expect([...(known?.control?.[0]?.frames[0]?.bytes.reveal() ?? [])]).toEqual([1, 2, 3, 255]);
        expect(known?.reported?.text.reveal()).toBe('A');
        expect((await one.store.batteryOf(OTHER))?.reported).toBeNull();
      };
      await areAsSaid(house);
      await areAsSaid(house.afterPowerCut());
      await areAsSaid(await house.again());
    });

    it('go with schedules, of each battery as its owner set them last', async () => {
      const house = new House(backend.place());
      await house.store.commit([configuration('A', 1), schedule('{"windows":[]}'), controlChange(1, {}, OTHER)]);
      await house.store.commit([schedule('{"windows":[1]}')]);
      const areAsSet = async (one: House) => {
        expect((await one.store.batteryOf(SERIAL))?.schedules).toBe('{"windows":[1]}');
        expect((await one.store.batteryOf(OTHER))?.schedules).toBeNull();
      };
      await areAsSet(house);
      await areAsSet(house.afterPowerCut());
      await areAsSet(await house.again());
    });

    it('are planned by prices, of which those that were published last are kept', async () => {
      const house = new House(backend.place());
      const price = (from: number, to: number, paid: number) => ({ from, to, price: paid, known: 5 });
      await house.store.prices.replace(0, 20, [price(0, 10, 0.25), price(10, 20, -0.01)]);
      await house.store.prices.replace(10, 20, [price(10, 15, 0.3)]);
      const areAsPublished = async (one: House) => {
        expect(await one.store.prices.between(0, 20)).toEqual([price(0, 10, 0.25), price(10, 15, 0.3)]);
        expect(await one.store.prices.between(11, 12)).toEqual([price(10, 15, 0.3)]);
      };
      await areAsPublished(house);
      await areAsPublished(house.afterPowerCut());
      await areAsPublished(await house.again());
    });
  });
}
