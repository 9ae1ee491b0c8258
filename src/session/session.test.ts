import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Dialogue, dialogue, hex, NOON, toldOf } from '../../test/dialogue.ts';
import { crcByHand, frameByHand } from '../../test/wire.ts';
import { Private } from '../model.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from './batteries.ts';
import type { Output } from './output.ts';
import { Session } from './session.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');
const [LOGIN = '', PING = '', LOG = '', FIRST_LIVE = '', SECOND_LIVE = '', DETAIL = ''] = fixture('session.hex')
  .trim()
  .split('\n');

const SERIAL = 'AL2002021010101';
const OTHER_SERIAL = 'AL2002021010102';
/** The answer to 1,1,16, byte by byte as captured. */
const LIVE_SUCCESS = '01021000000014 7b22537461747573223a2253756363657373227d 57ac'.replaceAll(' ', '');
/** 12:04:10 on the battery's clock, as if UTC; heard at 11:04:11 UTC: 3599 s ahead. */
const FIRST_LIVE_TIME = 1_718_193_850;
const OFFSET = 3599;
const EPOCH = {
  number: 1,
  sinceMs: NOON.wallMs,
  possibleSinceMs: NOON.wallMs,
  offsetSeconds: OFFSET,
  driftPpm: 0,
  reason: 'first_frame' as const,
};
const NOON_SECONDS = 1_718_190_251;

const live = (time: string, serial = SERIAL) => `{"Time":"${time}","SN":"${serial}","Ppv1":"1890"}`;
const history = (...rows: string[]) => ['Date,Time,SN,Ppv1', ...rows, ''].join('\n');

/** A connection on which the battery has named itself with a live frame. */
function acquainted(start = {}): Dialogue {
  return dialogue(start)
    .battery(FIRST_LIVE)
    .meets(SERIAL)
    .keeps({ type: 'clock' })
    .keeps({ type: 'reading' })
    .server(LIVE_SUCCESS);
}

