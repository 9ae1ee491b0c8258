import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pcap } from '../../test/captures/files.ts';
import { bytesOf } from '../../test/wire.ts';
import { CaptureError } from './capture-error.ts';
import { type Packet, PcapReader, pcapFormOf } from './pcap.ts';

// Written by hand: little-endian, microseconds, Ethernet; one packet of 3 bytes at 1.5 s, one of 1 byte (of 9) at 2 s.
const FILE = bytesOf(
  'd4c3b2a1 0200 0400 00000000 00000000 00000400 01000000' +
    '01000000 20a10700 03000000 03000000 aabbcc' +
    '02000000 00000000 01000000 09000000 dd',
);

function read(file: Uint8Array, chunk = file.length): { packets: Packet[]; missing: number } {
  const form = pcapFormOf(file);
  if (form === null) throw new Error('no pcap');
  const reader = new PcapReader(form);
  const packets: Packet[] = [];
  for (let at = 0; at < file.length; at += chunk) packets.push(...reader.read(file.subarray(at, at + chunk)));
  return { packets, missing: reader.missing };
}

describe('a pcap file', () => {
  it('is read packet by packet, wherever its chunks end', () => {
    for (let chunk = 1; chunk <= FILE.length; chunk++) {
      expect(read(FILE, chunk)).toEqual({
        packets: [
          { ms: 1500, link: 1, bytes: bytesOf('aabbcc') },
          { ms: 2000, link: 1, bytes: bytesOf('dd') },
        ],
        missing: 0,
      });
    }
  });

  it.each([
    ['big-endian', { big: true }],
    ['in nanoseconds', { nano: true }],
    ['of a FRITZ!Box', { modified: true }],
    ['with the length of the frame check sequence', { link: 0x1000_0001 }],
  ])('may be %s', (_what, form) => {
    const bytes = bytesOf('aabb');
    expect(read(pcap([{ ms: 1_718_186_650_123, bytes }], form)).packets).toEqual([
      { ms: expect.closeTo(1_718_186_650_123, 3), link: 1, bytes },
    ]);
  });

  it('cut anywhere says what it lacks', () => {
    for (let end = 4; end < FILE.length; end++) {
      const { packets, missing } = read(FILE.subarray(0, end));
      const isWhole = [24, 43].includes(end);
      expect(missing > 0, `cut at ${end}`).toBe(!isWhole);
      expect(packets.length).toBe(end >= 43 ? 1 : 0);
    }
    expect(read(FILE.subarray(0, 42)).missing).toBe(1);
    expect(read(FILE.subarray(0, 30)).missing).toBe(10);
    expect(read(FILE.subarray(0, 20)).missing).toBe(4);
  });

  it('with a packet of absurd length is damaged', () => {
    const spoilt = Uint8Array.from(FILE);
    spoilt[35] = 0x7f;
    expect(() => read(spoilt)).toThrow(new CaptureError('the pcap is damaged: packet 1 claims 2130706435 bytes'));
  });

  it('of anything gives packets or that error, and holds no more than one packet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (noise, chunk) => {
        const file = Uint8Array.from([...FILE.subarray(0, 24), ...noise]);
        try {
          for (const { bytes } of read(file, chunk).packets) expect(bytes.length).toBeLessThanOrEqual(noise.length);
        } catch (error) {
          expect(error).toBeInstanceOf(CaptureError);
        }
      }),
    );
  });
});

it('what is no pcap has no form', () => {
  for (const head of ['', 'd4c3b2', '0a0d0d0a', '01011000']) expect(pcapFormOf(bytesOf(head))).toBeNull();
});
