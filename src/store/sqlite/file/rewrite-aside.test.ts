import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { T, valuesOf } from '../../../../test/records.ts';
import { fromLine } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { contentOf, digestOf } from '../places/places.ts';
import { rewriteAside } from './rewrite-aside.ts';
import { migrate } from './schema.ts';

const WRITTEN = { ...LAYOUT, history: ['pv1_power', 'soc'] };
const line = (n: number) => [1, 2, null, T + n, 5000, null, null, 900, n];

function made(rows: number) {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const undated = db.prepare(`INSERT INTO undated VALUES (?, 1, 2, ?, '', ?)`);
  const repetition = db.prepare(`INSERT INTO repetition VALUES (?, 1, 2, ?, ?, 0, '', 5000, ?)`);
  for (let n = 1; n <= rows; n++) {
    undated.run(n, T + n, JSON.stringify(line(n)));
    repetition.run(n, T + n, T + n, JSON.stringify(line(n)));
  }
  return db;
}

describe.each(['undated', 'repetition'])('the table %s', (table) => {
  it('is put into the present order of columns, every row, with what stands for its content', () => {
    // More than are in memory together.
    const db = made(1001);
    rewriteAside(db, WRITTEN);
    const rows = db.prepare(`SELECT key, said, reading FROM ${table} ORDER BY key`).all();
    expect(rows).toHaveLength(1001);
    for (const { key, said, reading } of rows) {
      const read = fromLine(JSON.parse(String(reading)), LAYOUT, LAYOUT);
      expect(read.values).toEqual(valuesOf('history', { pv1_power: 900, soc: Number(key) }));
      expect(said).toBe(digestOf(contentOf(read)));
    }
  });

  it('is not touched where it has that order', () => {
    const db = made(1);
    rewriteAside(db, { ...LAYOUT });
    expect(db.prepare(`SELECT said FROM ${table}`).get()?.said).toBe('');
  });
});
