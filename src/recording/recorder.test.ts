/**
 * What is recorded, read again: by this project's own reader, and by Wireshark's, which checks every header and checksum.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readCapture } from '../../test/captures/read.ts';
import { NO_TSHARK, tshark } from '../../test/captures/tshark.ts';
import { folder, until } from '../../test/server.ts';
import { fixture, frameByHand, hexOf } from '../../test/wire.ts';
import { isPrivateKey } from '../privacy/redact.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

const AT = Date.UTC(2024, 5, 12, 11, 4, 10, 250);
const LOGIN = frameByHand(1, 2, fixture('1-1-2.login.json'));
const LIVE = frameByHand(1, 16, fixture('1-1-16.live.json'));
const CONFIGURATION = frameByHand(1, 4, fixture('1-1-4.config.json'));
const SUCCESS = frameByHand(2, 16, '{"Status":"Success"}');
const DISSECTOR = new URL('../../packaging/wireshark/alphaess.lua', import.meta.url).pathname;
/** What is private in the fixtures: whatever stands under a private name, and the peer's address. */
const PRIVATE = [
  ...new Set(
    ['1-1-2.login.json', '1-1-4.config.json', '1-1-16.live.json'].flatMap((name) =>
      Object.entries(JSON.parse(fixture(name)) as Record<string, unknown>).flatMap(([key, value]) =>
        isPrivateKey(key) && typeof value === 'string' && value.length >= 6 ? [value] : [],
      ),
    ),
  ),
  '192.168.1.50',
];

function recorder(more: Partial<RecorderOptions> = {}) {
  const data = join(folder(), 'recordings');
  const failures: string[] = [];
  const made = new Recorder({
    folder: data,
    maxBytes: 8_000_000,
    wallMs: () => AT,
    secrets: () => [],
    failed: (error) => void failures.push((error as NodeJS.ErrnoException).code ?? error.message),
    ...more,
  });
  onTestFinished(() => made.stop());
  made.opened(7, 'a private network', '192.168.1.50');
  const files = () => readdirSync(data).map((name) => join(data, name));
  return { recorder: made, failures, data, files };
}

async function framesOf(file: string): Promise<string[]> {
  const { items } = await readCapture(readFileSync(file));
  return items.flatMap((item) =>
    item.kind === 'piece' ? [`${item.direction} ${hexOf(item.piece.bytes)}`] : [item.kind],
  );
}

