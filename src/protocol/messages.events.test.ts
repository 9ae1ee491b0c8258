/** Logs of events. */
import { describe, expect, it } from 'vitest';
import { EVENT, read, UNREADABLE } from '../../test/read-message.ts';
import { fixture, HAVE_SAMPLES, sample } from '../../test/wire.ts';

const utc = (...parts: [number, number, number, number, number, number]) => Date.UTC(...parts) / 1000;

describe('events', () => {
  const log = (content: string) => read(EVENT, JSON.stringify({ MsgType: 'EventLog', MsgContent: content }));
  const entry = (text: string, batteryTime: number | null, code: number | null, occurrence = 0) => ({
    ...{ name: 'EventLog', text, batteryTime, code, occurrence },
  });

  it('of the fixture log are sixteen, newest first', () => {
    const message = read(EVENT, fixture('1-1-9.eventlog.json'));
    if (message.type !== 'events') expect.unreachable();
    expect(message.events).toHaveLength(16);
    expect(message.events[0]).toEqual(entry('24/06/12 12:03:41 41', utc(2024, 5, 12, 12, 3, 41), 41));
    expect(message.events[15]).toEqual(entry('24/06/12 08:39:41 42', utc(2024, 5, 12, 8, 39, 41), 42));
    expect(message.events.filter((event) => event.code === 30)).toHaveLength(7);
  });

  it.skipIf(!HAVE_SAMPLES)('were captured so (skipped without ../shared/samples)', () => {
    const message = read(EVENT, sample('1-1-9.json'));
    if (message.type !== 'events') expect.unreachable();
    expect(message.events).toHaveLength(16);
    expect(message.events[1]).toEqual(entry('21/03/24 20:55:21 29', utc(2021, 2, 24, 20, 55, 21), 29));
  });

  it('of the fixture restart are one, with the whole text', () => {
    const text = 'System is restart, reason:1 0 1 0 0 0!MAC:00:00:5E:00:53:2A!';
    expect(read(EVENT, fixture('1-1-9.system.json'))).toEqual({
      type: 'events',
      partly: false,
      events: [{ name: 'System', batteryTime: null, code: null, text, occurrence: 0 }],
    });
  });

  it.each([
    ['Socket', 'reset;by peer;'],
    ['Invented', ''],
    ['', '21/03/24 20:59:10 41;'],
    ['eventlog', '21/03/24 20:59:10 41;'],
  ])('of the type %j are one, not taken apart', (name, text) => {
    expect(read(EVENT, JSON.stringify({ MsgType: name, MsgContent: text }))).toEqual({
      type: 'events',
      partly: false,
      events: [{ name, batteryTime: null, code: null, text, occurrence: 0 }],
    });
  });

  it.each([
    ['garbage', 'hello'],
    ['a code of letters', '21/03/24 20:59:10 4x'],
    ['a code below zero', '21/03/24 20:59:10 -1'],
    ['a code of seven digits', '21/03/24 20:59:10 1234567'],
    ['no code', '21/03/24 20:59:10'],
    ['no date', '20:59:10 41'],
    ['a date on no calendar', '21/02/30 20:59:10 41'],
    ['an hour on no clock', '21/03/24 24:00:00 41'],
    ['two spaces', '21/03/24  20:59:10 41'],
    ['something behind', '21/03/24 20:59:10 41 x'],
    ['a comma', '21/03/24 20:59:10,41'],
  ])('with %s among them keep that entry as text', (_what, bad) => {
    const good = '21/03/24 20:59:10 41';
    expect(log(`${good};${bad};${good.replace('41', '42')};`)).toEqual({
      type: 'events',
      partly: false,
      events: [
        entry(good, utc(2021, 2, 24, 20, 59, 10), 41),
        entry(bad, null, null),
        entry('21/03/24 20:59:10 42', utc(2021, 2, 24, 20, 59, 10), 42),
      ],
    });
  });

  it.each([0, 7, 999_999])('may have the code %i', (code) => {
    expect(log(`21/03/24 20:59:10 ${code};`)).toMatchObject({ events: [{ code }] });
  });

  it('that are equal are told apart by their occurrence', () => {
    const [a, b] = ['21/03/24 20:59:10 41', 'x'];
    const message = log(`${a};${b};${a}; ${b} ;${a};__proto__;__proto__;`);
    if (message.type !== 'events') expect.unreachable();
    expect(message.events.map(({ text, occurrence }) => [text, occurrence])).toEqual([
      ...[[a, 0] as const, [b, 0] as const, [a, 1] as const, [b, 1] as const, [a, 2] as const],
      ...[['__proto__', 0] as const, ['__proto__', 1] as const],
    ]);
  });

  it('may be none', () => {
    for (const content of ['', ';', ' ; ;; '])
      expect(log(content)).toEqual({ type: 'events', events: [], partly: false });
  });

  it('need no semicolon behind the last, and may come on lines', () => {
    const message = log('21/03/24 20:59:10 41;\n21/03/24 20:55:21 29');
    expect(message).toMatchObject({ events: [{ code: 41 }, { code: 29 }] });
  });

  it('are taken to a thousand, and not beyond: that is no log', () => {
    const thousand = '21/03/24 20:59:10 41;'.repeat(1000);
    const message = log(thousand);
    if (message.type !== 'events') expect.unreachable();
    expect(message.events.at(-1)).toMatchObject({ occurrence: 999 });
    expect(log(`${thousand}x`)).toEqual(UNREADABLE);
  });

  it('may be written with numbers', () => {
    expect(read(EVENT, '{"MsgType":5,"MsgContent":7}')).toMatchObject({ events: [{ name: '5', text: '7' }] });
  });

  it.each([
    '{}',
    '{"MsgType":"System"}',
    '{"MsgContent":"x"}',
    '{"MsgType":null,"MsgContent":"x"}',
    '{"MsgType":"EventLog","MsgContent":null}',
  ])('are unreadable without type and content: %s', (body) => {
    expect(read(EVENT, body)).toEqual(UNREADABLE);
  });
});
