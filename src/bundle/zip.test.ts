import { describe, expect, it } from 'vitest';
import { entriesOf, zipOf } from './zip.ts';

const text = (words: string) => new Uint8Array(Buffer.from(words));

describe('a zip', () => {
  it('gives back what went into it', () => {
    const entries = [
      { name: 'README.txt', bytes: text('Read it. '.repeat(500)) },
      { name: 'a/empty', bytes: text('') },
      { name: 'a/bytes', bytes: Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) & 0xff) },
    ];
    const zip = zipOf(entries);
    expect(entriesOf(zip)).toEqual(entries);
    expect(zip.length).toBeLessThan(2000);
    expect(entriesOf(zipOf([]))).toEqual([]);
  });

  it('has the records that every program looks for', () => {
    const zip = Buffer.from(zipOf([{ name: 'a', bytes: text('a') }]));
    expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    // Version 2.0, no flags, deflate, 1980-01-01; CRC-32 of "a", as RFC 1952 has it: e8b7be43.
    expect(zip.subarray(4, 18).toString('hex')).toBe('1400000008000000210043beb7e8');
    const central = zip.indexOf('PK\x01\x02', 0, 'latin1');
    // Made on Unix, and for its owner alone.
    expect(zip.readUInt8(central + 5)).toBe(3);
    expect(zip.readUInt32LE(central + 38) >>> 16).toBe(0o100600);
    const end = zip.indexOf('PK\x05\x06', 0, 'latin1');
    expect(end).toBe(zip.length - 22);
    expect([zip.readUInt16LE(end + 8), zip.readUInt16LE(end + 10), zip.readUInt32LE(end + 16)]).toEqual([
      1,
      1,
      central,
    ]);
  });

  it('that is damaged, or none, is not read', () => {
    const zip = zipOf([{ name: 'a', bytes: text('a word') }]);
    expect(() => entriesOf(text('no zip'))).toThrow('no zip of ours');
    expect(() => entriesOf(zip.subarray(0, -1))).toThrow('no zip of ours');
    const spoilt = Uint8Array.from(zip);
    spoilt[14] = (spoilt[14] as number) ^ 1;
    const central = Buffer.from(spoilt).indexOf('PK\x01\x02', 0, 'latin1');
    spoilt[central + 16] = (spoilt[central + 16] as number) ^ 1;
    expect(() => entriesOf(spoilt)).toThrow('a is damaged');
  });
});
