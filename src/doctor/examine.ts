/**
 * All checks, in the order in which the chain from the battery to what is kept may be broken.
 */
import { checkCertificate } from './certificate.ts';
import { checkBatteryClocks, checkServerClock, checkTimeZone } from './clocks.ts';
import { checkData } from './data.ts';
import type { DoctorFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { checkNames } from './names.ts';
import { checkOldConnection } from './old-connection.ts';
import { checkOutputs } from './outputs.ts';
import { checkPort } from './port.ts';
import { checkSoftware } from './software.ts';
import { checkTap } from './tap.ts';
import { checkVisitors } from './visitors.ts';

const CHECKS: readonly ((facts: DoctorFacts) => Finding[])[] = [
  checkPort,
  checkNames,
  checkVisitors,
  checkTap,
  checkOldConnection,
  checkServerClock,
  checkBatteryClocks,
  checkData,
  checkCertificate,
  checkOutputs,
  checkTimeZone,
  checkSoftware,
];

export function examine(facts: DoctorFacts): Finding[] {
  return CHECKS.flatMap((check) => check(facts));
}
