/**
 * What is dated, and dated anew, in strokes: whatever comes between them, what is read back is what was told.
 * Ten sequences each time; `npm run test:faults` tries hundreds.
 */
import { it } from 'vitest';
import { datesAsIfAtOnce } from './dating-run.ts';

it('any sequence of commits, folds, strokes and crashes has every reading there all the time, and ends as if at once', () => {
  datesAsIfAtOnce(10);
}, 60_000);
