import { describe, expect, it } from 'vitest';
import { dialogue, NOON } from '../../../test/dialogue.ts';
import { missed } from '../../../test/missed.ts';
import { answer, EVERYTHING, met, type RelayedHouse } from '../../../test/relayed.ts';
import { fixture, frameByHand, hexOf } from '../../../test/wire.ts';
import { VendorOrderConversation } from './vendor-order.ts';

const LOGIN = fixture('1-1-2.login.json');
const RESUME = '{"CmdIndex":"82915609","Command":"Resume","Parameter1":"2024/06/12 10:00:00","Parameter2":"60"}';
const SYNC = '{"Command":"SyncTime","CmdIndex":"20417060"}';

describe('the vendor’s Resume', () => {
  const ROW = fixture('1-1-12.history.csv');

  it('is passed on as it came, and its answer goes to the vendor', () => {
    met()
      .talk.vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order', text: 'Resume' })
      .orders(RESUME)
      .orderLeaves()
      .battery(frameByHand(2, 8, answer('Resume', '82915609')))
      .upstream(frameByHand(2, 8, answer('Resume', '82915609')))
      .nothing()
      .after(60)
      .nothing();
  });

  it('has its rows kept here and sent to the vendor, and ends when they end', () => {
    const { talk } = met();
    talk
      .vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order' })
      .orders(RESUME)
      .battery(frameByHand(2, 8, answer('Resume', '82915609')))
      .upstream(frameByHand(2, 8, answer('Resume', '82915609')))
      // The same again meanwhile.
      .vendor(1, 8, RESUME)
      .nothing();
    const outputs = talk.session.receive(frameByHand(1, 12, ROW), talk.now);
    const types = outputs.map((output) => (output.type === 'record' ? output.record.type : output.type));
    expect(types.filter((type) => type !== 'peer')).toEqual([...Array(3).fill('reading'), 'reply', 'upstream']);
    talk.after(19).nothing().vendor(1, 8, RESUME).nothing();
    talk.after(1).nothing().vendor(1, 8, RESUME).keeps({ name: 'vendor_order' }).orders(RESUME).nothing();
  });

  it('that the battery refuses is over', () => {
    met()
      .talk.vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order' })
      .orders(RESUME)
      .battery(frameByHand(2, 8, answer('Resume', '82915609', 'Fail')))
      .upstream(frameByHand(2, 8, answer('Resume', '82915609', 'Fail')))
      .vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order' })
      .orders(RESUME)
      .nothing();
  });

  it('that the battery does not answer is said, and an answer with another number is not its', () => {
    met()
      .talk.vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order' })
      .orders(RESUME)
      .orderLeaves()
      .battery(frameByHand(2, 8, answer('Resume', '1')))
      .keeps({ kept: 'unknown' })
      .reports('RESPONSE_UNEXPECTED')
      .upstream(frameByHand(2, 8, answer('Resume', '1')))
      .after(60)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered', text: 'Resume' })
      .nothing();
  });

  it('is given the time in which nobody listened', () => {
    const { talk } = met();
    talk.vendor(1, 8, RESUME).keeps({ name: 'vendor_order' }).orders(RESUME).orderLeaves();
    talk.session.excuse(30_000);
    talk
      .after(89)
      .nothing()
      .after(1)
      .reports('VENDOR_ORDER_UNANSWERED')
      .keeps({ name: 'vendor_order_unanswered' })
      .nothing();
  });

  it('ends with the connection', () => {
    met()
      .talk.vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order' })
      .orders(RESUME)
      .hangsUp()
      .keeps({ name: 'disconnected' })
      .nothing();
  });
});

describe('an order of the vendor’s', () => {
  it('wants nothing any more once it was interrupted', () => {
    const order = { command: 'Resume', index: '1', fields: new Map([['Command', 'Resume']]) };
    const note = () => ({ type: 'problem', code: 'VENDOR_HELD', battery: null, detail: '' }) as const;
    const conversation = new VendorOrderConversation(
      order,
      new Uint8Array(0),
      { note, warn: () => [] },
      NOON,
      () => {},
    );
    conversation.interrupted();
    expect([conversation.state, conversation.deadline, conversation.connection]).toEqual(['idle', null, null]);
  });
});

