/**
 * A configuration that is no UTF-8 as it came, beside the text that it reads as: only the bytes can be sent back.
 */
import type { SqlMigration } from '../file/schema.ts';

export const configurationBytes: SqlMigration = {
  number: 6,
  sql: 'ALTER TABLE configuration ADD COLUMN bytes BLOB;',
};
