/**
 * What an owner wants of a battery: taken, refused, made to wait, ended by itself, put right after whatever happened.
 */
import { describe, expect, it } from 'vitest';
import { ASK, ControlledHouse, GIVEN, POLICY, SERIAL, told } from '../../../test/controlled.ts';
import { frameByHand } from '../../../test/wire.ts';
import type { ControlWish } from '../../model.ts';
import { BatteryClock } from '../clock/clock.ts';
import { BatteryControl, type WishOptions } from './battery-control.ts';
import { Refusal } from './refusal.ts';

const AUTHOR = { kind: 'page', name: '' } as const;
const HOUR_MS = 3_600_000;
const HOLDS = { GridCharge: 'true', BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '15' };
const SERVER = { kind: 'server', name: 'end' };

function propose(house: ControlledHouse, wish: ControlWish, options: Partial<WishOptions> & { hours?: number } = {}) {
  const { hours = 2, ...more } = options;
  const untilMs = wish.kind === 'hold' || wish.kind === 'charge' ? house.talk.now.wallMs + hours * HOUR_MS : null;
  return house.control.propose(wish, { author: AUTHOR, untilMs, ...more }, house.talk.now);
}

function refusalOf(...args: Parameters<typeof propose>): string {
  const found = propose(...args);
  return found instanceof Refusal ? `${found.code}: ${found.detail}` : 'taken';
}

/** A hold that is done, until 14:04 of the battery’s clock. */
function holding(policy: Partial<typeof POLICY> = {}): ControlledHouse {
  const house = new ControlledHouse(policy);
  propose(house, { kind: 'hold' });
  expect(house.due()).toBe(true);
  house.obeys(told(HOLDS)).lives(220, 57.6);
  expect(house.change(1)).toMatchObject({ state: 'done', holds: true });
  return house;
}

const pass = (house: ControlledHouse, seconds: number) => house.waits(seconds);
const states = (house: ControlledHouse) => house.control.changes.all.map(({ state }) => state).join(' ');
const percent = (limit: string): ControlWish => ({ kind: 'settings', settings: { BatUseCap: limit } });

