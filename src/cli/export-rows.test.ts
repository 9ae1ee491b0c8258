import { describe, expect, it } from 'vitest';
import { type Filled, filled, stored } from '../../test/filled.ts';
import { readerOf } from '../../test/promised-reader.ts';
import { bytes, configuration, event, reading, SERIAL, T } from '../../test/records.ts';
import { SHAPE } from '../protocol/body/wire-form.ts';
import { type ExportKind, type ExportNaming, type ExportRow, tableOf } from './export-rows.ts';

const SHOWN: ExportNaming = { wire: false, private: false };

async function tableIn(folder: string, kind: ExportKind, naming: Partial<ExportNaming> = {}) {
  const { columns, rows } = await tableOf(await readerOf(folder), kind, {}, { ...SHOWN, ...naming });
  const all: ExportRow[] = [];
  for await (const row of rows) all.push(row);
  return { columns, rows: all };
}

const rowsIn = async (folder: string, kind: ExportKind, naming: Partial<ExportNaming> = {}): Promise<ExportRow[]> =>
  (await tableIn(folder, kind, naming)).rows;

describe('events', () => {
  const rows = async ({ folder, idOf }: Filled) =>
    (await rowsIn(folder, 'event')).filter(({ battery }) => battery === idOf(SERIAL));

  it('of the battery’s log have its time, its code, and what that seems to mean', async () => {
    const house = filled();
    expect(await rows(house)).toContainEqual({
      time: '2024-06-12T11:03:41Z',
      battery_time: '2024-06-12T12:03:41',
      received_at: '2024-06-12T11:04:09.000Z',
      battery: house.idOf(SERIAL),
      source: 'battery',
      name: 'EventLog',
      code: 41,
      meaning: 'connected to the server (inferred)',
      text: '24/06/12 12:03:41 41',
    });
    expect((await rows(house)).filter(({ name }) => name === 'EventLog')).toHaveLength(16);
  });

  it('of its messages have the time they came, and no addresses', async () => {
    const house = filled();
    expect(await rows(house)).toContainEqual({
      time: '2024-06-12T11:04:27Z',
      battery_time: null,
      received_at: '2024-06-12T11:04:27.000Z',
      battery: house.idOf(SERIAL),
      source: 'battery',
      name: 'System',
      code: null,
      meaning: null,
      text: 'System is restart, reason:1 0 1 0 0 0!MAC:[private]!',
    });
  });

  it('of this server are among them', async () => {
    const seen = (await rows(filled())).filter(({ source }) => source === 'server');
    expect(seen.map(({ name, text, code, meaning }) => [name, text, code, meaning])).toEqual([
      ['connected', 'connection 1', null, null],
      ['login', 'AlphaESS', null, null],
    ]);
  });

  it('have no private value in their name either, which is a peer’s text', async () => {
    const name = `System ${SERIAL} at 192.168.1.20`;
    const { folder } = stored(event({ name }));
    expect((await rowsIn(folder, 'event'))[0]?.name).toBe('System [private] at [private]');
    expect((await rowsIn(folder, 'event', { private: true }))[0]?.name).toBe(name);
  });

  it('may have a code nobody knows, and no battery', async () => {
    const { folder } = stored(event({ serial: null, code: 23, text: '24/06/12 12:04:00 23' }));
    expect(await rowsIn(folder, 'event')).toEqual([
      expect.objectContaining({
        time: null,
        battery: null,
        code: 23,
        meaning: null,
        battery_time: '2024-06-12T12:04:00',
      }),
    ]);
  });
});

