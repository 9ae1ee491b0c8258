/**
 * A page in a browser that is watched: whatever it complains of, wherever it asks, and all that it is told.
 */
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { until } from '../server.ts';

/** Those that every house has. */
export const VIEWS = ['now', 'history', 'battery', 'control', 'events', 'frames', 'system'] as const;
/** The vendor's view is there only where a relay is. */
export type View = (typeof VIEWS)[number] | 'vendor';

/** What must be there before a view counts as drawn. */
const DRAWN: Readonly<Record<View, string>> = {
  now: '.flow-diagram .node.pv .value >> visible=true',
  history: '.chart canvas',
  battery: '.battery-view .settings li',
  control: '.control-view .control-now',
  events: '.event-day li, .no-event',
  frames: '.frame-name',
  system: '.system-view .chart canvas',
  vendor: '.vendor-view .facts',
};

/** As words of the page, since Chromium only sometimes logs it. */
const TELL_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI);
});`;

export interface TabOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly motion?: 'reduce' | 'no-preference';
  /** What comes after the address of the server. */
  readonly at?: string;
  /** Complaints that belong to the test. */
  readonly expected?: RegExp;
  /** Outside a test: open until its context is closed. */
  readonly keep?: boolean;
}

export class Tab {
  readonly page: Page;
  /** Errors on the console, violations of the content security policy, requests to others. */
  readonly complaints: string[] = [];
  readonly #origin: string;
  readonly #told: Promise<string>[] = [];
  readonly #events: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    this.#origin = origin;
  }

  /** Closed when the test has finished. */
  static async open(browser: Browser, origin: string, options: TabOptions = {}): Promise<Tab> {
    const { at = '', expected, keep = false } = options;
    const context = await browser.newContext(contextOf(options));
    if (!keep) onTestFinished(() => context.close());
    const page = await context.newPage();
    const tab = new Tab(page, origin);
    await tab.#watch(expected);
    await page.goto(`${origin}/${at}`);
    return tab;
  }

  async #watch(expected: RegExp | undefined): Promise<void> {
    const { page } = this;
    const complain = (text: string) => {
      if (expected?.test(text) !== true) this.complaints.push(text);
    };
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complain(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => complain(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== this.#origin) complain(`asked ${url}`);
    });
    page.on('response', (response) => {
      const text = textOf(response);
      // Closed in the midst of an answer: that matters only to who asks what was told.
      text.catch(() => {});
      this.#told.push(text);
    });
    await page.addInitScript(TELL_VIOLATIONS);
    const session = await page.context().newCDPSession(page);
    session.on('Network.eventSourceMessageReceived', ({ eventName, data }) =>
      this.#events.push(`${eventName} ${data}`),
    );
    await session.send('Network.enable');
  }

  /** All the page was told so far: bodies and headers of answers, and events. */
  async told(): Promise<string> {
    return [...(await Promise.all(this.#told)), ...this.#events].join('\n');
  }

  get events(): readonly string[] {
    return this.#events;
  }

  /** Goes to a view by its link, and waits until it is drawn. */
  async show(view: View): Promise<void> {
    await this.page.click(`nav a[href^="#/${view}"]`);
    await this.drawn(view);
  }

  async drawn(view: View): Promise<void> {
    await this.page.waitForSelector(DRAWN[view]);
    await until(`${view} to be loaded`, async () => !(await this.text()).includes('Loading …'));
  }

  /** What a person reads there, spaces made plain. */
  async text(selector = 'body'): Promise<string> {
    return (await this.texts(selector))[0] ?? '';
  }

  async texts(selector: string): Promise<string[]> {
    const found = await this.ask<string[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.innerText ?? one.textContent)`,
    );
    return found.map(plain);
  }

  /** Waits until that text is there. */
  async reads(selector: string, wanted: RegExp | string): Promise<string> {
    const fits = (text: string) => (typeof wanted === 'string' ? text === wanted : wanted.test(text));
    return until(`${selector} to read ${wanted}`, async () => {
      // The page may just be loading anew.
      const [text] = await this.texts(selector).catch(() => []);
      return text !== undefined && fits(text) && text;
    });
  }

  /** Asked in the page's own words; no types of a browser are known here. */
  ask<T>(script: string): Promise<T> {
    return this.page.evaluate<T>(script);
  }

  isWithoutComplaint(): void {
    expect(this.complaints).toEqual([]);
  }
}

function contextOf({ width = 1280, height = 800, scheme, motion }: TabOptions): BrowserContextOptions {
  return {
    viewport: { width, height },
    // Not the house's: its days must not be the browser's.
    timezoneId: 'America/New_York',
    locale: 'en-GB',
    colorScheme: scheme ?? 'light',
    reducedMotion: motion ?? 'no-preference',
    acceptDownloads: true,
  };
}

async function textOf(response: Response): Promise<string> {
  const headers = await response.allHeaders();
  // Never ends; its events are heard one by one.
  if (headers['content-type']?.startsWith('text/event-stream')) return JSON.stringify(headers);
  const body = await response.text().catch(() => '');
  return `${response.url()} ${JSON.stringify(headers)}\n${body}`;
}

export function plain(text: string): string {
  return text
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .replaceAll('−', '-')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
