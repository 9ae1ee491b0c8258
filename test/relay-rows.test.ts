/**
 * What passes between battery, server and vendor: a conversation of three for each row of the two tables in docs/relay.md. Bytes are written by hand, and what is
 * not told does not happen.
 */
import { describe, expect, it } from 'vitest';
import type { FirewallPolicy } from '../src/session/firewall.ts';
import type { Dialogue } from './dialogue.ts';
import { answer, EVERYTHING, met, type RelayedHouse, vendorOf } from './relayed.ts';
import { fixture, frameByHand } from './wire.ts';

const ASK = fixture('1-1-3.ask.json');
const SYSTEM = fixture('1-1-9.system.json');
const SUCCESS = '{"Status":"Success"}';
const REPORTED = '{"SN":"AL2002021010101","GridCharge":"false","BatUseCap":"13","Safe":"2","SetFeed":"100"}';
const SAME =
  '{"Status":"Success","SN":"AL2002021010101","GridCharge":false,"BatUseCap":"13.00","Safe":"2","SetFeed":"100"}';
const CHARGING = SAME.replace('false', 'true');
const CHARGING_NOW = REPORTED.replace('"false"', '"true"');
const SET_CONFIG = '{"Command":"SetConfig","CmdIndex":"54321"}';
const RESUME = '{"CmdIndex":"82915609","Command":"Resume","Parameter1":"2024/06/12 10:00:00","Parameter2":"60"}';
const SYNC = '{"Command":"SyncTime","CmdIndex":"20417060"}';

function reported(policy: Partial<FirewallPolicy> = {}): RelayedHouse {
  const house = met({ ...EVERYTHING, ...policy });
  house.talk
    .sends(4, REPORTED)
    .keeps({ type: 'configuration' })
    .success(4)
    .upstream(frameByHand(1, 4, REPORTED))
    .nothing();
  return house;
}

/** The vendor wants its configuration fetched, and gives it to us. */
function proposed(house: RelayedHouse, body: string): Dialogue {
  return house.talk
    .vendor(1, 8, SET_CONFIG)
    .upstream(frameByHand(1, 3, ASK))
    .vendor(2, 3, body);
}

/** What a vendor gets that wants something else than its owner: how the battery is set. */
function held(talk: Dialogue, keys: string): Dialogue {
  return talk
    .reports('VENDOR_SETTINGS_HELD', keys)
    .keeps({ name: 'vendor_settings_held', text: keys })
    .upstream(frameByHand(1, 4, REPORTED))
    .nothing();
}

function blocked(house: RelayedHouse, type: number, command: number, body: string | Uint8Array, name: string): void {
  house.talk
    .vendor(type, command, body)
    .keeps({ kept: 'unknown', direction: 'from_vendor', reason: 'VENDOR_BLOCKED', bytes: hexBy(type, command, body) })
    .reports('VENDOR_BLOCKED')
    .keeps({ name: 'vendor_blocked', text: name })
    .nothing();
}

function hexBy(type: number, command: number, body: string | Uint8Array): string {
  return Buffer.from(frameByHand(type, command, body)).toString('hex');
}

