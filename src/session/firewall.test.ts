import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameByHand } from '../../test/wire.ts';
import { type Frame, FrameDecoder } from '../protocol/frame.ts';
import {
  type CommandPolicy,
  type FirewallPolicy,
  type FirewallState,
  judgeBattery,
  judgeVendor,
  VENDOR_COMMANDS,
} from './firewall.ts';

const DEFAULTS: FirewallPolicy = { commands: new Map(), share: 'all' };
const QUIET: FirewallState = {
  awaitsVendor: () => false,
  lets: () => false,
  underWay: [],
  hasBattery: true,
  isOurs: false,
  resumesForUs: false,
};

function frame(type: number, command: number, body: string | Uint8Array): Frame {
  const decoder = new FrameDecoder();
  decoder.receive(frameByHand(type, command, body));
  return decoder.next() as Frame;
}

function order(fields: Readonly<Record<string, string>>): Frame {
  return frame(1, 8, JSON.stringify(fields));
}

function ordered(command: string, said?: CommandPolicy): string {
  const commands = new Map(said === undefined ? [] : [[command, said]]);
  const { action, rule } = judgeVendor(
    order({ Command: command, CmdIndex: '20417060' }),
    { ...DEFAULTS, commands },
    QUIET,
  );
  return `${action} ${rule}`;
}

