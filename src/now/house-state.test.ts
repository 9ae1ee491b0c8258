import { beforeEach, describe, expect, it } from 'vitest';
import {
  clock,
  configuration,
  event,
  held,
  identity,
  OTHER,
  peer,
  reading,
  SERIAL,
  T,
  valuesOf,
} from '../../test/records.ts';
import { type Battery, type Gap, type GapRecord, Private } from '../model.ts';
import { HouseState } from './house-state.ts';
import type { News } from './news.ts';

const NOW = T * 1000;
let now: number;
let news: News[];

beforeEach(() => {
  now = NOW;
  news = [];
});

function state(known: readonly Battery[] = []): HouseState {
  const ids: Record<string, string> = { [SERIAL]: 'aaa', [OTHER]: 'bbb' };
  const options = {
    names: { aaa: 'Garage' },
    staleMs: 90_000,
    houseOffset: () => 3600,
    idOf: (serial: string) => ids[serial],
    wallMs: () => now,
  };
  return new HouseState(options, known, [{ tell: (one) => void news.push(one) }]);
}

const types = () => news.splice(0).map(({ type }) => type);
const gap = (state: Gap['state'], number = 1): GapRecord => ({
  type: 'gap',
  battery: new Private(SERIAL),
  receivedMs: NOW,
  gap: { number, from: T - 600, to: T, filledMinutes: 0, state, askedMs: null },
});

