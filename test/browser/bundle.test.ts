/**
 * A bundle to share, on the page: shown to the owner before it is saved, a zip that others can open, without what is private.
 */
import { readFileSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';
import type { Download } from 'playwright-core';
import { expect, it } from 'vitest';
import { run } from '../io.ts';
import { clockText, folder, Peer, type Server, serve, until } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';
import { AHEAD_SECONDS, batteriesAt, type House, settings, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const [LOGIN, CONFIGURATION, UNKNOWN, LIVE] = [2, 4, 7, 16];
const TITLE = 'Bundle to share';
const HOUSE_NAME = 'Villa Sekretville';

/** What the battery of fixtures/ says of itself and its owner, and what the owner calls the house. */
const PRIVATE = [
  ...['AL2002021010101', 'invented-password-7', '3 Example Lane, Ballyexample', 'X99 ZZ99', '0209100123'],
  ...['EX-INSTALLER-42', 'EXBAT101P00017', 'EXINV5000000023', 'EXWIFI0000031', HOUSE_NAME],
];

async function startTold(): Promise<House> {
  const house = await startHouse({ lives: false, environment: { ALPHAESS_LOCAL_NAME: HOUSE_NAME } });
  const peer = await Peer.connect(house.server.port);
  const Time = clockText(Math.floor(Date.now() / 1000) + AHEAD_SECONDS);
  const live = JSON.stringify({ ...(JSON.parse(fixture('1-1-16.live.json')) as object), Time });
  peer.send(
    frameByHand(1, LOGIN, fixture('1-1-2.login.json')),
    frameByHand(1, CONFIGURATION, fixture('1-1-4.config.json')),
    frameByHand(1, UNKNOWN, fixture('1-1-7.unknown.json')),
    frameByHand(1, LIVE, live),
  );
  await until('the reading to be known', async () => (await batteriesAt(house.origin))[0]?.live);
  return house;
}

interface Unzipped {
  readonly name: string;
  readonly text: string;
}

/** By the central directory, as any program opens a zip (APPNOTE.TXT 4.3.7, 4.3.12, 4.3.16); not by the code that writes it. */
function unzipped(zip: Buffer): Unzipped[] {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  expect(end).toBeGreaterThan(0);
  const entries: Unzipped[] = [];
  let at = zip.readUInt32LE(end + 16);
  while (zip.toString('latin1', at, at + 4) === 'PK\x01\x02') {
    const [crc, packedLength, length, local] = numbers(zip, at, [16, 20, 24, 42], 4);
    const [method, nameLength, extraLength, commentLength] = numbers(zip, at, [10, 28, 30, 32], 2);
    const name = zip.toString('ascii', at + 46, at + 46 + nameLength);
    expect(zip.toString('latin1', local, local + 4)).toBe('PK\x03\x04');
    const begin = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(begin, begin + packedLength);
    expect(method).toBe(8);
    const content = inflateRawSync(packed);
    expect([name, content.length, crc32(content)]).toEqual([name, length, crc]);
    entries.push({ name, text: content.toString('utf8') });
    at += 46 + nameLength + extraLength + commentLength;
  }
  expect([at, entries.length]).toEqual([end, zip.readUInt16LE(end + 10)]);
  return entries;
}

function numbers(zip: Buffer, at: number, offsets: [number, number, number, number], size: 2 | 4) {
  return offsets.map((offset) => zip.readUIntLE(at + offset, size)) as typeof offsets;
}

/** Of `6.0 kB` or `223 B`. */
function bytesOf(shown: string): number {
  const [, amount, unit] = /^([\d.]+) (k?)B$/.exec(shown) ?? [];
  return Number(amount) * (unit === 'k' ? 1000 : 1);
}

/** Private values that stand somewhere, as text or in hexadecimal. */
function privateIn(text: string): string[] {
  const all = text.toLowerCase();
  return PRIVATE.filter((value) =>
    [value, Buffer.from(value).toString('hex')].some((form) => all.includes(form.toLowerCase())),
  );
}

const makeButton = (tab: Tab) => tab.page.locator('.bundle').getByRole('button', { name: 'Make it' });

async function saved(tab: Tab): Promise<{ readonly download: Download; readonly entries: readonly Unzipped[] }> {
  const save = tab.page.locator('.bundle').getByRole('button', { name: /^Save / });
  const [download] = await Promise.all([tab.page.waitForEvent('download'), save.click()]);
  expect(await save.textContent()).toBe(`Save ${download.suggestedFilename()}`);
  return { download, entries: unzipped(readFileSync(await download.path())) };
}

inChromium('A bundle', startTold, (browser, house) => {
  it('is shown to its owner before it is saved, and has just what was shown', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/system', width: 360, height: 740 });
    await tab.reads('.bundle', /Bundle to share .*nothing is sent anywhere\. .* Make it$/);
    await makeButton(tab).click();
    await tab.reads('.bundle', /frames\.hex .* Save alphaess-local-bundle-\d{4}-\d\d-\d\d\.zip$/);
    const shown = await tab.texts('.bundle-files code');
    expect(shown).toEqual(
      expect.arrayContaining(['README.txt', 'configuration.json', 'events.jsonl', 'frames.jsonl', 'frames.hex']),
    );
    expect(await tab.ask('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const { entries } = await saved(tab);
    expect(entries.map(({ name }) => name)).toEqual(shown);
    const sizes = (await tab.texts('.bundle-files .quiet')).map(bytesOf);
    // Rounded to a tenth of a kilobyte.
    for (const [at, { text }] of entries.entries())
      expect(Math.abs(Buffer.byteLength(text) - (sizes[at] ?? Number.NaN))).toBeLessThanOrEqual(50);
    const [readme = '', ...others] = await tab.texts('.bundle-files .note');
    expect(readme).toBe('what is in it, and what was replaced');
    for (const [at, what] of others.entries())
      expect(entries[0]?.text).toContain(`  ${shown[at + 1]?.padEnd(18)}  ${what}\n`);
    tab.isWithoutComplaint();
  });

  it('has what the battery said, and nothing of what is private', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
    await makeButton(tab).click();
    const { entries } = await saved(tab);
    const all = entries.map(({ name, text }) => `${name}\n${text}`).join('\n');
    expect(all).toContain('COMMAND_UNKNOWN');
    expect(all).toContain(Buffer.from('"InventedKey":"7"').toString('hex'));
    const said = [fixture('1-1-2.login.json'), fixture('1-1-4.config.json'), HOUSE_NAME];
    expect(privateIn(said.join())).toEqual(PRIVATE);
    expect(privateIn(all)).toEqual([]);
    expect(privateIn(await tab.text('.bundle'))).toEqual([]);
    tab.isWithoutComplaint();
  });

  it('has other dates where its owner wants that', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
    await tab.page.getByLabel('Move all dates back').check();
    await makeButton(tab).click();
    const { download, entries } = await saved(tab);
    expect(download.suggestedFilename()).toBe('alphaess-local-bundle.zip');
    const text = entries.map((entry) => entry.text).join('\n');
    const today = new Date().toISOString().slice(0, 10);
    expect(text).toMatch(/"received":"\d{4}-\d\d-\d\dT/);
    expect(text).not.toContain(today);
    tab.isWithoutComplaint();
  });
});

const PASSWORDS = { control: 'correct horse battery', view: 'look but do not touch' } as const;

async function startWithPasswords(): Promise<Server> {
  const data = folder();
  for (const [role, password] of Object.entries(PASSWORDS)) {
    const { code } = await run(['password', '--role', role, '--data', data], { stdin: `${password}\n` });
    expect(code).toBe(0);
  }
  return serve({ data, environment: settings() });
}

inChromium('A bundle, with passwords', startWithPasswords, (browser, server) => {
  it.each([
    ['control', [TITLE]],
    ['view', []],
  ] as const)('by the role %s the page offers %j', async (role, offered) => {
    const origin = `http://127.0.0.1:${server().webPort}`;
    const tab = await Tab.open(browser(), origin, { at: '#/system', expected: /status of 401/ });
    await tab.page.getByLabel('Password').fill(PASSWORDS[role]);
    await tab.page.getByLabel('Password').press('Enter');
    await tab.reads('.system-view', /Version /);
    expect((await tab.texts('.system-view h2')).filter((title) => title === TITLE)).toEqual(offered);
    expect(await makeButton(tab).count()).toBe(offered.length);
    tab.isWithoutComplaint();
  });
});