describe('a verb', () => {
  it('ends by itself, and all is as it was', () => {
    const house = holding();
    pass(house, 2 * 3600 - 221);
    expect(house.due()).toBe(false);
    pass(house, 1);
    expect(house.due()).toBe(true);
    expect(house.change(2)).toMatchObject({ wish: { kind: 'restore', of: null }, author: SERVER, isUnlimited: true });
    house.talk.quietly(() => house.talk.orderLeaves().battery(frameByHand(2, 8, house.answer())));
    // All but the settings of the hold is as the vendor gave it.
    house.talk
      .sends(3, ASK)
      .keeps({ type: 'control' })
      .server(frameByHand(2, 3, GIVEN))
      .nothing();
    house.tells(told());
    expect(states(house)).toBe('undone done');
    expect(house.control.changes.holding).toBeNull();
    expect(house.due()).toBe(false);
  });

  it('ends where its owner says so', () => {
    const house = holding();
    propose(house, { kind: 'restore', of: null });
    expect(house.due()).toBe(true);
    house.obeys(told());
    expect(states(house)).toBe('undone done');
    expect(house.control.changedElsewhere).toEqual([]);
    expect(house.change(2)).toMatchObject({ before: { BatHighCap: '57' }, after: { BatHighCap: '100' } });
  });

  it('that follows another ends as it was before the first', () => {
    const house = holding({ minIntervalMs: 0 });
    propose(house, { kind: 'charge', limit: 90 }, { hours: 1 });
    expect(house.due()).toBe(true);
    house.obeys(told({ ...HOLDS, BatHighCap: '90', TimeChaE1: '14' }));
    expect(states(house)).toBe('superseded echoed');
    expect(house.change(2)).toMatchObject({
      before: { BatHighCap: '57' },
      normal: { BatHighCap: '100', GridCharge: '0', TimeChaE1: '0' },
    });
    pass(house, 3600);
    expect(house.due()).toBe(true);
    expect(house.change(2).state).toBe('done');
    house.obeys(told());
    expect(states(house)).toBe('superseded undone done');
  });

  it('that changes nothing the battery has is not written, and holds on', () => {
    const house = holding({ minIntervalMs: 0 });
    propose(house, { kind: 'hold' }, { hours: 2.5 });
    expect(house.due()).toBe(true);
    expect(states(house)).toBe('superseded done');
    expect(house.change(2)).toMatchObject({ givenMs: [], holds: true, steps: [{}, { note: 'nothing to change' }] });
  });

  it('leaves alone what somebody else has set meanwhile, and says so', () => {
    const house = holding();
    expect(house.control.changedElsewhere).toEqual([]);
    house.tells(told({ ...HOLDS, BatHighCap: '80' }));
    expect(house.control.changedElsewhere).toEqual(['BatHighCap']);
    pass(house, 2 * 3600);
    expect(house.due()).toBe(true);
    house.obeys(told({ BatHighCap: '80' }));
    expect(house.change(2)).toMatchObject({ state: 'done', after: { GridCharge: '0', TimeChaF1: '0' } });
    expect(house.change(2).after).not.toHaveProperty('BatHighCap');
  });

  it('leaves alone a window that somebody else has moved, both its hours', () => {
    const house = holding();
    house.tells(told({ ...HOLDS, TimeChaE1: '16' }));
    expect(house.control.changedElsewhere).toEqual(['TimeChaF1', 'TimeChaE1']);
    pass(house, 2 * 3600);
    house.due();
    house.obeys(told({ TimeChaF1: '12', TimeChaE1: '16' }));
    expect(states(house)).toBe('undone done');
    expect(house.change(2).after).toEqual({ GridCharge: '0', BatHighCap: '100', TimeChaF2: '0', TimeChaE2: '0' });
  });

  it('of which the battery makes something else by itself is undone whole', () => {
    const house = new ControlledHouse();
    propose(house, { kind: 'hold' });
    house.due();
    house.obeys(told({ ...HOLDS, BatHighCap: '50' }));
    expect(house.change(1)).toMatchObject({ state: 'different', holds: true });
    expect(house.control.changedElsewhere).toEqual([]);
    pass(house, 2 * 3600);
    house.due();
    house.obeys(told());
    expect(states(house)).toBe('undone done');
    expect(house.change(2)).toMatchObject({ before: { BatHighCap: '50' }, after: { BatHighCap: '100' } });
  });

  it('that somebody else has ended needs no write', () => {
    const house = holding();
    house.tells(told());
    pass(house, 2 * 3600);
    house.due();
    expect(states(house)).toBe('undone done');
    expect(house.change(2).givenMs).toEqual([]);
  });

  it('of which nobody knows whether the battery has it is undone all the same', () => {
    const house = new ControlledHouse();
    propose(house, { kind: 'hold' });
    house.due();
    house.fetches();
    house.connectsAnew().reads(57.6);
    expect(house.change(1)).toMatchObject({ state: 'timed_out', holds: true });
    pass(house, 2 * 3600);
    house.reads(57.6);
    expect(house.due()).toBe(true);
    house.obeys(told());
    expect(states(house)).toBe('undone done');
    expect(house.change(2).givenMs).toHaveLength(1);
  });
});

it('what follows a lost answer keeps what the battery was given, not what it told before', () => {
  const house = holding({ minIntervalMs: 0 });
  propose(house, { kind: 'charge', limit: 90 }, { hours: 1 });
  house.due();
  house.fetches();
  house.connectsAnew().reads(57.6);
  propose(house, percent('20'));
  house.due();
  house.fetches();
  const given = house.change(3).frames.at(-1)?.bytes.reveal() ?? new Uint8Array(9);
  expect(JSON.parse(Buffer.from(given.subarray(7, -2)).toString())).toMatchObject({
    BatHighCap: '90.00',
    BatUseCap: '20.00',
    TimeChaE1: '14',
  });
});

