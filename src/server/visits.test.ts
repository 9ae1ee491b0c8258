import { beforeEach, describe, expect, it } from 'vitest';
import { identity, OTHER, reading, SERIAL } from '../../test/records.ts';
import { Private, type StoreRecord } from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { Visits } from './visits.ts';

const HOUR_MS = 3_600_000;
const START_MS = 1_718_187_050_000;
const problem = (code: ProblemCode) => ({ type: 'problem', code, battery: null, detail: '' }) as const;
const bytes = (kept: 'unknown' | 'discarded', connection: number) =>
  ({ type: 'bytes', kept, connection }) as unknown as StoreRecord;
const event = (source: 'battery' | 'server', connection: number) =>
  ({ type: 'event', source, connection }) as unknown as StoreRecord;
const held = (connection: number) => ({ type: 'held', connection }) as unknown as StoreRecord;

let now = START_MS;
let visits: Visits;
beforeEach(() => {
  now = START_MS;
  visits = new Visits(() => now);
});

function open(connection: number, address = '192.168.1.50'): void {
  visits.opened(connection, 'a private network', address);
}
const told = () => visits.list().map(({ outcome, times }) => `${times} ${outcome}`);

describe('what becomes of a connection', () => {
  it('is nothing, while and after it is open', () => {
    open(1, '::ffff:192.168.1.9');
    expect(visits.list()).toEqual([{ outcome: 'silent', times: 1, lastMs: START_MS, address: '192.168.1.9' }]);
    visits.closed(1);
    expect(told()).toEqual(['1 silent']);
  });

  it.each([
    ['FRAME_TLS', 'tls'],
    ['FRAME_HTTP', 'http'],
    ['FRAME_HEADER', 'stranger'],
    ['FRAME_TOO_LONG', 'stranger'],
    ['FRAME_CHECKSUM', 'damaged'],
    ['FRAME_INCOMPLETE', 'damaged'],
    ['FRAME_PROTOBUF', 'protobuf'],
    ['SERIAL_NOT_LISTED', 'unlisted'],
    ['BATTERIES_TOO_MANY', 'unlisted'],
    ['BATTERY_WAITS', 'held'],
  ] as const)('%s: %s', (code, outcome) => {
    open(1);
    visits.problem(problem(code), 1);
    visits.closed(1);
    expect(told()).toEqual([`1 ${outcome}`]);
  });

  it('goes from a login to a reading, of whichever battery', () => {
    open(1);
    open(2, '192.168.1.51');
    visits.committed([identity(SERIAL, 1), identity(OTHER, 2)]);
    expect(told()).toEqual(['2 frames']);
    now += 10_000;
    visits.committed([{ ...reading('live', now / 1000), battery: new Private(SERIAL) }]);
    expect(visits.list()).toEqual([
      { outcome: 'reading', times: 1, lastMs: now, address: '192.168.1.50' },
      { outcome: 'frames', times: 1, lastMs: START_MS, address: '192.168.1.51' },
    ]);
  });

  it('is frames, where what came was kept as bytes or was the battery’s own log', () => {
    open(1);
    visits.committed([bytes('discarded', 1), event('server', 1)]);
    expect(told()).toEqual(['1 silent']);
    visits.committed([bytes('unknown', 1)]);
    expect(told()).toEqual(['1 frames']);
    open(2);
    visits.committed([event('battery', 2)]);
    expect(told()).toEqual(['2 frames']);
  });

  it('is what came furthest: a bad line after a reading changes nothing', () => {
    open(1);
    visits.committed([identity(SERIAL, 1), held(1)]);
    expect(told()).toEqual(['1 held']);
    visits.committed([{ ...reading('live', now / 1000), battery: new Private(SERIAL) }]);
    visits.problem(problem('FRAME_CHECKSUM'), 1);
    visits.problem(problem('VALUE_IMPLAUSIBLE'), 1);
    expect(told()).toEqual(['1 reading']);
  });

  it('is that of the newest connection of a battery', () => {
    open(1);
    visits.committed([identity(SERIAL, 1)]);
    open(2);
    visits.committed([identity(SERIAL, 2)]);
    visits.closed(1);
    visits.committed([{ ...reading('live', now / 1000), battery: new Private(SERIAL) }]);
    expect(told()).toEqual(['1 frames', '1 reading']);
  });
});

describe('who gets no connection', () => {
  it('is counted with his last address', () => {
    visits.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    now += 1000;
    visits.problem(problem('PEER_NOT_ALLOWED'), null, '::ffff:203.0.113.8');
    visits.problem(problem('ADDRESS_CONNECTIONS_TOO_MANY'), null, '203.0.113.9');
    visits.problem(problem('CONNECTIONS_TOO_MANY'), null);
    expect(visits.list()).toEqual([
      { outcome: 'refused', times: 2, lastMs: now, address: '203.0.113.8' },
      { outcome: 'crowded', times: 1, lastMs: now, address: '203.0.113.9' },
    ]);
  });
});

describe('a day', () => {
  it('is what is remembered, and what is open now', () => {
    open(1);
    visits.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    now += 23 * HOUR_MS;
    visits.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    expect(told()).toEqual(['2 refused', '1 silent']);
    now += HOUR_MS;
    expect(told()).toEqual(['1 refused', '1 silent']);
    now += 24 * HOUR_MS;
    expect(told()).toEqual(['1 silent']);
  });

  it('is not what was counted by a clock that was wrong', () => {
    visits.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    now -= 1000 * HOUR_MS;
    expect(told()).toEqual([]);
    visits.problem(problem('PEER_NOT_ALLOWED'), null, '203.0.113.7');
    now += 1000 * HOUR_MS;
    expect(told()).toEqual([]);
  });

  it('takes what it is told of connections that it does not know', () => {
    visits.closed(9);
    visits.problem(problem('FRAME_TLS'), 9);
    visits.committed([identity(SERIAL, 9), { ...reading('live', now / 1000), battery: new Private(OTHER) }]);
    expect(told()).toEqual([]);
  });
});