describe('the configuration', () => {
  it('is one row as long as it does not change, with numbers and truths', async () => {
    const { folder, idOf } = filled();
    const rows = await rowsIn(folder, 'config');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      received_at: '2024-06-12T11:04:28.000Z',
      last_received_at: '2024-06-12T11:09:28.000Z',
      battery: idOf(SERIAL),
      serial: '[private]',
      country: 'Ireland',
      inverter_model: 'Storion-GINLANG-S5',
      pv_size: 8.4,
      battery_capacity: 10.1,
      backup_box_fitted: false,
      grid_charge_enabled: true,
      generator_enabled: false,
      grid_ct_ratio: 60,
      charge_stop_soc: 80,
      network_type: 'E_Linker',
    });
    expect(rows[0]).not.toHaveProperty('other');
  });

  it('keeps what is no number or truth as it was written, and what nobody knows apart', async () => {
    const text =
      '{"SN":"A","SetFeed":"lots","GridCharge":"perhaps","Invented":"x","InventedMac":"y","Null":null,"N":1.50}';
    expect(await rowsIn(stored(configuration(text)).folder, 'config')).toEqual([
      {
        received_at: '2024-06-12T11:04:00.000Z',
        last_received_at: '2024-06-12T11:04:00.000Z',
        battery: expect.any(String),
        serial: '[private]',
        feed_in_limit: 'lots',
        grid_charge_enabled: 'perhaps',
        other: { Invented: 'x', InventedMac: '[private]', Null: null, N: '1.5' },
      },
    ]);
  });

  it('under the vendor’s names is every key once, with its own text', async () => {
    const { folder } = filled();
    const { columns, rows } = await tableIn(folder, 'config', { wire: true, private: true });
    const [row = {}] = rows;
    expect(row).toMatchObject({ SN: SERIAL, Address: '3 Example Lane, Ballyexample', Cobat: '10.100', Generator: '0' });
    expect(columns).toEqual(Object.keys(row));
  });

  it('never overwrites our columns with the vendor’s', async () => {
    const text = '{"battery":"x","received_at":"y","wire_battery":"z","time":"t"}';
    const { folder, store } = stored(configuration(text));
    const { columns, rows } = await tableIn(folder, 'config', { wire: true });
    const [row = {}] = rows;
    expect(row).toEqual({
      received_at: '2024-06-12T11:04:00.000Z',
      last_received_at: '2024-06-12T11:04:00.000Z',
      battery: store.idOf(SERIAL),
      wire_battery: 'x',
      wire_received_at: 'y',
      wire_wire_battery: 'z',
      time: 't',
    });
    expect(columns).toEqual(Object.keys(row));
  });

  it('that is no object any more is an empty row', async () => {
    const [row] = await rowsIn(stored(configuration('[')).folder, 'config', { wire: true });
    expect(Object.keys(row ?? {})).toEqual(['received_at', 'last_received_at', 'battery']);
  });
});

describe('frames', () => {
  it('that were not understood have their header and reason beside their bytes', async () => {
    const { folder, idOf } = filled();
    const rows = await rowsIn(folder, 'unknown');
    expect(rows.map(({ type, command, reason }) => [type, command, reason])).toEqual([
      [1, 7, 'COMMAND_UNKNOWN'],
      [1, 2, 'BODY_UNREADABLE'],
      [1, 4, 'BODY_UNREADABLE'],
    ]);
    expect(rows[0]).toEqual({
      received_at: '2024-06-12T11:04:30.000Z',
      battery: idOf(SERIAL),
      direction: 'from_battery',
      type: 1,
      command: 7,
      reason: 'COMMAND_UNKNOWN',
      hex: expect.stringMatching(/^0101070000002a7b22534e22[0-9a-f]+$/),
      checksum_recomputed: true,
    });
  });

  it('that were none have neither type nor command', async () => {
    const { folder, idOf } = filled();
    const rows = await rowsIn(folder, 'discarded');
    expect(rows.map(({ battery, type, command, reason }) => [battery, type, command, reason])).toEqual([
      [idOf(SERIAL), null, null, 'FRAME_CHECKSUM'],
      [null, null, null, 'FRAME_HTTP'],
    ]);
  });

  it('come as they came where private values are asked for', async () => {
    const { folder } = stored(bytes({ bytes: Buffer.from('AL2002021010101') }));
    expect((await rowsIn(folder, 'unknown', { private: true }))[0]?.hex).toBe('414c32303032303231303130313031');
    expect((await rowsIn(folder, 'unknown'))[0]?.hex).toBe('2a'.repeat(15));
  });
});

describe('the clock', () => {
  it('is since when it was how far ahead, and why', async () => {
    const { folder, idOf } = filled();
    expect((await rowsIn(folder, 'clock'))[0]).toEqual({
      battery: idOf(SERIAL),
      since: '2024-06-12T11:04:10.000Z',
      offset_seconds: 3600,
      drift_ppm: 0,
      reason: 'first_frame',
      unconfirmed: true,
    });
  });
});

