import { describe, expect, it } from 'vitest';
import { frameByHand } from '../../test/wire.ts';
import { Private, type StoreRecord } from '../model.ts';
import { Batteries, type HeardBattery } from '../session/batteries.ts';
import type { CommandPolicy, FirewallPolicy } from '../session/firewall.ts';
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
  const noteOf = (record: StoreRecord) => {
    if (record.type === 'event') return `${record.name} ${record.text}`;
    return record.type === 'vendor_configuration'
      ? `${record.role} ${record.configuration?.receivedMs ?? 'none'}`
      : record.type;
  };
  const notes = () => kept.map(noteOf);
  return { desk, battery, notes };
}

function hold(battery: HeardBattery, key: string, reported = `{"${key}":"2"}`): void {
  const { settings } = battery.vendor;
  if (reported !== '') settings.report(frameByHand(1, 4, reported));
  const body = new Private(new TextEncoder().encode(`{"${key}":"0"}`));
  settings.hold({ receivedMs: 1, source: 'relay', body, isConfirmed: false });
  settings.takeChanges();
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
    const { desk } = deskWith({}, { relay: { relayed, totals: counts } });
    expect(desk.relayed).toEqual({ connections: 2, up: 1, totals: counts });
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
    expect(desk.of(ID)).toEqual({
      blocked: new Map(),
      requests: [],
      counts: { pass: 0, consume: 0, hold: 0, block: 0 },
      clockSetMs: null,
      held: null,
      postponed: null,
    });
    hold(battery, 'SetFeed');
    expect(desk.of(ID)?.held).toEqual({
      sinceMs: 1,
      finding: 'other',
      differences: [{ key: 'SetFeed', from: '2', to: '0', owner: 'other' }],
      unconfirmed: [],
    });
    const other = deskWith();
    hold(other.battery, 'SetFeed', '');
    expect(other.desk.of(ID)?.held).toMatchObject({ finding: 'unknown', differences: [] });
    expect(() => other.desk.decide(ID, { action: 'allow' })).toThrow('has not told its settings yet');
  });
});

it('shows what the vendor wants of settings that a verb holds', () => {
  const { desk, battery } = deskWith();
  const about = {
    number: 1,
    author: { kind: 'page', name: '' },
    isUnlimited: false,
    isConfirmed: false,
    key: null,
  } as const;
  const done = { state: 'done', steps: [], before: {}, holds: true, isObeyed: null, givenMs: [], frames: [] } as const;
  const hold = { ...about, ...done, wish: { kind: 'hold' }, after: { BatHighCap: '57' }, untilMs: 5 } as const;
  battery.control.changes.put({ ...hold, normal: { BatHighCap: '100' } });
  expect(desk.of(ID)?.postponed).toBeNull();
  battery.control.verb.vendorWants(new Map([['BatHighCap', '90.00']]));
  expect(desk.of(ID)?.postponed).toEqual({
    verb: 'hold',
    untilMs: 5,
    differences: [{ key: 'BatHighCap', from: '57', to: '90', owner: 'owner' }],
  });
  // A verb that follows may have just that, or no such setting.
  for (const after of [{ BatHighCap: '90' }, { GridCharge: '1' }]) {
    battery.control.changes.put({ ...hold, after, normal: { BatHighCap: '90' }, vendorWants: { BatHighCap: '90' } });
    expect(desk.of(ID)?.postponed).toBeNull();
  }
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
    expect(notes()).toEqual([
      'held none',
      'allowed 1',
      'vendor_settings_allowed SetFeed',
      'held none',
      'refused 1',
      'vendor_settings_refused ',
    ]);
  });

  it('confirms what others are compared with, where nothing else would change', () => {
    const { desk, battery, notes } = deskWith();
    hold(battery, 'GridChargeWE', '{"Odd":"1"}');
    desk.decide(ID, { action: 'allow' });
    expect(notes()).toEqual(['held none', 'passed 1', 'vendor_settings_confirmed ']);
    expect(battery.vendor.settings.passed).toEqual(new Map([['GridChargeWE', '0']]));
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
    expect([battery.vendor.settings.held === null, notes()]).toEqual([false, []]);
  });

  it('allows what is dangerous with both', () => {
    const { desk, battery } = deskWith({ SetConfig: 'pass' });
    hold(battery, 'Safe');
    desk.decide(ID, { action: 'allow', confirm: ID });
    const body = new Private(new TextEncoder().encode('{"Safe":"0"}'));
    const again = { receivedMs: 2, source: 'relay', body, isConfirmed: false } as const;
    expect(battery.vendor.settings.consider(again, 'pass').verdict).toBe('pass');
    expect(battery.vendor.settings.consider(again, 'pass').verdict).toBe('hold');
  });

  it('is not taken of a battery that has not spoken', () => {
    expect(() => deskWith().desk.decide('other', { action: 'refuse' })).toThrow('has not spoken');
  });
});