describe('a battery', () => {
  it('is known from its first reading on, with the newest values of each kind', () => {
    const live = state();
    live.committed([reading('live', T - 10, { soc: 4 }), reading('detail', T - 5, { cell_voltage_min: 3.3 })]);
    live.committed([
      reading('live', T, { soc: 5 }),
      reading('live', T - 20, { soc: 9 }, { receivedMs: T * 1000 }),
      reading('history', T, { soc: 1 }),
    ]);
    expect(live.battery('aaa')).toMatchObject({
      id: 'aaa',
      name: 'Garage',
      connected: false,
      stale: false,
      live: { timeMs: NOW, values: { soc: 5 } },
      detail: { values: { cell_voltage_min: 3.3 } },
      clock: null,
      openGaps: 0,
    });
    expect([live.has('aaa'), live.has('bbb'), live.battery('bbb')]).toEqual([true, false, null]);
    live.committed([reading('live', T, {}, { serial: 'AL2009999999999' })]);
    expect([...live.batteries()]).toHaveLength(1);
  });

  it('that was not shown before is known by what the store says when it is about to speak', () => {
    const battery = {
      id: 'aaa',
      serial: new Private(SERIAL),
      firstSeenMs: 0,
      epochs: clock(3612).epochs,
      newest: { time: T, receivedMs: NOW },
      openGaps: [gap('open').gap],
      lastGapNumber: 1,
      trust: { peers: [], lastRun: 0 },
    };
    const live = state();
    live.loaded(battery);
    live.committed([reading('live', T, { soc: 5 })]);
    expect(live.battery('aaa')).toMatchObject({
      clock: { offsetSeconds: 3612 },
      openGaps: 1,
      live: { values: { soc: 5 } },
    });
    // Known by now: what was heard since stays.
    live.loaded({ ...battery, epochs: [], openGaps: [] });
    expect(live.battery('aaa')).toMatchObject({ openGaps: 1, live: { values: { soc: 5 } } });
  });

  it('of before the start is known by what the store says', () => {
    const epochs = clock(3612).epochs;
    const battery = {
      id: 'aaa',
      serial: new Private(SERIAL),
      firstSeenMs: 0,
      epochs,
      newest: { time: T, receivedMs: NOW },
      openGaps: [gap('open').gap],
      lastGapNumber: 1,
      trust: { peers: [], lastRun: 0 },
    };
    const live = state([battery]);
    expect(live.unheard).toEqual(['aaa']);
    live.seed([
      {
        battery: 'aaa',
        kind: 'live',
        timeMs: NOW - 10_000,
        receivedMs: NOW - 10_000,
        values: valuesOf('live', { soc: 7 }),
      },
      { battery: 'zzz', kind: 'live', timeMs: NOW, receivedMs: NOW, values: [] },
      { battery: 'aaa', kind: 'history', timeMs: NOW, receivedMs: NOW, values: [] },
    ]);
    expect(live.battery('aaa')).toMatchObject({
      stale: false,
      live: { values: { soc: 7 } },
      clock: { offsetSeconds: 3612, aheadOfHouseSeconds: 12, settled: false },
      openGaps: 1,
    });
    live.committed([reading('live', T, { soc: 8 })]);
    live.seed([{ battery: 'aaa', kind: 'live', timeMs: NOW, receivedMs: NOW, values: valuesOf('live', { soc: 7 }) }]);
    expect(live.battery('aaa')).toMatchObject({ live: { values: { soc: 8 } } });
    expect(live.unheard).toEqual([]);
  });

  it('is shown with its last good values where newer ones cannot be, with their age', () => {
    const live = state();
    live.committed([reading('live', T - 20, { soc: 62, load_power: 700 })]);
    live.committed([{ ...reading('live', T - 10, { load_power: 800 }), rest: { SOC: '6553.5' } }]);
    const shown = live.battery('aaa')?.live ?? expect.unreachable();
    expect(shown).toMatchObject({ timeMs: NOW - 10_000, values: { soc: 62, load_power: 800 } });
    expect(shown.held).toEqual([{ field: 'soc', timeMs: NOW - 20_000 }]);
    expect(live.isOld(shown)).toBe(false);
    now += 80_000;
    expect(live.isOld(shown)).toBe(false);
    now += 1;
    expect(live.isOld(shown)).toBe(true);
    live.committed([reading('live', T + 80, { soc: 61 }, { receivedMs: now })]);
    expect(live.battery('aaa')?.live).toMatchObject({ values: { soc: 61 }, held: [] });
  });

  it('is connected on the connections that name it', () => {
    const live = state();
    live.opened(7, 'a private network');
    expect(types()).toEqual(['server_state']);
    live.committed([identity()]);
    live.committed([identity()]);
    expect(types()).toEqual(['battery']);
    expect([live.connections, live.battery('aaa')?.connected, live.speakers([7])]).toEqual([
      1,
      true,
      new Map([[7, 'aaa']]),
    ]);
    expect([...live.connectionStates()]).toMatchObject([{ connection: 7, peer: 'a private network', battery: 'aaa' }]);
    live.closed(7);
    live.closed(8);
    expect(types()).toEqual(['server_state', 'battery', 'server_state']);
    expect([live.connections, live.battery('aaa')?.connected]).toEqual([0, false]);
    live.committed([identity(SERIAL, 99)]);
    expect(types()).toEqual([]);
  });

  it('is connected where another speaks on the same connection, as that one is', () => {
    const live = state();
    live.opened(7, 'a private network');
    live.committed([identity(), identity(OTHER)]);
    const both = () => ['aaa', 'bbb'].map((id) => live.battery(id)?.connected);
    expect(both()).toEqual([true, true]);
    expect([...live.connectionStates()]).toMatchObject([{ connection: 7, battery: 'bbb', batteries: ['aaa', 'bbb'] }]);
    // Which of them sent a frame, the connection does not tell.
    expect(live.speakers([7])).toEqual(new Map());
    types();
    live.closed(7);
    expect(types()).toEqual(['server_state', 'battery', 'battery']);
    expect(both()).toEqual([false, false]);
  });

  it('is stale after a while without a reading, which is told once', () => {
    const live = state();
    live.committed([reading('live', T)]);
    expect(types()).toEqual(['reading', 'battery']);
    now += 90_000;
    for (const _step of live.tick());
    expect(types()).toEqual([]);
    now += 1;
    for (const _step of live.tick());
    for (const _step of live.tick());
    expect(news).toMatchObject([{ type: 'battery', battery: { stale: true } }]);
    news = [];
    live.committed([reading('live', T + 100, {}, { receivedMs: now })]);
    expect(types()).toEqual(['reading', 'battery']);
  });

  it('goes on showing what is now after its clock was set forward, which takes three frames to be sure of', () => {
    const live = state();
    live.committed([reading('live', T, { soc: 1 })]);
    for (const n of [1, 2]) {
      const receivedMs = (T + 10 * n) * 1000;
      live.committed([reading('live', T + 3600 + 10 * n, { soc: 10 + n }, { receivedMs })]);
    }
    expect(live.battery('aaa')?.live).toMatchObject({ timeMs: NOW + 20_000, values: { soc: 12 } });
    live.committed([reading('live', T + 30, { soc: 13 })]);
    expect(live.battery('aaa')?.live).toMatchObject({ timeMs: NOW + 30_000, values: { soc: 13 } });
  });

  it('goes on showing what is now after our own clock was set back', () => {
    const live = state();
    live.committed([reading('live', T + 3600, { soc: 1 })]);
    live.committed([reading('live', T, { soc: 2 })]);
    expect(live.battery('aaa')?.live?.values).toEqual({ soc: 2 });
    live.committed([reading('live', T - 20, { soc: 3 }, { receivedMs: T * 1000 })]);
    expect(live.battery('aaa')?.live?.values).toEqual({ soc: 2 });
  });

  it('says that another peer speaks for it, until the owner has decided', () => {
    const live = state();
    const second = { number: 2, standing: 'other' as const, rank: null };
    live.committed([reading('live', T), peer(), peer(second), held(reading('live', T + 10, { soc: 99 }))]);
    expect(live.battery('aaa')).toMatchObject({ conflict: null, live: { values: {} } });
    live.committed([
      peer({ ...second, conflicts: 1, conflictMs: T * 1000 }),
      peer({ ...second, number: 3, conflicts: 1, conflictMs: T * 1000 + 60_000 }),
    ]);
    expect(live.battery('aaa')?.conflict).toEqual({ peer: 3, sinceMs: NOW + 60_000 });
    live.committed([peer({ ...second, number: 3, conflicts: 1, conflictMs: T * 1000 + 60_000 }, true)]);
    expect(live.battery('aaa')?.conflict).toEqual({ peer: 2, sinceMs: NOW });
    live.committed([peer({ ...second, standing: 'refused', conflicts: 1, conflictMs: T * 1000 })]);
    expect(live.battery('aaa')?.conflict).toBeNull();
    expect(types().filter((type) => type === 'battery')).toHaveLength(5);
    live.committed([peer({}, false, 'AL2009999999999'), held(reading('live', T, {}, { serial: 'AL2009999999999' }))]);
    expect([...live.batteries()]).toHaveLength(1);
  });

  it('has a clock and gaps', () => {
    const live = state();
    live.committed([reading('live', T), clock(3600), gap('open'), gap('open', 2), gap('asked')]);
    expect(live.battery('aaa')).toMatchObject({ openGaps: 2, clock: { settled: false, driftPpm: 0 } });
    live.committed([gap('filled'), gap('refused', 2)]);
    now += 600_000;
    expect(live.battery('aaa')).toMatchObject({ openGaps: 0, clock: { settled: true } });
    const told = types().filter((type) => type !== 'battery');
    expect(told).toEqual(['reading', 'clock', 'gap', 'gap', 'gap', 'gap', 'gap']);
  });

  it('is told anew with each of them, for whoever keeps the whole', () => {
    const live = state();
    live.committed([reading('live', T)]);
    types();
    live.committed([clock(3600)]);
    live.committed([gap('open')]);
    expect(types()).toEqual(['clock', 'battery', 'gap', 'battery']);
  });
});

