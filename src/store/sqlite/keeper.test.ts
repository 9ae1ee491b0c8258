import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Private } from '../../model.ts';
import { type Arrivals, type Conflict, type Removed, StoreError, type StoreListener } from '../store.ts';
import type { Backlog, Housework } from './housework.ts';
import { Keeper } from './keeper.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const YEAR = 365 * 24 * HOUR;

const DEAF: StoreListener = {
  disordered: () => {},
  conflicting: () => {},
  removed: () => {},
  heldDropped: () => {},
  forgotten: () => {},
  renewingEnergies: () => {},
};

/** A store that does as it is told: how many strokes there are to fold and to trim, and what is thrown instead. */
class Told implements Housework {
  backlog: Backlog = { rows: 0, bytes: 0, oldestMs: null };
  jobs = 0;
  strokeMs = 0;
  folds = 0;
  works = 0;
  tallies = 0;
  trims = 0;
  sweeps = 0;
  adopts = 0;
  heldDropped = 0;
  daysOfAnotherRule = 0;

  get adopting(): boolean {
    return this.adoptsLeft > 0;
  }

  foldsLeft = 0;
  talliesLeft = 0;
  trimsLeft = 0;
  sweepsLeft = 0;
  adoptsLeft = 0;
  error: unknown = null;
  readonly sizes: number[] = [];
  readonly workSizes: number[] = [];
  readonly days: number[] = [];
  readonly trimmedAtMs: number[] = [];

  fold(maxRows: number): boolean {
    this.sizes.push(maxRows);
    this.folds++;
    this.#mayThrow();
    this.foldsLeft = Math.max(0, this.foldsLeft - 1);
    if (this.foldsLeft === 0) this.backlog = { rows: 0, bytes: 0, oldestMs: null };
    return this.foldsLeft > 0;
  }

  work(maxRows: number): boolean {
    this.workSizes.push(maxRows);
    this.works++;
    this.#mayThrow();
    this.jobs = Math.max(0, this.jobs - 1);
    return this.jobs > 0;
  }

  tally(maxDays: number): boolean {
    this.days.push(maxDays);
    this.tallies++;
    this.#mayThrow();
    this.talliesLeft = Math.max(0, this.talliesLeft - 1);
    return this.talliesLeft > 0;
  }

  spared: readonly Arrivals[] = [];

  trim(nowMs: number, spared: readonly Arrivals[] = []): boolean {
    this.spared = spared;
    this.trimmedAtMs.push(nowMs);
    this.trims++;
    this.#mayThrow();
    this.trimsLeft = Math.max(0, this.trimsLeft - 1);
    return this.trimsLeft > 0;
  }

  adopt(): boolean {
    this.adopts++;
    this.#mayThrow();
    this.adoptsLeft = Math.max(0, this.adoptsLeft - 1);
    return this.adoptsLeft > 0;
  }

  sweep(): boolean {
    this.sweeps++;
    this.#mayThrow();
    this.sweepsLeft = Math.max(0, this.sweepsLeft - 1);
    return this.sweepsLeft > 0;
  }

  #mayThrow(): void {
    if (this.error !== null) throw this.error;
  }

  conflicts: Conflict[] = [];

  takeConflicts(): Conflict[] {
    return this.conflicts.splice(0);
  }

  removed: Removed[] = [];

  takeRemoved(): Removed[] {
    return this.removed.splice(0);
  }
}

