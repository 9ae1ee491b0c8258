import { beforeEach, describe, expect, it } from 'vitest';
import { battery, control, detail, energy, happened, isoAt, live, NOW, settings } from '../../../test/news.ts';
import { HOUSE } from '../../../test/sink-settings.ts';
import { columnsOf } from '../../protocol/fields/fields.ts';
import type { SinkNews } from '../sink.ts';
import { ENTITIES } from './entities.ts';
import { type HouseSetting, MqttHouse } from './house.ts';
import type { BatteryNote } from './notes.ts';
import type { Outgoing } from './outgoing.ts';

const CONFIG = 'homeassistant/device/alphaess_b3f1c2/config';

let notes: Map<string, BatteryNote>;
let house: MqttHouse;

beforeEach(() => {
  notes = new Map();
  house = made();
});

function made(change: Partial<HouseSetting> = {}): MqttHouse {
  return new MqttHouse({ ...HOUSE, ...change }, (id) => notes.get(id) ?? null);
}

/** The same battery's, after a restart. */
function restarted(change: Partial<HouseSetting> = {}): MqttHouse {
  notes.set('b3f1c2', JSON.parse(JSON.stringify(house.noteOf('b3f1c2'))));
  return made(change);
}

function say(...news: SinkNews[]): Outgoing[] {
  return news.flatMap((one) => house.told(one));
}

/** The same of a battery whose state is known: it is told before its first reading. */
function sayOfKnown(...news: SinkNews[]): Outgoing[] {
  house.told(battery());
  return say(...news);
}

const topics = (outgoing: readonly Outgoing[]) => outgoing.map(({ message }) => message.topic);
const bodyOf = (outgoing: readonly Outgoing[], topic: string) => {
  const found = outgoing.findLast(({ message }) => message.topic === topic);
  return JSON.parse(found?.message.payload ?? expect.unreachable(`nothing was said under ${topic}`));
};
const components = (outgoing: readonly Outgoing[]) => bodyOf(outgoing, CONFIG).components as Record<string, object>;

describe('a live reading', () => {
  it('is said under state with all its keys, and kept by the broker', () => {
    const said = say(live({ soc: 71.2, grid_power: -3442 }));
    const body = bodyOf(said, 'alphaess/b3f1c2/state');
    expect(body).toMatchObject({
      time: isoAt(0),
      soc: 71.2,
      grid_power: -3442,
      pv_power: null,
      load_power_method: null,
    });
    expect(Object.keys(body)).toEqual(['time', ...columnsOf('live').map(({ name }) => name), 'stored_energy', 'other']);
    expect(said.at(-1)).toMatchObject({ ordered: false, message: { retain: true } });
  });

  it('says what is stored, once the battery has told its capacity', () => {
    const stored = () => bodyOf(say(live({ soc: 50 })), 'alphaess/b3f1c2/state').stored_energy;
    expect(stored()).toBeNull();
    say(settings({ battery_capacity: '10.1' }));
    expect(stored()).toBe(5.05);
  });

  it('has unknown fields apart', () => {
    const said = sayOfKnown({ ...live({}), other: { Xyz: '11' } });
    expect(bodyOf(said, 'alphaess/b3f1c2/state').other).toEqual({ Xyz: '11' });
    expect(components(said).other_Xyz).toMatchObject({ enabled_by_default: false });
  });
});

describe('values under topics of their own', () => {
  const plain = (outgoing: readonly Outgoing[]) =>
    outgoing
      .filter(({ message }) => message.topic.startsWith('alphaess/b3f1c2/value/'))
      .map(({ message }) => [message.topic.slice('alphaess/b3f1c2/value/'.length), message.payload]);

  it('are not said where that is not configured', () => {
    expect(plain(say(live({ soc: 50 })))).toEqual([]);
  });

  it('are said when they change, and kept by the broker', () => {
    house = made({ values: true });
    const said = say(live({ soc: 71.2, grid_power: -3442 }));
    expect(Object.fromEntries(plain(said))).toEqual({ soc: '71.2', grid_power: '-3442' });
    expect(said.at(-1)).toMatchObject({ ordered: false, message: { retain: true } });
    expect(plain(say(live({ soc: 71.2, grid_power: 0 })))).toEqual([['grid_power', '0']]);
    expect(plain(say(live({ grid_power: 0 })))).toEqual([]);
  });

  it('of details are those that live readings have not', () => {
    house = made({ values: true });
    expect(Object.fromEntries(plain(say(detail({ soc: 5, battery_voltage: 51.2, err_bms: 0 } as never))))).toEqual({
      battery_voltage: '51.2',
      problem: 'false',
    });
  });

  it('are taken away where they are no longer wanted, and kept where they are', () => {
    house = made({ values: true });
    say(live({ soc: 71.2 }));
    const topic = 'alphaess/b3f1c2/value/soc';
    const leaving = (values: boolean) => {
      const next = restarted({ values });
      next.told(battery());
      return [...next.farewells()].map((message) => message.topic);
    };
    expect(leaving(true)).not.toContain(topic);
    expect(leaving(false)).toContain(topic);
  });
});

