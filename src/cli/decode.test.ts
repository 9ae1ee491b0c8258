import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { delimited, floatField, varintField } from '../../test/protobuf.ts';
import { temporaryFolder } from '../../test/records.ts';
import { bytesOf, fixture, frameByHand, joined, sessionFrames } from '../../test/wire.ts';

const PING = bytesOf('01010000000000110a');
const decode = (stdin: string | Uint8Array, ...flags: string[]) => run(['decode', ...flags, '-'], { stdin });
const decodeJson = async (stdin: string | Uint8Array) => {
  const { code, out } = await decode(stdin, '--json');
  const lines = out.split('\n').slice(0, -1);
  return { code, pieces: lines.map((line) => JSON.parse(line)) };
};

function spoiled(frame: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 0xff;
  return copy;
}

describe('a session', () => {
  it('is laid out frame by frame', async () => {
    const { code, out, err } = await decode(fixture('session.hex'), '--hex');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').filter((line) => line.startsWith('@'))).toEqual([
      '@0  1,1,2  login (Login), 88 bytes, checksum 7660 ok',
      '@97  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
      '@106  1,1,9  event (Event log or message), 393 bytes, checksum 5013 ok',
      '@508  1,1,16  live (Live status, every 10 s), 272 bytes, checksum ABA4 ok',
      '@789  1,1,16  live (Live status, every 10 s), 272 bytes, checksum 5083 ok',
      '@1070  1,1,5  detail (Detail, every 5 minutes), 1500 bytes, checksum 7D83 ok',
    ]);
    expect(out).toContain(
      [
        '    Time      2024/06/12 12:04:10',
        '    SN        AL2002021010101',
        '    Ppv1      1890',
        '    Ppv2      1765',
        '    PrealL1   1450',
        '    PrealL2   0.0',
        '    PrealL3   0.0',
        '    PmeterL1  -3442',
        '    PmeterL2  0',
        '    PmeterL3  0',
        '    PmeterDC  2410',
        '    Pbat      -2099.6920',
        '    Sva       1455',
        '    VarAC     -587',
        '    VarDC     -10',
        '    SOC       71.2',
        '@789',
      ].join('\n'),
    );
  });

  it('is one object a frame for programs', async () => {
    const { code, pieces } = await decodeJson(joined(sessionFrames()));
    expect(code).toBe(0);
    expect(pieces).toHaveLength(6);
    expect(pieces[1]).toEqual({
      offset: 97,
      type: 1,
      command: 0,
      name: 'ping',
      length: 0,
      crc_ok: true,
      body: '',
    });
    expect(pieces[3]).toEqual({
      offset: 508,
      type: 1,
      command: 16,
      name: 'live',
      length: 272,
      crc_ok: true,
      body: fixture('1-1-16.live.json'),
    });
  });

  it('is read from a file as it is from standard input', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'raw'), joined(sessionFrames()));
    writeFileSync(join(folder, 'hex'), fixture('session.hex').toUpperCase());
    const expected = await decode(joined(sessionFrames()));
    expect(await run(['decode', join(folder, 'raw')])).toEqual(expected);
    expect(await run(['decode', '--hex', join(folder, 'hex')])).toEqual(expected);
  });

  it('of nothing is nothing', async () => {
    expect(await decode('')).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('a frame', () => {
  it('of the other direction is called a reply', async () => {
    const { code, out } = await decode(frameByHand(2, 16, '{"Status":"Success"}'));
    expect(code).toBe(0);
    expect(out).toMatch(/^@0 {2}1,2,16 {2}live reply, 20 bytes, checksum [0-9A-F]{4} ok\n {4}Status {2}Success\n$/);
  });

  it('nobody has documented is said to be one', async () => {
    const { out } = await decode(frameByHand(1, 7, '{}'));
    expect(out).toMatch(/^@0 {2}1,1,7 {2}unknown 7 \(nobody has documented this command\), 2 bytes,/);
  });

  it('with lines in it keeps them', async () => {
    const { out } = await decode(frameByHand(1, 12, 'Date,Time\n2024/06/12,11:14:22\n'));
    expect(out.split('\n').slice(1)).toEqual(['    Date,Time', '    2024/06/12,11:14:22', '']);
  });

  it('whose body is no text is dumped', async () => {
    const { out } = await decode(frameByHand(1, 16, bytesOf('ff00417e7f2061ff00417e7f2061ff00417e')));
    expect(out.split('\n').slice(1)).toEqual([
      '    0000  ff 00 41 7e 7f 20 61 ff 00 41 7e 7f 20 61 ff 00  ..A~. a..A~. a..',
      '    0010  41 7e                                            A~',
      '',
    ]);
    const [piece] = (await decodeJson(frameByHand(1, 16, bytesOf('ff00')))).pieces;
    expect(piece).toMatchObject({ body: 'ff00', body_encoding: 'hex' });
  });

  it('with numbers, nulls and objects in it shows them', async () => {
    const { out } = await decode(frameByHand(1, 4, '{"a":1.50,"bcd":null,"e":{"f":[true]}}'));
    expect(out.split('\n').slice(1)).toEqual(['    a    1.5', '    bcd  null', '    e    {"f":[true]}', '']);
  });

  it('cannot steer the terminal or break a line', async () => {
    const { out } = await decode(frameByHand(1, 9, JSON.stringify({ 'k\u001b': 'a\r\nb\u001b[2J\u009b' })));
    expect(out.split('\n').slice(1)).toEqual(['    k.  a..b.[2J.', '']);
    const bidi = frameByHand(1, 9, JSON.stringify({ k: 'a\u202eb\u200b' }));
    expect((await decode(bidi)).out.split('\n').slice(1)).toEqual(['    k  a.b.', '']);
    expect((await decode(bidi, '--json')).out).toContain(String.raw`a\u202eb\u200b`);
    const text = await decode(frameByHand(1, 12, 'a\u001b[2Jb\r\nc\td\n'));
    expect(text.out.split('\n').slice(1)).toEqual(['    a.[2Jb.', '    c.d', '']);
  });

  it('with a wrong checksum is shown with both, and the exit code tells', async () => {
    const { code, out } = await decode(joined([spoiled(PING), PING]));
    expect(code).toBe(1);
    expect(out.split('\n').filter((line) => line.startsWith('@'))).toEqual([
      '@0  1,1,0  ping (Empty, before log and history), 0 bytes, checksum says 11F5, computed 110A: WRONG',
      '@9  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
    ]);
    expect((await decodeJson(spoiled(PING))).pieces).toEqual([
      { offset: 0, type: 1, command: 0, name: 'ping', length: 0, crc_ok: false, body: '' },
    ]);
  });
});

describe('bytes that are no frame', () => {
  it('are shown and passed over', async () => {
    const { code, out } = await decode(joined([Buffer.from('GET /'), PING, bytesOf('0102')]));
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      '@0  no frame, 5 bytes',
      '    0000  47 45 54 20 2f                                   GET /',
      '@5  1,1,0  ping (Empty, before log and history), 0 bytes, checksum 110A ok',
      '',
      '@14  no frame, 2 bytes',
      '    0000  01 02                                            ..',
      '',
    ]);
  });

  it('have no type for programs', async () => {
    const { code, pieces } = await decodeJson(bytesOf('ff01'));
    expect(code).toBe(1);
    expect(pieces).toEqual([
      {
        offset: 0,
        type: null,
        command: null,
        name: 'no frame',
        length: 2,
        crc_ok: false,
        body: 'ff01',
        body_encoding: 'hex',
      },
    ]);
  });

  it.each([
    ['a frame that is cut off', joined([PING]).subarray(0, 8)],
    ['a length that no battery sends', bytesOf('01011000010001aabb')],
    ['a frame of a fifth type', bytesOf('0105000000000010fa')],
  ])('may be %s', async (_what, bytes) => {
    const { pieces } = await decodeJson(joined([bytes, PING]));
    expect(pieces.map(({ name, length }) => [name, length])).toEqual([
      ['no frame', bytes.length],
      ['ping', 0],
    ]);
  });
});

