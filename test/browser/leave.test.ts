/**
 * Leaving, on the page: the word is typed, what is done was seen, and it is taken back.
 */
import { expect, it } from 'vitest';
import { until } from '../server.ts';
import { ControlledHouse } from './controlled-house.ts';
import { inChromium } from './suite.ts';

inChromium(
  'Leaving',
  async () => (await ControlledHouse.start()).isReady(),
  (browser, house) => {
    it('begins with the typed word, says what is seen and what is to do, and is taken back', async () => {
      const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
      await tab.page.evaluate('location.hash = "#/system"');
      await tab.page.getByRole('button', { name: 'What is to be done' }).click();
      const begin = tab.page.getByRole('button', { name: 'Put batteries back' });
      await begin.waitFor();
      expect(await begin.isDisabled()).toBe(true);
      await tab.page.getByLabel(/Type .leave. to begin/).fill('leav');
      expect(await begin.isDisabled()).toBe(true);
      await tab.page.getByLabel(/Type .leave. to begin/).fill('leave');
      await begin.click();
      await tab.reads('.leave', /Begun .* do nothing new\..* seen this server has changed none of its settings/);
      await tab.reads('.leave', /to do it is connected to this server.*Not done yet\./);
      expect((await house().control()).unavailable).toMatch(/about to leave/);
      if (process.env.PICTURES)
        await tab.page.screenshot({ path: `${process.env.PICTURES}/leave.png`, fullPage: true });
      await tab.page.getByRole('button', { name: 'Stay' }).click();
      await until('control again', async () => (await house().control()).unavailable === null);
      tab.isWithoutComplaint();
    });
  },
);