describe('of what the vendor sends', () => {
  it.each([0, 2, 3, 4, 5, 8, 9, 12, 16, 7, 255])(
    'an answer to request %i is consumed: the battery has ours',
    (command) => {
      const answer = frame(2, command, '{"Status":"Success"}');
      expect(judgeVendor(answer, DEFAULTS, QUIET)).toEqual({ action: 'consume', rule: 'answer', order: null });
    },
  );

  it('an answer passes that the battery awaits, and no other', () => {
    const state = { ...QUIET, awaitsVendor: (command: number) => command === 7 };
    expect(judgeVendor(frame(2, 7, 'time'), DEFAULTS, state)).toMatchObject({ action: 'pass', rule: 'answer_awaited' });
    expect(judgeVendor(frame(2, 6, 'time'), DEFAULTS, state)).toMatchObject({ action: 'consume', rule: 'answer' });
    // Of newer firmware: in which form an answer is awaited is not known.
    expect(judgeVendor(frame(4, 7, 'time'), DEFAULTS, state)).toMatchObject({ action: 'consume', rule: 'answer' });
  });

  it.each([
    ['Resume', 'pass command'],
    ['SetConfig', 'hold command'],
    ['SyncTime', 'pass command'],
    ['Update', 'block command'],
    ['ChangeWorkMode', 'block command'],
    ['Microgrid', 'block command'],
    ['DispatchPower', 'block command'],
    ['restart', 'block command_unknown'],
    ['restore', 'block command_unknown'],
    ['modify_server', 'block command_unknown'],
    ['extra.anything', 'block command_unknown'],
    ['remote_control.on', 'block command_unknown'],
    ['upload_log', 'block command_unknown'],
    ['resume', 'block command_unknown'],
    ['Resume ', 'block command_unknown'],
    ['', 'block command_unknown'],
    ['constructor', 'block command_unknown'],
  ])('%s: %s', (command, expected) => {
    expect(ordered(command)).toBe(expected);
  });

  it('the owner’s file says what becomes of a command, one we do not know too', () => {
    expect(ordered('Resume', 'block')).toBe('block command');
    expect(ordered('SyncTime', 'hold')).toBe('hold command');
    expect(ordered('SetConfig', 'pass')).toBe('pass command');
    expect(ordered('SetConfig', 'owner')).toBe('hold command');
    expect(ordered('DispatchPower', 'pass')).toBe('pass command');
    expect(ordered('upload_log', 'pass')).toBe('pass command');
  });

  it('what is blocked passes only while the owner lets it', () => {
    const update = order({ Command: 'Update', CmdIndex: '1', Parameter1: 'V9' });
    const lets = { ...QUIET, lets: (command: string) => command === 'Update' };
    expect(judgeVendor(update, DEFAULTS, lets)).toMatchObject({ action: 'pass', rule: 'let' });
    expect(judgeVendor(update, DEFAULTS, QUIET).action).toBe('block');
    expect(judgeVendor(order({ Command: 'restart' }), DEFAULTS, lets).action).toBe('block');
  });

  it('an order is consumed while the same is under way, and blocked while eight others are', () => {
    const resume = order({ Command: 'Resume', CmdIndex: '1' });
    const judged = (underWay: string[]) => judgeVendor(resume, DEFAULTS, { ...QUIET, underWay });
    expect(judged(['SyncTime', 'Resume'])).toMatchObject({ action: 'consume', rule: 'order_repeated' });
    expect(judged(Array(7).fill('SyncTime')).action).toBe('pass');
    expect(judged(Array(8).fill('SyncTime'))).toMatchObject({ action: 'block', rule: 'orders_many' });
  });

  it('an order is blocked where no battery is believed to be there', () => {
    const judged = judgeVendor(order({ Command: 'Resume' }), DEFAULTS, { ...QUIET, hasBattery: false });
    expect(judged).toMatchObject({ action: 'block', rule: 'battery_unknown' });
  });

  it('an order is told with its number and its fields', () => {
    const resume = order({
      CmdIndex: '82915609',
      Command: 'Resume',
      Parameter1: '2021/03/24 20:59:10',
      Parameter2: '60',
    });
    const { order: told } = judgeVendor(resume, DEFAULTS, QUIET);
    expect(told).toMatchObject({ command: 'Resume', index: '82915609' });
    expect(told?.fields.get('Parameter2')).toBe('60');
    expect(judgeVendor(order({ Command: 'SyncTime' }), DEFAULTS, QUIET).order?.index).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['an object without a command', '{"CmdIndex":"1"}'],
    ['a command that is null', '{"Command":null}'],
    ['two commands', '{"Command":"Resume","Command":"Update"}'],
    ['two spellings', '{"Command":"Resume","command":"Update"}'],
    ['an order behind the order', '{"Command":"Resume"}{"Command":"Update"}'],
    ['an order within the order', '{"Command":"Resume","Parameter1":{"Command":"Update"}}'],
    ['what is no JSON', 'Command=Resume'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe)],
    ['a body without end', `{"Command":"Resume","Parameter1":"${'x'.repeat(4096)}"}`],
  ])('an order is blocked that is %s', (_what, body) => {
    expect(judgeVendor(frame(1, 8, body), DEFAULTS, QUIET)).toEqual({
      action: 'block',
      rule: 'order_unclear',
      order: null,
    });
  });

  it('an order is blocked that says more than is known of its command', () => {
    for (const Command of ['Resume', 'SetConfig']) {
      const { action, rule } = judgeVendor(order({ Command, CmdIndex: '1', Firmware: 'V9' }), DEFAULTS, QUIET);
      expect([action, rule]).toEqual(['block', 'order_unclear']);
    }
  });

  it.each([0, 1, 2, 3, 4, 5, 7, 9, 12, 16, 255])('a request %i is blocked, in either form', (command) => {
    const body = '{"Command":"Resume","CmdIndex":"1"}';
    expect(judgeVendor(frame(1, command, body), DEFAULTS, QUIET).rule).toBe('request_unknown');
    expect(judgeVendor(frame(3, command, body), DEFAULTS, QUIET).action).toBe('block');
  });

  it('nothing passes or is held that no line names', () => {
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.record({ Command: fc.string(), CmdIndex: fc.string() }).map((fields) => JSON.stringify(fields)),
      fc.constantFrom(...VENDOR_COMMANDS).map(({ name }) => `{"Command":"${name}"}`),
    );
    const named = /^\{"Command":"(?:Resume|SetConfig|SyncTime)"\}$/;
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4), fc.nat(255), anyBody, (type, command, body) => {
        const { action } = judgeVendor(frame(type, command, body), DEFAULTS, QUIET);
        const isNamed = type === 1 && command === 8 && named.test(Buffer.from(body as string).toString());
        expect(action === 'pass' || action === 'hold').toBe(isNamed);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('of what the battery sends', () => {
  const kinds = [
    [16, 'live'],
    [5, 'detail'],
    [12, 'history'],
    [9, 'events'],
    [3, 'configuration'],
    [4, 'configuration'],
  ] as const;

  it.each([0, 2, 3, 4, 5, 7, 9, 12, 16])('request %i is forwarded', (command) => {
    expect(judgeBattery(frame(1, command, 'x'), DEFAULTS, QUIET)).toEqual({
      action: 'pass',
      rule: 'message',
      order: null,
    });
    expect(judgeBattery(frame(3, command, 'x'), DEFAULTS, QUIET).action).toBe('pass');
  });

  it.each(kinds)('request %i is of the kind %s, which may be left out', (command, kind) => {
    const others = new Set(kinds.map(([, one]) => one).filter((one) => one !== kind));
    expect(judgeBattery(frame(1, command, 'x'), { ...DEFAULTS, share: new Set([kind]) }, QUIET).action).toBe('pass');
    expect(judgeBattery(frame(1, command, 'x'), { ...DEFAULTS, share: others }, QUIET)).toMatchObject({
      action: 'consume',
      rule: 'not_shared',
    });
  });

  it('what is of no kind is forwarded only where everything is; ping and login always are', () => {
    const some: FirewallPolicy = { ...DEFAULTS, share: new Set(['live']) };
    expect([0, 2, 7, 255].map((command) => judgeBattery(frame(1, command, ''), some, QUIET).action)).toEqual([
      'pass',
      'pass',
      'consume',
      'consume',
    ]);
    expect(judgeBattery(frame(3, 16, ''), some, QUIET).action).toBe('consume');
  });

  it('an answer goes to who asked', () => {
    const answer = frame(2, 8, '{"Command":"Resume","CmdIndex":"1","Status":"Success"}');
    const judged = (isOurs: boolean) => judgeBattery(answer, DEFAULTS, { ...QUIET, isOurs });
    expect(judged(true)).toMatchObject({ action: 'consume', rule: 'own_conversation' });
    expect(judged(false).action).toBe('pass');
  });

  it('of a conversation of ours only what shows how the battery then is goes to the vendor', () => {
    const judged = (command: number) =>
      judgeBattery(frame(1, command, 'x'), DEFAULTS, { ...QUIET, isOurs: true }).action;
    expect([3, 4, 16].map(judged)).toEqual(['consume', 'pass', 'pass']);
  });

  it('rows of a Resume of ours are not forwarded, other messages meanwhile are', () => {
    const state = { ...QUIET, resumesForUs: true };
    expect(judgeBattery(frame(1, 12, 'x'), DEFAULTS, state)).toMatchObject({ action: 'consume', rule: 'own_history' });
    expect(judgeBattery(frame(1, 16, 'x'), DEFAULTS, state).action).toBe('pass');
  });
});
