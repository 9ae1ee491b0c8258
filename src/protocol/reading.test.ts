import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture, HAVE_SAMPLES, sample } from '../../test/wire.ts';
import type { Value } from '../model.ts';
import { FormBook, SHAPE, wireTexts } from './body/wire-form.ts';
import type { ReadingKind } from './fields/field.ts';
import { columnsOf, FIELDS } from './fields/fields.ts';
import { ReadingReader, type WireReading } from './reading.ts';

type Texts = Readonly<Record<string, string | null>>;

/** Reads one message; a known value goes with it, so that it is a reading. */
function read(kind: ReadingKind, texts: Texts): WireReading {
  const all: Texts = 'SOC' in texts ? texts : { ...texts, SOC: '50.0' };
  const reading = new ReadingReader(kind, new FormBook()).read(Object.keys(all), Object.values(all));
  return reading ?? expect.unreachable('no reading');
}

function readOrNot(kind: ReadingKind, texts: Texts): WireReading | null {
  return new ReadingReader(kind, new FormBook()).read(Object.keys(texts), Object.values(texts));
}

const columnOf = (kind: ReadingKind, name: string) => columnsOf(kind).findIndex((field) => field.name === name);

/** The values of a reading under our names. */
function named(reading: WireReading): Record<string, Value> {
  return Object.fromEntries(columnsOf(reading.kind).map((field, index) => [field.name, reading.values[index] ?? null]));
}

const utc = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts) / 1000;
const csvRow = (text: string, row: number) => {
  const [keys = [], ...rows] = text.split('\n').map((line) => line.split(','));
  return Object.fromEntries(keys.map((key, index) => [key, rows[row]?.[index] ?? '']));
};

describe('what is no reading', () => {
  it.each<[string, Texts]>([
    ['nothing', {}],
    ['only who and when', { SN: 'AL2002021010101', Time: '2021/03/24 10:01:52' }],
    ['only unknown keys', { Nonsense: '5', __proto__x: '6' }],
    ['only what belongs to another message', { BatV: '49.92', Ua: '248.2', GridCharge: 'true' }],
    ['only what cannot be read', { SOC: 'full', Pbat: '', Ppv1: null }],
    ['only names of derived values', { pv_power: '5', load_power: '5' }],
  ])('is %s', (_what, texts) => {
    expect(readOrNot('live', texts)).toBeNull();
  });
});

describe('numbers', () => {
  it.each(['1630', '-622', '93.6', '0.0', '333.6600'])('are read from %j with nothing left over', (text) => {
    const reading = read('live', { SOC: '50.0', Pbat: text });
    expect(named(reading).battery_power).toBe(Number(text));
    expect(reading.rest).toBeNull();
  });

  it.each([
    ['+5', 5],
    [' 5', 5],
    ['1e3', 1000],
    ['007', 7],
    ['-0', -0],
    ['.5', 0.5],
  ])(
    'are read leniently from %j, and the text is kept, since the number alone would not give it back',
    (text, value) => {
      const reading = read('live', { Ppv1: text });
      expect(named(reading).pv1_power).toBe(value);
      expect(reading.rest).toEqual({ Ppv1: text });
    },
  );

  it.each(['', ' ', 'NaN', '0x10', 'Infinity', '1e300', '5 W', '1,5', '--'])(
    'are not read from %j, which is kept',
    (text) => {
      const reading = read('live', { Ppv1: text });
      expect(named(reading).pv1_power).toBeNull();
      expect(named(reading).pv_power).toBeNull();
      expect(reading.rest).toEqual({ Ppv1: text });
    },
  );

  it('are absent where the text is null or the key is not there', () => {
    const reading = read('live', { Ppv1: null });
    expect(named(reading)).toMatchObject({ pv1_power: null, pv2_power: null });
    expect(reading.rest).toEqual({ Ppv1: null });
  });
});