describe('a conversation', () => {
  it('goes as it was captured', () => {
    const told = dialogue()
      .battery(LOGIN)
      .meets(SERIAL)
      .keeps({ type: 'event', source: 'server', name: 'login', text: 'AlphaESS', battery: SERIAL, connection: 7 })
      .success(2)
      .battery(PING)
      .success(0)
      .battery(LOG);
    const codes = [41, 29, 30, 29, 30, 29, 30, 29, 30, 29, 30, 29, 30, 29, 30, 42];
    for (const code of codes) told.keeps({ type: 'event', source: 'battery', name: 'EventLog', code, time: null });
    told
      .success(9)
      .battery(FIRST_LIVE)
      .keeps({
        type: 'clock',
        battery: SERIAL,
        epochs: [EPOCH],
        corrections: [],
      })
      .keeps({
        type: 'reading',
        kind: 'live',
        battery: SERIAL,
        time: FIRST_LIVE_TIME - OFFSET,
        batteryTime: FIRST_LIVE_TIME,
        receivedMs: NOON.wallMs,
        values: { pv1_power: 1890, grid_power_l1: -3442, load_power: 418 },
      })
      .server(LIVE_SUCCESS)
      .after(10)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading', kind: 'live', time: FIRST_LIVE_TIME + 10 - OFFSET, values: { pv1_power: 1893 } })
      .server(LIVE_SUCCESS)
      .after(6)
      .battery(DETAIL)
      .keeps({ type: 'reading', kind: 'detail', time: FIRST_LIVE_TIME + 16 - OFFSET, values: { load_power: 421 } })
      .success(5)
      .hangsUp()
      .keeps({ type: 'event', source: 'server', name: 'disconnected', battery: SERIAL, time: NOON_SECONDS + 16 })
      .nothing();
  });

  it('needs no login: a battery that reconnects streams on', () => {
    acquainted().nothing();
  });

  it('keeps the event log of a battery that has not said its name, and the name when it comes', () => {
    dialogue()
      .sends(9, '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 41;"}')
      .keeps({ type: 'event', battery: null, connection: 7, batteryTime: 1_718_193_821, time: null, code: 41 })
      .success(9)
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS);
  });

  it('dates an entry of the log when the clock is known, and a message without a time by its arrival', () => {
    acquainted()
      .after(1)
      .sends(9, '{"MsgType":"EventLog","MsgContent":"24/06/12 12:03:41 41;24/06/12 12:03:41 41;nonsense"}')
      .keeps({ battery: SERIAL, time: 1_718_193_821 - OFFSET, code: 41, occurrence: 0 })
      .keeps({ battery: SERIAL, time: 1_718_193_821 - OFFSET, code: 41, occurrence: 1 })
      .keeps({ battery: SERIAL, time: NOON_SECONDS + 1, batteryTime: null, code: null, text: 'nonsense' })
      .success(9)
      .battery(frameByHand(1, 9, fixture('1-1-9.system.json')))
      .keeps({ name: 'System', time: NOON_SECONDS + 1, code: null, receivedMs: NOON.wallMs + 1000 })
      .success(9);
  });

  it('answers bunched frames of one read one by one, in order', () => {
    dialogue()
      .battery(FIRST_LIVE, DETAIL, SECOND_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', batteryTime: FIRST_LIVE_TIME })
      .server(LIVE_SUCCESS)
      .keeps({ kind: 'detail', batteryTime: FIRST_LIVE_TIME + 16 })
      .success(5)
      .keeps({ kind: 'live', batteryTime: FIRST_LIVE_TIME + 10 })
      .server(LIVE_SUCCESS)
      .nothing();
  });

  it('keeps a sample that comes twice both times: the store knows that it is one', () => {
    acquainted()
      .battery(FIRST_LIVE, FIRST_LIVE)
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS)
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS);
  });

  it('says the same wherever the bytes are cut', () => {
    const stream = Buffer.from(LOGIN + PING + FIRST_LIVE + DETAIL, 'hex');
    const whole = played([stream]);
    expect(whole.filter((output) => output.type === 'reply')).toHaveLength(4);
    for (let cut = 1; cut < stream.length; cut++) {
      expect(played([stream.subarray(0, cut), stream.subarray(cut)]), `cut at ${cut}`).toEqual(whole);
    }
    expect(played(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it('does nothing for a read of no bytes', () => {
    dialogue().battery('').nothing();
  });
});

describe('who is talking', () => {
  it('is said once per connection, however often the serial number comes', () => {
    acquainted()
      .battery(LOGIN)
      .keeps({ name: 'login' })
      .success(2)
      .sends(3, `{"SN":"${SERIAL}"}`)
      .success(3)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS);
  });

  it('is said again on another connection, to a clock that is known already', () => {
    const batteries = new Batteries(10);
    acquainted({ batteries });
    dialogue({ batteries, connection: 8 })
      .after(10)
      .battery(SECOND_LIVE)
      .keeps({ type: 'identity', battery: SERIAL, connection: 8 })
      .keeps({ name: 'connected', text: 'connection 8' })
      .keeps({ type: 'reading', time: FIRST_LIVE_TIME + 10 - OFFSET })
      .server(LIVE_SUCCESS);
  });

  it('is learnt from a request for configuration too', () => {
    dialogue().sends(3, fixture('1-1-3.ask.json')).meets(SERIAL).success(3);
  });

  it('is remembered for messages that do not say it', () => {
    acquainted()
      .sends(16, '{"Time":"2024/06/12 12:04:20","Ppv1":"1"}')
      .keeps({ kind: 'live', battery: SERIAL, values: { pv1_power: 1 } })
      .success(16)
      .sends(4, '{"UPS1":"0"}')
      .keeps({ type: 'configuration', battery: SERIAL })
      .success(4);
  });

  it('keeps two batteries on one connection apart', () => {
    acquainted()
      .sends(16, live('2024/06/12 12:34:11', OTHER_SERIAL))
      .meets(OTHER_SERIAL)
      .keeps({ type: 'clock', battery: OTHER_SERIAL, epochs: [{ offsetSeconds: 5400 }] })
      .keeps({ type: 'reading', battery: OTHER_SERIAL, time: NOON_SECONDS })
      .success(16)
      .after(10)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading', battery: SERIAL, time: FIRST_LIVE_TIME + 10 - OFFSET })
      .server(LIVE_SUCCESS)
      .sends(5, '{"Ppv1":"5"}')
      .keeps({ type: 'reading', kind: 'detail', battery: SERIAL })
      .success(5);
  });

  it('is one of too many: the message is kept as it came, and answered', () => {
    const frame = frameByHand(1, 16, live('2024/06/12 12:04:10', OTHER_SERIAL));
    acquainted({ batteries: new Batteries(1) })
      .battery(frame)
      .keeps({
        type: 'bytes',
        kept: 'unknown',
        reason: 'BATTERIES_TOO_MANY',
        bytes: hex(frame),
        frameType: 1,
        command: 16,
      })
      .reports('BATTERIES_TOO_MANY', 'live, 67 bytes')
      .success(16)
      .battery(SECOND_LIVE)
      .keeps({ type: 'reading', battery: SERIAL })
      .server(LIVE_SUCCESS);
  });

  it.each([
    ['a login whose user name is no serial number', 2, '{"UserName":"","Password":"p","CompanyName":"c"}', 'login'],
    ['a request for configuration', 3, '{}', 'configuration_request'],
    ['a configuration', 4, '{"UPS1":"0"}', 'configuration'],
    ['a live reading', 16, '{"Time":"2024/06/12 12:04:10","Ppv1":"1"}', 'live'],
    ['a detail reading', 5, '{"Ppv1":"1"}', 'detail'],
    ['a history packet', 12, 'Date,Time,Ppv1\n2024/06/12,11:14:22,1\n2024/06/12,11:15:22,1\n', 'history'],
  ])('is not known: %s is kept whole, once, and answered', (_, command, body, name) => {
    const frame = frameByHand(1, command, body);
    dialogue()
      .battery(frame)
      .keeps({
        type: 'bytes',
        kept: 'unknown',
        battery: null,
        connection: 7,
        reason: 'IDENTITY_MISSING',
        bytes: hex(frame),
      })
      .reports('IDENTITY_MISSING', `${name}, ${body.length} bytes`)
      .success(command)
      .hangsUp()
      .nothing();
  });

  it.each(['False', 'connection', 'null', '0', 'true', '0.0'])('is not %j, which is no serial number', (name) => {
    const batteries = new Batteries(10);
    dialogue({ batteries })
      .sends(2, JSON.stringify({ UserName: name, Password: 'p', CompanyName: 'c' }))
      .keeps({ type: 'bytes', reason: 'IDENTITY_MISSING' })
      .reports('IDENTITY_MISSING')
      .success(2)
      .sends(16, `{"Time":"2024/06/12 12:04:10","SN":"${name}","Ppv1":"1"}`)
      .keeps({ type: 'bytes', reason: 'IDENTITY_MISSING' })
      .reports('IDENTITY_MISSING')
      .success(16)
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading', battery: SERIAL })
      .server(LIVE_SUCCESS);
    expect(batteries.size).toBe(1);
  });

  it('takes in no battery for a login it cannot tell', () => {
    const batteries = new Batteries(10);
    dialogue({ batteries })
      .sends(2, '{"UserName":null}')
      .keeps({ type: 'bytes', reason: 'IDENTITY_MISSING' })
      .reports('IDENTITY_MISSING')
      .success(2);
    expect(batteries.size).toBe(0);
  });
});

describe('the battery’s clock', () => {
  const packet = history(`2024/06/12,11:14:22,${SERIAL},1722`, `2024/06/12,11:15:22,${SERIAL},1731`);

  it('leaves history undated before the first live frame, and dates it after', () => {
    dialogue()
      .sends(12, packet)
      .meets(SERIAL)
      .keeps({ kind: 'history', time: null, batteryTime: 1_718_190_862, values: { pv1_power: 1722 } })
      .keeps({ kind: 'history', time: null, batteryTime: 1_718_190_922, values: { pv1_power: 1731 } })
      .success(12)
      .battery(FIRST_LIVE)
      .keeps({ type: 'clock', epochs: [{ offsetSeconds: OFFSET }] })
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS)
      .sends(12, packet)
      .keeps({ kind: 'history', time: 1_718_190_862 - OFFSET })
      .keeps({ kind: 'history', time: 1_718_190_922 - OFFSET })
      .success(12);
  });

  it('is not taken from a detail, which waits for the first live frame', () => {
    dialogue()
      .battery(DETAIL)
      .meets(SERIAL)
      .keeps({ kind: 'detail', time: null, batteryTime: FIRST_LIVE_TIME + 16 })
      .success(5)
      .battery(FIRST_LIVE)
      .keeps({ type: 'clock', epochs: [EPOCH] })
      .keeps({ kind: 'live', time: FIRST_LIVE_TIME - OFFSET })
      .server(LIVE_SUCCESS)
      .after(16)
      .battery(DETAIL)
      .keeps({ kind: 'detail', time: FIRST_LIVE_TIME + 16 - OFFSET })
      .success(5);
  });

  it('is not taken from a detail without a time', () => {
    dialogue()
      .sends(5, `{"SN":"${SERIAL}","Ppv1":"1"}`)
      .meets(SERIAL)
      .keeps({ kind: 'detail', time: NOON_SECONDS, batteryTime: null })
      .success(5);
  });

  it('is not moved by a single live frame, which is dated by its arrival where it is of a time to come', () => {
    acquainted()
      .after(7)
      .sends(16, live('2024/06/12 15:00:00'))
      .keeps({ type: 'reading', batteryTime: 1_718_204_400, time: NOON_SECONDS + 7 })
      .success(16)
      .after(3)
      .sends(16, live('2024/06/12 15:00:00'))
      .keeps({ type: 'reading', batteryTime: 1_718_204_400, time: NOON_SECONDS + 7 })
      .success(16)
      .sends(16, live('2024/06/12 11:00:00'))
      .keeps({ type: 'reading', batteryTime: 1_718_190_000, time: 1_718_190_000 - OFFSET })
      .success(16);
  });

  it.each([
    [5, '2024/06/12 12:05:10', 60],
    [5, '2024/06/12 12:05:11', 0],
    [5, '2099/01/01 00:00:00', 0],
    [16, '2024/06/12 12:05:10', 60],
    [16, '2024/06/12 12:05:11', 0],
  ])('dates nothing more than a minute ahead of its arrival: %i of %s', (command, time, ahead) => {
    acquainted()
      .sends(command, live(time))
      .keeps({ type: 'reading', time: NOON_SECONDS + ahead })
      .success(command);
  });

  it.each(['2099/01/01,00:00:00', '2024/06/12,12:14:22'])('dates no history ahead of its arrival: %s', (time) => {
    acquainted()
      .sends(12, history(`${time},${SERIAL},1722`))
      .keeps({ kind: 'history', time: NOON_SECONDS })
      .success(12);
  });

  it.each([
    ['.000', 3599],
    ['.299', 3599],
    ['.301', 3598],
    ['.999', 3598],
  ])('is in whole seconds, the nearest but for a fifth: arrival at %s s', (fraction, offsetSeconds) => {
    const at = { wallMs: NOON.wallMs + Number(fraction) * 1000, monoMs: 0 };
    dialogue({ at })
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock', epochs: [{ offsetSeconds }] })
      .keeps({})
      .success(16);
  });

  it('is the one known from before; what was so long ago by it was not held up: it is of when it came', () => {
    const batteries = new Batteries(10);
    const jump = { ...EPOCH, number: 2, sinceMs: 2000, possibleSinceMs: 2000, reason: 'jump' as const };
    const epochs = [
      { ...EPOCH, sinceMs: 1000, possibleSinceMs: 1000, offsetSeconds: 60 },
      { ...jump, offsetSeconds: 36_000 },
    ];
    const known = { id: 'b3f1c2', serial: new Private(SERIAL), firstSeenMs: 1, openGaps: [], lastGapNumber: 0 };
    batteries.restore({ ...known, epochs, newest: null, trust: { peers: [], lastRun: 0 } });
    dialogue({ batteries })
      .battery(FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'reading', time: NOON.wallMs / 1000 })
      .server(LIVE_SUCCESS);
  });

  it.each(['2024/13/12 12:04:10', '', 'noon', '2024/06/12 24:00:00', '0000/00/00 00:00:00'])(
    'is not set by a time nobody can read (%s): the reading is of the second it came',
    (time) => {
      const at = { wallMs: NOON.wallMs + 999, monoMs: 0 };
      dialogue({ at })
        .sends(16, live(time))
        .meets(SERIAL)
        .keeps({ type: 'reading', batteryTime: null, time: NOON_SECONDS, rest: { Time: time } })
        .success(16)
        .battery(FIRST_LIVE)
        .keeps({ type: 'clock', epochs: [{ offsetSeconds: 3598 }] })
        .keeps({ type: 'reading' })
        .success(16);
    },
  );
});

