import { describe, expect, it } from 'vitest';
import { pcap, pcapng } from '../../test/captures/files.ts';
import { recorded, talk } from '../../test/captures/network.ts';
import { chatter } from '../../test/tapped.ts';
import { PacketReader } from './packet-reader.ts';

const PACKETS = recorded(talk(chatter(2)));

describe('the packets of a recording under way', () => {
  it.each([
    ['pcap', pcap(PACKETS)],
    ['pcapng', pcapng(PACKETS)],
  ])('are read from %s, however it is cut', (_form, file) => {
    for (const size of [1, 3, 7, 100, file.length]) {
      const reader = new PacketReader();
      const found: Uint8Array[] = [];
      expect(reader.hasBegun).toBe(false);
      for (let at = 0; at < file.length; at += size)
        for (const { bytes } of reader.read(file.subarray(at, at + size))) found.push(bytes.slice());
      expect(found).toEqual(PACKETS.map(({ bytes }) => bytes));
      expect(reader.hasBegun).toBe(true);
    }
  });

  it.each([
    ['text', Buffer.from('tcpdump: eth0: No such device exists\n')],
    ['zeros', new Uint8Array(1000)],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0)],
  ])('are none of %s', (_what, bytes) => {
    expect(() => [...new PacketReader().read(bytes)]).toThrow('no recording');
  });

  it('end where the recording is damaged', () => {
    const damaged = pcap(PACKETS).slice();
    damaged.fill(0xff, 24 + 8, 24 + 16);
    expect(() => [...new PacketReader().read(damaged)]).toThrow('damaged');
  });
});
