import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, SERIAL } from '../../../test/records.ts';
import { LOCAL_TOKEN, tokensIn, webOn } from '../../../test/web.ts';
import type { ClockCorrection } from '../../model.ts';

const OWNER = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };
const BODY = {
  corrections: [
    {
      ...{ kinds: ['live'], from_battery_time: 100, to_battery_time: 200, received_since_ms: 5 },
      ...{ old_offset_seconds: 7200, new_offset_seconds: 0 },
    },
  ],
};

async function web() {
  const { folder, store } = stored(identity());
  const asked: [string, readonly ClockCorrection[]][] = [];
  const id = store.idOf(SERIAL) as string;
  const correct = async (battery: string, corrections: readonly ClockCorrection[]) => {
    asked.push([battery, corrections]);
    return battery === id;
  };
  const tokens = tokensIn(folder);
  const { ask } = await webOn(folder, store, { redating: { correct } });
  const redate = (headers: Record<string, string>, body: object, battery = id) =>
    ask(
      'POST',
      `/api/batteries/${battery}/redate`,
      { ...headers, 'content-type': 'application/json' },
      JSON.stringify(body),
    );
  return { redate, asked, id, tokens };
}

it('readings are dated anew by their owner’s word', async () => {
  const { redate, asked, id } = await web();
  const { status, json } = await redate(OWNER, BODY);
  expect([status, json]).toEqual([200, { corrections: 1 }]);
  const correction = {
    ...{ kinds: ['live'], fromBatteryTime: 100, toBatteryTime: 200, receivedSinceMs: 5 },
    ...{ oldOffsetSeconds: 7200, newOffsetSeconds: 0 },
  };
  expect(asked).toEqual([[id, [correction]]]);
});

it('by nobody else’s, nor by nonsense', async () => {
  const { redate, asked, tokens } = await web();
  const guest = { ...OWNER, authorization: `Bearer ${tokens.view}` };
  expect((await redate(guest, BODY)).json.code).toBe('ROLE_TOO_LOW');
  for (const body of [{}, { corrections: [] }, { corrections: [{ ...BODY.corrections[0], kinds: ['all'] }] }])
    expect((await redate(OWNER, body)).status).toBe(400);
  expect(asked).toEqual([]);
  expect((await redate(OWNER, BODY, 'c0ffee')).json.code).toBe('BATTERY_NOT_FOUND');
});