describe('a message that is wrong', () => {
  it('with a bad checksum is kept, not answered, and the stream goes on', () => {
    const spoilt = `${FIRST_LIVE.slice(0, -1)}${FIRST_LIVE.endsWith('0') ? '1' : '0'}`;
    dialogue()
      .battery(spoilt, FIRST_LIVE)
      .keeps({
        type: 'bytes',
        kept: 'discarded',
        battery: null,
        connection: 7,
        reason: 'FRAME_CHECKSUM',
        bytes: spoilt,
        frameType: null,
        command: null,
        direction: 'from_battery',
        receivedMs: NOON.wallMs,
      })
      .reports('FRAME_CHECKSUM', '281 bytes')
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS);
  });

  it('keeps bytes of its own of what lay in the socket’s buffer', () => {
    const socket = Buffer.from(`${PING.slice(0, -2)}00`, 'hex');
    const [output] = new Session({ connection: 1, batteries: new Batteries(1), forms: new FormBook() }, NOON).receive(
      socket,
      NOON,
    );
    socket.fill(0xff);
    expect(output?.type === 'record' ? toldOf(output.record) : output).toMatchObject({
      bytes: '01010000000000' + '1100',
    });
  });

  it.each([
    ['not JSON', 16, 'Ppv1=1', 'live'],
    ['JSON but no object', 16, '[1]', 'live'],
    ['a reading with nothing known in it', 5, '{"Colour":"blue"}', 'detail'],
    ['a header without rows', 12, 'Date,Time,SN,Ppv1\n', 'history'],
    ['a login without a user name', 2, '{"CompanyName":"AlphaESS"}', 'login'],
    ['a message without a type', 9, '{"MsgContent":"x"}', 'event'],
    ['a configuration without a setting', 4, `{"SN":"${SERIAL}"}`, 'configuration'],
    ['a ping that says something', 0, '{}', 'ping'],
  ])('in its body (%s) is kept whole, and answered', (_, command, body, name) => {
    const frame = frameByHand(1, command, body);
    const told = dialogue().battery(frame);
    if (body.includes(SERIAL)) told.meets(SERIAL);
    told
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BODY_UNREADABLE', bytes: hex(frame), frameType: 1, command })
      .reports('BODY_UNREADABLE', `${name}, ${body.length} bytes`)
      .success(command);
  });

  it('in its very letters, which are no UTF-8, is kept whole, and answered', () => {
    const head = Uint8Array.of(1, 1, 16, 0, 0, 0, 2, 0xc3, 0x28);
    const crc = crcByHand(head);
    const frame = Uint8Array.of(...head, crc >> 8, crc & 0xff);
    dialogue()
      .battery(frame)
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BODY_UNREADABLE', bytes: hex(frame) })
      .reports('BODY_UNREADABLE', 'live, 2 bytes')
      .success(16);
  });

  it('in its command is kept whole, and answered', () => {
    const frame = frameByHand(1, 7, fixture('1-1-7.unknown.json'));
    dialogue()
      .battery(frame)
      .meets(SERIAL)
      .keeps({
        type: 'bytes',
        kept: 'unknown',
        battery: SERIAL,
        reason: 'COMMAND_UNKNOWN',
        bytes: hex(frame),
        frameType: 1,
        command: 7,
      })
      .reports('COMMAND_UNKNOWN', 'unknown 7, 42 bytes')
      .success(7);
  });

  it('is an order, which only a server gives: it is kept, answered and not followed', () => {
    dialogue()
      .sends(8, '{"Command":"SetConfig","CmdIndex":"1"}')
      .keeps({ type: 'bytes', kept: 'unknown', command: 8, reason: 'COMMAND_UNEXPECTED' })
      .reports('COMMAND_UNEXPECTED')
      .success(8);
  });

  it.each([1, 6, 10, 11, 13, 14, 15, 17, 255])('with command %i is answered with the same command', (command) => {
    dialogue()
      .sends(command, '')
      .keeps({ type: 'bytes', kept: 'unknown', command, bytes: hex(frameByHand(1, command, '')) })
      .reports('COMMAND_UNKNOWN')
      .success(command);
  });

  it.each([0, 8, 16, 255])('a response (command %i) is kept and never answered', (command) => {
    const frame = frameByHand(2, command, '{"Status":"Success"}');
    acquainted()
      .battery(frame)
      .keeps({
        type: 'bytes',
        kept: 'unknown',
        battery: SERIAL,
        reason: 'RESPONSE_UNEXPECTED',
        bytes: hex(frame),
        frameType: 2,
        command,
      })
      .reports('RESPONSE_UNEXPECTED')
      .nothing();
  });

  it('in some rows of a history packet is kept whole beside the rows that can be read', () => {
    const packet = history(`2024/06/12,11:14:22,${SERIAL},1`, '2024/06/12,11:15:22', `2024/06/12,11:16:22,${SERIAL},3`);
    acquainted()
      .sends(12, packet)
      .keeps({ kind: 'history', values: { pv1_power: 1 } })
      .keeps({ kind: 'history', values: { pv1_power: 3 } })
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BODY_PARTLY_READ', bytes: hex(frameByHand(1, 12, packet)) })
      .reports('BODY_PARTLY_READ')
      .success(12);
  });

  it('in a serial number among the rows of a packet is kept whole once, and the rows before it', () => {
    const rows = [SERIAL, OTHER_SERIAL, SERIAL].map((serial, minute) => `2024/06/12,11:1${minute}:22,${serial},1`);
    acquainted({ batteries: new Batteries(1) })
      .sends(12, history(...rows))
      .keeps({ kind: 'history', battery: SERIAL })
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BATTERIES_TOO_MANY' })
      .reports('BATTERIES_TOO_MANY')
      .success(12);
  });
});

describe('a stream that is none', () => {
  const TOO_LONG = '01011000010001';
  it.each([
    ['TLS', '16030100a5010000a10303', 'FRAME_TLS'],
    ['a browser', hex(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')), 'FRAME_HTTP'],
    ['a first byte that is not 1', '00011000000000', 'FRAME_HEADER'],
    ['a second byte over 4', '01051000000000', 'FRAME_HEADER'],
    ['a second byte of 0', '01001000000000', 'FRAME_HEADER'],
    ['a body one byte over the longest', TOO_LONG, 'FRAME_TOO_LONG'],
    ['a body of four gigabytes', '010110ffffffff', 'FRAME_TOO_LONG'],
  ])('is closed, and what came is kept: %s', (_, bytes, code) => {
    dialogue()
      .battery(bytes)
      .keeps({ type: 'bytes', kept: 'discarded', reason: code, bytes, frameType: null, command: null, battery: null })
      .reports(code, `${bytes.length / 2} bytes`)
      .closes(code)
      .nothing();
  });

  it('is kept up to the longest frame', () => {
    const flood = new Uint8Array(200_000).fill(0x2a);
    const [record, , closed] = new Session(
      { connection: 1, batteries: new Batteries(1), forms: new FormBook() },
      NOON,
    ).receive(flood, NOON);
    expect(record).toMatchObject({
      record: { reason: 'FRAME_HEADER', bytes: new Uint8Array(7 + 65_536 + 2).fill(0x2a) },
    });
    expect(closed).toEqual({ type: 'close', code: 'FRAME_HEADER' });
  });

  it('ends a conversation after what was said before it', () => {
    dialogue()
      .battery(FIRST_LIVE, '16030100a50100', FIRST_LIVE)
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS)
      .keeps({ type: 'bytes', kept: 'discarded', battery: SERIAL, bytes: `16030100a50100${FIRST_LIVE}` })
      .reports('FRAME_TLS', `${7 + 281} bytes`)
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL })
      .closes('FRAME_TLS')
      .nothing();
  });

  it('takes the longest body there may be', () => {
    const body = ' '.repeat(65_536);
    dialogue()
      .sends(16, body)
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BODY_UNREADABLE', bytes: hex(frameByHand(1, 16, body)) })
      .reports('BODY_UNREADABLE', 'live, 65536 bytes')
      .success(16);
  });

  it('is not heard any more once closed', () => {
    dialogue()
      .battery('16030100a50100')
      .keeps({ type: 'bytes' })
      .reports('FRAME_TLS')
      .closes('FRAME_TLS')
      .battery(FIRST_LIVE)
      .after(1000)
      .hangsUp()
      .nothing();
  });
});

