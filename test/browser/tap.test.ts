/**
 * A battery that is heard by tap, and a recording for Wireshark: on the page.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCapture } from '../captures/read.ts';
import { NO_TCPDUMP, tcpdumpOf } from '../captures/tcpdump.ts';
import { folder, type Server, serve } from '../server.ts';
import { type House, settings, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

interface TappedHouse {
  /** The server that the battery speaks to. */
  readonly house: House;
  /** The one that listens. */
  readonly tap: Server;
  /** One whose command ends at once. */
  readonly deaf: Server;
}

async function start(): Promise<TappedHouse> {
  const house = await startHouse({ lives: false });
  const { port } = house.server;
  const command = NO_TCPDUMP === null ? tcpdumpOf(port) : ['/bin/false'];
  const tapping = (words: readonly string[]) =>
    settings({ ALPHAESS_LOCAL_TAP_COMMAND: words.join(','), ALPHAESS_LOCAL_TAP_PORT: String(port) });
  const tap = await serve({ data: folder(), environment: tapping(command) });
  const deaf = await serve({
    data: folder(),
    environment: tapping(['/bin/sh', '-c', 'echo "tcpdump: eth7: No such device exists" >&2; exit 1']),
  });
  await house.fleet.start();
  return { house, tap, deaf };
}

const at = ({ webPort }: Server) => `http://127.0.0.1:${webPort}`;

inChromium('A tap', start, (browser, shared) => {
  it.skipIf(NO_TCPDUMP !== null)('shows its battery as one that it hears', async () => {
    const tab = await Tab.open(browser(), at(shared().tap), { at: '#/system' });
    await tab.reads('.tap', /State listening .*Messages of batteries, of the vendor [1-9]\d*, [1-9]\d*/);
    await tab.reads('.battery-facts', /State Heard by tap/);
    await tab.show('now');
    await tab.reads('.freshness', /Heard by tap/);
    tab.isWithoutComplaint();
  });

  it('says what keeps it from hearing', async () => {
    const tab = await Tab.open(browser(), at(shared().deaf), { at: '#/system' });
    await tab.reads(
      '.tap',
      /TAP_ENDED exit code 1: tcpdump: eth7: No such device exists\. .*State (?:waiting|starting)/,
    );
    tab.isWithoutComplaint();
  });

  it('is on no page of a server that does not listen', async () => {
    const tab = await Tab.open(browser(), shared().house.origin, { at: '#/system' });
    await tab.reads('.recording', /State not recording/);
    expect(await tab.texts('.tap')).toEqual([]);
  });
});

inChromium(
  'A recording',
  () => startHouse({}),
  (browser, house) => {
    it('is begun, ended and fetched by the owner, without what is private', async () => {
      const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
      await tab.reads('.recording', /For .*Record State not recording/);
      await tab.page.click('.recording button');
      await tab.reads('.recording', /Stop State recording, for another (?:9|10) min/);
      await tab.reads('.recording', /Messages recorded [2-9]/);
      await tab.page.click('.recording button');
      await tab.reads('.recording', /State not recording Messages recorded \d+ .*kB/);
      const [download] = await Promise.all([
        tab.page.waitForEvent('download'),
        tab.page.click('.recording a[download]'),
      ]);
      const bytes = readFileSync(await download.path());
      const { items } = await readCapture(bytes);
      expect(items.filter((item) => item.kind === 'piece' && item.piece.crcOk).length).toBeGreaterThan(1);
      expect(bytes.toString('latin1')).not.toContain('ALSIM');
      tab.isWithoutComplaint();
    });
  },
);
