/**
 * History: what is drawn is what the interface says, over any span, with its holes.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { until } from '../server.ts';
import { AHEAD_SECONDS, ask, batteriesAt, DAY, isoOf, KEEPS_ENERGY, midnight, NO_ENERGY, startHouse } from './house.ts';
import { columnAt, READING_PIXELS } from './pixels.ts';
import { drag, spanSeconds } from './spans.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const YESTERDAY = midnight(1);
const HOLE = [YESTERDAY + 10 * 3600, YESTERDAY + 12 * 3600] as const;
const FIELDS = ['pv_power', 'load_power', 'grid_power', 'battery_power', 'soc'] as const;

/** As a person compares them: all in watts below 1 kW, else all in kilowatts with the decimals of the largest. */
function inOneUnit(values: readonly (number | null | undefined)[]): unknown[] {
  const most = Math.round(Math.max(...values.map((value) => Math.abs(value ?? 0))));
  const digits = most < 9_995 ? 2 : 1;
  return values.map((value) => {
    if (most < 1000) return `${wholeOf(value ?? Number.NaN)} W`.replace('-0 W', '0 W');
    return `${((value ?? Number.NaN) / 1000).toFixed(digits)} kW`.replace(/^-(0\.0+ )/, '$1');
  });
}

/** A half goes away from zero, as in figures that are written for people. */
function wholeOf(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

interface Readings {
  readonly bucket_seconds: number;
  readonly start_seconds: readonly number[];
  readonly fields: Readonly<Record<string, Readonly<Record<'min' | 'mean' | 'max', readonly (number | null)[]>>>>;
}

/** `2026-11-22` of the house. */
function dateOf(seconds: number): string {
  return isoOf(seconds + AHEAD_SECONDS).slice(0, 10);
}

/** `Sun, 22 Nov 2026`, as the page heads a day. */
function titleOf(seconds: number): string {
  const parts = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', parts).format((seconds + AHEAD_SECONDS) * 1000);
}

/** `Sunday, 22 November 2026`, as a day of a chart is named; the comma is the browser's. */
function longDay(seconds: number): RegExp {
  const parts = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  const names = new Intl.DateTimeFormat('en-GB', parts).formatToParts((seconds + AHEAD_SECONDS) * 1000);
  const words = names.filter(({ type }) => type !== 'literal').map(({ value }) => value);
  return new RegExp(words.join('[ ,]+'));
}

inChromium(
  'History',
  // It must not be asked for what the hole has lost.
  () => startHouse({ days: 9, hole: HOLE, environment: { ALPHAESS_LOCAL_BATTERY_BACKFILL: 'false' } }),
  (browser, house) => {
    const open = async (query = `span=day&at=${dateOf(YESTERDAY)}`, expected = /^$/) => {
      const tab = await Tab.open(browser(), house().origin, { at: `#/history?${query}`, expected });
      await tab.drawn('history');
      return tab;
    };
    const readings = async (from: number, to: number, points: number) => {
      const [battery] = await batteriesAt(house().origin);
      const query = { from: isoOf(from), to: isoOf(to), fields: FIELDS.join(','), points: String(points) };
      return ask<Readings>(house().origin, `batteries/${battery?.id}/readings`, query);
    };
    const energiesOf = async (from: number, to: number) => {
      const [battery] = await batteriesAt(house().origin);
      const query = { from: isoOf(from), to: isoOf(to), per: 'day' };
      const { buckets } = await ask<{ buckets: Record<string, number>[] }>(
        house().origin,
        `batteries/${battery?.id}/energy`,
        query,
      );
      return (name: string) => buckets.reduce((sum, bucket) => sum + (bucket[`${name}_energy`] ?? Number.NaN), 0);
    };
    const button = (tab: Tab, name: string) => tab.page.getByRole('button', { name, exact: true }).click();

    it('heads a day of the house, and tells each line’s energy in one unit', async () => {
      const tab = await open();
      expect(await tab.text('.span-title')).toBe(titleOf(YESTERDAY));
      const of = await energiesOf(YESTERDAY, YESTERDAY + DAY);
      const figures = await tab.texts('.values .value-figure');
      expect(await tab.texts('.values .value-name')).toEqual([
        'Sun',
        'House',
        'Grid (+ import)',
        'Battery (+ discharging)',
      ]);
      const expected = [
        of('pv'),
        of('load'),
        of('grid_import') - of('grid_export'),
        of('battery_discharge') - of('battery_charge'),
      ];
      for (const [at, figure] of figures.entries()) {
        expect(figure).toMatch(/^-?[\d.]+ kWh$/);
        expect(Math.abs(Number.parseFloat(figure) - (expected[at] ?? Number.NaN))).toBeLessThan(0.06);
      }
      expect(new Set(figures.map((figure) => /\.(\d+)/.exec(figure)?.[1]?.length)).size).toBe(1);
      tab.isWithoutComplaint();
    });

    it('tells the values at the crosshair, which the arrow keys move', async () => {
      const tab = await open();
      const { start_seconds: starts, fields } = await readings(YESTERDAY, YESTERDAY + DAY, 800);
      await tab.page.focus('.chart');
      await tab.page.keyboard.press('Home');
      await tab.page.keyboard.press('ArrowRight');
      await tab.page.keyboard.press('PageDown');
      const at = starts[13] ?? 0;
      await tab.reads('.values-when', new RegExp(`${isoOf(at + AHEAD_SECONDS).slice(11, 16)}`));
      expect(await tab.texts('.values .value-figure')).toEqual(
        inOneUnit(['pv_power', 'load_power', 'grid_power', 'battery_power'].map((name) => fields[name]?.mean[13])),
      );
      tab.isWithoutComplaint();
    });

    it('draws a hole as a hole', async () => {
      const tab = await open(undefined, READING_PIXELS);
      // Without the shades of least and greatest, which are neither ground nor line.
      await tab.page.getByLabel('Min and max').uncheck();
      const [morning, hole] = [await columnAt(tab, 9), await columnAt(tab, 11)];
      // Sun, house, grid and battery cross the morning; the hatching fills the hole from top to bottom.
      expect(morning.colours).toBeGreaterThan(2);
      expect(hole.colours).toBe(0);
      expect(hole.hatched).toBeGreaterThan(0.2);
      expect(hole.hatched).toBeGreaterThan(3 * morning.hatched);
      tab.isWithoutComplaint();
    });

    it('zooms to what is dragged over, finer, and back out', async () => {
      const tab = await open();
      await drag(tab, 0.25, 0.5);
      await tab.reads('.span-title', /06:0\d.*12:0\d|05:5\d.*1[12]:[05]\d/);
      expect(await tab.text('.note')).not.toBe('');
      const address = new URLSearchParams(new URL(tab.page.url()).hash.split('?')[1]);
      const [from, to] = ['from', 'to'].map((name) => Date.parse(address.get(name) ?? '') / 1000);
      expect(Math.abs((from ?? 0) - (YESTERDAY + 6 * 3600))).toBeLessThan(300);
      expect(Math.abs((to ?? 0) - (YESTERDAY + 12 * 3600))).toBeLessThan(300);
      await until('a minute to be a point', async () => /mean of 1 min/.test(await tab.text('.chart-panel')));
      await button(tab, 'Zoom out');
      await until('a wider span', () => spanSeconds(tab) > 11 * 3600);
      await button(tab, 'Zoom in');
      await until('a closer span', () => spanSeconds(tab) < 7 * 3600);
      tab.isWithoutComplaint();
    });

    it('steps to the day before and after, and to week, month and year', async () => {
      const tab = await open();
      await button(tab, 'Earlier');
      await tab.reads('.span-title', titleOf(midnight(2)));
      await button(tab, 'Later');
      await button(tab, 'Later');
      await tab.reads('.span-title', titleOf(midnight()));
      expect(await tab.page.getByRole('button', { name: 'Later', exact: true }).isDisabled()).toBe(true);
      const today = isoOf(midnight() + AHEAD_SECONDS);
      await button(tab, 'Year');
      await tab.reads('.span-title', today.slice(0, 4));
      await button(tab, 'Month');
      await tab.reads('.span-title', new RegExp(` ${today.slice(0, 4)}$`));
      await button(tab, 'Week');
      await tab.reads('.span-title', / ?[–-] ?\d+ /);
      await tab.drawn('history');
      tab.isWithoutComplaint();
    });

    it('hands out what it shows as CSV', async () => {
      const tab = await open();
      const [download] = await Promise.all([tab.page.waitForEvent('download'), button(tab, 'CSV')]);
      expect(download.suggestedFilename()).toBe(`alphaess-local ${dateOf(YESTERDAY)} ${dateOf(YESTERDAY)}.csv`);
      const [head = '', ...rows] = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\r\n');
      const names = head.split(',');
      expect(names.slice(0, 3)).toEqual(['time_utc', 'time_house', 'pv_power_W']);
      expect(names.at(-1)).toBe('soc_%');
      const { start_seconds: starts, fields } = await readings(YESTERDAY, YESTERDAY + DAY, 800);
      const cells = new Map(rows.map((row) => [Date.parse(row.split(',')[0] ?? '') / 1000, row.split(',')]));
      for (const [at, start] of starts.entries()) {
        const row = cells.get(start) ?? [];
        expect(row[1]).toContain(isoOf(start + AHEAD_SECONDS).slice(11, 19));
        expect(Number(row[2])).toBeCloseTo(fields.pv_power?.mean[at] ?? Number.NaN, 3);
        expect(Number(row.at(-1))).toBeCloseTo(fields.soc?.mean[at] ?? Number.NaN, 3);
      }
      // One more for the hole, without values.
      expect(rows.length).toBe(starts.length + 1);
      expect(rows.filter((row) => /,,+$/.test(row))).toHaveLength(1);
      tab.isWithoutComplaint();
    });

    it.each([
      ['week', 'lines'],
      ['week', 'stacked'],
      ['month', 'lines'],
      ['year', 'stacked'],
    ])('draws a %s as %s', async (span, mode) => {
      const tab = await open(`span=${span}&at=${dateOf(YESTERDAY)}&as=${mode}`);
      expect((await columnAt(tab, 12)).width).toBeGreaterThan(500);
      expect(await tab.text('.chart-panel')).not.toContain('Nothing was recorded');
      tab.isWithoutComplaint();
    });

    it.skipIf(!KEEPS_ENERGY)(`tells the energy of just the minutes that are shown${NO_ENERGY}`, async () => {
      const noon = YESTERDAY + 13 * 3600;
      const third = 1200;
      const shown: number[] = [];
      for (const from of [noon, noon + third, noon + 2 * third]) {
        const tab = await open(`span=any&from=${isoOf(from)}&to=${isoOf(from + third)}`);
        const row = (await tab.texts('.totals .energies tr')).find((text) => text.startsWith('House ')) ?? '';
        shown.push(Number(/([\d.]+) kWh/.exec(row)?.[1]));
        // What the mean power of those minutes is.
        const mean = (await readings(from, from + third, 20)).fields.load_power?.mean ?? [];
        const watts = mean.reduce<number>((sum, value) => sum + (value ?? 0), 0) / 20;
        expect(Math.abs((shown.at(-1) ?? 0) - (watts / 1000) * (third / 3600))).toBeLessThan(0.1);
        tab.isWithoutComplaint();
      }
      const [battery] = await batteriesAt(house().origin);
      const query = { from: isoOf(noon), to: isoOf(noon + 3600), per: 'hour' };
      const { buckets } = await ask<{ buckets: { load_energy: number; start: string; end: string }[] }>(
        house().origin,
        `batteries/${battery?.id}/energy`,
        query,
      );
      // Each third is rounded to a hundredth.
      expect(Math.abs(shown.reduce((sum, one) => sum + one, 0) - (buckets[0]?.load_energy ?? 0))).toBeLessThan(0.016);
      expect(buckets.map(({ start, end }) => [Date.parse(start) / 1000, Date.parse(end) / 1000])).toEqual([
        [noon, noon + 3600],
      ]);
    });

    it.each([
      ['day', '2 min', 120],
      ['week', '15 min', 900],
      ['month', '1 h', 3600],
      ['year', 'a day', DAY],
    ])('draws a %s in points of %s, which begin at round times of the house', async (span, words, seconds) => {
      const tab = await open(`span=${span}&at=${dateOf(YESTERDAY)}`);
      expect(await tab.text('.chart-panel .note')).toContain(`One point is the mean of ${words}.`);
      const [download] = await Promise.all([tab.page.waitForEvent('download'), button(tab, 'CSV')]);
      const times = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((row) => Date.parse(row.split(',')[0] ?? '') / 1000);
      expect(times.length).toBeGreaterThan(1);
      expect(times.filter((time) => (time + AHEAD_SECONDS) % seconds !== 0)).toEqual([]);
      tab.isWithoutComplaint();
    });

    it('names the day of a point of a year', async () => {
      const tab = await open(`span=year&at=${dateOf(YESTERDAY)}`);
      await tab.page.focus('.chart');
      await tab.page.keyboard.press('End');
      await tab.reads('.values-when', /^\w+day, \d+ \w+ \d{4} ,/);
      tab.isWithoutComplaint();
    });

    it.skipIf(!KEEPS_ENERGY)(`draws a week’s energy as bars that add up${NO_ENERGY}`, async () => {
      const tab = await open(`span=any&from=${isoOf(midnight(7))}&to=${isoOf(midnight())}&as=energy`);
      const [battery] = await batteriesAt(house().origin);
      const query = { from: isoOf(midnight(7)), to: isoOf(midnight()), per: 'day' };
      const { buckets } = await ask<{ buckets: Record<string, number>[] }>(
        house().origin,
        `batteries/${battery?.id}/energy`,
        query,
      );
      const sun = buckets.reduce((sum, { pv_energy = 0 }) => sum + pv_energy, 0);
      const [first = ''] = await tab.texts('.values li');
      // Shown in whole kWh: a half is rounded up.
      expect(Math.abs(Number(/([\d.]+) kWh/.exec(first)?.[1]) - sun)).toBeLessThan(0.51);
      tab.isWithoutComplaint();
    });

    it('keeps the place of days without energy, with their weekdays', async () => {
      const from = midnight(20);
      const tab = await open(`span=any&from=${isoOf(from)}&to=${isoOf(midnight(6))}&as=energy`);
      await tab.page.focus('.chart');
      await tab.page.keyboard.press('Home');
      // Nothing was known of the house then.
      await tab.reads('.values-when', longDay(from));
      expect(await tab.texts('.values .value-figure')).toEqual(Array.from({ length: 6 }, () => '–'));
      await tab.page.keyboard.press('End');
      await tab.reads('.values-when', longDay(midnight(7)));
      expect(await tab.text('.values .value-figure')).toMatch(/ kWh$/);
      tab.isWithoutComplaint();
    });

    it('takes any span from one minute to another', async () => {
      const tab = await open(`span=any&from=${isoOf(YESTERDAY)}&to=${isoOf(YESTERDAY + DAY)}`);
      await tab.page.getByLabel('From', { exact: true }).fill(`${dateOf(YESTERDAY)}T07:15`);
      await until('the beginning', () => spanSeconds(tab) === DAY - 7.25 * 3600);
      await tab.page.getByLabel('Until', { exact: true }).fill(`${dateOf(YESTERDAY)}T09:45`);
      await until('the end', () => spanSeconds(tab) === 2.5 * 3600);
      await tab.reads('.span-title', /07:15.*09:45/);
      tab.isWithoutComplaint();
    });

    it('shows the chart on a telephone that lies on its side', async () => {
      const at = `#/history?span=day&at=${dateOf(YESTERDAY)}`;
      const tab = await Tab.open(browser(), house().origin, { at, width: 740, height: 360 });
      await tab.drawn('history');
      const [top, bottom, below] = await tab.ask<[number, number, number]>(`[
        document.querySelector('.chart').getBoundingClientRect().top,
        document.querySelector('.chart').getBoundingClientRect().bottom,
        document.querySelector('.views').getBoundingClientRect().top || innerHeight,
      ]`);
      expect(top).toBeGreaterThan(0);
      expect(bottom).toBeLessThanOrEqual(below);
      expect(bottom - top).toBeGreaterThan(140);
      tab.isWithoutComplaint();
    });
  },
);
