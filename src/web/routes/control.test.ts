import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { controlChange, identity, SERIAL } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import { newToken } from '../access/secrets.ts';
import type { ControlAsked, Controlling } from './control.ts';

const T = 1_718_190_240_000;
const ISO = '2024-06-12T11:04:00.000Z';
const OWNER = {
  ...{ host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' },
  'content-type': 'application/json',
};
const PRIVATE = '1 Invented Street';

const CHANGE = controlChange(3, {
  frames: [{ atMs: T, isOurs: true, bytes: controlChange(1).change.frames[0]?.bytes as never }],
  untilMs: T,
}).change;

async function webWith(control: Partial<Controlling>, hasPassword = true) {
  const { folder, store } = stored(identity());
  const tokens = hasPassword ? tokensIn(folder) : null;
  const web = await webOn(folder, store, {
    control: {
      shown: () => [{ name: 'charge_limit', from: 100, to: 57 }],
      bytesOf: () => [{ hex: '0102032a', isResealed: true }],
      ...control,
    },
  });
  const post = (path: string, body: unknown, headers: Record<string, string>) =>
    web.ask('POST', path, headers, JSON.stringify(body));
  return { ...web, post, tokens, path: `/api/batteries/${store.idOf(SERIAL)}/control` };
}

describe('control on the interface', () => {
  it('shows how a battery is set', async () => {
    const view = {
      ...{
        isEnabled: true,
        unavailable: null,
        mode: 'hold' as const,
        untilMs: T,
        holding: 3,
        underWay: null,
        waiting: null,
      },
      ...{
        last: CHANGE,
        changedElsewhere: ['charge_limit'],
        writesLeft: 8,
        writesPerDay: 10,
        clockAheadSeconds: -2340,
        isLeaving: true,
      },
      settings: new Map<string, never>([['charge_windows', [['02:00', '05:00']] as never]]),
    };
    const { get, path } = await webWith({ of: async () => view });
    const { status, json, text } = await get(path, OWNER);
    expect(status).toBe(200);
    expect(text).not.toContain(PRIVATE);
    expect(json).toMatchObject({
      ...{
        enabled: true,
        leaving: true,
        unavailable: null,
        mode: 'hold',
        until: ISO,
        holding: 3,
        writes_left: 8,
        clock_ahead_seconds: -2340,
      },
      settings: { charge_windows: [['02:00', '05:00']] },
      last: {
        ...{
          change: 3,
          wish: 'hold',
          state: 'done',
          written: [ISO],
          changes: [{ name: 'charge_limit', from: 100, to: 57 }],
        },
        frames: [{ at: ISO, from: 'server', frame: '1,2,3', bytes: 4 }],
      },
    });
  });

  it('previews, changes, undoes, and lists', async () => {
    const heard: unknown[] = [];
    const preview = { changes: [], effect: 'nothing would change', warnings: ['a'], writesLeft: 9, untilMs: null };
    const { get, post, path, tokens } = await webWith({
      preview: async (_id, asked) => {
        heard.push(asked);
        return preview;
      },
      change: async (_id, asked: ControlAsked, author, key) => {
        heard.push(asked, author, key);
        return CHANGE;
      },
      undo: async (_id, number, author) => {
        heard.push(number, author);
        return controlChange(4, { wish: { kind: 'restore', of: 3 } }).change;
      },
      list: async () => [
        CHANGE,
        controlChange(2, { wish: { kind: 'restore', of: null } }).change,
        controlChange(1, { wish: { kind: 'charge', limit: 80 } }).change,
      ],
      find: async (_id, number) => (number === 3 ? CHANGE : null),
    });
    const hold = { verb: 'hold', until: '2024-06-12T13:04:00+02:00' };
    expect((await post(`${path}/preview`, hold, OWNER)).json).toEqual({
      ...preview,
      writes_left: 9,
      until: null,
      writesLeft: undefined,
      untilMs: undefined,
    });
    expect(heard.splice(0)).toMatchObject([{ verb: 'hold', untilMs: T }]);
    const taken = await post(path, hold, { ...OWNER, 'idempotency-key': 'k' });
    expect([taken.status, taken.json]).toEqual([202, { change: 3, state: 'done' }]);
    expect(heard.splice(0)).toMatchObject([{ verb: 'hold' }, { kind: 'local', name: '' }, 'k']);
    const undone = await post(`${path}/changes/3/undo`, {}, OWNER);
    await post(path, hold, { ...OWNER, authorization: `Bearer ${tokens?.control}` });
    expect(heard.splice(2)).toMatchObject([
      { verb: 'hold' },
      { kind: 'token', name: expect.stringMatching(/./) },
      null,
    ]);
    expect([undone.status, undone.json.change]).toEqual([202, 4]);
    expect(heard).toMatchObject([3, { kind: 'local' }]);
    const listed = (await get(`${path}/changes`, OWNER)).json as { wish: string }[];
    expect(listed.map(({ wish }) => wish)).toEqual(['hold', 'normal', 'charge']);
    expect((await get(`${path}/changes/3`, OWNER)).json).toMatchObject({
      ...{ change: 3, until: ISO },
      frames: [{ at: ISO, from: 'server', frame: '1,2,3', bytes: 4, hex: '0102032a', checksum_recomputed: true }],
    });
    expect(await get(`${path}/changes/4`, OWNER)).toMatchObject({
      status: 404,
      json: { code: 'CONTROL_CHANGE_NOT_FOUND' },
    });
    expect(await get(`${path}/changes/x`, OWNER)).toMatchObject({ status: 404 });
  });

  it.each([
    ['CONTROL_DISABLED', 403],
    ['CONTROL_REFUSED', 422],
    ['CONTROL_UNAVAILABLE', 503],
    ['CONTROL_UNCONFIRMED', 409],
    ['CONTROL_BUDGET_SPENT', 429],
  ])('%s is %s, with a sentence', async (code, status) => {
    const refuse = async () => {
      throw Object.assign(new Error('lowest_charge: 5 % is below 10 %'), { code });
    };
    const { post, path } = await webWith({ change: refuse });
    expect(await post(path, { settings: { lowest_charge: 5 } }, OWNER)).toMatchObject({
      status,
      json: { code, detail: 'lowest_charge: 5 % is below 10 %' },
    });
  });

  it('says a mistake of ours as one', async () => {
    const fail = async () => {
      throw new Error('odd');
    };
    const { post, path } = await webWith({ change: fail });
    expect(await post(path, { verb: 'hold' }, OWNER)).toMatchObject({ status: 500, json: { code: 'SERVER_MISTAKE' } });
  });

  it.each([
    [{ settings: { SafeSub: 1 } }, 'there is no SafeSub'],
    [{ verb: 'hold', Safe: 1 }, 'there is no Safe'],
    [{ verb: 'charge', charge_limit: 101 }, 'charge_limit: expected at most 100'],
    [{ settings: { reserve: -1 } }, 'settings.reserve: expected at least 0'],
  ])('is refused by name where it is not the owner’s, or out of range: %j', async (body, detail) => {
    const { post, path } = await webWith({});
    const refusal = { status: 422, json: { code: 'CONTROL_REFUSED', detail } };
    expect(await post(path, body, OWNER)).toMatchObject(refusal);
    expect(await post(`${path}/preview`, body, OWNER)).toMatchObject(refusal);
  });

  it('is refused without a password, to a role that only looks, and for what is no request', async () => {
    const { post, path } = await webWith({}, false);
    expect(await post(path, { verb: 'hold' }, OWNER)).toMatchObject({
      status: 403,
      json: { code: 'CONTROL_PASSWORD_NEEDED' },
    });
    expect(await post(`${path}/preview`, { verb: 'hold' }, OWNER)).toMatchObject({ status: 403 });
    const closed = await webWith({});
    const { authorization: _, ...nobody } = OWNER;
    expect(await closed.post(closed.path, { verb: 'hold' }, nobody)).toMatchObject({ status: 401 });
    expect(await closed.post(closed.path, { verb: 'discharge' }, OWNER)).toMatchObject({ status: 400 });
    expect(await closed.post(closed.path, { verb: 'hold', until: 'soon' }, OWNER)).toMatchObject({ status: 400 });
    expect(
      await closed.post(closed.path, { verb: 'hold' }, { ...OWNER, authorization: `Bearer ${newToken()}` }),
    ).toMatchObject({ status: 401 });
    const looks = { ...OWNER, authorization: `Bearer ${closed.tokens?.view}` };
    expect(await closed.post(closed.path, { verb: 'hold' }, looks)).toMatchObject({
      status: 403,
      json: { code: 'ROLE_TOO_LOW' },
    });
    expect(await closed.get(`${closed.path}`, OWNER)).toMatchObject({ status: 404 });
    expect((await closed.get(`${closed.path}/changes`, OWNER)).json).toEqual([]);
  });
});
