/**
 * `npm run screenshots`: each view, light, dark and on a telephone, into docs/images/. The battery is simulated, and it is
 * always the same morning, so that two runs differ by no more than the seconds they take.
 */
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { Broker } from '../test/broker.ts';
import buildPage from '../test/browser/build.ts';
import { launch } from '../test/browser/chromium.ts';
import { AHEAD_SECONDS, batteriesAt, DAY, type House, isoOf, SEED, startHouse, ZONE } from '../test/browser/house.ts';
import { spend } from '../test/browser/past.ts';
import { Tab, type TabOptions, type View } from '../test/browser/tab.ts';
import { InfluxServer } from '../test/influx-server.ts';
import { atEnd, endAll, folder, until } from '../test/server.ts';

const IMAGES = fileURLToPath(new URL('../docs/images/', import.meta.url));
const CLOCK = new URL('../test/browser/clock-ahead.mjs', import.meta.url).href;
/** 08:47 in the house, in its early summer: the battery is being charged. */
const NOW_MS = Date.UTC(2026, 10, 22, 22, 47);
const DAYS = 21;
const TOGETHER = 2;
const MOST_BYTES = 2_500_000;
const CONNECTING_MS = 180_000;

const LOOKS: Readonly<Record<string, TabOptions>> = {
  light: { width: 1280, height: 860, scheme: 'light' },
  dark: { width: 1280, height: 860, scheme: 'dark' },
  telephone: { width: 360, height: 740, scheme: 'light' },
};

/** By the name of their file. */
const PICTURES: Readonly<Record<string, { readonly view: View; readonly query?: string }>> = {
  now: { view: 'now' },
  history: { view: 'history', query: '?span=day&at=2026-11-22' },
  'history-week': { view: 'history', query: '?span=week&at=2026-11-18&as=stacked' },
  battery: { view: 'battery' },
  events: { view: 'events' },
  frames: { view: 'frames' },
  system: { view: 'system' },
};

/** Three weeks of memory, two days together, and the battery is there now. */
async function startSameHouse(): Promise<House> {
  const ahead = String(NOW_MS - Date.now());
  process.env.CLOCK_AHEAD_MS = ahead;
  await import(CLOCK);
  const data = folder();
  const startMs = Date.now() - TOGETHER * DAY * 1000;
  const battery = { seed: SEED, index: 0, startMs, historySeconds: DAYS * DAY, utcOffsetSeconds: AHEAD_SECONDS };
  spend({ folder: data, zone: ZONE, battery, days: TOGETHER });
  const environment = {
    ALPHAESS_LOCAL_NAME: 'Home',
    NODE_OPTIONS: `--import=${CLOCK}`,
    CLOCK_AHEAD_MS: ahead,
    ...(await outputs()),
  };
  const house = await startHouse({ data, remembers: TOGETHER + DAYS, environment });
  // It has its newest values from the days before, and needs a while to remember three weeks.
  await until('the battery to be there', async () => (await batteriesAt(house.origin))[0]?.connected, CONNECTING_MS);
  return house;
}

/** A broker and a time series server, for the System view. */
async function outputs(): Promise<Readonly<Record<string, string>>> {
  const broker = await Broker.start({ ending: atEnd });
  const influx = new InfluxServer();
  await influx.start();
  atEnd(() => influx.stop());
  return {
    ALPHAESS_LOCAL_MQTT_URL: broker.url,
    ALPHAESS_LOCAL_INFLUX_URL: influx.url,
    ALPHAESS_LOCAL_INFLUX_BUCKET: 'house',
  };
}

async function shoot(browser: Browser, { origin }: House, name: string, look: string): Promise<void> {
  const { view, query = '' } = PICTURES[name] ?? { view: 'now' };
  const options = { ...LOOKS[look], motion: 'reduce', at: `#/${view}${query}`, keep: true } as const;
  const tab = await Tab.open(browser, origin, options);
  await tab.drawn(view);
  if (view === 'frames') {
    await tab.page.getByRole('button', { name: 'Pause', exact: true }).click();
    await tab.page.getByRole('button', { name: 'Open live', exact: true }).first().click();
    await tab.page.waitForSelector('.hex');
  }
  await tab.ask(
    'document.fonts.ready.then(() => new Promise((resolve) => requestAnimationFrame(() => resolve(null))))',
  );
  await tab.page.screenshot({ path: `${IMAGES}${name}-${look}.png` });
  if (tab.complaints.length > 0) throw new Error(`${name}, ${look}: ${tab.complaints.join(', ')}`);
  await tab.page.context().close();
}

async function main(): Promise<void> {
  await buildPage();
  mkdirSync(IMAGES, { recursive: true });
  const browser = await launch();
  let bytes = 0;
  try {
    const house = await startSameHouse();
    for (const name of Object.keys(PICTURES)) {
      for (const look of Object.keys(LOOKS)) {
        await shoot(browser, house, name, look);
        bytes += statSync(`${IMAGES}${name}-${look}.png`).size;
      }
    }
  } finally {
    await browser.close();
    await endAll();
  }
  process.stdout.write(
    `${IMAGES}: ${(bytes / 1e6).toFixed(1)} MB of at most ${MOST_BYTES / 1e6} MB, ${isoOf(NOW_MS / 1000)}\n`,
  );
  if (bytes > MOST_BYTES) process.exitCode = 1;
}

await main();
