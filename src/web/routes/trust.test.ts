import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { held, identity, peer, reading, SERIAL, T } from '../../../test/records.ts';
import { LOCAL_TOKEN, type Web, webOn } from '../../../test/web.ts';
import type { StoreRecord } from '../../model.ts';
import { hashPassword, NO_SECRETS, writeSecrets } from '../access/secrets.ts';

const OWNER = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };
const JSON_TYPE = { 'content-type': 'application/json' };

async function webWith(
  records: readonly StoreRecord[],
  trust: Parameters<typeof webOn>[2],
): Promise<Web & { id: string }> {
  const { folder, store } = stored(...records);
  writeSecrets(folder, { ...NO_SECRETS, passwords: { control: await hashPassword('a good password') } });
  return { ...(await webOn(folder, store, trust)), id: store.idOf(SERIAL) as string };
}

describe('who speaks for a battery', () => {
  it('is shown to its owner, with addresses and with what is kept apart', async () => {
    const known = [
      peer().peer,
      peer({ number: 2, standing: 'other', login: 'x', conflicts: 1, conflictMs: T * 1000 }).peer,
    ];
    const { get, id } = await webWith([identity(), held(reading('live', T)), held(reading('live', T + 10))], {
      trust: { all: async () => [{ battery: 'b3f1c2', peers: known }] },
    });
    const { status, json } = await get('/api/trust', OWNER);
    expect(status).toBe(200);
    const since = '2024-06-12T11:04:00.000Z';
    const first = { peer: 1, address: '192.168.1.20', standing: 'trusted', since };
    const second = { ...first, peer: 2, standing: 'other' };
    expect(json).toEqual({
      batteries: [
        {
          battery: 'b3f1c2',
          peers: [
            { ...first, logged_in: false, conflicts: 0, last_conflict_at: null },
            { ...second, logged_in: true, conflicts: 1, last_conflict_at: since },
          ],
        },
      ],
      held: [
        { battery: id, why: 'conflict', peer: 2, rows: 2, first_at: since, newest_at: '2024-06-12T11:04:10.000Z' },
      ],
    });
  });

  it('is shown to nobody else', async () => {
    const { get, ask } = await webWith([identity()], {});
    expect((await get('/api/trust', { host: 'localhost' })).status).toBe(401);
    const body = '{"battery":"b3f1c2","action":"swap"}';
    const asked = { host: 'localhost', 'x-requested-by': 'x', ...JSON_TYPE };
    expect((await ask('POST', '/api/trust', asked, body)).status).toBe(401);
  });

  it('is decided by the owner', async () => {
    const decisions: unknown[] = [];
    const { ask } = await webWith([identity()], { trust: { decide: async (...all) => void decisions.push(all) } });
    const decide = (body: unknown) => ask('POST', '/api/trust', { ...OWNER, ...JSON_TYPE }, JSON.stringify(body));
    const answer = await decide({ battery: 'b3f1c2', action: 'swap', peer: 2 });
    expect([answer.status, answer.json]).toEqual([200, { battery: 'b3f1c2', action: 'swap' }]);
    expect((await decide({ battery: 'b3f1c2', action: 'adopt' })).status).toBe(200);
    expect(decisions).toEqual([
      ['b3f1c2', 'swap', 2],
      ['b3f1c2', 'adopt', null],
    ]);
    for (const wrong of [{}, { battery: 'b', action: 'love' }, { battery: 'b', action: 'swap', peer: 0 }])
      expect((await decide(wrong)).status).toBe(400);
  });

  it('is said why not, where that cannot be done', async () => {
    const trust = {
      decide: async () => {
        throw new Error('there is no battery b3f1c2');
      },
    };
    const { ask } = await webWith([identity()], { trust });
    const body = '{"battery":"b3f1c2","action":"swap"}';
    const { status, json } = await ask('POST', '/api/trust', { ...OWNER, ...JSON_TYPE }, body);
    expect([status, json.code, json.detail]).toEqual([400, 'REQUEST_INVALID', 'there is no battery b3f1c2']);
  });
});
