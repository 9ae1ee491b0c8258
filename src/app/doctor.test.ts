import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { stored } from '../../test/filled.ts';
import { leadingTo, outside } from '../../test/outside.ts';
import { identity, reading } from '../../test/records.ts';
import type { Config } from '../config/load.ts';
import { Addresses } from '../doctor/gather/addresses.ts';
import { HouseState } from '../now/house-state.ts';
import { Visits } from '../server/visits.ts';
import { Doctor, type DoctorParts, listenedOn } from './doctor.ts';

const STARTED_MS = 1_718_187_050_000;
const HOUR_MS = 3_600_000;

/** A server that has just begun, with what it hears. */
function serving(
  change: Parameters<typeof outside>[0] = {},
  listen: Partial<Config['battery']> = {},
  nameless: DoctorParts['nameless'] = async () => [],
) {
  const { folder, store } = stored();
  let [wall, mono] = [STARTED_MS, 5000];
  const wallMs = () => wall;
  const visits = new Visits(wallMs);
  const options = {
    names: {},
    staleMs: 90_000,
    houseOffset: () => 0,
    idOf: (serial: string) => store.idOf(serial),
    wallMs,
  };
  const state = new HouseState(options, [], []);
  const config = configOf({ data: folder, time_zone: 'UTC' });
  const doctor = new Doctor(
    {
      config: { ...config, battery: { ...config.battery, ...listen } },
      watched: { state, visits, sinks: { inUse: [] } } as never,
      batteryPort: () => 7777,
      nameless,
      tapped: () => null,
      doubt: () => null,
      wallMs,
      monoMs: () => mono,
    },
    outside({ ...change, monoMs: () => mono }),
  );
  const pass = (ms: number) => {
    wall += ms;
    mono += ms;
  };
  const setClock = (ms: number) => {
    wall += ms;
  };
  return { doctor, store, state, visits, pass, setClock };
}

const codes = async (doctor: Doctor) => (await doctor.findings('all')).map(({ code, level }) => `${level} ${code}`);
const HELD = ['ok SERVER_CLOCK_RIGHT', 'ok DATA_SPACE', 'ok DATA_RIGHTS', 'ok DATABASE_SOUND', 'ok SOFTWARE'];

describe('where the battery’s name is to lead', () => {
  it.each([
    ['0.0.0.0', { addresses: ['192.168.1.20'], reachable: true }],
    ['192.168.1.20', { addresses: ['192.168.1.20'], reachable: true }],
    ['127.0.0.1', { addresses: [], reachable: false }],
    ['localhost', { addresses: [], reachable: false }],
  ])('of a server that listens on %s', (host, expected) => {
    const { doctor } = serving({}, { listen: { host, port: 7777 } });
    expect(doctor.destination(true)).toEqual({
      ...{ names: ['www.alphaess.com'], port: 7777, container: false },
      ...expected,
    });
    expect(doctor.destination(false)).toMatchObject({ addresses: [], reachable: expected.reachable });
  });

  it('is not known within a container', () => {
    const { doctor } = serving({ isContainer: () => true }, { listen: { host: '::', port: 7777 } });
    expect(doctor.destination(true)).toMatchObject({ addresses: [], reachable: true, container: true });
  });
});