describe('flags', () => {
  it.each([
    ['0', 0, false],
    ['1', 1, false],
    ['true', 1, true],
    ['True', 1, true],
    ['FALSE', 0, true],
    [' false ', 0, true],
    ['2', null, true],
    ['', null, true],
    ['yes', null, true],
    ['1.0', null, true],
    ['01', null, true],
  ])('read %j as %j', (text, value, kept) => {
    const reading = read('detail', { DispatchSwitch: text });
    expect(named(reading).dispatch_active).toBe(value);
    expect(reading.rest).toEqual(kept ? { DispatchSwitch: text } : null);
  });
});

describe('texts', () => {
  it.each(['Normal', '', ' ', '99,99', 'ü'])('are values as they came: %j', (text) => {
    expect(named(read('detail', { EmsStatus: text, CSQ: text }))).toMatchObject({
      ems_status: text,
      cellular_signal: text,
    });
  });

  it('are absent where they are null', () => {
    const reading = read('detail', { EmsStatus: null });
    expect(named(reading).ems_status).toBeNull();
    expect(reading.rest).toEqual({ EmsStatus: null });
  });
});

describe('what says that there is no value', () => {
  it.each(['(null)', 'nan', '-nan(ind)', '1.#QNAN', 'inf'])('is no state and no text, and is kept: %j', (text) => {
    const reading = read('detail', { EmsStatus: text, CSQ: text, SN: text, Ppv1: text });
    expect(named(reading)).toMatchObject({ ems_status: null, cellular_signal: null, pv1_power: null });
    expect(reading.serial).toBeNull();
    expect(reading.rest).toEqual({ EmsStatus: text, CSQ: text, SN: text, Ppv1: text });
  });
});

describe('a text that no store gives back', () => {
  it('is kept with what was not read: more than 256 letters', () => {
    const [most, more] = ['x'.repeat(256), 'x'.repeat(257)];
    const statusOf = (text: string) => {
      const reading = read('detail', { EmsStatus: text, SOC: '50' });
      return [reading.values[columnsOf('detail').findIndex(({ name }) => name === 'ems_status')], reading.rest];
    };
    expect([statusOf(most), statusOf(more)]).toEqual([
      [most, null],
      [null, { EmsStatus: more }],
    ]);
  });

  it('is kept with what was not read: half of a surrogate pair', () => {
    const reading = read('detail', { EmsStatus: 'a\ud800' });
    expect(named(reading).ems_status).toBeNull();
    expect(reading.rest).toEqual({ EmsStatus: 'a\ud800' });
  });
});

describe('the sums of a message that was not read in full', () => {
  const keys = ['Ppv1', 'Ppv2', 'PrealL1', 'PmeterL1', 'PmeterL2', 'PmeterDC', 'Pbat'];
  const all = ['100', '20', '90', '-3', '0', '5', '-30'];
  const sums = (change: Record<string, string | null>, condition?: 'sound' | 'spoilt' | 'cut') => {
    const texts = keys.map((key, index) => (key in change ? (change[key] ?? null) : (all[index] as string)));
    const reading = new ReadingReader('live', new FormBook()).read(keys, texts, condition);
    const { pv_power, grid_power, inverter_power, load_power, load_power_method } = named(reading as WireReading);
    return [pv_power, grid_power, inverter_power, load_power, load_power_method];
  };

  it('are all there where all was read', () => {
    for (const condition of ['sound', 'spoilt'] as const)
      expect(sums({}, condition)).toEqual([125, -3, 90, 92, 'ac_side']);
    expect(sums({})).toEqual([125, -3, 90, 92, 'ac_side']);
  });

  it('are unknown where a part of them has a value that nobody can read', () => {
    expect(sums({ Ppv2: 'nan' })).toEqual([null, -3, 90, 92, 'ac_side']);
    expect(sums({ PmeterL2: 'x' })).toEqual([125, null, 90, null, null]);
    expect(sums({ PmeterDC: 'nan' })).toEqual([null, -3, 90, null, null]);
    expect(sums({ Pbat: 'nan' })).toEqual([125, -3, 90, 92, 'ac_side']);
    // 125 − 3 − 30: the inverter's own word is missing.
    expect(sums({ PrealL1: 'nan' })).toEqual([125, -3, null, 92, 'customary']);
    expect(sums({ PrealL1: 'nan', Pbat: 'nan' })).toEqual([125, -3, null, null, null]);
    expect(sums({ PrealL1: '0', Ppv1: 'nan' })).toEqual([null, -3, 0, null, null]);
  });

  it('leave out what says that it is empty, unless the message is spoilt', () => {
    for (const nothing of [null, '', ' ']) {
      expect(sums({ Ppv2: nothing })).toEqual([105, -3, 90, 92, 'ac_side']);
      expect(sums({ Ppv2: nothing }, 'spoilt')).toEqual([null, -3, 90, 92, 'ac_side']);
    }
  });

  it('are unknown where the message ends early', () => {
    expect(sums({}, 'cut')).toEqual([null, null, null, null, null]);
  });
});

