/**
 * The vendor changes settings: conversations of three, to the end and broken off at each step. The battery gets a whole configuration or none.
 */
import { describe, expect, it } from 'vitest';
import { NOON } from '../../../test/dialogue.ts';
import { answer, EVERYTHING, met, RELAYED, type RelayedHouse, vendorOf } from '../../../test/relayed.ts';
import { fixture, frameByHand } from '../../../test/wire.ts';
import type { HeardBattery } from '../batteries.ts';
import type { CommandPolicy } from '../firewall.ts';
import { SettingsConversation } from './settings-conversation.ts';

const ASK = fixture('1-1-3.ask.json');
const REPORTED = '{"SN":"AL2002021010101","GridCharge":"false","BatUseCap":"13","Safe":"2","SetFeed":"100"}';
const SET_CONFIG = '{"Command":"SetConfig","CmdIndex":"54321"}';
const SUCCESS = '{"Status":"Success"}';

/** The vendor's configuration, with something else than the battery has. */
function wanted(changes: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    ...{ Status: 'Success', SN: 'AL2002021010101', GridCharge: false, BatUseCap: '13.00', Safe: '2', SetFeed: '100' },
    ...changes,
  });
}

function reported(policy: CommandPolicy = 'owner', text: string | null = REPORTED): RelayedHouse {
  const house = met({ ...EVERYTHING, commands: new Map([['SetConfig', policy]]) });
  if (text === null) return house;
  house.talk
    .sends(4, text)
    .keeps({ type: 'configuration' })
    .success(4)
    .upstream(frameByHand(1, 4, text));
  return house;
}

/** The vendor wants its configuration fetched; the relay asks for it. */
function asked(house = reported()): RelayedHouse {
  house.talk
    .vendor(1, 8, SET_CONFIG)
    .upstream(frameByHand(1, 3, ASK))
    .nothing();
  return house;
}

/** … and it may pass. */
function ordered(body: string, house = asked(), keys = 'GridCharge'): RelayedHouse {
  house.talk
    .vendor(2, 3, body)
    .keeps({ name: 'vendor_settings_passed', text: keys })
    .orders(SET_CONFIG)
    .orderLeaves()
    .nothing();
  return house;
}

function replied(body: string, house = ordered(body)): RelayedHouse {
  house.talk
    .battery(frameByHand(2, 8, answer('SetConfig', '54321')))
    .server(frameByHand(2, 0, SUCCESS))
    .upstream(frameByHand(2, 8, answer('SetConfig', '54321')))
    .nothing();
  return house;
}

/** The battery fetches and tells. */
function applied(body: string, now: string, house = replied(body)): RelayedHouse {
  house.talk
    .battery(frameByHand(1, 3, ASK))
    .server(frameByHand(2, 3, body))
    .nothing()
    .battery(frameByHand(1, 4, now))
    .keeps({ type: 'configuration' })
    .keeps({ name: 'vendor_settings_applied' })
    .success(4)
    .upstream(frameByHand(1, 4, now))
    .nothing();
  return house;
}

const CHARGING = wanted({ GridCharge: 'true' });
const CHARGING_NOW = REPORTED.replace('"false"', '"true"');

describe('a change of the owner’s settings by the vendor', () => {
  it('is fetched, compared, and given to the battery as it came', () => {
    const house = applied(CHARGING, CHARGING_NOW);
    expect(vendorOf(house).settings.passed?.get('GridCharge')).toBe('true');
    expect(vendorOf(house).requests).toMatchObject([{ command: 'SetConfig', action: 'pass' }]);
    // The same again changes nothing: no writing, and the vendor hears how it is.
    asked(house)
      .talk.vendor(2, 3, CHARGING)
      .keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, CHARGING_NOW))
      .nothing();
  });

  it('is given to a battery that asks before it has answered, and again if it asks again', () => {
    const { talk } = ordered(CHARGING);
    talk
      .battery(frameByHand(1, 3, ASK))
      .server(frameByHand(2, 3, CHARGING))
      .battery(frameByHand(2, 8, answer('SetConfig', '54321')))
      .server(frameByHand(2, 0, SUCCESS))
      .upstream(frameByHand(2, 8, answer('SetConfig', '54321')))
      .battery(frameByHand(1, 3, ASK))
      .server(frameByHand(2, 3, CHARGING))
      .nothing();
  });

  it('is what was compared, whatever the vendor says afterwards', () => {
    const { talk } = replied(CHARGING);
    talk
      .vendor(2, 3, wanted({ Safe: '0' }))
      .nothing()
      .battery(frameByHand(1, 3, ASK))
      .server(frameByHand(2, 3, CHARGING))
      .nothing();
  });

  it('has the battery wait, if it asks by itself meanwhile; each question has its answer', () => {
    asked()
      .talk.sends(3, ASK)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, wanted())
      .keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, REPORTED))
      .vendor(2, 3, CHARGING)
      .server(frameByHand(2, 3, CHARGING))
      .keeps({ name: 'vendor_settings_passed' })
      .nothing();
  });

  it('that is asked for twice is made once', () => {
    asked().talk.vendor(1, 8, SET_CONFIG).nothing();
    ordered(CHARGING).talk.vendor(1, 8, SET_CONFIG).nothing();
  });

  it('that the battery refuses is over, and a configuration it tells meanwhile no end', () => {
    ordered(CHARGING)
      .talk.sends(4, REPORTED)
      .keeps({ type: 'configuration' })
      .success(4)
      .upstream(frameByHand(1, 4, REPORTED))
      .battery(frameByHand(2, 8, answer('SetConfig', '54321', 'Fail')))
      .server(frameByHand(2, 0, SUCCESS))
      .upstream(frameByHand(2, 8, answer('SetConfig', '54321', 'Fail')))
      .vendorIs('away')
      .keeps({ name: 'vendor_away' })
      .sends(3, ASK)
      .success(3)
      .upstream(frameByHand(1, 3, ASK))
      .nothing();
  });

  it('without a number is answered by whichever number', () => {
    reported()
      .talk.vendor(1, 8, '{"Command":"SetConfig"}')
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, CHARGING)
      .keeps({ name: 'vendor_settings_passed' })
      .orders('{"Command":"SetConfig"}')
      .battery(frameByHand(2, 8, answer('SetConfig', '7')))
      .server(frameByHand(2, 0, SUCCESS))
      .upstream(frameByHand(2, 8, answer('SetConfig', '7')))
      .nothing();
  });
});

