/** Each command’s message. Others: messages.bodies, messages.history, messages.events. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALL_COMMANDS,
  ASK,
  CONFIG,
  DETAIL,
  EVENT,
  frame,
  HISTORY,
  kept,
  LIVE,
  LOGIN,
  PING,
  READABLE,
  read,
  readingsOf,
  UNREADABLE,
  unreadableOf,
} from '../../test/read-message.ts';
import { fixture, HAVE_SAMPLES, joined, sample, sessionFrames } from '../../test/wire.ts';
import { Private } from '../model.ts';
import { FormBook } from './body/wire-form.ts';
import { FIELDS } from './fields/fields.ts';
import { FrameDecoder } from './frame.ts';
import { MessageReader } from './messages.ts';

describe('a command', () => {
  it('that nobody has documented is unknown, whatever its body looks like', () => {
    const unknown = ALL_COMMANDS.filter((command) => command !== PING && !READABLE.includes(command));
    expect(unknown).toHaveLength(248);
    for (const command of unknown) {
      expect(read(command, fixture('1-1-16.live.json'))).toEqual(kept(command, 'AL2002021010101'));
      expect(read(command, '{"Request":"x"}')).toEqual(kept(command));
    }
  });

  it('in an answer to an order says which one it answers, and whether the battery will do it', () => {
    const reader = new MessageReader(new FormBook());
    const body = '{"Command":"Resume","CmdIndex":"35967905","Status":"Success"}';
    const reply = { command: 'Resume', index: '35967905', success: true };
    expect(reader.read(frame(8, body, 2))).toEqual({ type: 'order_reply', reply, partly: false });
    // Only 1,2,8 answers an order.
    const other = { type: 'unreadable', reason: 'RESPONSE_UNEXPECTED', serial: null };
    for (const command of ALL_COMMANDS.filter((one) => one !== 8)) {
      expect(reader.read(frame(command, body, 2))).toEqual(other);
    }
  });

  it('in a response was not asked for, even if it could not be read', () => {
    const reader = new MessageReader(new FormBook());
    for (const command of ALL_COMMANDS) {
      for (const body of ['', fixture('1-1-16.live.json'), new Uint8Array([0xff])]) {
        expect(reader.read(frame(command, body, 2))).toEqual({
          ...{ type: 'unreadable', reason: 'RESPONSE_UNEXPECTED', serial: null },
        });
      }
    }
  });

  it('decides alone what a message is: a live body is no login', () => {
    const known = unreadableOf('AL2002021010101');
    expect(read(LOGIN, fixture('1-1-16.live.json'))).toEqual(known);
    expect(read(EVENT, fixture('1-1-16.live.json'))).toEqual(known);
    expect(read(HISTORY, fixture('1-1-16.live.json'))).toEqual(known);
    expect(read(LIVE, fixture('1-1-12.history.csv'))).toEqual(UNREADABLE);
    expect(read(LIVE, fixture('1-1-4.config.json'))).toEqual(known);
    expect(read(CONFIG, fixture('1-1-16.live.json'))).toEqual(known);
  });

  it('of the fixture session is what it says, with frames as they come off the wire', () => {
    const reader = new MessageReader(new FormBook());
    const decoder = new FrameDecoder();
    decoder.receive(joined(sessionFrames()));
    const types: string[] = [];
    for (let next = decoder.next(); next?.kind === 'frame'; next = decoder.next()) types.push(reader.read(next).type);
    expect(types).toEqual(['login', 'ping', 'events', 'readings', 'readings', 'readings']);
  });
});

describe('the empty request', () => {
  it.each([' ', '\n', '{}', '{"Status":"Success"}', '\u0000'])('is unreadable with the body %j', (body) => {
    expect(read(PING, body)).toEqual(UNREADABLE);
  });
});

describe('a login', () => {
  const login = (serial: string | null, note: string) => ({
    type: 'login',
    serial,
    note,
    partly: false,
    login: expect.any(Private),
  });

  it.each([
    ['{"UserName":"AL2002","Password":"p","CompanyName":"c","Version":"V1"}', '["AL2002","p","c"]'],
    ['{"CompanyName":"c","password":"p","UserName":"AL2002"}', '["AL2002","p","c"]'],
    ['{"UserName":"AL2002"}', '["AL2002",null,null]'],
  ])('can be compared with another, and is shown to nobody: %s', (body, text) => {
    const message = read(LOGIN, body);
    expect(message.type === 'login' && message.login.reveal()).toBe(text);
    expect(JSON.stringify(message)).not.toContain('"p"');
  });

  it('keeps what else it holds, but not the password', () => {
    const body = '{"UserName":"AL2002","Password":"p","password":"q","CompanyName":"x","Version":"V1"}';
    expect(read(LOGIN, body)).toEqual(login('AL2002', 'x {"Version":"V1"}'));
  });

  it('names the battery and its company, and says nothing of the password', () => {
    const message = read(LOGIN, fixture('1-1-2.login.json'));
    expect(message).toEqual(login('AL2002021010101', 'AlphaESS'));
  });

  it.skipIf(!HAVE_SAMPLES)('was captured so (skipped without ../shared/samples)', () => {
    expect(read(LOGIN, sample('1-1-2.json'))).toEqual(login('serialnumber', 'AlphaESS'));
  });

  it.each([
    ['a lower-case password', '{"UserName":"AL2002","password":"x","CompanyName":"Neovolt"}', 'AL2002', 'Neovolt'],
    ['no password and no company', '{"UserName":"AL2002"}', 'AL2002', ''],
    ['the company null', '{"UserName":"AL2002","CompanyName":null}', 'AL2002', ''],
    ['a number for a name', '{"UserName":20021,"CompanyName":5}', '20021', '5'],
    ['the name twice', '{"UserName":"AL1","UserName":"AL2"}', 'AL2', ''],
    ['a malformed name', '{"UserName":""AL2002","Password":"x"}', 'AL2002', ''],
    ['a name of 64 letters', `{"UserName":"${'A'.repeat(64)}"}`, 'A'.repeat(64), ''],
  ])('is taken with %s', (_what, body, serial, note) => {
    expect(read(LOGIN, body)).toEqual(login(serial, note));
  });

  it.each([
    ['null', 'null'],
    ['empty', '""'],
    ['blank', '"  "'],
    ['longer than any serial number', `"${'A'.repeat(65)}"`],
    ['unprintable', '"AL\\u00002002"'],
    ['two lines', '"AL\\n2002"'],
    ['not ASCII', '"ÄL2002"'],
    ['padded', '" AL2002"'],
  ])('without a battery is one whose name is %s', (_what, name) => {
    expect(read(LOGIN, `{"UserName":${name},"CompanyName":"x"}`)).toEqual(login(null, 'x'));
  });

  it.each(['{}', '{"Password":"x"}', '{"__proto__":{"UserName":"AL2002"}}', '{"username":"AL2002"}'])(
    'is unreadable without a name: %s',
    (body) => {
      expect(read(LOGIN, body)).toEqual(UNREADABLE);
    },
  );
});

describe('a request for the configuration', () => {
  it.each([
    ['{"SN":"AL2002021010101"}', 'AL2002021010101'],
    ['{ "SN" : "AL2002" }', 'AL2002'],
    ['{"SN":""AL2002""}', 'AL2002'],
    ['{"SN":2002}', '2002'],
    ['{"SN":"A1","SN":"B1"}', 'B1'],
    ['{"SN":null}', null],
    ['{"SN":""}', null],
    ['{"SN":" "}', null],
    ['{}', null],
    ['{"Other":"x"}', null],
  ])('%s comes from %j', (body, serial) => {
    expect(read(ASK, body)).toEqual({ type: 'configuration_request', serial, partly: body.includes('Other') });
  });

  it('does not take a nested or endless serial number', () => {
    expect(read(ASK, `{"SN":"${'A'.repeat(65)}"}`)).toEqual({
      type: 'configuration_request',
      serial: null,
      partly: false,
    });
    expect(read(ASK, `{"SN":{"a":"${'A'.repeat(65)}"}}`)).toEqual({
      type: 'configuration_request',
      serial: null,
      partly: false,
    });
  });
});

describe('a configuration', () => {
  it('is kept letter by letter, the key that comes twice included', () => {
    const text = fixture('1-1-4.config.json');
    expect(text.match(/"Generator":/g)).toHaveLength(2);
    expect(read(CONFIG, text)).toEqual({
      ...{ type: 'configuration', serial: 'AL2002021010101', text, bytes: null, partly: false },
    });
  });

  it.skipIf(!HAVE_SAMPLES)('was captured so (skipped without ../shared/samples)', () => {
    expect(read(CONFIG, sample('1-1-4.json'))).toMatchObject({ type: 'configuration', text: sample('1-1-4.json') });
  });

  it('needs no serial number', () => {
    const text = '{"GridCharge":"true"}';
    expect(read(CONFIG, text)).toMatchObject({ type: 'configuration', serial: null, text });
    expect(read(CONFIG, '{"SN":" ","gridcharge":null}')).toMatchObject({ type: 'configuration', serial: null });
  });

  it.each(['{}', '{"SN":"AL2002"}', '{"SN":"AL2002","Status":"Success"}', '{"SOC":"50.0"}', '{"MaxGridCharge":"0"}'])(
    'is unreadable where the battery says nothing of its settings: %s',
    (text) => {
      expect(read(CONFIG, text)).toEqual(unreadableOf(text.includes('AL2002') ? 'AL2002' : null));
    },
  );
});

describe('a live message', () => {
  it('is one reading, read in full', () => {
    const message = read(LIVE, fixture('1-1-16.live.json'));
    expect(message).toMatchObject({ type: 'readings', partly: false });
    expect(readingsOf(message)).toMatchObject([{ load_power: 418, soc: 71.2 }]);
  });

  it('with a malformed serial number is read all the same', () => {
    expect(read(LIVE, fixture('1-1-16.malformed-serial.json'))).toEqual(read(LIVE, fixture('1-1-16.live.json')));
  });

  it('may carry numbers and booleans for texts, nulls, and nested values, which are kept', () => {
    const message = read(LIVE, '{"SN":"AL1","SOC":50.4,"Ppv1":null,"Ppv2":true,"Pbat":-5,"A":[1,{"b":"c"}],"B":{}}');
    expect(readingsOf(message)).toMatchObject([{ soc: 50.4, pv1_power: null, pv2_power: null, battery_power: -5 }]);
    expect(message).toMatchObject({
      readings: [{ serial: 'AL1', rest: { Ppv1: null, Ppv2: 'true', A: '[1,{"b":"c"}]', B: '{}' } }],
    });
  });

  it('counts the last of a key given twice', () => {
    expect(readingsOf(read(LIVE, '{"SOC":"50.0","SOC":"60.0"}'))).toMatchObject([{ soc: 60 }]);
  });

  it('without a serial number or a time is a reading still', () => {
    expect(read(LIVE, '{"SOC":"50.0"}')).toMatchObject({ readings: [{ serial: null, batteryTime: null }] });
  });

  it.each([
    '{}',
    '{"SN":"AL2002","Time":"2021/03/24 10:01:52"}',
    '{"New":"5"}',
    '{"SOC":"x"}',
    '{"SOC":null}',
    '{"__proto__":{"SOC":"50.0"}}',
    '{"SN":"AL2002","BatV":"50.0"}',
  ])('is unreadable without one value: %s', (body) => {
    expect(read(LIVE, body)).toEqual(unreadableOf(body.includes('AL2002') ? 'AL2002' : null));
  });

  it('is read in part where a value nests too deeply to be a text: only the message as it came has that', () => {
    const nested = (depth: number) => `{"SOC":"50.0","Deep":${'['.repeat(depth)}${']'.repeat(depth)},"New":null}`;
    expect(read(LIVE, nested(10))).toMatchObject({
      partly: false,
      readings: [{ rest: { Deep: '[[[[[[[[[[]]]]]]]]]]' } }],
    });
    const message = read(LIVE, nested(200_000));
    expect(message).toMatchObject({ partly: true, readings: [{ rest: { Deep: null, New: null } }] });
    expect(readingsOf(message)).toMatchObject([{ soc: 50 }]);
  });
});

describe('a detail message', () => {
  it('is one reading, read in full', () => {
    expect(readingsOf(read(DETAIL, fixture('1-1-5.detail.json')))).toMatchObject([
      { load_power: 421, pv_energy: 9127.4 },
    ]);
  });

  it('knows fields that the live one does not', () => {
    expect(readingsOf(read(DETAIL, '{"BatV":"49.92"}'))).toMatchObject([{ battery_voltage: 49.92 }]);
  });
});

describe('MessageReader', () => {
  const wires = FIELDS.flatMap((field) => field.wire);
  const key = fc.oneof(
    fc.constantFrom(...wires),
    fc.constantFrom('UserName', 'CompanyName', 'MsgType', 'MsgContent', '__proto__', 'constructor', ''),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom(
      '0',
      '-0',
      '0.0',
      '1e999',
      '99,99',
      'true',
      '2021/03/24 10:01:52',
      '21/03/24 10:01:52 41;',
      'EventLog',
    ),
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: fc.constantFrom(...'0123456789.-+eE /:;') }),
  );
  const json = fc.dictionary(key, value, { maxKeys: 30 }).map((object) => JSON.stringify(object));
  const cell = fc.oneof(
    fc.constantFrom('2021/03/24', '10:01:52', '5', '93.6', '', 'AL2002', '17042704', 'x'),
    fc.string(),
  );
  const line = fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(','));
  const header = fc.uniqueArray(fc.constantFrom('Date', 'Time', 'SN', 'SOC', 'Pbat', 'VcellLow', 'New', ''), {
    maxLength: 6,
  });
  const csv = fc
    .tuple(header, fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'))
    .map(([keys, lines, end]) => [keys.join(','), ...lines].join(end));
  const bytes = fc.uint8Array({ maxLength: 100 });
  const command = fc.oneof(fc.constantFrom(...READABLE), fc.nat(255));
  const types = ['ping', 'login', 'configuration_request', 'configuration', 'readings', 'events', 'unreadable'];

  it('never throws, whatever the command and the body, and says what it is in one of its words', () => {
    const reader = new MessageReader(new FormBook());
    fc.assert(
      fc.property(
        command,
        fc.oneof(json, csv, bytes, fc.string(), fc.json()),
        fc.constantFrom(1, 2),
        (number, body, type) => {
          const message = reader.read(frame(number, body, type));
          expect(types).toContain(message.type);
          if (message.type !== 'readings') return;
          expect(message.readings.length).toBeGreaterThan(0);
          for (const { values, serial } of message.readings) {
            expect(serial).not.toBe('');
            for (const read of values)
              expect(read === null || typeof read === 'string' || Number.isFinite(read)).toBe(true);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('reads a message the same whatever it read before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(command, fc.oneof(json, csv)), { maxLength: 6 }), (messages) => {
        const reader = new MessageReader(new FormBook());
        for (const [number, body] of messages) {
          expect(reader.read(frame(number, body))).toEqual(read(number, body));
        }
      }),
    );
  });

  it('gives every row of history that has a time and a value, and no more, whatever stands between', () => {
    const good = fc.constantFrom('2021/03/24,10:01:52,93.6', '2021/03/24,10:02:52,50.0');
    const bad = fc.constantFrom(
      '',
      'x',
      '2021/03/24,10:01:52',
      '2021/02/30,10:01:52,93.6',
      ',,',
      '2021/03/24,10:01:52,',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(good, bad), { maxLength: 12 }), (lines) => {
        const message = read(HISTORY, ['Date,Time,SOC', ...lines].join('\n'));
        const rows = lines.filter((text) => /^2021\/03\/24,.*\d\.\d$/.test(text)).length;
        if (rows === 0) expect(message).toEqual(UNREADABLE);
        else expect(readingsOf(message)).toHaveLength(rows);
        if (message.type === 'readings')
          expect(message.partly).toBe(
            lines.some((text) => (text !== '' && !/\.\d$/.test(text)) || text.includes('02/30')),
          );
      }),
    );
  });

  it('is done with 64 KiB of anything in no time', () => {
    const pieces = [
      '{"a":',
      '":"",',
      ',',
      '\n',
      '1',
      ';',
      ' ',
      '21/03/24 10:01:52 41;',
      'Date,Time\n',
      '2021/03/24,',
      '""',
    ];
    for (const number of READABLE) {
      for (const piece of pieces) {
        const filling = piece.repeat(65_000 / piece.length);
        for (const body of [
          filling,
          `{"SOC":${JSON.stringify(filling)},"SN":${JSON.stringify(filling)}}`,
          `Date,Time,SOC\n${filling}`,
        ]) {
          read(number, body);
        }
      }
    }
    const digits = '9'.repeat(65_000);
    for (let i = 0; i < 20; i++) expect(read(LIVE, `{"SOC":"${digits}x"}`)).toEqual(UNREADABLE);
  });
});

describe('unknown fields', () => {
  const TIME = '2024/06/12 12:04:10';
  const status = (text: string) => JSON.stringify({ Time: TIME, SN: 'AL2002', Ppv1: '1', Odd: text });

  it('of 8,000 letters, names included, are kept with the reading; of more only the message as it came', () => {
    for (const command of [LIVE, DETAIL]) {
      const most = read(command, status('x'.repeat(7997)));
      expect(most).toMatchObject({ partly: false, readings: [{ serial: 'AL2002', rest: { Odd: 'x'.repeat(7997) } }] });
      const more = read(command, status('x'.repeat(7998)));
      expect(more).toMatchObject({ partly: true, readings: [{ serial: 'AL2002', rest: null, form: null }] });
      expect(readingsOf(more)).toEqual(readingsOf(most));
    }
  });

  it('are counted by their names, and where they have no value', () => {
    const body = JSON.stringify({ Time: TIME, SN: 'AL2002', Ppv1: '1', ['x'.repeat(8001)]: null });
    expect(read(LIVE, body)).toMatchObject({ partly: true, readings: [{ rest: null, form: null }] });
  });

  it('are counted in each row of history', () => {
    const [long, short] = ['x'.repeat(7998), 'x'.repeat(7997)];
    const rows = [long, short].map((odd) => `2024/06/12,12:04:10,AL2002,1,${odd}`);
    const message = read(HISTORY, ['Date,Time,SN,Ppv1,Odd', ...rows].join('\n'));
    expect(message).toMatchObject({ partly: true, readings: [{ rest: null, form: null }, { rest: { Odd: short } }] });
  });
});