describe('what happened', () => {
  it('is told, but not what a battery repeats of its log at every login', () => {
    const live = state();
    live.committed([
      event({ time: T, text: `restart of ${SERIAL}`, code: null }),
      event({ time: T - 600 }),
      event({ time: T - 601 }),
      event({ time: null }),
      event({ serial: null, source: 'server', name: 'connected', code: null }),
    ]);
    expect(news).toMatchObject([
      { type: 'event', battery: 'aaa', event: { text: 'restart of [private]' } },
      { type: 'event', event: { code: 41, meaning: 'connected to the server (inferred)' } },
      { type: 'event', battery: null, event: { name: 'connected', meaning: null } },
    ]);
  });

  it('in a battery’s log is told once, however often it logs in and repeats it', () => {
    const live = state();
    const entry = event({ time: T, batteryTime: T + 3600 });
    live.committed([entry]);
    for (const minutes of [2, 4, 6]) live.committed([{ ...entry, receivedMs: (T + minutes * 60) * 1000 }]);
    expect(types()).toEqual(['event']);
    live.committed([{ ...entry, occurrence: 1 }]);
    for (let n = 1; n <= 150; n++) live.committed([event({ time: T, batteryTime: T + n, occurrence: 0 })]);
    expect(types()).toHaveLength(151);
  });

  it('to a configuration is told, but not what it says, which is private as a whole', () => {
    const live = state();
    live.committed([configuration('{"Address":"3 Example Lane"}'), configuration('{}', NOW, 'AL2009999999999')]);
    expect(news).toEqual([{ type: 'configuration', battery: 'aaa' }]);
  });

  it('to the store is told when it changes', () => {
    const live = state();
    live.failing();
    live.failing();
    expect([live.storing, types()]).toEqual([false, ['server_state']]);
    live.recovered();
    expect([live.storing, news]).toEqual([true, [{ type: 'server_state', storing: true, connections: 0 }]]);
  });
});

