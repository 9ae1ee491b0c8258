import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, SERIAL } from '../../../test/records.ts';
import { LOCAL_TOKEN, webOn } from '../../../test/web.ts';
import type { Relaying, VendorView } from './relay.ts';

const T = 1_718_190_240_000;
const ISO = '2024-06-12T11:04:00.000Z';
const OWNER = {
  ...{ host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' },
  'content-type': 'application/json',
};

async function webWith(relay: Partial<Relaying>) {
  const { folder, store } = stored(identity());
  const web = await webOn(folder, store, { relay });
  return { ...web, path: `/api/batteries/${store.idOf(SERIAL)}/vendor` };
}

describe('the relay on the interface', () => {
  it('shows the connections to the vendor, and what becomes of its commands', async () => {
    const counts = { sent: 5, received: 4, damaged: 3, dropped: 2, missed: 1 };
    const problem = { code: 'RELAY_UNREACHABLE', detail: 'ECONNREFUSED' };
    const upstream = { connection: 7, battery: 'b3f1c2', state: 'waiting', ...counts, problem } as const;
    const commands = [{ name: 'Update', policy: 'block', why: 'may end the cleartext' }];
    const { get } = await webWith({
      relay: () => ({
        upstream: 'vendor.example:7777',
        connections: [{ ...upstream, hasLogin: true, sinceMs: T }],
        commands,
      }),
    });
    const { status, json } = await get('/api/relay', OWNER);
    expect(status).toBe(200);
    const connections = [{ ...upstream, has_login: true, since: ISO }];
    expect(json).toEqual({ upstream: 'vendor.example:7777', connections, commands });
  });

  it('shows what the vendor asked for, and what is held, without private values', async () => {
    const differences = [
      { key: 'BatUseCap', from: '13', to: '10', owner: 'owner' },
      { key: 'Address', from: '3 Example Lane', to: '4 Example Lane', owner: 'other' },
      { key: 'OddSN', from: 'X1', to: 'X2', owner: 'guarded' },
      { key: 'Odd', from: '1', to: null, owner: 'other' },
    ] as const;
    const view: VendorView = {
      counts: { pass: 1, consume: 2, hold: 3, block: 4 },
      blocked: new Map([['Update', 4]]),
      clockSetMs: 1_718_190_240_000,
      requests: [{ atMs: T, command: null, action: 'block', rule: 'order_unclear' }],
      held: { sinceMs: T, finding: 'guarded', differences, unconfirmed: ['VPPMode'] },
      postponed: {
        verb: 'hold',
        untilMs: T,
        differences: [{ key: 'BatHighCap', from: '57', to: '90', owner: 'owner' }],
      },
    };
    const { get, path } = await webWith({ of: () => view });
    const { json, text } = await get(path, OWNER);
    expect(text).not.toMatch(/Example Lane|X1|X2/);
    expect(json).toMatchObject({
      counts: view.counts,
      blocked: { Update: 4 },
      clock_set: ISO,
      requests: [{ at: ISO, command: null, action: 'block', rule: 'order_unclear' }],
      held: { since: ISO, finding: 'guarded', unconfirmed: ['VPPMode'] },
      postponed: {
        verb: 'hold',
        until: ISO,
        differences: [{ key: 'BatHighCap', from: '57', to: '90', private: false }],
      },
    });
    expect(json.held.differences).toEqual([
      {
        key: 'BatUseCap',
        name: 'discharge_stop_soc',
        title: expect.any(String),
        owner: 'owner',
        private: false,
        from: '13',
        to: '10',
      },
      {
        key: 'Address',
        name: 'address',
        title: expect.any(String),
        owner: 'other',
        private: true,
        from: null,
        to: null,
      },
      { key: 'OddSN', name: null, title: null, owner: 'guarded', private: true, from: null, to: null },
      { key: 'Odd', name: null, title: null, owner: 'other', private: false, from: '1', to: null },
    ]);
  });

  it('says null of a battery that has not spoken, and that nothing is held', async () => {
    const { get, path } = await webWith({});
    expect((await get(path, OWNER)).json).toBeNull();
    const counts = { pass: 0, consume: 0, hold: 0, block: 0 };
    const other = await webWith({
      of: () => ({ counts, requests: [], blocked: new Map(), clockSetMs: null, held: null, postponed: null }),
    });
    const { json } = await other.get(other.path, OWNER);
    expect([json.held, json.clock_set]).toEqual([null, null]);
  });

  it('takes the owner’s word, and nobody else’s', async () => {
    const decisions: unknown[] = [];
    const { ask, path } = await webWith({ decide: (_id, decision) => void decisions.push(decision) });
    const decide = (body: unknown, headers: Record<string, string> = OWNER) =>
      ask('POST', path, headers, JSON.stringify(body));
    const all = [
      { action: 'allow' },
      { action: 'allow', confirm: 'b3f1c2' },
      { action: 'refuse' },
      { action: 'let', command: 'Update', minutes: 10 },
    ];
    for (const one of all) expect((await decide(one)).status).toBe(200);
    expect(decisions).toEqual(all);
    const wrong = [
      {},
      { action: 'let' },
      { action: 'let', command: 'a b', minutes: 1 },
      { action: 'let', command: 'x', minutes: 61 },
    ];
    for (const one of wrong) expect((await decide(one)).status).toBe(400);
    expect(decisions).toHaveLength(all.length);
  });

  it('says why not, where that cannot be done', async () => {
    const { ask, path } = await webWith({
      decide: () => {
        throw new Error('nothing is held');
      },
    });
    const { status, json } = await ask('POST', path, OWNER, '{"action":"refuse"}');
    expect([status, json.detail]).toEqual([400, expect.stringContaining('nothing is held')]);
  });
});
