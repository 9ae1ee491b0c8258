import { describe, expect, it } from 'vitest';
import { filled, SECRETS, SMILE, stored } from '../../../test/filled.ts';
import { configuration, identity, reading, SERIAL, T } from '../../../test/records.ts';
import { webOn } from '../../../test/web.ts';

describe('the batteries', () => {
  it('are told with what was last kept, after a start, without a word of the battery', async () => {
    const { folder, store, idOf } = filled('tables');
    const { get, state } = await webOn(folder, store);
    const { status, json } = await get('/api/batteries');
    expect(status).toBe(200);
    const own = json.find(({ id }: { id: string }) => id === idOf(SERIAL));
    expect(own).toMatchObject({
      name: own.id,
      connected: false,
      stale: true,
      live: { values: { pv_power: expect.any(Number), soc: expect.any(Number) } },
      detail: { values: { cell_voltage_min: expect.any(Number) } },
      clock: { offset_seconds: 3600, ahead_of_house_seconds: 0, settled: true },
    });
    expect(state.unheard).not.toContain(own.id);
    expect(await get(`/api/batteries/${idOf(SMILE)}`)).toMatchObject({ status: 200, json: { id: idOf(SMILE) } });
  });

  it('are told from memory where the store cannot be read', async () => {
    const { folder, store } = stored(identity());
    const { get } = await webOn(folder, store, {
      pool: { setting: { data: '/nowhere', backups: '/nowhere', timeZone: 'UTC' } },
    });
    expect(await get('/api/batteries')).toMatchObject({ status: 200, json: [{ live: null, detail: null }] });
  });

  it('are none in a new house', async () => {
    const { folder, store } = stored();
    const { get, pool } = await webOn(folder, store);
    expect(await get('/api/batteries')).toMatchObject({ status: 200, json: [] });
    expect(pool.awake).toBe(false);
  });

  it('give nothing private away', async () => {
    const { folder, store } = filled();
    const { get } = await webOn(folder, store);
    const said = (await get('/api/batteries')).text + (await get('/api/server')).text;
    for (const secret of SECRETS) expect(said).not.toContain(secret);
  });
});

describe('what a battery holds', () => {
  it('is told of its configuration and its newest state of charge', async () => {
    const told = configuration('{"Cobat":"10.1","Uscapacity":95}', T * 1000);
    const { folder, store } = stored(identity(), told);
    const id = store.shortIdOf(SERIAL);
    const { get, state } = await webOn(folder, store, { nowMs: (T + 3600) * 1000 });
    state.committed([reading('live', T, { soc: 50 })]);
    expect((await get(`/api/batteries/${id}/storage`)).json).toEqual({
      battery: id,
      time: new Date(T * 1000).toISOString(),
      capacity: 10.1,
      usable_share: 95,
      stored_energy: 5.05,
    });
  });

  it('is not known of a battery that has told neither', async () => {
    const { folder, store } = stored(identity());
    const id = store.shortIdOf(SERIAL);
    const { get } = await webOn(folder, store);
    const nothing = { time: null, capacity: null, usable_share: null, stored_energy: null };
    expect((await get(`/api/batteries/${id}/storage`)).json).toEqual({ battery: id, ...nothing });
    expect(await get('/api/batteries/none/storage')).toMatchObject({ status: 404 });
  });
});

describe('what a battery does now', () => {
  const later = (seconds: number, values: Record<string, number>, rest: Record<string, string> | null = null) => ({
    ...reading('live', T + seconds, values, { receivedMs: (T + seconds) * 1000 }),
    rest,
  });

  it('is told of its newest reading alone, while that is of now', async () => {
    const { folder, store } = stored(reading('live', T));
    const idOf = (serial: string) => store.shortIdOf(serial);
    const { get, state } = await webOn(folder, store, { nowMs: (T + 20) * 1000 });
    const path = `/api/batteries/${idOf(SERIAL)}`;
    state.committed([later(0, { soc: 62, load_power: 700 })]);
    expect((await get(`${path}/now`)).json).toMatchObject({
      battery: idOf(SERIAL),
      values: { soc: 62, load_power: 700 },
    });
    state.committed([later(10, { load_power: 800 }, { SOC: '6553.5' })]);
    expect((await get(`${path}/now`)).json.values).toEqual({ load_power: 800 });
    expect((await get(path)).json.live).toMatchObject({
      values: { soc: 62, load_power: 800 },
      held: [{ field: 'soc', time: new Date(T * 1000).toISOString() }],
    });
    const later100 = await webOn(folder, store, { nowMs: (T + 100) * 1000 + 1 });
    later100.state.committed([later(0, { soc: 62 })]);
    later100.state.committed([later(10, { soc: 62 })]);
    expect(await later100.get(`${path}/now`)).toMatchObject({ status: 503, json: { code: 'BATTERY_NOT_NOW' } });
  });

  it('is not known where only a message of before comes', async () => {
    const { folder, store } = stored(reading('live', T));
    const idOf = (serial: string) => store.shortIdOf(serial);
    const { get, state } = await webOn(folder, store, { nowMs: (T + 3600) * 1000 });
    state.committed([reading('live', T + 10, { soc: 5 }, { receivedMs: (T + 3600) * 1000 })]);
    expect(await get(`/api/batteries/${idOf(SERIAL)}/now`)).toMatchObject({ status: 503 });
    expect(await get('/api/batteries/zzz/now')).toMatchObject({ status: 404 });
  });
});

describe('the server', () => {
  it('says how it is', async () => {
    const { folder, store } = stored(reading('live', T));
    const { get, state, tap } = await webOn(folder, store);
    state.opened(7, 'a private network');
    state.committed([identity()]);
    tap.received(7, Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0x11, 0x0a));
    const { status, json } = await get('/api/server');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      name: 'Home',
      version: '1.2.3',
      time_zone: 'Europe/Dublin',
      battery_address: '0.0.0.0:7777',
      storing: true,
      connections: 1,
      peers: [{ connection: 7, peer: 'a private network', battery: store.idOf(SERIAL) }],
      counters: { FRAME_TLS: 2 },
      frames: { received: 1, sent: 0 },
      store: { bytes: expect.any(Number), bytes_a_day: null, waiting_rows: 1 },
      sinks: [],
    });
  });
});

describe('the fields', () => {
  it('are those of the one table that are not private', async () => {
    const { folder, store } = stored();
    const { get } = await webOn(folder, store);
    const { json } = await get('/api/fields');
    const names = json.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['pv_power', 'soc', 'cell_voltage_min', 'load_power']));
    expect(names).not.toContain('serial');
    expect(json.find(({ name }: { name: string }) => name === 'battery_power')).toMatchObject({
      unit: 'W',
      kind: 'power',
      sign: expect.any(String),
    });
  });
});
