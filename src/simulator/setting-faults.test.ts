import { describe, expect, it } from 'vitest';
import { SETTING_FAULT_NAMES, SETTING_FAULTS, type SettingFaultName, SettingFaultPlan } from './setting-faults.ts';

const plan = (...names: SettingFaultName[]) => new SettingFaultPlan(new Set(names));

describe('faults of settings', () => {
  it('each has a sentence', () => {
    for (const name of SETTING_FAULT_NAMES) expect(SETTING_FAULTS[name]).toMatch(/\w+ \w+/);
  });

  it('none: asks once, takes all, works by it and forgets nothing', () => {
    const none = plan();
    expect([none.refuses, none.questions, none.works, none.hasMinuteKeys]).toEqual([false, 1, true, false]);
    expect([none.forgetsMs, none.clockOffSeconds]).toEqual([Number.POSITIVE_INFINITY, 0]);
    expect(none.taken({ BatHighCap: '80' })).toEqual({ BatHighCap: '80' });
    expect(none.drops('order')).toBe(false);
  });

  it('each is what its name says', () => {
    expect(plan('refuses-settings').refuses).toBe(true);
    expect(plan('never-asks').questions).toBe(0);
    expect(plan('asks-twice').questions).toBe(2);
    expect(plan('ignores-settings').taken({ BatHighCap: '80' })).toEqual({});
    expect(plan('other-echo').taken({ BatHighCap: '80.00', Safe: '2' })).toEqual({ BatHighCap: 70, Safe: '2' });
    expect(plan('other-echo').taken({ Safe: '2' })).toEqual({ Safe: '2' });
    expect(plan('idle-settings').works).toBe(false);
    expect(plan('forgets-settings').forgetsMs).toBe(60_000);
    expect(plan('clock-off').clockOffSeconds).toBe(2352);
    expect(plan('minute-keys').hasMinuteKeys).toBe(true);
  });

  it('a connection breaks once at a step', () => {
    const drops = plan('drops-at-answer');
    expect([drops.drops('order'), drops.drops('answer'), drops.drops('answer')]).toEqual([false, true, false]);
  });
});
