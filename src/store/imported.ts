/**
 * What is imported is a battery of its own, apart from the house's, even where the house has the one that was recorded: its
 * serial number is kept with a mark that none on the wire can have.
 */

/** No serial number on the wire has such a character. */
const MARK = ' «imported»';

/** The batteries that are the house's own, as a condition on the column `serial`. */
export const OWN_BATTERIES = `serial NOT LIKE '%${MARK}'`;

/** As it is kept. */
export function importedSerial(serial: string): string {
  return `${serial}${MARK}`;
}

export function isImported(kept: string): boolean {
  return kept.endsWith(MARK);
}

/** As the battery says it. */
export function saidSerial(kept: string): string {
  return isImported(kept) ? kept.slice(0, -MARK.length) : kept;
}