describe('a change of anything else', () => {
  it.each([
    ['the grid code', { Safe: '0' }, 'Safe'],
    ['what may be fed in', { SetFeed: '0' }, 'SetFeed'],
    ['a value that cannot be', { BatUseCap: '135' }, 'BatUseCap'],
    ['a key nobody knows', { Odd: '1' }, 'Odd'],
    ['the grid code, by the way', { GridCharge: 'true', Safe: '0' }, 'GridCharge, Safe'],
  ])('is held: %s; the vendor hears how the battery is set', (_what, changes, keys) => {
    const house = asked();
    house.talk
      .vendor(2, 3, wanted(changes))
      .reports('VENDOR_SETTINGS_HELD', keys)
      .keeps({ name: 'vendor_settings_held', text: keys })
      .upstream(frameByHand(1, 4, REPORTED))
      .nothing()
      .vendorIs('away')
      .keeps({ name: 'vendor_away' })
      .sends(3, ASK)
      .success(3)
      .upstream(frameByHand(1, 3, ASK))
      .nothing();
    expect(vendorOf(house).requests).toMatchObject([{ command: 'SetConfig', action: 'hold' }]);
    expect(vendorOf(house).settings.held?.comparison?.finding).not.toBe('owner');
  });

  it('passes once when the owner allows it', () => {
    const house = asked();
    const body = wanted({ SetFeed: '0' });
    house.talk
      .vendor(2, 3, body)
      .reports('VENDOR_SETTINGS_HELD')
      .keeps({})
      .upstream(frameByHand(1, 4, REPORTED));
    expect(vendorOf(house).settings.allowHeld(false)).toBe('allowed');
    const now = REPORTED.replace('"SetFeed":"100"', '"SetFeed":"0"');
    applied(body, now, replied(body, ordered(body, asked(house), 'SetFeed')));
    asked(house)
      .talk.vendor(2, 3, wanted())
      .reports('VENDOR_SETTINGS_HELD', 'SetFeed')
      .keeps({})
      .upstream(frameByHand(1, 4, now))
      .nothing();
  });

  it('passes where the file says so, but never what is dangerous', () => {
    ordered(wanted({ SetFeed: '0', Odd: '1' }), asked(reported('pass')), 'SetFeed, Odd');
    asked(reported('pass'))
      .talk.vendor(2, 3, wanted({ Safe: '0' }))
      .reports('VENDOR_SETTINGS_HELD')
      .keeps({})
      .upstream(frameByHand(1, 4, REPORTED));
  });

  it('is held with all others where the file says so', () => {
    asked(reported('hold'))
      .talk.vendor(2, 3, CHARGING)
      .reports('VENDOR_SETTINGS_HELD', 'GridCharge')
      .keeps({})
      .upstream(frameByHand(1, 4, REPORTED))
      .nothing();
  });

  it('is held with all others while the battery has not told its settings', () => {
    const house = asked(reported('owner', null));
    house.talk
      .vendor(2, 3, CHARGING)
      .reports('VENDOR_SETTINGS_HELD', 'the battery has not told its settings yet')
      .keeps({ name: 'vendor_settings_held' })
      .nothing();
    expect(vendorOf(house).settings.allowHeld(true)).toBe('untold');
    house.talk
      .sends(4, REPORTED)
      .keeps({ type: 'configuration' })
      .success(4)
      .upstream(frameByHand(1, 4, REPORTED));
    expect(vendorOf(house).settings.allowHeld(false)).toBe('allowed');
    ordered(CHARGING, asked(house));
  });

  it('tells the vendor how the battery is set only where configurations are shared', () => {
    const house = (share: 'configuration' | 'live') => {
      const { talk } = met({ ...EVERYTHING, share: new Set([share]) });
      return talk.sends(4, REPORTED).keeps({ type: 'configuration' }).success(4);
    };
    house('live')
      .vendor(1, 8, SET_CONFIG)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, wanted())
      .keeps({ name: 'vendor_settings_same' })
      .nothing();
    house('configuration')
      .upstream(frameByHand(1, 4, REPORTED))
      .vendor(1, 8, SET_CONFIG)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, wanted())
      .keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, REPORTED))
      .nothing();
  });

  it.each(['{"Status":"Success"', '{"Safe":"2","Safe":"0"}', SUCCESS.replace('}', ',"a":{}}')])(
    'is not given where it could be read in two ways: %s',
    (body) => {
      asked()
        .talk.vendor(2, 3, body)
        .keeps({ name: 'vendor_settings_unreadable' })
        .upstream(frameByHand(1, 4, REPORTED))
        .nothing();
    },
  );
});

