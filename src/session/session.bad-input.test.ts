/** What a session does with wrong frames, bodies and values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acquainted,
  DETAIL,
  FIRST_LIVE,
  fixture,
  history,
  LIVE_SUCCESS,
  LOG,
  LOGIN,
  live,
  OTHER_SERIAL,
  PING,
  played,
  SECOND_LIVE,
  SERIAL,
} from '../../test/acquainted.ts';
import { type Dialogue, dialogue, hex, NOON, toldOf } from '../../test/dialogue.ts';
import { crcByHand, frameByHand } from '../../test/wire.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from './batteries.ts';
import type { Output } from './output.ts';
import { Session } from './session.ts';

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