describe('a frame of newer firmware', () => {
  const SUCCESS = '01040a000000090a0753756363657373e658';
  const REQUEST = hex(frameByHand(3, 16, Uint8Array.of(0x18, 1)));

  it('is kept as it came, said and not answered, and the stream goes on', () => {
    dialogue()
      .battery(SUCCESS, REQUEST, FIRST_LIVE)
      .keeps({
        ...{ type: 'bytes', kept: 'unknown', reason: 'FRAME_PROTOBUF', bytes: SUCCESS, battery: null },
        ...{ frameType: 4, command: 10, direction: 'from_battery' },
      })
      .reports('FRAME_PROTOBUF', 'protobuf unknown 10 reply, 9 bytes')
      .keeps({ type: 'bytes', reason: 'FRAME_PROTOBUF', bytes: REQUEST, frameType: 3, command: 16 })
      .reports('FRAME_PROTOBUF', 'protobuf live, 2 bytes')
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS)
      .nothing();
  });

  it('with a wrong checksum is discarded like any other, one too long breaks the stream', () => {
    dialogue()
      .battery(`${SUCCESS.slice(0, -2)}59`)
      .keeps({ type: 'bytes', kept: 'discarded', reason: 'FRAME_CHECKSUM' })
      .reports('FRAME_CHECKSUM')
      .battery('01031000010001')
      .keeps({ type: 'bytes', kept: 'discarded' })
      .reports('FRAME_TOO_LONG')
      .closes('FRAME_TOO_LONG');
  });

  it('is a sign of life, although it names no battery; an empty one is none', () => {
    const told = dialogue();
    for (let minutes = 0; minutes < 20; minutes += 4) {
      told.battery(REQUEST).keeps({ type: 'bytes' }).reports('FRAME_PROTOBUF').after(240).nothing();
    }
    told
      .battery(frameByHand(3, 0, ''))
      .keeps({ type: 'bytes' })
      .reports('FRAME_PROTOBUF')
      .after(60)
      .reports('PEER_SILENT')
      .closes('PEER_SILENT');
  });

  it('of a battery that has named itself is kept as its, and no reading: it becomes stale', () => {
    acquainted()
      .after(80)
      .battery(REQUEST)
      .keeps({ type: 'bytes', reason: 'FRAME_PROTOBUF', battery: SERIAL })
      .reports('FRAME_PROTOBUF')
      .after(10)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale' });
  });
});

describe('patience', () => {
  it('is 30 seconds for a frame begun: what came of it is kept', () => {
    const begun = FIRST_LIVE.slice(0, 14);
    dialogue()
      .battery(begun)
      .after(29.999)
      .after(0.001)
      .keeps({
        type: 'bytes',
        kept: 'discarded',
        reason: 'FRAME_INCOMPLETE',
        bytes: begun,
        receivedMs: NOON.wallMs + 30_000,
      })
      .reports('FRAME_INCOMPLETE')
      .closes('FRAME_INCOMPLETE')
      .nothing();
  });

  it('is 30 seconds for a single byte', () => {
    acquainted()
      .battery('01')
      .after(30)
      .keeps({ type: 'bytes', kept: 'discarded', battery: SERIAL, bytes: '01' })
      .reports('FRAME_INCOMPLETE')
      .keeps({ name: 'disconnected' })
      .closes('FRAME_INCOMPLETE');
  });

  it('does not begin again with each byte', () => {
    const told = dialogue();
    for (let at = 0; at < 30; at++) told.battery(FIRST_LIVE.slice(at * 2, at * 2 + 2)).after(at < 29 ? 1 : 0);
    told
      .after(1)
      .keeps({ type: 'bytes', kept: 'discarded', reason: 'FRAME_INCOMPLETE', bytes: FIRST_LIVE.slice(0, 60) })
      .reports('FRAME_INCOMPLETE')
      .closes('FRAME_INCOMPLETE');
  });

  it('begins again with each whole frame', () => {
    dialogue()
      .battery(FIRST_LIVE.slice(0, 20))
      .after(29)
      .battery(FIRST_LIVE.slice(20), SECOND_LIVE.slice(0, 20))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS)
      .after(29)
      .battery(SECOND_LIVE.slice(20))
      .keeps({ type: 'reading' })
      .server(LIVE_SUCCESS)
      .after(89)
      .nothing();
  });

  it('is 90 seconds without a reading until a battery is stale, and 300 until the connection is closed', () => {
    acquainted()
      .after(89.999)
      .nothing()
      .after(0.001)
      .reports('BATTERY_STALE', '')
      .keeps({ type: 'event', source: 'server', name: 'stale', battery: SERIAL, time: NOON_SECONDS + 90 })
      .after(209.999)
      .nothing()
      .after(0.001)
      .reports('PEER_SILENT')
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL })
      .closes('PEER_SILENT')
      .nothing();
  });

  it.each([
    ['a login', LOGIN, 2],
    ['an event without a serial number', hex(frameByHand(1, 9, '{"MsgType":"Socket","MsgContent":"x"}')), 9],
    ['the answer to an order', hex(frameByHand(2, 8, '{"Command":"Resume"}')), null],
    ['a message that nobody can read', hex(frameByHand(1, 16, 'nan')), 16],
    ['a message that nobody has documented', hex(frameByHand(1, 7, 'x')), 7],
  ])('does not close a connection while its battery says anything, though it is stale: %s', (_what, frame, replies) => {
    const told = acquainted();
    for (let minute = 1; minute <= 8; minute++) {
      told.after(60);
      if (minute === 2) told.reports('BATTERY_STALE').keeps({ name: 'stale', time: NOON_SECONDS + 90 });
      const outputs = told.session.receive(Buffer.from(frame, 'hex'), told.now);
      expect(outputs.filter(({ type }) => type === 'reply')).toHaveLength(replies === null ? 0 : 1);
      expect(outputs.some(({ type }) => type === 'close')).toBe(false);
    }
    told.after(299.999).nothing().after(0.001);
    told.reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
  });

  it('closes a connection on which nothing but empty requests came', () => {
    const told = acquainted();
    for (let minute = 1; minute <= 4; minute++) {
      told.after(60);
      if (minute === 2) told.reports('BATTERY_STALE').keeps({ name: 'stale', time: NOON_SECONDS + 90 });
      told.battery(PING).success(0);
    }
    told.after(60).reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
  });

  it('closes a connection on which frames with wrong checksums came, or nobody said who it is', () => {
    const damaged = `${FIRST_LIVE.slice(0, -4)}0000`;
    const told = acquainted()
      .after(80)
      .battery(damaged)
      .keeps({ type: 'bytes', kept: 'discarded' })
      .reports('FRAME_CHECKSUM');
    expect(told.session.deadline).toBe(NOON.monoMs + 90_000);
    told.after(10).reports('BATTERY_STALE').keeps({ name: 'stale' });
    told.after(210).reports('PEER_SILENT').keeps({ name: 'disconnected' }).closes('PEER_SILENT');
    const nameless = dialogue()
      .after(200)
      .sends(16, 'nan')
      .keeps({ type: 'bytes' })
      .reports('BODY_UNREADABLE')
      .success(16);
    nameless.after(100).reports('PEER_SILENT').closes('PEER_SILENT');
  });

  it.each([
    ['live', SECOND_LIVE, '16'],
    ['detail', DETAIL, '5'],
    ['history', hex(frameByHand(1, 12, history(`2024/06/12,11:14:22,${SERIAL},1722`))), '12'],
  ])(
    'begins again with each reading, and it is said that a stale battery is fresh again: %s',
    (kind, frame, command) => {
      acquainted()
        .after(100)
        .reports('BATTERY_STALE')
        .keeps({ name: 'stale' })
        .battery(frame)
        .keeps({ type: 'event', source: 'server', name: 'fresh', battery: SERIAL, time: NOON_SECONDS + 100 })
        .keeps({ type: 'reading', kind })
        .success(Number(command))
        .after(89.999)
        .nothing()
        .after(0.001)
        .reports('BATTERY_STALE')
        .keeps({ name: 'stale', time: NOON_SECONDS + 190 })
        .nothing();
    },
  );

  it('is not said to be over of a peer that never said who it is', () => {
    dialogue().battery(PING).success(0).after(299.999).nothing();
  });

  it('is 300 seconds for a peer that never says anything, and nothing is kept of it', () => {
    dialogue().after(300).reports('PEER_SILENT').closes('PEER_SILENT').nothing();
  });

  it('for readings is not stretched by a frame that is begun', () => {
    dialogue()
      .after(290)
      .battery('0101')
      .after(10)
      .keeps({ type: 'bytes', bytes: '0101' })
      .reports('PEER_SILENT')
      .closes('PEER_SILENT');
  });

  it('can be set, and counts from when the connection began', () => {
    const told = dialogue({ patience: { frameMs: 100, staleMs: 1000, silenceMs: 2000 } });
    expect(told.session.deadline).toBe(NOON.monoMs + 2000);
    told.battery('01');
    expect(told.session.deadline).toBe(NOON.monoMs + 100);
  });

  it('does nothing when woken too early, or by the other clock', () => {
    const { session } = acquainted();
    expect(session.wake({ wallMs: NOON.wallMs + 9e9, monoMs: NOON.monoMs + 89_999 })).toEqual([]);
    expect(session.deadline).toBe(NOON.monoMs + 90_000);
  });
});

