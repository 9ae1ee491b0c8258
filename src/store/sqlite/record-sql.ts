/**
 * The statements of a commit.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { NOTE } from './meta.ts';

export function commitSql(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    deleteNotes: sql(`DELETE FROM meta WHERE key GLOB '${NOTE}* ' || ?`),
    insertForm: sql('INSERT INTO wire_form (form) VALUES (?)'),
    insertUndated: sql(
      'INSERT OR IGNORE INTO undated (battery, kind, battery_time, said, reading) VALUES (?, ?, ?, ?, ?)',
    ),
    anyUndated: sql('SELECT 1 FROM undated WHERE battery = ? LIMIT 1'),
    // Not REPLACE, which no trigger hears of (usage.ts).
    insertGap: sql(
      `INSERT INTO gap (battery, number, from_time, to_time, filled_minutes, state, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (battery, number) DO UPDATE SET from_time = excluded.from_time, to_time = excluded.to_time,
         filled_minutes = excluded.filled_minutes, state = excluded.state, asked_at = excluded.asked_at`,
    ),
    openGaps: sql(`SELECT * FROM gap WHERE battery = ? AND state IN ('open', 'asked') ORDER BY number`),
    lastGap: sql('SELECT coalesce(max(number), 0) AS number FROM gap WHERE battery = ?'),
    insertEvent: sql(
      `INSERT OR IGNORE INTO event (source, battery, connection, time, battery_time, received_at, name, code, text, occurrence)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    lastConfiguration: sql('SELECT key, text, bytes FROM configuration WHERE battery = ? ORDER BY key DESC LIMIT 1'),
    repeatConfiguration: sql('UPDATE configuration SET last_received_at = ? WHERE key = ?'),
    insertConfiguration: sql(
      'INSERT INTO configuration (battery, received_at, last_received_at, text, bytes) VALUES (?, ?, ?, ?, ?)',
    ),
    insertFrame: sql(
      `INSERT INTO frame (kept, battery, connection, received_at, direction, frame_type, command, reason, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
}