describe('details', () => {
  it('say whether something is wrong', () => {
    const problem = (values: object) => bodyOf(say(detail(values as never)), 'alphaess/b3f1c2/detail').problem;
    expect(problem({ err_inv: 0, err_bms: 0 })).toBe(false);
    expect(problem({ err_inv: 0, err_bms: 256 })).toBe(true);
    expect(problem({ soc: 5 })).toBeNull();
  });
});

describe('a house with one phase', () => {
  const phaseOf = (values: object) =>
    components(sayOfKnown(detail(values as never))).grid_voltage_l2 as { enabled_by_default?: boolean };

  it('has no second one for a power that the battery is told in slot 2', () => {
    expect(phaseOf({ grid_voltage_l1: 238, grid_voltage_l2: 0, pac_l2: -1850 }).enabled_by_default).toBe(false);
  });

  it('is another where there is a voltage on it', () => {
    expect(phaseOf({ grid_voltage_l1: 238, grid_voltage_l2: 240 })).not.toHaveProperty('enabled_by_default');
  });
});

describe('energy', () => {
  it('is said in its order: counters, finer totals and today', () => {
    const said = say(
      energy({
        counters: { pv_energy: 433, grid_import_energy: null },
        total: { pv_energy: 12.3456789, load_energy: 0.1 + 0.2 },
        today: { pv_energy: 1.5, load_energy: 0 },
      }),
    );
    expect(said).toMatchObject([{ ordered: true, message: { topic: 'alphaess/b3f1c2/energy', retain: true } }]);
    expect(bodyOf(said, 'alphaess/b3f1c2/energy')).toMatchObject({
      time: isoAt(0),
      day_start: isoAt(-43_440),
      pv_energy: 433,
      grid_import_energy: null,
      pv_energy_integrated: 12.345,
      load_energy_integrated: 0.3,
      pv_energy_today: 1.5,
      load_energy_today: 0,
      grid_export_energy_today: null,
    });
  });
});

describe('the state of a battery', () => {
  it('is said when it changes', () => {
    const clock = { offsetSeconds: 3612, aheadOfHouseSeconds: 12, driftPpm: 1.5, settled: true, unconfirmed: false };
    const said = say(battery({ clock, openGaps: 1 }));
    expect(said.map(({ message }) => [message.topic, message.payload])).toEqual([
      ['alphaess/b3f1c2/availability', 'online'],
      [
        'alphaess/b3f1c2/status',
        '{"connected":true,"tapped":false,"stale":false,"last_event":null,"clock_ahead":12,"clock_offset":3612,"open_gaps":1,"vendor":null}',
      ],
    ]);
    expect(say(battery({ clock, openGaps: 1 }))).toEqual([]);
    expect(topics(say(battery({ stale: true })))).toEqual(['alphaess/b3f1c2/availability', 'alphaess/b3f1c2/status']);
  });
});

describe('the connection to the vendor', () => {
  it('is up or away as its events say, and neither once the battery is gone', () => {
    say(battery());
    const after = (name: string, index: number, source: 'server' | 'battery' = 'server') =>
      bodyOf(say(happened({ name, source, timeMs: index })), 'alphaess/b3f1c2/status').vendor;
    const names = ['connected', 'vendor_up', 'login', 'vendor_away', 'vendor_up', 'disconnected'];
    expect(names.map((name, index) => after(name, index))).toEqual([null, 'up', 'up', 'away', 'up', null]);
    expect(after('vendor_up', 9, 'battery')).toBeNull();
  });

  it('is a sensor, and what is blocked an event', () => {
    const sensor = ENTITIES.find(({ key }) => key === 'vendor_connection');
    expect(sensor).toMatchObject({ platform: 'binary_sensor', topic: 'status', deviceClass: 'connectivity' });
    const said = say(happened({ name: 'vendor_blocked', source: 'server', text: 'Update' }));
    expect(bodyOf(said, 'alphaess/b3f1c2/event')).toMatchObject({ event_type: 'vendor_blocked', text: 'Update' });
  });
});

