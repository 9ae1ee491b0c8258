import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Folded, folded, row } from '../../../../test/minutes.ts';
import { READING_KINDS } from '../../../model.ts';
import type { KeyedReading } from '../journal.ts';
import { ONLY_NEIGHBOUR } from './energy-due.ts';

const DAY = 86_400;
/** A midnight in UTC. */
const M = 1_718_150_400;

const SPANS = ['minute', 'hour', 'day'];
const rollUps = ({ rows }: Folded) => SPANS.map((span) => rows(`rollup_${span}`));

/** Rolled up as if they had always been the only ones. */
function fresh(zone: string, readings: readonly KeyedReading[]): Folded {
  const bench = folded(zone);
  bench.fold(...readings);
  return bench;
}

const live = (time: number, soc: number, battery = 1) => row('live', time, { soc }, battery);

describe('a minute', () => {
  it('whose rows are gone is gone, and its hour and day with it', () => {
    const bench = fresh('UTC', [live(M, 50), live(M, 60, 2)]);
    bench.db.exec('DELETE FROM reading_live WHERE battery = 1');
    bench.folder.recount(1, new Set([M]), READING_KINDS);
    expect(rollUps(bench)).toEqual(rollUps(fresh('UTC', [live(M, 60, 2)])));
  });

  it('that has fewer rows than before has what they give; least and greatest shrink', () => {
    const bench = fresh('UTC', [live(M, 50), live(M + 10, 99), live(M + 60, 70)]);
    bench.db.exec('DELETE FROM reading_live WHERE soc = 99');
    bench.folder.recount(1, new Set([M]), READING_KINDS);
    expect(rollUps(bench)).toEqual(rollUps(fresh('UTC', [live(M, 50), live(M + 60, 70)])));
  });

  it('without live rows any more is of history', () => {
    const history = row('history', M + 22, { soc: 40, pv_energy: 7 });
    const bench = fresh('UTC', [live(M, 50), history]);
    bench.db.exec('DELETE FROM reading_live');
    bench.folder.recount(1, new Set([M]), READING_KINDS);
    expect(rollUps(bench)).toEqual(rollUps(fresh('UTC', [history])));
  });

  it('of a detail alone keeps its counters', () => {
    const detail = row('detail', M + 22, { pv_energy: 7 });
    const bench = fresh('UTC', [live(M, 50), detail]);
    bench.db.exec('DELETE FROM reading_live');
    bench.folder.recount(1, new Set([M]), READING_KINDS);
    expect(rollUps(bench)).toEqual(rollUps(fresh('UTC', [detail])));
  });

  it('is not remembered as it was: what is folded later adds to it as it is', () => {
    const bench = fresh('UTC', [live(M, 50), live(M + 10, 99)]);
    bench.db.exec('DELETE FROM reading_live WHERE soc = 99');
    bench.folder.recount(1, new Set([M]), READING_KINDS);
    bench.fold(live(M + 20, 60));
    expect(rollUps(bench)).toEqual(rollUps(fresh('UTC', [live(M, 50), live(M + 20, 60)])));
  });

  it('keeps what live rows gave it that retention has removed, where only history was moved', () => {
    const gone = row('live', M, { soc: 50, grid_power: 700, pv_power: 5 });
    const before = fresh('UTC', [gone, row('history', M + 22, { soc: 40, pv_energy: 9 })]);
    before.db.exec('DELETE FROM reading_live; DELETE FROM reading_history');
    before.folder.recount(1, new Set([M, M + 60]), ['history']);
    expect(rollUps(before)).toEqual(rollUps(fresh('UTC', [gone])));
    before.fold(row('history', M + 30, { soc: 30, pv_energy: 8 }));
    before.folder.recount(1, new Set([M]), ['history']);
    expect(rollUps(before)).toEqual(rollUps(fresh('UTC', [gone, row('detail', M, { pv_energy: 8 })])));
  });

  it('of history has what its rows give, where only history was moved', () => {
    const history = (soc: number, second: number) => row('history', M + second, { soc, pv_energy: soc });
    const bench = fresh('UTC', [history(50, 0), history(99, 22)]);
    bench.db.exec('DELETE FROM reading_history WHERE soc = 99');
    bench.folder.recount(1, new Set([M]), ['history']);
    expect(rollUps(bench)).toEqual(rollUps(fresh('UTC', [history(50, 0)])));
  });

  it('makes its day due, and both beside it', () => {
    const bench = fresh('UTC', [live(M, 50)]);
    bench.db.exec('DELETE FROM energy_due');
    bench.folder.recount(1, new Set([M + 60]), READING_KINDS);
    expect(bench.rows('energy_due')).toEqual([
      [1, M - DAY, ONLY_NEIGHBOUR],
      [1, M, M],
      [1, M + DAY, ONLY_NEIGHBOUR],
    ]);
  });

  it('of none changes nothing', () => {
    const bench = fresh('UTC', [live(M, 50)]);
    const before = rollUps(bench);
    bench.folder.recount(1, new Set(), READING_KINDS);
    expect(rollUps(bench)).toEqual(before);
  });
});

describe('whatever is moved, wherever', () => {
  const anyRow = fc.record({
    kind: fc.constantFrom('live', 'live', 'history', 'detail'),
    second: fc.nat(3 * 3600),
    soc: fc.integer({ min: 0, max: 100 }),
    moved: fc.boolean(),
  });

  it.each([
    ['UTC', '2024-06-12T00:00:00Z'],
    ['Asia/Kathmandu', '2024-06-12T17:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T14:00:00Z'],
    ['Europe/Berlin', '2026-03-29T00:00:00Z'],
  ])('roll-ups are as if it had always been there (%s)', (zone, begin) => {
    const start = Date.parse(begin) / 1000;
    fc.assert(
      fc.property(
        fc.uniqueArray(anyRow, { maxLength: 30, selector: ({ second }) => second }),
        fc.integer({ min: -4000, max: 4000 }),
        (drawn, by) => {
          const made = drawn.map(({ kind, second, soc, moved }) => ({
            moved,
            reading: row(kind, start + second, kind === 'detail' ? { pv_energy: soc } : { soc, pv_energy: soc }),
          }));
          const after = made.map(({ moved, reading }) =>
            moved ? { ...reading, time: (reading.time as number) + by } : reading,
          );
          const taken = new Set(after.map(({ kind, time }) => `${kind} ${time}`));
          fc.pre(taken.size === after.length);
          const bench = fresh(
            zone,
            made.map(({ reading }) => reading),
          );
          const minutes = new Set<number>();
          // Last first or first first, so that none is put where another still is.
          for (const kind of ['live', 'detail', 'history']) {
            const times = made.flatMap(({ moved, reading }) =>
              moved && reading.kind === kind ? [reading.time as number] : [],
            );
            for (const time of times) {
              for (const second of [time, time + by]) minutes.add(Math.floor(second / 60) * 60);
              bench.db.exec(`UPDATE reading_${kind} SET time = -time WHERE time = ${time}`);
            }
            for (const time of times)
              bench.db.exec(`UPDATE reading_${kind} SET time = ${time + by} WHERE time = ${-time}`);
          }
          bench.folder.recount(1, minutes, READING_KINDS);
          const near = (value: unknown) => (typeof value === 'number' ? expect.closeTo(value, 6) : value);
          expect(rollUps(bench)).toEqual(
            rollUps(fresh(zone, after)).map((table) => table.map((columns) => columns.map(near))),
          );
        },
      ),
      { numRuns: 12 },
    );
  });
});
