/**
 * All together: two batteries, one of which falls silent; and two that share a connection.
 */
import { expect, it } from 'vitest';
import { clockText, Peer, until } from '../server.ts';
import { fixture, frameByHand } from '../wire.ts';
import { AHEAD_SECONDS, batteriesAt, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

const OTHER = 'AL2002021010102';

function body(name: string, more: Readonly<Record<string, string>>): string {
  const known = JSON.parse(fixture(name)) as Record<string, string>;
  return JSON.stringify({ ...known, ...more });
}

function live(more: Readonly<Record<string, string>>): Uint8Array {
  const Time = clockText(Math.floor(Date.now() / 1000) + AHEAD_SECONDS);
  return frameByHand(1, 16, body('1-1-16.live.json', { Time, ...more }));
}

inChromium(
  'All together',
  async () => {
    const house = await startHouse({ lives: false });
    const peers = [await Peer.connect(house.server.port), await Peer.connect(house.server.port)] as const;
    peers[0].send(frameByHand(1, 4, fixture('1-1-4.config.json')), live({ SOC: '71.2' }));
    peers[1].send(
      frameByHand(1, 4, body('1-1-4.config.json', { SN: OTHER })),
      live({ SN: OTHER, PmeterL1: '5100', SOC: '21.2' }),
    );
    await until('both to be known', async () => {
      const known = await batteriesAt(house.origin);
      return known.length === 2 && known.every((battery) => battery.live);
    });
    return { ...house, peers };
  },
  (browser, house) => {
    it('adds up the living and names the missing', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      // −3442 + 5100.
      await tab.reads('.node.grid text', /1\.66 kW ?importing/);
      expect(await tab.text('.charge-number')).toBe('46.2 %');
      expect(await tab.texts('.missing')).toEqual([]);
      // Two minutes later, and only one has spoken since.
      await tab.page.clock.install();
      await tab.page.clock.fastForward(120_000);
      await tab.page.waitForSelector('.flow-diagram.old');
      house().peers[0].send(live({ SOC: '71.2' }));
      await tab.reads('.node.grid text', /3\.44 kW ?exporting/);
      expect(await tab.text('.charge-number')).toBe('71.2 %');
      await tab.page.waitForSelector('.flow-diagram:not(.old)');
      const other = (await batteriesAt(house().origin)).find(({ live: known }) => known?.values.soc === 21.2);
      expect(await tab.text('.missing')).toBe(`Not in the sum: ${other?.name} (last data 2 min ago).`);
      await tab.reads('.freshness li', /^Last data \d+ s ago$/);
      // Back again.
      house().peers[1].send(live({ SN: OTHER, PmeterL1: '100', SOC: '21.2' }));
      await tab.reads('.node.grid text', /3\.34 kW ?exporting/);
      await tab.page.waitForSelector('.missing', { state: 'detached' });
      tab.isWithoutComplaint();
    });
  },
);

inChromium(
  'Two batteries on one connection',
  async () => {
    const house = await startHouse({ lives: false });
    const peer = await Peer.connect(house.server.port);
    peer.send(frameByHand(1, 4, fixture('1-1-4.config.json')), live({ SOC: '71.2' }));
    peer.send(frameByHand(1, 4, body('1-1-4.config.json', { SN: OTHER })), live({ SN: OTHER, SOC: '21.2' }));
    await until('both to be known', async () => {
      const known = await batteriesAt(house.origin);
      return known.length === 2 && known.every((battery) => battery.live);
    });
    return { ...house, peer };
  },
  (browser, house) => {
    it('are both connected, by name, and each is shown by itself', async () => {
      const tab = await Tab.open(browser(), house().origin);
      await tab.drawn('now');
      expect(await tab.texts('.freshness li')).toContain('2 of 2 connected');
      await tab.reads('.wellness', 'All is well');
      const known = await batteriesAt(house().origin);
      for (const { id, live: newest } of known) {
        await tab.page.selectOption('.battery-switch select', id);
        await tab.reads('.charge-number', `${Number(newest?.values.soc).toFixed(1)} %`);
        expect(await tab.texts('.freshness li')).toContain('Connected');
      }
      await tab.page.click('nav a[href^="#/system"]');
      const names = known.map(({ name }) => name).join(', ');
      await tab.reads('.system-view', new RegExp(`Connections [^]* ${names}, \\d+ s`));
      tab.isWithoutComplaint();
    });
  },
);
