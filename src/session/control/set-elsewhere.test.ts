import { describe, expect, it } from 'vitest';
import { frameByHand } from '../../../test/wire.ts';
import { type ControlFrame, Private } from '../../model.ts';
import { setElsewhere } from './set-elsewhere.ts';

const AFTER = { BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '15', TimeChaF2: '0', TimeChaE2: '0' };
const AS_GIVEN = { BatHighCap: '57.00', TimeChaF1: '12', TimeChaE1: '15', TimeChaF2: '0', TimeChaE2: '0' };

function frame(isOurs: boolean, command: number, body: string): ControlFrame {
  return { atMs: 0, isOurs, bytes: new Private(frameByHand(isOurs ? 2 : 1, command, body)) };
}
const told = (settings: Record<string, string>) => frame(false, 4, JSON.stringify(settings));
const GIVEN = frame(true, 3, '{"Status":"Success"}');
const reported = (changes: Record<string, string>) => new Map(Object.entries({ ...AS_GIVEN, ...changes }));

describe('what somebody else has set', () => {
  it('is nothing where the battery tells what it was given, by value, or does not tell', () => {
    expect(setElsewhere({ after: AFTER, frames: [] }, reported({}))).toEqual([]);
    expect(setElsewhere({ after: AFTER, frames: [] }, new Map())).toEqual([]);
    expect(setElsewhere({ after: AFTER, frames: [] }, null)).toEqual([]);
  });

  it('is a window whole', () => {
    const change = { after: AFTER, frames: [GIVEN, told(AS_GIVEN)] };
    expect(setElsewhere(change, reported({ TimeChaE1: '16' }))).toEqual(['TimeChaF1', 'TimeChaE1']);
    expect(setElsewhere(change, reported({ TimeChaF2: '3', BatHighCap: '80' }))).toEqual([
      'BatHighCap',
      'TimeChaF2',
      'TimeChaE2',
    ]);
  });

  it('is not what the battery answered when it was given its settings the last time', () => {
    const answered = { ...AS_GIVEN, BatHighCap: '47' };
    const frames = [
      told({ BatHighCap: '90' }),
      GIVEN,
      told({ BatHighCap: '60' }),
      GIVEN,
      told(answered),
      told(AS_GIVEN),
    ];
    expect(setElsewhere({ after: AFTER, frames }, reported({ BatHighCap: '47.0' }))).toEqual([]);
    expect(setElsewhere({ after: AFTER, frames }, reported({ BatHighCap: '60' }))).toEqual(['BatHighCap']);
    expect(setElsewhere({ after: AFTER, frames: [GIVEN] }, reported({ BatHighCap: '47' }))).toEqual(['BatHighCap']);
    expect(setElsewhere({ after: AFTER, frames: [GIVEN, told({})] }, reported({ BatHighCap: '47' }))).toEqual([
      'BatHighCap',
    ]);
  });
});
