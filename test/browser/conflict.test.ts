/**
 * Another device that says it is the battery: the page says so, and its owner decides.
 */
import { expect, it } from 'vitest';
import { liveBody, Peer, until } from '../server.ts';
import { frameByHand } from '../wire.ts';
import { ask, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const NEIGHBOUR = '127.0.0.66';
const SERIAL = 'ALSIM0000001';

inChromium(
  'A conflict',
  () => startHouse({}),
  (browser, house) => {
    it('is said on top, kept out of what is shown, and gone when the owner has decided', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/now' });
      const neighbour = await Peer.connect(house().server.port, NEIGHBOUR);
      const conflict = async () => {
        neighbour.send(frameByHand(1, 16, liveBody(SERIAL, Math.floor(Date.now() / 1000), { SOC: '99.9' })));
        const [battery] = await ask<{ conflict: unknown; live: { values: { soc: number } } }[]>(
          house().origin,
          'batteries',
        );
        expect(battery?.live.values.soc).not.toBe(99.9);
        return battery?.conflict;
      };
      await until('a conflict', conflict, 30_000);
      await tab.reads('.wellness', /Another device says that it is .*What it sends is kept apart/);
      await tab.show('system');
      await tab.reads('.conflict', /Another device, at another address, .*Trust the other device Keep refusing it/);
      await tab.page.getByRole('button', { name: 'Keep refusing it', exact: true }).click();
      await until('the notice to be gone', async () => (await tab.texts('.conflict')).length === 0);
      await conflict();
      await tab.show('now');
      await tab.reads('.wellness', /^(?!.*Another device)/);
      tab.isWithoutComplaint();
    });
  },
);
