/**
 * Before there is a battery, while the server is away, and before one has logged in.
 */
import { expect, it } from 'vitest';
import { run } from '../io.ts';
import { atEnd, folder, Peer, serve, until } from '../server.ts';
import { batteriesAt, type House, settings, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

/** What Chromium itself logs while nobody answers. */
const NOBODY = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/;
const REFUSED = /status of 401/;
const PASSWORD = 'correct horse battery';

/** The same server once more, where it was. */
async function again({ server }: House): Promise<void> {
  const args = ['--web-listen', `127.0.0.1:${server.webPort}`, '--battery-listen', `127.0.0.1:${server.port}`];
  await serve({ data: server.data, environment: settings(), args });
}

inChromium(
  'Before the first battery',
  () => startHouse({ lives: false }),
  (browser, house) => {
    it('says what to do and what it sees, and turns to the battery when it comes', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.reads('h2', 'No battery yet');
      // What keeps it from coming stands first, with the line that mends it.
      await tab.reads(
        '.steps li',
        /^1?\s*Let the server be reached It listens on 127\.0\.0\.1:\d+ alone, .* 0\.0\.0\.0:7777/,
      );
      expect(await tab.text('.steps')).toMatch(/TCP port \d+; the Internet never may/);
      expect(await tab.text('.steps')).toMatch(/old connection to the vendor for days\. .* unplug its network cable/);
      await tab.reads(
        '.seen',
        /Fault: the server listens on 127\.0\.0\.1 alone, .* nobody has connected since the server started/,
      );
      await Peer.connect(house().server.port);
      await tab.reads(
        '.seen',
        /Open connections 1 .* no battery has connected .* once somebody connected and said nothing/,
      );
      await tab.page.click('nav a[href^="#/system"]');
      await tab.page.waitForSelector('.system-view');
      await tab.page.click('nav a[href^="#/now"]');
      await house().fleet.start();
      await tab.drawn('now');
      await tab.reads('.freshness li', /^Last data \d s ago$/);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'Before the first battery, where others reach the server',
  () => startHouse({ lives: false, environment: { ALPHAESS_LOCAL_WEB_BASE_PATH: '/battery/' } }),
  (browser, house) => {
    /** Tests listen on loopback alone: what a server in a network answers. */
    const open = async (answer: object) => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/frames' });
      await tab.page.waitForSelector('.frames-view');
      await tab.page.route('**/api/destination', (route) =>
        route.fulfill({
          json: {
            names: ['www.alphaess.com'],
            port: 7777,
            reachable: true,
            container: false,
            addresses: [],
            ...answer,
          },
        }),
      );
      await tab.page.click('nav a[href^="#/now"]');
      await tab.reads('h2', 'No battery yet');
      await tab.page.waitForSelector('.steps li');
      return tab;
    };

    it('says which record to enter, with the address of this machine', async () => {
      const tab = await open({ addresses: ['192.168.1.20', 'fd00::20'] });
      expect(await tab.text('.record')).toBe('www.alphaess.com → 192.168.1.20');
      expect(await tab.text('.steps')).toContain('This machine has other addresses, too: fd00::20.');
      expect(await tab.text('.steps')).not.toContain('alone');
      tab.isWithoutComplaint();
    });

    it('says that the address is that of the host, in a container', async () => {
      const tab = await open({ container: true });
      expect(await tab.text('.steps')).toContain('The address is that of the machine that runs this container');
      tab.isWithoutComplaint();
    });

    it('leads to the docs that the server itself hands out, and they lead on', async () => {
      const tab = await open({});
      const [docs] = await Promise.all([
        tab.page.context().waitForEvent('page'),
        tab.page.getByRole('link', { name: 'docs/redirect.md#did-it-work' }).first().click(),
      ]);
      await docs.waitForLoadState();
      expect(new URL(docs.url()).pathname).toBe('/battery/docs/redirect.html');
      expect(await docs.locator('h2#did-it-work').textContent()).toBe('Did it work?');
      const colour = await docs.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
      expect(colour).toBe('rgb(241, 242, 241)');
      await docs.getByRole('link', { name: 'doctor', exact: false }).first().click();
      await docs.waitForURL(/docs\/\w+\.html/);
      expect(await docs.locator('h1').count()).toBe(1);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'While the server is away',
  () => startHouse({ days: 1 }),
  (browser, house) => {
    it('says since when, goes on by itself when it is back, and shows what is then', async () => {
      const tab = await Tab.open(browser(), house().origin, { expected: NOBODY });
      await tab.drawn('now');
      await house().server.kill();
      await tab.page.waitForSelector('.gone');
      expect(await tab.text('.gone')).toMatch(/^The server does not answer since \d\d:\d\d:\d\d \(\d+ s\)\./);
      await tab.page.waitForSelector('.flow-diagram.old');
      await tab.page.waitForSelector('.charge.old');
      expect(await tab.text('.wellness')).toBe('Whether all is well is not known at present');
      expect(await tab.texts('.freshness li')).not.toContain('Connected');
      await again(house());
      await tab.page.waitForSelector('.gone', { state: 'detached' });
      await until('a new reading', async () => (await batteriesAt(house().origin))[0]?.connected);
      await tab.reads('.freshness li', /^Last data [0-3] s ago$/);
      await tab.page.waitForSelector('.flow-diagram:not(.old)');
      await tab.page.waitForSelector('.charge:not(.old)');
      await tab.reads('.wellness', 'All is well');
      const [first] = await tab.texts('.flow-diagram');
      await until('values that change', async () => (await tab.texts('.flow-diagram'))[0] !== first);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'With a password',
  async () => {
    const data = folder();
    const { code } = await run(['password', '--data', data], { stdin: `${PASSWORD}\n` });
    expect(code).toBe(0);
    const server = await serve({ data, environment: settings() });
    const peer = await Peer.connect(server.port);
    atEnd(() => void peer.socket.destroy());
    return `http://127.0.0.1:${server.webPort}`;
  },
  (browser, origin) => {
    it('asks for it, refuses a wrong one, lets the right one in, and out again', async () => {
      const tab = await Tab.open(browser(), origin(), { expected: REFUSED });
      await tab.reads('h2', 'Log in');
      expect(await tab.page.locator('nav a').count()).toBe(0);
      const field = tab.page.getByLabel('Password');
      await field.fill('wrong horse');
      await field.press('Enter');
      await tab.reads('[role=alert]', 'That is not the password.');
      await field.fill(PASSWORD);
      await field.press('Enter');
      await tab.reads('h2', 'No battery yet');
      const [cookie] = await tab.page.context().cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: expect.stringMatching(/Lax|Strict/) });
      await tab.page.reload();
      await tab.reads('h2', 'No battery yet');
      await tab.page.getByRole('button', { name: 'Log out' }).click();
      await tab.reads('h2', 'Log in');
      expect(await tab.told()).not.toContain(PASSWORD);
      tab.isWithoutComplaint();
    });
  },
);