describe('a keeper', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function kept() {
    const store = new Told();
    const failures: StoreError[] = [];
    const conflicts: Conflict[] = [];
    const gone: (Removed | number)[] = [];
    const clock = { aheadMs: 0 };
    const keeper = new Keeper(store, () => ({ wallMs: Date.now() + clock.aheadMs, monoMs: performance.now() }), {
      ...DEAF,
      disordered: (error) => failures.push(error),
      conflicting: (conflict) => conflicts.push(conflict),
      removed: (removed) => gone.push(...removed),
      heldDropped: (readings) => gone.push(readings),
    });
    keeper.start();
    return { conflicts, gone, store, keeper, failures, clock, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
  }

  it('tells of readings that contradict each other once they are folded', async () => {
    const { store, conflicts, pass } = kept();
    store.backlog = { rows: 3, bytes: 0, oldestMs: 0 };
    const conflict = { battery: new Private('AL1'), readings: 2 };
    store.conflicts = [conflict];
    await pass(30 * SECOND);
    expect(conflicts).toEqual([]);
    await pass(32 * SECOND);
    expect(conflicts).toEqual([conflict]);
  });

  it('tells within a second what is gone since there was too much of it, each once', async () => {
    const { store, gone, keeper, pass } = kept();
    const removed: Removed = { what: 'events', battery: 'b3f1c2', rows: 20, bytes: 4000 };
    store.removed = [removed];
    store.heldDropped = 7;
    await pass(SECOND);
    store.heldDropped = 10;
    await pass(3 * SECOND);
    expect(gone).toEqual([removed, 7, 3]);
    keeper.stop();
    store.removed = [removed];
    keeper.tell();
    expect(gone.slice(3)).toEqual([removed]);
  });

  describe('whose energies are by another rule', () => {
    function renewing(daysOfAnotherRule: number) {
      const store = new Told();
      Object.assign(store, { daysOfAnotherRule, talliesLeft: daysOfAnotherRule });
      const told: number[] = [];
      const now = () => ({ wallMs: Date.now(), monoMs: performance.now() });
      const keeper = new Keeper(store, now, { ...DEAF, renewingEnergies: (days) => told.push(days) });
      keeper.start();
      onTestFinished(() => keeper.stop());
      return { store, told, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
    }

    it('says of how many days, and once that it is of none any more', async () => {
      const { store, told, pass } = renewing(3);
      expect(told).toEqual([3]);
      await pass(2 * SECOND);
      expect([store.tallies, told]).toEqual([3, [3, 0]]);
      await pass(HOUR);
      expect(told).toEqual([3, 0]);
    });

    it('says nothing where it is of none', async () => {
      const { store, told, pass } = renewing(0);
      await pass(HOUR);
      expect([store.tallies > 0, told]).toEqual([true, []]);
    });
  });

  describe('whose clock is in doubt', () => {
    const clock = { isSure: false, wrongStamps: [{ fromMs: 1, toMs: 2 }], looks: 0, look: () => void clock.looks++ };

    function doubting() {
      const store = new Told();
      const now = () => ({ wallMs: Date.now(), monoMs: performance.now() });
      Object.assign(clock, { isSure: false, looks: 0 });
      const keeper = new Keeper(store, now, DEAF, clock);
      keeper.start();
      onTestFinished(() => keeper.stop());
      return { store, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
    }

    it('removes nothing, and looks at it each second', async () => {
      const { store, pass } = doubting();
      store.backlog = { rows: 3, bytes: 0, oldestMs: 0 };
      await pass(100 * SECOND);
      expect([store.trims, store.folds > 0]).toEqual([0, true]);
      expect(clock.looks).toBeGreaterThanOrEqual(100);
    });

    it('removes what is too old once it is sure, but what arrived by a clock that was behind', async () => {
      const { store, pass } = doubting();
      await pass(5 * HOUR);
      clock.isSure = true;
      await pass(2 * SECOND);
      expect(store.trims).toBe(1);
      expect(store.spared).toEqual(clock.wrongStamps);
      await pass(HOUR - 3 * SECOND);
      expect(store.trims).toBe(1);
    });

    it('stops removing between two strokes when a doubt comes up, and goes on after it', async () => {
      const { store, pass } = doubting();
      clock.isSure = true;
      store.trimsLeft = 1000;
      const trim = store.trim.bind(store);
      store.trim = (nowMs, spared) => {
        if (store.trims === 3) clock.isSure = false;
        return trim(nowMs, spared);
      };
      await pass(10 * SECOND);
      expect(store.trims).toBe(4);
      clock.isSure = true;
      await pass(2 * SECOND);
      expect(store.trims).toBeGreaterThan(4);
    });
  });

  it('leaves what is fresh and little alone', async () => {
    const { store, pass } = kept();
    store.backlog = { rows: 49_999, bytes: 0, oldestMs: 0 };
    await pass(59 * SECOND);
    expect(store.folds).toBe(0);
  });

  it('folds what has waited a minute, stroke by stroke, and lets others in between', async () => {
    const { store, pass } = kept();
    store.backlog = { rows: 3000, bytes: 0, oldestMs: 0 };
    store.foldsLeft = 3;
    await pass(61 * SECOND);
    expect(store.folds).toBeLessThan(3);
    await pass(10);
    expect(store.folds).toBe(3);
    expect(store.sizes).toEqual([100, 125, 156]);
    await pass(30 * SECOND);
    expect(store.folds).toBe(3);
  });

  it('goes on with long work across its looks, one stroke after another', async () => {
    const { store, pass } = kept();
    store.backlog = { rows: 9e6, bytes: 0, oldestMs: -HOUR };
    store.foldsLeft = 3000;
    for (let n = 0; n < 25; n++) {
      await pass(100);
      expect(vi.getTimerCount()).toBeLessThanOrEqual(2);
    }
    const { folds } = store;
    expect(folds).toBeGreaterThan(1000);
    await pass(10 * SECOND);
    expect(store.folds).toBe(3000);
  });

  it.each([2 * YEAR, -2 * YEAR])('goes on as ever where the clock is set (by %i ms)', async (aheadMs) => {
    const { store, clock, pass } = kept();
    await pass(5 * SECOND);
    expect([store.tallies, store.trims]).toEqual([1, 1]);
    clock.aheadMs = aheadMs;
    store.backlog = { rows: 1, bytes: 0, oldestMs: 5 * SECOND };
    await pass(59 * SECOND);
    expect([store.folds, store.tallies, store.trims]).toEqual([0, 1, 1]);
    await pass(4 * SECOND);
    expect([store.folds, store.tallies, store.trims]).toEqual([1, 1, 1]);
    await pass(HOUR);
    expect([store.tallies, store.trims]).toEqual([5, 2]);
    expect(store.trimmedAtMs[1]).toBeCloseTo(aheadMs + HOUR, -5);
  });

  it('folds at once when much waits', async () => {
    const { store, keeper, pass } = kept();
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    keeper.nudge();
    expect(store.folds).toBe(0);
    await pass(5);
    expect(store.folds).toBe(1);
  });

  it('folds at once when what waits is large', async () => {
    const { store, keeper, pass } = kept();
    store.backlog = { rows: 600, bytes: 31e6, oldestMs: 0 };
    keeper.nudge();
    await pass(5);
    expect(store.folds).toBe(0);
    store.backlog = { rows: 640, bytes: 32e6, oldestMs: 0 };
    keeper.nudge();
    await pass(5);
    expect(store.folds).toBe(1);
  });

  it('does what a commit left to do at once, stroke by stroke, and lets others in between', async () => {
    const { store, keeper, pass } = kept();
    store.jobs = 4;
    keeper.nudge();
    expect(store.works).toBe(0);
    await pass(2);
    expect(store.works).toBeLessThan(4);
    await pass(10);
    expect([store.works, store.jobs]).toEqual([4, 0]);
    await pass(500);
    expect(store.works).toBe(4);
  });

  it('goes on at its start with what is left from before', async () => {
    const { store, pass } = kept();
    store.jobs = 2;
    await pass(1.1 * SECOND);
    expect(store.works).toBe(2);
  });

  it('has as many rows in a stroke as it may take time for', async () => {
    const { store, keeper, pass } = kept();
    store.jobs = 3;
    store.strokeMs = 4;
    keeper.nudge();
    await pass(20);
    expect(store.workSizes).toEqual([100, 125, 156]);
    store.jobs = 2;
    store.strokeMs = 1000;
    keeper.nudge();
    await pass(20);
    expect(store.workSizes.slice(3)).toEqual([195, 98]);
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    store.foldsLeft = 3;
    store.strokeMs = 10;
    keeper.nudge();
    await pass(20);
    expect(store.sizes).toEqual([100, 80, 64]);
  });

  it('lets nothing wait until all jobs are done, however many there are', async () => {
    const { store, keeper, pass } = kept();
    store.jobs = 1e6;
    store.talliesLeft = 1e6;
    keeper.nudge();
    await pass(3 * SECOND);
    expect([store.trims, store.tallies > 100, store.works > 100]).toEqual([1, true, true]);
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    await pass(10);
    expect(store.folds).toBe(1);
    await pass(61 * SECOND);
    expect(store.sweeps).toBeGreaterThan(0);
  });

  it('leaves a job that fails for a while, and goes on with all else', async () => {
    const { store, failures, pass } = kept();
    const work = store.work.bind(store);
    store.jobs = 1;
    store.work = () => {
      store.works++;
      throw new StoreError('STORE_REFUSED', 'unreadable');
    };
    await pass(30 * SECOND);
    expect([store.works, failures.length]).toEqual([1, 1]);
    store.work = work;
    await pass(40 * SECOND);
    expect([store.works, store.jobs]).toEqual([2, 0]);
  });

  it('tries a job again at once where what fails may pass', async () => {
    const { store, failures, pass } = kept();
    store.jobs = 1;
    store.error = new StoreError('STORE_BUSY', 'locked');
    await pass(3.5 * SECOND);
    expect([store.works > 1, failures]).toEqual([true, []]);
    store.error = null;
    await pass(SECOND);
    expect(store.jobs).toBe(0);
  });

  it('does not mind being nudged while it works, or for little', async () => {
    const { store, keeper, pass } = kept();
    keeper.nudge();
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    store.foldsLeft = 2;
    keeper.nudge();
    keeper.nudge();
    await pass(10);
    expect(store.folds).toBe(2);
  });

  it('waits for one stroke at a time, so that none is done once it has stopped', async () => {
    const { store, keeper, pass } = kept();
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    keeper.nudge();
    keeper.nudge();
    keeper.stop();
    await pass(5 * SECOND);
    expect([store.folds, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('waits for no stroke when it is nudged and has nothing to do', async () => {
    const { store, keeper } = kept();
    const waiting = vi.getTimerCount();
    store.backlog = { rows: 49_999, bytes: 31e6, oldestMs: 0 };
    keeper.nudge();
    expect(vi.getTimerCount()).toBe(waiting);
    store.jobs = 1;
    keeper.nudge();
    expect(vi.getTimerCount()).toBe(waiting + 1);
  });

  it('nudged, tries a job that failed a minute after that, not sooner', async () => {
    const { store, keeper, pass } = kept();
    let failedAtMs = 0;
    store.jobs = 1;
    store.work = () => {
      failedAtMs = performance.now();
      throw new StoreError('STORE_REFUSED', 'unreadable');
    };
    await pass(1100);
    keeper.nudge();
    // Between two looks.
    await pass(50);
    expect(failedAtMs).toBeGreaterThan(0);
    const waiting = vi.getTimerCount();
    await pass(failedAtMs + 60 * SECOND - 1 - performance.now());
    keeper.nudge();
    expect(vi.getTimerCount()).toBe(waiting);
    await pass(1);
    keeper.nudge();
    expect(vi.getTimerCount()).toBe(waiting + 1);
  });

  it('trims when it begins and every hour, until there is no more', async () => {
    const { store, pass } = kept();
    store.trimsLeft = 3;
    await pass(5 * SECOND);
    expect(store.trims).toBe(3);
    await pass(HOUR - 10 * SECOND);
    expect(store.trims).toBe(3);
    await pass(20 * SECOND);
    expect(store.trims).toBe(4);
  });

  it('works out energy when it begins and every quarter of an hour, a day a stroke, until no more is due', async () => {
    const { store, pass } = kept();
    store.talliesLeft = 3;
    await pass(5 * SECOND);
    expect(store.tallies).toBe(3);
    expect(new Set(store.days)).toEqual(new Set([1]));
    await pass(890 * SECOND);
    expect(store.tallies).toBe(3);
    await pass(10 * SECOND);
    expect(store.tallies).toBe(4);
  });

  it('folds, then works out energy, then trims', async () => {
    const { store, pass } = kept();
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    await pass(1.5 * SECOND);
    expect([store.folds, store.tallies, store.trims]).toEqual([1, 0, 0]);
    await pass(SECOND);
    expect([store.folds, store.tallies, store.trims]).toEqual([1, 1, 0]);
    await pass(SECOND);
    expect([store.folds, store.tallies, store.trims]).toEqual([1, 1, 1]);
  });

  it('lets folding go first however many days are due, and goes on with them after', async () => {
    const { store, pass } = kept();
    store.talliesLeft = 1e6;
    await pass(2 * SECOND);
    const { tallies } = store;
    expect([tallies > 1, store.folds]).toEqual([true, 0]);
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    await pass(2 * SECOND);
    expect(store.folds).toBe(1);
    await pass(2 * SECOND);
    expect(store.tallies).toBeGreaterThan(tallies + 1);
  });

  it('trims all the same where energy cannot be worked out, and tries that again after a while', async () => {
    const { store, failures, pass } = kept();
    const tally = store.tally.bind(store);
    store.tally = () => {
      store.tallies++;
      throw new TypeError('a mistake');
    };
    await pass(61.5 * SECOND);
    expect(failures).toMatchObject([{ code: 'STORE_REFUSED' }]);
    store.tally = tally;
    await pass(3 * SECOND);
    expect([store.tallies, store.trims]).toEqual([2, 1]);
  });

  it('tries again at the next look what may pass, and does not complain', async () => {
    const { store, failures, pass } = kept();
    store.error = new StoreError('STORE_BUSY', 'locked');
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    await pass(3.5 * SECOND);
    expect(store.folds).toBe(3);
    store.error = null;
    await pass(SECOND);
    expect(store.folds).toBe(4);
    expect(failures).toEqual([]);
  });

  it.each([
    ['a store’s error', new StoreError('STORE_CORRUPT', 'damaged'), 'STORE_CORRUPT'],
    ['any other', new TypeError('a mistake'), 'STORE_REFUSED'],
    ['what is no error at all', 'a mistake', 'STORE_REFUSED'],
  ])('tells of what does not pass by itself, and goes on: %s', async (_, error, code) => {
    const { store, failures, pass } = kept();
    store.error = error;
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    await pass(1.5 * SECOND);
    expect(failures).toMatchObject([{ code }]);
    store.error = null;
    await pass(SECOND);
    expect(store.backlog.rows).toBe(0);
  });

  it('sees once a minute to what outputs have taken, with nobody speaking, stroke by stroke', async () => {
    const { store, pass } = kept();
    await pass(59 * SECOND);
    expect(store.sweeps).toBe(0);
    store.sweepsLeft = 3;
    await pass(4 * SECOND);
    expect(store.sweeps).toBe(3);
    await pass(50 * SECOND);
    expect(store.sweeps).toBe(3);
    await pass(10 * SECOND);
    expect(store.sweeps).toBe(4);
  });

  it('puts what was held, and is adopted, among what was committed, stroke by stroke', async () => {
    const { store, pass } = kept();
    await pass(5 * SECOND);
    expect(store.adopts).toBe(0);
    store.adoptsLeft = 3;
    await pass(1.5 * SECOND);
    expect(store.adopts).toBe(3);
    store.adoptsLeft = 1;
    store.error = new StoreError('STORE_FULL', 'as told');
    await pass(10 * SECOND);
    expect(store.adopts).toBe(4);
    store.error = null;
    await pass(60 * SECOND);
    expect(store.adopts).toBe(5);
  });

  it('does nothing after it was stopped, not even what it had begun', async () => {
    const { store, keeper, pass } = kept();
    store.backlog = { rows: 50_000, bytes: 0, oldestMs: 0 };
    store.foldsLeft = 9;
    keeper.nudge();
    keeper.stop();
    await pass(HOUR);
    expect([store.folds, store.trims]).toEqual([0, 0]);
    expect(vi.getTimerCount()).toBe(0);
    keeper.stop();
  });
});
