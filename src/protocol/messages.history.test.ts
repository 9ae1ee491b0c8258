/** Packets of history. */
import { describe, expect, it } from 'vitest';
import { HISTORY, read, readingsOf, unreadableOf } from '../../test/read-message.ts';
import { fixture, HAVE_SAMPLES, sample } from '../../test/wire.ts';

describe('a packet of history', () => {
  const HEADER = 'Date,Time,SN,SOC,Pbat';
  const ROW = '2021/03/24,10:01:52,AL2002,93.6,333.6600';
  const rows = (count: number) => Array.from({ length: count }, (_, index) => ROW.replace('93.6', `${index % 100}.0`));
  const packet = (...lines: string[]) => read(HISTORY, lines.join('\n'));

  it('is a reading a row, oldest first as it came', () => {
    const message = read(HISTORY, fixture('1-1-12.history.csv'));
    expect(message).toMatchObject({ type: 'readings', partly: false });
    expect(readingsOf(message).map((row) => [row.load_power, row.soc])).toEqual([
      [396, 54],
      [390, 54.4],
      [419, 54.4],
    ]);
  });

  it.skipIf(!HAVE_SAMPLES)('was captured so, without a line end behind (skipped without ../shared/samples)', () => {
    const message = read(HISTORY, sample('1-1-12.csv'));
    expect(message).toMatchObject({ partly: false });
    expect(readingsOf(message).map((row) => row.load_power)).toEqual([347, 380, 366]);
  });

  it('gives no reading it should not when it is cut at any place', () => {
    const text = `${HEADER}\n${ROW}\n${ROW}\n`;
    for (let cut = 0; cut < text.length; cut++) {
      const message = read(HISTORY, text.slice(0, cut));
      if (cut <= HEADER.length + 1 + ROW.lastIndexOf(',')) expect(message.type).toBe('unreadable');
      else expect(readingsOf(message).every((row) => row.soc === 93.6)).toBe(true);
    }
  });

  it.each([
    ['CRLF', `${HEADER}\r\n${ROW}\r\n${ROW}\r\n`, 2],
    ['CR', `${HEADER}\r${ROW}`, 1],
    ['NULs behind it', `${HEADER}\n${ROW}\0\0`, 1],
    ['a NUL behind each line', `${HEADER}\n\0${ROW}\n\0${ROW}\n\0`, 2],
    ['a byte order mark', `\ufeff${HEADER}\n${ROW}`, 1],
    ['no line end behind', `${HEADER}\n${ROW}`, 1],
    ['empty lines between', `\n${HEADER}\n\n${ROW}\n \n\n${ROW}\n`, 2],
    ['spaces in the header', `${HEADER.replaceAll(',', ' , ')}\n${ROW}`, 1],
    ['spaces in the rows', `${HEADER}\n ${ROW.replaceAll(',', ' , ')} `, 1],
    ['quotes', `"${HEADER.replaceAll(',', '","')}"\n"${ROW.replaceAll(',', '" , "')}"`, 1],
    ['another order of columns', `Pbat,SOC,Time,Date,SN\n333.6600,93.6,10:01:52,2021/03/24,AL2002`, 1],
    ['an unknown column', `${HEADER},New\n${ROW},x`, 1],
    ['columns without a name', `${HEADER},,\n${ROW},,`, 1],
    ['a comma at the end of the header only', `${HEADER},\n${ROW}`, 1],
    ['commas at the end of the row only', `${HEADER}\n${ROW},,`, 1],
    ['a column twice, of one value', `${HEADER},SOC\n${ROW},93.6`, 1],
    ['a signal of two numbers', `${HEADER},CSQ\n${ROW},99,99`, 1],
    ['a signal of two numbers and a comma', `${HEADER},CSQ,\n${ROW},99,99,`, 1],
    ['a signal of two numbers before others', `Date,Time,SN,CSQ,SOC,Pbat\n${ROW.replace(',93', ',21,0,93')}`, 1],
    ['no serial number', `Date,Time,SOC,Pbat\n2021/03/24,10:01:52,93.6,333.6600`, 1],
    ['the whole time in one column', `Time,SOC,Pbat\n2021/03/24 10:01:52,93.6,333.6600`, 1],
  ])('is read in full with %s', (_what, body, count) => {
    const message = read(HISTORY, body);
    expect(message).toMatchObject({ type: 'readings', partly: false });
    expect(readingsOf(message)).toHaveLength(count);
    for (const row of readingsOf(message)) expect(row).toMatchObject({ soc: 93.6, battery_power: 333.66 });
  });

  it('takes a signal of two numbers for one value', () => {
    const message = read(HISTORY, `${HEADER},CSQ\n${ROW},99,99`);
    const [reading] = message.type === 'readings' ? message.readings : [];
    expect(reading).toMatchObject({ serial: 'AL2002', rest: null });
    expect(reading?.values).toContain('99,99');
  });

  it.each([
    ['only a header', HEADER, null],
    ['only a header and its line end', `${HEADER}\n`, null],
    ['no header', ROW, null],
    ['two rows without a header', `${ROW}\n${ROW}`, null],
    ['only rows with a cell missing', `${HEADER}\n${ROW.replace(',93.6', '')}\n`, 'AL2002'],
    ['only rows with a cell too many', `${HEADER}\n${ROW},5`, 'AL2002'],
    ['only rows with many cells too many', `${HEADER}\n${ROW},1,2,3,4,5`, null],
    ['only rows without a time', `${HEADER}\n,,AL2002,93.6,333.6600`, 'AL2002'],
    ['only the time of day', `Time,SN,SOC\n10:01:52,AL2002,93.6`, 'AL2002'],
    ['only rows without a value', `${HEADER}\n2021/03/24,10:01:52,AL2002,,`, 'AL2002'],
    ['no column that is known', 'Date,Time,sn,New\n2021/03/24,10:01:52,AL2002,5', 'AL2002'],
    ['a serial number that is none', 'Date,Time,SN,New\n2021/03/24,10:01:52,(null),5', null],
    ['semicolons', `${HEADER}\n${ROW}`.replaceAll(',', ';'), null],
    ['white space', ' \r\n ', null],
    ['nothing', '', null],
  ])('is unreadable with %s', (_what, body, serial) => {
    expect(read(HISTORY, body)).toEqual(unreadableOf(serial));
  });

  it.each([
    ['has a bad date', ROW.replace('03/24', '02/30')],
    ['has no date', ROW.replace('2021/03/24', '')],
    ['misses a cell', ROW.replace(',93.6', '')],
    ['has a cell too many', `${ROW},5`],
    ['says nothing', '2021/03/24,10:01:52,AL2002,,'],
    ['is a header once more', HEADER],
    ['is no row', 'x'],
  ])('is read in part where one row of three %s', (_what, bad) => {
    for (const lines of [
      [bad, ROW, ROW],
      [ROW, bad, ROW],
      [ROW, ROW, bad],
    ]) {
      const message = packet(HEADER, ...lines, '');
      expect(message).toMatchObject({ type: 'readings', partly: true });
      expect(readingsOf(message)).toHaveLength(2);
    }
  });

  it('is kept beside what is read where a column stands twice with two values, or has a value and no name', () => {
    const twice = read(HISTORY, `${HEADER},SOC\n${ROW},50.0`);
    expect(twice).toMatchObject({ partly: true });
    expect(readingsOf(twice)).toMatchObject([{ soc: null, battery_power: 333.66 }]);
    const nameless = read(HISTORY, `${HEADER},,New\n${ROW},x,y`);
    expect(nameless).toMatchObject({ partly: true, readings: [{ rest: { New: 'y' } }] });
    expect(readingsOf(nameless)).toMatchObject([{ soc: 93.6, battery_power: 333.66 }]);
  });

  it('has no sum of which a part cannot be read', () => {
    const header = 'Date,Time,SN,Ppv1,Ppv2,PmeterL1,PrealL1';
    const row = '2021/03/24,10:01:52,AL2002,100,20,-3,90';
    expect(readingsOf(packet(header, row))).toMatchObject([{ pv_power: 120, load_power: 87 }]);
    expect(readingsOf(packet(header, row.replace('20,-3', 'nan,-3')))).toMatchObject([
      { pv1_power: 100, pv2_power: null, pv_power: null, load_power: 87 },
    ]);
  });

  it('is read up to a day’s minutes, and says when there was more', () => {
    const day = packet(HEADER, ...rows(1440));
    expect(day).toMatchObject({ partly: false });
    expect(readingsOf(day)).toHaveLength(1440);
    const more = packet(HEADER, ...rows(2000));
    expect(more).toMatchObject({ partly: true });
    expect(readingsOf(more)).toHaveLength(1440);
    expect(readingsOf(more).at(-1)).toMatchObject({ soc: 39 });
  });

  it('keeps cells as they came where they are odd', () => {
    const message = packet(HEADER, '2021/03/24,10:01:52,AL2002 x,93.60000000000000001,5"');
    expect(message).toMatchObject({
      partly: false,
      readings: [{ serial: 'AL2002 x', rest: { SOC: '93.60000000000000001', Pbat: '5"' } }],
    });
  });
});

