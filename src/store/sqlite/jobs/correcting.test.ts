import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  asAfterCrash,
  clock,
  event,
  OTHER,
  reading,
  SERIAL,
  settle,
  T,
  temporaryFolder,
} from '../../../../test/records.ts';
import { type ClockCorrection, type ClockRecord, READING_KINDS, type ReadingKind } from '../../../model.ts';
import { DATABASE_FILE } from '../../store.ts';
import { SqliteStore } from '../sqlite-store.ts';

function opened(folder = temporaryFolder()): { store: SqliteStore; folder: string } {
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  onTestFinished(() => {
    try {
      store.close();
    } catch {
      // The test closed it already.
    }
  });
  return { store, folder };
}

function query(folder: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(join(folder, DATABASE_FILE), { readOnly: true });
  try {
    return db.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
}

/** The battery's clock is found to be an hour ahead, and not right as was believed; all that it dated is corrected. */
function anHourAhead(change: Partial<ClockCorrection> = {}): ClockRecord {
  const correction: ClockCorrection = {
    kinds: READING_KINDS,
    fromBatteryTime: -1e12,
    toBatteryTime: 1e12,
    receivedSinceMs: 0,
    oldOffsetSeconds: 0,
    newOffsetSeconds: 3600,
    ...change,
  };
  return { ...clock(3600, T * 1000, SERIAL, 2), corrections: [correction] };
}

/** Time, ordinal and charge of each live row. */
const places = (folder: string) =>
  query(folder, 'SELECT time, ordinal, soc FROM reading_live ORDER BY time, ordinal').map((row) => Object.values(row));
const times = (folder: string, kind: ReadingKind) =>
  query(folder, `SELECT time FROM reading_${kind} ORDER BY battery, time`).map(({ time }) => time);
const minutes = (folder: string) =>
  query(
    folder,
    'SELECT start, source, soc_n AS n, soc_sum AS sum, soc_min AS min, soc_max AS max FROM rollup_minute ORDER BY start',
  );

describe('readings dated by a wrong clock', () => {
  it('are dated anew, whether they were in their place already or not, and keep what the battery said', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T, { soc: 1 }), reading('detail', T, { soc: 2 }), reading('history', T)]);
    settle(store);
    store.commit([reading('live', T + 10, { soc: 3 })]);
    store.commit([anHourAhead()]);
    settle(store);
    expect(query(folder, 'SELECT time, battery_time, received_at, soc FROM reading_live')).toEqual([
      { time: T - 3600, battery_time: T, received_at: T * 1000, soc: 1 },
      { time: T - 3590, battery_time: T + 10, received_at: (T + 10) * 1000, soc: 3 },
    ]);
    expect([times(folder, 'detail'), times(folder, 'history')]).toEqual([[T - 3600], [T - 3600]]);
  });

  it('are dated anew where they come in one commit with what is known now', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T), anHourAhead(), reading('live', T - 3590, {}, { batteryTime: T + 10 })]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T - 3600, T - 3590]);
  });

  it('take their part of the roll-ups with them: nothing is left where they were, least and greatest included', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T - 3590, { soc: 50 }, { receivedMs: 1 })]);
    store.commit([reading('live', T, { soc: 10 }), reading('live', T + 20, { soc: 90 })]);
    settle(store);
    store.commit([anHourAhead({ receivedSinceMs: 2 })]);
    settle(store);
    expect(minutes(folder)).toEqual([{ start: T - 3600, source: 'live', n: 3, sum: 150, min: 10, max: 90 }]);
    expect(query(folder, 'SELECT start, soc_n AS n, soc_max AS max FROM rollup_hour')).toEqual([
      { start: Math.floor((T - 3600) / 3600) * 3600, n: 1, max: 90 },
    ]);
  });

  it('make room for history in the minutes they leave, and give way to nothing in those they come to', () => {
    const { store, folder } = opened();
    store.commit([
      clock(0),
      reading('history', T, { soc: 7 }, { receivedMs: 1 }),
      reading('live', T + 10, { soc: 90 }),
    ]);
    settle(store);
    expect(minutes(folder)).toMatchObject([{ source: 'live', max: 90 }]);
    store.commit([anHourAhead({ receivedSinceMs: 2 })]);
    settle(store);
    expect(minutes(folder)).toMatchObject([
      { start: T - 3600, source: 'live', sum: 90 },
      { start: T, source: 'history', sum: 7 },
    ]);
  });

  it('stay apart from each other where a second is taken', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T - 3600, { soc: 1 }, { batteryTime: T + 1, receivedMs: 1 })]);
    store.commit([reading('live', T, { soc: 2 })]);
    store.commit([anHourAhead({ receivedSinceMs: 2 })]);
    settle(store);
    expect(places(folder)).toEqual([
      [T - 3600, 0, 1],
      [T - 3600, 1, 2],
    ]);
  });

  it('are one where the right clock had dated the same before', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T - 3600, { soc: 1 }, { batteryTime: T, receivedMs: 1 })]);
    store.commit([reading('live', T, { soc: 1 }), anHourAhead({ receivedSinceMs: 2 })]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T - 3600]);
  });

  it('are kept beside what the right clock had dated so, each once', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T - 3600, { soc: 1 }, { batteryTime: T, receivedMs: 1 })]);
    for (let round = 0; round < 2; round++) {
      store.commit([reading('live', T, { soc: 2 })]);
      settle(store);
      store.commit([anHourAhead({ receivedSinceMs: 2 })]);
      settle(store);
    }
    expect(places(folder)).toEqual([
      [T - 3600, 0, 1],
      [T - 3600, 1, 2],
    ]);
  });

  it('leave their second to the next that was dated so, with its roll-ups', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T, { soc: 9 })]);
    store.commit([1, 2].map((soc) => reading('live', T, { soc }, { batteryTime: T + 60 + soc })));
    settle(store);
    expect(places(folder)).toEqual([
      [T, 0, 9],
      [T, 1, 1],
      [T, 2, 2],
    ]);
    expect(minutes(folder)).toMatchObject([{ start: T, n: 1, sum: 9 }]);
    store.commit([anHourAhead()]);
    settle(store);
    expect(places(folder)).toEqual([
      [T - 3600, 0, 9],
      [T, 0, 1],
      [T, 2, 2],
    ]);
    expect(minutes(folder)).toMatchObject([
      { start: T - 3600, n: 1, sum: 9 },
      { start: T, n: 1, sum: 1 },
    ]);
  });

  it('that looked like a repetition by the wrong clock come back as what they are', () => {
    const { store, folder } = opened();
    // A night: the clock is set back an hour, and each reading says what one of an hour before said.
    const night = [0, 10, 20];
    store.commit([clock(0), ...night.map((after) => reading('live', T + after, { soc: 7 }))]);
    const again = night.map((after) =>
      reading('live', T + after, { soc: 7 }, { receivedMs: (T + 3600 + after) * 1000 }),
    );
    store.commit(again);
    settle(store);
    expect(times(folder, 'live')).toEqual([T, T + 10, T + 20]);
    store.commit([anHourAhead({ receivedSinceMs: (T + 3600) * 1000, newOffsetSeconds: -3600 })]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T, T + 10, T + 20, T + 3600, T + 3610, T + 3620]);
    expect(minutes(folder)).toMatchObject([
      { start: T, n: 3 },
      { start: T + 3600, n: 3 },
    ]);
    expect(query(folder, 'SELECT * FROM repetition')).toEqual([]);
  });

  it('that came again later are no more than they were', () => {
    const { store, folder } = opened();
    const twice = [T * 1000, (T + 10) * 1000].map((receivedMs) => reading('live', T, { soc: 7 }, { receivedMs }));
    store.commit([clock(0), ...twice]);
    settle(store);
    store.commit([anHourAhead()]);
    settle(store);
    expect(places(folder)).toEqual([[T - 3600, 0, 7]]);
  });

  it.each<[string, Partial<ClockCorrection>]>([
    ['before the battery time from which it was wrong', { fromBatteryTime: T + 1 }],
    ['after the battery time up to which it was wrong', { toBatteryTime: T - 1 }],
    ['received before', { receivedSinceMs: T * 1000 + 1 }],
    ['of another kind', { kinds: ['history', 'detail'] }],
    ['dated by another offset', { oldOffsetSeconds: -1 }],
    ['dated by another offset, far away', { oldOffsetSeconds: -36_000 }],
  ])('stay where they are: %s', (_, change) => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T)]);
    store.commit([anHourAhead(change)]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T]);
  });

  it('are only those of the battery in question', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T), reading('live', T, {}, { serial: OTHER }), anHourAhead()]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T - 3600, T]);
  });

  it('are never those without a time of their own, which were so when they came', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T, {}, { batteryTime: null }), anHourAhead()]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T]);
  });

  it('are corrected for ever once that is committed, and not in part before', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T, { soc: 1 }), reading('live', T + 10, { soc: 2 })]);
    const before = asAfterCrash(folder);
    store.commit([anHourAhead()]);
    const after = asAfterCrash(folder);
    for (const folder of [before, after]) {
      const again = opened(folder).store;
      settle(again);
      again.close();
    }
    expect(times(before, 'live')).toEqual([T, T + 10]);
    expect(times(after, 'live')).toEqual([T - 3600, T - 3590]);
    expect(minutes(after)).toMatchObject([{ start: T - 3600, n: 2 }]);
  });

  it('stay as they were where the commit cannot be written', () => {
    const { store, folder } = opened();
    store.commit([clock(0), reading('live', T, { soc: 1 })]);
    const poison = { ...reading('live', T + 10), rest: { a: 1n as unknown as string } };
    expect(() => store.commit([anHourAhead(), poison])).toThrow('BigInt');
    store.commit([reading('live', T + 20, { soc: 3 })]);
    settle(store);
    expect(times(folder, 'live')).toEqual([T, T + 20]);
    expect(store.batteries()[0]?.epochs).toHaveLength(1);
    expect(minutes(folder)).toMatchObject([{ start: T, n: 2 }]);
  });
});

describe('the battery’s own events', () => {
  it('are dated anew as well, but for those another clock dated', () => {
    const { store, folder } = opened();
    const entry = (code: number, time: number) => event({ code, time, batteryTime: T });
    store.commit([
      clock(0),
      entry(41, T),
      entry(42, T - 7),
      event({ source: 'server', code: null, batteryTime: null, time: T }),
    ]);
    store.commit([anHourAhead()]);
    settle(store);
    expect(query(folder, 'SELECT time FROM event ORDER BY key').map(({ time }) => time)).toEqual([T - 3600, T - 7, T]);
  });

  it('stay where only history was dated wrongly', () => {
    const { store, folder } = opened();
    store.commit([clock(0), event({ time: T, batteryTime: T }), anHourAhead({ kinds: ['history'] })]);
    settle(store);
    expect(query(folder, 'SELECT time FROM event')).toEqual([{ time: T }]);
  });
});
