import { describe, expect, it } from 'vitest';
import { Private, type StoreRecord } from '../model.ts';
import { Batteries, type HeardBattery } from '../session/batteries.ts';
import type { CommandPolicy, FirewallPolicy } from '../session/firewall.ts';
import { compareConfigurations } from '../session/settings/comparison.ts';
import { VendorDesk, type VendorDeskParts } from './vendor-desk.ts';

const ID = 'b3f1c2';
const NOW = { wallMs: 1_718_190_251_000, monoMs: 5000 };

function deskWith(commands: Readonly<Record<string, CommandPolicy>> = {}, more: Partial<VendorDeskParts> = {}) {
  const battery = new Batteries(1).hear('AL2002021010101') as HeardBattery;
  const kept: StoreRecord[] = [];
  const policy: FirewallPolicy = { commands: new Map(Object.entries(commands)), share: 'all' };
  const desk = new VendorDesk({
    switchboard: { find: (id) => (id === ID ? battery : null), idOf: () => ID },
    relay: null,
    policy,
    upstream: 'vendor.example:7777',
    keep: (records) => void kept.push(...records),
    now: () => NOW,
    ...more,
  });
  const notes = () => kept.map((record) => (record.type === 'event' ? `${record.name} ${record.text}` : record.type));
  return { desk, battery, notes };
}

function hold(battery: HeardBattery, key: string): void {
  const proposed = new Map([[key, '0']]);
  const comparison = compareConfigurations(new Map([[key, '2']]), null, proposed);
  battery.vendor.held = { sinceMs: 1, proposed, comparison };
}

describe('what the owner sees of the relay', () => {
  it('is nothing where nothing is relayed', () => {
    const { desk } = deskWith({}, { upstream: null, policy: undefined });
    expect(desk.relay()).toEqual({ upstream: null, connections: [], commands: [] });
    expect(desk.relayed).toBeNull();
  });

  it('is each connection with the id of its battery, never its serial number', () => {
    const counts = { sent: 1, received: 2, damaged: 3, dropped: 4, missed: 5 };
    const upstream = { state: 'up', sinceMs: 9, ...counts, problem: null } as const;
    const relayed = [
      { connection: 7, battery: new Private('AL2002021010101'), hasLogin: true, upstream },
      { connection: 8, battery: null, hasLogin: false, upstream: { ...upstream, state: 'waiting' } as const },
    ];
    const { desk } = deskWith({}, { relay: { relayed } });
    expect(desk.relayed).toEqual({ connections: 2, up: 1 });
    const view = desk.relay();
    expect(view.connections).toMatchObject([
      { connection: 7, battery: ID, hasLogin: true, sent: 1 },
      { connection: 8, battery: null },
    ]);
    expect(JSON.stringify(view)).not.toContain('AL2002021010101');
  });

  it('is what becomes of each command', () => {
    const { desk } = deskWith({ SyncTime: 'hold', upload_log: 'pass' });
    const policies = Object.fromEntries(desk.relay().commands.map(({ name, policy }) => [name, policy]));
    expect(policies).toMatchObject({
      Resume: 'pass',
      SetConfig: 'owner',
      SyncTime: 'hold',
      Update: 'block',
      upload_log: 'pass',
    });
  });

  it('is what the vendor asked of a battery', () => {
    const { desk, battery } = deskWith();
    expect(desk.of('other')).toBeNull();
    expect(desk.of(ID)).toEqual({ requests: [], counts: { pass: 0, consume: 0, hold: 0, block: 0 }, held: null });
    hold(battery, 'SetFeed');
    expect(desk.of(ID)?.held).toEqual({
      sinceMs: 1,
      finding: 'other',
      differences: [{ key: 'SetFeed', from: '2', to: '0', owner: 'other' }],
      unconfirmed: [],
    });
    battery.vendor.held = { sinceMs: 1, proposed: new Map(), comparison: null };
    expect(desk.of(ID)?.held).toMatchObject({ finding: 'unknown', differences: [] });
  });
});

describe('the owner’s word', () => {
  it('lets a command through for a time, which is kept as an event', () => {
    const { desk, battery, notes } = deskWith();
    desk.decide(ID, { action: 'let', command: 'Update', minutes: 10 });
    expect(battery.vendor.isLet('Update', { ...NOW, monoMs: NOW.monoMs + 599_999 })).toBe(true);
    expect(battery.vendor.isLet('Update', { ...NOW, monoMs: NOW.monoMs + 600_000 })).toBe(false);
    expect(notes()).toEqual(['vendor_let Update, for 10 minutes']);
    expect(() => desk.decide(ID, { action: 'let', command: 'SetConfig', minutes: 1 })).toThrow('allow what is held');
  });

  it('allows what is held, once, or refuses it', () => {
    const { desk, battery, notes } = deskWith();
    for (const action of ['allow', 'refuse'] as const)
      expect(() => desk.decide(ID, { action })).toThrow('nothing is held');
    hold(battery, 'SetFeed');
    desk.decide(ID, { action: 'allow' });
    hold(battery, 'SetFeed');
    desk.decide(ID, { action: 'refuse' });
    expect(notes()).toEqual(['vendor_settings_allowed SetFeed', 'vendor_settings_refused ']);
  });

  it.each([
    ['without both', 'owner', undefined],
    ['without the typed word', 'pass', undefined],
    ['with another word', 'pass', 'yes'],
    ['without the file', 'owner', ID],
  ] as const)('does not allow what is dangerous %s', (_how, policy, confirm) => {
    const { desk, battery, notes } = deskWith({ SetConfig: policy });
    hold(battery, 'Safe');
    const decision = { action: 'allow', ...(confirm === undefined ? {} : { confirm }) } as const;
    expect(() => desk.decide(ID, decision)).toThrow('dangerous to change');
    expect([battery.vendor.held === null, notes()]).toEqual([false, []]);
  });

  it('allows what is dangerous with both', () => {
    const { desk, battery } = deskWith({ SetConfig: 'pass' });
    hold(battery, 'Safe');
    desk.decide(ID, { action: 'allow', confirm: ID });
    expect(battery.vendor.takeAllowed(new Map([['Safe', '0']]))).toBe(true);
  });

  it('is not taken of a battery that has not spoken', () => {
    expect(() => deskWith().desk.decide('other', { action: 'refuse' })).toThrow('has not spoken');
  });
});
