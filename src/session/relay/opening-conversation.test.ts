/**
 * A battery asks for its configuration by itself: conversations of three. It is answered once, with a whole configuration that it may have, or with `Success`.
 */
import { describe, expect, it } from 'vitest';
import { NOON } from '../../../test/dialogue.ts';
import { answer, met, RELAYED, type RelayedHouse, vendorOf } from '../../../test/relayed.ts';
import { fixture, frameByHand } from '../../../test/wire.ts';
import type { HeardBattery } from '../batteries.ts';
import type { CommandPolicy } from '../firewall.ts';
import { OpeningConversation } from './opening-conversation.ts';

const ASK = fixture('1-1-3.ask.json');
const REPORTED = '{"SN":"AL2002021010101","GridCharge":"false","BatUseCap":"13","Safe":"2"}';
const SAME = '{"Status":"Success","SN":"AL2002021010101","GridCharge":false,"BatUseCap":"13.00","Safe":"2"}';
const CHARGING = SAME.replace('false', 'true');
const CHARGING_NOW = REPORTED.replace('"false"', '"true"');
const SUCCESS = '{"Status":"Success"}';

function reported(policy: CommandPolicy = 'owner', share: 'all' | 'live' = 'all'): RelayedHouse {
  const shared = share === 'all' ? 'all' : new Set([share]);
  const house = met({ commands: new Map([['SetConfig', policy]]), share: shared });
  const { talk } = house;
  talk.sends(4, REPORTED).keeps({ type: 'configuration' }).success(4);
  if (share === 'all') talk.upstream(frameByHand(1, 4, REPORTED));
  talk.nothing();
  return house;
}

/** The battery asks; so does the relay. */
function asked(house = reported()): RelayedHouse {
  house.talk
    .sends(3, ASK)
    .upstream(frameByHand(1, 3, ASK))
    .nothing();
  return house;
}

