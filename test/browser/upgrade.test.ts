/**
 * A page that is open while the server is away, and while it is replaced by another version: it goes on by itself.
 */
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { folder, NODE, type Server, serve, until } from '../server.ts';
import { settings } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What Chromium itself logs of a server that is away, and of parts of a page that it no longer has. */
const AWAY =
  /ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE|FAILED)|status of 404|Failed to load module script/;

/** The server with a page of its own, which can be built anew under it. */
interface Installed {
  readonly program: string;
  server: Server;
}

async function install(): Promise<Installed> {
  const program = folder();
  for (const part of ['src', 'package.json', 'dist/dashboard'])
    cpSync(join(ROOT, part), join(program, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(program, 'node_modules'));
  const data = join(program, 'data');
  mkdirSync(data);
  return { program, server: await begin(program, data) };
}

function begin(program: string, data: string, args: string[] = []): Promise<Server> {
  return serve({ data, environment: settings(), args, command: [NODE, join(program, 'src/cli.ts')] });
}

/** The same server once more, where it was. */
async function again(installed: Installed): Promise<void> {
  const { webPort, port, data } = installed.server;
  const listen = ['--web-listen', `127.0.0.1:${webPort}`, '--battery-listen', `127.0.0.1:${port}`];
  installed.server = await begin(installed.program, data, listen);
}

/** The same page with another content of every script, and so with other names. */
async function rebuild({ program }: Installed, version: number): Promise<void> {
  await build({
    root: `${ROOT}dashboard`,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: 'error',
    build: { outDir: join(program, 'dist/dashboard'), emptyOutDir: true },
    plugins: [
      { name: 'version', renderChunk: (code) => ({ code: `${code}\nglobalThis.version=${version};`, map: null }) },
    ],
  });
}

const versionIn = (tab: Tab) => tab.ask<number | null>('globalThis.version ?? null').catch(() => null);
const isStyled = (tab: Tab) =>
  tab.ask<boolean>(`getComputedStyle(document.querySelector('.frames-view')).display === 'grid'`);

inChromium('A page left open', install, (browser, installed) => {
  const open = (at: string) =>
    Tab.open(browser(), `http://127.0.0.1:${installed().server.webPort}`, { at, expected: AWAY });

  it('shows a view that was first opened while the server was away when it is back, with its style', async () => {
    const tab = await open('#/now');
    await tab.reads('h2', 'No battery yet');
    await installed().server.kill();
    await tab.page.waitForSelector('.gone');
    await tab.page.click('nav a[href^="#/frames"]');
    await tab.reads('main', /^This view could not be loaded\. This page tries again by itself\.$/);
    await again(installed());
    await tab.page.waitForSelector('.gone', { state: 'detached' });
    await tab.page.waitForSelector('.frames-view');
    expect(await isStyled(tab)).toBe(true);
    expect(await tab.text()).not.toMatch(/preload|Failed to fetch/);
    tab.isWithoutComplaint();
  });

  it('loads its stylesheet again where it did not come', async () => {
    const tab = await open('#/now');
    const isBare = () => tab.ask<boolean>(`getComputedStyle(document.querySelector('.top')).display === 'block'`);
    await tab.page.route('**/*.css', (route) => route.abort());
    await tab.page.reload();
    await tab.reads('h2', 'No battery yet');
    expect(await isBare()).toBe(true);
    await tab.page.unroute('**/*.css');
    await until('the style', async () => !(await isBare()));
    tab.isWithoutComplaint();
  });

  it('loads itself anew after an upgrade, in the view that was open', async () => {
    const tab = await open('#/system');
    await tab.page.waitForSelector('.system-view');
    await installed().server.kill();
    await rebuild(installed(), 2);
    await again(installed());
    await until('the new page', async () => (await versionIn(tab)) === 2);
    await tab.page.waitForSelector('.system-view');
    await tab.page.click('nav a[href^="#/frames"]');
    await tab.page.waitForSelector('.frames-view');
    tab.isWithoutComplaint();
  });

  it('notices one that is built under a running server, and waits while something is written', async () => {
    const tab = await open('#/frames');
    const field = tab.page.getByLabel('Find by name');
    await field.fill('live');
    expect(await versionIn(tab)).toBe(2);
    await rebuild(installed(), 3);
    await tab.reads('.renewal p', /^The server has a newer version of this page\./);
    expect(await versionIn(tab)).toBe(2);
    expect(await field.inputValue()).toBe('live');
    await field.fill('');
    await until('the new page', async () => (await versionIn(tab)) === 3);
    await tab.page.waitForSelector('.frames-view');
    tab.isWithoutComplaint();
  });

  it('opens a view whose old parts are gone', async () => {
    const tab = await open('#/now');
    await tab.reads('h2', 'No battery yet');
    await rebuild(installed(), 4);
    // The server hands out the new page from the next look at it on, and the old parts no more.
    await fetch(`http://127.0.0.1:${installed().server.webPort}/`);
    await tab.page.click('nav a[href^="#/frames"]');
    await tab.page.waitForSelector('.frames-view');
    expect(await versionIn(tab)).toBe(4);
    tab.isWithoutComplaint();
  });
});