describe('an event', () => {
  it('is said once, and kept by nobody', () => {
    const said = say(happened({ name: 'EventLog', source: 'battery', code: 41, text: '24/06/12 12:04:00 41' }));
    expect(said).toMatchObject([{ ordered: true, message: { topic: 'alphaess/b3f1c2/event', retain: false } }]);
    expect(bodyOf(said, 'alphaess/b3f1c2/event')).toEqual({
      event_type: 'EventLog',
      time: isoAt(0),
      received_at: isoAt(0),
      source: 'battery',
      name: 'EventLog',
      code: 41,
      meaning: null,
      text: '24/06/12 12:04:00 41',
    });
  });

  it('of a name that nobody knows is of the type other', () => {
    expect(bodyOf(say(happened({ name: 'Xyz' })), 'alphaess/b3f1c2/event')).toMatchObject({
      event_type: 'other',
      name: 'Xyz',
    });
  });

  it('is the last of its battery, by when it came where its time is not known', () => {
    say(battery());
    expect(bodyOf(say(happened({ timeMs: null }, 5)), 'alphaess/b3f1c2/status').last_event).toBe(isoAt(5));
  });

  it('of nobody’s battery is the server’s', () => {
    expect(topics(say(happened({}, 0, null)))).toEqual(['alphaess/bridge/event']);
  });
});

describe('discovery', () => {
  it('waits for the first reading, and is said again only where it is another', () => {
    expect(topics(say(battery(), happened(), energy(), settings({ ems_version: 'V1' })))).not.toContain(CONFIG);
    expect(bodyOf(say(live({ soc: 5 })), CONFIG).device.sw_version).toBe('EMS V1');
    expect(topics(say(live({ soc: 6 }), detail({ soc: 6 }), battery({ stale: true })))).not.toContain(CONFIG);
    expect(bodyOf(say(settings({ ems_version: 'V2' })), CONFIG).device.sw_version).toBe('EMS V2');
  });

  it('waits for the name, which its first entities keep', () => {
    expect(topics(say(live({})))).not.toContain(CONFIG);
    expect(bodyOf(say(battery({ name: 'Garage' })), CONFIG).device.name).toBe('Garage');
  });

  it('follows a name', () => {
    sayOfKnown(live({}));
    expect(bodyOf(say(battery({ name: 'Garage' })), CONFIG).device.name).toBe('Garage');
  });

  it('shows three phases once there are three', () => {
    expect(components(sayOfKnown(live({ grid_power_l2: 0 }))).grid_voltage_l2).toMatchObject({
      enabled_by_default: false,
    });
    expect(components(say(live({ grid_power_l2: -3 }))).grid_voltage_l2).not.toHaveProperty('enabled_by_default');
  });

  it('is not said where it is not wanted', () => {
    house = made({ discovery: false });
    expect(topics(say(live({})))).toEqual(['alphaess/b3f1c2/state']);
  });

  it('keeps unknown fields through a restart, and takes away what there is no more', () => {
    sayOfKnown({ ...live({}), other: { Xyz: '11' } });
    const note = house.noteOf('b3f1c2');
    notes.set('b3f1c2', { ...note, components: { ...note.components, once_there: 'sensor' } });
    house = made();
    const told = components(sayOfKnown(live({})));
    expect(told.other_Xyz).toMatchObject({ platform: 'sensor', name: 'Xyz (meaning unknown)' });
    expect(told.once_there).toEqual({ platform: 'sensor' });
    // Said until the broker has it.
    const again = say(settings({ ems_version: 'V2' }));
    expect(components(again).once_there).toEqual({ platform: 'sensor' });
    const message = again.find(({ message }) => message.topic === CONFIG)?.message;
    expect(house.confirmed(message ?? expect.unreachable())).toBe('b3f1c2');
    expect(components(say(settings({ ems_version: 'V3' }))).once_there).toBeUndefined();
  });

  it('has at most fifty unknown fields, and then is left alone', () => {
    const some = (prefix: string, length: number) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`${prefix}${index}`, '1']));
    sayOfKnown({ ...live({}), other: some('X', 30) });
    const told = components(say({ ...detail({}), other: { ...some('Y', 30), 'no word': '1' } }));
    expect(Object.keys(told).filter((key) => key.startsWith('other_'))).toHaveLength(50);
    const note = house.noteOf('b3f1c2');
    expect(topics(say({ ...detail({}), other: some('Y', 30) }))).toEqual(['alphaess/b3f1c2/detail']);
    expect(house.noteOf('b3f1c2')).toBe(note);
  });

  it('takes a field for unknown no longer than that', () => {
    sayOfKnown(live({}));
    notes.set('b3f1c2', { ...house.noteOf('b3f1c2'), unknown: { Ppv1: 'state', Xyz: 'state' } });
    house = made();
    const told = components(sayOfKnown(live({})));
    expect([told.other_Ppv1, told.other_Xyz]).toEqual([undefined, expect.anything()]);
  });

  it('remembers three phases through a restart', () => {
    sayOfKnown(live({ grid_power_l2: -3 }));
    house = restarted();
    expect(components(sayOfKnown(live({ grid_power_l2: 0 }))).grid_voltage_l2).not.toHaveProperty('enabled_by_default');
  });
});