describe('two connections of one battery', () => {
  const soon = { wallMs: NOON.wallMs + 20_000, monoMs: NOON.monoMs + 20_000 };

  /** The second, of which nothing was heard yet, and the first. */
  function both(): readonly [older: Dialogue, newer: Dialogue] {
    const batteries = new Batteries(10);
    return [acquainted({ batteries }).after(20), dialogue({ batteries, connection: 8, at: soon })];
  }

  it('are left alone until the newer has delivered a reading; then the older is closed', () => {
    const [older, newer] = both();
    newer.battery(LOGIN).meets(SERIAL).keeps({ name: 'login' }).success(2);
    older.after(1).nothing();
    newer.battery(SECOND_LIVE).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    expect(older.session.deadline).toBe(Number.NEGATIVE_INFINITY);
    older
      .after(0)
      .reports('CONNECTION_SUPERSEDED')
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL, connection: 7 })
      .closes('CONNECTION_SUPERSEDED')
      .nothing();
    newer.after(10).nothing();
  });

  it('keep what the older had begun to say', () => {
    const [older, newer] = both();
    older.battery('0101');
    newer.battery(SECOND_LIVE).meets(SERIAL).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    older
      .after(0)
      .keeps({ type: 'bytes', kept: 'discarded', bytes: '0101' })
      .reports('CONNECTION_SUPERSEDED')
      .keeps({ name: 'disconnected' })
      .closes('CONNECTION_SUPERSEDED');
  });

  it('keep what the older still says, which does not make it the newer', () => {
    const [older, newer] = both();
    newer.battery(SECOND_LIVE).meets(SERIAL).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    const { session } = older;
    const outputs = session.receive(Buffer.from(DETAIL, 'hex'), older.now);
    expect(outputs.map(({ type }) => type)).toEqual(['record', 'reply']);
    expect(session.deadline).toBe(Number.NEGATIVE_INFINITY);
    expect(newer.session.deadline).toBe(soon.monoMs + 90_000);
  });

  it('leave alone a connection on which another battery speaks as well', () => {
    const [older, newer] = both();
    older
      .sends(16, live('2024/06/12 12:34:11', OTHER_SERIAL))
      .meets(OTHER_SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ type: 'reading' })
      .success(16);
    newer.battery(SECOND_LIVE).meets(SERIAL).keeps({ type: 'reading' }).server(LIVE_SUCCESS);
    older.after(1).nothing();
  });
});

describe('a burst of live frames, each a second later than the one before', () => {
  it('is kept, answered and dated by its arrival, and the clock is what it was', () => {
    const told = dialogue();
    for (let second = 0; second < 600; second += 10) {
      told.sends(16, live(shown(second)));
      if (second === 0) told.meets(SERIAL).keeps({ type: 'clock' });
      told
        .keeps({ kind: 'live', time: NOON_SECONDS + second })
        .success(16)
        .after(10);
    }
    const frames = Array.from({ length: 200 }, (_, index) => frameByHand(1, 16, live(shown(601 + index))));
    told.battery(...frames);
    // The first minute of them is no further ahead than a clock that is not settled yet may make them.
    for (let ahead = 1; ahead <= 60; ahead++)
      told.keeps({ kind: 'live', time: NOON_SECONDS + 600 + ahead }).success(16);
    const now = [NOON_SECONDS + 600, NOON_SECONDS + 601];
    for (let index = 60; index < 200; index++) told.keeps({ kind: 'live', time: expect.toBeOneOf(now) }).success(16);
    told
      .after(10)
      .sends(16, live(shown(610)))
      .keeps({ kind: 'live', time: NOON_SECONDS + 610 })
      .success(16);
  });

  /** What the clock of the house shows so many seconds after NOON. */
  function shown(second: number): string {
    return new Date(NOON.wallMs + 3_600_000 + second * 1000)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ')
      .replaceAll('-', '/');
  }
});

