import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ShownBattery, ShownSession } from './types.ts';

/** The browser's EventSource, in the test's hands. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static readonly OPEN = 1;
  static all: FakeSource[] = [];
  static get last(): FakeSource {
    const [last] = FakeSource.all.slice(-1);
    if (last === undefined) throw new Error('none is open');
    return last;
  }
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.all.push(this);
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
  say(type: string, data: unknown) {
    this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data) }));
  }
  close() {
    this.readyState = 2;
  }
}

const BATTERY: ShownBattery = {
  id: 'a',
  name: 'Garage',
  first_seen: '2026-11-23T09:00:00Z',
  connected: true,
  tapped: false,
  stale: false,
  last_reading_at: null,
  live: null,
  detail: null,
  clock: null,
  open_gaps: 0,
  conflict: null,
};
let session: ShownSession;
let isThere: boolean;
let loads: number;

function respond(path: string): unknown {
  if (path === 'api/session') return session;
  if (path === 'api/server') return { now: new Date().toISOString(), time_zone: 'UTC', storing: true, connections: 1 };
  if (path === 'api/batteries') {
    loads++;
    return [BATTERY];
  }
  return path.endsWith('/configuration') ? { settings: [{ name: 'battery_capacity', value: 10 }] } : [];
}

async function begin() {
  vi.resetModules();
  const store = await import('./store.ts');
  const live = await import('./live.ts');
  await live.startLive();
  await vi.advanceTimersByTimeAsync(0);
  return { store, live };
}

beforeEach(() => {
  FakeSource.all = [];
  session = { role: 'view', password_set: false, setup: false };
  isThere = true;
  loads = 0;
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('document', new EventTarget());
  vi.stubGlobal('fetch', async (path: string) => {
    if (!isThere) throw new TypeError('refused');
    return Response.json(respond(path));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the stream', () => {
  it('brings readings, batteries, clocks and events', async () => {
    const { store } = await begin();
    FakeSource.last.open();
    expect(store.link.value).toEqual({ state: 'up' });
    const values = { battery_power: -500 };
    FakeSource.last.say('reading', { battery: 'a', kind: 'live', time: '2026-11-23T09:00:00Z', values });
    FakeSource.last.say('reading', { battery: 'a', kind: 'detail', time: '2026-11-23T09:00:00Z', values: { soc: 5 } });
    const clock = { offset_seconds: 1, ahead_of_house_seconds: 1, drift_ppm: 0, settled: true };
    FakeSource.last.say('clock', { battery: 'a', clock });
    FakeSource.last.say('battery', { ...BATTERY, id: 'b' });
    FakeSource.last.say('event', { battery: 'a', event: {} });
    FakeSource.last.say('gap', {});
    FakeSource.last.say('control', { battery: 'a', change: 1, state: 'asked' });
    FakeSource.last.say('configuration', { battery: 'a' });
    FakeSource.last.say('server_state', { storing: false, connections: 3 });
    expect(store.batteries.value).toMatchObject([
      { id: 'a', live: { values }, detail: { values: { soc: 5 } }, clock },
      { id: 'b' },
    ]);
    expect(store.meanBatteryPower('a')).toBe(-500);
    expect(store.server.value).toMatchObject({ storing: false, connections: 3 });
    expect(store.newEvents.value).toHaveLength(1);
    expect(store.gapChanges.value).toBe(1);
    expect([...store.controlChanges.value]).toEqual([['a', 2]]);
    FakeSource.last.say('battery', { ...BATTERY, name: 'Cellar' });
    expect(store.batteries.value?.[0]?.name).toBe('Cellar');
  });

  it('that broke tells since when, and what is shown is loaded anew when it is back', async () => {
    const { store } = await begin();
    FakeSource.last.open();
    FakeSource.last.fail(0);
    expect(store.link.value).toMatchObject({ state: 'gone' });
    FakeSource.last.open();
    await vi.advanceTimersByTimeAsync(0);
    expect([store.link.value.state, store.reloads.value, loads]).toEqual(['up', 1, 2]);
  });

  it('that the browser gave up is opened again', async () => {
    await begin();
    FakeSource.last.fail(FakeSource.CLOSED);
    await vi.advanceTimersByTimeAsync(3100);
    expect(FakeSource.all).toHaveLength(2);
  });

  it('that is silent is asked for: quiet is not gone', async () => {
    const { store } = await begin();
    FakeSource.last.open();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(store.link.value.state).toBe('up');
    isThere = false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(store.link.value.state).toBe('gone');
  });

  it('reset loads anew', async () => {
    const { store } = await begin();
    FakeSource.last.say('reset', {});
    await vi.advanceTimersByTimeAsync(0);
    expect(store.reloads.value).toBe(1);
  });

  it('is not opened before a login', async () => {
    session = { role: null, password_set: true, setup: false };
    const { store } = await begin();
    expect(store.locked.value).toBe(true);
    expect(FakeSource.all).toEqual([]);
  });

  it('is tried also when the server was gone from the beginning', async () => {
    isThere = false;
    const { store } = await begin();
    expect(store.link.value.state).toBe('gone');
    expect(store.failure.value).toBe('refused');
    isThere = true;
    FakeSource.last.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(store.batteries.value).toHaveLength(1);
  });
});

it('frames come on a stream of their own, as long as somebody looks', async () => {
  const { live } = await begin();
  const taken: unknown[] = [];
  const stop = live.followFrames((frame) => taken.push(frame));
  FakeSource.last.say('frame', { key: '1' });
  stop();
  expect(taken).toEqual([{ key: '1' }]);
  expect(FakeSource.last).toMatchObject({ url: 'api/live?frames=true', readyState: 2 });
});

describe('what is known of batteries', () => {
  it('facts come from the configuration', async () => {
    const { store } = await begin();
    expect(store.factsOfBattery('a').capacity).toBe(10);
    expect(store.factsOfBattery('x').capacity).toBeNull();
    await store.loadMissingFacts();
  });

  it('the mean begins anew when the battery turns round', async () => {
    const { store } = await begin();
    const say = (watts: number) =>
      FakeSource.last.say('reading', { battery: 'a', kind: 'live', time: '', values: { battery_power: watts } });
    say(100);
    say(300);
    expect(store.meanBatteryPower('a')).toBe(200);
    say(-50);
    expect(store.meanBatteryPower('a')).toBe(-50);
  });

  it('the one there is is chosen; of several all, or the one asked for', async () => {
    const { store } = await begin();
    const { route, routeOf } = await import('./router.ts');
    expect(store.chosenId.value).toBe('a');
    FakeSource.last.say('battery', { ...BATTERY, id: 'b' });
    expect([store.chosenId.value, store.chosenKey.value]).toEqual([null, 'a b']);
    route.value = routeOf('#/now?battery=b');
    expect(store.chosenKey.value).toBe('b');
  });

  it('401 locks the page', async () => {
    const { store } = await begin();
    store.watchLock();
    vi.stubGlobal('fetch', async () => Response.json({}, { status: 401 }));
    await store.refreshServer().catch(() => {});
    expect(store.locked.value).toBe(true);
  });
});
