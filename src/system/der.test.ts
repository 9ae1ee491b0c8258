import { describe, expect, it } from 'vitest';
import { bits, implicit, integer, moment, octets, oid, sequence, set, tagged, truth, utf8 } from './der.ts';

const hex = (bytes: Buffer) => bytes.toString('hex');

describe('an element', () => {
  it.each<[string, Buffer, string]>([
    ['zero', integer(Buffer.from([0, 0])), '020100'],
    ['a small number', integer(Buffer.from([0x7f])), '02017f'],
    ['a number whose first bit is set, which is not negative', integer(Buffer.from([0x80])), '02020080'],
    ['a number without zeros before it', integer(Buffer.from([0, 0, 1, 2])), '02020102'],
    // The example of X.690, 8.19.5, and of many others.
    ['an identifier', oid('2.999.3'), '0603883703'],
    ['the identifier of ECDSA with SHA-256', oid('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['a text', utf8('ä'), '0c02c3a4'],
    ['bits', bits(Buffer.from([0x80]), 7), '03020780'],
    ['bytes', octets(Buffer.from([1, 2])), '04020102'],
    ['true', truth(), '0101ff'],
    ['a set in a sequence', sequence(set(truth())), '300531030101ff'],
    ['a tag around another', tagged(3, truth()), 'a3030101ff'],
    ['a tag instead of its own', implicit(2, Buffer.from('a')), '820161'],
    [
      'a time of this half of the century',
      moment(Date.UTC(2026, 10, 27, 6, 5, 4, 999)),
      '170d3236313132373036303530345a',
    ],
    ['a later time', moment(Date.UTC(2050, 0, 1)), '180f32303530303130313030303030305a'],
  ])('is written as X.690 has it: %s', (_what, bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });

  it('says its length in as many bytes as that takes', () => {
    expect(hex(octets(Buffer.alloc(127))).slice(0, 4)).toBe('047f');
    expect(hex(octets(Buffer.alloc(128))).slice(0, 6)).toBe('048180');
    expect(hex(octets(Buffer.alloc(256))).slice(0, 8)).toBe('04820100');
    expect(hex(octets(Buffer.alloc(65_536))).slice(0, 10)).toBe('0483010000');
  });
});
