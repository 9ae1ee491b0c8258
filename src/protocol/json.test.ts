import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixture } from '../../test/wire.ts';
import { parseObject, textOfValue } from './json.ts';

describe('parseObject', () => {
  it.each([
    ...['', ' ', 'null', 'true', '5', '"SN"', '[]', '[{"SN":"A"}]', '{', '}', '{"SN"}', '{"SN":}', '{"SN":"A"'],
    ...['{"SN":"A",}', "{'SN':'A'}", '{SN:"A"}', '{"SN":"A"}}', '{"SN":"A"}{"SN":"A"}', '\ufeff{}', '{"SN":"A\n"}'],
    ...['undefined', 'Date,Time,SN', '{"SN":"""A"}', '{"SN":A"}', '{""SN":"A"}'],
  ])('finds no object in %j', (text) => {
    expect(parseObject(text)).toBeNull();
  });

  it('finds none in an object cut at any place', () => {
    const text = fixture('1-1-16.live.json');
    for (let cut = 0; cut < text.length; cut++) expect(parseObject(text.slice(0, cut))).toBeNull();
  });

  it.each([
    ['{"SN":"A"}', { SN: 'A' }],
    ['{ "SN" : "A" ,\r\n\t"SOC": "1" }\n', { SN: 'A', SOC: '1' }],
    ['{}', {}],
    ['{"a":1,"b":true,"c":null,"d":[1],"e":{"f":"g"}}', { a: 1, b: true, c: null, d: [1], e: { f: 'g' } }],
  ])('reads %j', (text, object) => {
    expect(parseObject(text)).toEqual(object);
  });

  it('counts the last of a key given twice', () => {
    expect(parseObject('{"Generator":"0","Generator":"1"}')).toEqual({ Generator: '1' });
  });

  it('reads every key in its order', () => {
    expect(Object.keys(parseObject('{"b":"1","a":"2","":"3"}') ?? {})).toEqual(['b', 'a', '']);
  });

  it('lets no key change what the object is', () => {
    const object = parseObject('{"__proto__":{"SN":"A"},"constructor":"B"}') ?? {};
    expect(object.SN).toBeUndefined();
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    ['before', '{"SN":""AL2002","Ppv1":"5"}'],
    ['before, with a space,', '{"SN": ""AL2002", "Ppv1": "5"}'],
    ['after', '{"SN":"AL2002"","Ppv1":"5"}'],
    ['after, with a space,', '{"SN":"AL2002"" , "Ppv1":"5"}'],
    ['before and after', '{"SN":""AL2002"","Ppv1":"5"}'],
  ])('reads past one quote too many %s a value', (_where, text) => {
    expect(parseObject(text)).toEqual({ SN: 'AL2002', Ppv1: '5' });
  });

  it('reads past it before and after the last value', () => {
    expect(parseObject('{"Ppv1":"5","SN":""AL2002""}')).toEqual({ Ppv1: '5', SN: 'AL2002' });
  });

  it('leaves empty texts alone where another value has a quote too many', () => {
    expect(parseObject('{"A":"","SN":""AL2002","B":"", "C":"" ,"D": "","E":""}')).toEqual({
      ...{ A: '', SN: 'AL2002', B: '', C: '', D: '', E: '' },
    });
  });

  it('changes nothing in an object that is right', () => {
    expect(parseObject('{"A":"x:\\"\\"y","B":"1"}')).toEqual({ A: 'x:""y', B: '1' });
  });

  it('reads the fixture with a malformed serial number as the live one', () => {
    const live = JSON.parse(fixture('1-1-16.live.json'));
    expect(() => JSON.parse(fixture('1-1-16.malformed-serial.json'))).toThrow();
    expect(parseObject(fixture('1-1-16.malformed-serial.json'))).toEqual(live);
  });

  it('never throws, and gives an object or null', () => {
    const near = fc.string({ unit: fc.constantFrom(...'{}[]":, aS0\\\n'), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(near, fc.string(), fc.json()), (text) => {
        const object = parseObject(text);
        expect(object === null || (typeof object === 'object' && !Array.isArray(object))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('gives back any object that was spelt', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object);
        expect(JSON.stringify(parseObject(text))).toBe(text);
      }),
    );
  });

  it('is done with 64 KiB of quotes, colons or spaces in no time', () => {
    for (const piece of ['"', ':""', '""  ', ': ""x', ':  ', 'x""', '[', '{"a":']) {
      expect(parseObject(`{${piece.repeat(65_000 / piece.length)}`)).toBeNull();
    }
  });
});

describe('textOfValue', () => {
  it.each([
    ['', ''],
    ['1630', '1630'],
    [1630, '1630'],
    [-688.896, '-688.896'],
    [0, '0'],
    [1e21, '1e+21'],
    [true, 'true'],
    [false, 'false'],
    [null, null],
    [undefined, null],
    [[], '[]'],
    [['a', 1], '["a",1]'],
    [{ a: { b: null } }, '{"a":{"b":null}}'],
  ])('writes %j as %j', (value, text) => {
    expect(textOfValue(value)).toBe(text);
  });

  it('writes what nests too deeply to be printed as null', () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(textOfValue(deep)).toBeNull();
  });

  it('never throws for anything JSON can hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(['string', 'object']).toContain(typeof textOfValue(value));
      }),
    );
  });
});
