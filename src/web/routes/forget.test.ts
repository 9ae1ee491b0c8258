import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, SERIAL } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import { StoreError } from '../../store/store.ts';

const OWNER = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };

async function web(forgetting: NonNullable<Parameters<typeof webOn>[2]>['forgetting'] = {}) {
  const { folder, store } = stored(identity());
  const tokens = tokensIn(folder);
  return { ...(await webOn(folder, store, { forgetting })), id: store.idOf(SERIAL) as string, tokens };
}

describe('a battery', () => {
  it('is forgotten by its owner, who is told by which number to ask', async () => {
    const asked: string[] = [];
    const forget = async (id: string) => {
      asked.push(id);
      return { number: 4, closed: 1 };
    };
    const { ask, id } = await web({ forget });
    const { status, json } = await ask('DELETE', `/api/batteries/${id}`, OWNER);
    expect([status, json, asked]).toEqual([200, { number: 4, connections_closed: 1 }, [id]]);
    // One that is not shown yet.
    expect((await ask('DELETE', '/api/batteries/c0ffee', OWNER)).status).toBe(200);
    expect(asked).toEqual([id, 'c0ffee']);
  });

  it('that is not there cannot be', async () => {
    const { ask } = await web();
    const { status, json } = await ask('DELETE', '/api/batteries/c0ffee', OWNER);
    expect([status, json.code]).toEqual([404, 'BATTERY_NOT_FOUND']);
  });

  it('is not forgotten by a guest, by nobody, nor by another site’s page', async () => {
    const { ask, id, tokens } = await web({ forget: () => expect.unreachable() });
    const path = `/api/batteries/${id}`;
    const { authorization: _, ...nobody } = OWNER;
    const { 'x-requested-by': __, ...foreign } = OWNER;
    const guest = { ...OWNER, authorization: `Bearer ${tokens.view}` };
    const answers = await Promise.all([nobody, guest, foreign].map((headers) => ask('DELETE', path, headers)));
    expect(answers.map(({ json }) => json.code)).toEqual(['LOGIN_NEEDED', 'ROLE_TOO_LOW', 'REQUEST_FOREIGN']);
  });

  it('is not forgotten while nothing can be written, and it is said why', async () => {
    const forget = async () => {
      throw new StoreError('STORE_BUSY', 'nothing can be written now');
    };
    const { ask, id } = await web({ forget });
    const { status, json } = await ask('DELETE', `/api/batteries/${id}`, OWNER);
    expect([status, json.code, json.detail]).toEqual([503, 'SERVER_BUSY', 'nothing can be written now']);
  });
});

describe('how far it has come', () => {
  it('is told by its number', async () => {
    const of = async (number: number) => (number === 4 ? { isDone: false, removed: { live: 7 }, topicsLeft: 2 } : null);
    const { get } = await web({ of });
    const known = await get('/api/forgotten?number=4', OWNER);
    expect([known.status, known.json]).toEqual([200, { done: false, removed: { live: 7 }, topics_left: 2 }]);
    expect((await get('/api/forgotten?number=5', OWNER)).json.code).toBe('NOT_FOUND');
    expect((await get('/api/forgotten?number=x', OWNER)).json.code).toBe('REQUEST_INVALID');
    expect((await get('/api/forgotten', OWNER)).json.code).toBe('REQUEST_INVALID');
  });

  it('is not told to a guest', async () => {
    const { get, tokens } = await web({ of: () => expect.unreachable() });
    const { json } = await get('/api/forgotten?number=4', {
      host: 'localhost',
      authorization: `Bearer ${tokens.view}`,
    });
    expect(json.code).toBe('ROLE_TOO_LOW');
  });
});
