import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_LIVE_MS, filled, PLACES, SECRETS, SMILE, stored, TIMELESS } from '../../test/filled.ts';
import { FakeIo, run } from '../../test/io.ts';
import { keptHouse, ruin } from '../../test/kept-house.ts';
import { event, held, OTHER, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { fixture } from '../../test/wire.ts';

const KINDS = ['live', 'detail', 'history', 'event', 'config', 'unknown', 'discarded', 'clock', 'gap'];
type Row = Record<string, unknown>;

async function exported(folder: string, kind: string, ...flags: string[]): Promise<string> {
  const { code, out, err } = await run(['export', '--data', folder, '--kind', kind, ...flags]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

const rowsOf = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const rows = async (folder: string, kind: string, ...flags: string[]) => rowsOf(await exported(folder, kind, ...flags));
const times = async (folder: string, kind: string, ...flags: string[]) =>
  (await rows(folder, kind, ...flags)).map(({ time }) => time);

/** RFC 4180, read letter by letter. */
function parseCsv(text: string): string[][] {
  const table: string[][] = [];
  let line: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (quoted && letter === '"' && text.charAt(at + 1) === '"') {
      cell += '"';
      at++;
    } else if (letter === '"') quoted = !quoted;
    else if (quoted || (letter !== ',' && letter !== '\n')) cell += letter;
    else {
      line.push(cell);
      cell = '';
      if (letter === '\n') {
        table.push(line);
        line = [];
      }
    }
  }
  expect({ quoted, cell, line }).toEqual({ quoted: false, cell: '', line: [] });
  return table;
}

/** A table as rows by its header. */
function csvRows(text: string): Record<string, string>[] {
  const [header = [], ...lines] = parseCsv(text);
  expect(new Set(header).size).toBe(header.length);
  return lines.map((line) => {
    expect(line).toHaveLength(header.length);
    return Object.fromEntries(header.map((name, index) => [name, line[index] ?? '']));
  });
}

describe.each(PLACES)('readings in the %s', (place) => {
  it('come by battery and time, each once', async () => {
    const { folder, idOf } = filled(place);
    const live = await rows(folder, 'live');
    expect(live.map(({ battery, time }) => [battery, time])).toEqual([
      [idOf(SERIAL), '2024-06-12T11:04:10Z'],
      [idOf(SERIAL), '2024-06-12T11:04:20Z'],
      [idOf(SMILE), '2024-06-12T11:04:40Z'],
      [idOf(OTHER), '2024-06-12T11:04:50Z'],
    ]);
    expect(await times(folder, 'detail')).toEqual(['2024-06-12T11:04:26Z']);
    expect(await times(folder, 'history')).toEqual([
      '2024-06-12T10:14:22Z',
      '2024-06-12T10:15:22Z',
      '2024-06-12T10:16:23Z',
      null,
      null,
      null,
    ]);
  });

  it('come from the first moment asked for up to, and not with, the last', async () => {
    const { folder } = filled(place);
    const from = (...flags: string[]) => times(folder, 'live', ...flags);
    expect(await from('--from', '2024-06-12T11:04:20Z')).toHaveLength(3);
    expect(await from('--from', '2024-06-12T11:04:20.001Z')).toHaveLength(2);
    expect(await from('--to', '2024-06-12T11:04:20Z')).toEqual(['2024-06-12T11:04:10Z']);
    expect(await from('--to', '2024-06-12T11:04:20.001Z')).toHaveLength(2);
    expect(await from('--from', '2024-06-12T12:04:10+01:00', '--to', '2024-06-12T11:04:11')).toEqual([
      '2024-06-12T11:04:10Z',
    ]);
    expect(await from('--from', '2024-06-13')).toEqual([]);
  });

  it('come with the vendor’s own texts, every one of them', async () => {
    const { folder, idOf } = filled(place);
    const [live] = await rows(folder, 'live', '--wire', '--private');
    expect(live).toEqual({
      time: '2024-06-12T11:04:10Z',
      battery_time: '2024-06-12T12:04:10',
      received_at: '2024-06-12T11:04:10.000Z',
      battery: idOf(SERIAL),
      ...JSON.parse(fixture('1-1-16.live.json')),
    });
    const [detail] = await rows(folder, 'detail', '--wire', '--private');
    expect(detail).toMatchObject(JSON.parse(fixture('1-1-5.detail.json')));
    const [smile] = await rows(folder, 'live', '--wire', '--private', '--battery', idOf(SMILE));
    expect(Object.entries(smile ?? {}).slice(4)).toEqual(Object.entries(JSON.parse(fixture('1-1-16.smile-t10.json'))));
    const history = await exported(
      folder,
      'history',
      '--wire',
      '--private',
      '--battery',
      idOf(SERIAL),
      '--format',
      'csv',
    );
    const lines = history.split('\n').map((line) => line.split(',').slice(4).join(','));
    expect(lines.join('\n')).toBe(fixture('1-1-12.history.csv'));
  });
});

describe('a live reading', () => {
  it('comes under our names as numbers, with its times', async () => {
    const { folder, idOf } = filled();
    const [live] = await rows(folder, 'live');
    expect(live).toEqual({
      time: '2024-06-12T11:04:10Z',
      battery_time: '2024-06-12T12:04:10',
      received_at: '2024-06-12T11:04:10.000Z',
      battery: idOf(SERIAL),
      pv_power: 6065,
      pv1_power: 1890,
      pv2_power: 1765,
      pv_ac_power: 2410,
      grid_power: -3442,
      grid_power_l1: -3442,
      grid_power_l2: 0,
      grid_power_l3: 0,
      inverter_power: 1450,
      inverter_power_l1: 1450,
      inverter_power_l2: 0,
      inverter_power_l3: 0,
      battery_power: -2099.692,
      load_power: 418,
      load_power_method: 'ac_side',
      apparent_power: 1455,
      reactive_power_grid: -587,
      reactive_power_pv: -10,
      soc: 71.2,
    });
  });

  it('says what it held under names nobody knows', async () => {
    const { folder, idOf } = filled();
    const [smile] = await rows(folder, 'live', '--battery', idOf(SMILE));
    expect(smile).toMatchObject({ pv3_power: 902, other: { InventedKey: '7' } });
  });

  it('that is kept apart comes by arrival, with why, and no private value', async () => {
    const rest = { InvSN: 'AL-SECRET-INVERTER', Odd: '7' };
    const late = { receivedMs: (T + 60) * 1000 };
    const { folder, store } = stored(
      held(reading('detail', T, { cell_voltage_min: 3.3 }, { rest })),
      held(reading('live', null, { soc: 50 }, { serial: OTHER, batteryTime: T + 3600, ...late }), { why: 'newcomer' }),
    );
    expect(await rows(folder, 'live')).toEqual([]);
    const [first, second, ...others] = await rows(folder, 'held');
    expect(first).toMatchObject({ why: 'conflict', peer: 2, kind: 'detail', cell_voltage_min: 3.3 });
    expect(first?.other).toEqual({ InvSN: '[private]', Odd: '7' });
    expect(second).toMatchObject({ why: 'newcomer', peer: null, kind: 'live', soc: 50, time: null });
    expect(second).toMatchObject({ battery: store.shortIdOf(OTHER), received_at: '2024-06-12T11:05:00.000Z' });
    expect(others).toEqual([]);
    expect((await rows(folder, 'held', '--private')).map(({ serial }) => serial)).toEqual([SERIAL, OTHER]);
    const table = csvRows(await exported(folder, 'held', '--format', 'csv'));
    expect(table.map(({ why, kind, soc }) => [why, kind, soc])).toEqual([
      ['conflict', 'detail', ''],
      ['newcomer', 'live', '50'],
    ]);
    expect(await rows(folder, 'held', '--wire')).toMatchObject([{ kind: 'detail' }, { kind: 'live' }]);
    expect(csvRows(await exported(folder, 'held', '--wire', '--format', 'csv'))).toHaveLength(2);
  });

  it('comes with its serial number where that is asked for', async () => {
    const { folder } = filled();
    const serials = (await rows(folder, 'live', '--private')).map(({ serial }) => serial);
    expect(serials).toEqual([SERIAL, SERIAL, SMILE, OTHER]);
  });
});

describe('an export', () => {
  it('is of one battery, by its id or its name', async () => {
    const { folder, idOf } = filled();
    const environment = { ALPHAESS_LOCAL_BATTERY_NAMES: `${idOf(SMILE)}=Barn` };
    for (const battery of [idOf(SMILE), 'Barn']) {
      for (const [kind, count] of [
        ['live', 1],
        ['event', 1],
        ['config', 0],
        ['clock', 1],
        ['unknown', 0],
      ] as const) {
        const argv = ['export', '--data', folder, '--kind', kind, '--battery', battery];
        const { code, out } = await run(argv, { environment });
        expect([code, rowsOf(out).length]).toEqual([0, count]);
      }
    }
  });

  it('names the batteries there are where another is asked for', async () => {
    const { folder, idOf } = filled();
    const [one, two, three, four] = [SERIAL, SMILE, OTHER, TIMELESS].map(idOf);
    const environment = { ALPHAESS_LOCAL_BATTERY_NAMES: `${two}=Barn` };
    const argv = ['export', '--data', folder, '--kind', 'live', '--battery', SERIAL];
    expect(await run(argv, { environment })).toEqual({
      code: 2,
      out: '',
      err: `alphaess-local: there is no battery ${SERIAL}: there is ${one}, ${two} (Barn), ${three}, ${four} [BATTERY_UNKNOWN]\n`,
    });
    const { folder: empty } = stored();
    expect(await run(['export', '--data', empty, '--kind', 'live', '--battery', 'x'])).toEqual({
      code: 2,
      out: '',
      err: 'alphaess-local: there is no battery x: there is none yet [BATTERY_UNKNOWN]\n',
    });
  });

  it('says where there is nothing to read', async () => {
    const folder = temporaryFolder();
    expect(await run(['export', '--data', folder, '--kind', 'live'])).toEqual({
      code: 1,
      out: '',
      err: `alphaess-local: there is no data in ${folder}: give --data the folder that the server uses [STORE_ABSENT]\n`,
    });
  });

  it('says where what is there cannot be read', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'alphaess-local.db'), 'this is no database, and long enough to be none for certain');
    const damaged = await run(['export', '--data', folder, '--kind', 'live']);
    expect(damaged).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^alphaess-local: \S+ is not a database of this program .* \[STORE_CORRUPT\]\n$/),
    });
    const other = temporaryFolder();
    mkdirSync(join(other, 'alphaess-local.db'));
    const folderThere = await run(['export', '--data', other, '--kind', 'live']);
    expect(folderThere).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^alphaess-local: the disk reports an error [^\n]+\n$/),
    });
  });

  it('says where what is there is damaged half way, in one sentence', async () => {
    const folder = keptHouse(3000);
    ruin(join(folder, 'alphaess-local.db'));
    const { code, err } = await run(['export', '--data', folder, '--kind', 'live']);
    expect(code).toBe(1);
    expect(err).toMatch(/^alphaess-local: the database file is damaged \([^\n]+\); there is no backup in [^\n]+\n$/);
  });

  it('takes the folder from the configuration', async () => {
    const { folder } = filled();
    const config = join(temporaryFolder(), 'c.yaml');
    writeFileSync(config, `data: ${folder}\n`);
    const { code, out } = await run(['export', '--config', config, '--kind', 'live']);
    expect([code, rowsOf(out).length]).toEqual([0, 4]);
  });

  it('of a store nothing was ever sent to is empty, but for the header of a table', async () => {
    const { folder } = stored();
    for (const kind of KINDS) {
      expect(await exported(folder, kind)).toBe('');
      expect(csvRows(await exported(folder, kind, '--format', 'csv'))).toEqual([]);
      expect(csvRows(await exported(folder, kind, '--format', 'csv', '--wire'))).toEqual([]);
    }
  });

  it('of many rows is whole', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => reading('live', T + index, { soc: index % 100 }));
    const { folder } = stored(...many);
    const found = await rows(folder, 'live');
    expect(found.map(({ soc }) => soc)).toEqual(many.map((_, index) => index % 100));
    expect(csvRows(await exported(folder, 'live', '--format', 'csv'))).toHaveLength(3000);
  });

  it('is of what was there when it began, and does not hold up the server', async () => {
    const { folder, store } = stored(reading('live', T, { soc: 1 }));
    const running = exported(folder, 'live');
    store.commit([reading('live', T + 10, { soc: 2 })]);
    expect(rowsOf(await running)).toHaveLength(1);
    expect(await rows(folder, 'live')).toHaveLength(2);
  });
});

