/**
 * Battery, Events, Frames and System, with the values of a battery that is there; and nothing private in any of them.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { inventIdentity } from '../../src/simulator/battery/identity.ts';
import { Random } from '../../src/simulator/random.ts';
import { folder, until } from '../server.ts';
import { AHEAD_SECONDS, ask, batteriesAt, DAY, SEED, startHouse, ZONE } from './house.ts';
import { spend } from './past.ts';
import { columnAt, READING_PIXELS } from './pixels.ts';
import { inChromium } from './suite.ts';
import { plain, Tab, VIEWS } from './tab.ts';

interface Setting {
  readonly title: string;
  readonly value: unknown;
  readonly private: boolean;
}

/** Who the simulated battery is: none of it may be told. */
function secrets(): string[] {
  return Object.values(inventIdentity(new Random(SEED).fork('battery/0').fork('identity'), 0));
}

/** Four digits of a postcode are part of many a number: as short as that counts only where it stands alone. */
function tells(text: string, secret: string): boolean {
  return secret.length < 6
    ? new RegExp(String.raw`(?<![\w.:-])${secret}(?![\w.:-])`).test(text)
    : text.includes(secret);
}

inChromium(
  'The views',
  () => startHouse({ days: 2 }),
  (browser, house) => {
    const open = async (view: (typeof VIEWS)[number]) => {
      const tab = await Tab.open(browser(), house().origin, { at: `#/${view}` });
      await tab.drawn(view);
      return tab;
    };
    const battery = async () => (await batteriesAt(house().origin))[0] ?? expect.unreachable('no battery');

    it('Battery shows the cells of the newest details, and that nothing is faulty', async () => {
      const tab = await open('battery');
      const values = (await battery()).detail?.values ?? {};
      const volts = (name: string) => `${Number(values[name]).toFixed(3)} V`;
      const extremes = await tab.texts('.extreme');
      expect(extremes[0]).toContain(volts('cell_voltage_min'));
      expect(extremes[1]).toContain(volts('cell_voltage_max'));
      expect(extremes.join(' ')).toContain(`${values.cell_temp_max} °C`);
      expect(await tab.text('.faults')).toContain('No fault, no warning, no alarm');
      await tab.page.waitForSelector('.cell-charts canvas');
      tab.isWithoutComplaint();
    });

    it('Battery shows the configuration but for what is private, and finds a setting', async () => {
      const tab = await open('battery');
      const { settings } = await ask<{ settings: Setting[] }>(
        house().origin,
        `batteries/${(await battery()).id}/configuration`,
      );
      const shown = settings.filter((setting) => !setting.private);
      // Start and end of the four windows are one row each.
      expect(await tab.texts('.settings li')).toHaveLength(shown.length - 4);
      // No generator, no dry contact in use: apart, and folded.
      const inUse = (await tab.texts('.setting-group li')).join('\n');
      expect(inUse).toMatch(/Discharging stops at 13 %/);
      expect(inUse).not.toMatch(/Generator starts|Dry contact 1, mode|Charge window 1/);
      expect(await tab.page.getByText('Generator starts at', { exact: false }).first().isVisible()).toBe(false);
      expect(await tab.texts('.settings-panel h3')).toContain('Charging and discharging');
      expect(await tab.text('.settings-panel')).toContain(`${settings.length - shown.length} private values are`);
      await tab.page.getByLabel('Find a setting').fill('firmware');
      await until('fewer settings', async () => (await tab.texts('.settings li')).length < shown.length);
      expect((await tab.texts('.settings li')).join(' ')).toMatch(/firmware/i);
      tab.isWithoutComplaint();
    });

    it('Events shows what happened by days, and leaves out what is not wanted', async () => {
      const tab = await open('events');
      await tab.page.getByLabel('Everyday running too').check();
      await tab.page.waitForSelector('.event.clock');
      const kinds = await tab.texts('.event .event-kind');
      expect(new Set(kinds)).toContain('Clock');
      expect(await tab.text('.events-view')).toContain('Clock measured for the first time');
      await tab.page.getByLabel('Clock', { exact: true }).uncheck();
      await until('no clock', async () => !(await tab.texts('.event .event-kind')).includes('Clock'));
      tab.isWithoutComplaint();
    });

    it('Frames shows them as they come, and the bytes and fields of one', async () => {
      const tab = await open('frames');
      const [first] = await tab.texts('.frame-time');
      await until('a newer frame', async () => (await tab.texts('.frame-time'))[0] !== first);
      await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
      await tab.page.getByRole('button', { name: 'Resume' }).waitFor();
      await tab.page.getByRole('button', { name: 'From battery', exact: true }).click();
      await tab.page.getByRole('button', { name: 'Open live', exact: true }).first().click();
      const hex = await tab.text('.hex');
      // 1, type 1, command 16, and a length below 64 kB.
      expect(hex).toMatch(/^0000 01 01 10 00 00 /);
      expect(hex).toContain('**');
      expect(hex).toContain('"Time":"');
      const rows = await tab.texts('.frame-fields tbody tr');
      expect(rows).toEqual(expect.arrayContaining([expect.stringMatching(/^SOC soc [\d.]+ %$/)]));
      expect(rows.find((row) => row.startsWith('SN'))).toBe('SN serial [private]');
      await tab.page.getByRole('button', { name: 'Close', exact: true }).click();
      await tab.page.waitForSelector('.frame-detail', { state: 'detached' });
      tab.isWithoutComplaint();
    });

    it('System shows battery, clock, server and store', async () => {
      const tab = await open('system');
      const known = await ask<{ version: string; node: string; time_zone: string }>(house().origin, 'server');
      const text = await tab.text('.system-view');
      for (const part of [(await battery()).id, known.version, known.node, known.time_zone])
        expect(text).toContain(part);
      expect(text).toMatch(/Frames received \d+/);
      expect(text).toMatch(/Size [\d.]+ [kM]B/);
      expect(text).toMatch(/Ahead of the house’s time [+-]\d+ s/);
      expect(text).toContain('V1.01.05');
      tab.isWithoutComplaint();
    });

    it('System shows the outputs: none, then what asks', async () => {
      const tab = await open('system');
      expect(await tab.text('.outputs')).toMatch(/^Outputs None: .* docs\/home-assistant\.md/);
      await (await fetch(`${house().origin}/metrics`)).text();
      const text = await tab.reads('.outputs', /Prometheus/);
      expect(text).toMatch(/^Outputs Prometheus State asks regularly Asked 1 Last asked \d+ s ago$/);
      tab.isWithoutComplaint();
    });

    it('System shows the owner who was refused', async () => {
      const tab = await open('system');
      expect(await tab.text('.system-view')).not.toContain('Refused');
      const socket = connect(house().server.port, '127.0.0.1');
      socket.write('GET / HTTP/1.1\r\n\r\n');
      const text = await tab.reads('.strangers', /127\.0\.0\.1/);
      expect(text).toMatch(/^Refused, or no battery .* 127\.0\.0\.1 FRAME_HTTP \d+ s ago$/);
      socket.destroy();
      tab.isWithoutComplaint();
    });

    it('none of them tells a private value, nor is the page told one', async () => {
      const tab = await open('now');
      const seen: string[] = [];
      for (const view of VIEWS) {
        await tab.show(view);
        if (view === 'frames') await until('a frame', () => tab.events.some((event) => event.startsWith('frame ')));
        for (const name of ['Open config', 'Open login', 'Open detail', 'Open live']) {
          const link = tab.page.getByRole('button', { name }).first();
          if ((await link.count()) > 0) await link.click();
          seen.push(await tab.page.content(), await tab.text());
        }
      }
      await tab.show('history');
      const [download] = await Promise.all([
        tab.page.waitForEvent('download'),
        tab.page.getByRole('button', { name: 'CSV' }).click(),
      ]);
      seen.push(readFileSync(await download.path(), 'utf8'), download.suggestedFilename(), tab.page.url());
      const all = [...seen, await tab.told()].join('\n');
      const bytes = [...all.matchAll(/\b(?:[0-9a-f]{2}){9,}\b/g)].map(([hex]) =>
        Buffer.from(hex, 'hex').toString('latin1'),
      );
      const said = plain([all, ...bytes].join('\n'));
      expect(all).toContain('pv_power');
      expect([...secrets(), 'ALSIM', 'Invented Street'].filter((secret) => tells(said, secret))).toEqual([]);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'After a day together',
  () => {
    const data = folder();
    const startMs = Date.now() - DAY * 1000;
    const battery = { seed: SEED, index: 0, startMs, historySeconds: DAY, utcOffsetSeconds: AHEAD_SECONDS };
    spend({ folder: data, zone: ZONE, battery, days: 1 });
    return startHouse({ data, remembers: 2 });
  },
  (browser, house) => {
    it('Battery draws the cells as lines, without holes', async () => {
      const options = { at: '#/battery', expected: READING_PIXELS };
      const tab = await Tab.open(browser(), house().origin, options);
      await tab.drawn('battery');
      await tab.page.waitForSelector('.cell-charts canvas');
      for (const hour of [4, 12, 20]) {
        const { colours, hatched } = await columnAt(tab, hour);
        expect(colours).toBe(1);
        // Lines of the grid take up to an eighth; a hole, more than a fifth.
        expect(hatched).toBeLessThan(0.15);
      }
      tab.isWithoutComplaint();
    });

    it('System knows the clock, and how it drifts', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
      await tab.drawn('system');
      expect(await tab.text('.system-view')).toMatch(/Drift [+-]0\.\d ppm \([+-]0\.0 s a day\)/);
      tab.isWithoutComplaint();
    });
  },
);
