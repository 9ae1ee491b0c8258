import { describe, expect, it } from 'vitest';
import { delimited, varintField } from '../../test/protobuf.ts';
import { bytesOf, crcByHand, fixture, frameByHand, joined } from '../../test/wire.ts';
import { type Chunk, FrameViewer } from './frame-view.ts';

const SERIAL = 'AL2002021010101';
const viewer = new FrameViewer([SERIAL]);
const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const CONFIG = frameByHand(1, 4, fixture('1-1-4.config.json'));
const SECRETS = [SERIAL, '3 Example Lane', 'Ballyexample', 'X99 ZZ99', '0209100123', 'EXINV5000000023'];

const kept = (bytes: Uint8Array) => [...viewer.kept(bytes, 'from_battery')];

function chunk(bytes: Uint8Array, change: Partial<Chunk> = {}): Chunk {
  return { sequence: 1, connection: 7, direction: 'from_battery', ms: 0, bytes, ...change };
}

describe('a frame', () => {
  it('is named and laid out field by field', () => {
    const [view] = kept(LIVE);
    expect(view).toMatchObject({
      name: 'live',
      type: 1,
      command: 16,
      size: LIVE.length,
      checksum: 'right',
      understood: true,
      reason: null,
    });
    expect(view?.fields).toContainEqual({
      wire: 'Ppv1',
      name: 'pv1_power',
      text: expect.any(String),
      unit: 'W',
      certainty: 'confirmed',
    });
  });

  it.each([
    [CONFIG, null],
    [frameByHand(1, 4, fixture('1-1-4.config.json').slice(0, 700)), 'BODY_PARTLY_READ'],
    [
      frameByHand(1, 4, fixture('1-1-4.config.json').replace('Example Lane', 'Example "X99 ZZ99" Lane')),
      'BODY_PARTLY_READ',
    ],
    [frameByHand(1, 4, fixture('1-1-4.config.json').slice(1, 701)), 'BODY_UNREADABLE'],
    [frameByHand(1, 7, fixture('1-1-4.config.json')), 'COMMAND_UNKNOWN'],
    [frameByHand(1, 12, fixture('1-1-4.config.json').slice(0, -1)), 'BODY_UNREADABLE'],
    [frameByHand(1, 12, fixture('1-1-12.history.csv').replace(',258.1,', ',')), 'BODY_PARTLY_READ'],
    [
      frameByHand(
        1,
        16,
        `{"Time":"2024/06/12 12:04:10","SN":"${SERIAL}","Ppv1":"1","Note":"of ${SERIAL}","${SERIAL}":"1"}`,
      ),
      null,
    ],
    [Buffer.from(`GET /${SERIAL} HTTP/1.1`), 'FRAME_HTTP'],
    [frameByHand(1, 4, fixture('1-1-4.config.json')).slice(0, -1), 'FRAME_INCOMPLETE'],
    [Uint8Array.of(1, 1, 4), 'FRAME_INCOMPLETE'],
  ])('gives nothing private away, in bytes or fields', (bytes, reason) => {
    const views = kept(bytes);
    expect(views[0]?.reason).toBe(reason);
    const said = views.map((view) => JSON.stringify(view) + Buffer.from(view.hex, 'hex').toString('latin1')).join('\n');
    for (const secret of SECRETS) expect(said).not.toContain(secret);
  });

  it('without private values has a checksum that fits, and says so', () => {
    const [view] = kept(LIVE);
    const shown = Buffer.from(view?.hex ?? '', 'hex');
    expect(view).toMatchObject({ checksum: 'right', checksum_recomputed: true });
    expect(shown.readUInt16BE(shown.length - 2)).toBe(crcByHand(shown.subarray(0, -2)));
  });

  it('says what is wrong with it', () => {
    const spoiled = Uint8Array.from(LIVE);
    spoiled[spoiled.length - 1] = (spoiled.at(-1) as number) ^ 1;
    expect(kept(spoiled)).toMatchObject([{ checksum: 'wrong', reason: 'FRAME_CHECKSUM', understood: false }]);
    expect(kept(frameByHand(1, 16, Uint8Array.of(0xff, 0)))).toMatchObject([{ fields: [], reason: 'BODY_UNREADABLE' }]);
  });

  it('of ours is understood where its command is known', () => {
    const views = (command: number) => [...viewer.kept(frameByHand(2, command, '{"Status":"Success"}'), 'to_battery')];
    expect(views(16)).toMatchObject([{ name: 'live reply', understood: true }]);
    expect(views(7)).toMatchObject([{ understood: false, reason: 'COMMAND_UNKNOWN' }]);
  });

  it('of history shows its first row', () => {
    const [view] = kept(frameByHand(1, 12, fixture('1-1-12.history.csv')));
    expect(view?.fields.slice(0, 3).map(({ name, text }) => [name, text])).toEqual([
      ['battery_date', '2024/06/12'],
      ['battery_time', '11:14:22'],
      ['serial', '[private]'],
    ]);
  });
});

