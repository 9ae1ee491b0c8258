import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pcap } from '../../test/captures/files.ts';
import { recorded, type Said, talk } from '../../test/captures/network.ts';
import { PACKET_TEXTS } from '../../test/captures/texts.ts';
import { run } from '../../test/io.ts';
import { delimited, floatField, varintField } from '../../test/protobuf.ts';
import { temporaryFolder } from '../../test/records.ts';
import { bytesOf, fixture, frameByHand, joined, sessionFrames } from '../../test/wire.ts';

const PING = bytesOf('01010000000000110a');
const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const SECRETS = [
  'AL2002021010101',
  'invented-password-7',
  '192.0.2.23',
  '198.51.100.7',
  '3 Example Lane',
  '0209100123',
];
const decode = (stdin: string | Uint8Array, ...flags: string[]) => run(['decode', ...flags, '-'], { stdin });
const heads = (out: string) => out.split('\n').filter((line) => /(?:^|\s\s)@\d/.test(line));

const DIALOGUE: Said[] = [
  ['1-1-2.login.json', 2],
  ['1-1-16.live.json', 16],
  ['1-1-4.config.json', 4],
].flatMap(([name, command], index): Said[] => [
  {
    way: 'from_battery',
    bytes: frameByHand(1, Number(command), fixture(String(name))),
    ms: 1_718_190_250_000 + index * 10_000,
  },
  {
    way: 'to_battery',
    bytes: frameByHand(2, Number(command), '{"Status":"Success"}'),
    ms: 1_718_190_250_020 + index * 10_000,
  },
]);
const CAPTURE = pcap(recorded(talk(DIALOGUE, { cuts: [0.2, 0.6] })));

describe('a session in hexadecimal', () => {
  it('is laid out frame by frame, with our names beside the vendor’s', async () => {
    const { code, out, err } = await decode(fixture('session.hex'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[0]).toBe('hexadecimal text');
    expect(heads(out).map((line) => line.replace(/ \([0-9A-F]{4} without what is private\)$/, ''))).toEqual([
      '@0  1,1,2  login (Login), 88 bytes, checksum 7660 ok',
      '@97  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
      '@106  1,1,9  event (Event log or message), 393 bytes, checksum 5013 ok',
      '@508  1,1,16  live (Live status, every 10 s), 272 bytes, checksum ABA4 ok',
      '@789  1,1,16  live (Live status, every 10 s), 272 bytes, checksum 5083 ok',
      '@1070  1,1,5  detail (Detail, every 5 minutes), 1500 bytes, checksum 7D83 ok',
    ]);
    expect(out).toContain('    Pbat      -2099.6920           battery_power W (confirmed)\n');
    for (const secret of SECRETS) expect(out).not.toContain(secret);
  });

  it('has the vendor’s names and texts alone, and what is private, where that is wanted', async () => {
    const { out } = await decode(fixture('session.hex'), '--wire', '--private');
    expect(out).toContain('    Time      2024/06/12 12:04:10\n    SN        AL2002021010101\n    Ppv1      1890\n');
    expect(out).toContain('7660 ok\n');
  });

  it('is the same from a file, in bytes, and where --hex is still said', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'raw'), joined(sessionFrames()));
    writeFileSync(join(folder, 'hex'), fixture('session.hex').toUpperCase());
    const expected = (await decode(joined(sessionFrames()))).out.split('\n').slice(1);
    for (const argv of [['raw'], ['hex'], ['--hex', 'hex']]) {
      const { code, out } = await run(['decode', ...argv.slice(0, -1), join(folder, argv.at(-1) as string)]);
      expect({ code, lines: out.split('\n').slice(1) }).toEqual({ code: 0, lines: expected });
    }
  });
});

