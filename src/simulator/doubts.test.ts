/** What is said of a configuration before it is taken. */
import { describe, expect, test } from 'vitest';
import { HAVE_SAMPLES, sample } from '../../test/wire.ts';
import { doubtsAbout } from './doubts.ts';

const SERIAL = 'ALSIM0000001';
const about = (reply: Record<string, unknown>) => doubtsAbout(reply, SERIAL, '2');

/** Complete as far as this battery can tell: the names are its own list's, taken from what it says it lacks. */
function complete(): Record<string, unknown> {
  const reply: Record<string, unknown> = { Status: 'Success', SN: SERIAL, Safe: '2' };
  for (let sentence = lacking(reply); sentence !== undefined; sentence = lacking(reply)) {
    for (const key of sentence.replace(/.*: /, '').replace(' …', '').split(', ')) reply[key] = '1';
  }
  return reply;
}

const lacking = (reply: Record<string, unknown>) => about(reply).find((sentence) => sentence.includes('lacks'));

describe('a configuration', () => {
  test('that is complete and its own raises no doubt', () => {
    expect(Object.keys(complete())).toHaveLength(132);
    expect(about(complete())).toEqual([]);
    expect(about({ ...complete(), NewKey: 'x', Safe: 2 })).toEqual([]);
  });

  test.each([[undefined], [''], ['  '], [null], [7]])('without a serial number is noted: %j', (SN) => {
    expect(about({ ...complete(), SN })).toEqual(['the configuration names no serial number']);
  });

  test.each([['ALSIM0000002'], ['alsim0000001'], ['ALSIM0000001 ']])('of another battery is noted: %s', (SN) => {
    expect(about({ ...complete(), SN })).toEqual(['the configuration is another battery’s']);
  });

  test.each([['0'], [0], [''], ['0.00'], [false], [null]])('with 0 for the grid code is noted: %j', (Safe) => {
    expect(about({ ...complete(), Safe })).toEqual(['the configuration has 0 for the grid code (Safe)']);
    expect(doubtsAbout({ ...complete(), Safe }, SERIAL, '0')).toHaveLength(1);
  });

  test.each([['3'], ['x'], [['2', '3']]])('with another grid code is noted: %j', (Safe) => {
    expect(about({ ...complete(), Safe })).toEqual(['the configuration has another grid code (Safe)']);
  });

  test('with fewer keys is noted with how many, and some of their names', () => {
    const { GridCharge: _one, BatHighCap: _two, ...reply } = complete();
    expect(about(reply)).toEqual(['the configuration lacks 2 of 131 keys: GridCharge, BatHighCap']);
    expect(about({ Status: 'Success', SN: SERIAL, Safe: '2', BatUseCap: '20' })).toEqual([
      'the configuration lacks 128 of 131 keys: License, Country, Address, ZipCode, PhoneNumber …',
    ]);
  });

  test('with all of that is noted with all of it', () => {
    expect(about({ SN: 'ALSIM0000002', Safe: '0' })).toHaveLength(3);
  });
});

test('a bare Success is no configuration', () => {
  expect(about({ Status: 'Success' })).toEqual([]);
  expect(about({})).toEqual([]);
});

test.skipIf(!HAVE_SAMPLES)('the captured 1,2,3 is complete', () => {
  const reply = JSON.parse(sample('1-2-3.json')) as Record<string, unknown>;
  expect(about({ ...reply, SN: SERIAL })).toEqual([]);
});
