import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FIELDS } from '../src/protocol/fields/fields.ts';
import { COMMAND, fieldsPage, PAGE } from './fields-doc.ts';

describe('docs/fields.md', () => {
  it('is what the table of fields renders to', () => {
    expect(readFileSync(PAGE, 'utf8') === fieldsPage(), `docs/fields.md is out of date; run: ${COMMAND}`).toBe(true);
  });

  it('has one row for every field, each with all cells', () => {
    const rows = fieldsPage()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => row.split('`')[1])).toEqual(FIELDS.map((field) => field.name));
    const cells = rows.map((row) => row.split(/(?<!\\)\|/).length);
    expect(new Set(cells)).toEqual(new Set([14]));
  });
});
