import { expect, it } from 'vitest';
import { isSerial } from '../protocol/serial.ts';
import { importedSerial, isImported, saidSerial } from './imported.ts';

it('what is imported has a serial number that no battery can say, and that tells which it said', () => {
  const kept = importedSerial('AL2002021010101');
  expect(isSerial(kept)).toBe(false);
  expect([isImported(kept), isImported('AL2002021010101')]).toEqual([true, false]);
  expect([saidSerial(kept), saidSerial('AL2002021010101')]).toEqual(['AL2002021010101', 'AL2002021010101']);
});