describe('what cannot be', () => {
  const nothing = (reading: WireReading, ...names: string[]) =>
    expect(named(reading)).toMatchObject(Object.fromEntries(names.map((name) => [name, null])));

  it('is none, and its text is kept as it came', () => {
    for (const SOC of ['6553.5', '102.4', '-1', '4294967295']) {
      const reading = read('live', { SOC, Ppv1: '10' });
      nothing(reading, 'soc');
      expect(named(reading).pv1_power).toBe(10);
      expect(reading.rest).toEqual({ SOC });
      expect(reading.implausible).toEqual(['soc']);
    }
    expect(read('live', { SOC: '100.0' }).implausible).toBeNull();
  });

  it('comes back exactly from what is stored', () => {
    const texts = { SOC: '6553.5', Ppv1: '0010', VcellLow: '4294967295', EmsStatus: 'Normal', BatV: '49.8' };
    const reading = read('detail', texts);
    expect(wireTexts({ ...reading, serial: 'A' })).toEqual(Object.entries(texts));
  });

  it('makes no sum', () => {
    const reading = read('live', {
      SOC: '50',
      Ppv1: '100',
      Ppv2: '4294967295',
      PmeterL1: '5',
      PrealL1: '7',
      Pbat: '0',
    });
    nothing(reading, 'pv2_power', 'pv_power');
    expect(named(reading)).toMatchObject({ pv1_power: 100, grid_power: 5, load_power: 12 });
    expect(
      read('live', { SOC: '50', PrealL1: '4294967295', PmeterL1: '5' }).values[columnOf('live', 'load_power')],
    ).toBeNull();
  });

  it.each([
    ['VcellLow', '4294967295', 'cell_voltage_min', 'cell'],
    ['VcellHigh', '0', 'cell_voltage_max', 'cell'],
    ['TcellLow', '4294967295', 'cell_temp_min', 'sensor'],
    ['VcellLow', '65535', 'cell_voltage_min', 'cell'],
    ['TcellLow', '65535', 'cell_temp_min', 'sensor'],
    ['TcellHigh', '2147483648', 'cell_temp_max', 'sensor'],
    ['TcellHigh', '2147483647', 'cell_temp_max', 'sensor'],
  ])('in %s %s leaves neither a value nor a place', (wire, text, name, part) => {
    const reading = read('detail', { [wire]: text });
    nothing(reading, name, `${name}_pack`, `${name}_${part}`);
    expect(reading.rest).toEqual({ [wire]: text });
    expect(reading.implausible).toEqual([name]);
  });

  it.each<[string, string, string, Record<string, Value>]>([
    // 0x0102FFFF, 0x01027FFF, 0x01028000, 0x0104FFFF: the place is told, the value is not.
    ['TcellLow', '16973823', 'cell_temp_min', { cell_temp_min_pack: 1, cell_temp_min_sensor: 2 }],
    ['TcellLow', '16941055', 'cell_temp_min', { cell_temp_min_pack: 1, cell_temp_min_sensor: 2 }],
    ['TcellLow', '16941056', 'cell_temp_min', { cell_temp_min_pack: 1, cell_temp_min_sensor: 2 }],
    ['VcellLow', '17104895', 'cell_voltage_min', { cell_voltage_min_pack: 1, cell_voltage_min_cell: 4 }],
  ])('in the value of %s %s leaves its place', (wire, text, name, place) => {
    const reading = read('history', { [wire]: text });
    expect(named(reading)).toMatchObject({ [name]: null, ...place });
    expect([reading.rest, reading.implausible]).toEqual([{ [wire]: text }, [name]]);
    expect(wireTexts({ ...reading, serial: 'A' })).toContainEqual([wire, text]);
  });

  it.each([
    // 0xFFFF0015, 0xFFFF0D10.
    ['TcellLow', '4294901781', 'cell_temp_min', 'sensor', 21],
    ['VcellHigh', '4294905104', 'cell_voltage_max', 'cell', 3.344],
  ])('in the place of %s %s leaves its value', (wire, text, name, part, value) => {
    const reading = read('detail', { [wire]: text });
    expect(named(reading)).toMatchObject({ [name]: value, [`${name}_pack`]: null, [`${name}_${part}`]: null });
    expect([reading.rest, reading.implausible]).toEqual([{ [wire]: text }, [`${name}_pack`]]);
    expect(wireTexts({ ...reading, serial: 'A' })).toContainEqual([wire, text]);
  });

  it('of a code is what no register of bits tells', () => {
    for (const ErrInv of ['65535', '4294967295', '-1', '-214748364.8000', '1.5', '1e12']) {
      const reading = read('detail', { ErrInv });
      nothing(reading, 'err_inv');
      expect([reading.rest, reading.implausible]).toEqual([{ ErrInv }, ['err_inv']]);
    }
    expect(named(read('detail', { ErrInv: '2147483648', InvWorkMode: '2147483648' }))).toMatchObject({
      err_inv: 2_147_483_648,
      inv_work_mode: null,
    });
  });

  it('is otherwise where the owner says so', () => {
    const ranges = new Map([['soc', { min: 0, max: 110 }]]);
    const houseOf = (serial: string | null) => ({
      ratedWatts: null,
      ranges: serial === 'AL1000000000001' ? ranges : new Map(),
    });
    const reader = new ReadingReader('live', new FormBook(), houseOf);
    const socOf = (SN: string) => named(reader.read(['SOC', 'SN', 'Pbat'], ['102.4', SN, '5']) as WireReading).soc;
    expect(socOf('AL1000000000001')).toBe(102.4);
    expect(socOf('AL1000000000002')).toBeNull();
  });
});

