import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { Leaving, LeavingReport } from './leave.ts';

const BARE = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };
const OWNER = { ...BARE, 'content-type': 'application/json' };
const MS = Date.parse('2026-11-27T06:00:00Z');
const ISO = '2026-11-27T06:00:00.000Z';
const STEP = { isDone: true, sentence: 'seen' };
const REPORT: LeavingReport = {
  sinceMs: MS,
  isDone: false,
  redirect: { isDone: false, sentence: 'DNS leads here' },
  batteries: [
    {
      ...{ id: 'b3f1c2', name: 'Home', settings: STEP, stays: ['change 2: the lowest charge 20 %'], gone: STEP },
      unseen: {
        ...{ sinceMs: MS, sentence: 'nothing', logEntries: 2 },
        newest: [
          { timeMs: MS, name: 'log', text: 'a' },
          { timeMs: null, name: 'log', text: 'b' },
        ],
      },
    },
  ],
};

async function webWith(leaving: Partial<Leaving>) {
  const { folder, store } = stored(identity());
  const tokens = tokensIn(folder);
  const web = await webOn(folder, store, { leaving });
  const post = (body: unknown, headers: Record<string, string> = OWNER) =>
    web.ask('POST', '/api/leave', headers, JSON.stringify(body));
  return { ...web, post, tokens };
}

describe('leaving on the interface', () => {
  it('is reported, with what the vendor did not see', async () => {
    const { get } = await webWith({ report: async () => REPORT });
    const { status, json } = await get('/api/leave', OWNER);
    expect([status, json]).toEqual([
      200,
      {
        ...{ since: ISO, done: false, redirect: { done: false, sentence: 'DNS leads here' } },
        batteries: [
          {
            ...{ battery: 'b3f1c2', name: 'Home', stays: ['change 2: the lowest charge 20 %'] },
            ...{ settings: { done: true, sentence: 'seen' }, gone: { done: true, sentence: 'seen' } },
            unseen: {
              ...{ since: ISO, sentence: 'nothing', log_entries: 2 },
              newest: [
                { time: ISO, name: 'log', text: 'a' },
                { time: null, name: 'log', text: 'b' },
              ],
            },
          },
        ],
      },
    ]);
  });

  it('begins with the typed word of who may, and is taken back', async () => {
    const done: string[] = [];
    const { post, ask, tokens } = await webWith({
      begin: async ({ kind }) => {
        done.push(`begun by ${kind}`);
        return REPORT;
      },
      cancel: async () => {
        done.push('cancelled');
        return { ...REPORT, sinceMs: null };
      },
    });
    for (const body of [{}, { confirm: 'yes' }, { confirm: true }, { confirm: 'leave', now: true }])
      expect((await post(body)).status).toBe(400);
    const looks = { ...OWNER, authorization: `Bearer ${tokens.view}` };
    expect((await post({ confirm: 'leave' }, looks)).status).toBe(403);
    expect((await ask('DELETE', '/api/leave', { ...BARE, authorization: looks.authorization })).status).toBe(403);
    expect(done).toEqual([]);
    expect(await post({ confirm: 'leave' })).toMatchObject({ status: 200, json: { since: ISO } });
    expect(await ask('DELETE', '/api/leave', BARE)).toMatchObject({ status: 200, json: { since: null } });
    expect(done).toEqual(['begun by local', 'cancelled']);
  });

  it('says where nothing can be kept now', async () => {
    const refuse = async () => {
      throw new Error('the disk is full');
    };
    const { post, ask } = await webWith({ begin: refuse, cancel: refuse });
    for (const answer of [await post({ confirm: 'leave' }), await ask('DELETE', '/api/leave', BARE)])
      expect(answer).toMatchObject({ status: 503, json: { code: 'SERVER_BUSY', detail: 'the disk is full' } });
  });
});
