/**
 * What holds for every view: nothing for axe in light and dark, no sideways scrolling from telephone to wall screen,
 * everything by keyboard, no motion where none is wanted.
 */
import axe from 'axe-core';
import { expect, it } from 'vitest';
import { until } from '../server.ts';
import { startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab, VIEWS } from './tab.ts';

const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [
  [360, 740],
  // 1280 × 800 at 200 %.
  [640, 400],
  [768, 1024],
  [1280, 800],
  [2560, 1440],
] as const;

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

inChromium(
  'Every view',
  () => startHouse({ days: 2 }),
  (browser, house) => {
    it.each(SCHEMES.flatMap((scheme) => VIEWS.map((view) => [view, scheme] as const)))(
      '%s, %s: axe finds nothing',
      async (view, scheme) => {
        const tab = await Tab.open(browser(), house().origin, { at: `#/${view}`, scheme, motion: 'reduce' });
        await tab.drawn(view);
        // Its fields are scrolled, and nothing within them can be worked.
        if (view === 'frames') await openLive(tab);
        await tab.ask(axe.source);
        const found = await tab.ask<Finding[]>(`axe.run(document).then(({ violations }) => violations)`);
        expect(found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
        tab.isWithoutComplaint();
      },
    );

    it.each(WIDTHS)('fits %i × %i without scrolling sideways', async (width, height) => {
      const tab = await Tab.open(browser(), house().origin, { width, height });
      const wide: string[] = [];
      for (const view of VIEWS) {
        await tab.show(view);
        if (view === 'frames') await openFrame(tab);
        const over = await tab.ask<number>('document.documentElement.scrollWidth - innerWidth');
        if (over > 0) wide.push(`${view}: ${over} px`);
      }
      expect(wide).toEqual([]);
      tab.isWithoutComplaint();
    });

    it.each(VIEWS)('%s: the tab key reaches all that can be worked, and one sees where it is', async (view) => {
      const tab = await Tab.open(browser(), house().origin, { at: `#/${view}` });
      await tab.drawn(view);
      if (view === 'frames') await fewFrames(tab);
      await walk(tab);
      expect(await tab.ask<string[]>(UNREACHED)).toEqual([]);
      expect(await tab.ask<string[]>('window.unseen')).toEqual([]);
      tab.isWithoutComplaint();
    });

    it('the first stop of the tab key leads past the navigation', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      await tab.page.keyboard.press('Tab');
      expect(await tab.ask<string>('document.activeElement.textContent')).toBe('Skip to the content');
      await tab.page.keyboard.press('Enter');
      expect(await tab.ask<string>('document.activeElement.id')).toBe('content');
      tab.isWithoutComplaint();
    });

    it('what asks another host is stopped, and would be seen by these tests', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      await tab.ask(`fetch('http://127.0.0.2:9/').catch(() => null)`);
      await until('the violation', () =>
        tab.complaints.some((text) => /^console: policy: connect-src http/.test(text)),
      );
    });

    it('nothing moves where motion is not wanted', async () => {
      const moving = async (motion: 'reduce' | 'no-preference') => {
        const tab = await Tab.open(browser(), house().origin, { motion });
        await tab.drawn('now');
        tab.isWithoutComplaint();
        return tab.ask<number>('document.getAnimations().length');
      };
      expect(await moving('no-preference')).toBeGreaterThan(0);
      expect(await moving('reduce')).toBe(0);
    });

    it('is dark where dark is wanted', async () => {
      const ground = async (scheme: 'light' | 'dark') => {
        const tab = await Tab.open(browser(), house().origin, { scheme });
        await tab.drawn('now');
        const colour = await tab.ask<string>('getComputedStyle(document.documentElement).backgroundColor');
        return Math.max(...(colour.match(/\d+/g) ?? []).map(Number));
      };
      expect(await ground('light')).toBeGreaterThan(200);
      expect(await ground('dark')).toBeLessThan(60);
    });
  },
);

async function openFrame(tab: Tab): Promise<void> {
  await tab.page
    .getByRole('button', { name: /^Open / })
    .first()
    .click();
  await tab.page.waitForSelector('.frame-detail .hex');
}

/** What a battery has sent, not our answer. */
async function openLive(tab: Tab): Promise<void> {
  await tab.page.getByRole('button', { name: 'From battery', exact: true }).click();
  await tab.page.getByRole('button', { name: 'Open live', exact: true }).first().click();
  await tab.page.waitForSelector('.frame-fields td');
}

/** Two hundred buttons would be two hundred steps, and new ones come while one walks. */
async function fewFrames(tab: Tab): Promise<void> {
  await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await tab.page.getByLabel('Find by name').fill('config');
  await openFrame(tab);
}

const WORKABLE = 'a[href], button:enabled, input:enabled, select:enabled, [tabindex="0"]';
const MOST_STOPS = 150;
const UNREACHED = `[...document.querySelectorAll('${WORKABLE}')]
  .filter((one) => one.checkVisibility() && !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 120))`;
/** Notes where the focus is, and whether that can be seen. True: it was there before. */
const NOTE = `(() => {
  const one = document.activeElement;
  if (one === null || one === document.body) return false;
  if (window.reached.has(one)) return true;
  window.reached.add(one);
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 1) window.unseen.push(one.outerHTML.slice(0, 120));
  return false;
})()`;

/** From the beginning of the page until it begins anew. */
async function walk(tab: Tab): Promise<void> {
  await tab.ask('window.reached = new Set(); window.unseen = []; undefined');
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await tab.page.keyboard.press('Tab');
    if (await tab.ask<boolean>(NOTE)) return;
  }
}
