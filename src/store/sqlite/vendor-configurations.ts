/**
 * What the vendor wants each battery to be set to: one configuration of each role.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type ConfigurationSource,
  type KnownVendor,
  Private,
  VENDOR_ROLES,
  type VendorConfigurationRecord,
} from '../../model.ts';

export class VendorConfigurations {
  readonly #sql: ReturnType<typeof prepare>;

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db);
  }

  /** Within the caller's transaction. @param battery its key */
  keep(battery: number, { role, configuration }: VendorConfigurationRecord): void {
    const place = VENDOR_ROLES.indexOf(role);
    if (configuration === null) {
      this.#sql.delete.run(battery, place);
      return;
    }
    const { receivedMs, source, body, isConfirmed } = configuration;
    this.#sql.insert.run(battery, place, receivedMs, source, body.reveal(), Number(isConfirmed));
  }

  /** undefined where there is none. @param battery its key */
  of(battery: number): KnownVendor | undefined {
    const rows = this.#sql.of.all(battery);
    if (rows.length === 0) return undefined;
    const configurations = rows.map((row) => [
      VENDOR_ROLES[Number(row.role)],
      {
        receivedMs: Number(row.received_at),
        source: row.source as ConfigurationSource,
        body: new Private(row.body as Uint8Array),
        isConfirmed: row.confirmed === 1,
      },
    ]);
    return { configurations: Object.fromEntries(configurations), reported: this.#reported(battery) };
  }

  #reported(battery: number): KnownVendor['reported'] {
    const row = this.#sql.reported.get(battery);
    if (row === undefined) return null;
    const bytes = row.bytes === null ? null : new Private(row.bytes as Uint8Array);
    return { text: new Private(String(row.text)), bytes };
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    insert: sql(
      `INSERT OR REPLACE INTO vendor_configuration (battery, role, received_at, source, body, confirmed)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    delete: sql('DELETE FROM vendor_configuration WHERE battery = ? AND role = ?'),
    of: sql('SELECT * FROM vendor_configuration WHERE battery = ?'),
    reported: sql('SELECT text, bytes FROM configuration WHERE battery = ? ORDER BY key DESC LIMIT 1'),
  };
}
