import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, SERIAL } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { Scheduling } from './schedules.ts';

const OWNER = {
  ...{ host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' },
  'content-type': 'application/json',
};
const T = Date.parse('2026-07-01T20:00:00Z') / 1000;
const NIGHT = { name: 'night', from: '22:00', to: '06:00', verb: 'hold' } as const;
const STRETCH = { from: T, to: T + 28_800, verb: 'hold', chargeLimit: null, by: 'night' } as const;
const FOUND = {
  ...{ isEnabled: true, zone: 'Europe/Berlin', windows: [{ ...NIGHT, days: ['fri'] as const, dates: undefined }] },
  applying: { stretch: null, until: T, next: STRETCH },
  plan: [{ ...STRETCH, price: 0.21 }],
  ...{ rules: [] as object[], currency: 'EUR', words: ['cheap: nothing is left to do'], revision: '7' },
  note: { atMs: T * 1000, text: 'nothing is wanted now' },
};
const SHOWN = {
  from: '2026-07-01T20:00:00.000Z',
  to: '2026-07-02T04:00:00.000Z',
  verb: 'hold',
  charge_limit: null,
  by: 'night',
};

async function webWith(schedules: Partial<Scheduling>, hasPassword = true) {
  const { folder, store } = stored(identity());
  const tokens = hasPassword ? tokensIn(folder) : null;
  const web = await webOn(folder, store, { schedules });
  const put = (path: string, body: unknown, headers: Record<string, string> = OWNER) =>
    web.ask('PUT', path, headers, JSON.stringify(body));
  return { ...web, put, tokens, path: `/api/batteries/${store.idOf(SERIAL)}/schedules` };
}

describe('schedules on the interface', () => {
  it('are shown, with what applies and what is planned', async () => {
    const { get, path } = await webWith({ of: async () => FOUND });
    const { status, json } = await get(path, OWNER);
    expect(status).toBe(200);
    expect(json).toEqual({
      ...{ enabled: true, time_zone: 'Europe/Berlin', windows: [{ ...NIGHT, days: ['fri'] }] },
      ...{ now: null, until: SHOWN.from, next: SHOWN, plan: [{ ...SHOWN, price: 0.21 }] },
      ...{ rules: [], currency: 'EUR', words: ['cheap: nothing is left to do'], revision: '7' },
      last: { at: SHOWN.from, text: 'nothing is wanted now' },
    });
    const idle = { stretch: STRETCH, until: null, next: null };
    const nothing = await webWith({ of: async () => ({ ...FOUND, applying: idle, note: null, plan: [] }) });
    expect((await nothing.get(nothing.path, OWNER)).json).toMatchObject({
      ...{ now: SHOWN, until: null, next: null, last: null, plan: [] },
    });
  });

  it('are set as a whole', async () => {
    const heard: unknown[] = [];
    const { put, path, tokens } = await webWith({
      set: async (...asked) => {
        heard.push(asked[1]);
        return { ...FOUND, windows: [{ ...NIGHT, dates: ['2026-12-24'] }] };
      },
    });
    const windows = [
      { ...NIGHT, dates: ['2026-12-24'] },
      { from: '02:00', to: '05:00', verb: 'charge', charge_limit: 80, days: ['mon'] },
    ];
    const bearer = { ...OWNER, authorization: `Bearer ${tokens?.control}` };
    expect(await put(path, { windows }, bearer)).toMatchObject({
      status: 200,
      json: { windows: [{ name: 'night', dates: ['2026-12-24'] }] },
    });
    expect(heard).toEqual([{ windows: [windows[0], { name: '', ...windows[1] }], rules: [] }]);
  });

  it('have rules by prices, which are shown first, and set nothing then', async () => {
    const heard: unknown[] = [];
    const cheap = { rule: 'cheapest', hours: 3, before: '06:00', charge_limit: 80, below: -0.01, days: ['sat'] };
    const dear = { rule: 'hold_above', name: 'dear', price: 0.4, after: '16:00', before: '21:00' };
    const whole = [{ name: '', most_stretches: 2, ...cheap }, dear];
    const { put, ask, path, tokens } = await webWith({
      set: async () => Promise.reject(new Error('set')),
      preview: async (_id, asked) => {
        heard.push(asked);
        return { ...FOUND, rules: asked.rules };
      },
    });
    const body = JSON.stringify({ windows: [], rules: [cheap, dear], revision: '7' });
    const shown = await ask('POST', `${path}/preview`, OWNER, body);
    expect(shown).toMatchObject({ status: 200, json: { rules: whole, words: FOUND.words } });
    expect(heard).toEqual([{ windows: [], rules: whole, revision: '7' }]);
    const looks = { ...OWNER, authorization: `Bearer ${tokens?.view}` };
    expect((await ask('POST', `${path}/preview`, looks, body)).status).toBe(403);
    for (const rules of [
      [{ ...cheap, rule: 'dearest' }],
      [{ ...cheap, hours: 'three' }],
      [{ ...dear, hours: 3 }],
      cheap,
    ])
      expect(await put(path, { windows: [], rules })).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
  });

  it.each<[string, unknown]>([
    ['no windows', {}],
    ['no verb', { windows: [{ from: '22:00', to: '06:00' }] }],
    ['a verb that there is not', { windows: [{ ...NIGHT, verb: 'discharge' }] }],
    ['a day that there is not', { windows: [{ ...NIGHT, days: ['monday'] }] }],
    ['a time that is none', { windows: [{ ...NIGHT, from: '10 pm' }] }],
    ['a key that there is not', { windows: [{ ...NIGHT, weekdays: ['mon'] }] }],
    ['a name that is too long', { windows: [{ ...NIGHT, name: 'n'.repeat(41) }] }],
    ['no list', { windows: NIGHT }],
  ])('are no request: %s', async (_, body) => {
    const { put, path } = await webWith({});
    expect(await put(path, body)).toMatchObject({ status: 400, json: { code: 'REQUEST_INVALID' } });
  });

  it('are refused by name, and without control, a password or the role', async () => {
    const refusal = Object.assign(new Error('window 1 (a) and window 2 (b) overlap'), { code: 'CONTROL_REFUSED' });
    const refusing = await webWith({ set: async () => Promise.reject(refusal) });
    expect(await refusing.put(refusing.path, { windows: [] })).toMatchObject({
      status: 422,
      json: { code: 'CONTROL_REFUSED', detail: 'window 1 (a) and window 2 (b) overlap' },
    });
    const off = await webWith({});
    expect(await off.put(off.path, { windows: [] })).toMatchObject({ status: 403, json: { code: 'CONTROL_DISABLED' } });
    expect(await off.get(off.path, OWNER)).toMatchObject({ status: 404 });
    const looks = { ...OWNER, authorization: `Bearer ${off.tokens?.view}` };
    expect(await off.put(off.path, { windows: [] }, looks)).toMatchObject({
      status: 403,
      json: { code: 'ROLE_TOO_LOW' },
    });
    const { 'x-requested-by': _, ...foreign } = OWNER;
    expect((await off.put(off.path, { windows: [] }, foreign)).status).toBe(403);
    expect(await off.put('/api/batteries/none/schedules', { windows: [] })).toMatchObject({ status: 404 });
    const open = await webWith({}, false);
    expect(await open.put(open.path, { windows: [] })).toMatchObject({
      status: 403,
      json: { code: 'CONTROL_PASSWORD_NEEDED' },
    });
  });
});
