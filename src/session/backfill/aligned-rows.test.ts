import { describe, expect, it } from 'vitest';
import { alignedRows, type HistoryRow } from './aligned-rows.ts';

const BEFORE = 3600;

/** A row each minute from 0 on, by a clock that is ahead by so many seconds, as they are placed by what it was ahead by before. */
function rows(ahead: readonly number[], placedBy = BEFORE): HistoryRow[] {
  return ahead.map((seconds, index) => {
    const batteryTime = 60 * index + seconds;
    return { batteryTime, time: batteryTime - placedBy };
  });
}

const MINUTES = [0, 60, 120, 180, 240, 300, 360];
const TWICE = [3600, 3600, 3529, 3529, 3525, 3525, 3525];

describe('rows of a clock that was set back several times while nobody listened', () => {
  it('are a minute apart, by a clock that nobody knew between', () => {
    expect(alignedRows(rows(TWICE), { before: BEFORE, after: 3525 }, false)).toEqual(MINUTES);
  });

  it('are found from the last of them, where the clock was set back once more before the first', () => {
    const told = rows([3580, 3580, 3529, 3529, 3525, 3525, 3525]);
    expect(alignedRows(told, { before: BEFORE, after: 3525 }, false)).toBeNull();
    expect(alignedRows(told, { before: BEFORE, after: 3525 }, true)).toEqual(MINUTES);
  });

  it('are rounded by a second, or drifted by one', () => {
    expect(alignedRows(rows(TWICE), { before: BEFORE, after: 3524 }, false)).toEqual([
      0,
      60,
      ...[121, 181, 241, 301, 361],
    ]);
  });

  it.each<[string, number[], number, boolean]>([
    ['it was not set back by a little', [3600, 3600, 3600], 3525, true],
    ['it was set back by more than a little', [3600, 3600, 0, 0], 0, true],
    ['what is missing is not what it was set back by', [3600, 3529, 3529], 3000, true],
    ['it was set back by more than it is behind', [3600, 3529, 3529], 3560, true],
    ['not all of it is there yet', [3600, 3529, 3529], 3525, false],
  ])('do not tell where %s', (_, ahead, after, isLast) => {
    expect(alignedRows(rows(ahead), { before: BEFORE, after }, isLast)).toBeNull();
  });
});
