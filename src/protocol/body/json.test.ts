import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseObject, readObject, textOfValue } from './json.ts';

describe('readObject', () => {
  it('is sound where the text keeps to JSON', () => {
    expect(readObject('{"SN":"A"}')).toEqual({ object: { SN: 'A' }, condition: 'sound', unfinished: null });
  });

  it('says how much was read where it does not', () => {
    expect(readObject('{"SN":"A","Pbat":nan}')).toEqual({
      ...{ object: { SN: 'A', Pbat: 'nan' }, condition: 'spoilt', unfinished: null },
    });
    expect(readObject('{"SN":"A","Pbat":"12')).toEqual({
      ...{ object: { SN: 'A', Pbat: null }, condition: 'cut', unfinished: { key: 'Pbat', text: '12' } },
    });
    expect(readObject('[]')).toBeNull();
  });
});

describe('parseObject', () => {
  it.each([
    ...['', ' ', 'null', 'true', '5', '"SN"', '[]', '[{"SN":"A"}]', '{', '}', '{"SN"}', 'undefined', 'Date,Time,SN'],
  ])('finds no object in %j', (text) => {
    expect(parseObject(text)).toBeNull();
  });

  it.each([
    ['{"SN":"A"}', { SN: 'A' }],
    ['{ "SN" : "A" ,\r\n\t"SOC": "1" }\n', { SN: 'A', SOC: '1' }],
    ['{}', {}],
    ['{"a":1,"b":true,"c":null,"d":[1],"e":{"f":"g"}}', { a: 1, b: true, c: null, d: [1], e: { f: 'g' } }],
    ['{"SN":""AL2002"","Ppv1":nan}', { SN: 'AL2002', Ppv1: 'nan' }],
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

  it('changes nothing in an object that is right', () => {
    expect(parseObject('{"A":"x:\\"\\"y","B":"1"}')).toEqual({ A: 'x:""y', B: '1' });
  });

  it('gives back any object that was spelt', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object);
        expect(JSON.stringify(parseObject(text))).toBe(text);
      }),
    );
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
