import { describe, expect, it } from 'vitest';
import { delimited, doubleField, floatField, varintField } from '../../test/protobuf.ts';
import { bytesOf, joined } from '../../test/wire.ts';
import { protobufLines } from './protobuf-lines.ts';

describe('a body laid out', () => {
  it('has a line for each value: field, wire type, value, likely name', () => {
    const body = joined([delimited(1, 'Success'), varintField(2, 641)]);
    expect(protobufLines(4, 10, body)).toEqual({
      lines: [
        {
          ...{ path: '1', wireType: 'length-delimited', text: 'Success', name: 'status', certainty: 'likely' },
          ...{ isPrivate: false, start: 2, end: 9 },
        },
        {
          ...{ path: '2', wireType: 'varint', text: '641', name: null, certainty: 'unknown' },
          ...{ isPrivate: false, start: 10, end: 12 },
        },
      ],
      readUpTo: 12,
    });
  });

  it('says of a number what else it may be', () => {
    const body = joined([varintField(1, -641n), floatField(2, 49.97), doubleField(3, 0.5), floatField(4, Number.NaN)]);
    expect(protobufLines(3, 7, body).lines.map(({ wireType, text }) => `${wireType} ${text}`)).toEqual([
      'varint 18446744073709550975 (signed -641)',
      '32-bit 1112006984 (float 49.97)',
      '64-bit 4602678819172646912 (double 0.5)',
      '32-bit 2143289344 (float NaN)',
    ]);
  });

  it('numbers what is nested behind its message, and hides texts and bytes that no name is likely for', () => {
    const body = joined([delimited(3, joined([varintField(1, 5), delimited(2, 'x')])), delimited(4, bytesOf('00ff'))]);
    const { lines } = protobufLines(3, 7, body);
    expect(lines.map(({ path, text, isPrivate }) => [path, text, isPrivate])).toEqual([
      ['3.1', '5', false],
      ['3.2', 'x', true],
      ['4', '00ff', true],
    ]);
  });

  it('says up to where it could be read', () => {
    expect(protobufLines(3, 7, bytesOf('08010c'))).toMatchObject({ lines: [{ path: '1' }], readUpTo: 2 });
  });
});
