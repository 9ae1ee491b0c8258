import { describe, expect, it } from 'vitest';
import { pcap } from '../../test/captures/files.ts';
import { ENDS, recorded, talk } from '../../test/captures/network.ts';
import { until } from '../../test/server.ts';
import { chatter, chunksOf, recordingOf, tappedHouse } from '../../test/tapped.ts';
import type { StreamEnd } from './tapped-streams.ts';

const READINGS = ['identity', 'event connected', 'event login', 'peer', 'clock', 'reading live', 'reading live'];

async function heard(bytes: Uint8Array, more: Parameters<typeof tappedHouse>[1] = {}) {
  const house = tappedHouse({ kind: 'input', chunks: chunksOf(bytes, 100) }, more);
  house.tap.start();
  await house.tap.ended;
  await until('all to be kept', () => house.connections.length % 2 === 0);
  return house;
}

describe('connections in a recording under way', () => {
  it('go the way of those to this server', async () => {
    const house = await heard(recordingOf(chatter(2)));
    await until('the end to be kept', () => house.summary().includes('event disconnected'));
    expect(house.summary().sort()).toEqual([...READINGS, 'event disconnected'].sort());
    expect(house.connections).toEqual(['1 a private network, heard by tap 192.0.2.23 tap', '1 closed']);
    expect(house.frames).not.toContain('sent');
    expect(house.frames.slice(0, 4)).toEqual([
      'from battery 1,2',
      'from server 2,2',
      'from battery 1,16',
      'from server 2,16',
    ]);
    expect(house.tap.status.counts).toMatchObject({
      framesFromBattery: 3,
      framesFromServer: 3,
      ownFrames: 0,
      lostBytes: 0,
    });
  });

  it('are read over IPv6', async () => {
    const house = await heard(recordingOf(chatter(2), {}, { ...ENDS, version: 6 }));
    expect(house.connections[0]).toMatch(/heard by tap [\da-f:]+ tap$/);
    expect(house.tap.status.counts.framesFromBattery).toBe(3);
  });

  it('that are of this server are passed over', async () => {
    const ends: [StreamEnd, StreamEnd][] = [];
    const isOwn = (battery: StreamEnd, server: StreamEnd) => {
      ends.push([battery, server]);
      return true;
    };
    const house = await heard(recordingOf(chatter(2)), { isOwn });
    expect(ends).toEqual([
      [
        { address: '192.0.2.23', port: 40_312 },
        { address: '198.51.100.7', port: 7777 },
      ],
    ]);
    expect([house.summary(), house.connections]).toEqual([[], []]);
    expect(house.tap.status.counts).toMatchObject({ framesFromBattery: 0, ownFrames: 6 });
  });

  it('that have no frame of a battery are none', async () => {
    const said = [
      { way: 'from_battery', bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'), ms: 1_718_190_250_000 },
    ] as const;
    const house = await heard(recordingOf(said));
    expect([house.summary(), house.connections, house.said]).toEqual([[], [], ['TAP_ENDED standard input']]);
  });

  it('of other ports are counted', async () => {
    const house = await heard(recordingOf(chatter(2), {}, { ...ENDS, serverPort: 443 }));
    const { packets, otherPackets } = house.tap.status.counts;
    expect(packets).toBeGreaterThan(6);
    expect(otherPackets).toBe(packets);
    expect(house.summary()).toEqual([]);
  });

  it('of which packets were not recorded go on behind them, and that is said', async () => {
    const segments = talk(chatter(3));
    const third = segments.filter(({ bytes, way }) => bytes.length > 0 && way === 'from_battery')[2];
    const house = await heard(pcap(recorded(segments.filter((segment) => segment !== third))));
    const lost = third?.bytes.length ?? 0;
    expect(house.said).toContain(`TAP_LOST ${lost} bytes`);
    expect(house.tap.status.counts).toMatchObject({ framesFromBattery: 3, lostBytes: lost });
    await until('both readings', () => house.summary().filter((one) => one === 'reading live').length === 2);
  });

  it('that were under way begin with the next whole frame', async () => {
    const segments = talk(chatter(3), { handshake: false });
    const first = segments.findIndex(({ bytes }) => bytes.length > 0);
    const cut = segments.map((segment, at) =>
      at === first ? { ...segment, bytes: segment.bytes.subarray(50), sequence: segment.sequence + 50 } : segment,
    );
    const house = await heard(pcap(recorded(cut)));
    await until('the readings', () => house.summary().filter((one) => one === 'reading live').length === 3);
    expect(house.summary()).not.toContain('bytes');
    expect(house.said).toEqual(['TAP_ENDED standard input']);
  });

  it('are ended where their battery is to be forgotten', async () => {
    const chunks = async function* () {
      yield recordingOf(chatter(2), { end: 'none' });
      await until('the end', () => isDone);
    };
    let isDone = false;
    const house = tappedHouse({ kind: 'input', chunks: chunks() });
    house.tap.start();
    await until('readings', () => house.summary().includes('reading live'));
    expect(house.tap.dismiss('AL2002021010102')).toBe(0);
    expect(house.tap.dismiss('AL2002021010101')).toBe(1);
    expect(house.connections.at(-1)).toBe('1 closed');
    isDone = true;
  });
});