describe('two batteries on one connection', () => {
  /** Both have sent a live reading, the other one second later. */
  function two(batteries = new Batteries(10)): Dialogue {
    return acquainted({ batteries })
      .after(1)
      .sends(16, live('2024/06/12 12:34:12', OTHER_SERIAL))
      .meets(OTHER_SERIAL)
      .keeps({ type: 'clock', battery: OTHER_SERIAL })
      .keeps({ type: 'reading', battery: OTHER_SERIAL })
      .success(16);
  }

  /** One of them speaks on a newer connection. */
  function moves(batteries: Batteries, at: Dialogue['now'], frame: string, serial: string): void {
    dialogue({ batteries, connection: 8, at }).sends(16, frame).meets(serial).keeps({ type: 'reading' }).success(16);
  }

  it('are both said to be disconnected, whoever ends it', () => {
    two()
      .hangsUp()
      .keeps({ type: 'event', name: 'disconnected', battery: SERIAL, text: 'connection 7' })
      .keeps({ type: 'event', name: 'disconnected', battery: OTHER_SERIAL, text: 'connection 7' })
      .nothing();
    two()
      .after(90)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: SERIAL, time: NOON_SECONDS + 90 })
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: OTHER_SERIAL, time: NOON_SECONDS + 91 })
      .after(210)
      .reports('PEER_SILENT')
      .keeps({ name: 'disconnected', battery: SERIAL })
      .keeps({ name: 'disconnected', battery: OTHER_SERIAL })
      .closes('PEER_SILENT')
      .nothing();
  });

  it('become stale and fresh each by itself', () => {
    const told = two();
    for (let second = 31; second <= 121; second += 30) {
      told.after(30);
      if (second === 91)
        told.reports('BATTERY_STALE').keeps({ name: 'stale', battery: SERIAL, time: NOON_SECONDS + 90 });
      told
        .sends(16, live(`2024/06/12 12:3${4 + Math.floor((second + 11) / 60)}:${(second + 11) % 60}`, OTHER_SERIAL))
        .keeps({ type: 'reading', battery: OTHER_SERIAL })
        .success(16);
    }
    told
      .sends(16, live('2024/06/12 12:06:11'))
      .keeps({ name: 'fresh', battery: SERIAL, time: NOON_SECONDS + 121 })
      .keeps({ type: 'reading', battery: SERIAL })
      .success(16)
      .after(89)
      .nothing()
      .after(1)
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: SERIAL })
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: OTHER_SERIAL });
  });

  it('of which one has moved to a newer connection keep theirs for the other', () => {
    const batteries = new Batteries(10);
    const told = two(batteries).after(9);
    moves(batteries, told.now, live('2024/06/12 12:04:20'), SERIAL);
    told
      .after(80)
      .nothing()
      .after(1)
      // The one that moved is fresh there.
      .reports('BATTERY_STALE')
      .keeps({ name: 'stale', battery: OTHER_SERIAL, time: NOON_SECONDS + 91 });
  });

  it('that have both moved leave it to be closed', () => {
    const batteries = new Batteries(10);
    const told = two(batteries).after(9);
    moves(batteries, told.now, live('2024/06/12 12:04:20'), SERIAL);
    told.after(0).nothing();
    moves(batteries, told.now, live('2024/06/12 12:34:21', OTHER_SERIAL), OTHER_SERIAL);
    told
      .after(0)
      .reports('CONNECTION_SUPERSEDED')
      .keeps({ name: 'disconnected', battery: SERIAL })
      .keeps({ name: 'disconnected', battery: OTHER_SERIAL })
      .closes('CONNECTION_SUPERSEDED')
      .nothing();
  });
});

describe('a clock that stands still', () => {
  const frozen = (power: number) => `{"Time":"2024/06/12 12:04:10","SN":"${SERIAL}","Ppv1":"${power}"}`;
  /** Heard at 12:04:10, which is NOON. */
  const standing = () =>
    dialogue()
      .sends(16, frozen(1))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16)
      .after(10)
      .sends(16, frozen(2))
      .reports('CLOCK_STANDS', '')
      .keeps({ kind: 'live', time: NOON_SECONDS + 10, batteryTime: FIRST_LIVE_TIME, values: { pv1_power: 2 } })
      .success(16);

  it('has its readings dated by their arrival, and that is said once', () => {
    standing()
      .after(10)
      .sends(16, frozen(3))
      .keeps({ kind: 'live', time: NOON_SECONDS + 20, batteryTime: FIRST_LIVE_TIME })
      .success(16)
      .sends(5, frozen(4))
      .keeps({ kind: 'detail', time: NOON_SECONDS + 20, batteryTime: FIRST_LIVE_TIME })
      .success(5);
  });

  it('is none where the same values come again: that is the same reading, wherever it was put', () => {
    dialogue()
      .sends(16, frozen(1))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16)
      .after(10)
      .sends(16, frozen(1))
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16);
    standing()
      .after(10)
      .sends(16, frozen(2))
      .keeps({ kind: 'live', time: NOON_SECONDS + 10 })
      .success(16)
      .after(10)
      .sends(16, frozen(3))
      .keeps({ kind: 'live', time: NOON_SECONDS + 30 })
      .success(16);
  });

  it('is none where two readings are of one second', () => {
    dialogue()
      .sends(16, frozen(1))
      .meets(SERIAL)
      .keeps({ type: 'clock' })
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16)
      .after(1)
      .sends(16, frozen(2))
      .keeps({ kind: 'live', time: NOON_SECONDS })
      .success(16);
  });

  it('goes by itself again when it goes', () => {
    standing()
      .after(10)
      .sends(16, live('2024/06/12 12:04:30'))
      .keeps({ kind: 'live', time: NOON_SECONDS + 20, batteryTime: FIRST_LIVE_TIME + 20 })
      .success(16)
      .after(10)
      .sends(16, live('2024/06/12 12:04:30').replace('1890', '7'))
      .reports('CLOCK_STANDS')
      .keeps({ kind: 'live', time: NOON_SECONDS + 30 })
      .success(16);
  });

  it('makes no gap of the time in which it stood, and is asked for no history', () => {
    const told = standing();
    for (let second = 70; second <= 310; second += 60) {
      told
        .after(60)
        .sends(16, frozen(second))
        .keeps({ kind: 'live', time: NOON_SECONDS + second })
        .success(16);
    }
    told.nothing();
  });

  it('has its gaps noted, and is asked for no history', () => {
    standing()
      .after(89)
      .sends(16, frozen(5))
      .keeps({ kind: 'live', time: NOON_SECONDS + 99 })
      .success(16)
      .after(89)
      .sends(5, frozen(6))
      .keeps({ kind: 'detail', time: NOON_SECONDS + 188 })
      .success(5)
      .after(89)
      .sends(16, frozen(7))
      .keeps({ kind: 'live', time: NOON_SECONDS + 277 })
      .keeps({ type: 'gap', gap: { number: 1, from: NOON_SECONDS + 99, to: NOON_SECONDS + 277, state: 'open' } })
      .success(16);
  });
});

describe('a message that holds more than is understood', () => {
  it.each([
    ['an event', 9, '{"MsgType":"System","MsgContent":"x","Description":"OK","Extra":"1"}'],
    ['a question', 3, `{"SN":"${SERIAL}","Extra":"1"}`],
  ])('is kept whole beside what is understood: %s', (_what, command, body) => {
    const { session } = acquainted();
    const outputs = session.receive(frameByHand(1, command, body), {
      wallMs: NOON.wallMs + 1,
      monoMs: NOON.monoMs + 1,
    });
    const kept = outputs.flatMap((output) =>
      output.type === 'record' && output.record.type === 'bytes' ? [output.record] : [],
    );
    expect(kept).toMatchObject([{ kept: 'unknown', reason: 'BODY_PARTLY_READ', command }]);
    expect(outputs.at(-1)).toMatchObject({ type: 'reply' });
  });

  it.each([
    ['a login', 2, `{"UserName":"${SERIAL}","CompanyName":nan}`],
    ['a configuration', 4, `{"SN":"${SERIAL}","GridCharge":nan}`],
    ['live', 16, live('2024/06/12 12:04:20').replace('"1890"', 'nan, "SOC":"5"')],
  ])('is kept whole beside what can be read: %s', (_what, command, body) => {
    const { session } = acquainted();
    const outputs = session.receive(frameByHand(1, command, body), {
      wallMs: NOON.wallMs + 1,
      monoMs: NOON.monoMs + 1,
    });
    const records = outputs.flatMap((output) => (output.type === 'record' ? [toldOf(output.record)] : []));
    expect(records).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({
      ...{ type: 'bytes', kept: 'unknown', reason: 'BODY_PARTLY_READ', battery: SERIAL },
      bytes: hex(frameByHand(1, command, body)),
    });
    expect(outputs.at(-1)).toMatchObject({ type: 'reply' });
  });

  it('is kept with its bytes where it is a configuration in Latin-1, though the buffer is used again', () => {
    const { session } = acquainted();
    const body = Uint8Array.from(`{"SN":"${SERIAL}","Popv":"9","Address":"Stra\u00dfe"}`, (one) => one.charCodeAt(0));
    const frame = frameByHand(1, 4, body);
    const [output] = session.receive(frame, { wallMs: NOON.wallMs + 1, monoMs: NOON.monoMs + 1 });
    frame.fill(0);
    expect(output?.type === 'record' ? toldOf(output.record) : output).toMatchObject({
      type: 'configuration',
      text: `{"SN":"${SERIAL}","Popv":"9","Address":"Straße"}`,
      bytes: body,
    });
  });

  it('is kept once where nobody knows whose it is', () => {
    const { session } = dialogue();
    const outputs = session.receive(frameByHand(1, 3, '{"Extra":"1"}'), NOON);
    expect(outputs.filter((output) => output.type === 'record')).toMatchObject([
      { record: { reason: 'IDENTITY_MISSING' } },
    ]);
  });
});

