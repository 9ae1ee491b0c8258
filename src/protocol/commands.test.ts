import { describe, expect, it } from 'vitest';
import { frameByHand, hexOf } from '../../test/wire.ts';
import {
  COMMANDS,
  CONFIGURATION,
  CONFIGURATION_REQUEST,
  commandOf,
  DETAIL,
  EVENT,
  frameName,
  HISTORY,
  isSuccess,
  LIVE,
  LOGIN,
  ORDER,
  PING,
  successReply,
  wantsReply,
} from './commands.ts';
import { PROTOBUF_REQUEST, PROTOBUF_RESPONSE, REQUEST, RESPONSE } from './frame.ts';

const UNDOCUMENTED = [1, 6, 7, 10, 11, 13, 14, 15, 17, 255];

describe('the commands', () => {
  it('have the numbers that were captured', () => {
    const numbers = [PING, LOGIN, CONFIGURATION_REQUEST, CONFIGURATION, DETAIL, ORDER, EVENT, HISTORY, LIVE];
    expect(numbers).toEqual([0, 2, 3, 4, 5, 8, 9, 12, 16]);
    expect(COMMANDS.map((command) => command.number)).toEqual(numbers);
  });

  it('have names of their own', () => {
    expect(new Set(COMMANDS.map((command) => command.name)).size).toBe(COMMANDS.length);
  });

  it('come from the battery, but for the order', () => {
    expect(COMMANDS.filter((command) => command.from === 'server').map((command) => command.number)).toEqual([8]);
  });

  it('carry JSON, but for the empty one and history', () => {
    const others = COMMANDS.filter((command) => command.body !== 'json');
    expect(others.map(({ number, body }) => [number, body])).toEqual([
      [0, 'empty'],
      [12, 'csv'],
    ]);
  });
});

describe('commandOf', () => {
  it.each(UNDOCUMENTED)('knows nothing of %i', (number) => {
    expect(commandOf(number)).toBeUndefined();
  });

  it.each([-1, 256, 1.5, Number.NaN])('knows nothing of %d, which is no byte', (number) => {
    expect(commandOf(number)).toBeUndefined();
  });

  it('finds every documented command', () => {
    for (const command of COMMANDS) expect(commandOf(command.number)).toBe(command);
  });
});

describe('frameName', () => {
  it.each([
    [REQUEST, 16, 'live'],
    [RESPONSE, 16, 'live reply'],
    [REQUEST, 0, 'ping'],
    [REQUEST, 7, 'unknown 7'],
    [RESPONSE, 255, 'unknown 255 reply'],
    [PROTOBUF_REQUEST, 16, 'protobuf live'],
    [PROTOBUF_RESPONSE, 10, 'protobuf unknown 10 reply'],
  ] as const)('calls %i,%i %s', (type, command, name) => {
    expect(frameName(type, command)).toBe(name);
  });
});

describe('successReply', () => {
  it('is the captured reply to a live message, byte for byte', () => {
    expect(hexOf(successReply(16))).toBe('01021000000014' + '7b22537461747573223a2253756363657373227d' + '57ac');
  });

  it('repeats any command in 29 bytes with a good checksum', () => {
    for (let command = 0; command < 256; command++) {
      const reply = successReply(command);
      expect(reply).toHaveLength(29);
      expect(hexOf(reply)).toBe(hexOf(frameByHand(2, command, '{"Status":"Success"}')));
    }
  });

  it('is the same object each time', () => {
    expect(successReply(12)).toBe(successReply(12));
    expect(successReply(12)).not.toBe(successReply(16));
  });
});

describe('wantsReply', () => {
  it('is true of requests and never of responses, which would go on for ever', () => {
    expect([wantsReply(REQUEST), wantsReply(RESPONSE)]).toEqual([true, false]);
  });

  it('is not true of newer firmware’s, of which nobody knows what they await', () => {
    expect([wantsReply(PROTOBUF_REQUEST), wantsReply(PROTOBUF_RESPONSE)]).toEqual([false, false]);
  });
});

describe('isSuccess', () => {
  const body = (text: string) => Buffer.from(text);

  it('is true of the plain answer alone', () => {
    expect(isSuccess({ type: RESPONSE, body: body('{"Status":"Success"}') })).toBe(true);
    expect(isSuccess({ type: REQUEST, body: body('{"Status":"Success"}') })).toBe(false);
    expect(isSuccess({ type: RESPONSE, body: body('{"Status":"Failure"}') })).toBe(false);
    expect(isSuccess({ type: RESPONSE, body: body('{"Status":"Success"} ') })).toBe(false);
    expect(isSuccess({ type: RESPONSE, body: body('') })).toBe(false);
  });
});
