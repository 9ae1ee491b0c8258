import { describe, expect, it } from 'vitest';
import { filled, PLACES, SECRETS, TIMELESS } from '../../../test/filled.ts';
import { identity, SERIAL } from '../../../test/records.ts';
import { webOn } from '../../../test/web.ts';
import { fixture, frameByHand } from '../../../test/wire.ts';

const NOON = '2024-06-12T11:00:00Z';
const LATER = '2024-06-12T12:00:00Z';
const HOUR = `from=${NOON}&to=${LATER}`;

async function noon(place: (typeof PLACES)[number] = 'tables') {
  const { folder, store, idOf } = filled(place);
  const web = await webOn(folder, store, { nowMs: Date.parse(LATER) });
  const of = (path: string, serial = SERIAL) => web.get(`/api/batteries/${idOf(serial)}/${path}`);
  return { ...web, of, idOf };
}

describe('readings', () => {
  it.each(PLACES)('are drawn wherever they are: %s', async (place) => {
    const { of } = await noon(place);
    const { status, json } = await of(`readings?fields=pv_power,soc&${HOUR}`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      from: '2024-06-12T11:00:00.000Z',
      to: '2024-06-12T12:00:00.000Z',
      source: 'live',
      bucket: '10 s',
      bucket_seconds: 10,
    });
    expect(json.start_seconds.length).toBeGreaterThan(0);
    for (const line of Object.values(json.fields) as { min: number[] }[])
      expect(line.min).toHaveLength(json.start_seconds.length);
    expect(json.fields.soc.mean).not.toContain(undefined);
  });

  it('come from what is coarse enough, and of the last day where nobody says of when', async () => {
    const { of } = await noon();
    expect((await of(`readings?fields=soc&${HOUR}&points=10`)).json).toMatchObject({ source: 'minute' });
    expect((await of('readings?fields=soc&points=24')).json).toMatchObject({
      source: 'hour',
      from: '2024-06-11T12:00:00.000Z',
    });
    expect((await of('readings?fields=soc&points=1')).json).toMatchObject({ source: 'day', bucket_seconds: 86_400 });
    const cells = (await of(`readings?fields=cell_voltage_min,soc&${HOUR}`)).json;
    expect(cells).toMatchObject({ source: 'detail', fields: { cell_voltage_min: { min: [expect.any(Number)] } } });
  });

  it.each([
    ['', 400, 'REQUEST_INVALID', 'fields'],
    ['fields=', 400, 'REQUEST_INVALID', 'no field'],
    ['fields=nope', 400, 'FIELD_UNKNOWN', 'nope'],
    ['fields=soc,serial', 400, 'FIELD_UNKNOWN', 'serial'],
    ['fields=load_power_method', 400, 'FIELD_UNKNOWN', 'load_power_method'],
    ['fields=soc)%20FROM%20battery--', 400, 'FIELD_UNKNOWN', 'a field of that name'],
    ['fields=soc&points=0', 400, 'REQUEST_INVALID', 'points'],
    ['fields=soc&points=5001', 400, 'REQUEST_INVALID', 'points'],
    ['fields=soc&points=x', 400, 'REQUEST_INVALID', 'points'],
    ['fields=soc&fields=soc', 400, 'REQUEST_INVALID', 'fields'],
    [`fields=soc&from=${LATER}&to=${NOON}`, 400, 'REQUEST_INVALID', 'before'],
    ['fields=soc&from=yesterday', 400, 'REQUEST_INVALID', 'from'],
    ['fields=soc&from=1900-01-01T00:00:00Z', 400, 'REQUEST_INVALID', '50 years'],
    ['fields=soc&x=1', 400, 'REQUEST_INVALID', 'x'],
  ])('that are asked for wrongly: %s', async (query, status, code, detail) => {
    const { of } = await noon();
    const { json } = await of(`readings?${query}`);
    expect(json).toMatchObject({ status, code, detail: expect.stringContaining(detail) });
  });
});

