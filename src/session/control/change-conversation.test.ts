/**
 * A change of a battery's settings, as a dialogue: to its end, and broken off at each step. Bytes by hand.
 */
import { describe, expect, it } from 'vitest';
import { ASK, ControlledHouse, GIVEN, told } from '../../../test/controlled.ts';
import { NOON } from '../../../test/dialogue.ts';
import { frameByHand } from '../../../test/wire.ts';
import { Refusal } from './refusal.ts';

const SUCCESS = '{"Status":"Success"}';
const AUTHOR = { kind: 'page', name: '' } as const;
/** 12:00:00 UTC, 55 minutes 49 s later: 13:00 of the battery’s clock, which is an hour ahead. */
const ONE_O_CLOCK = Date.UTC(2024, 5, 12, 12);

/** By hand: what the vendor gave, with a charge window from 12 to 13 o’clock of the battery’s and a limit at the charge it has. */
const HOLDING = GIVEN.replace('"GridCharge":false', '"GridCharge":true')
  .replace('"BatHighCap":"100.00"', '"BatHighCap":"57.00"')
  .replace('"TimeChaF1":"0","TimeChaE1":"0"', '"TimeChaF1":"12","TimeChaE1":"13"');
const HOLDS = { GridCharge: 'true', BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '13' };

function wants(house: ControlledHouse, untilMs = ONE_O_CLOCK): ControlledHouse {
  const change = house.control.propose({ kind: 'hold' }, { author: AUTHOR, untilMs }, house.talk.now);
  expect(change).not.toBeInstanceOf(Refusal);
  house.control.takeRecords();
  return house;
}

function asked(house = new ControlledHouse()): ControlledHouse {
  wants(house);
  expect(house.due()).toBe(true);
  house.talk
    .keeps({ type: 'control' })
    .orders(`{"Command":"SetConfig","CmdIndex":"${house.index}"}`)
    .orderLeaves()
    .nothing();
  expect(house.change().state).toBe('asked');
  return house;
}

function accepted(house = asked()): ControlledHouse {
  house.talk
    .battery(frameByHand(2, 8, house.answer()))
    .keeps({ type: 'control' })
    .server(frameByHand(2, 0, SUCCESS))
    .nothing();
  expect(house.change().state).toBe('accepted');
  return house;
}

function fetched(house = accepted()): ControlledHouse {
  house.talk
    .sends(3, ASK)
    .keeps({ type: 'control' })
    .server(frameByHand(2, 3, HOLDING))
    .nothing();
  expect(house.change()).toMatchObject({ state: 'fetched', holds: true });
  return house;
}

function echoed(house = fetched()): ControlledHouse {
  house.talk.sends(4, told(HOLDS)).keeps({ type: 'configuration' }).keeps({ type: 'control' }).success(4).nothing();
  expect(house.change().state).toBe('echoed');
  return house;
}

const last = (house: ControlledHouse) => house.change().steps.at(-1)?.note;