describe('a message of zeros', () => {
  const ZEROS = { SOC: '0.0', Ppv1: '0', Ppv2: '0', Pbat: '0', PmeterL1: '0', PrealL1: '0' };

  it.each(['live', 'detail', 'history'] as const)('as after a start tells nothing (%s)', (kind) => {
    const reading = read(kind, { ...ZEROS, EmsStatus: 'Normal' });
    const { soc, pv_power, grid_power, battery_power, load_power } = named(reading);
    expect([soc, pv_power, grid_power, battery_power, load_power]).toEqual([null, null, null, null, null]);
    expect(reading.rest).toMatchObject(ZEROS);
    expect(reading.implausible).toContain('soc');
  });

  it('is one of an empty battery where anything else is not zero', () => {
    for (const key of Object.keys(ZEROS).slice(1)) {
      const reading = read('live', { ...ZEROS, [key]: '3' });
      expect(reading.implausible).toBeNull();
      expect(named(reading).soc).toBe(0);
    }
  });

  it('is one of a quiet night where the state of charge is not zero, or not told', () => {
    expect(named(read('live', { ...ZEROS, SOC: '0.4' })).load_power).toBe(0);
    expect(readOrNot('live', { ...ZEROS, SOC: null })?.implausible).toBeNull();
    expect(read('live', { SOC: '0', Ppv1: '0' }).implausible).toBeNull();
  });
});