it('a frame of history shows no cell under a name that may be another’s, and a signal of two numbers whole', () => {
  const shown = (csv: string) => kept(frameByHand(1, 12, csv))[0]?.fields.map(({ wire, text }) => [wire, text]);
  expect(shown('Date,Time,SOC,Pbat\n2024/06/12,11:14:22,5,6,7\n')).toEqual([
    ['Date', '2024/06/12'],
    ['Time', '11:14:22'],
    ['SOC', null],
    ['Pbat', null],
  ]);
  expect(shown('Date,Time,CSQ\r\n2024/06/12,11:14:22,99,99\r\n')?.at(-1)).toEqual(['CSQ', '99,99']);
});

describe('a frame of newer firmware', () => {
  const SUCCESS = bytesOf('01040a000000090a0753756363657373e658');

  it('shows field number, wire type, value and likely name', () => {
    const view = {
      ...{ name: 'protobuf unknown 10 reply', type: 4, command: 10, size: 18, checksum: 'right' },
      ...{ understood: false, reason: 'FRAME_PROTOBUF', hex: Buffer.from(SUCCESS).toString('hex') },
      checksum_recomputed: false,
      fields: [{ wire: '1 length-delimited', name: 'status', text: 'Success', unit: '', certainty: 'likely' }],
    };
    expect(kept(SUCCESS)).toEqual([view]);
    expect([...viewer.kept(SUCCESS, 'to_battery')]).toEqual([view]);
  });

  it('shows no text that may be private, and says what could not be read', () => {
    const body = joined([delimited(1, SERIAL), delimited(7, 'hunter2'), varintField(9, 641), bytesOf('0c0c')]);
    const [view] = kept(frameByHand(3, 10, body));
    expect(view?.fields.map(({ wire, text, certainty }) => [wire, text, certainty])).toEqual([
      ['1 length-delimited', '[private]', 'unknown'],
      ['7 length-delimited', '[private]', 'unknown'],
      ['9 varint', '641', 'unknown'],
      ['unread', '2 bytes', 'unknown'],
    ]);
    expect(Buffer.from(view?.hex ?? '', 'hex').toString('latin1')).not.toMatch(/AL2002|hunter2/);
    expect(kept(frameByHand(4, 8, delimited(4, `of ${SERIAL}`)))[0]?.fields).toMatchObject([
      { name: 'msg', text: 'of [private]' },
    ]);
  });

  it('has as many fields as are shown of any', () => {
    const many = joined(Array.from({ length: 1000 }, () => varintField(1, 1)));
    expect(kept(frameByHand(3, 10, many))[0]?.fields).toHaveLength(400);
  });
});

describe('frames out of what went over connections', () => {
  it('are put together from chunks, each connection and direction for itself', () => {
    const chunks = [
      chunk(LIVE.slice(0, 100), { sequence: 1 }),
      chunk(CONFIG, { sequence: 2, connection: 8 }),
      chunk(frameByHand(2, 16, '{}'), { sequence: 3, direction: 'to_battery' }),
      chunk(joined([LIVE.slice(100), LIVE]), { sequence: 4 }),
    ];
    const found = [...viewer.tapped(chunks)].map(({ chunk: at, name }) => [at.sequence, name]);
    expect(found).toEqual([
      [4, 'live'],
      [4, 'live'],
      [2, 'configuration'],
      [3, 'live reply'],
    ]);
  });

  it('leave out what is cut at either end, but not what is no frame', () => {
    expect([...viewer.tapped([chunk(joined([LIVE.slice(50), CONFIG, LIVE.slice(0, 50)]))])]).toMatchObject([
      { name: 'configuration' },
    ]);
    expect([...viewer.tapped([chunk(LIVE.slice(0, 3))])]).toEqual([]);
    expect([...viewer.tapped([chunk(Buffer.from('GET / HTTP/1.1'))])]).toMatchObject([
      { name: 'no frame', reason: 'FRAME_HTTP' },
    ]);
    const [first, second] = [...viewer.tapped([chunk(joined([CONFIG, Buffer.from('GET / HTTP'), LIVE]))])];
    expect([first?.name, second?.name]).toEqual(['configuration', 'no frame']);
  });
});
