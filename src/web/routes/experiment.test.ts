import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, SERIAL } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { SyncTimeView } from './experiment.ts';

const OWNER = {
  ...{ host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' },
  'content-type': 'application/json',
};
const MS = Date.parse('2026-11-27T06:00:00Z');
const VIEW: SyncTimeView = {
  ...{ step: 'asked', isOver: false, answer: null, aheadBefore: 3600, aheadAfter: null },
  frames: [{ atMs: MS, isOurs: true, hex: '0108', isResealed: true }],
};

it('is for the command alone, which types the id', async () => {
  const { folder, store } = stored(identity());
  const { control } = tokensIn(folder);
  const asked: string[] = [];
  const syncTime = (id: string, confirm: string) => {
    asked.push(`${id} ${confirm}`);
    return VIEW;
  };
  const web = await webOn(folder, store, { experiments: { syncTime } });
  const path = `/api/batteries/${store.idOf(SERIAL)}/experiments/sync-time`;
  const post = (headers: Record<string, string>, body: unknown) => web.ask('POST', path, headers, JSON.stringify(body));
  expect((await post(OWNER, {})).status).toBe(400);
  expect((await post({ ...OWNER, authorization: `Bearer ${control}` }, { confirm: 'x' })).status).toBe(403);
  expect((await web.get(path, OWNER)).status).toBe(404);
  expect(asked).toEqual([]);
  expect(await post(OWNER, { confirm: 'x' })).toMatchObject({
    status: 202,
    json: {
      ...{ step: 'asked', over: false, answer: null, ahead_seconds_before: 3600, ahead_seconds_after: null },
      frames: [{ at: '2026-11-27T06:00:00.000Z', from: 'server', bytes: 2, hex: '0108', checksum_recomputed: true }],
    },
  });
  expect(asked).toEqual([`${store.idOf(SERIAL)} x`]);
});

it('shows the newest', async () => {
  const { folder, store } = stored(identity());
  tokensIn(folder);
  const frames = [{ atMs: MS, isOurs: false, hex: '01', isResealed: false }];
  const web = await webOn(folder, store, { experiments: { syncTimeOf: () => ({ ...VIEW, frames }) } });
  const { json } = await web.get(`/api/batteries/${store.idOf(SERIAL)}/experiments/sync-time`, OWNER);
  expect(json).toMatchObject({ frames: [{ from: 'battery', bytes: 1 }] });
});