describe('packed cells', () => {
  it.each([
    ['VcellLow', '17042704', 'cell_voltage_min', 1, 4, 3.344],
    ['VcellLow', '16911559', 'cell_voltage_min', 1, 2, 3.271],
    ['VcellHigh', '17501462', 'cell_voltage_max', 1, 11, 3.35],
    ['VcellHigh', '2147487648', 'cell_voltage_max', 128, 0, 4],
    ['VcellHigh', '4278064008', 'cell_voltage_max', 254, 254, 5],
  ])('in %s %s give %s: pack, cell and volts', (wire, text, name, pack, cell, volts) => {
    expect(named(read('detail', { [wire]: text }))).toMatchObject({
      ...{ [name]: volts, [`${name}_pack`]: pack, [`${name}_cell`]: cell },
    });
  });

  it.each([
    ['TcellLow', '16908309', 'cell_temp_min', 1, 2, 21],
    ['TcellLow', '17170458', 'cell_temp_min', 1, 6, 26],
    ['TcellHigh', '16908317', 'cell_temp_max', 1, 2, 29],
    ['TcellHigh', '16908288', 'cell_temp_max', 1, 2, 0],
    // Below zero by two's complement in the low sixteen bits: 0x0102FFFE, 0x0102FFFB, 0x0102FFD8, 0xFEFEFFFE.
    ['TcellLow', '16973822', 'cell_temp_min', 1, 2, -2],
    ['TcellLow', '16973819', 'cell_temp_min', 1, 2, -5],
    ['TcellLow', '16973784', 'cell_temp_min', 1, 2, -40],
    ['TcellLow', '4278124542', 'cell_temp_min', 254, 254, -2],
  ])('in %s %s give %s: pack, sensor and °C', (wire, text, name, pack, sensor, celsius) => {
    expect(named(read('history', { [wire]: text }))).toMatchObject({
      ...{ [name]: celsius, [`${name}_pack`]: pack, [`${name}_sensor`]: sensor },
    });
  });

  it.each(['', '-1', '4294967296', '17042704.0', '1e7', '0x01040D10', 'none', '017042704', '99999999999999999'])(
    'in %j give nothing, and the text is kept',
    (text) => {
      const reading = read('detail', { VcellLow: text });
      expect(named(reading)).toMatchObject({
        ...{ cell_voltage_min: null, cell_voltage_min_pack: null, cell_voltage_min_cell: null },
      });
      expect(reading.rest).toEqual({ VcellLow: text });
    },
  );
});

describe('keys', () => {
  it('are known in any case', () => {
    expect(named(read('live', { PPV1: '5', ppv2: '6', pMETERdcL1: '7' }))).toMatchObject({
      ...{ pv1_power: 5, pv2_power: 6, pv_ac_power_l1: 7 },
    });
  });

  it('that name a field a second time are kept as unknown', () => {
    const reading = read('live', { PMeterDCL1: '1', PmeterDCL1: '2', ppv1: '3', Ppv1: '4' });
    expect(named(reading)).toMatchObject({ pv_ac_power_l1: 1, pv1_power: 3 });
    expect(reading.rest).toEqual({ PmeterDCL1: '2', Ppv1: '4' });
  });

  it('of another message are kept as unknown', () => {
    const reading = read('live', { BatV: '49.92', Date: '2021/03/24', GridCharge: 'true' });
    expect(reading.rest).toEqual({ BatV: '49.92', Date: '2021/03/24', GridCharge: 'true' });
  });

  it('nobody knows are kept with their texts, whatever their names', () => {
    const odd: [string, string | null][] = [
      ...[
        ['InventedKey', '7'] as const,
        ['', 'x'] as const,
        ['constructor', 'a'] as const,
        ['toString', null] as const,
      ],
      ...[['hasOwnProperty', ''] as const, ['a\nb', 'c\nd'] as const, ['__proto__', 'b'] as const],
    ].map(([key, text]) => [key, text]);
    const keys = [...odd.map(([key]) => key), 'SOC'];
    const reading = new ReadingReader('live', new FormBook()).read(keys, [...odd.map(([, text]) => text), '50.0']);
    expect(Object.entries(reading?.rest ?? {})).toEqual(odd);
  });

  it('without a text are kept as null', () => {
    const reading = new ReadingReader('live', new FormBook()).read(['SOC', 'Ppv1', 'New'], ['50.0']);
    expect(reading?.rest).toEqual({ Ppv1: null, New: null });
  });
});