describe('a packet of history whose rows have other cells than its names', () => {
  /** The first row of fixtures/, whose state of the controller, a word, is the 69th of 82 cells. */
  const [header = '', row = ''] = fixture('1-1-12.history.csv').split('\n');
  const cells = row.split(',');
  const names = header.split(',');
  const [WHOLE = {}] = readingsOf(read(HISTORY, `${header}\n${row}\n`));
  const rowOf = (change: (cells: string[]) => void, end = '\n') => {
    const copy = [...cells];
    change(copy);
    const message = read(HISTORY, `${header}\n${copy.join()}${end}`);
    const [values] = message.type === 'readings' ? readingsOf(message) : [];
    return { message, values };
  };

  it('has the word where it is said to be', () => {
    expect(names).toHaveLength(82);
    expect(names.indexOf('EmsStatus')).toBe(71);
    expect(cells[71]).toBe('Normal');
  });

  it('is read as far as a cell too many behind the word does not matter', () => {
    for (const at of [72, 75, 82]) {
      const { message, values } = rowOf((copy) => copy.splice(at, 0, '7'));
      expect(message).toMatchObject({ partly: true, readings: [{ serial: 'AL2002021010101' }] });
      expect(values).toMatchObject({ soc: WHOLE.soc, pv_power: WHOLE.pv_power, load_power: WHOLE.load_power });
      // The word itself may be one with a comma in it.
      expect(values).toMatchObject({ ems_status: null, inverter_battery_voltage: null });
    }
  });

  it('is read behind the word where a cell before it is missing, and not where it could be another', () => {
    const { message, values } = rowOf((copy) => copy.splice(3, 1));
    expect(message).toMatchObject({ partly: true, readings: [{ serial: 'AL2002021010101' }] });
    expect(values).toMatchObject({ ems_status: 'Normal', pv1_power: null, pv2_power: null, pv_power: null });
    expect(values?.load_power).toBeNull();
  });

  it('gives no value that the row does not have, wherever a cell is missing or too many', () => {
    for (let at = 3; at <= cells.length; at++) {
      for (const change of [
        (copy: string[]) => copy.splice(at, 0, '4711'),
        (copy: string[]) => copy.splice(at, 0, ''),
        (copy: string[]) => copy.splice(at, 0, '1', '2'),
        (copy: string[]) => copy.splice(at - 1, 1),
        (copy: string[]) => copy.splice(at - 1, 2),
      ]) {
        const { message, values = {} } = rowOf((copy) => change(copy));
        // A comma too many at the end says nothing.
        if (at === cells.length && message.type === 'readings' && !message.partly) expect(values).toEqual(WHOLE);
        for (const [name, value] of Object.entries(values)) {
          if (value !== null) expect([name, value, at]).toEqual([name, WHOLE[name], at]);
        }
      }
    }
  });

  it('gives the values that are whole, and their sums, where its last row ends early', () => {
    const text = `${header}\n${row}`;
    let most = 0;
    for (let cut = header.length + 1; cut < text.length; cut++) {
      const message = read(HISTORY, text.slice(0, cut));
      const isLast = cut > text.lastIndexOf(',');
      const [values = {}] = message.type === 'readings' ? readingsOf(message) : [];
      if (isLast) continue;
      for (const [name, value] of Object.entries(values)) {
        if (value !== null) expect([name, value, cut]).toEqual([name, WHOLE[name], cut]);
      }
      if (message.type === 'readings') expect(message.partly).toBe(true);
      most = Math.max(most, Object.values(values).filter((value) => value !== null).length);
    }
    expect(most).toBeGreaterThan(70);
  });

  it('is of no battery by its own words where its number could be another cell', () => {
    const { message } = rowOf((copy) => copy.splice(2, 1));
    expect(message).toMatchObject({ readings: [{ serial: null }], partly: true });
  });
});