describe('the doctor of a running server', () => {
  it('follows a first day: nobody, TLS, a reading, and silence', async () => {
    const { doctor, store, state, visits, pass } = serving();
    const [about] = await doctor.findings('all');
    expect(about?.sentence).toBe('batteries reach the server at 192.168.1.20, port 7777');
    expect(await codes(doctor)).toEqual(
      expect.arrayContaining(['ok NAME_LEADS_HERE', 'warning VISIT_NOBODY', ...HELD]),
    );

    pass(HOUR_MS);
    expect(await codes(doctor)).toEqual(expect.arrayContaining(['fault VISIT_NOBODY', 'warning OLD_CONNECTION']));

    visits.opened(1, 'a private network', '192.168.1.50');
    visits.problem({ type: 'problem', code: 'FRAME_TLS', battery: null, detail: '' }, 1);
    visits.closed(1);
    const tls = await codes(doctor);
    expect(tls).toContain('fault VISIT_TLS');
    expect(tls.join()).not.toMatch(/NOBODY|OLD_CONNECTION/);

    visits.opened(2, 'a private network', '192.168.1.50');
    state.opened(2, 'a private network');
    const heard = [identity(undefined, 2), reading('live', (STARTED_MS + HOUR_MS) / 1000)];
    store.commit(heard);
    visits.committed(heard);
    state.committed(heard);
    expect(await codes(doctor)).toEqual(expect.arrayContaining(['ok BATTERY_DELIVERS', 'warning VISIT_TLS']));

    pass(HOUR_MS);
    expect(await codes(doctor)).toContain('fault BATTERY_SILENT');
  });

  it('counts from its start by the clock that nobody sets', async () => {
    const { doctor, setClock } = serving();
    setClock(1000 * HOUR_MS);
    expect(await codes(doctor)).toContain('warning VISIT_NOBODY');
  });

  it('shows addresses to whom they are for', async () => {
    const { doctor, visits } = serving({ nameServers: () => [leadingTo('203.0.113.9')] });
    visits.problem({ type: 'problem', code: 'PEER_NOT_ALLOWED', battery: null, detail: '' }, null, '198.51.100.7');
    const shown = async (whose: 'all' | 'own' | 'none') => {
      const text = JSON.stringify(await doctor.findings(whose));
      return ['192.168.1.20', '203.0.113.9', '198.51.100.7'].filter((address) => text.includes(address));
    };
    expect(await shown('all')).toEqual(['192.168.1.20', '203.0.113.9', '198.51.100.7']);
    expect(await shown('own')).toEqual(['192.168.1.20', '203.0.113.9']);
    expect(await shown('none')).toEqual([]);
  });

  it('remembers who came within the day before its start', async () => {
    const spans: { fromMs: number; toMs: number }[] = [];
    const last = STARTED_MS - HOUR_MS;
    const nameless: DoctorParts['nameless'] = async (span) => {
      spans.push(span);
      if (spans.length === 1) throw new Error('busy');
      return [
        { code: 'FRAME_TLS', times: 3, lastMs: last },
        { code: 'COMMAND_UNKNOWN', times: 1, lastMs: last },
      ];
    };
    const { doctor, visits, pass } = serving({}, {}, nameless);
    const told = async () => (await doctor.findings('all')).filter(({ code }) => /VISIT/.test(code));
    expect(await told()).toMatchObject([{ code: 'VISIT_NOBODY' }]);
    expect(await told()).toMatchObject([{ code: 'VISIT_TLS', sentence: expect.stringMatching(/^3 times .* 1 h ago/) }]);
    visits.opened(1, 'a private network', '192.168.1.50');
    visits.problem({ type: 'problem', code: 'FRAME_TLS', battery: null, detail: '' }, 1);
    expect(await told()).toMatchObject([
      { code: 'VISIT_TLS', sentence: expect.stringMatching(/^4 times .*\(last 0 s ago, from 192\.168\.1\.50\)$/) },
    ]);
    visits.closed(1);
    pass(25 * HOUR_MS);
    expect(await told()).toMatchObject([{ code: 'VISIT_NOBODY' }]);
    expect(spans).toEqual(Array(2).fill({ fromMs: STARTED_MS - 24 * HOUR_MS, toMs: STARTED_MS }));
  });

  it('says where only this machine reaches it', async () => {
    const { doctor } = serving({}, { listen: { host: '127.0.0.1', port: 7777 } });
    expect(await codes(doctor)).toContain('fault PORT_LOCAL_ONLY');
  });
});

it('knows where a server listens', () => {
  const on = (host: string) => listenedOn(host, new Addresses({}));
  expect([on('0.0.0.0'), on('::')]).toEqual(['all', 'all']);
  expect([on('127.0.0.1'), on('localhost'), on('::1')]).toMatchObject([
    ...[{ kind: 'nowhere' }, { kind: 'nowhere' }, { kind: 'nowhere' }],
  ]);
  expect(on('battery.lan')).toEqual({ kind: 'own', text: 'battery.lan' });
});
