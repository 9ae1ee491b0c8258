/**
 * A verb of the owner's and the vendor's configuration: conversations of three. Until the verb ends, what it holds stays; then it is as the vendor wants it.
 */
import { describe, expect, it } from 'vitest';
import { Private } from '../src/model.ts';
import { BatteryControl } from '../src/session/control/battery-control.ts';
import { VendorMemory } from '../src/session/relay/vendor-memory.ts';
import { ASK, ControlledHouse, GIVEN, POLICY, told } from './controlled.ts';
import { NOON } from './dialogue.ts';
import { EVERYTHING } from './relayed.ts';
import { frameByHand } from './wire.ts';

const HOUR_MS = 3_600_000;
const SET_CONFIG = '{"Command":"SetConfig","CmdIndex":"54321"}';
const SUCCESS = '{"Status":"Success"}';
const ANSWER = '{"Command":"SetConfig","CmdIndex":"54321","Status":"Success"}';
/** What a hold at 57.6 % makes of the settings, from 11:04 UTC to 13:04, one hour more by the battery's clock: in whole hours 12 to 15. */
const HOLDS = { GridCharge: 'true', BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '15' };
const POSTPONED = 'a hold has them until it ends';

/** The vendor's configuration, written by hand: `charge` whether from the grid, its limit, its first window, the lowest charge, the grid code. */
function configuration(charge: string, limit: string, from: string, end: string, lowest: string, safe = '2'): string {
  return (
    '{"Status":"Success","SN":"AL2002021010101","Address":"1 Invented Street",' +
    `"GridCharge":${charge},"BatHighCap":"${limit}","BatUseCap":"${lowest}","CtrDis":false,` +
    `"GridChargeWE":false,"BatHighCapWE":"0.00","Safe":"${safe}","VPPMode":"0","CheckTime":"2024-06-11 11:17:53",` +
    `"TimeChaF1":"${from}","TimeChaE1":"${end}","TimeChaF2":"0","TimeChaE2":"0",` +
    '"TimeDisF1":"0","TimeDisE1":"0","TimeDisF2":"0","TimeDisE2":"0","EmsLanguage":0,"ChargeWeekend":"0"}'
  );
}

/** A battery that is controlled and relayed, with nothing going on. */
function relayed(experiments = false): ControlledHouse {
  const house = new ControlledHouse({ minIntervalMs: 0, experiments }, GIVEN, EVERYTHING);
  const body = new Private(new TextEncoder().encode(GIVEN));
  const one = { receivedMs: NOON.wallMs - 60_000, source: 'relay', body, isConfirmed: false } as const;
  const vendor = new VendorMemory({ configurations: { newest: one, passed: one }, reported: null });
  Object.assign(house.battery, { vendor });
  return house.tells(told());
}

/** For two hours. */
function hold(house: ControlledHouse, isConfirmed = false): void {
  const untilMs = house.talk.now.wallMs + 2 * HOUR_MS;
  house.control.propose({ kind: 'hold' }, { author: { kind: 'page', name: '' }, untilMs, isConfirmed }, house.talk.now);
}

/** … with a hold, that is done. */
function holding(house = relayed()): ControlledHouse {
  hold(house);
  expect(house.due()).toBe(true);
  house.obeys(told(HOLDS)).lives(220);
  expect(house.change(1)).toMatchObject({ state: 'done', holds: true });
  return house;
}

/** The vendor wants its configuration fetched, and gives it. */
function vendorGives(house: ControlledHouse, body: string): ControlledHouse {
  house.talk
    .vendor(1, 8, SET_CONFIG)
    .upstream(frameByHand(1, 3, ASK))
    .nothing()
    .vendor(2, 3, body);
  return house;
}

/** The order has left: the battery fetches, and is given just that. */
function fetches(house: ControlledHouse, given: string, now: string): ControlledHouse {
  house.talk
    .orders(SET_CONFIG)
    .orderLeaves()
    .battery(frameByHand(2, 8, ANSWER))
    .server(frameByHand(2, 0, SUCCESS))
    .upstream(frameByHand(2, 8, ANSWER))
    .sends(3, ASK)
    .server(frameByHand(2, 3, given))
    .nothing()
    .sends(4, now)
    .keeps({ type: 'configuration' })
    .keeps({ name: 'vendor_settings_applied' })
    .success(4)
    .upstream(frameByHand(1, 4, now))
    .nothing();
  return house;
}

