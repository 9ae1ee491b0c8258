/**
 * All requests under /api.
 */
import { BUNDLE_ROUTES } from './bundle.ts';
import { CLOCK_ROUTES } from './clock.ts';
import { CONTROL_ROUTES } from './control.ts';
import { DOCTOR_ROUTES } from './doctor.ts';
import { EXPERIMENT_ROUTES } from './experiment.ts';
import { FORGET_ROUTES } from './forget.ts';
import { IMPORT_ROUTES } from './imports.ts';
import { LEAVE_ROUTES } from './leave.ts';
import { NOW_ROUTES } from './now.ts';
import { PAST_ROUTES } from './past.ts';
import { PRICE_ROUTES } from './prices.ts';
import { RECORDING_ROUTES } from './recording.ts';
import { REDATE_ROUTES } from './redate.ts';
import { RELAY_ROUTES } from './relay.ts';
import type { Route } from './route.ts';
import { SCHEDULE_ROUTES } from './schedules.ts';
import { SESSION_ROUTES } from './session.ts';
import { TAP_ROUTES } from './tap.ts';
import { TRUST_ROUTES } from './trust.ts';

export const ROUTES: readonly Route[] = [
  ...NOW_ROUTES,
  ...PAST_ROUTES,
  ...CLOCK_ROUTES,
  ...DOCTOR_ROUTES,
  ...SESSION_ROUTES,
  ...TRUST_ROUTES,
  ...FORGET_ROUTES,
  ...REDATE_ROUTES,
  ...IMPORT_ROUTES,
  ...BUNDLE_ROUTES,
  ...RELAY_ROUTES,
  ...TAP_ROUTES,
  ...RECORDING_ROUTES,
  ...CONTROL_ROUTES,
  ...SCHEDULE_ROUTES,
  ...PRICE_ROUTES,
  ...LEAVE_ROUTES,
  ...EXPERIMENT_ROUTES,
];
