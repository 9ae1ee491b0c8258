/**
 * Every code there is: the one list of problems, in the order of docs/errors.md. A code stands in one table only.
 */
import { PROBLEMS } from '../protocol/errors.ts';
import { OWNER_ERRORS } from './errors.ts';
import { SINK_PROBLEMS } from './output.ts';
import { PRICE_PROBLEMS } from './prices.ts';
import type { Problem } from './problem.ts';
import { RELAY_PROBLEMS } from './relay.ts';
import { SERVER_PROBLEMS } from './server.ts';
import { TAP_PROBLEMS } from './tap.ts';
import { WEB_PROBLEMS } from './web.ts';

/** By what they keep from going on. */
export const PROBLEM_TABLES = {
  command: OWNER_ERRORS,
  battery: PROBLEMS,
  server: SERVER_PROBLEMS,
  request: WEB_PROBLEMS,
  output: SINK_PROBLEMS,
  tap: TAP_PROBLEMS,
  relay: RELAY_PROBLEMS,
  prices: PRICE_PROBLEMS,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Problem>>>>;