describe('a hold', () => {
  it('is asked, accepted, fetched, echoed, observed and done', () => {
    const house = echoed();
    house.lives(220, 57.6, 30);
    expect(house.steps()).toBe('proposed asked accepted fetched echoed observed done');
    expect(house.change()).toMatchObject({
      isObeyed: true,
      holds: true,
      givenMs: [NOON.wallMs],
      before: { GridCharge: '0', BatHighCap: '100', TimeChaF1: '0', TimeChaE1: '0' },
      after: { GridCharge: '1', BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '13' },
      normal: { GridCharge: '0', BatHighCap: '100', TimeChaF1: '0', TimeChaE1: '0' },
    });
    expect(house.change().steps.at(-2)?.note).toBe('on average the battery discharged with 30 W');
  });

  it('keeps each frame of it', () => {
    const frames = echoed()
      .change()
      .frames.map(({ isOurs, bytes }) => `${isOurs ? '>' : '<'} 1,${bytes.reveal()[1]},${bytes.reveal()[2]}`);
    expect(frames).toEqual(['> 1,1,8', '< 1,2,8', '< 1,1,3', '> 1,2,3', '< 1,1,4']);
  });

  it('that the battery does not obey has failed, and is still there to be undone', () => {
    const house = echoed();
    house.lives(220, 57.6, 450);
    expect(house.steps()).toBe('proposed asked accepted fetched echoed different');
    expect(last(house)).toBe('it says that it does, but on average the battery discharged with 450 W');
    expect(house.change()).toMatchObject({ isObeyed: false, holds: true });
  });

  it('is looked at by live readings that have a power', () => {
    const house = echoed();
    house.lives(60, 57.6, 30);
    const clock = '2024/06/12 12:05:11';
    house.talk.quietly(() => house.talk.sends(5, `{"Time":"${clock}","SN":"AL2002021010101","Pbat":"9000.0000"}`));
    house.talk.quietly(() =>
      house.talk.sends(16, `{"Time":"2024/06/12 12:05:12","SN":"AL2002021010101","SOC":"57.6"}`),
    );
    house.lives(160, 57.6, 30);
    expect(house.change()).toMatchObject({ state: 'done', isObeyed: true });
  });

  it('is not looked at any more once another change begins', () => {
    const house = echoed();
    house.lives(60);
    house.control.propose({ kind: 'restore', of: null }, { author: AUTHOR, untilMs: null }, house.talk.now);
    expect(house.due()).toBe(true);
    expect(house.change(1)).toMatchObject({ state: 'done', isObeyed: null, holds: true });
    expect(house.change(1).steps.at(-1)?.note).toBe('not observable: another change began');
  });

  it('in a blackout cannot be observed', () => {
    const house = echoed();
    house.battery.blackout = true;
    house.lives(220, 57.6, 450);
    expect(house.change()).toMatchObject({ state: 'done', isObeyed: null });
    expect(last(house)).toBe('not observable: the grid was gone');
  });

  it('that is forgotten while it is looked at has failed', () => {
    const house = echoed();
    house.lives(60).tells(told());
    expect(house.change().state).toBe('different');
    expect(last(house)).toContain('GridCharge is false, not true');
  });

  it('told again as it should be goes on being looked at', () => {
    const house = echoed();
    house.lives(60).tells(told(HOLDS));
    expect(house.change().state).toBe('echoed');
  });

  it('whose connection ends while it is looked at is done, and could not be observed', () => {
    const house = echoed();
    house.lives(60).connectsAnew();
    expect(house.change()).toMatchObject({ state: 'done', holds: true });
    expect(last(house)).toBe('not observable: the connection ended');
  });

  it('is not answered with 1,2,0 where its owner does not want that', () => {
    const house = asked(new ControlledHouse({ answersReplies: false }));
    house.talk
      .battery(frameByHand(2, 8, house.answer()))
      .keeps({ type: 'control' })
      .nothing();
    expect(house.change().state).toBe('accepted');
  });
});

