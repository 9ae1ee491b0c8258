/**
 * What goes wrong where a battery is to be set otherwise meets the whole conversation, through a real session: each ends in a state that says what happened,
 * in its time, nothing is asked twice, and in the end the battery is as it was before.
 */
import { describe, expect, it } from 'vitest';
import { Refusal } from '../src/session/control/refusal.ts';
import { SETTING_FAULT_NAMES, type SettingFaultName } from '../src/simulator/setting-faults.ts';
import { SimulatedControl } from './simulated-control.ts';

const KEYS = ['GridCharge', 'BatHighCap', 'TimeChaF1', 'TimeChaE1', 'TimeChaF2', 'TimeChaE2', 'BatUseCap', 'Safe'];
const BEFORE = 'false 100 0 0 0 0 13 2';
/** At 20:01 of the house with 26 %, for half an hour. */
const HELD = 'true 26 20 21 0 0 13 2';
const HOLD_MINUTES = 30;
const LOGGED_OUT = 'the connection ended';
/** 30 s for the power to follow, three minutes to look at it, and the conversation itself. */
const OBSERVED = 215;

interface Ending {
  readonly states: string;
  readonly note: string | RegExp;
  /** It has come so far by then, s. */
  readonly within: number;
  readonly isObeyed: boolean | null;
  /** How the battery is set a minute before the end of the hold. */
  readonly set: string;
  /** How often it was given a configuration for the hold, and for its end; null where nothing is to be undone. */
  readonly given: readonly [hold: number, end: number | null];
}

const CONVERSATION = 'proposed asked accepted fetched';
const SEEN = { within: OBSERVED, isObeyed: true, set: HELD } as const;

const ENDINGS: Readonly<Record<Exclude<SettingFaultName, 'minute-keys'> | 'none', Ending>> = {
  none: { states: `${CONVERSATION} echoed observed done`, note: '', ...SEEN, given: [1, 1] },
  'asks-twice': { states: `${CONVERSATION} fetched echoed observed done`, note: '', ...SEEN, given: [2, 2] },
  'clock-off': {
    ...{ states: `${CONVERSATION} echoed observed done`, note: '', ...SEEN, given: [1, 1] },
    // Its clock shows 20:40: half an hour is until 21:10.
    set: 'true 26 20 22 0 0 13 2',
  },
  'refuses-settings': {
    ...{ states: 'proposed asked refused', note: 'the battery answered that it will not' },
    ...{ within: 5, isObeyed: null, set: BEFORE, given: [0, null] },
  },
  'never-asks': {
    ...{ states: 'proposed asked accepted timed_out', note: /did not ask for its configuration$/ },
    ...{ within: 65, isObeyed: null, set: BEFORE, given: [0, null] },
  },
  'ignores-settings': {
    ...{ states: `${CONVERSATION} different`, note: /GridCharge is false, not true, .*BatHighCap is 100, not 26/ },
    ...{ within: 5, isObeyed: null, set: BEFORE, given: [1, 0] },
  },
  'other-echo': {
    ...{ states: `${CONVERSATION} different`, note: /: BatHighCap is 16, not 26(?:\.00)?$/ },
    ...{ within: 5, isObeyed: null, set: HELD.replace('26', '16'), given: [1, 3] },
  },
  'idle-settings': {
    ...{ states: `${CONVERSATION} echoed different`, note: /^it says that it does, but .* discharged with \d{3,} W$/ },
    ...{ within: OBSERVED, isObeyed: false, set: HELD, given: [1, 1] },
  },
  'forgets-settings': {
    ...{ states: `${CONVERSATION} echoed different`, note: /^it says that it does, but .* discharged with \d{3,} W$/ },
    ...{ within: OBSERVED, isObeyed: false, set: BEFORE, given: [1, 1] },
  },
  'drops-at-order': {
    ...{ states: 'proposed asked timed_out', note: `the battery did not answer: ${LOGGED_OUT}` },
    ...{ within: 5, isObeyed: null, set: BEFORE, given: [0, null] },
  },
  'drops-at-answer': {
    ...{
      states: 'proposed asked accepted timed_out',
      note: /did not ask for its configuration: the connection ended$/,
    },
    ...{ within: 5, isObeyed: null, set: BEFORE, given: [0, null] },
  },
  'drops-at-question': {
    ...{ states: `${CONVERSATION} timed_out`, note: /did not tell what it has now: the connection ended$/ },
    // It was given what it asked for, and was gone: whether it has it nobody knows, so that it is undone.
    ...{ within: 5, isObeyed: null, set: BEFORE, given: [1, 1] },
  },
  'drops-at-configuration': {
    ...{ states: `${CONVERSATION} timed_out`, note: /did not tell what it has now: the connection ended$/ },
    ...{ within: 5, isObeyed: null, set: HELD, given: [1, 1] },
  },
  'drops-at-echo': {
    ...{ states: `${CONVERSATION} echoed done`, note: 'not observable: the connection ended' },
    ...{ within: 5, isObeyed: null, set: HELD, given: [1, 1] },
  },
};