describe('a message that nobody can read', () => {
  it.each([
    ['live', 16, `{"SN":"${SERIAL}","Time":"2024/06/12 12:04:10"}`, 'BODY_UNREADABLE'],
    ['of no known command', 7, `{"SN":"${SERIAL}"}`, 'COMMAND_UNKNOWN'],
  ])('is of the battery that it names: %s', (_what, command, body, reason) => {
    dialogue()
      .sends(command, body)
      .meets(SERIAL)
      .keeps({ type: 'bytes', kept: 'unknown', reason, battery: SERIAL })
      .reports(reason)
      .success(command)
      .after(89.999)
      .nothing();
  });

  it('is kept once where there are too many batteries', () => {
    dialogue({ batteries: new Batteries(0) })
      .sends(7, `{"SN":"${SERIAL}"}`)
      .keeps({ type: 'bytes', kept: 'unknown', reason: 'BATTERIES_TOO_MANY', battery: null })
      .reports('BATTERIES_TOO_MANY')
      .success(7)
      .nothing();
  });

  it('is no refusal where it answers an order', () => {
    const told = acquainted();
    for (const body of ['{"Command":"Resume","CmdIndex":"1","Status":"Suc', '{"Command":"Resume"']) {
      told
        .battery(frameByHand(2, 8, body))
        .keeps({ type: 'bytes', reason: 'RESPONSE_UNEXPECTED', battery: SERIAL })
        .reports('RESPONSE_UNEXPECTED')
        .nothing();
    }
  });
});

describe('time in which nobody listened', () => {
  it('does not count against a silent peer', () => {
    const { session } = acquainted();
    session.excuse(60_000);
    expect(session.deadline).toBe(NOON.monoMs + 150_000);
  });

  it('does not count against a frame that was begun', () => {
    const told = acquainted().battery('0101');
    told.session.excuse(60_000);
    expect(told.session.deadline).toBe(NOON.monoMs + 90_000);
  });
});

describe('a peer that hangs up', () => {
  it('in the middle of a frame leaves what came of it', () => {
    acquainted()
      .battery(SECOND_LIVE.slice(0, 100))
      .hangsUp()
      .keeps({
        type: 'bytes',
        kept: 'discarded',
        battery: SERIAL,
        reason: 'FRAME_INCOMPLETE',
        bytes: SECOND_LIVE.slice(0, 100),
      })
      .keeps({ type: 'event', name: 'disconnected' })
      .battery(SECOND_LIVE.slice(100))
      .after(1000)
      .hangsUp()
      .nothing();
  });

  it('without a word leaves nothing', () => {
    const told = dialogue().hangsUp().nothing();
    expect(told.session.deadline).toBeNull();
  });
});

/** What comes of it all when these arrive, each in a read of its own, at one moment. */
function played(chunks: readonly Uint8Array[]): Output[] {
  const session = new Session({ connection: 7, batteries: new Batteries(3), forms: new FormBook() }, NOON);
  return chunks.flatMap((chunk) => session.receive(chunk, NOON));
}

/** Parts a real stream and a hostile one are made of. */
const anyPart = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(LOGIN, PING, LOG, FIRST_LIVE, SECOND_LIVE, DETAIL)
      .map((part) => Buffer.from(part, 'hex')),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2), fc.nat(255), fc.string())
      .map(([type, command, body]) => frameByHand(type, command, body)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 2, 3, 4, 5, 9, 12, 16), fc.json())
      .map(([command, body]) => frameByHand(1, command, body)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
);
const anyChunks = fc
  .tuple(fc.array(anyPart, { maxLength: 8 }), fc.array(fc.nat(200), { minLength: 1, maxLength: 30 }))
  .map(([parts, sizes]) => {
    const stream = Buffer.concat(parts);
    const chunks: Uint8Array[] = [];
    for (let at = 0, n = 0; at < stream.length; n++) {
      const size = (sizes[n % sizes.length] ?? 0) + 1;
      chunks.push(stream.subarray(at, at + size));
      at += size;
    }
    return chunks;
  });

const NO_STREAM: readonly string[] = ['FRAME_HEADER', 'FRAME_TOO_LONG', 'FRAME_TLS', 'FRAME_HTTP'];

/** How much is there to keep of bytes that are no stream depends on the read: only their header does not. */
function unbroken(output: Output): unknown {
  if (output.type === 'problem' && NO_STREAM.includes(output.code)) return { ...output, detail: 'some bytes' };
  if (output.type !== 'record' || output.record.type !== 'bytes') return output;
  const { record } = output;
  return NO_STREAM.includes(record.reason) ? { ...record, bytes: record.bytes.slice(0, 7) } : output;
}

/** How many requests with a good checksum stand in a stream, counted by hand, up to where it is no stream any more. */
function requestsIn(stream: Uint8Array): number {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  let requests = 0;
  for (let at = 0; at + 9 <= stream.length; ) {
    const end = at + 7 + view.getUint32(at + 3);
    const isFrame = stream[at] === 1 && (stream[at + 1] === 1 || stream[at + 1] === 2);
    if (!isFrame || end + 2 > stream.length) return requests;
    const good = view.getUint16(end) === crcByHand(stream.subarray(at, end));
    if (good && stream[at + 1] === 1) requests++;
    at = end + 2;
  }
  return requests;
}

describe('whatever comes', () => {
  it('never throws, answers each request once, and makes no more outputs than bytes', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        const outputs = played(chunks);
        const replies = outputs.filter((output) => output.type === 'reply');
        const bytes = Buffer.concat(chunks);
        expect(replies).toHaveLength(requestsIn(bytes));
        expect(outputs.length).toBeLessThanOrEqual(bytes.length + 1);
      }),
    );
  });

  it('does not depend on how it was cut', () => {
    fc.assert(
      fc.property(anyChunks, (chunks) => {
        expect(played(chunks).map(unbroken)).toEqual(played([Buffer.concat(chunks)]).map(unbroken));
      }),
    );
  });

  it('asks to be woken in the future, or is closed', () => {
    const pauses = fc.array(fc.nat(60), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anyChunks, pauses, (chunks, seconds) => {
        const session = new Session({ connection: 7, batteries: new Batteries(3), forms: new FormBook() }, NOON);
        let now = NOON;
        let open = true;
        const follow = (outputs: Output[]) => {
          open &&= !outputs.some((output) => output.type === 'close');
          if (open) expect(session.deadline).toBeGreaterThan(now.monoMs);
          else expect(session.deadline).toBeNull();
        };
        chunks.forEach((chunk, index) => {
          const pause = (seconds[index % seconds.length] ?? 0) * 1000;
          now = { wallMs: now.wallMs + pause, monoMs: now.monoMs + pause };
          follow(session.wake(now));
          follow(session.receive(chunk, now));
        });
      }),
    );
  });
});

describe('the phases of a battery', () => {
  const phases = (second: string, PmeterL2: string) =>
    `{"Time":"2024/06/12 12:04:${second}","SN":"${SERIAL}","PmeterL1":"500","PmeterL2":"${PmeterL2}","PmeterL3":"-"}`;

  it('are remembered across its connections: one that cannot be read now leaves no sum', () => {
    const batteries = new Batteries(10);
    const first = dialogue({ batteries, connection: 7 });
    const sumOn = (one: Dialogue, body: string) => {
      const outputs = one.session.receive(frameByHand(1, 16, body), one.now);
      const records = outputs.flatMap((output) => (output.type === 'record' ? [toldOf(output.record)] : []));
      const [values] = records.flatMap((record) => (record.type === 'reading' ? [record.values] : []));
      return (values as Record<string, unknown>).grid_power;
    };
    expect(sumOn(first, phases('10', '20'))).toBe(520);
    const second = dialogue({ batteries, connection: 8, at: { wallMs: NOON.wallMs + 20_000, monoMs: 25_000 } });
    expect(sumOn(second, phases('30', '-'))).toBeNull();
    expect(sumOn(second, phases('40', '21'))).toBe(521);
  });
});