describe('our own Resume', () => {
  const LIVE = fixture('1-1-16.live.json');
  const ROW = fixture('1-1-12.history.csv');

  it('and the vendor’s never mix: each answer goes to who asked, and so do the rows', () => {
    // Heard ten minutes before; its clock is known.
    const talk = dialogue({ relay: EVERYTHING, batteries: missed() });
    const hears = (bytes: Uint8Array) => {
      const outputs = talk.session.receive(bytes, talk.now);
      return outputs.flatMap((output) => ('frame' in output ? [`${output.type} ${hexOf(output.frame)}`] : []));
    };
    const live = frameByHand(1, 16, LIVE);
    const [reply, upstream, order] = hears(live) as [string, string, string];
    expect(reply).toBe(`reply ${hexOf(frameByHand(2, 16, '{"Status":"Success"}'))}`);
    expect(upstream).toBe(`upstream ${hexOf(live)}`);
    const { CmdIndex } = JSON.parse(Buffer.from(order.slice('order '.length), 'hex').subarray(7, -2).toString());
    talk.session.orderSent(talk.now);
    // The vendor's waits; the rows that come are ours.
    talk.vendor(1, 8, RESUME).nothing();
    expect(hears(frameByHand(2, 8, answer('Resume', CmdIndex)))).toEqual([]);
    const taken = `reply ${hexOf(frameByHand(2, 12, '{"Status":"Success"}'))}`;
    const row = frameByHand(1, 12, ROW);
    expect(hears(row)).toEqual([taken]);
    // Ours is over: it is the vendor's turn, and the same rows are the vendor's.
    const now = { wallMs: talk.now.wallMs + 70_000, monoMs: talk.now.monoMs + 70_000 };
    const woken = talk.session.wake(now).flatMap((output) => (output.type === 'order' ? [hexOf(output.frame)] : []));
    expect(woken).toEqual([hexOf(frameByHand(1, 8, RESUME))]);
    const theirs = frameByHand(2, 8, answer('Resume', '82915609'));
    expect(hears(theirs)).toEqual([`upstream ${hexOf(theirs)}`]);
    expect(hears(row)).toEqual([taken, `upstream ${hexOf(row)}`]);
  });
});

describe('two orders of the vendor’s', () => {
  it('go to the battery one after the other', () => {
    met()
      .talk.vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order', text: 'Resume' })
      .orders(RESUME)
      .vendor(1, 8, SYNC)
      .keeps({ kept: 'conversation', direction: 'from_vendor', reason: 'VENDOR_SET_CLOCK' })
      .reports('VENDOR_SET_CLOCK')
      .nothing()
      .battery(frameByHand(2, 8, answer('Resume', '82915609', 'Fail')))
      .keeps({ name: 'vendor_order', text: 'SyncTime' })
      .keeps({ kept: 'conversation', direction: 'from_battery' })
      .upstream(frameByHand(2, 8, answer('Resume', '82915609', 'Fail')))
      .orders(SYNC)
      .nothing();
  });

  it('wait for 80 seconds at most', () => {
    const { talk } = met();
    talk
      .vendor(1, 8, RESUME)
      .keeps({ name: 'vendor_order' })
      .orders(RESUME)
      .battery(frameByHand(2, 8, answer('Resume', '82915609')))
      .upstream(frameByHand(2, 8, answer('Resume', '82915609')))
      .vendor(1, 8, SYNC)
      .keeps({ kept: 'conversation' })
      .reports('VENDOR_SET_CLOCK');
    talk.after(50);
    talk.session.receive(frameByHand(1, 12, fixture('1-1-12.history.csv')), talk.now);
    talk.after(19);
    talk.session.receive(frameByHand(1, 12, fixture('1-1-12.history.csv')), talk.now);
    talk.after(10).nothing().after(1).keeps({ name: 'vendor_order_dropped', text: 'SyncTime' }).nothing();
  });
});

