import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FIELDS } from '../src/protocol/fields/fields.ts';
import { DISSECTOR, withTables } from './dissector-tables.ts';

const dissector = readFileSync(DISSECTOR, 'utf8');

it('the dissector has the tables as they are', () => {
  expect(withTables(dissector)).toBe(dissector);
});

it('every field of the wire is in it', () => {
  for (const { name, wire } of FIELDS) if (wire.length > 0) expect(dissector).toContain(`{ "${name}", "`);
});

it('says so where it has no place for them', () => {
  expect(() => withTables('')).toThrow('alphaess.lua has no place for the tables');
});
