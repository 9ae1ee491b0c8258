import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';

const FOUND = {
  code: 'NAME_LEADS_ELSEWHERE',
  level: 'fault',
  sentence: 'it leads elsewhere',
  advice: 'Enter the address.',
  link: 'docs/redirect.md#which-way',
} as const;

/** A door that is closed, and whose addresses were asked for. */
async function house() {
  const { folder, store } = stored();
  const { view, control } = tokensIn(folder);
  const shown: string[] = [];
  let stops = 0;
  const doctor = {
    findings: async (whose: string) => {
      shown.push(whose);
      return [FOUND];
    },
    destination: (areShown: boolean) => ({
      ...{ names: ['www.alphaess.com'], addresses: areShown ? ['192.168.1.20'] : [], port: 7777 },
      ...{ reachable: true, container: false },
    }),
    stop: () => void stops++,
  };
  const { get, server } = await webOn(folder, store, { doctor });
  const as = (token: string) => ({ authorization: `Bearer ${token}` });
  return { get, server, shown, stops: () => stops, view: as(view), control: as(control) };
}

describe('what the doctor finds', () => {
  it('is told a guest without an address, the owner with his own, and all only if he asks', async () => {
    const { get, shown, view, control } = await house();
    expect(await get('/api/doctor', view)).toMatchObject({ status: 200, json: [FOUND] });
    expect((await get('/api/doctor', control)).json).toEqual([FOUND]);
    await get('/api/doctor?private=false', control);
    await get('/api/doctor?private=true', control);
    await get('/api/doctor?private=true', { authorization: `Local ${LOCAL_TOKEN}` });
    expect(shown).toEqual(['none', 'own', 'own', 'all', 'all']);
  });

  it('is not told those who may not ask, or ask wrongly', async () => {
    const { get, shown, view, control } = await house();
    expect(await get('/api/doctor')).toMatchObject({ status: 401, json: { code: 'LOGIN_NEEDED' } });
    expect(await get('/api/doctor?private=true', view)).toMatchObject({ status: 403, json: { code: 'ROLE_TOO_LOW' } });
    for (const query of ['private=1', 'private=', 'x=1'])
      expect(await get(`/api/doctor?${query}`, control)).toMatchObject({
        status: 400,
        json: { code: 'REQUEST_INVALID' },
      });
    expect(shown).toEqual([]);
  });

  it('says where the battery’s name is to lead, with addresses to the owner alone', async () => {
    const { get, view, control } = await house();
    expect((await get('/api/destination', control)).json).toMatchObject({ addresses: ['192.168.1.20'], port: 7777 });
    expect((await get('/api/destination', view)).json).toMatchObject({ addresses: [], port: 7777 });
    expect(await get('/api/destination')).toMatchObject({ status: 401 });
  });

  it('is looked for no more when the server stops', async () => {
    const { server, stops } = await house();
    await server.stop();
    expect(stops()).toBe(1);
  });
});