describe('a verb whose battery’s clock is set', () => {
  /** At 12:07 by the battery's clock, until 14:04; then the clock is so many hours ahead of that. */
  function moved(hours: number, policy: Partial<typeof POLICY> = {}): ControlledHouse {
    const house = holding(policy);
    house.clockAhead += hours * 3600;
    return house.lives(60, 57.6);
  }

  it('is told to it in its hours of now, and ends when it was to end', () => {
    const house = moved(3);
    house.lives(300, 57.6);
    expect(house.due()).toBe(true);
    expect(house.change(2)).toMatchObject({
      ...{ wish: { kind: 'hold' }, author: { kind: 'server', name: 'clock' }, isUnlimited: false },
      ...{ untilMs: house.change(1).untilMs, steps: [{ note: 'the battery’s clock was set' }, {}] },
      after: { GridCharge: '1', BatHighCap: '57', TimeChaF1: '15', TimeChaE1: '18', TimeChaF2: '0', TimeChaE2: '0' },
    });
    house.obeys(told({ ...HOLDS, TimeChaF1: '15', TimeChaE1: '18' })).lives(220, 57.6);
    expect(states(house)).toBe('superseded done');
    expect(house.due()).toBe(false);
    pass(house, 2 * 3600);
    expect(house.due()).toBe(true);
    expect(house.change(3)).toMatchObject({ author: SERVER, after: { BatHighCap: '100', TimeChaF1: '0' } });
    house.obeys(told());
    expect(states(house)).toBe('superseded undone done');
  });

  it('is left alone where its windows cover the rest all the same', () => {
    const house = moved(0.5);
    house.lives(300, 57.6);
    expect(house.due()).toBe(false);
    expect(states(house)).toBe('done');
  });

  it('waits for the interval, and is not written where the clock was set back before that', () => {
    const house = moved(3);
    expect(house.due()).toBe(false);
    expect(states(house)).toBe('done proposed');
    house.clockAhead -= 3 * 3600;
    // A clock that goes back is believed after half an hour.
    house.lives(40 * 60, 57.6);
    house.control.changes.put({ ...house.change(2), state: 'proposed' });
    expect(house.due()).toBe(true);
    expect(house.change(2)).toMatchObject({ state: 'done', holds: true, givenMs: [], after: { TimeChaF1: '12' } });
  });

  it('is not told where nothing is left of the day’s writes', () => {
    const house = moved(3, { writesPerDay: 2 });
    house.lives(300, 57.6);
    expect(house.due()).toBe(false);
    expect(states(house)).toBe('done');
  });

  it('is not told where somebody else has set it otherwise, nor where nobody knows what the battery has', () => {
    const house = moved(3);
    house.tells(told({ ...HOLDS, TimeChaE1: '16' }));
    house.lives(300, 57.6);
    expect(house.due()).toBe(false);
    house.tells(told(HOLDS));
    house.control.settings.isCertain = false;
    expect(house.due()).toBe(false);
    house.control.settings.isCertain = true;
    house.battery.clockStands = true;
    expect(house.due()).toBe(false);
    house.control.changes.put({ ...house.change(1), state: 'different' });
    house.battery.clockStands = false;
    expect(house.due()).toBe(false);
    house.control.changes.put({ ...house.change(1), state: 'done' });
    expect(house.due()).toBe(true);
  });

  it('is told although a wish came between, that was too late', () => {
    const house = moved(3);
    expect(house.due()).toBe(false);
    propose(house, { kind: 'hold' }, { hours: 0.02 });
    expect(states(house)).toBe('done superseded proposed');
    house.lives(300, 57.6);
    expect(house.due()).toBe(true);
    expect(states(house)).toBe('done superseded timed_out asked');
    expect(house.change(4)).toMatchObject({ author: { name: 'clock' }, untilMs: house.change(1).untilMs });
  });

  it('is told once, and what failed is not tried again', () => {
    const house = moved(3);
    house.lives(300, 57.6);
    house.due();
    house.talk.quietly(() => house.talk.orderLeaves().battery(frameByHand(2, 8, house.answer('Fail'))));
    house.lives(600, 57.6);
    expect(house.due()).toBe(false);
    expect(states(house)).toBe('done refused');
  });
});