describe('a new connection', () => {
  it('is told all that the broker is to keep, as it was last said', () => {
    say(battery(), live({ soc: 5 }), live({ soc: 6 }), energy(), happened());
    const greeting = [...house.greeting(NOW)];
    expect(greeting.map(({ topic }) => topic)).toEqual([
      'alphaess/bridge/state',
      'alphaess/b3f1c2/availability',
      'alphaess/b3f1c2/status',
      CONFIG,
      'alphaess/b3f1c2/state',
      'alphaess/b3f1c2/energy',
    ]);
    expect(greeting.every(({ retain }) => retain)).toBe(true);
    expect(greeting[4]?.payload).toContain('"soc":6');
  });

  it('is not told again what has become old', () => {
    say(battery(), live({ soc: 5 }), detail({ soc: 5 }), energy());
    const levels = (afterMs: number) =>
      [...house.greeting(NOW + afterMs)].slice(1).map(({ topic }) => topic.split('/').at(-1));
    expect(levels(90_000)).toEqual(expect.arrayContaining(['state', 'detail', 'energy']));
    expect(levels(90_001)).not.toContain('state');
    expect(levels(900_000)).toContain('detail');
    expect(levels(900_001)).toEqual(['availability', 'status', 'config', 'energy']);
  });

  it('takes away nothing where nothing was taken away', () => {
    say(battery(), live({}), energy());
    house = restarted();
    say(battery());
    expect([...house.farewells()]).toEqual([]);
  });
});

describe('what the broker keeps', () => {
  const farewells = () => [...house.farewells()].map(({ topic, payload }) => [topic, payload]);

  it('of a battery that is left out is taken away, and nothing is said of it any more', () => {
    say(battery(), live({}));
    house = restarted({ leftOut: ['b3f1c2'] });
    expect(say(battery(), live({}), happened(), energy(), settings({}))).toEqual([]);
    expect(farewells()).toEqual([
      ['alphaess/b3f1c2/availability', ''],
      ['alphaess/b3f1c2/status', ''],
      [CONFIG, ''],
      ['alphaess/b3f1c2/state', ''],
    ]);
  });

  it('under another topic of before is taken away', () => {
    say(live({}));
    house = restarted({ base: 'house/battery' });
    say(battery());
    expect(farewells()).toEqual([['alphaess/b3f1c2/state', '']]);
  });

  it('of this server under another topic of before is taken away', () => {
    for (const _message of house.greeting(NOW));
    notes.set('bridge', house.noteOf('bridge'));
    house = made({ base: 'house/battery' });
    for (const _message of house.greeting(NOW));
    const [message] = house.farewells();
    expect(message).toEqual({ topic: 'alphaess/bridge/state', payload: '', retain: true });
    expect(house.confirmed(message ?? expect.unreachable())).toBe('bridge');
    expect([...house.farewells()]).toEqual([]);
    expect(house.noteOf('bridge').retained).toEqual(['house/battery/bridge/state']);
  });

  it('for Home Assistant is taken away where it is not wanted any more', () => {
    sayOfKnown(live({}));
    house = restarted({ discovery: false });
    say(battery());
    expect(farewells()).toEqual([[CONFIG, '']]);
  });

  it('is forgotten once it is taken away', () => {
    say(live({}));
    house = restarted({ leftOut: ['b3f1c2'] });
    say(battery());
    for (const message of house.farewells()) expect(house.confirmed(message)).toBe('b3f1c2');
    expect(farewells()).toEqual([]);
    expect(house.noteOf('b3f1c2')).toMatchObject({ retained: [], components: {} });
    expect(house.confirmed({ topic: 'somebody/else', payload: '', retain: true })).toBeNull();
  });
});

