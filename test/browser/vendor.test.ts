/**
 * The vendor on the page: what it asked and what became of it, what it wants to change, and that it has set the clock.
 */
import { expect, it } from 'vitest';
import { inventIdentity } from '../../src/simulator/battery/identity.ts';
import { Random } from '../../src/simulator/random.ts';
import { parseScript } from '../../src/simulator/vendor/script.ts';
import { SimulatedVendorServer } from '../../src/simulator/vendor-server.ts';
import { atEnd, until } from '../server.ts';
import { ask, batteriesAt, SEED, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const SCRIPT = '1 Update\n2 SyncTime\n3 upload_log\n4 SetConfig SetFeed=50 Address=invented_street_5';

async function relayedHouse() {
  const vendor = new SimulatedVendorServer({ host: '127.0.0.1', port: 0, script: parseScript(SCRIPT) });
  await vendor.start();
  atEnd(() => vendor.stop());
  const house = await startHouse({
    environment: {
      ALPHAESS_LOCAL_RELAY_UPSTREAM: `127.0.0.1:${vendor.port}`,
      ALPHAESS_LOCAL_RELAY_ALLOW_PRIVATE_UPSTREAM: 'true',
    },
  });
  const [battery] = await batteriesAt(house.origin);
  const id = battery?.id ?? expect.unreachable('no battery');
  const asked = () => ask<{ held: unknown } | null>(house.origin, `batteries/${id}/vendor`);
  await until('what is held', async () => (await asked())?.held, 30_000);
  return { ...house, id, asked };
}

inChromium('The vendor', relayedHouse, (browser, house) => {
  const secrets = Object.values(inventIdentity(new Random(SEED).fork('battery/0').fork('identity'), 0));

  it('is a line of System that leads to what it asked, and what became of it', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
    await tab.drawn('system');
    await until('the line', async () => (await tab.text()).includes('1 of 1 connected'));
    await tab.page.click('.panel-head a[href^="#/vendor"]');
    await tab.drawn('vendor');
    const rows = await tab.texts('.vendor-requests tbody tr');
    const fates = rows.map((row) => row.replace(/^.*?(\w+)\s+(\w+)$/s, '$1 $2'));
    expect(fates).toEqual(expect.arrayContaining(['SyncTime passed', 'upload_log blocked', 'Update blocked']));
    expect(await tab.text('.clock-set')).toContain('Your vendor has just set the clock');
    tab.isWithoutComplaint();
  });

  it.each([
    ['desktop', 1280, 860],
    ['telephone', 360, 740],
  ])('fits on a %s, and tells nothing private', async (name, width, height) => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/vendor', width, height });
    await tab.drawn('vendor');
    expect(await tab.ask<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    const told = await tab.told();
    for (const secret of [...secrets.filter(({ length }) => length >= 6), 'invented street 5'])
      expect(told.includes(secret), 'a secret was told').toBe(false);
    if (process.env.PICTURES)
      await tab.page.screenshot({ path: `${process.env.PICTURES}/vendor-${name}.png`, fullPage: true });
  });

  it('is shown between whom each frame went', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/frames' });
    await tab.drawn('frames');
    await tab.page.getByRole('button', { name: 'From vendor', exact: true }).click();
    await until('those alone', async () => {
      const directions = await tab.texts('.frame-direction');
      return directions.length > 0 && directions.every((one) => one.includes('from vendor'));
    });
    tab.isWithoutComplaint();
  });

  it('waits for the owner’s word on a change, and takes it', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/vendor' });
    await tab.drawn('vendor');
    const held = await tab.text('.held');
    expect(held).toMatch(/SetFeed.*100.*50/s);
    expect(held).toMatch(/Address.*private/s);
    await tab.page.getByRole('button', { name: 'Refuse', exact: true }).click();
    await until('that nothing is held', async () => (await house().asked())?.held === null);
    await until('that nothing is shown', async () => (await tab.texts('.held')).length === 0);
    tab.isWithoutComplaint();
  });
});