describe('a value that cannot be', () => {
  const live = (second: string, SOC: string, Ppv1 = '10') =>
    `{"Time":"2024/06/12 12:04:${second}","SN":"${SERIAL}","SOC":"${SOC}","Ppv1":"${Ppv1}"}`;
  const told = ({ session, now }: Dialogue, body: string, command = 16) =>
    session.receive(frameByHand(1, command, body), now).flatMap((output) => {
      if (output.type === 'problem') return [[output.code, output.detail]];
      if (output.type !== 'record' || output.record.type !== 'reading') return [];
      return [(toldOf(output.record).values as Record<string, unknown>).pv1_power];
    });

  it('is said once, and kept from what is believed', () => {
    const one = dialogue({ batteries: new Batteries(10), connection: 7 });
    expect(told(one, live('10', '50'))).toEqual([10]);
    expect(told(one, live('20', '6553.5'))).toEqual([['VALUE_IMPLAUSIBLE', 'soc'], 10]);
    expect(told(one, live('30', '6553.5'))).toEqual([10]);
    expect(told(one, live('40', '6553.5', '4294967295'))).toEqual([['VALUE_IMPLAUSIBLE', 'pv1_power'], null]);
  });

  it('can be where the house is rated for it, as its configuration says, or its owner', () => {
    const ranges = new Map([['soc', { min: 0, max: 110 }]]);
    const batteries = new Batteries(10, { ranges });
    const one = dialogue({ batteries, connection: 7 });
    expect(told(one, live('10', '105', '120000'))).toEqual([['VALUE_IMPLAUSIBLE', 'pv1_power'], null]);
    told(one, `{"SN":"${SERIAL}","Popv":"60.0","Poinv":"50.0"}`, 4);
    expect(told(one, live('20', '105', '120000'))).toEqual([120_000]);
    expect(told(dialogue({ batteries, connection: 8 }), live('30', '105', '180000'))).toEqual([180_000]);
    expect(told(one, live('40', '105', '180001'))).toEqual([null]);
  });
});

describe('a battery of which something is kept', () => {
  const kept = (serial = SERIAL) => ({
    id: 'b3f1c2',
    serial: new Private(serial),
    firstSeenMs: 0,
    epochs: [{ ...EPOCH, sinceMs: 0, possibleSinceMs: 0 }],
    newest: null,
    openGaps: [],
    lastGapNumber: 0,
    trust: { peers: [], lastRun: 0 },
  });
  const hearing = (atOnce = 10, count = 1) => {
    const batteries = new Batteries(10, { kept: count, atOnce });
    const session = new Session({ connection: 7, batteries, forms: new FormBook() }, NOON);
    const types = (outputs: readonly Output[]) =>
      outputs.map((output) => (output.type === 'record' ? output.record.type : output.type));
    return { batteries, session, types };
  };
  const frames = (...all: string[]) => Buffer.concat(all.map((text) => Buffer.from(text.replaceAll(' ', ''), 'hex')));

  it('is not heard, nor anything behind it, until the batteries were told', () => {
    const { batteries, session, types } = hearing();
    expect(types(session.receive(frames(PING, FIRST_LIVE, PING), NOON))).toEqual(['reply']);
    expect(session.awaited).toBe(SERIAL);
    expect(session.receive(frames(SECOND_LIVE), NOON)).toEqual([]);
    batteries.restore(kept());
    const heard = types(session.told(NOON));
    expect(session.awaited).toBeNull();
    expect(heard.filter((type) => type === 'reading')).toHaveLength(2);
    expect(heard.filter((type) => type === 'reply')).toHaveLength(3);
    // Its clock is the one that was kept.
    expect(batteries.get(SERIAL)?.clock.timeline.epochs[0]?.sinceMs).toBe(0);
    expect(session.told(NOON)).toEqual([]);
  });

  it('can have what its house is rated for from the first message on', () => {
    const { batteries, session } = hearing();
    const body = `{"Time":"2024/06/12 12:04:10","SN":"${SERIAL}","SOC":"50","Ppv1":"120000"}`;
    session.receive(frameByHand(1, 16, body), NOON);
    batteries.restore({ ...kept(), ratedWatts: 50_000 });
    const told = session.told(NOON).flatMap((output) => (output.type === 'record' ? [toldOf(output.record)] : []));
    expect(told).toContainEqual(expect.objectContaining({ values: expect.objectContaining({ pv1_power: 120_000 }) }));
  });

  it('is asked for once, and no serial number is any more where all that is kept was told', () => {
    const { batteries, session } = hearing();
    session.receive(frames(FIRST_LIVE), NOON);
    batteries.restore(kept());
    session.told(NOON);
    session.receive(frames(SECOND_LIVE), NOON);
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:00', OTHER_SERIAL)), NOON);
    expect(session.awaited).toBeNull();
  });

  it('may be another: then it is new, and the next new one is asked for, too', () => {
    const { batteries, session, types } = hearing();
    session.receive(frames(FIRST_LIVE), NOON);
    expect(types(session.told(NOON))).toContain('reading');
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:00', OTHER_SERIAL)), NOON);
    expect(session.awaited).toBe(OTHER_SERIAL);
    batteries.restore(kept(OTHER_SERIAL));
    expect(types(session.told(NOON))).toContain('reading');
    expect(batteries.size).toBe(2);
  });

  it('is asked for each, where one message names several', () => {
    const { session, types } = hearing();
    const rows = [SERIAL, OTHER_SERIAL, SERIAL].map((serial, n) => `2024/06/12,12:0${n}:00,${serial},1`);
    session.receive(frameByHand(1, 12, history(...rows)), NOON);
    expect(session.awaited).toBe(SERIAL);
    session.told(NOON);
    expect(session.awaited).toBe(OTHER_SERIAL);
    expect(types(session.told(NOON)).filter((type) => type === 'reading')).toHaveLength(3);
    expect(session.awaited).toBeNull();
  });

  it('has its place kept: those that are new find it taken, and wait without being asked for again', () => {
    const { session } = hearing(1);
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:00', OTHER_SERIAL)), NOON);
    expect(session.told(NOON)).toContainEqual(expect.objectContaining({ code: 'BATTERY_WAITS' }));
    session.receive(frameByHand(1, 16, live('2024/06/12 12:05:10', OTHER_SERIAL)), NOON);
    expect(session.awaited).toBeNull();
  });

  it('is told once: what is heard of it since is not undone', () => {
    const { batteries } = hearing(10, 2);
    batteries.restore(kept());
    const battery = batteries.get(SERIAL);
    batteries.restore(kept());
    expect(batteries.get(SERIAL)).toBe(battery);
    expect(batteries.size).toBe(2);
  });

  it('is not heard any more where the connection has ended meanwhile', () => {
    const { session, types } = hearing();
    session.receive(frames(FIRST_LIVE), NOON);
    expect(types(session.ended(NOON))).toEqual([]);
    expect(session.told(NOON)).toEqual([]);
  });
});

describe('a blackout', () => {
  const detail = (second: string, Ua: string, PmeterL1: string, PrealL1: string) =>
    `{"Time":"2024/06/12 12:04:${second}","SN":"${SERIAL}","Ua":"${Ua}","PmeterL1":"${PmeterL1}","PrealL1":"${PrealL1}"}`;

  it('is an event when it begins and when the grid is back', () => {
    const { session, now } = dialogue({ batteries: new Batteries(10), connection: 7 });
    const said = (body: string) =>
      session.receive(frameByHand(1, 5, body), now).flatMap((output) => {
        if (output.type !== 'record' || output.record.type !== 'event') return [];
        return output.record.name === 'connected' ? [] : [output.record.name];
      });
    expect(said(detail('10', '231.0', '300', '200'))).toEqual([]);
    expect(said(detail('15', '0.0', '0', '640'))).toEqual(['blackout']);
    expect(said(detail('20', '0.0', '0', '500'))).toEqual([]);
    // Not known: nothing has changed.
    expect(said(detail('25', '0.0', '400', '500'))).toEqual([]);
    expect(said(detail('30', '229.5', '50', '200'))).toEqual(['grid_back']);
  });
});
