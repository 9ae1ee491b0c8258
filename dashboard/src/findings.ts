/**
 * What of the doctor's findings stands on the page before a battery has come: the way from the battery to this server, and
 * whatever else is wrong.
 */
import type { ShownFinding } from './types.ts';

const WAY = /^(PORT|ADDRESS|SERVER_NOT_ANSWERING|NAME|RESOLVER|VISIT|BATTERY_MISSING|BATTERY_SILENT|OLD_CONNECTION)/;
const ORDER = ['fault', 'warning', 'ok'];

/** The gravest first; else in the order of the checks. */
export function firstFindings(findings: readonly ShownFinding[]): ShownFinding[] {
  const shown = findings.filter(({ code, level }) => level !== 'ok' || WAY.test(code));
  return shown.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
}
