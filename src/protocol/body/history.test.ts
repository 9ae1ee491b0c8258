import { describe, expect, it } from 'vitest';
import { fixture } from '../../../test/wire.ts';
import { historyColumn } from './history.ts';

describe('a column of history', () => {
  const [header = '', ...rows] = fixture('1-1-12.history.csv').trim().split('\n');

  it('takes every value of the fixture', () => {
    header.split(',').forEach((name, index) => {
      for (const row of rows)
        expect([name, historyColumn(name).takes(row.split(',')[index] ?? '')]).toEqual([name, true]);
    });
  });

  it.each([
    ['Date', ['2021/03/24', '21-3-4'], ['', '10:01:52', '5', 'AL2002', '2021/02/30', '2021/03/24 10:01:52']],
    ['Time', ['10:01:52', '10:01', '2021/03/24 10:01:52'], ['', '2021/03/24', '5', '24:00:00', 'Normal']],
    ['SN', ['AL2002021010101', '<removed>'], ['', '5', '-5.5', '2002021010101', '10:01:52', '(null)', 'nan', '1e5']],
    ['SOC', ['93.6', '', '-5', '+5', '.5', '1e3', 'nan', '-1.#IND'], ['Normal', '1,5', '10:01:52', '0x1F', 'AL2002']],
    ['VcellLow', ['17042704', '', 'nan'], ['5.0', 'Normal', '1e3']],
    ['DispatchSwitch', ['0', '1', 'True', 'false', ''], ['2', 'on', '1.0']],
    ['CSQ', ['99', '0', ''], ['99,99', '-58', '100', 'x', '9.9']],
    ['EmsStatus', ['Normal', '', '5', 'Not normal'], []],
    ['Invented', ['Normal', '', '5'], []],
    // Known, but of another message.
    ['GridCharge', ['true', 'x', ''], []],
  ])('%s takes its own values, and no others', (name, own, others) => {
    for (const cell of own) expect([cell, historyColumn(name).takes(cell)]).toEqual([cell, true]);
    for (const cell of others) expect([cell, historyColumn(name).takes(cell)]).toEqual([cell, false]);
  });

  it.each([
    ['CSQ', ['99', '99'], true],
    ['CSQ', ['99', '99', '99'], false],
    ['CSQ', ['-58', '99'], false],
    ['SOC', ['93', '6'], true],
    ['SOC', ['93', '6', '1'], false],
    ['SOC', ['93', 'Normal'], false],
    ['VcellLow', ['170', '42704'], true],
    ['EmsStatus', ['Not', 'normal', '5'], true],
    ['Date', ['2021/03/24', ''], false],
    ['Time', ['10:01:52', '5'], false],
    ['SN', ['AL', '2002'], false],
    ['DispatchSwitch', ['0', '0'], false],
  ])('%s may have commas within its value: %j', (name, cells, joins) => {
    expect(historyColumn(name).joins(cells)).toBe(joins);
  });

  it('is known to have them in the signal alone', () => {
    expect(header.split(',').filter((name) => historyColumn(name).hasCommas)).toEqual([]);
    expect(historyColumn('csq').hasCommas).toBe(true);
  });

  it('is never left out where the row’s time stands', () => {
    expect(header.split(',').filter((name) => !historyColumn(name).mayLack)).toEqual(['Date', 'Time']);
  });
});
