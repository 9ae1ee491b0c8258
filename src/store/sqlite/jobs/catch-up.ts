/**
 * What a start does besides taking up the journal: it puts what an older version has written into the present order, and
 * follows a changed rule of energy and a changed time zone.
 */
import type { DatabaseSync } from 'node:sqlite';
import { rewriteAside } from '../file/rewrite-aside.ts';
import type { Layout } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import type { Meta } from '../meta.ts';
import type { Outboxes } from '../outbox/outboxes.ts';
import type { ReadingPlacer } from '../places/reading-placer.ts';
import { countMinutes } from '../rollups/count-minutes.ts';
import { followEnergyRule } from '../rollups/energy-rule.ts';
import type { HeldReadings } from '../trust/held.ts';

interface CatchUpParts {
  readonly db: DatabaseSync;
  readonly meta: Meta;
  readonly folder: ReadingPlacer;
  readonly held: HeldReadings;
  readonly outboxes: Outboxes;
}

/**
 * The journal must be empty. Where it is broken off it can be begun again.
 * @param written the order of columns in which lines of readings are written
 * @param timeZone the house's, an IANA name
 * @param transaction does a part of the work, and puts it on disk
 */
export function catchUp(
  { db, meta, folder, held, outboxes }: CatchUpParts,
  written: Layout,
  timeZone: string,
  transaction: (work: () => void) => void,
): void {
  // Together: rows in one order under the name of another would be misread for ever.
  transaction(() => {
    rewriteAside(db, written);
    held.rewrite(written);
    outboxes.rewrite(written);
    meta.set('journal_layout', JSON.stringify(LAYOUT));
  });
  if (meta.get('minutes_counted') === null) {
    countMinutes(db, transaction);
    meta.set('minutes_counted', 'yes');
    folder.forget();
  }
  transaction(() => followEnergyRule(db, meta));
  if (meta.getOr('time_zone', () => timeZone) === timeZone) return;
  transaction(() => folder.rebuild(db));
  meta.set('time_zone', timeZone);
}
