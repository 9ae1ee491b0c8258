import { describe, expect, it } from 'vitest';
import { ENDS, recorded, type Segment, talk } from '../../test/captures/network.ts';
import { addressOf, SegmentReader } from './link-layer.ts';
import { type StreamEvent, TcpStreams } from './tcp-streams.ts';

const text = (way: Segment['way'], content: string, ms: number) => ({ way, bytes: Buffer.from(content), ms });
const HELLO = [text('from_battery', 'hello', 1000), text('to_battery', 'yes', 1010)];

interface Talked {
  readonly segments: readonly Segment[];
  readonly batteryPort?: number;
  readonly serverPort?: number;
}

/** Conversations one after the other, as `number way: bytes`. */
function streams(talked: readonly Talked[], tcp = new TcpStreams(7777)): string[] {
  const reader = new SegmentReader(7777);
  const events: StreamEvent[] = [];
  for (const { segments, ...ports } of talked) {
    for (const { bytes, ms } of recorded(segments, 'raw', { ...ENDS, ...ports })) {
      const segment = reader.read({ bytes, link: 101, ms });
      if (typeof segment !== 'string') events.push(...tcp.take(segment));
    }
  }
  events.push(...tcp.end());
  return events.map((event) => {
    const what =
      event.kind === 'bytes' ? Buffer.from(event.bytes).toString() : event.kind === 'lost' ? `<${event.length}>` : '.';
    return `${event.connection.number} ${event.direction}: ${what}`;
  });
}

describe('streams', () => {
  it('are what each side said, up to its end', () => {
    const told = streams([{ segments: talk(HELLO) }]);
    expect(told.slice(0, 4)).toEqual([
      '1 from_battery: hello',
      '1 to_battery: yes',
      '1 from_battery: .',
      '1 to_battery: .',
    ]);
    expect(told.some((one) => one.includes('<'))).toBe(false);
  });

  it('end with a reset, and go on where it was none', () => {
    const reset = talk(HELLO, { end: 'reset' });
    const last = reset.at(-1) as Segment;
    const more: Segment = { ...last, reset: false, bytes: Buffer.from('more'), ms: 1100 };
    expect(streams([{ segments: [...reset, more] }]).slice(2, 5)).toEqual([
      '1 from_battery: .',
      '1 to_battery: .',
      '1 from_battery: more',
    ]);
  });

  it('of two connections are not mixed', () => {
    const [one, other] = [talk(HELLO), talk([text('from_battery', 'other', 1000)])];
    const tcp = new TcpStreams(7777);
    const mixed = one.flatMap((segment, index) => [
      { segments: [segment] },
      { segments: other.slice(index, index + 1), batteryPort: 50_000 },
    ]);
    const told = streams(mixed, tcp);
    expect(told).toContain('1 from_battery: hello');
    expect(told).toContain('2 from_battery: other');
  });

  it('of a port used again are another connection', () => {
    const again = talk([text('from_battery', 'again', 5000)], { battery: 5_000_000, server: 7_000_000 });
    const told = streams([{ segments: talk(HELLO, { end: 'none' }) }, { segments: again }]);
    expect(told).toContain('1 from_battery: hello');
    expect(told).toContain('2 from_battery: again');
    const twice = talk(HELLO);
    expect(streams([{ segments: [twice[0] as Segment, ...twice] }]).every((one) => one.startsWith('1 '))).toBe(true);
  });

  it('of a port used again are another connection, also where its numbers begin as before', () => {
    // Small stacks begin with the same port and the same number after each start.
    const again = talk([text('from_battery', 'again', 60_000)]);
    for (const end of ['none', 'fin'] as const) {
      const told = streams([{ segments: talk(HELLO, { end }) }, { segments: again }]);
      expect(told).toContain('2 from_battery: again');
    }
    // The same recording twice is not.
    const twice = streams([{ segments: talk(HELLO) }, { segments: talk(HELLO) }]);
    expect(twice.filter((one) => one.endsWith('hello'))).toEqual(['1 from_battery: hello']);
  });

  it('between two ends of the port have the battery where the connection was begun', () => {
    expect(streams([{ segments: talk(HELLO), batteryPort: 7777 }]).slice(0, 2)).toEqual([
      '1 from_battery: hello',
      '1 to_battery: yes',
    ]);
    const withoutSyn = talk(HELLO).slice(1);
    expect(streams([{ segments: withoutSyn, batteryPort: 7777 }])[0]).toBe('1 from_battery: hello');
  });

  it('that are too many end, the one that was silent longest first', () => {
    const tcp = new TcpStreams(7777);
    const reader = new SegmentReader(7777);
    const events: StreamEvent[] = [];
    for (let port = 10_000; port < 14_097; port++) {
      const [packet] = recorded([talk(HELLO)[3] as Segment], 'raw', { ...ENDS, batteryPort: port });
      const segment = reader.read({ bytes: packet?.bytes as Uint8Array, link: 101, ms: 1000 });
      if (typeof segment !== 'string') events.push(...tcp.take(segment));
    }
    expect(events.map(({ kind, connection }) => `${connection.number} ${kind}`)).toEqual([
      '1 bytes',
      '1 ended',
      '1 ended',
    ]);
    expect(addressOf(events[0]?.connection.battery as string)).toBe('192.0.2.23:10000');
  });

  it('hold a bounded number of bytes behind holes', () => {
    const tcp = new TcpStreams(7777);
    const bytes = new Uint8Array(60_000);
    const plain = {
      destination: 'abcd\x1e\x61',
      acknowledged: null,
      isSyn: false,
      isFin: false,
      isReset: false,
      missing: 0,
      ms: 1000,
    };
    let ended = 0;
    for (let count = 0; count < 300; count++) {
      const source = `abcd${String.fromCharCode(count >> 8, count & 255)}`;
      const events = [
        ...tcp.take({ ...plain, source, sequence: 1000, isSyn: true, bytes: new Uint8Array(0) }),
        ...[0, 1, 2, 3].flatMap((part) => tcp.take({ ...plain, source, sequence: 2000 + part * 60_000, bytes })),
      ];
      ended += events.filter(({ kind }) => kind === 'ended').length;
    }
    // Each holds 240,000 bytes, all together at most 32 MiB; each that ended did so in both directions.
    expect(ended).toBe(2 * (300 - Math.floor(0x200_0000 / 240_000)));
  });
});