describe('a capture', () => {
  it('has the time, the connection and the direction of each frame, and nothing private', async () => {
    for (const [title, input] of [
      ['pcap, Ethernet', CAPTURE],
      ['pcap, Ethernet, in gzip', gzipSync(CAPTURE)],
    ] as const) {
      const { code, out } = await decode(input);
      expect([code, out.split('\n')[0]]).toEqual([0, title]);
      expect(heads(out)[0]).toMatch(
        /^2024-06-12T11:04:10\.000Z {2}connection 1 {2}from battery {2}@0 {2}1,1,2 {2}login/,
      );
      expect(heads(out)[1]).toMatch(
        /^2024-06-12T11:04:10\.020Z {2}connection 1 {2}to battery {2}@0 {2}1,2,2 {2}login reply/,
      );
      expect(heads(out)).toHaveLength(6);
      for (const secret of SECRETS) expect(out).not.toContain(secret);
    }
  });

  it('has addresses and values where what is private is wanted', async () => {
    const { out } = await decode(CAPTURE, '--private');
    expect(out).toContain('connection 1 (192.0.2.23:40312 to 198.51.100.7:7777)');
    expect(out).toContain('3 Example Lane');
  });

  it('that lacks packets says so, and goes on', async () => {
    const segments = talk(DIALOGUE, { cuts: [0.2, 0.6] });
    const gone = segments.filter(({ bytes, ms }) => bytes.length > 100 && ms > 1_718_190_260_000)[1];
    const { code, out } = await decode(pcap(recorded(segments.filter((segment) => segment !== gone))));
    expect(code).toBe(1);
    expect(out).toMatch(/connection 1 {2}from battery {2}\d+ bytes missing in the capture\n/);
    expect(out).toMatch(/@378 {2}frame begun, \d+ bytes missing\n/);
    expect(out).toMatch(/no frame, \d+ bytes: perhaps the rest of a frame whose beginning is missing\n/);
    expect(out).toContain('configuration reply');
    for (const secret of SECRETS) expect(out).not.toContain(secret);
  });

  it.each<[string, Uint8Array | string, string]>([
    ['nothing', '', 'nothing: the input is empty\n'],
    ['no packets', pcap([]), 'pcap, Ethernet\nnothing in it\n'],
    [
      'packets of another port',
      pcap(recorded(talk(DIALOGUE), 'ethernet', { batteryPort: 1, serverPort: 443, version: 4 })),
      'no bytes of the port in 18 packets (18 other port): if the battery was sent to another port, name it with --port\n',
    ],
    ['radio packets', pcap([{ ms: 0, bytes: PING }], { link: 105 }), 'record on Ethernet or with -i any'],
    [
      'a packet cut off',
      CAPTURE.subarray(0, -3),
      'the capture ends in the middle of a packet: 3 bytes of it are missing\n',
    ],
    ['beginnings of packets', pcap(recorded(talk(DIALOGUE)), { snapLength: 96 }), 'record with -s 0'],
  ])('of %s says so', async (_what, input, says) => {
    const { code, out } = await decode(input);
    expect(code).toBe(1);
    expect(out).toContain(says);
    const json = await decode(input, '--json');
    expect(json.code).toBe(1);
    for (const line of json.out.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });
});

describe('for programs', () => {
  const objects = async (input: Uint8Array | string, ...flags: string[]) => {
    const { code, out } = await decode(input, '--json', ...flags);
    return {
      code,
      lines: out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    };
  };

  it('each frame is an object, its body under our names', async () => {
    const { code, lines } = await objects(CAPTURE);
    expect(code).toBe(0);
    expect(lines[0]).toEqual({ kind: 'input', taken_for: 'pcap, Ethernet' });
    expect(lines[3]).toMatchObject({
      ...{ kind: 'frame', time: '2024-06-12T11:04:20.000Z', connection: 1, direction: 'from_battery', offset: 97 },
      ...{ type: 1, command: 16, name: 'live', length: 272, checksum: 'right', checksum_said: 'ABA4', reason: null },
      body: {
        battery_power: { value: -2099.692, unit: 'W', certainty: 'confirmed', wire: 'Pbat', text: '-2099.6920' },
        serial: { value: '[private]', wire: 'SN', text: '[private]' },
      },
    });
    expect(lines[3].hex.slice(-4).toUpperCase()).toBe(lines[3].checksum_recomputed);
    expect(JSON.stringify(lines)).not.toContain(Buffer.from('AL2002021010101').toString('hex'));
  });

  it('its body is as it was sent where that is wanted', async () => {
    const { lines } = await objects(CAPTURE, '--wire', '--private');
    expect(lines[3].body).toEqual(JSON.parse(fixture('1-1-16.live.json')));
    expect(lines[3]).toMatchObject({ battery: '192.0.2.23:40312', server: '198.51.100.7:7777' });
    expect(lines[3].hex).toBe(Buffer.from(LIVE).toString('hex'));
  });

  it('history is rows', async () => {
    const { lines } = await objects(frameByHand(1, 12, fixture('1-1-12.history.csv')), '--wire');
    expect(lines[1].body.rows).toHaveLength(3);
    expect(lines[1].body.rows[0]).toMatchObject({ Date: '2024/06/12', Time: '11:14:22', SN: '[private]' });
  });

  it('what is no frame, was begun or has no object in it is told too', async () => {
    const { code, lines } = await objects(
      joined([bytesOf('ff01'), frameByHand(1, 9, 'a\u202eb'), PING, LIVE.subarray(0, -30)]),
    );
    expect(code).toBe(1);
    expect(lines.slice(1)).toMatchObject([
      { kind: 'no_frame', offset: 0, length: 2, is_rest: true, reason: null, hex: 'ff01' },
      { kind: 'frame', body: null, text: 'a\u202eb', reason: 'BODY_UNREADABLE' },
      { kind: 'frame', name: 'ping', body: null, hex: '01010000000000110a' },
      { kind: 'begun', missing: 30 },
    ]);
  });

  it('two spellings of a name are both there', async () => {
    const { lines } = await objects(frameByHand(1, 16, '{"SOC":"5","soc":"6","x":"7"}'));
    expect(lines[1].body).toMatchObject({
      soc: { value: 5 },
      'soc 2': { value: 6 },
      x: { value: '7', certainty: 'unknown' },
    });
  });
});

describe('a frame', () => {
  const spoilt = Uint8Array.from(PING);
  spoilt[8] = 0xf5;

  it('with a wrong checksum is shown with both, and the exit code tells', async () => {
    const { code, out } = await decode(joined([spoilt, PING]));
    expect(code).toBe(1);
    expect(heads(out)).toEqual([
      '@0  1,1,0  ping (Empty, before log and history), 0 bytes, checksum says 11F5, computed 110A: WRONG',
      '@9  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
    ]);
  });

  it('nobody has documented is said to be one; a reply is one', async () => {
    expect((await decode(frameByHand(1, 7, '{}'))).out).toMatch(
      /\n@0 {2}1,1,7 {2}unknown 7 \(nobody has documented this command\), 2 bytes,/,
    );
    expect((await decode(frameByHand(2, 16, '{"Status":"Success"}'))).out).toMatch(
      /\n@0 {2}1,2,16 {2}live reply, 20 bytes, /,
    );
  });

  it('whose body is no text is dumped', async () => {
    const { out } = await decode(frameByHand(1, 16, bytesOf('ff00417e7f2061ff00417e7f2061ff00417e')));
    expect(out.split('\n').slice(2)).toEqual([
      '    0000  ff 00 41 7e 7f 20 61 ff 00 41 7e 7f 20 61 ff 00  ..A~. a..A~. a..',
      '    0010  41 7e                                            A~',
      '',
    ]);
  });

  it('of history is laid out row by row, or as its lines', async () => {
    const csv = 'Date,Time,SOC\n2024/06/12,11:14:22,71.2\n2024/06/12,11:15:22,71.6\n';
    const { out } = await decode(frameByHand(1, 12, csv));
    expect(out).toContain('    row 2\n    Date  2024/06/12  battery_date (confirmed)\n');
    const wire = await decode(frameByHand(1, 12, csv), '--wire');
    expect(wire.out.split('\n').slice(2, 4)).toEqual(['    Date,Time,SOC', '    2024/06/12,11:14:22,71.2']);
  });

  it('cannot steer the terminal or break a line', async () => {
    const { out } = await decode(frameByHand(1, 9, JSON.stringify({ 'k\u001b': 'a\r\nb\u001b[2J\u009b\u202e' })));
    expect(out.split('\n').slice(2)).toEqual(['    k.  a..b.[2J..', '']);
    const text = await decode(frameByHand(1, 12, 'a\u001b[2Jb\r\nc\td\n'), '--wire');
    expect(text.out.split('\n').slice(2)).toEqual(['    a.[2Jb.', '    c.d', '']);
    expect((await decode(frameByHand(1, 9, '{"k":"a\u202eb"}'), '--json')).out).toContain(String.raw`a\u202eb`);
  });
});

describe('frames of newer firmware', () => {
  const SUCCESS = bytesOf('01040a000000090a0753756363657373e658');

  it('are laid out by field number, wire type, value and likely name', async () => {
    const values = joined([delimited(1, 'AL1'), varintField(2, 7), floatField(3, 230.5), floatField(16, 1)]);
    const power = joined([values, delimited(20, joined([varintField(1, 5), delimited(2, '\u001b\u001b')]))]);
    const { code, out } = await decode(joined([SUCCESS, frameByHand(3, 16, power), PING]), '--private');
    expect(code).toBe(0);
    expect(out.split('\n').slice(1)).toEqual([
      '@0  1,4,10  protobuf unknown 10 reply (Protocol Buffers of newer firmware), 9 bytes, checksum E658 ok',
      '    1  length-delimited  Success  (likely status)',
      expect.stringMatching(
        /^@18 {2}1,3,16 {2}protobuf live \(Protocol Buffers of newer firmware\), 27 bytes, checksum \S+ ok$/,
      ),
      '    1     length-delimited  AL1  (likely sn)',
      '    2     varint            7  (likely time)',
      '    3     32-bit            1130790912 (float 230.5)  (likely ppv)',
      '    16    32-bit            1065353216 (float 1)  (likely soc)',
      '    20.1  varint            5',
      '    20.2  length-delimited  1b1b',
      '@54  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
      '',
      '',
    ]);
  });

  it('have nothing private in them unless it is wanted, and a checksum that fits', async () => {
    const { out } = await decode(
      frameByHand(3, 10, joined([delimited(1, 'AL2002021010101'), delimited(7, 'hunter2')])),
    );
    expect(out).toContain('    7  length-delimited  [private]');
    expect(out).toContain('without what is private');
    expect(out).not.toMatch(/AL2002|hunter2/);
  });

  it('are shown as far as they can be read', async () => {
    const { code, out } = await decode(frameByHand(3, 7, bytesOf('08010c6162')), '--private');
    expect(code).toBe(0);
    expect(out).toContain('    1  varint            1\n    not readable from byte 2 on:\n    0000  0c 61 62 ');
    expect((await decode(frameByHand(3, 7, ''))).out).toMatch(/\n@0 {2}1,3,7 {2}protobuf unknown 7 .*\n\n$/);
  });

  it('are objects with their fields for programs', async () => {
    const { out } = await decode(SUCCESS, '--json');
    expect(JSON.parse(out.split('\n')[1] as string)).toMatchObject({
      ...{ offset: 0, type: 4, command: 10, name: 'protobuf unknown 10 reply', length: 9, checksum: 'right' },
      direction: 'to_battery',
      body: {
        fields: [{ field: '1', wire_type: 'length-delimited', value: 'Success', likely_name: 'status' }],
        read_up_to: 9,
      },
    });
  });
});

it('bytes that are no frame are shown and passed over', async () => {
  const { code, out } = await decode(joined([Buffer.from('GET / H'), PING, bytesOf('0102')]));
  expect(code).toBe(1);
  expect(out.split('\n')).toEqual([
    'raw bytes',
    '@0  no frame, 7 bytes: this peer speaks HTTP: a browser or a scanner opened the battery port',
    '    0000  47 45 54 20 2f 20 48                             GET / H',
    '@7  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
    '',
    '@16  frame begun, 7 bytes missing',
    '    0000  01 02                                            ..',
    '',
  ]);
});

it('a packet of an unknown day has its time of day, in local time none of UTC', async () => {
  const dump = PACKET_TEXTS['tcpdump -XX -tttt']?.(recorded(talk(DIALOGUE))) ?? '';
  expect(heads((await decode(dump)).out)[0]).toMatch(/^2024-06-12T11:04:10\.000 {2}connection 1/);
  expect(heads((await decode(dump.replaceAll('2024-06-12 ', ''))).out)[0]).toMatch(/^11:04:10\.000 {2}connection 1/);
});

describe('a summary', () => {
  it('counts frames, kinds and connections', async () => {
    const { code, out } = await decode(CAPTURE, '--summary');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.trim())).toEqual([
      'pcap, Ethernet',
      '30  packets',
      '6  frames, 2,845 bytes',
      ...['login', 'live', 'configuration'].map((name) => `1    from battery  ${name}`),
      ...['login', 'live', 'configuration'].map((name) => `1    to battery  ${name} reply`),
      'connection 1: 6 frames, 2,845 bytes, 2024-06-12T11:04:09.995Z to 2024-06-12T11:04:30.020Z',
      '',
    ]);
  });

  it('is an object for programs', async () => {
    const { out } = await decode(CAPTURE, '--summary', '--json', '--private');
    expect(JSON.parse(out)).toMatchObject({
      kind: 'summary',
      taken_for: 'pcap, Ethernet',
      packets: 30,
      verdicts: { right: { count: 6 }, wrong: { count: 0, bytes: 0 } },
      frames: { from_battery: { login: 1, live: 1, configuration: 1 } },
      connections: [{ connection: 1, battery: '192.0.2.23:40312', frames: 6, bytes_lost: 0 }],
      notes: [],
    });
  });

  it('counts what is not whole', async () => {
    const segments = talk(DIALOGUE, { cuts: [0.2, 0.6] });
    const gone = segments.filter(({ bytes, ms }) => bytes.length > 100 && ms > 1_718_190_260_000)[1];
    const { code, out } = await decode(pcap(recorded(segments.filter((segment) => segment !== gone))), '--summary');
    expect(code).toBe(1);
    expect(out).toMatch(/ 1 {2}gaps, \d+ bytes\n/);
    expect(out).toMatch(/ 1 {2}frames begun, their rest missing, /);
    expect(out).toMatch(/connection 1: 5 frames, .* bytes missing, /);
    expect((await decode(joined([bytesOf('ff'), PING]), '--summary')).out).toContain(
      'pieces that are no frame, 1 bytes',
    );
  });

  it('lists a thousand connections', async () => {
    const many = Array.from({ length: 1002 }, (_, index) =>
      recorded(talk([{ way: 'from_battery', bytes: PING, ms: 1000 }]), 'raw', {
        batteryPort: 10_000 + index,
        serverPort: 7777,
        version: 4,
      }),
    ).flat();
    const { out } = await decode(pcap(many, { link: 101 }), '--summary');
    expect(out).toContain('connections up to number 1002; the first 1000 are listed');
  });
});

