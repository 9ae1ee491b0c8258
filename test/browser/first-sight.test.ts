/**
 * What an owner sees at first: the charge, what flows and what today was, without scrolling; bars that add up.
 */
import { expect, it } from 'vitest';
import { ask, batteriesAt, isoOf, midnight, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const TAKEN = ['House', 'To the grid', 'Into the battery', 'Losses'];
const GIVEN = ['Sun', 'From the grid', 'Out of the battery'];

inChromium(
  'At first sight',
  () => startHouse({ days: 9, environment: { ALPHAESS_LOCAL_BATTERY_BACKFILL: 'false' } }),
  (browser, house) => {
    it.each([
      [360, 740],
      [768, 1024],
      [1280, 800],
      [2560, 1440],
    ])('of %i × %i shows flow, charge and today without scrolling', async (width, height) => {
      const tab = await Tab.open(browser(), house().origin, { width, height });
      await tab.drawn('now');
      await tab.reads('.node.battery .soc', /^\d+ %$/);
      const [bottom, charge, power] = await tab.ask<[number, number, number]>(`[
        Math.max(...['.flow-diagram', '.charge', '.energies'].map((one) => document.querySelector(one).getBoundingClientRect().bottom)),
        ...['.node.battery .soc', '.node.battery .value'].map((one) => parseFloat(getComputedStyle(document.querySelector(one)).fontSize)),
      ]`);
      // On a telephone the views stand below.
      const below = await tab.ask<number>(
        `getComputedStyle(document.querySelector('.views')).position === 'fixed'
          ? document.querySelector('.views').getBoundingClientRect().top : innerHeight`,
      );
      expect(bottom).toBeLessThanOrEqual(below);
      expect(charge).toBeGreaterThan(power);
      expect(await tab.ask<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      tab.isWithoutComplaint();
    });

    it('tells losses as a row, so that what was given is what was taken', async () => {
      const at = `#/history?span=any&from=${isoOf(midnight(2))}&to=${isoOf(midnight(1))}&as=energy`;
      const tab = await Tab.open(browser(), house().origin, { at });
      await tab.drawn('history');
      const rows = await tab.texts('.totals .energies tr');
      const sum = (names: readonly string[]) =>
        names.reduce((total, name) => {
          const row = rows.find((text) => text.startsWith(`${name} `));
          return total + Number(/(-?[\d.]+) kWh$/.exec(row ?? '')?.[1]);
        }, 0);
      // Each of the seven is rounded to a tenth at the most.
      expect(Math.abs(sum(GIVEN) - sum(TAKEN))).toBeLessThan(0.35);
      const [battery] = await batteriesAt(house().origin);
      const query = { from: isoOf(midnight(2)), to: isoOf(midnight(1)), per: 'day' };
      const { buckets } = await ask<{ buckets: Record<string, number>[] }>(
        house().origin,
        `batteries/${battery?.id}/energy`,
        query,
      );
      const of = (name: string) =>
        buckets.reduce((total, bucket) => total + (bucket[`${name}_energy`] ?? Number.NaN), 0);
      const lost =
        of('pv') + of('grid_import') + of('battery_discharge') - of('load') - of('grid_export') - of('battery_charge');
      expect(Math.abs(sum(['Losses']) - lost)).toBeLessThan(0.051);
      tab.isWithoutComplaint();
    });

    it('shows events that matter, and everyday running only when asked, repeated pairs as one', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/events' });
      await tab.drawn('events');
      const important = await tab.text('.events-view');
      expect(important).toContain('Message of the battery’s system');
      expect(important).not.toMatch(/The battery connected|Network link/);
      await tab.page.getByLabel('Everyday running too').check();
      const fold = await tab.reads('.event.fold .event-words', / entries since /);
      expect(fold).toMatch(
        /Network link (up ⇄ Network link reset|reset ⇄ Network link up) ?likely (\d+) entries since \d\d:\d\d/,
      );
      const count = Number(/(\d+) entries/.exec(fold)?.[1]);
      expect(count).toBeGreaterThan(5);
      await tab.page.click('.event.fold summary');
      const each = await tab.ask<number>(`document.querySelector('.event.fold details').querySelectorAll('li').length`);
      expect(each).toBe(count);
      tab.isWithoutComplaint();
    });
  },
);