describe('the rest of what is kept', () => {
  it.each(PLACES)('is told as it is described, and gives nothing private away: %s', async (place) => {
    const { of, get, tap, state } = await noon(place);
    state.opened(7, 'a private network');
    state.committed([identity()]);
    tap.received(7, frameByHand(1, 4, fixture('1-1-4.config.json')));
    tap.received(7, frameByHand(1, 12, fixture('1-1-12.history.csv')));
    const paths = ['energy', 'energy?per=hour', 'energy?per=month', 'events', 'gaps', 'clock', 'configuration'];
    const answers = [
      ...(await Promise.all(paths.map((path) => of(path)))),
      ...(await Promise.all(['recent', 'unknown', 'discarded'].map((kind) => get(`/api/frames?kind=${kind}`)))),
      await of(`readings?fields=soc,pv_power&${HOUR}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const said = answers.map(({ text }) => text).join('\n');
    const bytes = said.replace(/"hex":"([0-9a-f]*)"/g, (_, hex) => Buffer.from(hex, 'hex').toString('latin1'));
    for (const secret of SECRETS) expect(bytes).not.toContain(secret);
  });

  it('are the events, newest first, as many as asked for', async () => {
    const { of } = await noon();
    const all = (await of('events')).json;
    expect(all).toContainEqual(expect.objectContaining({ code: 41, meaning: 'connected to the server (inferred)' }));
    expect((await of('events?limit=2')).json).toEqual(all.slice(0, 2));
    expect((await of(`events?from=${LATER}`)).json).toEqual([]);
    expect((await of(`events?from=${LATER}&to=${NOON}`)).json).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('are gaps, clock and configuration', async () => {
    const { of } = await noon();
    expect((await of('gaps')).json).toMatchObject([{ state: 'partly', filled_minutes: 3, minutes: 10 }]);
    expect((await of('clock')).json).toMatchObject([{ offset_seconds: 3600, reason: 'first_frame' }]);
    const { settings } = (await of('configuration')).json;
    expect(settings).toContainEqual(expect.objectContaining({ name: 'address', value: null, private: true }));
    expect(settings).toContainEqual(expect.objectContaining({ private: false, value: expect.any(Number) }));
    expect(await of('configuration', TIMELESS)).toMatchObject({ status: 200, json: null });
    expect(await of('gaps', 'nobody')).toMatchObject({ status: 404 });
  });

  it('are hours of two years at most', async () => {
    const { of } = await noon();
    expect((await of('energy?per=hour&from=2010-01-01T00:00:00Z')).json).toMatchObject({ code: 'REQUEST_INVALID' });
    expect((await of('energy?from=2010-01-01T00:00:00Z')).json).toMatchObject({ per: 'day' });
  });

  it('are frames: those of the last moments, those not understood, those discarded', async () => {
    const { get, tap, state, idOf } = await noon();
    state.opened(7, 'a private network');
    state.committed([identity()]);
    tap.received(7, frameByHand(1, 16, fixture('1-1-16.live.json')));
    const [frame] = (await get('/api/frames?limit=1')).json;
    expect(frame).toMatchObject({
      connection: 7,
      battery: idOf(SERIAL),
      name: 'live',
      checksum: 'right',
      understood: true,
    });
    expect(frame.fields).toContainEqual(expect.objectContaining({ wire: 'SN', name: 'serial', text: '[private]' }));
    const unknown = (await get('/api/frames?kind=unknown')).json;
    expect(unknown).toContainEqual(
      expect.objectContaining({ name: 'unknown 7', reason: 'COMMAND_UNKNOWN', understood: false }),
    );
    const discarded = (await get('/api/frames?kind=discarded')).json;
    expect(discarded).toContainEqual(expect.objectContaining({ checksum: 'wrong', reason: 'FRAME_CHECKSUM' }));
    expect(await get('/api/frames?kind=all')).toMatchObject({ status: 400 });
  });
});
