import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameByHand, HAVE_SAMPLES, hexOf, sample } from '../../test/wire.ts';
import { readObject } from './body/json.ts';
import { answersResume, type OrderReply, orderIndex, readOrderReply, resumeOrder } from './orders.ts';

const readReply = (text: string): OrderReply | null => {
  const read = readObject(text);
  return read === null ? null : readOrderReply(read);
};

/** 2021/03/24 10:17:43 as if UTC. */
const CAPTURED_AFTER = 1_616_581_063;

describe('the number of an order', () => {
  it.each([
    ['23:01:55.609 UTC, as captured', Date.UTC(2021, 2, 24, 23, 1, 55, 609), '82915609'],
    ['09:59:27.905 UTC, as captured', Date.UTC(2021, 2, 24, 9, 59, 27, 905), '35967905'],
    ['midnight', Date.UTC(2024, 5, 12), '0'],
    ['the last millisecond of a day', Date.UTC(2024, 5, 12) - 1, '86399999'],
    ['a part of a millisecond', Date.UTC(2024, 5, 12) + 0.9, '0'],
    ['a server whose clock is before 1970', -1, '86399999'],
  ])('is the milliseconds since midnight: %s', (_, wallMs, index) => {
    expect(orderIndex(wallMs)).toBe(index);
  });
});

describe('a Resume', () => {
  it('is, byte by byte, what was captured', () => {
    const body = '{"CmdIndex":"35967905","Command":"Resume","Parameter1":"2021/03/24 10:17:43","Parameter2":"641"}';
    const order = resumeOrder('35967905', CAPTURED_AFTER, 641);
    expect(hexOf(order)).toBe(hexOf(frameByHand(1, 8, body)));
    expect(hexOf(order.subarray(0, 7))).toBe('01010800000060');
  });

  it.runIf(HAVE_SAMPLES)('says what the captured one says, in its order', () => {
    const order = resumeOrder('35967905', CAPTURED_AFTER, 641);
    const text = new TextDecoder().decode(order.subarray(7, -2));
    expect(text).toBe(JSON.stringify(JSON.parse(sample('1-1-8.json'))));
  });

  it('is a good frame for whatever is asked', () => {
    const anyTime = fc.integer({ min: 0, max: 7_258_118_399 });
    fc.assert(
      fc.property(fc.nat(86_399_999), anyTime, fc.nat(), (index, after, minutes) => {
        const order = resumeOrder(String(index), after, minutes);
        const text = new TextDecoder().decode(order.subarray(7, -2));
        expect(hexOf(order)).toBe(hexOf(frameByHand(1, 8, text)));
        expect(JSON.parse(text)).toEqual({
          CmdIndex: String(index),
          Command: 'Resume',
          Parameter1: expect.stringMatching(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d$/),
          Parameter2: String(minutes),
        });
      }),
    );
  });
});

describe('the number of an order', () => {
  it('may be any text: it is in the order as it is, and known in an answer that repeats it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (index) => {
        const order = resumeOrder(index, CAPTURED_AFTER, 641);
        // As Node reads UTF-8, and as a battery repeats it: the same letters, with a status.
        const text = Buffer.from(order.subarray(7, -2)).toString('utf8');
        expect(JSON.parse(text).CmdIndex).toBe(index);
        expect(hexOf(order)).toBe(hexOf(frameByHand(1, 8, text)));
        const written = /^\{("CmdIndex":"(?:[^"\\]|\\.)*","Command":"Resume")/.exec(text)?.[1];
        const reply = readReply(`{${written},"Status":"Success"}`);
        expect(reply).toEqual({ command: 'Resume', index, success: true });
        expect([answersResume(reply as OrderReply, index), answersResume(reply as OrderReply, `${index}x`)]).toEqual([
          true,
          false,
        ]);
      }),
    );
  });
});

describe('the answer to an order', () => {
  it.runIf(HAVE_SAMPLES)('is read as captured', () => {
    const reply = { command: 'Resume', index: '35967905', success: true };
    expect(readReply(sample('1-2-8.json'))).toEqual(reply);
  });

  it.each([
    ['{"Command":"Resume","CmdIndex":"7","Status":"Success"}', 'Resume', '7', true],
    ['{"CmdIndex":"7","Status":"Success","Command":"Resume","Extra":1}', 'Resume', '7', true],
    ['{"Command":"Resume","CmdIndex":7,"Status":"Success"}', 'Resume', '7', true],
    ['{"Command":"Resume","CmdIndex":"7","Status":"Fail"}', 'Resume', '7', false],
    ['{"Command":"Resume","CmdIndex":"7","Status":"success"}', 'Resume', '7', false],
    ['{"Command":"Resume","CmdIndex":"7"}', 'Resume', '7', false],
    ['{"Command":"Resume","CmdIndex":"7","Status":null}', 'Resume', '7', false],
    ['{"Command":"Resume","CmdIndex":["7"],"Status":"Success"}', 'Resume', '["7"]', true],
    ['{"Command":"","CmdIndex":"","Status":"Success"}', '', '', true],
  ])('%s', (text, command, index, success) => {
    expect(readReply(text)).toEqual({ command, index, success });
  });

  it.each([
    '',
    'Success',
    '[]',
    'null',
    '{}',
    '{"Status":"Success"}',
    '{"Command":"Resume","Status":"Success"}',
    '{"CmdIndex":"7","Status":"Success"}',
    '{"Command":null,"CmdIndex":"7"}',
    '{"Command":"Resume","CmdIndex":"7"',
    '{"Command":"Resume","CmdIndex":"7","Status":',
    '{"Command":"Resume","CmdIndex":"7","Status":}',
  ])('is none: %s', (text) => {
    expect(readReply(text)).toBeNull();
  });

  it('is for a Resume of that number and no other', () => {
    const reply = { command: 'Resume', index: '7', success: true };
    expect(answersResume(reply, '7')).toBe(true);
    expect(answersResume(reply, '07')).toBe(false);
    expect(answersResume({ ...reply, command: 'SetConfig' }, '7')).toBe(false);
  });

  it('never throws, whatever it is', () => {
    const value = fc.oneof(fc.string(), fc.jsonValue());
    const object = fc.record({ Command: value, CmdIndex: value, Status: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          object.map((one) => JSON.stringify(one)),
        ),
        (text) => {
          const reply = readReply(text);
          if (reply === null) return;
          expect(typeof reply.command).toBe('string');
          expect(typeof reply.index).toBe('string');
          expect(typeof reply.success).toBe('boolean');
        },
      ),
    );
  });
});
