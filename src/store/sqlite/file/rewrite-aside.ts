/**
 * Puts what is kept beside the tables of readings into the present order of columns, after an update of the program.
 */
import type { DatabaseSync } from 'node:sqlite';
import { fromLine, type Layout, toLine } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { contentOf, digestOf } from '../places/places.ts';

const TABLES = ['undated', 'repetition'];
/** Rows that are in memory together. */
const PAGE = 1000;

/** Within the caller's transaction: rows in one order under the name of another would be misread for ever. */
export function rewriteAside(db: DatabaseSync, written: Layout): void {
  if (JSON.stringify(written) !== JSON.stringify(LAYOUT)) for (const table of TABLES) rewriteTable(db, table, written);
}

function rewriteTable(db: DatabaseSync, table: string, written: Layout): void {
  const page = db.prepare(`SELECT key, reading FROM ${table} WHERE key > ? ORDER BY key LIMIT ${PAGE}`);
  const rewrite = db.prepare(`UPDATE OR IGNORE ${table} SET said = ?, reading = ? WHERE key = ?`);
  for (let after = 0; ; ) {
    const rows = page.all(after);
    for (const row of rows) {
      const reading = fromLine(JSON.parse(String(row.reading)), written, LAYOUT);
      rewrite.run(digestOf(contentOf(reading)), JSON.stringify(toLine(reading)), Number(row.key));
    }
    if (rows.length < PAGE) return;
    after = Number(rows.at(-1)?.key);
  }
}