describe('a table', () => {
  it.each(KINDS)('of %s says what the lines say', async (kind) => {
    const { folder } = filled();
    const cell = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
    for (const flags of [[], ['--wire'], ['--private'], ['--wire', '--private']]) {
      const lines = await rows(folder, kind, ...flags);
      const table = csvRows(await exported(folder, kind, '--format', 'csv', ...flags));
      expect(lines.length).toBeGreaterThan(0);
      const said = ({ ...row }: Row) => {
        const filledIn = Object.entries(row).filter(([, value]) => value !== null && value !== '');
        return Object.fromEntries(filledIn.map(([name, value]) => [name, cell(value)]));
      };
      expect(table.map(said)).toEqual(lines.map(said));
    }
  });

  it('gives back every text, but for an apostrophe before what a spreadsheet would take for a formula', async () => {
    const awkward = fc.constantFrom('"', ',', '\n', '\r', "'", ' ', 'a', '=', '-', '1', '.', '\t', '+', '@');
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: awkward }));
    const texts = fc.sample(text, { numRuns: 300, seed: 7 });
    const records = texts.map((text, index) => event({ text, code: null, receivedMs: T * 1000 + index }));
    const { folder } = stored(...records);
    const found = csvRows(await exported(folder, 'event', '--format', 'csv', '--private')).map(({ text }) => text);
    const number = /^-\d+(\.\d+)?$/;
    const formula = (text: string) =>
      '=+@\t\r'.includes(text.charAt(0) || ' ') || (text[0] === '-' && !number.test(text));
    expect(found).toEqual(texts.map((text) => (formula(text) ? `'${text}` : text)));
  });

  it('steers no terminal, and gives a program every text', async () => {
    const text = 'a\u202eb\u001b[2J\u009b';
    const { folder } = stored(event({ text, code: null }));
    const args = ['export', '--data', folder, '--kind', 'event', '--format', 'csv'];
    const onTerminal = new FakeIo({ terminal: true });
    expect(await onTerminal.run(...args)).toBe(0);
    expect(csvRows(onTerminal.out)[0]?.text).toBe('a\ufffdb\ufffd[2J\ufffd');
    expect(csvRows(await exported(folder, 'event', '--format', 'csv'))[0]?.text).toBe(text);
    const lines = await exported(folder, 'event');
    expect(lines).toContain(String.raw`"text":"a\u202eb\u001b[2J\u009b"`);
    expect(JSON.parse(lines).text).toBe(text);
  });

  it('takes the sting from what a spreadsheet would take for a formula', async () => {
    const texts = [
      ['=1+1', "'=1+1"],
      ['+1', "'+1"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['-cmd', "'-cmd"],
      ["-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"],
      ['\t=1', "'\t=1"],
      ['-', "'-"],
      ['-2099.6920', '-2099.6920'],
      ['-5', '-5'],
      ['a=1', 'a=1'],
      ['1-1', '1-1'],
      ['', ''],
    ];
    const { folder } = stored(
      ...texts.map(([text = ''], index) => event({ text, code: null, receivedMs: T * 1000 + index })),
    );
    const table = csvRows(await exported(folder, 'event', '--format', 'csv'));
    expect(table.map(({ text }) => text)).toEqual(texts.map(([, expected]) => expected));
  });
});