/** The hold ends: the battery is given just that. */
function ends(house: ControlledHouse, given: string, seconds = 2 * 3600 - 220): ControlledHouse {
  house.waits(seconds);
  expect(house.due()).toBe(true);
  house.talk.quietly(() => house.talk.orderLeaves().battery(frameByHand(2, 8, house.answer())));
  house.talk
    .sends(3, ASK)
    .keeps({ type: 'control' })
    .server(frameByHand(2, 3, given))
    .nothing();
  return house;
}

describe('the vendor changes settings while a hold is active', () => {
  it('and those that it holds stay, the others pass; afterwards they are as the vendor wants them', () => {
    const house = vendorGives(holding(), configuration('false', '90.00', '0', '0', '20.00'));
    house.talk
      .keeps({ type: 'control' })
      .reports('VENDOR_SETTINGS_POSTPONED', `GridCharge, BatHighCap, TimeChaF1, TimeChaE1: ${POSTPONED}`)
      .keeps({ name: 'vendor_settings_postponed' })
      .keeps({ name: 'vendor_settings_passed', text: 'BatUseCap' });
    fetches(house, configuration('true', '57.00', '12', '15', '20.00'), told({ ...HOLDS, BatUseCap: '20' }));
    expect(house.change(1)).toMatchObject({
      holds: true,
      vendorWants: { GridCharge: '0', BatHighCap: '90', TimeChaF1: '0', TimeChaE1: '0' },
    });
    expect(house.control.changedElsewhere).toEqual(['BatUseCap']);
    ends(house, configuration('false', '90.00', '0', '0', '20.00'));
    house.tells(told({ BatHighCap: '90', BatUseCap: '20' }));
    expect(house.control.changes.all.map(({ state }) => state)).toEqual(['undone', 'done']);
    expect(house.control.changedElsewhere).toEqual([]);
  });

  it('and what it wants is known, and comes at the end, also where another verb follows', () => {
    const house = vendorGives(holding(), configuration('false', '90.00', '0', '0', '13.00'));
    house.talk.quietly(() => house.talk.after(1));
    const untilMs = NOON.wallMs + 2 * HOUR_MS;
    const author = { kind: 'page', name: '' } as const;
    house.control.propose({ kind: 'charge', limit: 80 }, { author, untilMs }, house.talk.now);
    expect(house.due()).toBe(true);
    house.obeys(told({ ...HOLDS, BatHighCap: '80' })).lives(220, 60, -2000);
    expect(house.change(2)).toMatchObject({
      holds: true,
      vendorWants: { GridCharge: '0', BatHighCap: '90', TimeChaF1: '0', TimeChaE1: '0' },
    });
    ends(house, configuration('false', '90.00', '0', '0', '13.00'), 2 * 3600 - 440);
  });

  it('and nothing goes to the battery where all that differs is held; it is said once', () => {
    const wanted = configuration('false', '90.00', '0', '0', '13.00');
    const house = vendorGives(holding(), wanted);
    house.talk
      .keeps({ type: 'control' })
      .reports('VENDOR_SETTINGS_POSTPONED')
      .keeps({ name: 'vendor_settings_postponed' })
      .keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing();
    vendorGives(house, wanted)
      .talk.keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing();
    ends(house, configuration('false', '90.00', '0', '0', '13.00'));
  });

  it('and what it has heard of the hold is no wish: all is as it was before', () => {
    const house = vendorGives(holding(), configuration('true', '57.00', '12', '15', '13.00'));
    house.talk
      .keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing();
    expect(house.change(1).vendorWants).toBeUndefined();
    ends(house, GIVEN);
  });

  it.each([
    ['the grid code', configuration('false', '90.00', '0', '0', '13.00', '0'), 'Safe'],
    [
      'what it leaves out',
      configuration('true', '57.00', '12', '15', '13.00').replace('"BatHighCap":"57.00",', ''),
      'BatHighCap',
    ],
    ['a limit that none can be', configuration('true', '135', '12', '15', '13.00'), 'BatHighCap'],
    ['a lowest charge above the limit of the hold', configuration('false', '90.00', '0', '0', '60.00'), 'BatUseCap'],
  ])('and all of it is held where it would change %s', (_what, body, keys) => {
    const house = vendorGives(holding(), body);
    house.talk
      .reports('VENDOR_SETTINGS_HELD', keys)
      .keeps({ name: 'vendor_settings_held', text: keys })
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing();
    expect(house.change(1).vendorWants).toBeUndefined();
    ends(house, GIVEN);
  });

  it.each([
    ['into which nothing can be written', GIVEN.replace('"Status":"Success",', '')],
    ['that can be read in two ways', GIVEN.replace('{', '{"GridCharge":true,')],
  ])('and one %s is refused', (_what, body) => {
    const house = vendorGives(holding(), body);
    house.talk
      .keeps({ name: 'vendor_settings_unreadable' })
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing();
  });

  it('and a setting that was changed at the battery meanwhile is not held any more', () => {
    const house = holding().tells(told({ ...HOLDS, BatHighCap: '70' }));
    vendorGives(house, configuration('false', '90.00', '0', '0', '13.00'));
    house.talk
      .keeps({ type: 'control' })
      .reports('VENDOR_SETTINGS_POSTPONED')
      .keeps({ name: 'vendor_settings_postponed' })
      .keeps({ name: 'vendor_settings_passed', text: 'BatHighCap' });
    fetches(house, configuration('true', '90.00', '12', '15', '13.00'), told({ ...HOLDS, BatHighCap: '90' }));
    ends(house, configuration('false', '90.00', '0', '0', '13.00'));
  });

  it('and its wish outlives a restart', () => {
    const house = vendorGives(holding(), configuration('false', '90.00', '0', '0', '13.00'));
    house.talk.quietly(() => {});
    const kept = JSON.parse(JSON.stringify(house.change(1)));
    const reported = { text: told(HOLDS), receivedMs: house.talk.now.wallMs };
    const control = new BatteryControl(house.battery, POLICY, [{ ...kept, frames: [] }], reported);
    // What it was given is not known any more; what the hold changed is.
    expect(control.changedElsewhere).toEqual([]);
    expect(control.verb.held(house.talk.now)).toMatchObject({ GridCharge: '1', BatHighCap: '57' });
    const wish = { kind: 'restore', of: null } as const;
    const restored = control.textsOf(wish, null, true, house.talk.now);
    expect(restored).toEqual({
      GridCharge: '0',
      BatHighCap: '90',
      TimeChaF1: '0',
      TimeChaE1: '0',
      TimeChaF2: '0',
      TimeChaE2: '0',
    });
  });
});

