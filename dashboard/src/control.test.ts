import { describe, expect, it } from 'vitest';
import {
  canBeUndone,
  editedOf,
  isUnderWay,
  newKey,
  nextTime,
  progressOf,
  realChanges,
  requestedSettings,
  reversed,
  settingName,
  settingText,
  shifted,
  usualEnd,
  writesOf,
} from './control.ts';

const BERLIN = 'Europe/Berlin';
const at = (iso: string) => Date.parse(iso) / 1000;

describe('the end of a verb', () => {
  it('is the next time the house’s clock shows it', () => {
    expect(nextTime('06:00', at('2026-11-26T22:00:00Z'), BERLIN)).toBe(at('2026-11-27T05:00:00Z'));
    expect(nextTime('23:30', at('2026-11-26T22:00:00Z'), BERLIN)).toBe(at('2026-11-26T22:30:00Z'));
    // The same minute, or the one before: tomorrow.
    expect(nextTime('23:00', at('2026-11-26T22:00:00Z'), BERLIN)).toBe(at('2026-11-27T22:00:00Z'));
    expect(nextTime('23:00', at('2026-11-26T21:59:30Z'), BERLIN)).toBe(at('2026-11-27T22:00:00Z'));
  });

  it('is right where summer time begins and ends', () => {
    // 25 hours from one 06:00 to the next, and 23.
    expect(nextTime('06:00', at('2026-10-24T04:00:00Z'), BERLIN)).toBe(at('2026-10-25T05:00:00Z'));
    expect(nextTime('06:00', at('2027-03-27T05:00:00Z'), BERLIN)).toBe(at('2027-03-28T04:00:00Z'));
  });

  it.each(['', '6:00', '24:00', '06:60', 'six', '06:00:00'])('is none in “%s”', (text) => {
    expect(nextTime(text, 0, BERLIN)).toBeNull();
  });

  it('is the morning at first, and not one that is near', () => {
    expect(usualEnd(at('2026-11-26T22:00:00Z'), BERLIN)).toBe('06:00');
    expect(usualEnd(at('2026-11-27T04:30:00Z'), BERLIN)).toBe('07:00');
  });

  it('goes round the clock by hours', () => {
    expect(shifted('23:15', 1)).toBe('00:15');
    expect(shifted('00:15', -1)).toBe('23:15');
  });
});

describe('a setting', () => {
  it('is shown as people read it', () => {
    expect(settingText('charge_windows', [['02:00', '05:00']])).toBe('02:00–05:00');
    expect(
      settingText('charge_windows', [
        ['22:00', '00:00'],
        ['00:00', '06:00'],
      ]),
    ).toBe('22:00–06:00');
    expect(
      settingText('charge_windows', [
        ['00:39', '06:39'],
        ['22:39', '00:39'],
      ]),
    ).toBe('22:39–06:39');
    expect(
      settingText('charge_windows', [
        ['02:00', '05:00'],
        ['12:00', '14:00'],
      ]),
    ).toBe('02:00–05:00 and 12:00–14:00');
    expect(settingText('charge_windows', [])).toBe('none');
    expect(settingText('grid_charge', true)).toBe('on');
    expect(settingText('charge_limit', 80)).toBe('80\u00a0%');
    expect(settingText('BatHighCapWE', '80')).toBe('80');
    expect(settingText('reserve', null)).toBe('unknown');
    expect(settingName('BatHighCapWE')).toBe('BatHighCapWE');
  });

  const before = editedOf({
    grid_charge: false,
    charge_limit: 100,
    charge_windows: [['02:00', '05:00']],
    GridChargeWE: '0',
  });

  it('is edited as text and as two windows; what has no name of ours is not', () => {
    expect(before).toEqual({
      grid_charge: false,
      charge_limit: '100',
      charge_windows: [
        ['02:00', '05:00'],
        ['', ''],
      ],
    });
  });

  it('is asked for where it differs', () => {
    expect(requestedSettings(before, before)).toBeNull();
    expect(requestedSettings(before, { ...before, grid_charge: true, charge_limit: '80' })).toEqual({
      grid_charge: true,
      charge_limit: 80,
    });
    const windows = [
      ['', ''],
      ['22:00', '06:00'],
    ] as const;
    expect(requestedSettings(before, { ...before, charge_windows: windows })).toEqual({
      charge_windows: [['22:00', '06:00']],
    });
  });

  it('is refused half filled in', () => {
    expect(requestedSettings(before, { ...before, charge_limit: '' })).toBe(
      'Charge limit: expected a whole number of percent.',
    );
    expect(requestedSettings(before, { ...before, charge_limit: '8.5' })).toContain('Charge limit');
    expect(requestedSettings(before, { ...before, charge_windows: [['02:00', '']] })).toBe(
      'Charge windows: a window needs both times, or none.',
    );
  });
});