describe('frames of newer firmware', () => {
  const SUCCESS = bytesOf('01040a000000090a0753756363657373e658');

  it('are laid out by field number, wire type, value and likely name', async () => {
    const run = joined([delimited(1, 'AL1'), varintField(2, 7), floatField(3, 230.5), floatField(16, 1)]);
    const power = joined([run, delimited(20, joined([varintField(1, 5), delimited(2, '\u001b\u001b')]))]);
    const { code, out } = await decode(joined([SUCCESS, frameByHand(3, 16, power), PING]));
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
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

  it('are shown as far as they can be read', async () => {
    const { code, out } = await decode(frameByHand(3, 7, bytesOf('08010c6162')));
    expect(code).toBe(0);
    expect(out).toContain('    1  varint            1\n    not readable from byte 2 on:\n    0000  0c 61 62');
    expect((await decode(frameByHand(3, 7, ''))).out).toMatch(/^@0 {2}1,3,7 {2}protobuf unknown 7 .*\n\n$/);
  });

  it('are objects with their fields for programs', async () => {
    const { code, pieces } = await decodeJson(SUCCESS);
    expect(code).toBe(0);
    expect(pieces).toEqual([
      {
        ...{ offset: 0, type: 4, command: 10, name: 'protobuf unknown 10 reply', length: 9, crc_ok: true },
        ...{ body: '0a0753756363657373', body_encoding: 'hex', unread_bytes: 0 },
        fields: [{ field: '1', wire_type: 'length-delimited', value: 'Success', likely_name: 'status' }],
      },
    ]);
  });
});

describe('input that cannot be read', () => {
  it('is named where it is a file', async () => {
    const file = join(temporaryFolder(), 'none.bin');
    const err = `alphaess-local: ${file} cannot be read: ENOENT: no such file or directory\n`;
    expect(await run(['decode', file])).toEqual({ code: 1, out: '', err });
  });

  it.each(['01 0', 'xyz1', '01-02'])('is no hexadecimal: %j', async (text) => {
    expect(await decode(text, '--hex')).toEqual({
      code: 1,
      out: '',
      err: 'alphaess-local: the input is not hexadecimal: leave --hex out for raw bytes\n',
    });
  });
});
