/**
 * How heavy the page is, how soon it can be used, and how soon a year is drawn, in a real browser.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { encodeFrame, REQUEST } from '../src/protocol/frame.ts';
import buildPage from '../test/browser/build.ts';
import { HAVE_CHROMIUM, launch, NO_CHROMIUM } from '../test/browser/chromium.ts';
import type { Figure } from './figure.ts';
import { startServer, temporaryFolder } from './process.ts';
import { fill, SERIAL } from './year.ts';

const BUILT = fileURLToPath(new URL('../dist/dashboard/', import.meta.url));
const LIVE = 16;
/** Enough for the hours of a year; the readings between make the file no slower to draw. */
const INTERVAL = 60;
const TIMES = 7;

export async function pageLoad(): Promise<Figure[]> {
  await buildPage();
  const size = firstLoad();
  if (!HAVE_CHROMIUM) return [size, ...figures(null, null, NO_CHROMIUM)];
  const data = temporaryFolder();
  fill(data.path, INTERVAL);
  const server = await startServer(data.path);
  await sendReading(server.port);
  const browser = await launch();
  const address = `http://127.0.0.1:${server.webPort}/`;
  const loads = await usable(browser, address);
  const years = await drawn(browser, address);
  await browser.close();
  await server.stop();
  data.remove();
  return [size, ...figures(loads, years, `median of ${TIMES}`)];
}

function figures(loads: readonly number[] | null, years: readonly number[] | null, note: string): Figure[] {
  const slowest = (times: readonly number[] | null) =>
    times === null ? note : `${note}; slowest ${Math.max(...times).toFixed(0)} ms`;
  return [
    {
      name: 'page usable: from its address to the values of now',
      value: median(loads),
      unit: 'ms',
      atMost: 1000,
      note: slowest(loads),
    },
    { name: 'a year, from click to drawn', value: median(years), unit: 'ms', atMost: 150, note: slowest(years) },
  ];
}

/** What a browser fetches before it can show anything: the script, and what the page names to be fetched with it. */
function firstLoad(): Figure {
  const page = readFileSync(`${BUILT}index.html`, 'utf8');
  const scripts = [...page.matchAll(/(?:<script[^>]* src|modulepreload"[^>]* href)="\.\/([^"]+)"/g)];
  const bytes = scripts.reduce((sum, [, file = '']) => sum + gzipSync(readFileSync(BUILT + file)).length, 0);
  const note = `${scripts.length} files`;
  return { name: 'JavaScript of the first load, gzip', value: bytes / 1000, unit: 'kB', atMost: 60, note };
}

/** The battery of that year is there once more, so that there is something to show. */
function sendReading(port: number): Promise<void> {
  const Time = new Date().toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  const body = JSON.parse(readFileSync(new URL('../fixtures/1-1-16.live.json', import.meta.url), 'utf8')) as object;
  const frame = encodeFrame(REQUEST, LIVE, Buffer.from(JSON.stringify({ ...body, Time, SN: SERIAL })));
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(frame));
    socket.once('data', () => resolve()).once('error', reject);
    socket.once('data', () => socket.destroy());
  });
}

/** With nothing in the browser's cache. @returns milliseconds since the navigation began */
async function usable(browser: Browser, address: string): Promise<number[]> {
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const page = await browser.newPage();
    await page.addInitScript(`(function look() {
      const value = document.querySelector('.node.pv .value')?.textContent ?? '';
      if (/\\d/.test(value)) requestAnimationFrame(() => setTimeout(() => { window.usableAfter = performance.now(); }));
      else requestAnimationFrame(look);
    })()`);
    await page.goto(address);
    await page.waitForSelector('.flow-diagram');
    times.push(await page.evaluate<number>(patience('window.usableAfter')));
    await page.close();
  }
  return times;
}

async function drawn(browser: Browser, address: string): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${address}#/history?span=month&at=2025-06-15`);
  await page.waitForSelector('.chart canvas');
  const times: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    times.push(await clicked(page, 'Year', '2025'));
    await clicked(page, 'Month', 'January 2025');
  }
  await page.close();
  return times;
}

/** From the click to the frame in which another picture is on the screen. */
function clicked(page: Page, button: string, title: string): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const before = document.querySelector('.chart canvas');
    const button = [...document.querySelectorAll('.segments button')].find((one) => one.textContent === '${button}');
    const begun = performance.now();
    button.click();
    const isThere = () => {
      const canvas = document.querySelector('.chart canvas');
      return canvas !== null && canvas !== before && document.querySelector('.span-title').textContent === '${title}';
    };
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - begun;
  })()`);
}

/** Script that waits until a value is there. */
function patience(value: string): string {
  return `(async () => {
    while (${value} === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    return ${value};
  })()`;
}

function median(numbers: readonly number[] | null): number | null {
  if (numbers === null) return null;
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? null;
}