describe('input that cannot be read', () => {
  it('is named where it is a file', async () => {
    const file = join(temporaryFolder(), 'none.bin');
    const err = `alphaess-local: there is no file ${file}: check its path [FILE_UNREADABLE]\n`;
    expect(await run(['decode', file])).toEqual({ code: 1, out: '', err });
  });

  it('is said to be a folder where it is one', async () => {
    const folder = temporaryFolder();
    const err = `alphaess-local: ${folder} is a folder: give a file [FILE_UNREADABLE]\n`;
    expect(await run(['decode', folder])).toEqual({ code: 1, out: '', err });
  });

  it.each<[string, string | Uint8Array, string]>([
    [
      'a letter',
      '0101\nDear reader',
      'standard input: line 2 is no hexadecimal from character 1 on; save it as pcap (tcpdump -w FILE',
    ],
    ['a spoilt dump', '00000000: 0101\n00000009: 01', 'line 2: its offset is 00000009 where 2 should follow'],
    ['an archive', 'PK\u0003\u0004', 'standard input: this is a zip archive: unpack it first'],
    [
      'a damaged capture',
      joined([CAPTURE.subarray(0, 24), new Uint8Array(16).fill(0xff)]),
      'the pcap is damaged: packet 1 claims 4294967295 bytes',
    ],
  ])('as %s says what is wrong and what to do', async (_what, input, says) => {
    const { code, err } = await decode(input);
    expect(code).toBe(1);
    expect(err).toContain(says);
  });
});
