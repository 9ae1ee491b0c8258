import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, query, whenLocked } from './api.ts';

function answer(status: number, body: unknown) {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => new Response(JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => vi.unstubAllGlobals());

describe('requests', () => {
  it('are relative to the page, so that it works under any path', async () => {
    const fetched = answer(200, []);
    await api.readings('a/b', { from: '2026-11-23T00:00:00Z', fields: 'soc', points: 5 });
    expect(fetched.mock.calls[0]?.[0]).toBe(
      'api/batteries/a%2Fb/readings?from=2026-11-23T00%3A00%3A00Z&fields=soc&points=5',
    );
    expect(query({ a: undefined })).toBe('');
  });

  it('that change something carry the page’s own header; others do not need it', async () => {
    const fetched = answer(200, { role: 'view', password_set: true, setup: false });
    await api.logIn('secret');
    await api.session();
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({
      method: 'POST',
      headers: { 'X-Requested-By': 'alphaess-local' },
      body: '{"password":"secret"}',
    });
    expect(fetched.mock.calls[1]?.[1].headers).toBeUndefined();
  });

  it('without an answer are none', async () => {
    vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }));
    expect(await api.logOut()).toBeNull();
  });
});

describe('failures', () => {
  it('tell what the server says of them', async () => {
    answer(404, { title: 'Not found', status: 404, detail: 'no such battery', code: 'BATTERY_UNKNOWN' });
    const error = await api.gaps('x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 404, code: 'BATTERY_UNKNOWN', message: 'no such battery' });
  });

  it('of a proxy in between are told too', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(api.server()).rejects.toMatchObject({ status: 502, message: '502 Bad Gateway' });
  });

  it('an unreachable server is status 0', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('refused')));
    await expect(api.batteries()).rejects.toMatchObject({ status: 0, code: 'UNREACHABLE' });
  });

  it('401 asks for a login', async () => {
    const locked = vi.fn();
    whenLocked(locked);
    answer(401, { title: 'Log in', status: 401, code: 'LOGIN' });
    await api.server().catch(() => {});
    expect(locked).toHaveBeenCalledOnce();
  });

  it('a configuration that has not come is null', async () => {
    answer(200, null);
    expect(await api.configuration('x')).toBeNull();
    answer(500, {});
    await expect(api.configuration('x')).rejects.toMatchObject({ status: 500 });
  });
});