describe('putting right', () => {
  it('waits for the battery, however long it is away', () => {
    const house = holding();
    const later = { wallMs: house.talk.now.wallMs + 50 * HOUR_MS, monoMs: house.talk.now.monoMs + 50 * HOUR_MS };
    expect(house.control.due(later, false)).toBeNull();
    expect(house.change(2).state).toBe('proposed');
    expect(house.control.due(later, true)).not.toBeNull();
  });

  it('is tried again after a minute, five, fifteen, an hour, and at once when the battery connects anew', () => {
    const house = holding();
    pass(house, 2 * 3600);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      let waited = 0;
      for (; !house.due() && waited < 7200; waited += 60) pass(house, 60);
      waits.push(waited);
      house.talk.quietly(() => house.talk.orderLeaves().battery(frameByHand(2, 8, house.answer('Fail'))));
      expect(house.change(2).state).toBe('proposed');
    }
    expect(waits).toEqual([0, 60, 300, 900, 3600, 3600]);
    expect(house.due()).toBe(false);
    house.connectsAnew().reads(57.6);
    expect(house.due()).toBe(true);
  });

  it('writes three times where the battery tells otherwise, and no more until its owner says so', () => {
    const house = holding();
    pass(house, 2 * 3600);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(house.due()).toBe(true);
      house.obeys(told({ BatHighCap: '90' }));
      pass(house, 3600);
      house.reads(57.6);
    }
    expect(house.change(2)).toMatchObject({ state: 'different' });
    expect(house.change(2).givenMs).toHaveLength(3);
    expect(house.due()).toBe(false);
    expect(house.change(1).holds).toBe(true);
    propose(house, { kind: 'restore', of: null });
    house.due();
    expect(house.change(3).state).not.toBe('proposed');
  });

  it('leaves alone what somebody else has set, although its own answer was lost', () => {
    const house = holding();
    house.tells(told({ ...HOLDS, TimeChaF1: '2', TimeChaE1: '7' }));
    house.talk.quietly(() => house.talk.after(1));
    propose(house, { kind: 'restore', of: null });
    house.due();
    house.fetches();
    house.connectsAnew().reads(57.6);
    expect(house.change(2)).toMatchObject({ state: 'proposed', givenMs: [expect.any(Number)] });
    // Meanwhile the limit, too.
    house.tells(told({ GridCharge: 'true', BatHighCap: '80', TimeChaF1: '2', TimeChaE1: '7' }));
    expect(house.due()).toBe(true);
    expect(house.change(2).after).toEqual({ GridCharge: '0', TimeChaF2: '0', TimeChaE2: '0' });
    house.obeys(told({ BatHighCap: '80', TimeChaF1: '2', TimeChaE1: '7' }));
    expect(states(house)).toBe('undone done');
  });

  it('is not limited by budget nor interval', () => {
    const house = holding({ writesPerDay: 2 });
    expect(house.control.writesLeft(house.talk.now)).toBe(0);
    expect(refusalOf(house, { kind: 'charge', limit: 90 })).toBe(
      'CONTROL_BUDGET_SPENT: 0 writes are left today, and this takes 2',
    );
    propose(house, { kind: 'restore', of: null });
    expect(house.due()).toBe(true);
  });

  it('of nothing is done at once', () => {
    const house = new ControlledHouse();
    propose(house, { kind: 'restore', of: null });
    house.due();
    expect(house.steps()).toBe('proposed done');
    expect(refusalOf(house, { kind: 'restore', of: 9 })).toBe('CONTROL_REFUSED: there is no change 9');
  });

  it('of an earlier change brings back what that changed, as far as it is still so', () => {
    const house = new ControlledHouse({ minIntervalMs: 0 });
    propose(house, { kind: 'settings', settings: { BatUseCap: '20', BatHighCap: '90' } });
    house.due();
    house.obeys(told({ BatUseCap: '20', BatHighCap: '90' }));
    expect(house.steps()).toBe('proposed asked accepted fetched echoed done');
    house.tells(told({ BatUseCap: '20', BatHighCap: '80' }));
    propose(house, { kind: 'restore', of: 1 });
    house.due();
    house.obeys(told({ BatHighCap: '80' }));
    expect(states(house)).toBe('undone done');
    expect(house.change(2)).toMatchObject({ before: { BatUseCap: '20' }, after: { BatUseCap: '13' } });
  });
});