describe('the vendor’s SyncTime', () => {
  function synced(): RelayedHouse {
    const house = met();
    house.talk
      .vendor(1, 8, SYNC)
      .keeps({ type: 'bytes', kept: 'conversation', direction: 'from_vendor' })
      .reports('VENDOR_SET_CLOCK')
      .keeps({ name: 'vendor_order', text: 'SyncTime' })
      .orders(SYNC)
      .orderLeaves()
      .battery(frameByHand(2, 8, answer('SyncTime', '20417060')))
      .keeps({ kept: 'conversation', direction: 'from_battery', frameType: 2 })
      .upstream(frameByHand(2, 8, answer('SyncTime', '20417060')))
      .nothing();
    return house;
  }

  it('has the vendor alone answer what the battery asks in the minute after it, and all of it kept', () => {
    synced()
      .talk.sends(6, 'time?')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .keeps({ kept: 'conversation', direction: 'from_battery', command: 6 })
      .upstream(frameByHand(1, 6, 'time?'))
      .nothing()
      .after(7)
      .vendor(2, 6, '2024/06/12 11:04:18')
      .keeps({ kept: 'conversation', direction: 'from_vendor', command: 6 })
      .server(frameByHand(2, 6, '2024/06/12 11:04:18'))
      // Answered once.
      .vendor(2, 6, 'again')
      .keeps({ kept: 'conversation', direction: 'from_vendor', command: 6 })
      .nothing()
      .after(60)
      .nothing()
      .sends(6, 'time?')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .success(6)
      .upstream(frameByHand(1, 6, 'time?'))
      .nothing();
  });

  it('sends the battery nothing where the vendor is silent, and says so', () => {
    synced()
      .talk.sends(6, 'time?')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .keeps({ kept: 'conversation' })
      .upstream(frameByHand(1, 6, 'time?'))
      .after(60)
      .reports('VENDOR_SILENT')
      .keeps({ name: 'vendor_silent', text: 'request 6' })
      .nothing();
  });

  it('does not mix with a change of settings', () => {
    synced()
      .talk.vendor(1, 8, '{"Command":"SetConfig","CmdIndex":"5"}')
      .keeps({ kept: 'conversation', command: 8 })
      .upstream(frameByHand(1, 3, fixture('1-1-3.ask.json')))
      .sends(6, 'time?')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .keeps({ kept: 'conversation', command: 6 })
      .upstream(frameByHand(1, 6, 'time?'))
      .vendor(2, 3, 'no configuration')
      .keeps({ kept: 'conversation', command: 3 })
      .keeps({ name: 'vendor_settings_unreadable' })
      .vendor(2, 6, 'noon')
      .keeps({ kept: 'conversation', command: 6 })
      .server(frameByHand(2, 6, 'noon'))
      .nothing();
  });

  it('leaves what we answer to us', () => {
    synced()
      .talk.sends(0, '')
      .success(0)
      .keeps({ kept: 'conversation' })
      .upstream(frameByHand(1, 0, ''))
      .sends(2, LOGIN)
      .keeps({ name: 'login' })
      .success(2)
      // A login is kept nowhere.
      .upstream(frameByHand(1, 2, LOGIN))
      .nothing();
  });

  it('counts no time in which nobody listened', () => {
    const { talk } = synced();
    talk.session.excuse(30_000);
    talk
      .after(80)
      .sends(6, 'time?')
      .keeps({ kept: 'unknown' })
      .reports('COMMAND_UNKNOWN')
      .keeps({ kept: 'conversation' })
      .upstream(frameByHand(1, 6, 'time?'))
      .nothing();
  });

  it('without a number is answered by whichever number', () => {
    met()
      .talk.vendor(1, 8, '{"Command":"SyncTime"}')
      .keeps({ kept: 'conversation' })
      .reports('VENDOR_SET_CLOCK')
      .keeps({ name: 'vendor_order' })
      .orders('{"Command":"SyncTime"}')
      .battery(frameByHand(2, 8, answer('SyncTime', '0')))
      .keeps({ kept: 'conversation' })
      .upstream(frameByHand(2, 8, answer('SyncTime', '0')))
      .nothing();
  });
});
