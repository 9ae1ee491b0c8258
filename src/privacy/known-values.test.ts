import { describe, expect, it } from 'vitest';
import { KnownValues } from './known-values.ts';
import { redactBytes, redactText } from './redact.ts';

const known = new KnownValues(
  ['AL2002021010101', 'connection'],
  ['Invented Street 5', 'Lange Straße 7', 'Street 5 (b)'],
);

describe('known private values', () => {
  it('are hidden in a text, however they are written', () => {
    expect(redactText('at INVENTED street 5, or Street 5 (b); AL2002021010101', known)).toBe(
      'at [private], or [private]; [private]',
    );
    expect(redactText('Street 5 in connection', known)).toBe('Street 5 in connection');
  });

  it('are hidden in bytes, in either alphabet', () => {
    const hidden = (bytes: Buffer) => Buffer.from(redactBytes(bytes, known)).toString('latin1');
    expect(hidden(Buffer.from('to Lange Straße 7.'))).toBe(`to ${'*'.repeat(15)}.`);
    expect(hidden(Buffer.from('to Lange Straße 7.', 'latin1'))).toBe(`to ${'*'.repeat(14)}.`);
  });

  it('may be none', () => {
    const none = new KnownValues([], []);
    expect(redactText('Invented Street 5', none)).toBe('Invented Street 5');
    expect(redactBytes(Buffer.from('Street'), none)).toEqual(new Uint8Array(Buffer.from('Street')));
  });
});