describe('a change', () => {
  const step = (state: 'proposed' | 'asked' | 'refused' | 'done') => ({ state, at: '2026-11-26T22:00:00Z', note: '' });

  it('has steps made, one it is at, and those ahead', () => {
    const steps = progressOf({ state: 'asked', wish: 'hold', steps: [step('proposed'), step('asked')] });
    expect(steps.map(({ state, is }) => `${state} ${is}`)).toEqual([
      'proposed past',
      'asked current',
      'accepted ahead',
      'fetched ahead',
      'echoed ahead',
      'observed ahead',
      'done ahead',
    ]);
  });

  it('is not observed where no power follows from it', () => {
    const ahead = progressOf({ state: 'asked', wish: 'settings', steps: [step('proposed'), step('asked')] });
    expect(ahead.map(({ state }) => state)).not.toContain('observed');
  });

  it('has nothing ahead when it has ended', () => {
    const refused = progressOf({ state: 'refused', wish: 'hold', steps: [step('proposed'), step('refused')] });
    expect(refused.map(({ is }) => is)).toEqual(['past', 'failed']);
    expect(progressOf({ state: 'done', wish: 'hold', steps: [step('done')] }).map(({ is }) => is)).toEqual(['past']);
    expect((['echoed', 'done', 'undone', 'timed_out'] as const).map((state) => isUnderWay({ state }))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('can be undone once the battery was given it', () => {
    const written = ['2026-11-26T22:00:00Z'];
    expect(canBeUndone({ state: 'done', wish: 'hold', written })).toBe(true);
    expect(canBeUndone({ state: 'timed_out', wish: 'settings', written })).toBe(true);
    expect(canBeUndone({ state: 'undone', wish: 'hold', written })).toBe(false);
    expect(canBeUndone({ state: 'superseded', wish: 'hold', written })).toBe(false);
    expect(canBeUndone({ state: 'refused', wish: 'hold', written: [] })).toBe(false);
    // The verb would come back without an end.
    expect(canBeUndone({ state: 'done', wish: 'normal', written })).toBe(false);
    expect(canBeUndone({ state: 'done', wish: 'undo', written })).toBe(false);
  });

  it('is shown without what stays, and the other way round for its undo', () => {
    const changes = [
      { name: 'grid_charge', from: false, to: true },
      { name: 'charge_limit', from: 100, to: 100 },
      { name: 'charge_windows', from: [], to: [['02:00', '05:00']] },
    ];
    expect(realChanges(changes).map(({ name }) => name)).toEqual(['grid_charge', 'charge_windows']);
    expect(reversed(changes)[0]).toEqual({ name: 'grid_charge', from: true, to: false });
  });

  it('takes a write, a verb two, and what puts right none', () => {
    expect(writesOf({ verb: 'hold' })).toBe(2);
    expect(writesOf({ settings: { grid_charge: true } })).toBe(1);
    expect(writesOf({ verb: 'normal' })).toBe(0);
    expect(writesOf({ verb: 'hold', override: true })).toBe(0);
  });

  it('has a key of its own', () => {
    expect(newKey()).not.toBe(newKey());
  });
});