describe('control', () => {
  const CONTROL = 'alphaess/b3f1c2/control';
  const AVAILABLE = 'alphaess/b3f1c2/control/availability';
  const payloadOf = (outgoing: readonly Outgoing[], topic: string) =>
    outgoing.findLast(({ message }) => message.topic === topic)?.message.payload ?? null;
  const ANSWER = { number: null, wish: null, state: 'refused', reason: 'no', by: 'mqtt', atMs: NOW };
  const LAST = { number: 1, wish: 'hold', state: 'done', reason: null, by: 'mqtt', atMs: NOW };

  it('is said nothing of where it is not configured', () => {
    expect(
      say(battery(), live({ soc: 5 }), control()).filter(({ message }) => message.topic.includes('control')),
    ).toEqual([]);
  });

  it('is unavailable until it is told of, and whenever nothing can be changed', () => {
    house = made({ control: true });
    const first = say(battery(), live({ soc: 5 }));
    expect([payloadOf(first, AVAILABLE), bodyOf(first, CONTROL).mode]).toEqual(['offline', null]);
    const told = say(control());
    expect([payloadOf(told, AVAILABLE), bodyOf(told, CONTROL).mode]).toEqual(['online', 'normal']);
    expect(say(control(), battery())).toEqual([]);
    const away = say(control({ unavailable: 'the battery is not connected' }));
    expect([payloadOf(away, AVAILABLE), bodyOf(away, CONTROL).unavailable]).toEqual([
      'offline',
      'the battery is not connected',
    ]);
  });

  it('a command that became no change is said where changes are, until there is a newer change', () => {
    house = made({ control: true });
    say(battery(), control({ last: LAST }));
    expect(bodyOf(house.answered('b3f1c2', ANSWER), CONTROL).last_change).toMatchObject({
      state: 'refused',
      reason: 'no',
    });
    expect(bodyOf(say(control({ mode: 'hold', last: LAST })), CONTROL).last_change.state).toBe('refused');
    const newer = { ...LAST, number: 2, state: 'asked' };
    expect(bodyOf(say(control({ last: newer })), CONTROL).last_change).toMatchObject({ change: 2, state: 'asked' });
  });

  it('Home Assistant is told anew where a number begins lower', () => {
    house = made({ control: true });
    say(battery(), live({ soc: 5 }), control());
    expect(components(say(control({ lowestCharge: 5 }))).set_lowest_charge).toMatchObject({ min: 5 });
    expect(topics(say(control({ lowestCharge: 6, mode: 'hold' })))).toContain(CONFIG);
    expect(topics(say(control({ lowestCharge: 6, mode: 'normal' })))).toEqual([CONTROL]);
  });

  it('switched off, its entities are removed and its topics cleared', () => {
    house = made({ control: true });
    say(battery(), live({ soc: 5 }), control());
    house = restarted();
    expect(components(sayOfKnown(live({ soc: 5 }))).mode).toEqual({ platform: 'select' });
    expect([...house.farewells()].map(({ topic, payload }) => [topic, payload])).toEqual([
      [CONTROL, ''],
      [AVAILABLE, ''],
    ]);
  });

  it('is heard of batteries that are told of alone', () => {
    house = made({ control: true, leftOut: ['000000'] });
    say(battery(), battery({ id: '000000', name: '000000' }));
    expect(['b3f1c2', '000000', 'ffffff'].map((id) => house.isTold(id))).toEqual([true, false, false]);
  });
});
