/**
 * What was asked, as its description has it.
 */
import type * as z from 'zod';
import { expectedWords } from '../problems/expected.ts';
import type { WebProblemCode } from '../problems/web.ts';
import { WebError } from './problem.ts';

/** Of the words on what is wrong: a requester's own are in them. */
const LONGEST_DETAIL = 200;

/** A name that there is not, and a value beyond its range: what was asked is understood. */
const NOT_ALLOWED: readonly z.core.$ZodIssue['code'][] = ['unrecognized_keys', 'too_big', 'too_small'];

/**
 * @param notAllowed of a name that there is not, or a value beyond its range
 * @throws WebError REQUEST_INVALID, or that, which names the first thing that is wrong
 */
export function parsed<T>(type: z.ZodType<T>, value: unknown, notAllowed: WebProblemCode = 'REQUEST_INVALID'): T {
  const result = type.safeParse(value, { error: expectedWords });
  if (result.success) return result.data;
  const { code, path, message } = result.error.issues[0] as z.core.$ZodIssue;
  const where = code === 'unrecognized_keys' || path.length === 0 ? '' : `${path.join('.')}: `;
  const problem = NOT_ALLOWED.includes(code) ? notAllowed : 'REQUEST_INVALID';
  throw new WebError(problem, `${where}${message}`.slice(0, LONGEST_DETAIL));
}