describe('the serial number', () => {
  it('is read into the reading and stands in no value', () => {
    const reading = read('live', { SN: 'AL2002021010101' });
    expect(reading.serial).toBe('AL2002021010101');
    expect(JSON.stringify([reading.values, reading.rest, reading.form])).not.toContain('AL2002021010101');
  });

  it.each(['', ' ', ' AL2002', 'AL\n2002', 'A'.repeat(65)])('is none where it is %j, which is kept', (text) => {
    const reading = read('live', { SN: text });
    expect(reading.serial).toBeNull();
    expect(reading.rest).toEqual({ SN: text });
  });

  it('is none where it is absent or null', () => {
    expect(read('live', {}).serial).toBeNull();
    expect(read('live', { SN: null }).serial).toBeNull();
  });
});

describe('the time', () => {
  const AT = utc(2021, 2, 24, 10, 1, 52);

  it.each<[string, ReadingKind, Texts]>([
    ['one text', 'live', { Time: '2021/03/24 10:01:52' }],
    ['one text in detail', 'detail', { Time: '2021/03/24 10:01:52' }],
    ['two columns', 'history', { Date: '2021/03/24', Time: '10:01:52' }],
    ['two columns in the other order', 'history', { Time: '10:01:52', Date: '2021/03/24' }],
    ['one column of history', 'history', { Time: '2021/03/24 10:01:52' }],
  ])('is read from %s', (_what, kind, texts) => {
    expect(read(kind, texts)).toMatchObject({ batteryTime: AT, rest: null });
  });

  it.each<[string, ReadingKind, Texts]>([
    ['dashes', 'live', { Time: '2021-03-24 10:01:52' }],
    ['a year of two digits', 'live', { Time: '21/03/24 10:01:52' }],
    ['spaces around', 'live', { Time: ' 2021/03/24 10:01:52 ' }],
    ['dashes in two columns', 'history', { Date: '2021-03-24', Time: '10:01:52' }],
    ['a fraction in two columns', 'history', { Date: '2021/03/24', Time: '10:01:52.5' }],
  ])('is read leniently from %s, and its texts are kept', (_what, kind, texts) => {
    expect(read(kind, texts)).toMatchObject({ batteryTime: AT, rest: texts });
  });

  it.each<[string, ReadingKind, Texts]>([
    ['empty', 'live', { Time: '' }],
    ['null', 'live', { Time: null }],
    ['no date', 'live', { Time: '2021/02/30 10:01:52' }],
    ['only the time of day', 'history', { Time: '10:01:52' }],
    ['only the day', 'history', { Date: '2021/03/24' }],
    ['a day of null', 'history', { Date: null, Time: '10:01:52' }],
    ['a time of null', 'history', { Date: '2021/03/24', Time: null }],
    ['a whole time beside a day', 'history', { Date: '2021/03/24', Time: '2021/03/24 10:01:52' }],
    ['a day that holds part of the time', 'history', { Date: '2021/03/24 10', Time: '01:52' }],
  ])('is unknown where it is %s, and its texts are kept', (_what, kind, texts) => {
    const reading = read(kind, texts);
    expect(reading.batteryTime).toBeNull();
    expect(reading.rest).toEqual(texts);
  });

  it('is unknown where there is none, and nothing is kept', () => {
    expect(read('history', {})).toMatchObject({ batteryTime: null, rest: null });
  });
});

