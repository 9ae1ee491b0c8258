/**
 * How much is kept of a battery, and from when to when: for who is about to do away with it.
 */
import type { DatabaseSync } from 'node:sqlite';
import { READING_KINDS } from '../../../model.ts';
import type { Extent } from '../../stored.ts';
import type { Unplaced } from '../places/unplaced.ts';

/** Of each kind of which there is something. @param battery its key */
export function extentsOf(db: DatabaseSync, unplaced: Unplaced, battery: number): Extent[] {
  return READING_KINDS.map((kind): Extent => {
    const placed = db
      .prepare(`SELECT count(*) AS rows, min(time) AS first, max(time) AS last FROM reading_${kind} WHERE battery = ?`)
      .get(battery) as { rows: number; first: number | null; last: number | null };
    const waiting = unplaced.ofJournal(kind).get(battery) ?? [];
    const undated = db
      .prepare('SELECT count(*) AS rows FROM undated WHERE battery = ? AND kind = ?')
      .get(battery, READING_KINDS.indexOf(kind)) as { rows: number };
    const times = [placed.first, placed.last, ...waiting.map(({ time }) => time)].filter((time) => time !== null);
    return {
      kind,
      rows: placed.rows + waiting.length + undated.rows,
      from: times.length === 0 ? null : Math.min(...times),
      to: times.length === 0 ? null : Math.max(...times),
    };
  }).filter(({ rows }) => rows > 0);
}
