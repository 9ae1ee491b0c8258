/**
 * What the vendor gave for each battery.
 */
import { describe, expect, it } from 'vitest';
import { configuration, OTHER, SERIAL, T, vendorConfiguration } from '../records.ts';
import { type Backend, House } from './backend.ts';

export function vendor(backend: Backend): void {
  describe('configurations of the vendor', () => {
    const told = async (house: House, serial = SERIAL) => {
      const vendor = (await house.store.batteryOf(serial))?.vendor;
      const all = Object.entries(vendor?.configurations ?? {}).map(([role, { body, receivedMs, source }]) => [
        role,
        Buffer.from(body.reveal()).toString('latin1'),
        receivedMs - T * 1000,
        source,
      ]);
      return [all, vendor?.reported?.text.reveal()];
    };

    it('are one of each role, the last that was said, until there is none; with what the battery last told', async () => {
      const house = new House(backend.place());
      await house.store.commit([configuration('A', 1), configuration('B', 2)]);
      await house.store.commit([
        vendorConfiguration('held', 'one'),
        vendorConfiguration('held', 'two\u0000'),
        vendorConfiguration('newest', 'three', { source: 'import', receivedMs: T * 1000 + 9 }),
        vendorConfiguration('passed', 'four', {}, OTHER),
      ]);
      const expected = [
        [
          ['newest', 'three', 9, 'import'],
          ['held', 'two\u0000', 0, 'relay'],
        ],
        'B',
      ];
      const sorted = async (one: House) => {
        const [all, reported] = await told(one);
        return [(all as string[][]).sort(([a], [b]) => (b as string).localeCompare(a as string)), reported];
      };
      for (const one of [house, house.afterPowerCut()]) expect(await sorted(one)).toEqual(expected);
      const last = await house.again();
      expect(await sorted(last)).toEqual(expected);
      await last.store.commit([vendorConfiguration('held', null), vendorConfiguration('newest', null)]);
      expect(await told(last)).toEqual([[], undefined]);
      expect(await told(last, OTHER)).toEqual([[['passed', 'four', 0, 'relay']], undefined]);
    });
  });
}
