/** Choosing a span of History with the mouse. */
import type { Tab } from './tab.ts';

/** Presses, moves and releases the mouse over the first chart, between two parts of its width. */
export async function drag(tab: Tab, from: number, to: number): Promise<void> {
  const box = await tab.page.locator('.chart .u-over').first().boundingBox();
  if (box === null) throw new Error('there is no chart');
  const y = box.y + box.height / 2;
  await tab.page.mouse.move(box.x + box.width * from, y);
  await tab.page.mouse.down();
  await tab.page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 4 });
  await tab.page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await tab.page.mouse.up();
}

/** How long the span in the address is. */
export function spanSeconds(tab: Tab): number {
  const address = new URLSearchParams(new URL(tab.page.url()).hash.split('?')[1]);
  return (Date.parse(address.get('to') ?? '') - Date.parse(address.get('from') ?? '')) / 1000;
}
