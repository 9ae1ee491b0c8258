/**
 * Control on the page, against the real server and a simulated battery: from the press to what the battery is seen to do.
 */
import axe from 'axe-core';
import { expect, it } from 'vitest';
import { inventIdentity } from '../../src/simulator/battery/identity.ts';
import { Random } from '../../src/simulator/random.ts';
import { until } from '../server.ts';
import { SEED } from '../simulated-control.ts';
import { ControlledHouse } from './controlled-house.ts';
import { inChromium } from './suite.ts';
import type { Tab } from './tab.ts';

/** Half a minute is looked at, and others may work on the machine. */
const HOLD_MS = 180_000;
const WALKED = 'Proposed Asked Accepted Fetched Echoed';

const press = (tab: Tab, name: string | RegExp) => tab.page.getByRole('button', { name }).first().click();

/** Where PICTURES says so, what it looks like. */
async function picture(tab: Tab, name: string): Promise<void> {
  if (process.env.PICTURES)
    await tab.page.screenshot({ path: `${process.env.PICTURES}/control-${name}.png`, fullPage: true });
}

async function axeFindsNothing(tab: Tab): Promise<void> {
  await tab.ask(axe.source);
  const found = await tab.ask<{ id: string; nodes: { html: string; failureSummary: string }[] }[]>(
    'axe.run(document).then(({ violations }) => violations)',
  );
  expect(found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
}

async function stepNames(tab: Tab): Promise<string> {
  return (await tab.texts('.control-progress .control-steps strong')).join(' ');
}

inChromium(
  'Control',
  async () => (await ControlledHouse.start()).isReady(),
  (browser, house) => {
    it(
      'holds: what would change first, then each step, until its power has been seen to agree; and back',
      async () => {
        const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
        await tab.reads('.control-mode', 'Normal');
        await tab.reads('.control-now', /At \d+(?:\.\d)? %, (?:charging|discharging|neither)/);
        await press(tab, /^Hold/);
        await tab.page.getByLabel('Until').fill('06:00');
        await tab.reads('.control-effect', /will not discharge until .*06:00; will charge from the grid while below/i);
        expect(await tab.text('.control-changes')).toMatch(/Grid charging off on/);
        expect(await tab.text('.control-changes')).toMatch(/Charge windows none \d\d:00–\d\d:00/);
        expect(await tab.text('.control-warnings')).toContain('harging from PV goes on.');
        expect(await tab.text('.control-preview')).toMatch(
          /10 of 10 writes left today; this takes 2, its end included/,
        );
        expect(await house().changes()).toEqual([]);
        await axeFindsNothing(tab);
        await picture(tab, 'preview-telephone');
        await press(tab, 'Hold until 06:00');
        await tab.reads('.control-mode', 'Held: does not discharge');
        await tab.reads('.control-now', /until \w{3},? 06:00 \(\d+ h.*\), then as it was before/);
        await until('the echo', async () => (await stepNames(tab)).startsWith(WALKED));
        expect(await tab.ask<boolean>('document.activeElement?.id === "control-now"')).toBe(true);
        await axeFindsNothing(tab);
        await picture(tab, 'watching-telephone');
        await tab.reads('.control-settings', /Grid charging on .*Charge windows \d\d:00–\d\d:00/);
        await tab.reads('.control-state', /^Done/);
        expect(await stepNames(tab)).toBe(`${WALKED} Observed Done`);
        expect(await tab.text('.control-steps')).toMatch(/on average the battery (?:charged|discharged) with \d+ W/i);
        await press(tab, /^Normal/);
        await tab.reads('.control-effect', /will be as it was before: grid charging off/i);
        expect(await tab.text('.control-preview')).toContain('this is not counted');
        await press(tab, 'Back to normal');
        await tab.reads('.control-mode', 'Normal');
        await tab.reads('.control-settings', /Grid charging off .*Charge windows none/);
        await tab.reads('.control-log li:nth-child(2) .control-badge', 'Undone');
        const told = await tab.told();
        const identity = Object.values(inventIdentity(new Random(SEED).fork('battery/0').fork('identity'), 0));
        for (const secret of identity.filter(({ length }) => length >= 6))
          expect(told.includes(secret), 'a secret was told').toBe(false);
        tab.isWithoutComplaint();
      },
      HOLD_MS,
    );

    it('charges, and is undone from the log, having shown what comes back', async () => {
      const tab = await house().open(browser(), 'control');
      await press(tab, /^Charge/);
      await tab.page.getByLabel('Up to').fill('100');
      await tab.reads('.control-effect', /will charge up to 100 %/i);
      await picture(tab, 'preview-desktop');
      await press(tab, /^Charge to 100 % until/);
      await tab.reads('.control-mode', 'Charging from PV and grid');
      await until('the echo', async () => (await stepNames(tab)).startsWith(WALKED));
      const before = await house().changes();
      await press(tab, /^Undo change /);
      await tab.reads('.control-log .control-preview', /Grid charging on off/);
      expect(await house().changes()).toHaveLength(before.length);
      await press(tab, 'Undo it now');
      await tab.reads('.control-mode', 'Normal');
      await tab.reads('.control-log .control-entry-head', /^Undo of \d+ Done$/);
      tab.isWithoutComplaint();
    });

    it('sets windows as times, by the keyboard alone, and undoes them', async () => {
      const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
      const { keyboard } = tab.page;
      const reach = async (name: string) => {
        for (let stops = 0; stops < 80; stops++) {
          await keyboard.press('Tab');
          const there = await tab.ask<string>(
            `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.innerText ?? '')`,
          );
          if (there.startsWith(name)) return;
        }
        expect.unreachable(`the tab key does not reach ${name}`);
      };
      await reach('Change settings');
      await keyboard.press('Enter');
      // Chromium asks for the half of the day, too.
      await reach('Charge windows, 1, from');
      await keyboard.type('0200am');
      await reach('Charge windows, 1, to');
      await keyboard.type('0500am');
      await tab.reads('.control-effect', /will have charge windows 02:00–05:00/i);
      await axeFindsNothing(tab);
      await picture(tab, 'settings-telephone');
      await reach('Send to the battery');
      await keyboard.press('Enter');
      await tab.reads('.control-settings', /Charge windows 02:00–05:00/);
      await tab.reads('.control-state', /^Done/);
      await reach('Undo change');
      await keyboard.press('Enter');
      await tab.reads('.control-log .control-preview', /Charge windows 02:00–05:00 none/);
      await reach('Undo it now');
      await keyboard.press('Enter');
      await tab.reads('.control-settings', /Charge windows none/);
      tab.isWithoutComplaint();
    });

    it('says a refusal in the words of the server, and sends nothing', async () => {
      const tab = await house().open(browser(), 'control', { expected: /status of (?:401|422)/ });
      const before = await house().changes();
      await press(tab, /^Charge/);
      await tab.page.getByLabel('Up to').fill('10');
      await tab.reads('.control-refusal', /charge: 10 % is not above the present charge of .* %: that is a hold/);
      expect(await tab.page.getByRole('button', { name: /^Charge to 10 %/ }).isDisabled()).toBe(true);
      await axeFindsNothing(tab);
      await press(tab, 'Leave it');
      expect(await tab.ask<string>('document.activeElement?.id')).toBe('control-charge');
      await press(tab, 'Change settings');
      await tab.page.getByLabel('Lowest charge').fill('5');
      await tab.reads('.control-refusal', /lowest_charge: 5 % is below 10 %/);
      expect(await house().changes()).toEqual(before);
      tab.isWithoutComplaint();
    });

    it('shows all to who only looks, and lets him touch nothing', async () => {
      const tab = await house().open(browser(), 'view', { width: 360, height: 740 });
      await tab.reads('.control-hindrance', /^You are logged in to look\./);
      await tab.reads('.control-settings', /Grid charging off/);
      await until('the log', async () => (await tab.texts('.control-entry')).length > 0);
      const buttons = await tab.texts('main button, main input, main select');
      expect(buttons).toEqual([]);
      await axeFindsNothing(tab);
      tab.isWithoutComplaint();
    });

    it.each([
      ['telephone', 360, 740, 'light'],
      ['telephone', 360, 740, 'dark'],
      ['desktop', 1280, 800, 'light'],
      ['desktop', 1280, 800, 'dark'],
    ] as const)('fits on a %s, %i × %i, %s', async (name, width, height, scheme) => {
      const tab = await house().open(browser(), 'control', { width, height, scheme });
      await press(tab, /^Charge/);
      await tab.page.getByLabel('Up to').fill('100');
      await tab.reads('.control-effect', /will charge/i);
      await tab.page.locator('.control-entry summary').first().click();
      expect(await tab.ask<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const small = `[...document.querySelectorAll('main button')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 32).map((one) => one.innerText)`;
      expect(await tab.ask<string[]>(small)).toEqual([]);
      await axeFindsNothing(tab);
      await picture(tab, `${name}-${scheme}`);
      tab.isWithoutComplaint();
    });

    it('tells what is chosen by form where the system chooses the colours', async () => {
      const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
      await tab.page.emulateMedia({ forcedColors: 'active' });
      await press(tab, /^Hold/);
      await tab.reads('.control-effect', /will not discharge/i);
      const outline = (id: string) =>
        tab.ask<string>(`getComputedStyle(document.getElementById('${id}')).outlineStyle`);
      await tab.page.getByLabel('Until').focus();
      expect([await outline('control-hold'), await outline('control-charge')]).toEqual(['solid', 'none']);
      await picture(tab, 'forced-colours');
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'A battery that takes something else',
  async () => (await ControlledHouse.start({ faults: ['other-echo'] })).isReady(),
  (browser, house) => {
    it('is said to, and its steps end there', async () => {
      const tab = await house().open(browser(), 'control');
      await press(tab, 'Change settings');
      await tab.page.getByLabel('Charge limit').fill('80');
      await tab.reads('.control-effect', /will have the charge limit 80 %/i);
      await press(tab, 'Send to the battery');
      await tab.reads('.control-state', /^Different: .*BatHighCap is 70, not 80/);
      expect(await stepNames(tab)).toBe('Proposed Asked Accepted Fetched Different');
      await axeFindsNothing(tab);
      await picture(tab, 'different');
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'A budget that is spent',
  async () => (await ControlledHouse.start({ environment: { ALPHAESS_LOCAL_CONTROL_WRITES_PER_DAY: '1' } })).isReady(),
  (browser, house) => {
    it('is overruled by its owner’s word alone', async () => {
      const tab = await house().open(browser(), 'control');
      await press(tab, /^Hold/);
      await tab.reads('.control-preview', /1 of 1 writes left today; this takes 2/);
      const send = tab.page.getByRole('button', { name: /^Hold until/ });
      expect(await send.isDisabled()).toBe(true);
      await tab.page.getByLabel(/^Write once more/).check();
      await send.click();
      await tab.reads('.control-mode', 'Held: does not discharge');
      await house().normal();
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'Without control',
  () => ControlledHouse.start({ isEnabled: false }),
  (browser, house) => {
    it('says how it is switched on', async () => {
      const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
      await tab.reads('.control-hindrance', /^Control is not switched on: .*control\.enabled: true.*docs\/control\.md/);
      expect(await tab.texts('.verb')).toEqual([]);
      await axeFindsNothing(tab);
      await picture(tab, 'disabled');
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'Without a password',
  () => ControlledHouse.start({ hasPasswords: false }),
  (browser, house) => {
    it('says that one is needed', async () => {
      const { Tab: Tabs } = await import('./tab.ts');
      const tab = await Tabs.open(browser(), house().origin, { at: '#/control' });
      await tab.drawn('control');
      await tab.reads('.control-hindrance', /^A password is needed first: .*alphaess-local password/);
      expect(await tab.texts('.verb')).toEqual([]);
      await axeFindsNothing(tab);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'Without a configuration of the vendor’s',
  () => ControlledHouse.start({ hasBase: false }),
  (browser, house) => {
    it('says so, and how to get one', async () => {
      const tab = await house().open(browser(), 'control', { width: 360, height: 740 });
      await tab.reads(
        '.control-hindrance',
        /^Nothing can be changed now: no configuration of the vendor’s is known .* relay.*docs\/control\.md/,
      );
      for (const name of [/^Hold/, /^Charge/, /^Normal/, 'Change settings'])
        expect(await tab.page.getByRole('button', { name }).first().isDisabled()).toBe(true);
      await axeFindsNothing(tab);
      await picture(tab, 'no-base');
      tab.isWithoutComplaint();
    });
  },
);
