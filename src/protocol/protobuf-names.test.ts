import { describe, expect, it } from 'vitest';
import { delimited, floatField, varintField } from '../../test/protobuf.ts';
import { joined } from '../../test/wire.ts';
import { readProtobuf } from './protobuf.ts';
import { isPrivateValue, likelyNames } from './protobuf-names.ts';

/** The likely names of the fields of a body, in their order. */
const named = (type: number, command: number, ...parts: readonly Uint8Array[]) => {
  const { fields } = readProtobuf(joined(parts));
  const names = likelyNames(type, command, fields);
  return fields.map(({ number }) => names[number] ?? null);
};
const SN = delimited(1, 'AL2002021010101');
const numbers = (...fields: readonly number[]) => fields.map((field) => floatField(field, 1));

describe('the likely names of fields', () => {
  it.each([
    ['an answer', 4, 10, [delimited(1, 'Success')], ['status']],
    [
      'an answer to an order',
      4,
      8,
      [1, 2, 3, 4].map((field) => delimited(field, 'x')),
      ['command', 'cmdIndex', 'status', 'msg'],
    ],
    [
      'a login',
      3,
      2,
      [1, 2, 3, 4].map((field) => delimited(field, 'x')),
      ['userName', 'password', 'companyName', null],
    ],
    ['an order', 3, 8, [delimited(1, 'Resume'), delimited(8, 'x')], ['command', 'description']],
    ['an empty request', 3, 0, [delimited(2, 'AL1')], ['sn']],
    ['a question for the configuration', 3, 3, [delimited(2, 'AL1')], ['sn']],
    ['live data, by their command', 3, 16, [SN, ...numbers(14)], ['sn', 'pbat']],
    [
      'power, by its fields',
      3,
      10,
      [SN, varintField(2, 1), ...numbers(3, 3, 16, 17)],
      [...['sn', 'time', 'ppv', 'ppv', 'soc', 'gcpower']],
    ],
    [
      'energy, by its fields',
      3,
      11,
      [SN, delimited(2, '2026/08/01 12:00:00'), ...numbers(3, 4, 14)],
      [...['sn', 'time', 'einput', 'eoutput', 'uc']],
    ],
    ['too few fields to tell', 3, 11, [SN, ...numbers(2, 3, 4)], [null, null, null, null]],
    ['too many', 3, 11, [SN, ...numbers(2, 3, 4, 18)], [null, null, null, null, null]],
    [
      'a text where run data have a number',
      3,
      11,
      [SN, delimited(2, 'secret'), ...numbers(3, 4, 5)],
      [...[null, null, null, null, null]],
    ],
    ['a number where run data have the serial number', 3, 11, numbers(1, 2, 3, 4, 5), [null, null, null, null, null]],
    ['nothing', 3, 11, [], []],
  ])('of %s', (_what, type, command, parts, names) => {
    expect(named(type, command, ...parts)).toEqual(names);
  });
});

describe('a value', () => {
  const text = (of: string) => ({ kind: 'text', text: of }) as const;
  const bytes = { kind: 'bytes', bytes: Uint8Array.of(0) } as const;
  const number = { kind: 'varint', number: 5n } as const;

  it('is private under a name that says so', () => {
    const names = ['sn', 'userName', 'password', 'companyName', 'status', 'time'];
    expect(names.map((name) => isPrivateValue(name, text('12')))).toEqual([true, true, true, true, false, false]);
    expect(isPrivateValue('password', number)).toBe(true);
  });

  it('is private as a text or bytes under no name', () => {
    expect([text('12'), bytes, number].map((value) => isPrivateValue(null, value))).toEqual([true, true, false]);
  });

  it('is private as a text that is no figure under the name of a figure, and as bytes under any', () => {
    expect(isPrivateValue('prealL2', text('HUNTER22'))).toBe(true);
    expect(isPrivateValue('time', text('2026/08/01 12:00:00'))).toBe(false);
    expect(isPrivateValue('msg', text('Success'))).toBe(false);
    expect(isPrivateValue('msg', bytes)).toBe(true);
    expect(isPrivateValue('ppv', number)).toBe(false);
  });
});
