import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIELDS } from '../src/protocol/fields/fields.ts';
import { pcap } from './captures/files.ts';
import { recorded, talk } from './captures/network.ts';
import { NO_TSHARK, tshark } from './captures/tshark.ts';
import { delimited, floatField, varintField } from './protobuf.ts';
import { bytesOf, fixture, frameByHand, joined } from './wire.ts';

const SCRIPT = fileURLToPath(new URL('../packaging/wireshark/alphaess.lua', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dissector-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What tshark says of frames that the battery sends, each cut into segments. */
function dissect(frames: readonly Uint8Array[], ...args: readonly string[]): string {
  const file = join(folder, 'battery.pcap');
  const said = frames.map((bytes, index) => ({
    way: 'from_battery' as const,
    bytes,
    ms: 1_718_190_250_000 + index * 10_000,
  }));
  writeFileSync(file, pcap(recorded(talk(said, { cuts: [0.3, 0.7] }))));
  return tshark('-X', `lua_script:${SCRIPT}`, '-r', file, '-Y', 'alphaess', ...args);
}

/** One line a packet, cells parted by `|`; of a field that is there several times, all. */
const fields = (frames: readonly Uint8Array[], ...names: readonly string[]) =>
  dissect(frames, '-T', 'fields', '-E', 'separator=|', ...names.flatMap((name) => ['-e', `alphaess.${name}`]))
    .trimEnd()
    .split('\n');

describe.skipIf(NO_TSHARK !== null)('the dissector', () => {
  it('shows each message as it was put together, by our names', () => {
    const frames = [
      frameByHand(1, 2, fixture('1-1-2.login.json')),
      frameByHand(1, 16, fixture('1-1-16.live.json')),
      frameByHand(1, 12, fixture('1-1-12.history.csv')),
      frameByHand(1, 5, '{"VcellLow":"17042704"}'),
    ];
    expect(fields(frames, 'command', 'checksum.status', 'soc', 'battery_power', 'grid_power_l1')).toEqual([
      '2|1|||',
      '16|1|71.2|-2099.692|-3442',
      expect.stringMatching(/^12\|1\|[\d.]+,[\d.]+,[\d.]+\|/),
      '5|1|||',
    ]);
    const packed = FIELDS.filter(({ wire }) => wire.includes('VcellLow')).map(({ name }) => name);
    expect(
      fields(frames, ...packed)
        .at(-1)
        ?.split('|')
        .sort(),
    ).toEqual(['1', '3.344', '4']);
  });

  it.each([
    ['live', 1, 16],
    ['detail', 1, 5],
    ['config', 1, 4],
    ['config_reply', 2, 3],
  ] as const)('has every field of %s', (source, type, command) => {
    const here = FIELDS.filter((field) => field.in.includes(source) && field.wire.length > 0);
    const body = Object.fromEntries(here.map(({ wire }) => [wire[0], '1']));
    const shown = dissect([frameByHand(type, command, JSON.stringify(body))], '-T', 'pdml');
    for (const { name } of here) expect(shown).toContain(`name="alphaess.${name}"`);
    expect(shown).not.toContain('Lua Error');
  });

  it('says what is wrong', () => {
    const spoilt = frameByHand(1, 16, fixture('1-1-16.live.json'));
    spoilt[20] = 0x30;
    const frames = [
      spoilt,
      frameByHand(1, 7, '{"a":"1"}'),
      frameByHand(1, 16, 'hello'),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ];
    const errors = ['checksum.bad', 'command.unknown', 'body.unread', 'no_frame'];
    expect(fields(frames, 'checksum.status', ...errors)).toEqual(['0|1|||', '1||1||', '1|||1|', '||||1']);
  });

  it('shows frames of newer firmware by field number, wire type, value and likely name', () => {
    const body = joined([delimited(1, 'AL1'), varintField(2, 7), floatField(3, 230.5)]);
    const frame = frameByHand(3, 16, body);
    expect(fields([frame], 'type', 'protobuf.field', 'protobuf.value')).toEqual([
      expect.stringMatching(/^3\|1,2,3\|AL1,7,230\.5 \(\d+\)$/),
    ]);
    expect(dissect([frame], '-V')).toContain('Field number: 3, wire type 5 (likely ppv): 230.5');
    expect(fields([frameByHand(4, 10, bytesOf('0c61'))], 'type', 'body.unread')[0]).toBe('4|1');
  });

  it('does not fail at any body', () => {
    const bodies = fc.sample(
      fc.tuple(
        fc.constantFrom(1, 2, 3, 4),
        fc.nat(255),
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc
            .string({ unit: fc.constantFrom(...'{}[]":,\\ a1\n'), maxLength: 80 })
            .map((text) => Buffer.from(`{"SOC":${text}`)),
          fc
            .string({ unit: fc.constantFrom(...',\n\r a1'), maxLength: 80 })
            .map((text) => Buffer.from(`Date,Time,SOC\n${text}`)),
        ),
      ),
      { numRuns: 400, seed: 7 },
    );
    const shown = dissect(
      bodies.map(([type, command, body]) => frameByHand(type, command, body)),
      '-T',
      'pdml',
    );
    expect(shown).not.toContain('Lua Error');
    expect(shown.split('name="alphaess.type"').length - 1).toBe(400);
  });
});
