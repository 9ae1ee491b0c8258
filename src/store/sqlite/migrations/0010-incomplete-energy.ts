/**
 * Which flows a part of is lost, as bits; and all days are worked out again, by the rules of decision 0008.
 */

import type { SqlMigration } from '../file/schema.ts';
import { ANOTHER_RULE } from '../rollups/energy-due.ts';

export const incompleteEnergy: SqlMigration = {
  number: 10,
  sql: `
    ALTER TABLE energy_hour ADD COLUMN incomplete INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE energy_day ADD COLUMN incomplete INTEGER NOT NULL DEFAULT 0;
    INSERT OR IGNORE INTO energy_due (battery, day, since) SELECT battery, start, ${ANOTHER_RULE} FROM rollup_day;
  `,
};
