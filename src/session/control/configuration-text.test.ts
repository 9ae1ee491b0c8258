import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HAVE_SAMPLES, sample } from '../../../test/wire.ts';
import { readPlainObject } from '../../protocol/body/plain-object.ts';
import { ConfigurationText } from './configuration-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => ConfigurationText.read(bytes(text));
const written = (text: ConfigurationText | null) => new TextDecoder().decode(text?.body());

function after(base: string, values: Readonly<Record<string, string | null>>): string {
  return written(read(`{"Status":"Success",${base}}`)?.with(Object.entries(values)) ?? null).replace(
    '"Status":"Success",',
    '',
  );
}

describe('a configuration', () => {
  it.each([
    ['{"GridCharge":true}'],
    ['{"Status":"Fail","GridCharge":true}'],
    ['{"Status":true,"GridCharge":true}'],
    ['[]'],
    ['{"Status":"Success","A":{"b":1}}'],
    ['{"Status":"Success","A":1,"A":2}'],
    ['{"Status":"Success"'],
    [''],
  ])('%s is none', (text) => {
    expect(read(text)).toBeNull();
  });

  it('is written as it was, Status first', () => {
    expect(written(read('{ "A" : "1.00" ,"Status":"Success","B":false}'))).toBe(
      '{"Status":"Success","A":"1.00","B":false}',
    );
  });

  it('says what it has', () => {
    const one = read('{"Status":"Success","A":"1.00","B":false,"C":null}');
    expect(['A', 'B', 'C', 'D'].map((key) => [one?.has(key), one?.get(key)])).toEqual([
      [true, '1.00'],
      [true, 'false'],
      [true, null],
      [false, null],
    ]);
    expect([...(one?.keys() ?? [])]).toEqual(['Status', 'A', 'B', 'C']);
  });

  it.each([
    ['"GridCharge":false', { GridCharge: '1' }, '{"GridCharge":true}'],
    ['"GridCharge":true', { GridCharge: 'False' }, '{"GridCharge":false}'],
    ['"GridCharge":"False"', { GridCharge: '1' }, '{"GridCharge":"True"}'],
    ['"GridCharge":"false"', { GridCharge: 'True' }, '{"GridCharge":"true"}'],
    ['"GridCharge":"0"', { GridCharge: 'true' }, '{"GridCharge":"1"}'],
    ['"GridCharge":1', { GridCharge: 'false' }, '{"GridCharge":0}'],
    ['"BatHighCap":"100.00"', { BatHighCap: '57' }, '{"BatHighCap":"57.00"}'],
    ['"BatHighCap":"100.00"', { BatHighCap: '57.125' }, '{"BatHighCap":"57.125"}'],
    ['"EmsLanguage":0', { EmsLanguage: '2' }, '{"EmsLanguage":2}'],
    ['"EmsLanguage":0', { EmsLanguage: 'x' }, '{"EmsLanguage":"x"}'],
    ['"Channel1":""', { Channel1: '0' }, '{"Channel1":""}'],
    ['"Country":"A"', { Country: 'B "c"' }, '{"Country":"B \\"c\\""}'],
    ['"A":null', { A: '5' }, '{"A":"5"}'],
    ['"A":"1"', { A: null }, '{"A":"1"}'],
    ['"A":"1"', { Status: 'Fail' }, '{"A":"1"}'],
    ['"A":"1"', { B: '2' }, '{"A":"1"}'],
    ['"BatHighCap":"100.00"', { BatHighCap: '100' }, '{"BatHighCap":"100.00"}'],
  ])('%s with %j', (base, values, expected) => {
    expect(after(base, values)).toBe(expected);
  });

  it('of what a battery told alone has the keys that both messages have, in its words', () => {
    const shared = ConfigurationText.ofShared(
      new Map([
        ['A', 'false'],
        ['B', '2'],
      ]),
      (key) => key === 'A',
    );
    expect(written(shared)).toBe('{"Status":"Success","A":"false"}');
  });

  it('keeps keys, order and all other values whatever is changed', () => {
    const keys = fc.constantFrom('GridCharge', 'BatHighCap', 'Safe', 'Odd');
    fc.assert(
      fc.property(fc.dictionary(keys, fc.integer({ min: 0, max: 100 }).map(String)), keys, (values, changed) => {
        const base = read('{"Status":"Success","GridCharge":"0","BatHighCap":"100.00","Safe":"2","Odd":"7"}');
        const one = base?.with(Object.entries(values)) as ConfigurationText;
        const members = readPlainObject(one.body());
        expect([...(members?.keys() ?? [])]).toEqual(['Status', 'GridCharge', 'BatHighCap', 'Safe', 'Odd']);
        if (!(changed in values)) expect(one.get(changed)).toBe(base?.get(changed));
      }),
    );
  });

  it.skipIf(!HAVE_SAMPLES)('that was captured stays as it was, byte for byte, with what its battery told', () => {
    const compact = (name: string) =>
      JSON.stringify(JSON.parse(sample(name))).replaceAll('<serialremoved>', '<removed>');
    const base = read(compact('1-2-3.json'));
    const told = readPlainObject(bytes(compact('1-1-4.json').replace('"Generator":"0",', '')));
    expect(written(base?.with(told ?? []) ?? null)).toBe(compact('1-2-3.json'));
  });
});