describe('readings', () => {
  it('without a value have no such key, and columns for all', async () => {
    const { folder } = stored(reading('live', T, { soc: 50, ups_model: null }));
    const { columns, rows } = await tableIn(folder, 'live');
    expect([...rows]).toEqual([
      {
        time: '2024-06-12T11:04:00Z',
        battery_time: '2024-06-12T11:04:00',
        received_at: '2024-06-12T11:04:00.000Z',
        battery: expect.any(String),
        soc: 50,
      },
    ]);
    expect(columns.slice(0, 5)).toEqual(['time', 'battery_time', 'received_at', 'battery', 'pv_power']);
    expect(columns.slice(-3)).toEqual(['other', 'implausible', 'ordinal']);
  });

  it('have what cannot be as it came, and say which of their fields that is', async () => {
    const rest = { SOC: '6553.5', Ppv1: 'nan', Pbat: '0010', New: '7' };
    const { folder } = stored({ ...reading('live', T, { battery_power: 10 }), rest });
    expect(await rowsIn(folder, 'live')).toMatchObject([{ other: rest, implausible: 'soc', battery_power: 10 }]);
  });

  it('of one second are all there, and say by an ordinal that another came before them', async () => {
    const { folder } = stored(...[10, 20, 30].map((soc) => reading('live', T, { soc })));
    const { rows } = await tableIn(folder, 'live');
    expect(Array.from(rows, ({ soc, ordinal }) => [soc, ordinal])).toEqual([
      [10, undefined],
      [20, 1],
      [30, 2],
    ]);
  });

  it('have a column for the serial number only where that is asked for', async () => {
    const { folder } = filled();
    expect((await tableIn(folder, 'live')).columns).not.toContain('serial');
    expect((await tableIn(folder, 'live', { private: true })).columns[4]).toBe('serial');
    expect((await tableIn(folder, 'live', { private: true, wire: true })).columns).not.toContain('serial');
  });

  it('without a form have the texts that were kept', async () => {
    const { folder } = stored(reading('live', T, {}, { rest: { SN: SERIAL, SOC: '5 %', Void: null } }));
    expect(await rowsIn(folder, 'live', { wire: true })).toEqual([
      expect.objectContaining({ SN: '[private]', SOC: '5 %', Void: null }),
    ]);
  });

  it('never have the vendor’s texts in our columns', async () => {
    const keys = ['time', 'battery_time', 'received_at', 'battery', 'Time'];
    const rest = Object.fromEntries(keys.map((key) => [key, `their ${key}`]));
    const form = { keys, shapes: keys.map(() => SHAPE.KEPT) };
    const { folder, store } = stored(reading('live', T, {}, { rest, form }));
    const { columns, rows } = await tableIn(folder, 'live', { wire: true });
    const [row = {}] = rows;
    expect(row).toEqual({
      time: '2024-06-12T11:04:00Z',
      battery_time: '2024-06-12T11:04:00',
      received_at: '2024-06-12T11:04:00.000Z',
      battery: store.idOf(SERIAL),
      wire_time: 'their time',
      wire_battery_time: 'their battery_time',
      wire_received_at: 'their received_at',
      wire_battery: 'their battery',
      Time: 'their Time',
    });
    expect(columns).toEqual(Object.keys(row));
  });

  it('whose clock was unreadable say so', async () => {
    const { folder } = stored(reading('live', T, { soc: 1 }, { batteryTime: null }));
    expect((await rowsIn(folder, 'live'))[0]).toMatchObject({ time: '2024-06-12T11:04:00Z', battery_time: null });
  });
});

describe('what a battery told of its house in its configuration', () => {
  const said = 'delivered to Invented Street 5';
  const house = () =>
    stored(
      configuration(`{"SN":"${SERIAL}","Address":"Invented Street 5"}`),
      event({ name: 'Note', text: said }),
      bytes({ serial: SERIAL, bytes: Buffer.from(said) }),
    ).folder;

  it('is in no event and no frame that is exported', async () => {
    const folder = house();
    expect(await rowsIn(folder, 'event')).toMatchObject([{ name: 'Note', text: 'delivered to [private]' }]);
    const hex = Buffer.from(`delivered to ${'*'.repeat(17)}`).toString('hex');
    expect(await rowsIn(folder, 'unknown')).toMatchObject([{ hex }]);
  });

  it('is there where it is asked for', async () => {
    const folder = house();
    expect(await rowsIn(folder, 'event', { private: true })).toMatchObject([{ text: said }]);
    expect(await rowsIn(folder, 'unknown', { private: true })).toMatchObject([
      { hex: Buffer.from(said).toString('hex') },
    ]);
  });
});