describe('what nobody looks at', () => {
  /** A reading whose values tell when they are read. */
  const watched = (time: number, soc: number) => {
    let reads = 0;
    const { values, ...rest } = reading('live', time, { soc });
    const looked = new Proxy(values, {
      get: (target, key) => {
        reads++;
        return Reflect.get(target, key);
      },
    });
    return { record: { ...rest, values: looked }, reads: () => reads };
  };

  it('is not worked out', () => {
    const house = state();
    const { record, reads } = watched(T, 5);
    house.committed([record]);
    for (const _step of house.tick());
    expect([types(), [...house.batteries()].length, reads()]).toEqual([['reading', 'battery'], 1, 0]);
  });

  it('is worked out once for all who are told of it', () => {
    const house = state();
    const { record, reads } = watched(T, 5);
    house.committed([record]);
    const told = news.filter((one) => one.type === 'reading');
    expect(told.map(({ snapshot }) => snapshot.values)).toEqual([{ soc: 5 }]);
    const once = reads();
    expect([told[0]?.snapshot.values, house.battery('aaa')?.live?.values, reads()]).toEqual([
      { soc: 5 },
      { soc: 5 },
      once,
    ]);
  });
});

it('tells all who listen, in their order', () => {
  const order: string[] = [];
  const options = {
    names: {},
    staleMs: 90_000,
    houseOffset: () => 0,
    idOf: () => 'aaa',
    wallMs: () => now,
  };
  const house = new HouseState(
    options,
    [],
    ['page', 'outputs'].map((who) => ({ tell: ({ type }) => void order.push(`${who} ${type}`) })),
  );
  house.opened(7, 'a private network');
  expect(order).toEqual(['page server_state', 'outputs server_state']);
});

describe('a battery that is forgotten', () => {
  it('is none, and a new one when it speaks again', () => {
    const live = state();
    live.opened(7, 'a private network');
    live.committed([identity(SERIAL, 7), reading('live', T, { soc: 5 }), reading('live', T, {}, { serial: OTHER })]);
    live.forget(SERIAL, 'aaa');
    expect([live.has('aaa'), live.battery('aaa'), [...live.batteries()].map(({ id }) => id)]).toEqual([
      false,
      null,
      ['bbb'],
    ]);
    live.closed(7);
    now += 5000;
    live.committed([reading('live', T + 5, { grid_power: 1 }, { receivedMs: now })]);
    expect(live.battery('aaa')).toMatchObject({
      firstSeenMs: now,
      connected: false,
      live: { values: { grid_power: 1 } },
      clock: null,
    });
    expect(live.battery('aaa')?.live?.values).not.toHaveProperty('soc');
  });
});
