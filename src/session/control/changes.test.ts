import { describe, expect, it } from 'vitest';
import { type ControlChange, Private } from '../../model.ts';
import { Changes } from './changes.ts';

const frame = (command: number, text: string) =>
  new Private(new Uint8Array([1, 2, command, 0, 0, 0, 1, ...Buffer.from(text), 0, 0]));

function change(number: number, more: Partial<ControlChange> = {}): ControlChange {
  return {
    ...{
      number,
      wish: { kind: 'hold' },
      author: { kind: 'page', name: '' },
      state: 'done',
      steps: [{ state: 'done', atMs: 5, note: '' }],
    },
    ...{
      before: {},
      after: {},
      normal: null,
      untilMs: 9,
      holds: false,
      isObeyed: null,
      givenMs: [],
      isUnlimited: false,
    },
    ...{ isConfirmed: false, key: null, frames: [], ...more },
  };
}

const changes = (...known: ControlChange[]) => new Changes(new Private('AL1'), known);

describe('changes', () => {
  it('know what holds however old it is, and of the rest the newest hundred', () => {
    const all = changes(change(1, { holds: true }), change(2));
    for (let number = 3; number <= 120; number++) all.put(change(number));
    expect([all.of(1)?.number, all.of(2), all.holding?.number, all.lastNumber]).toEqual([1, null, 1, 120]);
    expect(all.all.length).toBeLessThanOrEqual(102);
  });

  it('are kept once each, as they are last', () => {
    const all = changes();
    all.put(change(1));
    all.step(1, 'undone', 7, 'why');
    all.put(change(2, { steps: [] }));
    expect(all.takeRecords()).toMatchObject([
      {
        type: 'control',
        receivedMs: 7,
        change: { number: 1, state: 'undone', steps: [{}, { state: 'undone', atMs: 7, note: 'why' }] },
      },
      { receivedMs: 0, change: { number: 2 } },
    ]);
    expect(all.takeRecords()).toEqual([]);
  });

  it('have a bound on steps and frames', () => {
    const frames = Array.from({ length: 50 }, (_, atMs) => ({ atMs, isOurs: true, bytes: frame(8, '') }));
    const steps = Array.from({ length: 70 }, (_, atMs) => ({ atMs, state: 'asked' as const, note: '' }));
    const kept = changes().put(change(1, { frames, steps }));
    expect([kept.frames.length, kept.frames[0]?.atMs, kept.steps.length]).toEqual([40, 10, 60]);
  });

  it('know what was given last', () => {
    expect([changes().lastGiven, changes().lastGivenMs]).toEqual([null, Number.NEGATIVE_INFINITY]);
    const frames = [
      { atMs: 3, isOurs: true, bytes: frame(3, 'old') },
      { atMs: 9, isOurs: true, bytes: frame(3, 'new') },
      { atMs: 10, isOurs: false, bytes: frame(3, 'theirs') },
      { atMs: 11, isOurs: true, bytes: frame(8, 'order') },
      { atMs: 4, isOurs: true, bytes: frame(3, 'older') },
    ];
    const { lastGiven } = changes(change(1, { frames }));
    expect([Buffer.from(lastGiven?.body ?? []).toString(), lastGiven?.receivedMs]).toEqual(['new', 9]);
  });

  it('count writes of the day: given, under way, reserved', () => {
    const settings = { kind: 'settings', settings: {} } as const;
    const left = (...known: ControlChange[]) => changes(...known).writesLeft(10, 100);
    expect(left()).toBe(10);
    expect(left(change(1, { givenMs: [50] }))).toBe(10);
    expect(left(change(1, { givenMs: [150] }))).toBe(8);
    expect(left(change(1, { givenMs: [150, 151], wish: settings }))).toBe(8);
    expect(left(change(1, { givenMs: [150], isUnlimited: true }))).toBe(10);
    expect(left(change(1, { state: 'proposed' }), change(2, { state: 'refused' }))).toBe(8);
    expect(left(...Array.from({ length: 9 }, (_, n) => change(n, { givenMs: [150] })))).toBe(0);
  });

  it('that were under way before a restart are so no more', () => {
    const state = (before: ControlChange['state'], wish: ControlChange['wish'] = { kind: 'hold' }) =>
      changes(change(1, { state: before, wish, steps: [] })).of(1)?.state;
    expect(state('observed')).toBe('done');
    expect(state('fetched', { kind: 'restore', of: null })).toBe('proposed');
    expect(state('refused')).toBe('refused');
  });
});
