import { describe, expect, it } from 'vitest';
import { dialogue, NOON } from '../../test/dialogue.ts';
import { OneOrder } from '../../test/scripted-conversation.ts';
import { frameByHand } from '../../test/wire.ts';
import { Batteries, type HeardBattery } from './batteries.ts';
import type { Heard } from './conversation.ts';

const SERIAL = 'AL2002021010101';
const OTHER = 'AL2002021010102';
const ORDER = '{"Command":"SetConfig","CmdIndex":"39851000"}';
const ANSWER = '{"Command":"SetConfig","CmdIndex":"39851000","Status":"Success"}';
const CONFIGURATION = '{"Status":"Success","GridCharge":"1"}';

/** A battery that has named itself, and a conversation with it whose order is out. */
function asked(takes: (type: string) => Heard | null) {
  const batteries = new Batteries(10);
  const told = dialogue({ batteries }).sends(3, `{"SN":"${SERIAL}"}`).meets(SERIAL).success(3);
  const battery = batteries.get(SERIAL) as HeardBattery;
  const conversation = new OneOrder(frameByHand(1, 8, ORDER), ({ type }) => takes(type));
  const outputs = told.session.start(battery, conversation, NOON);
  expect(outputs).toEqual([{ type: 'order', frame: frameByHand(1, 8, ORDER) }]);
  return { told, conversation, battery, batteries };
}

describe('a request', () => {
  it('is answered with Success, whatever its command, unless a conversation says otherwise', () => {
    const { told, conversation } = asked(() => null);
    for (let command = 0; command < 256; command++) {
      const outputs = told.session.receive(frameByHand(1, command, ''), NOON);
      const replies = outputs.filter(({ type }) => type === 'reply');
      expect(replies).toEqual([{ type: 'reply', frame: frameByHand(2, command, '{"Status":"Success"}') }]);
    }
    expect(conversation.story).toEqual([]);
  });

  it('for a configuration is answered with that of the conversation it is part of', () => {
    const reply = new TextEncoder().encode(CONFIGURATION);
    const { told, conversation } = asked((type) =>
      type === 'configuration_request' ? { outputs: [], reply } : type === 'order_reply' ? { outputs: [] } : null,
    );
    told
      .battery(frameByHand(2, 8, ANSWER))
      .nothing()
      .sends(3, `{"SN":"${SERIAL}"}`)
      .server(frameByHand(2, 3, CONFIGURATION))
      .sends(0, '')
      .success(0);
    expect(conversation.story).toEqual(['heard order_reply', 'heard configuration_request']);
  });

  it('is not answered now where its answer is to come later, and that comes by itself', () => {
    const later = { type: 'reply' as const, frame: frameByHand(2, 3, CONFIGURATION) };
    const { told } = asked((type) =>
      type === 'configuration_request' ? { outputs: [], reply: 'withheld' } : { outputs: [later] },
    );
    told
      .sends(3, `{"SN":"${SERIAL}"}`)
      .nothing()
      .battery(frameByHand(2, 8, ANSWER))
      .server(frameByHand(2, 3, CONFIGURATION));
  });

  it('of another battery, or of nobody known, is no part of it', () => {
    const { told, conversation } = asked(() => ({ outputs: [], reply: 'withheld' }));
    told.sends(3, `{"SN":"${OTHER}"}`).meets(OTHER).success(3);
    expect(conversation.story).toEqual([]);
    told.sends(3, `{"SN":"${SERIAL}"}`).nothing();
    expect(conversation.story).toEqual(['heard configuration_request']);
  });

  it('is kept by its handler first, also where a conversation takes it', () => {
    const { told } = asked(() => ({ outputs: [], reply: 'withheld' }));
    told
      .sends(4, `{"SN":"${SERIAL}","GridCharge":"1"}`)
      .keeps({ type: 'configuration', battery: SERIAL })
      .sends(7, '{"Odd":1}')
      .keeps({ type: 'bytes', reason: 'COMMAND_UNKNOWN', command: 7, battery: SERIAL })
      .reports('COMMAND_UNKNOWN');
  });
});

describe('a response', () => {
  it('that a conversation takes is no surprise, and one that none takes is kept as it came', () => {
    const { told } = asked((type) => (type === 'order_reply' ? { outputs: [] } : null));
    told.battery(frameByHand(2, 8, ANSWER)).nothing();
    const { told: other } = asked(() => null);
    other
      .battery(frameByHand(2, 8, ANSWER))
      .keeps({ type: 'bytes', reason: 'RESPONSE_UNEXPECTED' })
      .reports('RESPONSE_UNEXPECTED')
      .nothing();
  });

  it('that a conversation takes, but is no answer to an order, is kept as it came all the same', () => {
    const { told } = asked(() => ({ outputs: [], reply: 'success' }));
    told
      .battery(frameByHand(2, 3, '{}'))
      .keeps({ type: 'bytes', command: 3 })
      .reports('RESPONSE_UNEXPECTED')
      .nothing();
  });
});

describe('from outside', () => {
  it('a conversation is interrupted when another peer is to be believed, and with the end of its connection', () => {
    const { told, conversation, battery } = asked(() => null);
    expect(told.session.interrupt(battery, NOON)).toMatchObject([{ type: 'problem', detail: 'interrupted' }]);
    const second = new OneOrder(frameByHand(1, 8, ORDER));
    // The first order may not have left yet.
    expect(told.session.start(battery, second, NOON)).toEqual([]);
    expect(told.session.orderSent(NOON)).toMatchObject([{ type: 'order' }]);
    told.hangsUp().reports('RESPONSE_UNEXPECTED', 'interrupted').keeps({ name: 'disconnected' });
    expect([conversation.story, second.story]).toEqual([['interrupted'], ['interrupted']]);
    expect(told.session.orderSent(NOON)).toEqual([]);
    expect(told.session.start(battery, new OneOrder(frameByHand(1, 8, ORDER)), NOON)).toEqual([]);
  });

  it('a connection is closed, and what was begun on it kept', () => {
    const { told } = asked(() => null);
    told.session.receive(frameByHand(1, 3, '').subarray(0, 4), NOON);
    const outputs = told.session.close('CONNECTION_CLOSED', NOON);
    expect(outputs).toMatchObject([
      { type: 'record', record: { type: 'bytes', reason: 'FRAME_INCOMPLETE' } },
      { type: 'problem', code: 'CONNECTION_CLOSED' },
      { type: 'problem', detail: 'interrupted' },
      { type: 'record', record: { type: 'event', name: 'disconnected' } },
      { type: 'close', code: 'CONNECTION_CLOSED' },
    ]);
    expect(told.session.close('CONNECTION_CLOSED', NOON)).toEqual([]);
  });
});