describe('a change that is broken off', () => {
  it('is not ended by an answer that nothing was asked for, nor by one with another number', () => {
    const stray = frameByHand(2, 8, answer('SetConfig', '54321'));
    asked()
      .talk.battery(stray)
      .keeps({ kept: 'unknown' })
      .reports('RESPONSE_UNEXPECTED')
      .upstream(stray)
      .vendor(2, 3, CHARGING)
      .keeps({ name: 'vendor_settings_passed' })
      .orders(SET_CONFIG)
      .battery(frameByHand(2, 8, answer('SetConfig', '1')))
      .keeps({ kept: 'unknown' })
      .reports('RESPONSE_UNEXPECTED')
      .upstream(frameByHand(2, 8, answer('SetConfig', '1')))
      .nothing();
  });

  it('wants nothing any more once it was interrupted', () => {
    const fields = new Map([['Command', 'SetConfig']]);
    const order = { command: 'SetConfig', index: null, fields };
    const battery = met().batteries.get(RELAYED) as HeardBattery;
    const note = () => ({ type: 'problem', code: 'VENDOR_HELD', battery: null, detail: '' }) as const;
    const parts = {
      battery,
      order,
      frame: new Uint8Array(0),
      policy: 'owner',
      mayReport: true,
      note,
      warn: () => [],
      became: () => {},
    } as const;
    const conversation = new SettingsConversation(parts, NOON);
    conversation.interrupted();
    expect([conversation.state, conversation.deadline, conversation.connection]).toEqual(['idle', null, null]);
  });

  it('by a vendor that does not give its configuration, is over after five seconds', () => {
    asked()
      .talk.after(5)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered', text: 'SetConfig: the vendor did not give its configuration' })
      .vendor(2, 3, CHARGING)
      .nothing();
  });

  it.each([
    ['does not answer', () => ordered(CHARGING), 'asked'],
    ['does not fetch', () => replied(CHARGING), 'fetching'],
  ])('by a battery that %s, is over after a minute', (_how, begun, step) => {
    begun()
      .talk.after(60)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered', text: `SetConfig: ${step}` })
      .vendorIs('away')
      .keeps({ name: 'vendor_away' })
      .sends(3, ASK)
      .success(3)
      .upstream(frameByHand(1, 3, ASK))
      .nothing();
  });

  it('by a battery that does not tell, is over after a minute', () => {
    replied(CHARGING)
      .talk.battery(frameByHand(1, 3, ASK))
      .server(frameByHand(2, 3, CHARGING))
      .after(60)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered', text: 'SetConfig: reporting' })
      .nothing();
  });

  it('does not count the time in which nobody listened', () => {
    const { talk } = asked();
    talk.session.excuse(4000);
    talk.after(8).vendor(2, 3, CHARGING).keeps({ name: 'vendor_settings_passed' }).orders(SET_CONFIG).nothing();
  });

  it.each([
    ['comparing', () => asked()],
    ['asked', () => ordered(CHARGING)],
    ['fetching', () => replied(CHARGING)],
  ])('by the end of the connection, is over: %s', (_step, begun) => {
    begun().talk.hangsUp().keeps({ name: 'disconnected' }).nothing();
  });

  it('waits for its turn for 80 seconds at most', () => {
    const resume = '{"CmdIndex":"1","Command":"Resume","Parameter1":"2024/06/12 10:00:00","Parameter2":"60"}';
    const { talk } = reported();
    talk.vendor(1, 8, resume).keeps({ name: 'vendor_order' }).orders(resume);
    talk.battery(frameByHand(2, 8, answer('Resume', '1'))).upstream(frameByHand(2, 8, answer('Resume', '1')));
    talk
      .vendor(1, 8, SET_CONFIG)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, CHARGING);
    talk.keeps({ name: 'vendor_settings_passed' }).nothing();
    const row = frameByHand(1, 12, fixture('1-1-12.history.csv'));
    talk.after(50);
    talk.session.receive(row, talk.now);
    talk.after(19);
    talk.session.receive(row, talk.now);
    talk.after(11).keeps({ name: 'vendor_order_dropped', text: 'SetConfig: waiting' }).nothing();
  });
});