describe('the battery', () => {
  it('that asks before it has answered gets its configuration, and its answer is taken then', () => {
    const house = fetched(asked());
    house.talk
      .battery(frameByHand(2, 8, house.answer()))
      .server(frameByHand(2, 0, SUCCESS))
      .nothing();
    echoed(house);
  });

  it('that asks twice gets the same twice, and both count as writes', () => {
    const house = fetched();
    house.talk
      .sends(3, ASK)
      .keeps({ type: 'control' })
      .server(frameByHand(2, 3, HOLDING))
      .nothing();
    expect(house.change().givenMs).toHaveLength(2);
    echoed(house);
    house.talk.sends(3, ASK).success(3).nothing();
  });

  it('that refuses is asked no more', () => {
    const house = asked();
    house.talk
      .battery(frameByHand(2, 8, house.answer('Fail')))
      .keeps({ type: 'control' })
      .nothing();
    expect(house.change()).toMatchObject({ state: 'refused', holds: false });
    house.talk.sends(3, ASK).success(3).nothing();
  });

  it('that answers another order has not answered', () => {
    const house = asked();
    house.talk.quietly(() => house.talk.battery(frameByHand(2, 8, house.answer('Success', '1'))));
    expect(house.change().state).toBe('asked');
  });

  it.each([
    ['asked', asked, 'the battery did not answer'],
    ['accepted', accepted, 'the battery said that it will, and did not ask for its configuration'],
    ['fetched', fetched, 'the battery was given its configuration, and did not tell what it has now'],
  ] as const)('that says nothing any more when it is %s is not waited for, nor asked again', (state, to, note) => {
    const house = to();
    house.lives(60);
    expect(house.steps()).toMatch(new RegExp(`${state} timed_out$`));
    expect(last(house)).toBe(note);
    expect(house.change().holds).toBe(state === 'fetched');
    house.lives(30);
    expect(house.due()).toBe(false);
    house.talk.sends(3, ASK).success(3).nothing();
  });

  it.each([
    ['asked', asked],
    ['accepted', accepted],
    ['fetched', fetched],
  ] as const)('that goes when it is %s has timed out', (state, to) => {
    const house = to().connectsAnew();
    expect(house.steps()).toMatch(new RegExp(`${state} timed_out$`));
    expect(last(house)).toMatch(/: the connection ended$/);
    expect(house.change().holds).toBe(state === 'fetched');
  });

  it.each([
    ['something else of the owner’s', { ...HOLDS, BatHighCap: '47' }, 'BatHighCap is 47, not 57.00'],
    [
      'nothing of it',
      {},
      'GridCharge is false, not true, TimeChaF1 is 0, not 12, TimeChaE1 is 0, not 13, BatHighCap is 100, not 57.00',
    ],
    ['a setting besides, by its name alone', { ...HOLDS, Address: '2 Other Street' }, 'Address'],
    ['a setting that it never told', { ...HOLDS, Odd: '1' }, 'Odd'],
  ] as const)('that tells %s has not done it', (_what, now, difference) => {
    const house = fetched();
    house.tells(told(now));
    expect(house.change()).toMatchObject({ state: 'different', holds: true });
    expect(last(house)).toBe(`the battery tells otherwise: ${difference}`);
  });

  it('that leaves a setting out has not told it', () => {
    const house = fetched();
    house.tells(told(HOLDS).replace('"BatHighCap":"57",', ''));
    expect(last(house)).toBe('the battery tells otherwise: BatHighCap');
  });

  it('that tells other settings before it asks is given those, and the change', () => {
    const house = accepted();
    house.tells(told({ BatUseCap: '20' }));
    house.talk
      .sends(3, ASK)
      .keeps({ type: 'control' })
      .server(frameByHand(2, 3, HOLDING.replace('"BatUseCap":"13.00"', '"BatUseCap":"20.00"')))
      .nothing();
  });

  it('that has it already when it asks is given nothing', () => {
    const house = accepted();
    house.tells(told(HOLDS));
    house.talk.sends(3, ASK).success(3).nothing();
    expect(house.steps()).toBe('proposed asked accepted done');
    expect(last(house)).toBe('nothing to change');
  });
});

describe('its turn', () => {
  it('is stood in line for once', () => {
    const house = wants(new ControlledHouse());
    expect(house.due()).toBe(true);
    expect(house.due()).toBe(false);
  });

  it('that never comes is over after ten minutes', () => {
    const house = wants(new ControlledHouse());
    const conversation = house.control.due(house.talk.now, true);
    expect(conversation?.deadline).toBe(house.talk.now.monoMs + 600_000);
    conversation?.excuse(1000);
    const later = { wallMs: house.talk.now.wallMs + 601_000, monoMs: house.talk.now.monoMs + 601_000 };
    expect(conversation?.wake({ ...later, monoMs: later.monoMs - 1 })).toEqual([]);
    expect(conversation?.wake(later)).toHaveLength(1);
    expect(house.steps()).toBe('proposed timed_out');
    expect([conversation?.state, conversation?.deadline, conversation?.connection]).toEqual(['idle', null, null]);
  });

  it('is given up where the battery goes before, and asked for again', () => {
    const house = wants(new ControlledHouse());
    const conversation = house.control.due(house.talk.now, true);
    expect(conversation?.interrupted(house.talk.now)).toEqual([]);
    expect([conversation?.state, house.change().state]).toEqual(['idle', 'proposed']);
    expect(house.due()).toBe(true);
  });
});
