/**
 * Fingers and keys: two fingers on a chart, a telephone that shows a frame, what Escape does and where the focus goes; all of a
 * visit by keyboard alone.
 */
import { expect, it } from 'vitest';
import { until } from '../server.ts';
import { DAY, startHouse } from './house.ts';
import { spanSeconds } from './spans.ts';
import { inChromium } from './suite.ts';
import { plain, Tab } from './tab.ts';

/** Two fingers on the first chart, at parts of its width, which move to others. */
async function pinch(tab: Tab, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const box = await tab.page.locator('.chart .u-over').first().boundingBox();
  if (box === null) throw new Error('there is no chart');
  const session = await tab.page.context().newCDPSession(tab.page);
  const points = (parts: readonly number[]) =>
    parts.map((part, id) => ({ x: box.x + box.width * part, y: box.y + box.height / 2, id }));
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', parts: readonly number[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points(parts) });
  await send('touchStart', from);
  await send(
    'touchMove',
    from.map((part, at) => (part + (to[at] ?? part)) / 2),
  );
  await send('touchMove', to);
  await send('touchEnd', []);
}

/** Until the chart is of the span in the title: it is drawn anew when its data have come. */
async function redrawn(tab: Tab): Promise<void> {
  await until('the chart of the new span', async () => {
    const label = (await tab.page.getAttribute('.chart', 'aria-label')) ?? '';
    return plain(label).includes(await tab.text('.span-title'));
  });
}

const focused = (tab: Tab, what = 'className') => tab.ask<string>(`document.activeElement.${what}`);

inChromium(
  'By hand',
  () => startHouse({ days: 2 }),
  (browser, house) => {
    it('two fingers zoom a day to what is between them, and out again', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/history?span=day', width: 390, height: 844 });
      await tab.drawn('history');
      const day = await tab.text('.span-title');
      await pinch(tab, [0.4, 0.6], [0.2, 0.8]);
      await until('a third of the day', () => Math.abs(spanSeconds(tab) - DAY / 3) < 600);
      await redrawn(tab);
      await pinch(tab, [0.2, 0.8], [0.35, 0.65]);
      await until('two thirds of the day', () => Math.abs(spanSeconds(tab) - (2 * DAY) / 3) < 1200);
      // Nothing stays stretched.
      expect(await tab.ask(`getComputedStyle(document.querySelector('.chart canvas')).transform`)).toMatch(
        /none|matrix\(1, 0, 0, 1, 0, 0\)/,
      );
      await tab.page.goBack();
      await tab.page.goBack();
      await tab.reads('.span-title', day);
      tab.isWithoutComplaint();
    });

    it('a telephone shows all of a frame: bytes in lines that fit, and its fields', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/frames', width: 360, height: 740 });
      await tab.drawn('frames');
      await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
      await tab.page.getByRole('button', { name: 'From battery', exact: true }).click();
      await tab.page.getByRole('button', { name: 'Open live', exact: true }).first().click();
      await tab.page.waitForSelector('.frame-fields td');
      const hidden = (selector: string) =>
        tab.ask<number>(
          `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('${selector}'))`,
        );
      expect(await hidden('.hex')).toBe(0);
      expect(await hidden('.frame-fields')).toBe(0);
      const top = await tab.ask<number>(`document.querySelector('.frame-detail').getBoundingClientRect().top`);
      expect(top).toBeLessThan(740);
      tab.isWithoutComplaint();
    });

    it('Escape closes a frame, and leads back to where one came from', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/frames' });
      await tab.drawn('frames');
      await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
      const row = tab.page.getByRole('button', { name: 'Open live', exact: true }).first();
      await row.focus();
      await tab.page.keyboard.press('Enter');
      await tab.page.waitForSelector('.frame-detail .hex');
      expect(await focused(tab)).toContain('frame-detail');
      await tab.page.keyboard.press('Escape');
      await tab.page.waitForSelector('.frame-detail', { state: 'detached' });
      expect(await focused(tab, `getAttribute('aria-label')`)).toBe('Open live');
      tab.isWithoutComplaint();
    });

    it('a visit goes by keyboard alone: to History, along a line, closer, back, and to another view', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      const { keyboard } = tab.page;
      /** Goes on with the tab key until there. */
      const tabTo = async (what: string, where: string) => {
        for (let stop = 0; stop < 60; stop++) {
          await keyboard.press('Tab');
          if (await tab.ask<boolean>(where)) return;
        }
        throw new Error(`${what} was not reached`);
      };
      await tabTo('History', `document.activeElement.getAttribute('href')?.startsWith('#/history')`);
      await keyboard.press('Enter');
      await tab.drawn('history');
      const day = await tab.text('.span-title');
      await tabTo('the chart', `document.activeElement.classList.contains('chart')`);
      await keyboard.press('End');
      await keyboard.press('ArrowLeft');
      await tab.reads('.values-when', /\d\d:\d\d/);
      await keyboard.press('+');
      await until('half a day', () => Math.abs(spanSeconds(tab) - DAY / 2) < 600);
      await redrawn(tab);
      expect(await focused(tab)).toContain('chart');
      await keyboard.press('Escape');
      await tab.reads('.values-when', 'Sum of the span');
      await tab.page.goBack();
      await tab.reads('.span-title', day);
      await tab.ask('document.activeElement.blur()');
      await tabTo('Events', `document.activeElement.getAttribute('href')?.startsWith('#/events')`);
      await keyboard.press('Enter');
      await tab.drawn('events');
      tab.isWithoutComplaint();
    });

    it('events are told in words, and the battery’s log without its raw text', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/events' });
      await tab.drawn('events');
      await tab.page.getByLabel('Everyday running too').check();
      const words = (await tab.texts('.event-words')).join('\n');
      expect(words).toContain('The battery connected on connection');
      expect(words).toMatch(/Connected to the server ?likely code 41/);
      expect(words).not.toMatch(/\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d|EventLog|_/);
      tab.isWithoutComplaint();
    });

    it('where the system chooses the colours, bars and marks keep what they tell', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.page.emulateMedia({ forcedColors: 'active' });
      await tab.drawn('now');
      const ground = (selector: string) =>
        tab.ask<string>(`(({ backgroundColor, backgroundImage }) => backgroundColor + backgroundImage)(
          getComputedStyle(document.querySelector('${selector}')))`);
      await tab.page.waitForSelector('.scale-fill');
      const page = await ground('body');
      for (const selector of ['.scale-fill', '.share-fill', '.energies .bar.pv', '.swatch.load'])
        expect(await ground(selector), selector).not.toBe(page);
      expect(await ground('.energies .swatch.away')).toContain('gradient');
      await tab.show('history');
      const pressed = await ground('.segments [aria-pressed=true]');
      expect(pressed).not.toBe(await ground('.segments [aria-pressed=false]'));
      tab.isWithoutComplaint();
    });

    it('what goes away is hatched, what comes is not', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      const hatched = (selector: string) =>
        tab.ask<boolean>(
          `getComputedStyle(document.querySelector('${selector}')).backgroundImage.includes('gradient')`,
        );
      await tab.page.waitForSelector('.energies .swatch.away');
      expect(await hatched('.energies .swatch.away')).toBe(true);
      expect(await hatched('.energies .swatch.pv')).toBe(false);
      tab.isWithoutComplaint();
    });
  },
);