describe('a battery that asks for its configuration while a hold is active', () => {
  function asks(house: ControlledHouse): ControlledHouse {
    house.talk
      .sends(3, ASK)
      .upstream(frameByHand(1, 3, ASK))
      .nothing();
    return house;
  }

  it('gets the vendor’s, with what is held as the hold has it', () => {
    const house = asks(holding());
    house.talk
      .vendor(2, 3, configuration('false', '90.00', '0', '0', '13.00'))
      .keeps({ type: 'control' })
      .reports('VENDOR_SETTINGS_POSTPONED')
      .keeps({ name: 'vendor_settings_postponed' })
      .server(frameByHand(2, 3, configuration('true', '57.00', '12', '15', '13.00')))
      .nothing();
    // Until it tells, nobody knows whether it has that.
    expect(house.control.changedElsewhere).toEqual([]);
    expect(house.control.verb.held(house.talk.now)).toMatchObject({ GridCharge: '1', BatHighCap: '57' });
    house.talk
      .sends(4, told(HOLDS))
      .keeps({ type: 'configuration' })
      .keeps({ name: 'vendor_settings_applied' })
      .success(4)
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing();
    expect(house.control.changedElsewhere).toEqual([]);
    ends(house, configuration('false', '90.00', '0', '0', '13.00'));
  });

  it('gets the vendor’s as it is where that has nothing else of what is held', () => {
    const body = `${configuration('true', '57', '12', '15', '13').slice(0, -1)} }`;
    asks(holding())
      .talk.vendor(2, 3, body)
      .server(frameByHand(2, 3, body))
      .nothing();
  });

  it('is not asked anything meanwhile: its answer to that would be taken for this', () => {
    const house = asks(relayed());
    hold(house);
    const conversation = house.control.due(house.talk.now, true);
    expect(conversation).not.toBeNull();
    house.control.takeRecords();
    house.talk.begins(house.battery, conversation as NonNullable<typeof conversation>).nothing();
    house.talk
      .vendor(2, 3, configuration('false', '100.00', '0', '0', '20.00'))
      .server(frameByHand(2, 3, configuration('false', '100.00', '0', '0', '20.00')))
      .keeps({ name: 'vendor_settings_passed', text: 'BatUseCap' });
    house.talk.keeps({ type: 'control' }).orders(`{"Command":"SetConfig","CmdIndex":"${house.index}"}`).nothing();
    // The battery has not told it yet: what it was just given counts.
    house.talk.quietly(() => house.talk.orderLeaves().battery(frameByHand(2, 8, house.answer())));
    house.talk
      .sends(3, ASK)
      .keeps({ type: 'control' })
      .server(frameByHand(2, 3, configuration('true', '57.00', '12', '15', '20.00')))
      .nothing();
  });
});

