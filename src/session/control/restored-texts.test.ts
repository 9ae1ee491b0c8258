import { describe, expect, it } from 'vitest';
import { controlChange } from '../../../test/records.ts';
import { frameByHand } from '../../../test/wire.ts';
import { type ControlChange, Private } from '../../model.ts';
import { Changes } from './changes.ts';
import { restoredTexts, takenElsewhere } from './restored-texts.ts';

const T = 1_718_190_240_000;
const BEFORE = { GridCharge: '0', BatHighCap: '100' };
const AFTER = { GridCharge: '1', BatHighCap: '57' };
const HOLD = { holds: true, normal: BEFORE, before: BEFORE, after: AFTER, givenMs: [T] };

function changes(...known: Partial<ControlChange>[]): Changes {
  const all = known.map((one, index) => controlChange(index + 1, { frames: [], ...HOLD, ...one }).change);
  return new Changes(new Private('AL2002021010101'), all);
}
const told = (settings: Record<string, string>, atMs: number, isCertain = true) => ({
  ...{ isCertain, reportedMs: atMs, reported: new Map(Object.entries({ ...AFTER, ...settings })) },
});
/** Putting the hold right was tried, and the limit was somebody else's by then. */
const VAIN: Partial<ControlChange> = {
  ...{ wish: { kind: 'restore', of: null }, state: 'proposed', holds: false, normal: null },
  ...{ before: { GridCharge: '1' }, after: { GridCharge: '0' }, givenMs: [T + 60_000] },
};

describe('what puts a battery right', () => {
  it('is nothing where no verb holds, and nothing of a change that there is not', () => {
    expect(restoredTexts(null, changes(), told({}, T))).toEqual({});
    expect(restoredTexts(4, changes(), told({}, T))).toMatchObject({ detail: 'there is no change 4' });
  });

  it('is what was before, but for what somebody else has set since', () => {
    const all = changes({});
    expect(restoredTexts(null, all, told({}, T + 1))).toEqual(BEFORE);
    expect(restoredTexts(null, all, told({ BatHighCap: '80' }, T + 1))).toEqual({ GridCharge: '0' });
    expect(restoredTexts(1, all, told({ BatHighCap: '80' }, T + 1, false))).toEqual({ GridCharge: '0' });
  });

  it('is all of it where the battery has not told since it was given the change', () => {
    const before = told(BEFORE, T, false);
    expect(takenElsewhere(changes({}).of(1) as ControlChange, before)).toEqual([]);
    expect(restoredTexts(null, changes({}), before)).toEqual(BEFORE);
  });

  it('is at further attempts what was tried, though the battery told something else', () => {
    const all = changes({}, VAIN);
    expect(restoredTexts(null, all, told({ BatHighCap: '80' }, T + 30_000, false))).toEqual({ GridCharge: '0' });
    // It has kept what the hold gave it.
    expect(restoredTexts(null, all, told({ BatHighCap: '80' }, T + 90_000))).toEqual({ GridCharge: '0' });
  });

  it('is at further attempts without what somebody else has set since', () => {
    const tried = { ...VAIN, before: AFTER, after: BEFORE };
    expect(restoredTexts(null, changes({}, tried), told({ BatHighCap: '80' }, T + 90_000))).toEqual({
      GridCharge: '0',
    });
    // What it answered to that is its own doing.
    const frames = [
      { atMs: T, isOurs: true, bytes: new Private(frameByHand(2, 3, '{"Status":"Success"}')) },
      { atMs: T, isOurs: false, bytes: new Private(frameByHand(1, 4, '{"GridCharge":"false","BatHighCap":"80"}')) },
    ];
    expect(restoredTexts(null, changes({}, { ...tried, frames }), told({ BatHighCap: '80' }, T + 90_000))).toEqual(
      BEFORE,
    );
  });
});
