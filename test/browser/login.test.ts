/**
 * Logging in: where the page is elsewhere, after wrong passwords, and where there is none to log in with.
 */
import { expect, it } from 'vitest';
import { run } from '../io.ts';
import { folder, type Server, serve, until } from '../server.ts';
import { settings } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const PASSWORD = 'correct horse battery';
/** What Chromium itself logs of answers that are refused. */
const REFUSED = /status of (401|421|429)/;

async function password(data: string, word: string, ...more: string[]): Promise<void> {
  expect((await run(['password', '--data', data, ...more], { stdin: `${word}\n` })).code).toBe(0);
}

async function start(environment: Readonly<Record<string, string>>, ...secrets: string[][]): Promise<Server> {
  const data = folder();
  for (const more of secrets) await password(data, PASSWORD, ...more);
  return serve({ data, environment: settings(environment) });
}

const originOf = ({ webPort }: Server) => `http://127.0.0.1:${webPort}`;

inChromium(
  'With a password and a base path',
  () => start({ ALPHAESS_LOCAL_WEB_BASE_PATH: '/battery/' }, []),
  (browser, server) => {
    it('one who opens the root is led to the page, and stays logged in', async () => {
      const tab = await Tab.open(browser(), originOf(server()), { expected: REFUSED });
      await tab.reads('h2', 'Log in');
      expect(new URL(tab.page.url()).pathname).toBe('/battery/');
      expect(await tab.ask('document.activeElement.name')).toBe('password');
      await tab.page.keyboard.type(PASSWORD);
      await tab.page.keyboard.press('Enter');
      await tab.reads('h2', 'No battery yet');
      tab.isWithoutComplaint();
    });

    it('says while it is busy, and how long one must wait after wrong ones', async () => {
      const tab = await Tab.open(browser(), originOf(server()), { at: 'battery/', expected: REFUSED });
      let answer: () => void = () => {};
      const held = new Promise<void>((resolve) => {
        answer = resolve;
      });
      await tab.page.route('**/api/session', async (route) => {
        if (route.request().method() === 'POST') await held;
        await route.continue();
      });
      const field = tab.page.getByLabel('Password');
      await field.fill('wrong');
      await field.press('Enter');
      await tab.reads('.login button', 'Logging in …');
      expect(await tab.page.locator('.login button').isDisabled()).toBe(true);
      answer();
      await tab.reads('[role=alert]', 'That is not the password.');
      expect(await tab.ask('document.activeElement.name')).toBe('password');
      await until('a lockout', async () => {
        await field.press('Enter');
        await tab.page.locator('.login button:not(:text("Logging in"))').waitFor();
        return /^There were too many wrong ones from here\. Try again in \d+ s\.$/.test(await tab.text('[role=alert]'));
      });
      await tab.reads('[role=alert]', 'You can try again now.');
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'With a password that is changed',
  () => start({}, []),
  (browser, server) => {
    it('shows the form to a page that was logged in', async () => {
      const tab = await Tab.open(browser(), originOf(server()), { expected: /status of 401|ERR_INCOMPLETE/ });
      await tab.page.getByLabel('Password').fill(PASSWORD);
      await tab.page.getByLabel('Password').press('Enter');
      await tab.reads('h2', 'No battery yet');
      await password(server().data, 'another horse battery');
      await tab.reads('h2', 'Log in');
      expect(await tab.texts('.gone')).toEqual([]);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'With a token alone',
  () => start({}, ['--token', 'grafana', '--role', 'view']),
  (browser, server) => {
    it('the page stays open to who sits at the machine', async () => {
      const tab = await Tab.open(browser(), originOf(server()));
      await tab.reads('h2', 'No battery yet');
      tab.isWithoutComplaint();
    });

    it('who opens it by another name reads which line to add', async () => {
      const tab = await Tab.open(browser(), `http://battery.localhost:${server().webPort}`, { expected: REFUSED });
      await tab.reads('h1', 'This server is not known by the name battery.localhost');
      expect(await tab.text('pre')).toBe('web: hosts: [battery.localhost]');
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'With a token alone, open to others',
  () => start({ ALPHAESS_LOCAL_WEB_HOSTS: 'battery.example' }, ['--token', 'grafana', '--role', 'view']),
  (browser, server) => {
    it('the page says that there is no password to log in with', async () => {
      const tab = await Tab.open(browser(), originOf(server()), { expected: REFUSED });
      await tab.reads('.login p', /^No password is set, .* alphaess-local password$/);
      expect(await tab.page.locator('input').count()).toBe(0);
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'At a first start, open to others',
  () => start({ ALPHAESS_LOCAL_WEB_HOSTS: 'battery.example', ALPHAESS_LOCAL_WEB_SETUP: 'true' }),
  (browser, server) => {
    it('the page asks for the code of the log and a password, and is open from then on', async () => {
      const tab = await Tab.open(browser(), originOf(server()), { expected: REFUSED });
      await tab.reads('h2', 'Set a password');
      expect(await tab.ask('document.activeElement.name')).toBe('code');
      await tab.page.getByLabel('New password').fill(PASSWORD);
      await tab.page.getByLabel('Code from the log').fill('AAAA AAAA');
      await tab.page.keyboard.press('Enter');
      await tab.reads('[role=alert]', 'That is not the code.');
      const said = /with the code ([2-9A-Z]{4}-[2-9A-Z]{4})/;
      await until('the code in the log', () => said.test(server().stdout));
      await tab.page.getByLabel('Code from the log').fill(said.exec(server().stdout)?.[1]?.toLowerCase() ?? '');
      await tab.page.getByRole('button', { name: 'Set the password' }).click();
      await tab.reads('h2', 'No battery yet');
      tab.isWithoutComplaint();
    });

    it('then asks others for that password', async () => {
      const tab = await Tab.open(browser(), originOf(server()), { expected: REFUSED });
      await tab.reads('h2', 'Log in');
      await tab.page.getByLabel('Password').fill(PASSWORD);
      await tab.page.keyboard.press('Enter');
      await tab.reads('h2', 'No battery yet');
      tab.isWithoutComplaint();
    });
  },
);
