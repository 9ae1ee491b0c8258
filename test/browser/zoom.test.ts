/**
 * History: the way back from where one zoomed to, and the file of what is shown.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { until } from '../server.ts';
import { DAY, startHouse } from './house.ts';
import { drag, spanSeconds } from './spans.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

inChromium(
  'History, zoomed',
  () => startHouse({ days: 1 }),
  (browser, house) => {
    const open = async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/history?span=day' });
      await tab.drawn('history');
      return tab;
    };
    const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true }).click();

    it('goes back to what was shown before a drag, and farther by two clicks', async () => {
      const tab = await open();
      const day = await tab.text('.span-title');
      await drag(tab, 0.25, 0.5);
      await until('a shorter span', async () => (await tab.text('.span-title')) !== day);
      await tab.page.goBack();
      await tab.reads('.span-title', day);
      await tab.drawn('history');
      await tab.page.locator('.chart .u-over').first().dblclick();
      await until('a longer span', () => spanSeconds(tab) > 1.9 * DAY);
      await tab.page.goBack();
      await tab.reads('.span-title', day);
      tab.isWithoutComplaint();
    });

    it('leaves out of the CSV what is not shown', async () => {
      const tab = await open();
      await tab.page.locator('.values button[title="Show House"]').click();
      const [download] = await Promise.all([tab.page.waitForEvent('download'), button(tab, 'CSV')]);
      const [heading] = readFileSync(await download.path(), 'utf8').split('\r\n');
      expect(heading).toContain('pv_power_W');
      expect(heading).not.toContain('load_power');
      tab.isWithoutComplaint();
    });
  },
);