describe('a whole message', () => {
  it('of the fixtures reads as its body says: live', () => {
    const reading = read('live', JSON.parse(fixture('1-1-16.live.json')));
    expect(reading).toMatchObject({
      ...{ kind: 'live', serial: 'AL2002021010101', batteryTime: utc(2024, 5, 12, 12, 4, 10), rest: null },
    });
    expect(named(reading)).toMatchObject({
      ...{ pv1_power: 1890, pv2_power: 1765, pv_ac_power: 2410, pv_power: 6065, grid_power: -3442 },
      ...{ inverter_power: 1450, battery_power: -2099.692, load_power: 418, load_power_method: 'ac_side' },
      ...{ apparent_power: 1455, reactive_power_grid: -587, reactive_power_pv: -10, soc: 71.2 },
    });
  });

  it.each([
    ['1-1-16.night.json', 342, 'ac_side'],
    ['1-1-16.preal-zero.json', 360.312, 'customary'],
    ['1-1-16.three-phase.json', 1464, 'ac_side'],
    ['1-1-16.smile-t10.json', 745, 'ac_side'],
  ])('of the fixtures gives the load its README says: %s', (file, load_power, load_power_method) => {
    expect(named(read('live', JSON.parse(fixture(file))))).toMatchObject({ load_power, load_power_method });
  });

  it('of a newer model keeps the one key no table knows', () => {
    const reading = read('live', JSON.parse(fixture('1-1-16.smile-t10.json')));
    expect(reading.rest).toEqual({ InventedKey: '7' });
    expect(named(reading)).toMatchObject({ pv3_power: 902, pv_power: 4500, pv_ac_power_l1: 600, sys_mode: 11 });
  });

  it('of the fixtures reads as its body says: detail', () => {
    const reading = read('detail', JSON.parse(fixture('1-1-5.detail.json')));
    expect(reading.rest).toBeNull();
    expect(named(reading)).toMatchObject({
      ...{ load_power: 421, pv_energy: 9127.4, battery_voltage: 50.86, battery_current: -41.5, wifi_signal: -58 },
      ...{ ems_status: 'Normal', cellular_signal: '99,99', dispatch_active: 0, pv1_voltage: 262.4 },
      // 17173819 = 0x01060D3B, 17501508 = 0x010B0D44, 16908312 = 0x01020018, 17104922 = 0x0105001A
      ...{ cell_voltage_min: 3.387, cell_voltage_min_pack: 1, cell_voltage_min_cell: 6 },
      ...{ cell_voltage_max: 3.396, cell_voltage_max_cell: 11, cell_voltage_delta: 0.009 },
      ...{ cell_temp_min: 24, cell_temp_min_sensor: 2, cell_temp_max: 26, cell_temp_max_sensor: 5 },
    });
  });

  it.each([
    [0, utc(2024, 5, 12, 11, 14, 22), 396],
    [1, utc(2024, 5, 12, 11, 15, 22), 390],
    [2, utc(2024, 5, 12, 11, 16, 23), 419],
  ])('of the fixtures reads as its body says: history row %i', (row, batteryTime, load_power) => {
    const reading = read('history', csvRow(fixture('1-1-12.history.csv'), row));
    expect(reading).toMatchObject({ serial: 'AL2002021010101', batteryTime, rest: null });
    expect(named(reading).load_power).toBe(load_power);
  });

  it.skipIf(!HAVE_SAMPLES)('of the captures reads by hand as it does here (skipped without ../shared/samples)', () => {
    const live = read('live', JSON.parse(sample('1-1-16.json')));
    expect(live.rest).toBeNull();
    expect(named(live)).toMatchObject({ load_power: 251, battery_power: 333.66, soc: 93.6, apparent_power: 222 });
    const detail = read('detail', JSON.parse(sample('1-1-5.json')));
    expect(detail.rest).toBeNull();
    expect(named(detail)).toMatchObject({
      ...{ load_power: 2707, pv_power: 3542, battery_power: -708.864, soc: 33.6, pv_energy: 433 },
      // 17173759 = 0x01060CFF, 17501442 = 0x010B0D02
      ...{ cell_voltage_min: 3.327, cell_voltage_max: 3.33, cell_voltage_delta: 0.003, cell_temp_min: 21 },
    });
    const loads = [0, 1, 2].map((row) => named(read('history', csvRow(sample('1-1-12.csv'), row))).load_power);
    expect(loads).toEqual([347, 380, 366]);
  });
});