describe('energy', () => {
  const day = [
    reading('live', T, { pv_power: 6000, grid_power: -600, load_power: 1 }),
    reading('live', T + 3600, { pv_power: 3000 }),
  ];

  function sunny() {
    const house = stored(...day, reading('detail', T, { soc: 50 }, { serial: OTHER }));
    while (house.store.fold(1000));
    return house;
  }

  it('is by the day of the house, unless asked for by another span', async () => {
    const { folder, store } = sunny();
    const battery = store.idOf(SERIAL);
    const powers = { pv_energy: 0.1, grid_import_energy: 0, grid_export_energy: 0.01, load_energy: 0.000017 };
    expect(await rows(folder, 'energy')).toEqual([
      { battery, start: '2024-06-11T23:00:00Z', ...powers, pv_energy: 0.15 },
    ]);
    expect(await rows(folder, 'energy', '--per', 'hour')).toEqual([
      { battery, start: '2024-06-12T11:00:00Z', ...powers },
      { battery, start: '2024-06-12T12:00:00Z', pv_energy: 0.05 },
    ]);
    expect((await rows(folder, 'energy', '--per', 'minute')).map(({ start }) => start)).toEqual([
      '2024-06-12T11:04:00Z',
      '2024-06-12T12:04:00Z',
    ]);
    expect(await rows(folder, 'energy', '--per', 'hour', '--from', '2024-06-12T11:30')).toHaveLength(1);
  });

  it('is a table, too, with a column for each flow', async () => {
    const { folder, store } = sunny();
    const text = await exported(folder, 'energy', '--format', 'csv');
    const [header = '', line = ''] = text.split('\n');
    expect(header).toBe(
      'battery,start,pv_energy,grid_import_energy,grid_export_energy,battery_charge_energy,battery_discharge_energy,' +
        'grid_charge_energy,load_energy,incomplete',
    );
    expect(line).toBe(`${store.idOf(SERIAL)},2024-06-11T23:00:00Z,0.15,0,0.01,,,,0.000017,`);
  });

  it('names what is incomplete: a counter was reset while nobody listened', async () => {
    const counters = [500, 500.1, 500.2, 0, 0.1, 0.2, 0.3];
    const details = counters.map((pv_energy, index) =>
      reading('detail', T + (index < 3 ? index : index + 60) * 60, { pv_energy }),
    );
    const { store, folder } = stored(...details);
    while (store.fold(1000));
    expect(await rows(folder, 'energy')).toMatchObject([{ pv_energy: 0.5, incomplete: 'pv_energy' }]);
  });

  it('is told from a span that is none', async () => {
    const { code, err } = await run(['export', '--data', sunny().folder, '--kind', 'energy', '--per', 'week']);
    expect(code).not.toBe(0);
    expect(err).toContain('minute, hour, day');
  });

  it.each([
    [['--kind', 'live', '--per', 'hour'], '--per is for --kind energy: live is written as it came'],
    [
      ['--kind', 'energy', '--wire'],
      'energy has no names of the vendor’s, and nothing private: leave out --wire and --private',
    ],
    [
      ['--kind', 'energy', '--private'],
      'energy has no names of the vendor’s, and nothing private: leave out --wire and --private',
    ],
  ])('is refused what would mean nothing: %j', async (flags, sentence) => {
    const { code, out, err } = await run(['export', '--data', temporaryFolder(), ...flags]);
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `alphaess-local: ${sentence} [USAGE]\n` });
  });
});

