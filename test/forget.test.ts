/**
 * Batteries that are forgotten, in strokes: whatever comes between them, it is as if they had never been heard.
 * Ten sequences each time; `npm run test:faults` tries hundreds.
 */
import { it } from 'vitest';
import { forgetsAsIfAtOnce } from './dating-run.ts';
import { forgetsAllAndNothingElse } from './forget-twin.ts';

it('any sequence of commits, folds, strokes and crashes shows nothing of a battery from the moment it is forgotten', () => {
  forgetsAsIfAtOnce(10);
}, 60_000);

it('and in the end each table is as if it had never been heard, and of others all is as it was', () => {
  forgetsAllAndNothingElse(10);
}, 60_000);
