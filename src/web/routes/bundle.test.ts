import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { Bundling } from './bundle.ts';

const OWNER = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };
const MADE = { files: [{ name: 'README.txt', what: 'what is in it', bytes: 5 }], zip: 'UEs=' };

async function web(answer: Awaited<ReturnType<Bundling['make']>>) {
  const { folder, store } = stored(identity());
  const asked: boolean[] = [];
  const make = async (shifted: boolean) => {
    asked.push(shifted);
    return answer;
  };
  const tokens = tokensIn(folder);
  const { ask } = await webOn(folder, store, { bundling: { make } });
  const post = (headers: Record<string, string>, body: object) =>
    ask('POST', '/api/bundle', { ...headers, 'content-type': 'application/json' }, JSON.stringify(body));
  return { post, asked, tokens };
}

it('a bundle is made for the owner, whose name tells the day unless dates are moved', async () => {
  const { post, asked } = await web(MADE);
  const { status, json } = await post(OWNER, {});
  expect([status, json]).toMatchObject([200, MADE]);
  expect(json.name).toMatch(/^alphaess-local-bundle-\d{4}-\d\d-\d\d\.zip$/);
  expect((await post(OWNER, { shift_dates: true })).json.name).toBe('alphaess-local-bundle.zip');
  expect(asked).toEqual([false, true]);
});

it('none is made for a guest, and none handed out in which something private was found', async () => {
  const { post, asked, tokens } = await web({ refused: 'a private value was found in log.jsonl' });
  const guest = { ...OWNER, authorization: `Bearer ${tokens.view}` };
  expect((await post(guest, {})).json.code).toBe('ROLE_TOO_LOW');
  expect(asked).toEqual([]);
  const { status, json } = await post(OWNER, {});
  expect([status, json.code, json.detail]).toEqual([500, 'BUNDLE_NOT_CLEAN', 'a private value was found in log.jsonl']);
});
