/**
 * What was asked, as its description has it.
 */
import type * as z from 'zod';
import { expectedWords } from '../problems/expected.ts';
import { WebError } from './problem.ts';

/** Of the words on what is wrong: a requester's own are in them. */
const LONGEST_DETAIL = 200;

/** @throws WebError REQUEST_INVALID that names the first thing that is wrong */
export function parsed<T>(type: z.ZodType<T>, value: unknown): T {
  const result = type.safeParse(value, { error: expectedWords });
  if (result.success) return result.data;
  const { code, path, message } = result.error.issues[0] as z.core.$ZodIssue;
  const where = code === 'unrecognized_keys' || path.length === 0 ? '' : `${path.join('.')}: `;
  throw new WebError('REQUEST_INVALID', `${where}${message}`.slice(0, LONGEST_DETAIL));
}