describe('wishes', () => {
  it('wait for the interval, and of those that wait the newest wins', () => {
    const house = holding();
    propose(house, percent('20'));
    propose(house, percent('30'));
    expect(states(house)).toBe('done superseded proposed');
    expect(house.due()).toBe(false);
    pass(house, 80);
    expect(house.due()).toBe(true);
    expect(house.change(3)).toMatchObject({ state: 'asked', after: { BatUseCap: '30' } });
  });

  it('that are their owner’s override wait for nothing', () => {
    const house = holding({ writesPerDay: 2 });
    expect(refusalOf(house, percent('20'), { isOverride: true })).toBe('taken');
    expect(house.due()).toBe(true);
    house.obeys(told({ ...HOLDS, BatUseCap: '20' }));
    expect(house.control.writesLeft(house.talk.now)).toBe(0);
  });

  it('that wait are superseded by putting right, which no wish supersedes', () => {
    const house = holding();
    propose(house, percent('20'));
    propose(house, { kind: 'restore', of: null });
    propose(house, percent('30'));
    expect(states(house)).toBe('done superseded proposed proposed');
    expect(house.due()).toBe(true);
    expect(house.change(3).state).toBe('asked');
  });

  it('that came too late are dropped', () => {
    const house = new ControlledHouse();
    propose(house, { kind: 'hold' }, { hours: 0.5 });
    pass(house, 1800);
    expect(house.due()).toBe(false);
    expect(house.change().steps.at(-1)).toMatchObject({ state: 'timed_out', note: 'its end came first' });
    house.reads(57.6);
    propose(house, percent('20'));
    const later = { wallMs: house.talk.now.wallMs + 1.1 * HOUR_MS, monoMs: house.talk.now.monoMs };
    house.control.due(later, false);
    expect(house.change().steps.at(-1)).toMatchObject({
      state: 'timed_out',
      note: 'the battery was away for too long',
    });
    propose(house, percent('20'), { isOverride: true });
    house.control.due({ ...later, wallMs: later.wallMs + 1.1 * HOUR_MS }, false);
    expect(house.change().state).toBe('timed_out');
  });

  it('that are repeated under one key are one', () => {
    const house = new ControlledHouse();
    const first = propose(house, percent('20'), { key: 'a' });
    expect(propose(house, percent('30'), { key: 'a' })).toBe(first);
    expect(propose(house, percent('30'), { key: 'b' })).not.toBe(first);
  });

  it('that may no more when their turn comes are refused', () => {
    const house = new ControlledHouse();
    propose(house, { kind: 'charge', limit: 80 });
    house.reads(85);
    expect(house.due()).toBe(true);
    expect(house.change().steps.at(-1)).toMatchObject({
      state: 'refused',
      note: expect.stringContaining('that is a hold'),
    });
  });

  it('of which nothing can be made when their turn comes are refused', () => {
    const house = new ControlledHouse();
    propose(house, percent('20'));
    house.vendorGave(null, 0);
    house.due();
    expect(house.change().steps.at(-1)).toMatchObject({
      state: 'refused',
      note: expect.stringContaining('no configuration of the vendor’s'),
    });
  });

  it('for what the battery has already are done at once', () => {
    const house = new ControlledHouse();
    propose(house, percent('13'));
    house.due();
    expect(house.change()).toMatchObject({ state: 'done', holds: false, givenMs: [] });
  });

  it('for what a verb has are refused until its end', () => {
    const house = holding();
    expect(refusalOf(house, { kind: 'settings', settings: { BatHighCap: '80' } })).toBe(
      'CONTROL_REFUSED: charge_limit: a hold has it until its end; end that first, with normal',
    );
    expect(refusalOf(house, percent('5'))).toBe('CONTROL_REFUSED: lowest_charge: 5 % is below 10 %');
  });

  it('are counted by the day, a verb twice, what waits too', () => {
    const house = new ControlledHouse();
    const left = () => house.control.writesLeft(house.talk.now);
    propose(house, percent('20'));
    expect(left()).toBe(9);
    propose(house, { kind: 'hold' });
    expect(left()).toBe(8);
    house.due();
    house.obeys(told(HOLDS));
    expect(left()).toBe(8);
    pass(house, 24 * 3600);
    expect(left()).toBe(10);
  });
});

describe('where control is off', () => {
  it('no writes are left', () => {
    const house = new ControlledHouse();
    expect(new BatteryControl(house.battery).writesLeft(house.talk.now)).toBe(0);
  });
});

