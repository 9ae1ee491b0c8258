import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { frameByHand } from '../../test/wire.ts';
import { type Battery, Private } from '../model.ts';
import type { Session } from '../session/session.ts';
import { SessionOpener } from './session-opener.ts';

const NOW = { wallMs: 1_718_190_251_000, monoMs: 5000 };

const known = (serial: string, id: string): Battery => ({
  id,
  serial: new Private(serial),
  firstSeenMs: 1,
  epochs: [],
  newest: null,
  openGaps: [],
  lastGapNumber: 0,
  trust: { peers: [], lastRun: 0 },
});

function sessions(battery: object, ...batteries: readonly Battery[]): SessionOpener {
  const ids = new Map(batteries.map(({ serial, id }) => [serial.reveal(), id]));
  const known = {
    idOf: (serial: string) => ids.get(serial),
    shortIdOf: (serial: string) => ids.get(serial) ?? `id of ${serial}`,
    loginDigest: (login: string) => `hash of ${login}`,
  };
  const all = new SessionOpener(configOf({ battery }).battery, known, batteries.length);
  for (const one of batteries) all.loaded(one);
  return all;
}

/** What becomes of a reading of a serial number. */
function heard(session: Session, serial: string): string[] {
  const body = `{"Time":"2024/06/12 12:04:11","SN":"${serial}","Ppv1":"1"}`;
  return session
    .receive(frameByHand(1, 16, body), NOW)
    .flatMap((output) =>
      output.type === 'record' ? [output.record.type] : output.type === 'problem' ? [output.code] : [],
    );
}

/** Which of these serial numbers have their reading taken. */
function taken(battery: object, serials: readonly string[], ...batteries: readonly Battery[]): string[] {
  const session = sessions(battery, ...batteries).open(7, NOW, '192.168.1.20');
  return serials.filter((serial) => heard(session, serial).includes('reading'));
}

const many = Array.from({ length: 20 }, (_, index) => `AL${index}`);

describe('batteries never heard before', () => {
  it('are taken in at once while there are eight at most', () => {
    expect(taken({}, many)).toEqual(many.slice(0, 8));
    expect(taken({}, many, known('OLD', 'aaaaaa'))).toEqual(many.slice(0, 7));
  });

  it('are taken in at once up to the number that the owner says', () => {
    expect(taken({ max_batteries: 12 }, many)).toEqual(many.slice(0, 12));
    const session = sessions({ max_batteries: 1 }).open(7, NOW, '192.168.1.20');
    heard(session, 'AL1');
    expect(heard(session, 'AL2')).toEqual(['bytes', 'BATTERIES_TOO_MANY']);
  });

  it('wait where the owner says no number: what they send is held', () => {
    const session = sessions({}).open(7, NOW, '192.168.1.20');
    for (const serial of many.slice(0, 8)) heard(session, serial);
    expect(heard(session, 'AL99')).toEqual(['BATTERY_WAITS', 'held']);
    expect(heard(session, 'AL99')).toEqual(['held']);
  });

  it('are not taken in where the owner closes the list', () => {
    const old = known('OLD1', 'aaaaaa');
    expect(taken({ learn: false }, ['OLD1', 'AL1'], old)).toEqual(['OLD1']);
    expect(taken({ serials: ['AL1', 'aaaaaa'] }, ['OLD1', 'AL1', 'AL2'], old)).toEqual(['OLD1', 'AL1']);
    expect(taken({ serials: ['AL1'] }, ['OLD1', 'AL1'], old)).toEqual(['AL1']);
  });
});

describe('a connection', () => {
  it.each<[string, object, string, string, string[]]>([
    ['from another address is a second peer', {}, '192.168.1.20', '192.168.1.66', ['peer', 'held']],
    [
      'from the same address, written as IPv6, is the same peer',
      {},
      '192.168.1.20',
      '::ffff:192.168.1.20',
      ['identity', 'event', 'reading'],
    ],
    ['from this machine is the same peer by either address', {}, '127.0.0.1', '::1', ['identity', 'event', 'reading']],
    ['from another of its addresses is not', {}, '127.0.0.1', '127.0.0.2', ['peer', 'held']],
    [
      'from a network that shares one address is the same peer',
      { trusted_networks: ['172.17.0.0/16'] },
      '172.17.0.1',
      '172.17.0.9',
      ['identity', 'event', 'reading'],
    ],
  ])('%s', (_, battery, first, second, records) => {
    const all = sessions(battery);
    heard(all.open(7, NOW, first), 'AL1');
    expect(heard(all.open(8, NOW, second), 'AL1')).toEqual(records);
  });

  it('has its logins compared, not kept', () => {
    const all = sessions({});
    const session = all.open(7, NOW, '192.168.1.20');
    heard(session, 'AL1');
    session.receive(frameByHand(1, 2, '{"UserName":"AL1","Password":"p","CompanyName":"c"}'), NOW);
    expect(all.batteries.get('AL1')?.trust.peers).toMatchObject([{ login: 'hash of ["AL1","p","c"]' }]);
  });

  it('waits as long as the owner says', () => {
    const session = sessions({ stale_after: '30s', silent_after: '40s' }).open(7, NOW, '192.168.1.20');
    expect(session.deadline).toBe(NOW.monoMs + 40_000);
    heard(session, 'AL1');
    expect(session.deadline).toBe(NOW.monoMs + 30_000);
  });
});
