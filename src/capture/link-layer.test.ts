import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENDS, ipv4, ipv6, LINKS, recorded, type Segment, tcp } from '../../test/captures/network.ts';
import { bytesOf, joined } from '../../test/wire.ts';
import { addressOf, linkOf, portOf, SegmentReader, type TcpSegment } from './link-layer.ts';

const SEGMENT: Segment = { way: 'from_battery', sequence: 7, acknowledged: 9, bytes: bytesOf('0101'), ms: 1000 };
const PAYLOAD = tcp(SEGMENT);
const read = (bytes: Uint8Array, link = 101) => new SegmentReader(7777).read({ bytes, link, ms: 1000 });

function segment(bytes: Uint8Array, link = 101): TcpSegment {
  const found = read(bytes, link);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

describe('a segment', () => {
  it.each(Object.keys(LINKS))('is found in a packet of %s, of either version of IP', (name) => {
    for (const version of [4, 6] as const) {
      const [packet] = recorded([SEGMENT], name, { ...ENDS, version });
      const found = segment(packet?.bytes as Uint8Array, LINKS[name]?.link);
      expect(found).toMatchObject({ sequence: 7, acknowledged: 9, missing: 0, isSyn: false, ms: 1000 });
      expect(found.bytes).toEqual(bytesOf('0101'));
      const expected = version === 4 ? '192.0.2.23:40312' : '[2001:db8:0:0:0:0:0:1]:40312';
      expect([addressOf(found.source), portOf(found.destination)]).toEqual([expected, 7777]);
      expect(linkOf(packet?.bytes as Uint8Array)).toSatisfy((link) =>
        name === 'openbsd' ? link === 0 : link === LINKS[name]?.link,
      );
    }
  });

  it('is found behind extension headers and two tags', () => {
    const extended = ipv6('from_battery', PAYLOAD, [
      [0, 0, 0, 0, 0, 0, 0, 0],
      [60, 1, ...new Array<number>(14).fill(0)],
      [51, 4, ...new Array<number>(22).fill(0)],
    ]);
    expect(segment(extended).bytes).toEqual(bytesOf('0101'));
    const ip = ipv4('from_battery', PAYLOAD);
    const tags = bytesOf('020000000001 020000000002 88a80001 81000002 0800');
    expect(segment(joined([tags, ip]), 1).bytes).toEqual(bytesOf('0101'));
  });

  it('is put together from fragments of either version', () => {
    const reader = new SegmentReader(7777);
    const take = (bytes: Uint8Array) => reader.read({ bytes, link: 101, ms: 1 });
    expect(take(ipv4('from_battery', PAYLOAD.subarray(16), { id: 5, offset: 16 }))).toBe('part of a datagram');
    expect(take(ipv4('from_battery', PAYLOAD.subarray(0, 16), { id: 5, more: true }))).toMatchObject({ sequence: 7 });
    expect(take(ipv6('from_battery', PAYLOAD.subarray(0, 16), [[44, 0, 0, 1, 0, 0, 0, 9]]))).toBe('part of a datagram');
    expect(take(ipv6('from_battery', PAYLOAD.subarray(16), [[44, 0, 0, 16, 0, 0, 0, 9]]))).toMatchObject({
      sequence: 7,
    });
  });

  it('of which the recording kept less says how much is missing', () => {
    const packet = ipv4('from_battery', tcp({ ...SEGMENT, bytes: new Uint8Array(100) }));
    expect(segment(packet.subarray(0, 60))).toMatchObject({ missing: 80 });
    expect(segment(packet.subarray(0, 60)).bytes.length).toBe(20);
  });

  it('without a length, as a network card is handed it, is as long as the packet', () => {
    const packet = ipv4('from_battery', PAYLOAD);
    packet.set([0, 0], 2);
    expect(segment(packet).bytes).toEqual(bytesOf('0101'));
  });
});

describe('what is of no concern', () => {
  const ip = ipv4('from_battery', PAYLOAD);
  const changed = (at: number, ...bytes: number[]) => {
    const copy = Uint8Array.from(ip);
    copy.set(bytes, at);
    return copy;
  };
  it.each([
    ['link layer not known', ip, 127],
    ['not IP', bytesOf('ffffffffffff 020000000001 0806 0001'), 1],
    ['not IP', bytesOf('0000'), 276],
    ['not IP', bytesOf('020000000001 020000000002 8864 1100 0001 0006 c021'), 1],
    ['not IP', new Uint8Array(0), 101],
    ['not IP', changed(0, 0x75), 101],
    ['not TCP', changed(9, 17), 101],
    ['cut or damaged', changed(0, 0x41), 101],
    ['cut or damaged', ip.subarray(0, 12), 101],
    ['cut or damaged', ip.subarray(0, 30), 101],
    ['cut or damaged', changed(2, 0, 10), 101],
    ['cut or damaged', changed(32, 0x10), 101],
    ['cut or damaged', changed(6, 0x20, 0).subarray(0, 30), 101],
    ['other port', changed(22, 0, 80), 101],
    ['not TCP', ipv6('from_battery', PAYLOAD, [[50, 0, 0, 0, 0, 0, 0, 0]]), 101],
    ['cut or damaged', ipv6('from_battery', PAYLOAD).subarray(0, 39), 101],
    ['cut or damaged', ipv6('from_battery', PAYLOAD, [[0, 0, 0, 0, 0, 0, 0, 0]]).subarray(0, 44), 101],
    [
      'not TCP',
      ipv6(
        'from_battery',
        PAYLOAD,
        Array.from({ length: 9 }, () => [0, 0, 0, 0, 0, 0, 0, 0] as const),
      ),
      101,
    ],
  ])('is %s', (why, bytes, link) => {
    expect(read(bytes, link)).toBe(why);
  });

  it('of anything is said, or a segment', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(0, 1, 101, 113, 276),
        fc.boolean(),
        (bytes, link, v6) => {
          if (link === 101 && bytes.length > 9) bytes.set(v6 ? [0x60] : [0x45], 0);
          const found = read(bytes, link);
          if (typeof found !== 'string') expect(found.bytes.length).toBeLessThanOrEqual(bytes.length);
        },
      ),
    );
  });
});

it('bytes of a stream are of no link layer', () => {
  expect(linkOf(bytesOf('01011000000110 7b2254696d65223a22323032342f30362f3132'))).toBeNull();
  expect(linkOf(new Uint8Array(0))).toBeNull();
});
