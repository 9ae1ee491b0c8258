/**
 * What the outboxes ask of the database.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How many readings a row holds. One that is damaged counts as one, and keeps no journal from being emptied. */
const COUNT = 'iif(json_valid(readings), json_array_length(readings), 1)';
/** The time of the first reading of a row. */
const FIRST_TIME = "iif(json_valid(readings), readings ->> '$[0][2]', NULL)";

export function outboxSql(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    last: sql(
      `SELECT coalesce(max(seq), 0) AS seq FROM (SELECT max(seq) AS seq FROM journal UNION ALL SELECT max(seq) FROM outbox
       UNION ALL SELECT max(seq) FROM outbox_correction UNION ALL SELECT max(taken) FROM outbox_cursor)`,
    ),
    moved: sql('SELECT coalesce(max(seq), 0) AS seq FROM outbox'),
    cursors: sql('SELECT name, taken FROM outbox_cursor'),
    saveCursor: sql('INSERT OR REPLACE INTO outbox_cursor (name, taken) VALUES (?, ?)'),
    deleteCursor: sql('DELETE FROM outbox_cursor WHERE name = ?'),
    clear: sql('DELETE FROM outbox'),
    clearCorrections: sql('DELETE FROM outbox_correction'),
    count: sql(
      `SELECT coalesce(sum(rows), 0) AS rows, coalesce(sum(octet_length(readings)), 0) AS bytes
       FROM outbox WHERE seq > ?`,
    ),
    insert: sql('INSERT INTO outbox (seq, rows, readings) VALUES (?, ?, ?) RETURNING octet_length(readings) AS bytes'),
    move: sql(
      `INSERT INTO outbox (seq, rows, readings) SELECT seq, ${COUNT}, readings FROM journal
       WHERE seq > ? AND seq <= ? ORDER BY seq RETURNING seq, rows, octet_length(readings) AS bytes`,
    ),
    sizes: sql(
      `SELECT seq, rows, octet_length(readings) AS bytes, ${FIRST_TIME} AS time FROM outbox
       WHERE seq > ? ORDER BY seq LIMIT ?`,
    ),
    waiting: sql(
      `SELECT coalesce(sum(rows), 0) AS rows, min(time) AS time FROM (
         SELECT rows, ${FIRST_TIME} AS time FROM outbox WHERE seq > ?1
         UNION ALL SELECT ${COUNT}, ${FIRST_TIME} FROM journal
         WHERE seq > max(?1, (SELECT coalesce(max(seq), 0) FROM outbox)))`,
    ),
    // Rows with so many readings in all, and the one that goes beyond: ?1 was taken, ?2 readings.
    deleteTaken: sql(
      `DELETE FROM outbox WHERE seq IN (SELECT seq FROM
         (SELECT seq, sum(rows) OVER (ORDER BY seq) - rows AS before FROM
           (SELECT seq, rows FROM outbox WHERE seq <= ?1 ORDER BY seq LIMIT ?2)) WHERE before < ?2)`,
    ),
    anyTaken: sql('SELECT 1 FROM outbox WHERE seq <= ? LIMIT 1'),
    corrections: sql('SELECT seq, battery, correction FROM outbox_correction ORDER BY seq'),
    insertCorrection: sql('INSERT INTO outbox_correction (seq, battery, correction) VALUES (?, ?, ?)'),
    deleteCorrections: sql('DELETE FROM outbox_correction WHERE seq <= ?'),
    deleteCorrectionsOf: sql('DELETE FROM outbox_correction WHERE battery = ?'),
    texts: sql('SELECT seq, readings FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?'),
    rewrite: sql('UPDATE outbox SET readings = ? WHERE seq = ?'),
    shrink: sql('UPDATE outbox SET rows = ?, readings = ? WHERE seq = ? RETURNING octet_length(readings) AS bytes'),
    fromTable: sql(
      'SELECT seq, rows, readings, octet_length(readings) AS bytes FROM outbox WHERE seq > ? ORDER BY seq',
    ),
    fromJournal: sql(
      `SELECT seq, ${COUNT} AS rows, readings, octet_length(readings) AS bytes FROM journal WHERE seq > ? ORDER BY seq`,
    ),
    between: sql(
      `SELECT seq, rows, readings, octet_length(readings) AS bytes FROM outbox WHERE seq > ? AND seq < ? ORDER BY seq`,
    ),
    newestInJournal: sql('SELECT seq, readings FROM journal WHERE seq > ? ORDER BY seq DESC LIMIT 1'),
    newestInTable: sql('SELECT seq, readings FROM outbox WHERE seq > ? ORDER BY seq DESC LIMIT 1'),
  };
}