const setting = (one: SimulatedControl) => KEYS.map((key) => one.battery.setting(key)).join(' ');

describe('a hold of a battery', () => {
  it('is tried with every fault of settings', () => {
    expect([...Object.keys(ENDINGS), 'minute-keys'].sort()).toEqual(['none', ...SETTING_FAULT_NAMES].sort());
  });

  it.each(Object.entries(ENDINGS))('with the fault %s', (fault, ending) => {
    const one = new SimulatedControl(...(fault === 'none' ? [] : [fault as SettingFaultName])).acquainted();
    const startMs = one.now.wallMs;
    expect(setting(one)).toBe(BEFORE);
    one.propose({ kind: 'hold' }, HOLD_MINUTES);
    one.passes(HOLD_MINUTES * 60 - 60);
    const { steps, isObeyed, givenMs, holds } = one.change(1);
    const last = steps.at(-1);
    expect(steps.map(({ state }) => state).join(' ')).toBe(ending.states);
    if (typeof ending.note === 'string') expect(last?.note).toBe(ending.note);
    else expect(last?.note).toMatch(ending.note);
    expect(((last?.atMs ?? 0) - startMs) / 1000).toBeLessThan(ending.within);
    const [given, atEnd] = ending.given;
    expect({ isObeyed, holds, given: givenMs.length, set: setting(one) }).toEqual({
      ...{ isObeyed: ending.isObeyed, holds: atEnd !== null, given, set: ending.set },
    });
    expect(one.ordered, 'nothing is repeated').toHaveLength(1);

    one.passes(3600);
    // One that takes 10 % less each time cannot be put right: it is written three times, and said.
    const isSpoilt = fault === 'other-echo';
    expect(setting(one)).toBe(isSpoilt ? BEFORE.replace('100', '90') : BEFORE);
    expect(one.change(1).holds).toBe(isSpoilt);
    if (atEnd === null) expect(one.changes).toHaveLength(1);
    else
      expect(one.change(2)).toMatchObject({
        state: isSpoilt ? 'different' : 'done',
        after: isSpoilt ? { BatHighCap: '100' } : {},
      });
    expect(atEnd === null ? null : one.change(2).givenMs.length).toBe(atEnd);
    const asked = atEnd === null || atEnd === 0 ? 1 : isSpoilt ? 4 : 2;
    expect(one.ordered).toHaveLength(asked);
    // The end of the hold is asked for at its minute.
    if (asked > 1) expect(((one.ordered[1] ?? 0) - startMs) / 1000).toBeLessThanOrEqual(HOLD_MINUTES * 60 + 1);
  });

  it('that has minutes in its windows is refused, and its other settings are not', () => {
    const one = new SimulatedControl('minute-keys').acquainted();
    expect(one.propose({ kind: 'hold' }, HOLD_MINUTES)).toMatchObject({
      code: 'CONTROL_REFUSED',
      detail: expect.stringContaining('windows: this battery has minutes in its windows (TimeChaFM1 …)'),
    });
    const taken = one.propose({ kind: 'settings', settings: { BatUseCap: '20' } }, null);
    expect(taken).not.toBeInstanceOf(Refusal);
    one.passes(10);
    expect(one.change(1).state).toBe('done');
    expect(setting(one)).toBe(BEFORE.replace('13', '20'));
  });

  it('is under way for no longer than a minute a step, wherever its battery falls silent', () => {
    const one = new SimulatedControl('never-asks').acquainted();
    one.propose({ kind: 'hold' }, HOLD_MINUTES);
    one.passes(55);
    expect(one.change(1).state).toBe('accepted');
    // A second wish waits until the first has ended, and is asked once then.
    one.propose({ kind: 'restore', of: null }, null);
    one.passes(60);
    expect(one.changes.map(({ state }) => state)).toEqual(['timed_out', 'done']);
    expect(one.ordered).toHaveLength(1);
  });
});
