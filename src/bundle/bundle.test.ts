import { describe, expect, it } from 'vitest';
import { stored } from '../../test/filled.ts';
import { bytes, clock, event, identity, reading, SERIAL, settle, T } from '../../test/records.ts';
import { frameByHand } from '../../test/wire.ts';
import { FrameDecoder } from '../protocol/frame.ts';
import { PromisedReader } from '../store/sqlite/reading/promised-reader.ts';
import { SqliteReader } from '../store/sqlite/reading/reader.ts';
import { type BundleFacts, makeBundle } from './bundle.ts';
import { entriesOf } from './zip.ts';

const FACTS: BundleFacts = {
  version: '1.2.3',
  machine: { node: '24.0.0', time_zone: 'Europe/Dublin' },
  settings: [{ path: ['name'], isSecret: false, fallback: 'Home', value: 'Villa Rosa' }],
  findings: [{ code: 'DATA_SPACE', sentence: 'the disk of Villa Rosa has room' }],
  problems: { FRAME_CHECKSUM: 2 },
  logLines: [{ time: '2024-06-12T11:04:00.000Z', text: `login ${SERIAL} from 192.0.2.9` }],
  secrets: ['raspi-flur', '192.0.2.9'],
  nowMs: (T + 60) * 1000,
};

const UNKNOWN = frameByHand(1, 7, `{"SN":"${SERIAL}","New":"raspi-flur 2024/06/12"}`);

async function bundle(facts: Partial<BundleFacts> = {}, shiftDays = 0) {
  const { folder, store } = stored(
    identity(),
    clock(3600),
    reading('live', T, { soc: 50 }),
    event({ code: null, batteryTime: null, name: 'Socket', text: `lost ${SERIAL}` }),
    { ...bytes({ kept: 'unknown', reason: 'COMMAND_UNKNOWN', command: 7, frameType: 1 }), bytes: UNKNOWN },
  );
  settle(store);
  const reader = new PromisedReader(new SqliteReader(folder));
  try {
    const made = await makeBundle(reader, { ...FACTS, ...facts }, shiftDays);
    const files = new Map(entriesOf(made.zip).map((one) => [one.name, Buffer.from(one.bytes).toString('utf8')]));
    const rows = (name: string) =>
      (files.get(name) ?? '')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { made, files, rows };
  } finally {
    await reader.close();
  }
}

describe('a bundle', () => {
  it('has a README first, and says what is in it', async () => {
    const { made, files } = await bundle();
    expect([...files.keys()]).toEqual([
      ...['README.txt', 'version.json', 'configuration.json', 'doctor.json', 'problems.json', 'log-lines.jsonl'],
      ...['clocks.jsonl', 'events.jsonl', 'frames.jsonl', 'frames.hex'],
    ]);
    expect(made.files.map(({ name }) => name)).toEqual([...files.keys()]);
    for (const { name, what, bytes: size } of made.files) {
      expect(Buffer.byteLength(files.get(name) ?? '')).toBe(size);
      if (name !== 'README.txt') expect(files.get('README.txt')).toMatch(new RegExp(`${name} +${what}`));
    }
  });

  it('has nothing of the serial number, of what was set, and of the machine', async () => {
    const { files, rows } = await bundle();
    const all = [...files.values()].join('\n');
    for (const value of [SERIAL, 'Villa Rosa', 'raspi-flur', '192.0.2.9']) {
      expect(all).not.toContain(value);
      expect(all).not.toContain(Buffer.from(value).toString('hex'));
    }
    expect(rows('log-lines.jsonl')[0]?.text).toBe('login XX0000000000001 from [private]');
    expect(rows('events.jsonl')[0]?.text).toBe('lost XX0000000000001');
    expect(JSON.parse(files.get('configuration.json') ?? '')).toEqual({ name: '[set]' });
  });

  it('has messages that can be read again', async () => {
    const { files, rows } = await bundle();
    const [unknown] = rows('frames.jsonl');
    expect(unknown).toMatchObject({
      ...{ kept: 'unknown', direction: 'from_battery', reason: 'COMMAND_UNKNOWN', checksum: 'right' },
      ...{ checksum_recomputed: true, received: '2024-06-12T11:04:00.000Z' },
    });
    const decoder = new FrameDecoder();
    decoder.receive(Buffer.from((files.get('frames.hex') ?? '').replaceAll('\n', ''), 'hex'));
    expect([decoder.next(), decoder.next()].map((one) => one?.kind)).toEqual(['frame', 'frame']);
    expect(Buffer.from(String(unknown?.hex), 'hex').toString('latin1')).toContain(
      '{"SN":"XX0000000000001","New":"********** 2024/06/12"}',
    );
  });

  it('has no problems and no log where no server runs', async () => {
    const { files } = await bundle({ problems: null, logLines: null });
    expect([files.has('problems.json'), files.has('log-lines.jsonl')]).toEqual([false, false]);
    expect(JSON.parse(files.get('version.json') ?? '')).toMatchObject({ server_runs: false });
  });

  it('has other dates everywhere where they are moved', async () => {
    const { files } = await bundle({}, 70);
    const all = [...files.values()].join('\n');
    expect(all).not.toMatch(/2024-06-12|2024\/06\/12/);
    expect(all).toContain('2024-04-03T11:04:00.000Z');
    expect(files.get('README.txt')).toContain('All dates were moved back');
  });

  it('is refused where a private value is left in it', async () => {
    // It stands in the README, whose words are not replaced.
    await expect(bundle({ secrets: ['XX0000000000001'] })).rejects.toThrow(
      /private value was found in README\.txt \(as text\)/,
    );
  });
});