describe('a configuration of the vendor’s that waits for its turn', () => {
  /** A hold was asked for, and the battery has not answered; the vendor's may pass then. */
  function waiting(body: string, experiments = false): ControlledHouse {
    const house = relayed(experiments);
    hold(house, experiments);
    expect(house.due()).toBe(true);
    house.talk.quietly(() => house.talk.orderLeaves());
    vendorGives(house, body).talk.keeps({ name: 'vendor_settings_passed', text: 'BatUseCap' }).nothing();
    house.talk.quietly(() => {
      house.talk.battery(frameByHand(2, 8, house.answer()));
      house.talk.sends(3, ASK);
    });
    return house;
  }
  it('changes nothing of a hold that has begun meanwhile', () => {
    const house = waiting(configuration('false', '100.00', '0', '0', '20.00'));
    house.talk
      .sends(4, told(HOLDS))
      .keeps({ type: 'configuration' })
      .keeps({ type: 'control' })
      .keeps({ type: 'control' })
      .reports('VENDOR_SETTINGS_POSTPONED')
      .keeps({ name: 'vendor_settings_postponed' })
      .success(4)
      .upstream(frameByHand(1, 4, told(HOLDS)));
    fetches(house, configuration('true', '57.00', '12', '15', '20.00'), told({ ...HOLDS, BatUseCap: '20' }));
    expect(house.control.changedElsewhere).toEqual(['BatUseCap']);
    ends(house, configuration('false', '100.00', '0', '0', '20.00'), 2 * 3600);
  });

  it('is not given where a hold has begun meanwhile that cannot be written into it', () => {
    const bare = configuration('false', '100.00', '0', '0', '20.00').replace('"Status":"Success",', '');
    const house = waiting(bare, true);
    house.talk
      .sends(4, told(HOLDS))
      .keeps({ type: 'configuration' })
      .keeps({ type: 'control' })
      .success(4)
      .upstream(frameByHand(1, 4, told(HOLDS)))
      .nothing()
      .after(80)
      .nothing();
  });
});

describe('a verb whose end has come', () => {
  it('holds nothing any more: the vendor’s passes, and what it changed is left alone', () => {
    const house = holding().waits(2 * 3600 - 220);
    vendorGives(house, configuration('false', '90.00', '0', '0', '13.00'));
    house.talk
      .keeps({ type: 'control' })
      .reports('VENDOR_SETTINGS_POSTPONED')
      .keeps({ name: 'vendor_settings_postponed' })
      .keeps({ name: 'vendor_settings_passed', text: 'GridCharge, BatHighCap, TimeChaF1, TimeChaE1' });
    fetches(house, configuration('false', '90.00', '0', '0', '13.00'), told({ BatHighCap: '90' }));
    expect(house.due()).toBe(true);
    house.talk.nothing();
    expect(house.control.changes.all.map(({ state }) => state)).toEqual(['undone', 'done']);
  });
});