describe('a battery that asks for its configuration by itself', () => {
  it('gets the vendor’s, byte for byte, where that changes the owner’s settings alone', () => {
    const house = asked();
    house.talk
      .vendor(2, 3, CHARGING)
      .server(frameByHand(2, 3, CHARGING))
      .keeps({ name: 'vendor_settings_passed', text: 'GridCharge' })
      .nothing()
      .sends(4, CHARGING_NOW)
      .keeps({ type: 'configuration' })
      .keeps({ name: 'vendor_settings_applied' })
      .success(4)
      .upstream(frameByHand(1, 4, CHARGING_NOW))
      .nothing();
    expect(house.talk.configurations).toEqual([
      ['newest', CHARGING],
      ['passed', CHARGING],
    ]);
    expect(vendorOf(house).settings.newest).toMatchObject({ receivedMs: NOON.wallMs, source: 'relay' });
  });

  it('gets the vendor’s where that changes nothing', () => {
    asked()
      .talk.vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .nothing();
  });

  it.each([
    ['the grid code', CHARGING.replace('"Safe":"2"', '"Safe":"0"'), 'GridCharge, Safe'],
    ['what nobody has confirmed', CHARGING.replace('}', ',"OddWE":"1"}'), 'GridCharge, OddWE'],
    ['less than it has', SUCCESS, 'SN, GridCharge, BatUseCap, Safe'],
  ])('gets Success where it would change %s, which is held, and said once', (_what, body, keys) => {
    const house = asked();
    house.talk
      .vendor(2, 3, body)
      .server(frameByHand(2, 3, SUCCESS))
      .reports('VENDOR_SETTINGS_HELD', keys)
      .keeps({ name: 'vendor_settings_held', text: keys })
      .nothing();
    expect(vendorOf(house).settings.held).not.toBeNull();
    asked(house)
      .talk.vendor(2, 3, body)
      .server(frameByHand(2, 3, SUCCESS))
      .nothing();
  });

  it('gets what its owner has allowed, once', () => {
    const body = CHARGING.replace('"Safe":"2"', '"Safe":"2","SetFeed":"0"');
    const house = reported();
    house.talk
      .sends(4, REPORTED.replace('}', ',"SetFeed":"100"}'))
      .keeps({})
      .success(4)
      .upstream(frameByHand(1, 4, REPORTED.replace('}', ',"SetFeed":"100"}')));
    asked(house).talk.vendor(2, 3, body).success(3).reports('VENDOR_SETTINGS_HELD').keeps({}).nothing();
    expect(vendorOf(house).settings.allowHeld(false)).toBe('allowed');
    asked(house)
      .talk.vendor(2, 3, body)
      .server(frameByHand(2, 3, body))
      .keeps({ name: 'vendor_settings_passed' });
    house.talk.nothing();
  });

  it('gets Success where the vendor’s cannot be read in one way only', () => {
    asked()
      .talk.vendor(2, 3, '{"Safe":"2","Safe":"0"}')
      .success(3)
      .keeps({ name: 'vendor_settings_unreadable' })
      .nothing();
  });

  it('gets Success where it has told nothing yet, and nothing is held', () => {
    const house = asked(met());
    house.talk.vendor(2, 3, CHARGING).success(3).nothing();
    expect(vendorOf(house).settings.held).toBeNull();
  });

  it('gets Success after five seconds where the vendor is silent, which is said; what comes later is consumed', () => {
    asked()
      .talk.after(4.9)
      .nothing()
      .after(0.1)
      .success(3)
      .reports('VENDOR_SILENT', 'request 3')
      .keeps({ name: 'vendor_silent', text: 'request 3' })
      .vendor(2, 3, CHARGING)
      .nothing();
  });

  it('gets Success at once where the vendor is away, or goes', () => {
    const house = asked();
    house.talk
      .vendorIs('connecting')
      .nothing()
      .vendorIs('away')
      .keeps({ name: 'vendor_away' })
      .success(3)
      .sends(3, ASK)
      .success(3)
      .upstream(frameByHand(1, 3, ASK))
      .nothing()
      .vendorIs('connecting')
      .vendorIs('away')
      .nothing()
      .vendorIs('up')
      .keeps({ name: 'vendor_up' });
    asked(house)
      .talk.vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .vendorIs('away')
      .keeps({ name: 'vendor_away' })
      .nothing();
  });

  it.each(['hold', 'block'] as const)('gets Success at once by the policy %s', (policy) => {
    reported(policy)
      .talk.sends(3, ASK)
      .success(3)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, CHARGING)
      .nothing();
  });

  it('gets Success at once where configurations are not shared', () => {
    reported('owner', 'live').talk.sends(3, ASK).success(3).nothing();
  });

  it('that asks twice is answered twice', () => {
    asked()
      .talk.sends(3, ASK)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .server(frameByHand(2, 3, SAME))
      .vendor(2, 3, SAME)
      .nothing();
  });

  it('that asks again without having told is answered again', () => {
    const house = asked();
    house.talk
      .vendor(2, 3, CHARGING)
      .server(frameByHand(2, 3, CHARGING))
      .keeps({ name: 'vendor_settings_passed' });
    asked(house)
      .talk.vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .nothing();
  });

  it('that does not tell within a minute has not got it for sure', () => {
    const house = asked();
    house.talk
      .vendor(2, 3, CHARGING)
      .server(frameByHand(2, 3, CHARGING))
      .keeps({ name: 'vendor_settings_passed' })
      .after(60)
      .sends(4, CHARGING_NOW)
      .keeps({ type: 'configuration' })
      .success(4)
      .upstream(frameByHand(1, 4, CHARGING_NOW))
      .nothing();
    expect(vendorOf(house).settings.passed).toBeNull();
  });

  it('that hangs up is answered nothing', () => {
    asked().talk.hangsUp().keeps({ name: 'disconnected' }).nothing().after(60).nothing();
  });

  it('does not have the time counted in which nobody listened', () => {
    const { talk } = asked();
    talk.session.excuse(3000);
    talk
      .after(7)
      .nothing()
      .vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .nothing();
  });

  it('has its other messages answered meanwhile', () => {
    asked()
      .talk.sends(0, '')
      .success(0)
      .upstream(frameByHand(1, 0, ''))
      .sends(4, REPORTED)
      .keeps({ type: 'configuration' })
      .success(4)
      .upstream(frameByHand(1, 4, REPORTED))
      .vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .nothing();
  });

  it('is given an order of the vendor’s meanwhile, and what that fetches is apart', () => {
    const setConfig = '{"Command":"SetConfig","CmdIndex":"54321"}';
    asked()
      .talk.vendor(1, 8, setConfig)
      .upstream(frameByHand(1, 3, ASK))
      .vendor(2, 3, SAME)
      .server(frameByHand(2, 3, SAME))
      .vendor(2, 3, CHARGING)
      .keeps({ name: 'vendor_settings_passed' })
      .orders(setConfig)
      .battery(frameByHand(2, 8, answer('SetConfig', '54321')))
      .server(frameByHand(2, 0, SUCCESS))
      .upstream(frameByHand(2, 8, answer('SetConfig', '54321')))
      .nothing();
  });
});

it('wants nothing, and has no turn of its own', () => {
  const battery = met().batteries.get(RELAYED) as HeardBattery;
  const note = () => ({ type: 'problem', code: 'VENDOR_HELD', battery: null, detail: '' }) as const;
  const conversation = new OpeningConversation({ battery, policy: 'owner', note, warn: () => [] }, NOON);
  expect([conversation.begin(), conversation.sent(), conversation.state]).toEqual([null, undefined, 'asking']);
  conversation.interrupted();
  expect([conversation.state, conversation.deadline]).toEqual(['idle', null]);
});