describe('private values', () => {
  const secretsIn = (text: string) =>
    SECRETS.filter((secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('hex')));

  it('are in no export of a whole session', async () => {
    const { folder } = filled();
    for (const kind of KINDS) {
      for (const format of ['jsonl', 'csv']) {
        for (const wire of [[], ['--wire']]) {
          const text = await exported(folder, kind, '--format', format, ...wire);
          expect(text.split('\n').length).toBeGreaterThan(1);
          expect([kind, format, wire, secretsIn(text)]).toEqual([kind, format, wire, []]);
        }
      }
    }
  });

  it('are all there where they are asked for, and none was lost on the way', async () => {
    const { folder } = filled();
    const all = await Promise.all(KINDS.map((kind) => exported(folder, kind, '--private')));
    expect(secretsIn(all.join(''))).toEqual(SECRETS);
  });

  it('are marked where a value stood, and not where none did', async () => {
    const { folder } = filled();
    const [config] = await rows(folder, 'config', '--wire');
    expect(config).toMatchObject({ SN: '[private]', Address: '[private]', BatterySN7: '', Country: 'Ireland' });
    const [ours] = await rows(folder, 'config');
    expect(ours).toMatchObject({ serial: '[private]', address: '[private]', pack7_serial: '', country: 'Ireland' });
    const said = (await rows(folder, 'live')).flatMap(({ other }) => (other as Record<string, string>)?.Said ?? []);
    expect(said).toEqual(['I am [private] at [private]']);
  });

  it('of a frame are asterisks, so that lengths stay true', async () => {
    const { folder } = filled();
    const [unknown] = await rows(folder, 'unknown');
    const body = Buffer.from(String(unknown?.hex), 'hex').toString('latin1').slice(7, -2);
    expect(body).toBe('{"SN":"***************","InventedKey":"7"}');
  });
});

it('times are those of the fixtures', () => {
  expect(FIRST_LIVE_MS / 1000).toBe(T + 10);
});