describe('a recorder', () => {
  it('writes nothing before it is told to', () => {
    const { recorder: made, data } = recorder();
    made.received(7, LOGIN);
    made.sent(7, SUCCESS);
    expect(() => readdirSync(data)).toThrow('ENOENT');
    expect(made.status).toEqual({
      ...{ isRecording: false, isPrivate: false, sinceMs: null, untilMs: null, frames: 0, dropped: 0 },
    });
  });

  it('writes whole frames without private values, whose checksums fit, however they came', async () => {
    const { recorder: made, files } = recorder();
    await made.start(10, false);
    expect(made.status).toMatchObject({ isRecording: true, isPrivate: false, sinceMs: AT, untilMs: AT + 600_000 });
    const stream = Buffer.concat([LOGIN, CONFIGURATION, LIVE]);
    for (let at = 0; at < stream.length; at += 100) made.received(7, stream.subarray(at, at + 100));
    made.sent(7, SUCCESS);
    made.closed(7);
    await made.stop();
    expect(made.status).toMatchObject({ isRecording: false, frames: 4, dropped: 0 });
    const [file = ''] = files();
    expect(file).toMatch(/recording-20240612T110410Z-1\.pcapng$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { items } = await readCapture(readFileSync(file));
    const pieces = items.flatMap((item) => (item.kind === 'piece' ? [item] : []));
    expect(pieces.map(({ piece, direction }) => `${direction} ${piece.type},${piece.command} ${piece.crcOk}`)).toEqual([
      ...['from_battery 1,2 true', 'from_battery 1,4 true', 'from_battery 1,16 true', 'to_battery 2,16 true'],
    ]);
    expect(pieces.map(({ piece }) => piece.bytes.length)).toEqual(
      [LOGIN, CONFIGURATION, LIVE, SUCCESS].map(({ length }) => length),
    );
    const text = readFileSync(file, 'latin1');
    expect(PRIVATE.length).toBeGreaterThan(4);
    for (const secret of PRIVATE) expect(text).not.toContain(secret);
  });

  it('writes what is private where that is asked for, and says so in its name', async () => {
    const { recorder: made, files } = recorder();
    await made.start(10, true);
    made.received(7, LOGIN);
    await made.stop();
    const [file = ''] = files();
    expect(file).toMatch(/private-20240612T110410Z-1\.pcapng$/);
    expect(await framesOf(file)).toEqual([`from_battery ${hexOf(LOGIN)}`]);
    const { items } = await readCapture(readFileSync(file));
    expect(items[0]?.connection?.battery.slice(0, 4)).toBe(String.fromCharCode(192, 168, 1, 50));
  });

  it('keeps known serial numbers out of texts that do not say that they are one', async () => {
    const { recorder: made, files } = recorder({ secrets: () => ['QX7700998877'] });
    await made.start(10, false);
    made.received(7, frameByHand(1, 9, '{"MsgType":"System","MsgContent":"unit QX7700998877 is up"}'));
    await made.stop();
    expect(readFileSync(files()[0] ?? '', 'latin1')).not.toContain('QX7700');
  });

  it('begins in the middle of a frame, and hides what nobody can tell', async () => {
    const { recorder: made, files } = recorder();
    await made.start(10, false);
    made.received(7, Buffer.concat([LOGIN.subarray(20), LIVE, LIVE]));
    await made.stop();
    const text = readFileSync(files()[0] ?? '', 'latin1');
    for (const secret of PRIVATE) expect(text).not.toContain(secret);
  });

  it('writes what is said with the vendor, and what is overheard', async () => {
    const { recorder: made, files } = recorder();
    made.opened(8, 'a private network', '192.168.1.51', 'tap');
    await made.start(10, false);
    made.received(7, LIVE);
    made.toVendor(7, LIVE);
    made.fromVendor(7, SUCCESS);
    made.received(8, LIVE);
    made.fromVendor(8, SUCCESS);
    await made.stop();
    const { items } = await readCapture(readFileSync(files()[0] ?? ''));
    const said = items.flatMap((item) =>
      item.kind === 'piece' ? [`${item.connection?.number} ${item.direction}`] : [],
    );
    expect(said.sort()).toEqual(['1 from_battery', '2 from_battery', '2 to_battery', '3 from_battery', '3 to_battery']);
  });

  it('keeps to its room: the oldest files go, each can be read alone, and others’ files stay', async () => {
    const { recorder: made, files, data } = recorder({ maxBytes: 400_000 });
    mkdirSync(data);
    writeFileSync(join(data, 'notes.txt'), 'mine');
    await made.start(10, false);
    for (let count = 0; count < 400; count++) {
      made.received(7, CONFIGURATION);
      // The disk takes what came.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await made.stop();
    const recordings = files().filter((file) => file.endsWith('.pcapng'));
    expect(recordings.length).toBeGreaterThan(3);
    expect(recordings.length).toBeLessThanOrEqual(9);
    expect(recordings.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(410_000);
    expect(recordings.some((file) => file.endsWith('-1.pcapng'))).toBe(false);
    for (const file of recordings)
      for (const frame of await framesOf(file)) expect(frame).toMatch(/^(?:from_battery 010104|ended)/);
    expect(readFileSync(join(data, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('ends by itself', async () => {
    const { recorder: made } = recorder();
    await made.start(0.001, false);
    await until('its end', () => !made.status.isRecording);
  });

  it('ends, and says so once, where it cannot write', async () => {
    const { recorder: made, failures, data } = recorder();
    writeFileSync(data, 'a file where the folder should be');
    await made.start(10, false);
    for (let count = 0; count < 3; count++) made.received(7, LIVE);
    expect(failures).toEqual(['EEXIST']);
    expect(made.status.isRecording).toBe(false);
    rmSync(data);
  });

  it('ends where a battery is forgotten', async () => {
    const { recorder: made } = recorder();
    await made.start(10, false);
    made.forget();
    expect(made.status.isRecording).toBe(false);
  });

  it.skipIf(NO_TSHARK !== null)('opens in Wireshark: every frame, and every checksum right', async () => {
    const { recorder: made, files } = recorder();
    await made.start(10, false);
    made.opened(8, 'a private network', '192.168.1.51');
    for (const connection of [7, 8]) {
      for (const frame of [LOGIN, CONFIGURATION, LIVE, CONFIGURATION]) {
        made.received(connection, frame);
        made.sent(connection, frameByHand(2, frame[2] as number, '{"Status":"Success"}'));
      }
      made.closed(connection);
    }
    await made.stop();
    const [file = ''] = files();
    const checked = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const fields = ['-T', 'fields', '-e', 'ip.checksum.status', '-e', 'tcp.checksum.status', '-e', '_ws.expert'];
    for (const line of tshark('-r', file, ...checked, ...fields)
      .trim()
      .split('\n'))
      expect(line).toMatch(/^1\t1(?!.*(?:Malformed|Out-Of-Order|Retransmission|Dup))/);
    const found = tshark(
      '-X',
      `lua_script:${DISSECTOR}`,
      '-r',
      file,
      '-T',
      'fields',
      '-e',
      'alphaess.command',
      '-e',
      'alphaess.checksum.status',
    );
    const rows = found.split('\n').filter((line) => line.trim() !== '');
    const commands = rows.flatMap((line) => (line.split('\t')[0] ?? '').split(','));
    const verdicts = rows.flatMap((line) => (line.split('\t')[1] ?? '').split(','));
    expect(commands.sort()).toEqual(Array(2).fill(['2', '2', '4', '4', '4', '4', '16', '16']).flat().sort());
    expect(new Set(verdicts)).toEqual(new Set(['1']));
  });
});