describe('from the vendor', () => {
  it.each([0, 2, 3, 4, 5, 9, 12, 16, 77])('Success to 1,1,%i is consumed: the battery has ours', (command) => {
    met().talk.vendor(2, command, SUCCESS).nothing();
  });

  it('Success to an unknown request passes for a minute after SyncTime, and ours is withheld', () => {
    met()
      .talk.vendor(1, 8, SYNC)
      .keeps({ kept: 'conversation' })
      .reports('VENDOR_SET_CLOCK')
      .keeps({ name: 'vendor_order', text: 'SyncTime' })
      .orders(SYNC)
      .orderLeaves()
      .sends(6, 'time?')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .keeps({ kept: 'conversation', direction: 'from_battery' })
      .upstream(frameByHand(1, 6, 'time?'))
      .nothing()
      .vendor(2, 6, 'noon')
      .keeps({ kept: 'conversation', direction: 'from_vendor' })
      .server(frameByHand(2, 6, 'noon'))
      // What is known is ours to answer, in that minute too.
      .sends(9, SYSTEM)
      .keeps({ type: 'event', source: 'battery' })
      .success(9)
      .keeps({ kept: 'conversation' })
      .upstream(frameByHand(1, 9, SYSTEM))
      .nothing();
  });

  it('a configuration passes where only the owner’s settings differ, by value', () => {
    proposed(reported(), CHARGING)
      .keeps({ name: 'vendor_settings_passed', text: 'GridCharge' })
      .orders(SET_CONFIG)
      .battery(frameByHand(2, 8, answer('SetConfig', '54321')))
      .server(frameByHand(2, 0, SUCCESS))
      .upstream(frameByHand(2, 8, answer('SetConfig', '54321')))
      .battery(frameByHand(1, 3, ASK))
      .server(frameByHand(2, 3, CHARGING))
      .battery(frameByHand(1, 4, CHARGING_NOW))
      .keeps({ type: 'configuration' })
      .keeps({ name: 'vendor_settings_applied' })
      .success(4)
      .upstream(frameByHand(1, 4, CHARGING_NOW))
      .nothing();
  });

  it('a configuration that changes nothing is not written again', () => {
    proposed(reported(), SAME)
      .keeps({ name: 'vendor_settings_same' })
      .upstream(frameByHand(1, 4, REPORTED))
      .nothing();
  });

  it('a configuration with any other difference is held, and passes once where the owner allows it', () => {
    const house = reported();
    const body = CHARGING.replace('"SetFeed":"100"', '"SetFeed":"0"');
    held(proposed(house, body), 'GridCharge, SetFeed');
    expect(vendorOf(house).settings.allowHeld(false)).toBe('allowed');
    proposed(house, body).keeps({ name: 'vendor_settings_passed' }).orders(SET_CONFIG).nothing();
  });

  it.each([
    ['the grid code', 'Safe', '"Safe":"2"', '"Safe":"0"'],
    ['who it is', 'SN', '"SN":"AL2002021010101"', '"SN":"AL2002021010102"'],
  ])('%s passes neither by the file alone nor by an allowance without the typed word', (_what, key, from, to) => {
    const house = reported({ commands: new Map([['SetConfig', 'pass']]) });
    const body = SAME.replace(from, to);
    held(proposed(house, body), key);
    expect(vendorOf(house).settings.allowHeld(false)).toBe('dangerous');
    held(proposed(house, body), key);
    expect(vendorOf(house).settings.allowHeld(true)).toBe('allowed');
    proposed(house, body).keeps({ name: 'vendor_settings_passed' }).orders(SET_CONFIG).nothing();
  });

  it('Resume passes, and its rows go to the vendor', () => {
    const { talk } = met();
    talk
      .vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order', text: 'Resume' })
      .orders(RESUME)
      .battery(frameByHand(2, 8, answer('Resume', '82915609')))
      .upstream(frameByHand(2, 8, answer('Resume', '82915609')))
      .nothing();
    const row = frameByHand(1, 12, fixture('1-1-12.history.csv'));
    const outputs = talk.session.receive(row, talk.now).filter(({ type }) => type !== 'record');
    expect(outputs).toMatchObject([{ type: 'reply' }, { type: 'upstream', frame: Uint8Array.from(row) }]);
  });

  it('SetConfig gives the battery nothing where the vendor does not say what it wants', () => {
    reported()
      .talk.vendor(1, 8, SET_CONFIG)
      .upstream(frameByHand(1, 3, ASK))
      .after(60)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered' })
      .nothing();
  });

  it.each(['Update', 'ChangeWorkMode', 'DispatchPower', 'Microgrid', 'restart', 'restore', 'upload_log'])(
    '%s is blocked, said with its bytes, and not answered',
    (command) => {
      blocked(met(), 1, 8, `{"Command":"${command}","CmdIndex":"1"}`, command);
    },
  );

  it.each(['modify_server', 'extra.remote', 'remote_control.open'])(
    'so is %s, and a change of data centre',
    (command) => {
      blocked(met(), 1, 8, `{"Command":"${command}","Parameter1":"vendor.example"}`, command);
    },
  );

  it.each([
    ['a part of a file', 1, 20, '1,1,20'],
    ['a request with a number that batteries use', 1, 4, '1,1,4'],
    ['a request of newer firmware', 3, 8, '1,3,8'],
    ['an order that is no object', 1, 8, '1,1,8'],
  ])('%s is blocked', (_what, type, command, name) => {
    blocked(met(), type, command, 'anything', name);
  });
});

describe('from the battery', () => {
  it('each message with a right checksum goes to the vendor as it came, behind our answer', () => {
    const login = fixture('1-1-2.login.json');
    met()
      .talk.sends(9, SYSTEM)
      .keeps({ type: 'event' })
      .success(9)
      .upstream(frameByHand(1, 9, SYSTEM))
      // Private values as they are: the vendor knows them.
      .sends(2, login)
      .keeps({ name: 'login' })
      .success(2)
      .upstream(frameByHand(1, 2, login))
      .sends(99, 'nobody knows')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .success(99)
      .upstream(frameByHand(1, 99, 'nobody knows'))
      .nothing();
  });

  it('a wrong checksum, and what is no message, are kept and go nowhere', () => {
    const bad = frameByHand(1, 9, SYSTEM);
    bad[20] = 0;
    met()
      .talk.battery(bad)
      .keeps({ kept: 'discarded' })
      .reports('FRAME_CHECKSUM')
      .battery(Buffer.from('GET / HTTP/1.1'))
      .keeps({ kept: 'discarded' })
      .reports('FRAME_HTTP')
      .keeps({ name: 'disconnected' })
      .closes('FRAME_HTTP');
  });

  it.each([
    ['live', 4, REPORTED, 'configuration'],
    ['events', 4, REPORTED, 'configuration'],
    ['configuration', 9, SYSTEM, 'event'],
  ] as const)('where only %s is shared, 1,1,%i is kept and not passed on', (kind, command, body, record) => {
    met({ ...EVERYTHING, share: new Set([kind]) })
      .talk.sends(command, body)
      .keeps({ type: record })
      .success(command)
      .nothing();
  });
});
