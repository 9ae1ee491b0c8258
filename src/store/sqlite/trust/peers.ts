/**
 * Who has spoken for each battery.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type KnownPeer, type PeerRecord, type PeerStanding, Private } from '../../../model.ts';

export class Peers {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** Within the caller's transaction. @param battery its key */
  keep(battery: number, { peer, forgotten }: PeerRecord): void {
    const { number, address, login, standing, sinceMs, rank, conflicts, conflictMs } = peer;
    if (forgotten) this.#sql.delete.run(battery, number);
    else {
      const told = [standing, sinceMs, rank, conflicts, conflictMs];
      this.#sql.insert.run(battery, number, address.reveal(), login, ...told);
    }
  }

  /** In the order of their numbers. */
  of(battery: number): KnownPeer[] {
    return this.#sql.of.all(battery).map((row) => ({
      number: Number(row.number),
      address: new Private(String(row.address)),
      login: row.login === null ? null : String(row.login),
      standing: row.standing as PeerStanding,
      sinceMs: Number(row.since),
      rank: row.rank === null ? null : Number(row.rank),
      conflicts: Number(row.conflicts),
      conflictMs: row.conflict_at === null ? null : Number(row.conflict_at),
    }));
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    insert: sql(
      `INSERT OR REPLACE INTO peer (battery, number, address, login, standing, since, rank, conflicts, conflict_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    delete: sql('DELETE FROM peer WHERE battery = ? AND number = ?'),
    of: sql('SELECT * FROM peer WHERE battery = ? ORDER BY number'),
  };
}