describe('without what is needed', () => {
  it('does not know the hour of a clock that was never heard', () => {
    const house = new ControlledHouse();
    const unheard = { ...house.battery, clock: new BatteryClock() };
    const control = new BatteryControl(unheard, POLICY);
    control.settings.report(told(), house.talk.now);
    expect(control.settings.situation(house.talk.now, false)).toMatchObject({ aheadSeconds: null });
  });

  it('is unavailable, and says how to get it', () => {
    const house = new ControlledHouse({}, null);
    expect(refusalOf(house, percent('20'))).toContain(
      'CONTROL_UNAVAILABLE: no configuration of the vendor’s is known of this battery',
    );
    expect(refusalOf(house, percent('20'), { isConfirmed: true })).toContain('CONTROL_UNAVAILABLE');
    const untold = new BatteryControl(house.battery, POLICY);
    expect(untold.settings.situation(house.talk.now, false)).toMatchObject({
      code: 'CONTROL_UNAVAILABLE',
      detail: expect.stringContaining('has not told'),
    });
    expect([untold.settings.reported, untold.settings.doubt]).toEqual([null, null]);
    untold.settings.report('', house.talk.now);
    expect(untold.settings.reported).toBeNull();
  });

  it('sends what both messages have, where its owner wants that knowingly', () => {
    const house = new ControlledHouse({ experiments: true }, null);
    expect(refusalOf(house, percent('20'))).toContain('CONTROL_UNAVAILABLE');
    expect(refusalOf(house, percent('20'), { isConfirmed: true })).toBe('taken');
    house.due();
    house.talk.quietly(() => house.talk.orderLeaves().battery(frameByHand(2, 8, house.answer())));
    house.talk
      .sends(3, ASK)
      .keeps({ type: 'control' })
      .server(
        frameByHand(
          2,
          3,
          `{"Status":"Success","SN":"${SERIAL}","Address":"1 Invented Street","GridCharge":"false","CtrDis":"false",` +
            '"TimeChaF1":"0","TimeChaE1":"0","TimeChaF2":"0","TimeChaE2":"0","TimeDisF1":"0","TimeDisE1":"0","TimeDisF2":"0","TimeDisE2":"0",' +
            '"BatHighCap":"100","BatUseCap":"20","EmsLanguage":"0","Safe":"2"}',
        ),
      )
      .nothing();
    house.tells(told({ BatUseCap: '20' }));
    expect(house.change().state).toBe('done');
  });

  it('is doubted where something else was changed elsewhere, and taken where its owner confirms', () => {
    const house = new ControlledHouse();
    house.tells(told({ Safe: '3', BatUseCap: '20' }));
    expect(refusalOf(house, percent('30'))).toBe(
      'CONTROL_UNCONFIRMED: something else was changed elsewhere since: Safe',
    );
    expect(refusalOf(house, percent('30'), { isConfirmed: true })).toBe('taken');
  });

  it('is doubted where it is old and the battery was away, until that tells its settings', () => {
    const house = new ControlledHouse();
    pass(house, 25 * 3600);
    house.connectsAnew().reads(57.6);
    expect(refusalOf(house, percent('30'))).toContain(
      'CONTROL_UNCONFIRMED: the configuration that is known is older than a day',
    );
    house.tells(told());
    expect(refusalOf(house, percent('30'))).toBe('taken');
  });

  it('is unreadable where the vendor gave what is no configuration', () => {
    const house = new ControlledHouse({}, 'nothing');
    expect(refusalOf(house, percent('30'))).toContain('CONTROL_UNAVAILABLE');
    expect(house.control.settings.doubt).toBeNull();
  });

  it('does not know the charge of long ago, nor the hour of a clock that stands', () => {
    const house = new ControlledHouse();
    house.battery.clockStands = true;
    expect(refusalOf(house, { kind: 'hold' })).toBe('CONTROL_REFUSED: hold: the battery’s clock is not known yet');
    house.talk.quietly(() => house.talk.after(301));
    expect(refusalOf(house, { kind: 'hold' })).toBe('CONTROL_REFUSED: hold: the battery has not told its charge yet');
    house.battery.live = null;
    expect(refusalOf(house, { kind: 'hold' })).toContain('has not told its charge');
  });
});

