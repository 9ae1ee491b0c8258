/**
 * Schedules on the page, against the real server, a simulated battery and a service that has prices: from the form to what the battery does.
 */
import axe from 'axe-core';
import { expect, it } from 'vitest';
import { PriceServer } from '../price-server.ts';
import { atEnd, until } from '../server.ts';
import { ControlledHouse } from './controlled-house.ts';
import { inChromium } from './suite.ts';
import type { Tab } from './tab.ts';

/** Dear for three hours, then cheap: for a MWh. */
const PRICES = [400, 400, 400, 100, 120, 90, -20, ...Array(40).fill(200)];

/** The battery is asked, and answers; others may work on the machine. */
const ANSWERED_MS = 180_000;

const press = (tab: Tab, name: string | RegExp) => tab.page.getByRole('button', { name }).first().click();

/** Where PICTURES says so, what it looks like. */
async function picture(tab: Tab, name: string): Promise<void> {
  if (process.env.PICTURES)
    await tab.page.screenshot({ path: `${process.env.PICTURES}/schedules-${name}.png`, fullPage: true });
}

async function axeFindsNothing(tab: Tab): Promise<void> {
  await tab.ask(axe.source);
  const found = await tab.ask<{ id: string; nodes: { html: string; failureSummary: string }[] }[]>(
    'axe.run(document).then(({ violations }) => violations)',
  );
  expect(found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
}

const isNotWider = (tab: Tab) => tab.ask<boolean>('document.documentElement.scrollWidth <= innerWidth');

inChromium(
  'Schedules',
  async () => {
    const service = await PriceServer.start(PRICES, atEnd);
    const environment = { ALPHAESS_LOCAL_PRICES_URL: service.url, ALPHAESS_LOCAL_PRICES_UNIT: 'MWh' };
    return (await ControlledHouse.start({ environment })).isReady();
  },
  (browser, house) => {
    it(
      'by price: shown in words first, done once set, and over once it is removed',
      async () => {
        const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
        await tab.reads(
          '.schedule-prices',
          /Electricity costs 0\.400 EUR\/kWh now; prices are known until .*From 127\.0\.0\.1/,
        );
        await press(tab, 'Hold while it is dear');
        await tab.reads('.schedule-form [role=alert]', 'More than, EUR/kWh: expected a number.');
        await tab.page.getByLabel('More than, EUR/kWh').fill('0.3');
        await tab.reads('.schedule-foreseen', /above 0\.3: holds .* h\), at 0\.4 EUR\/kWh on average/i);
        expect(await house().changes()).toEqual([]);
        expect(await isNotWider(tab)).toBe(true);
        await axeFindsNothing(tab);
        await picture(tab, 'form-telephone');
        await press(tab, 'Set it');
        await tab.reads('.schedule-present', /^Now: above 0\.3, until /);
        await tab.reads('.control-mode', 'Held: does not discharge');
        await tab.reads('.schedule-entries', /Hold while it costs more than 0\.3 EUR\/kWh ?every day/);
        expect(await tab.texts('.schedule-bar .schedule-hold')).not.toEqual([]);
        await axeFindsNothing(tab);
        await picture(tab, 'telephone');
        await press(tab, /^Remove Hold while it costs more/);
        await press(tab, 'Remove it now');
        await tab.reads('.control-mode', 'Normal');
        await tab.reads('.schedules', /Nothing is wanted at any time\./);
        tab.isWithoutComplaint();
      },
      ANSWERED_MS,
    );

    it(
      'by time: added, refused where two overlap, changed, and taken away',
      async () => {
        const tab = await house().open(browser(), 'control', { expected: /status of (?:401|422)/ });
        await press(tab, 'Add a time');
        await tab.page.getByLabel('Name').fill('holiday');
        await tab.page.getByLabel('What', { exact: true }).selectOption('normal');
        await tab.page.getByLabel('From', { exact: true }).fill('00:00');
        await tab.page.getByLabel('To', { exact: true }).fill('00:00');
        await tab.page.getByLabel(/^Dates instead/).fill('2030-12-24/2031-01-01');
        await tab.page.locator('.schedule-foreseen').waitFor();
        await press(tab, 'Set it');
        await tab.reads('.schedule-entries', /holiday: Leave it alone, 00:00–24:00 2030-12-24\/2031-01-01/);
        await press(tab, 'Add a time');
        await tab.page.getByLabel(/^Dates instead/).fill('2030-12-31');
        await tab.reads('.schedule-form [role=alert]', /window 1 \(holiday\) and window 2 overlap; cut one of them/);
        expect(await tab.page.getByRole('button', { name: 'Set it' }).isDisabled()).toBe(true);
        await tab.page.getByRole('button', { name: 'Leave it', exact: true }).click();
        await press(tab, /^Change holiday/);
        expect(await tab.page.getByLabel('To', { exact: true }).inputValue()).toBe('00:00');
        await tab.page.getByLabel('To', { exact: true }).fill('12:30');
        await tab.page.locator('.schedule-foreseen').waitFor();
        await press(tab, 'Set it');
        await tab.reads('.schedule-entries', /holiday: Leave it alone, 00:00–12:30/);
        await picture(tab, 'desktop');
        await press(tab, /^Remove holiday/);
        await press(tab, 'Remove it now');
        await until('it to be gone', async () => (await tab.texts('.schedule-entries li')).length === 0);
        tab.isWithoutComplaint();
      },
      ANSWERED_MS,
    );

    it(
      'in the cheapest hours, in the dark too; and who only looks can press nothing',
      async () => {
        const tab = await house().open(browser(), 'control', { width: 1280, height: 800, scheme: 'dark' });
        await press(tab, 'Charge when it is cheap');
        await tab.page.getByLabel('After').fill('');
        await tab.page.getByLabel('Only below, EUR/kWh').fill('0.15');
        await tab.reads('.schedule-foreseen', /cheapest 3 h before 06:00: /i);
        await axeFindsNothing(tab);
        await picture(tab, 'cheapest-dark');
        await press(tab, 'Set it');
        await tab.reads(
          '.schedule-entries',
          /Charge to 80 % in the cheapest 3 h before 06:00, below 0\.15 EUR\/kWh every day/,
        );
        const looking = await house().open(browser(), 'view', { width: 360, height: 740 });
        await looking.reads('.schedule-entries', /cheapest 3 h/);
        expect(await looking.texts('.schedules button')).toEqual([]);
        await axeFindsNothing(looking);
        await press(tab, /^Remove Charge to 80 %/);
        await press(tab, 'Remove it now');
        await tab.reads('.schedules', /Nothing is wanted at any time\./);
        for (const one of [tab, looking]) one.isWithoutComplaint();
      },
      ANSWERED_MS,
    );
  },
);

inChromium(
  'Schedules without prices',
  async () => (await ControlledHouse.start()).isReady(),
  (browser, house) => {
    it(
      'are by time alone, and it is said where prices come from',
      async () => {
        const tab = await house().open(browser(), 'control');
        await tab.reads('.schedules', /No prices of electricity are known: docs\/prices\.md/);
        expect(await tab.texts('.schedules button')).toEqual(['Add a time']);
        tab.isWithoutComplaint();
      },
      ANSWERED_MS,
    );
  },
);
