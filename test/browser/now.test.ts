/**
 * Now: exact figures from messages made by hand, and a battery that is there.
 */
import { expect, it } from 'vitest';
import { clockText, Peer, until } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';
import { AHEAD_SECONDS, batteriesAt, KEEPS_ENERGY, NO_ENERGY, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { plain, Tab } from './tab.ts';

const [LIVE, CONFIGURATION] = [16, 4];

/** The live message of fixtures/, of now, with some values of its own. */
function live(more: Readonly<Record<string, string>>): Uint8Array {
  const Time = clockText(Math.floor(Date.now() / 1000) + AHEAD_SECONDS);
  const body = JSON.parse(fixture('1-1-16.live.json')) as Record<string, string>;
  return frameByHand(1, LIVE, JSON.stringify({ ...body, Time, ...more }));
}

inChromium(
  'Now, told by hand',
  async () => {
    const house = await startHouse({ lives: false });
    const peer = await Peer.connect(house.server.port);
    peer.send(frameByHand(1, CONFIGURATION, fixture('1-1-4.config.json')), live({ Ppv1: '1895' }));
    await until('the reading to be known', async () => (await batteriesAt(house.origin))[0]?.live);
    return { ...house, peer };
  },
  (browser, house) => {
    it('shows each power and, in words alone, which way it flows, and their balance', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      // Sun 1895 + 1765 + 2410; house 1450 + 2410 − 3442.
      expect(await nodes(tab)).toEqual({
        pv: 'Sun 6.07 kW producing',
        load: 'House 418 W using',
        grid: 'Grid 3.44 kW exporting',
        battery: 'Battery 2.10 kW charging',
      });
      expect(await tab.text('.charge-number')).toBe('71.2 %');
      expect(await tab.text('.node.battery .soc')).toBe('71 %');
      expect(plain((await tab.page.getAttribute('.flow-diagram', 'aria-label')) ?? '')).toBe(
        'Power between sun, house, battery and grid: Sun producing 6.07 kW, House using 418 W, Battery charging 2.10 kW, Grid exporting 3.44 kW. State of charge 71 %.',
      );
      const [from, to] = await tab.texts('.balance-list');
      expect(from).toBe('Sun 6.07 kW');
      expect(to).toMatch(/^House 418 W Battery 2\.10 kW Grid 3\.44 kW Losses 1\d\d W$/);
      expect(await tab.page.title()).toBe('Now · Test house');
      tab.isWithoutComplaint();
    });

    it('turns about with the next message, within two seconds and without being asked', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      const begun = performance.now();
      house().peer.send(live({ Ppv1: '0', Ppv2: '0', PmeterDC: '0', PmeterL1: '512', Pbat: '1234.5', SOC: '70.8' }));
      await tab.reads('.node.grid text', /512 W ?importing/);
      expect(performance.now() - begun).toBeLessThan(2000);
      expect(await nodes(tab)).toMatchObject({
        pv: 'Sun 0 W idle',
        grid: 'Grid 512 W importing',
        battery: expect.stringMatching(/^Battery 1\.2[34] kW discharging$/),
      });
      expect(await tab.text('.charge-number')).toBe('70.8 %');
      tab.isWithoutComplaint();
    });

    it('says how old the last data is, counting up', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      house().peer.send(live({}));
      await tab.reads('.freshness li', /^Last data [012] s ago$/);
      await tab.reads('.freshness li', /^Last data [345] s ago$/);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'Now, of a battery that is there',
  () => startHouse({ days: 2 }),
  (browser, house) => {
    it('shows what the interface says at that moment, again and again', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      const seen = new Set<string>();
      for (let time = 0; time < 3; time++) {
        seen.add(
          await until('page and interface to agree', async () => {
            const [battery] = await batteriesAt(house().origin);
            const shown = await nodes(tab);
            const { pv_power: pv, grid_power: grid, battery_power: power, soc } = battery?.live?.values ?? {};
            const agree =
              shown.pv?.includes(` ${watts(pv)} `) &&
              shown.grid?.includes(` ${watts(Math.abs(Number(grid)))} `) &&
              shown.battery?.includes(` ${watts(Math.abs(Number(power)))} `) &&
              (await tab.text('.charge-number')) === `${Number(soc).toFixed(1)} %` &&
              !seen.has(battery?.live?.time ?? '');
            return agree && battery?.live?.time;
          }),
        );
      }
      expect(seen.size).toBe(3);
      expect(await tab.text('.wellness')).toBe('All is well');
      expect(await tab.texts('.freshness li')).toEqual(expect.arrayContaining(['Connected']));
      tab.isWithoutComplaint();
    });

    it('shows the house’s day as a picture', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      await tab.page.waitForSelector('.strip svg path.strip-load', { state: 'attached' });
      tab.isWithoutComplaint();
    });

    it.skipIf(!KEEPS_ENERGY)(`shows the energies of the house’s day${NO_ENERGY}`, async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      const rows = await tab.texts('.energies tr');
      expect(rows).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^Sun [\d.]+ kWh$/),
          expect.stringMatching(/^House [\d.]+ kWh$/),
          expect.stringMatching(/^From the grid [\d.]+ kWh$/),
        ]),
      );
      expect(await tab.texts('.share')).toEqual([
        expect.stringMatching(/^Self-sufficiency \d+ %$/),
        expect.stringMatching(/^Self-use (\d+ %|–)$/),
      ]);
      tab.isWithoutComplaint();
    });
  },
);

/** What stands at each thing of the picture. */
async function nodes(tab: Tab): Promise<Record<string, string>> {
  const found = await tab.ask<Record<string, string>>(
    `Object.fromEntries(['pv', 'load', 'grid', 'battery'].map((thing) => [thing,
      [...document.querySelectorAll('.node.' + thing + ' text:not(.soc) > tspan')].map((part) => part.textContent).join(' ')]))`,
  );
  return Object.fromEntries(Object.entries(found).map(([thing, text]) => [thing, plain(text)]));
}

/** As a person expects it: whole watts below 1 kW, else kilowatts of three figures. */
function watts(value: number | string | null | undefined): string {
  const power = Number(value);
  if (Math.abs(Math.round(power)) < 1000) return `${Math.round(power)} W`;
  return `${(power / 1000).toFixed(Math.abs(power) < 9_995 ? 2 : 1)} kW`;
}