describe('ReadingReader', () => {
  const wires = FIELDS.filter((field) => field.in.includes('live')).flatMap((field) => field.wire);
  const key = fc.oneof(fc.constantFrom(...wires), fc.constantFrom('', 'New', '__proto__', 'BatV', 'soc', 'Date'));
  const text = fc.oneof(fc.constantFrom('0', '0.0', '-5', '93.60', '', 'x', ' 1', '2021/03/24 10:01:52'), fc.string());
  const message = fc.uniqueArray(key, { maxLength: 12 }).chain((keys) =>
    fc.record({
      keys: fc.constant(keys),
      texts: fc.array(fc.option(text), { minLength: keys.length, maxLength: keys.length }),
    }),
  );

  it('reads each message as if it were the first, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
        const forms = new FormBook();
        const reader = new ReadingReader('live', forms);
        for (const { keys, texts } of [...messages, ...messages]) {
          expect(reader.read(keys, texts)).toEqual(new ReadingReader('live', forms).read(keys, texts));
        }
      }),
    );
  });

  it('never throws, and gives a value or null for each column', () => {
    fc.assert(
      fc.property(message, fc.constantFrom('live', 'detail', 'history'), ({ keys, texts }, kind) => {
        const reading = new ReadingReader(kind, new FormBook()).read(keys, texts);
        if (reading === null) return;
        expect(reading.values).toHaveLength(columnsOf(kind).length);
        for (const value of reading.values) {
          expect(value === null || typeof value === 'string' || Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('tells the form of each message, however little differs from the one before', () => {
    const reader = new ReadingReader('live', new FormBook());
    const messages: [string, string, number[]][] = [
      ['SOC,Ppv1', '50.0,5', [1, 0]],
      ['SOC,Ppv1', '50,5', [0, 0]],
      ['SOC,Ppv1', '50,5.00', [0, 2]],
      ['soc,Ppv1', '50,5.00', [0, 2]],
      ['soc,ppv1', '50,5.00', [0, 2]],
      ['soc,ppv1,New', '50,5.00,x', [0, 2, SHAPE.KEPT]],
      ['soc,ppv1', '50,5.00', [0, 2]],
      ['soc', '50', [0]],
      ['SN,Time,SOC', 'AL2002,2021/03/24 10:01:52,50', [SHAPE.SERIAL, SHAPE.TIME, 0]],
      ['SN,Time,SOC', ' ,2021/03/24 10:01,50', [SHAPE.KEPT, SHAPE.KEPT, 0]],
    ];
    for (const [keys, texts, shapes] of messages) {
      const form = reader.read(keys.split(','), texts.split(','))?.form;
      expect(form).toEqual({ keys: keys.split(','), shapes });
    }
  });

  it('tells of each text how it comes back: packed, flag, word, and the two halves of a time', () => {
    const texts = {
      Date: '2021/03/24',
      Time: '10:01:52',
      TcellLow: '16908309',
      DispatchSwitch: '1',
      EmsStatus: 'Normal',
    };
    expect(read('history', texts).form?.shapes.slice(0, 5)).toEqual([SHAPE.DATE, SHAPE.TIME_OF_DAY, 0, 0, SHAPE.WORD]);
    const kept = { Date: '2021-03-24', Time: '10:01:52', TcellLow: 'x', DispatchSwitch: 'true', EmsStatus: null };
    expect(read('history', kept).form?.shapes).toEqual([...Array(5).fill(SHAPE.KEPT), 1]);
  });

  it('keeps every text in its order where the book of forms is full', () => {
    const forms = new FormBook();
    for (let i = 0; forms.intern([`k${i}`], [0]) !== null; i++);
    const texts = { SOC: '50.0', New: 'x', SN: 'AL2002', Ppv1: null };
    const reading = new ReadingReader('live', forms).read(Object.keys(texts), Object.values(texts));
    expect(reading).toMatchObject({ serial: 'AL2002', form: null });
    expect(Object.entries(reading?.rest ?? {})).toEqual(Object.entries(texts));
  });

  it('gives equal messages one form between them, also in another order of arrival', () => {
    const reader = new ReadingReader('live', new FormBook());
    const first = reader.read(['SOC', 'Ppv1'], ['50.0', '5'])?.form;
    const other = reader.read(['Ppv1', 'SOC'], ['5', '50.0'])?.form;
    expect(reader.read(['SOC', 'Ppv1'], ['70.4', '1200'])?.form).toBe(first);
    expect(other).not.toEqual(first);
    expect(reader.read(['SOC', 'Ppv1'], ['70.4', '1200.0'])?.form).not.toBe(first);
  });
});
