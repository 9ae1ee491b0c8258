import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { ImportingDesk } from './imports.ts';

const OWNER = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };
const REPORT = {
  batteries: [{ id: 'abcdef', ownId: 'b3f1c2', rows: { live: { added: 2, known: 1 } }, undated: 3, tooOld: 5 }],
  nameless: 4,
};

async function web(answer: Awaited<ReturnType<ImportingDesk['import']>> = REPORT) {
  const { folder, store } = stored(identity());
  const asked: unknown[] = [];
  const importing: ImportingDesk = {
    import: async (recording, options) => {
      asked.push([recording, options]);
      return answer;
    },
  };
  const tokens = tokensIn(folder);
  const { ask } = await webOn(folder, store, { importing });
  const post = (headers: Record<string, string>, body: object) =>
    ask('POST', '/api/imports', { ...headers, 'content-type': 'application/json' }, JSON.stringify(body));
  return { post, asked, tokens };
}

it('a recording is imported by the owner’s word', async () => {
  const { post, asked } = await web();
  const { status, json } = await post(OWNER, { recording: 'import-abc123', as: 'b3f1c2', dry_run: true });
  expect([status, json]).toEqual([
    200,
    {
      batteries: [{ id: 'abcdef', own_id: 'b3f1c2', rows: { live: { added: 2, known: 1 } }, undated: 3, too_old: 5 }],
      nameless: 4,
    },
  ]);
  await post(OWNER, { recording: 'import-abc123' });
  expect(asked).toEqual([
    ['import-abc123', { as: 'b3f1c2', isTrial: true }],
    ['import-abc123', { as: null, isTrial: false }],
  ]);
});

it('nothing is imported for who may only look, nor what cannot be', async () => {
  const { post, asked, tokens } = await web('no such recording');
  const viewer = { host: 'localhost', authorization: `Bearer ${tokens.view}`, 'x-requested-by': 'a test' };
  expect((await post(viewer, { recording: 'import-abc123' })).status).toBe(403);
  expect((await post(OWNER, { recordings: 1 })).status).toBe(400);
  expect(asked).toEqual([]);
  const refused = await post(OWNER, { recording: '../elsewhere' });
  expect([refused.status, refused.json]).toMatchObject([400, { detail: 'nothing was imported: no such recording' }]);
});
