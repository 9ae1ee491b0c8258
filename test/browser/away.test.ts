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
      expect(await tab.text('.steps')).toContain(`The server listens on 127.0.0.1:${house().server.port}.`);
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
