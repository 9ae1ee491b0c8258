import { describe, expect, it } from 'vitest';
import { folds, isRoutine } from './event-folds.ts';
import type { TimelineEntry } from './timeline.ts';
import type { Epoch, GapOnPage, LogEvent } from './types.ts';

let clock = 1000;
const log = (code: number | null, name = 'EventLog', battery = 'a'): TimelineEntry => {
  const kind = code === null ? 'server' : 'battery';
  const event: LogEvent = { time: null, received_at: '', source: kind, name, code, meaning: null, text: '' };
  clock -= 1;
  return { kind, at: clock, battery, event };
};
const gap = (state: GapOnPage['state']): TimelineEntry => ({
  kind: 'gap',
  at: 0,
  battery: 'a',
  gap: { state } as GapOnPage,
});
const epoch = (reason: Epoch['reason'], unconfirmed = false): TimelineEntry => {
  return { kind: 'clock', at: 0, battery: 'a', before: null, epoch: { reason, unconfirmed } as Epoch };
};
const shape = (entries: readonly TimelineEntry[]) =>
  folds(entries).map(({ pattern, times }) => [pattern.length, times]);

describe('what repeats itself is folded', () => {
  it('a pair that comes again and again is one', () => {
    const entries = [29, 30, 29, 30, 29, 30, 29].map((code) => log(code));
    const [pair, rest] = folds(entries);
    expect(pair).toEqual({ pattern: entries.slice(0, 2), times: 3, entries: entries.slice(0, 6) });
    expect(rest?.entries).toEqual(entries.slice(6));
  });

  it('so is one entry, but not what comes twice, or of another battery', () => {
    expect(shape([7, 7, 7, 7].map((code) => log(code)))).toEqual([[1, 4]]);
    expect(shape([7, 7].map((code) => log(code)))).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(shape([29, 30, 29, 30].map((code) => log(code)))).toHaveLength(4);
    expect(shape([log(7), log(7, 'EventLog', 'b'), log(7)])).toHaveLength(3);
  });

  it('so are three or four', () => {
    const twice = [29, 29, 30, 30];
    expect(shape([...twice, ...twice, ...twice].map((code) => log(code)))).toEqual([[4, 3]]);
    expect(shape([1, 2, 3, 1, 2, 3, 1, 2, 3].map((code) => log(code)))).toEqual([[3, 3]]);
    expect(shape([...twice, ...twice].map((code) => log(code)))).toHaveLength(8);
  });

  it('gaps and changes of the clock never are, and part what is around them', () => {
    expect(shape([gap('open'), gap('open'), gap('open')])).toHaveLength(3);
    expect(shape([log(7), log(7), gap('open'), log(7)])).toHaveLength(4);
    expect(folds([])).toEqual([]);
  });

  it('nothing is lost and the order is kept', () => {
    const entries = [1, 2, 2, 2, 2, 1, 2, 1, 2, 1, 3, 3, 3, 1].map((code) => log(code));
    expect(folds(entries).flatMap(({ entries: all }) => all)).toEqual(entries);
  });
});

describe('routine', () => {
  it.each([log(29), log(30), log(41), log(null, 'connected'), log(null, 'login'), gap('filled'), epoch('drift')])(
    'is everyday running: %j',
    (entry) => {
      expect(isRoutine(entry)).toBe(true);
    },
  );

  it.each([
    ...[log(7), log(null, 'stale'), log(null, 'peer_conflict'), log(null, 'vendor_blocked'), log(null, 'not_known')],
    ...[gap('open'), gap('partly'), gap('refused'), epoch('jump'), epoch('vendor'), epoch('drift', true)],
  ])('is not what may ask something of somebody, or is not known: %j', (entry) => {
    expect(isRoutine(entry)).toBe(false);
  });
});
