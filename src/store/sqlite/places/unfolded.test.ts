import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { T } from '../../../../test/records.ts';
import type { KeyedReading } from '../journal.ts';
import { journalRows, Unfolded } from './unfolded.ts';

const live = (battery: number, n = 0): KeyedReading => ({
  battery,
  kind: 'live',
  time: T,
  batteryTime: T,
  receivedMs: n,
  form: null,
  rest: null,
  values: [n],
});
const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => live(1, from + n));

describe('rows of the journal', () => {
  it('are numbered from behind the last one, and none is large', () => {
    const rows = journalRows(many(501), 7);
    expect(rows.map(({ seq, readings }) => [seq, readings.length])).toEqual([
      [8, 250],
      [9, 250],
      [10, 1],
    ]);
    expect(journalRows([], 7)).toEqual([]);
  });
});

describe('what is not folded', () => {
  it('is nothing at first', () => {
    const unfolded = new Unfolded();
    expect([unfolded.isEmpty, unfolded.firstSeq, unfolded.next(10)]).toEqual([true, Number.POSITIVE_INFINITY, null]);
    expect(unfolded.backlog).toEqual({ rows: 0, bytes: 0, oldestMs: null });
  });

  it('comes by battery, of each in its order, with its row of the journal', () => {
    const unfolded = new Unfolded();
    unfolded.add({ seq: 3, readings: [live(2, 1), live(1, 2)], bytes: 30 });
    unfolded.add({ seq: 4, readings: [live(2, 3), live(1, 4)], bytes: 40 });
    expect(unfolded.backlog).toEqual({ rows: 4, bytes: 70, oldestMs: 1 });
    const portion = unfolded.next(10);
    expect(portion?.readings.map(({ seq, reading }) => [seq, reading.receivedMs])).toEqual([
      [3, 2],
      [4, 4],
      [3, 1],
      [4, 3],
    ]);
    expect(portion).toMatchObject({ lastSeq: 4, isFolded: true, obsolete: { rows: 2, upTo: 4 } });
  });

  it('is the same until it is folded', () => {
    const unfolded = new Unfolded();
    unfolded.add({ seq: 1, readings: many(3), bytes: 30 });
    const portion = unfolded.next(2);
    unfolded.add({ seq: 2, readings: many(1, 3), bytes: 5 });
    expect(unfolded.next(2)).toEqual(portion);
    expect(portion && unfolded.folded(portion)).toBe(false);
    expect(unfolded.backlog).toEqual({ rows: 2, bytes: 15, oldestMs: 0 });
  });

  it('keeps its row of the journal until all is folded that was there when it began', () => {
    const unfolded = new Unfolded();
    unfolded.add({ seq: 5, readings: many(3), bytes: 30 });
    const first = unfolded.next(2);
    expect(first).toMatchObject({ isFolded: false, obsolete: { rows: 0 } });
    if (first !== null) unfolded.folded(first);
    unfolded.add({ seq: 6, readings: many(1), bytes: 10 });
    const second = unfolded.next(2);
    expect(second).toMatchObject({ isFolded: true, lastSeq: 5, obsolete: { rows: 1, upTo: 5 } });
    expect(unfolded.firstSeq).toBe(5);
    expect(second && unfolded.folded(second)).toBe(true);
    expect([unfolded.firstSeq, unfolded.isEmpty]).toEqual([6, false]);
  });

  it('leaves the journal in small portions, too, and each reading is folded once', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), (rows, maxRows) => {
        const unfolded = new Unfolded();
        let total = 0;
        rows.forEach((count, n) => {
          unfolded.add({ seq: n + 1, readings: many(count, total), bytes: count });
          total += count;
        });
        const folded: number[] = [];
        let deletedUpTo = 0;
        while (!unfolded.isEmpty) {
          const portion = unfolded.next(maxRows);
          if (portion === null) break;
          expect(portion.readings.length).toBeLessThanOrEqual(maxRows);
          folded.push(...portion.readings.map(({ reading }) => reading.receivedMs));
          const { rows: gone, upTo } = portion.obsolete;
          if (gone > 0) expect([folded.length, upTo - deletedUpTo]).toEqual([total, gone]);
          const readings = rows.slice(deletedUpTo, deletedUpTo + gone).reduce((sum, count) => sum + count, 0);
          expect(readings).toBeLessThan(4 * maxRows + 12);
          deletedUpTo += gone;
          unfolded.folded(portion);
        }
        expect([folded, deletedUpTo]).toEqual([Array.from({ length: total }, (_, n) => n), rows.length]);
      }),
    );
  });
});