describe('where control is switched off', () => {
  const OFF = { ...POLICY, isEnabled: false };

  /** A battery that was held, whose server has begun anew without control. */
  function off(before: ControlledHouse): BatteryControl {
    const reported = { text: told(HOLDS), receivedMs: before.talk.now.wallMs };
    return new BatteryControl(before.battery, OFF, before.control.changes.all, reported);
  }

  it('what holds is undone at once, and what waited is not done any more', () => {
    const house = holding();
    propose(house, { kind: 'charge', limit: 90 });
    const control = off(house);
    const conversation = control.due(house.talk.now, true);
    expect(control.changes.all.map(({ wish: { kind }, state }) => `${kind} ${state}`)).toEqual([
      'hold done',
      'charge refused',
      'restore proposed',
    ]);
    expect(control.changes.of(2)?.steps.at(-1)?.note).toBe('control was switched off');
    expect(conversation).not.toBeNull();
    expect(control.verb.held(house.talk.now)).toEqual({});
  });

  it('a verb is not told anew to a clock that was set', () => {
    const house = holding();
    const control = off(house);
    control.due(house.talk.now, true);
    control.changes.step(2, 'different', house.talk.now.wallMs);
    Object.assign(house.battery.clock.epoch ?? {}, { offsetSeconds: 10 * 3600 });
    expect(control.due(house.talk.now, true)).toBeNull();
    expect(control.changes.all).toHaveLength(2);
  });
});

describe('after a restart', () => {
  /** The same battery, as another process knows it. */
  function again(house: ControlledHouse): BatteryControl {
    const reported = { text: told(HOLDS), receivedMs: house.talk.now.wallMs };
    return new BatteryControl(house.battery, POLICY, house.control.changes.all, reported);
  }

  it('a verb ends in its time', () => {
    const house = holding();
    const control = again(house);
    const later = { wallMs: house.talk.now.wallMs + 2 * HOUR_MS, monoMs: 0 };
    expect(control.due(house.talk.now, true)).toBeNull();
    expect(control.due(later, true)).not.toBeNull();
    expect(control.changes.all.at(-1)).toMatchObject({ number: 2, wish: { kind: 'restore' } });
  });

  it.each([
    ['proposed', 0, 'proposed', false],
    ['asked', 1, 'timed_out', false],
    ['accepted', 2, 'timed_out', false],
    ['fetched', 3, 'timed_out', true],
    ['echoed', 4, 'done', true],
  ])('what was %s then', (state, steps, expected, holds) => {
    const house = new ControlledHouse();
    propose(house, { kind: 'hold' });
    if (steps > 0) house.due();
    house.talk.quietly(() => {
      house.talk.orderLeaves();
      if (steps > 1) house.talk.battery(frameByHand(2, 8, house.answer()));
      if (steps > 2) house.talk.sends(3, ASK);
      if (steps > 3) house.talk.sends(4, told(HOLDS));
    });
    expect(house.change().state).toBe(state);
    expect(again(house).changes.of(1)).toMatchObject({ state: expected, holds });
  });

  it('nothing is known to be somebody else’s before the battery has told', () => {
    const house = holding();
    const control = new BatteryControl(house.battery, POLICY, house.control.changes.all);
    expect(control.changedElsewhere).toEqual([]);
    expect(control.textsOf({ kind: 'restore', of: null }, null, true, house.talk.now)).toMatchObject({
      BatHighCap: '100',
    });
  });

  it('what puts right goes on', () => {
    const house = holding();
    propose(house, { kind: 'restore', of: null });
    house.due();
    const control = again(house);
    expect(control.changes.of(2)?.state).toBe('proposed');
    expect(control.due(house.talk.now, true)).not.toBeNull();
  });

  it('what it was given last is the base of what follows, where the vendor gave nothing since', () => {
    const house = holding();
    house.vendorGave(null, 0);
    const control = again(house);
    const situation = control.settings.situation(house.talk.now, true);
    expect(situation instanceof Refusal ? situation : situation.present.get('VPPMode')).toBe('0');
    house.vendorGave('{"Status":"Success","VPPMode":"5"}', house.talk.now.wallMs);
    const newer = control.settings.situation(house.talk.now, true);
    expect(newer instanceof Refusal ? newer : newer.present.get('VPPMode')).toBe('5');
  });
});
