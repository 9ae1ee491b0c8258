/**
 * A field is added in one place. Here a table with one more, `heater_power`, is read by everything that follows the table,
 * and rules are checked that hold for every field of it.
 */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { DRAWN } from '../dashboard/src/battery-parts.ts';
import { panelsOf } from '../dashboard/src/panels.ts';
import type { ShownField as PageField } from '../dashboard/src/types.ts';
import { fieldsPage } from '../scripts/fields-doc.ts';
import { liveLine, plain } from '../src/log/terminal.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import type { Field } from '../src/protocol/fields/field.ts';
import { columnsOf, FIELDS, READING_FIELDS } from '../src/protocol/fields/fields.ts';
import { metricOf } from '../src/protocol/fields/metrics.ts';
import { shownAs } from '../src/protocol/fields/shown.ts';
import { ReadingReader } from '../src/protocol/reading.ts';
import { lineOf } from '../src/sinks/influx/line.ts';
import { ENTITIES } from '../src/sinks/mqtt/entities.ts';
import { discoveryOf } from '../src/sinks/mqtt/homeassistant.ts';
import { MqttHouse } from '../src/sinks/mqtt/house.ts';
import { BATTERY_METRICS } from '../src/sinks/prometheus/battery-metrics.ts';
import { Prometheus } from '../src/sinks/prometheus/prometheus.ts';
import { ServerMetrics } from '../src/sinks/prometheus/server-metrics.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { samplesOf } from './exposition.ts';
import { stored } from './filled.ts';
import { run } from './io.ts';
import { battery, live, NOW } from './news.ts';
import { reading, settle, T, valuesOf } from './records.ts';
import { HOUSE, NO_FIGURES } from './sink-settings.ts';
import { webOn } from './web.ts';

vi.mock('../src/protocol/fields/power.ts', async (original) => {
  const table = await original<typeof import('../src/protocol/fields/power.ts')>();
  const { number, POWER, READINGS } = await import('../src/protocol/fields/table.ts');
  const heater: Field = {
    ...{ wire: ['Pheater'], name: 'heater_power', title: 'Heater power', ...POWER, in: READINGS, certainty: 'likely' },
    ...{ show: 'main', rollUp: true, brief: { label: 'heater', thing: 'house' }, note: 'It is not there yet.' },
  };
  const boiler: Field = {
    ...{ wire: ['Tboiler'], name: 'boiler_temperature', title: 'Boiler temperature', in: ['detail'] },
    ...{ ...number('temperature', '°C'), certainty: 'confirmed', note: 'Its entry says nothing of where it is shown.' },
  };
  return { ...table, POWER_FIELDS: [...table.POWER_FIELDS, heater, boiler] };
});

const HEATER = { heater_power: 1500, pv1_power: 5995, soc: 62.4 };
const DEVICE = {
  id: 'b3f1c2',
  name: null,
  first: true,
  threePhases: true,
  settings: {},
  unknown: {},
  least: { chargeLimit: 10, lowestCharge: 10 },
};
const DISCOVERED = discoveryOf(DEVICE, HOUSE) as { readonly components: Readonly<Record<string, object>> };

/** Fields of a reading that somebody who is no owner may see. */
const PUBLIC = READING_FIELDS.filter(({ private: isPrivate, kind }) => !isPrivate && kind !== 'time');

describe('heater_power, added to the table alone,', () => {
  it('is read from the battery', () => {
    const read = new ReadingReader('live', new FormBook()).read(['SOC', 'Pheater'], ['62.4', '1500']);
    expect(read?.values[columnsOf('live').findIndex(({ name }) => name === 'heater_power')]).toBe(1500);
  });

  it('has a column and a roll-up, and is exported', async () => {
    const { folder, store } = stored(reading('live', T, HEATER));
    settle(store);
    const db = new DatabaseSync(`${folder}/${DATABASE_FILE}`, { readOnly: true });
    expect(db.prepare('SELECT heater_power FROM reading_live').get()).toEqual({ heater_power: 1500 });
    expect(db.prepare('SELECT heater_power_max FROM rollup_minute').get()).toEqual({ heater_power_max: 1500 });
    db.close();
    const { out } = await run(['export', '--data', folder, '--kind', 'live', '--format', 'csv']);
    const [header = '', row = ''] = out.split('\n').map((line) => line.split(','));
    expect(row[header.indexOf('heater_power')]).toBe('1500');
  });

  it('is told by MQTT, and Home Assistant shows it', () => {
    const house = new MqttHouse(HOUSE, () => null);
    const [state] = house.told(live(HEATER)).map(({ message }) => JSON.parse(message.payload));
    expect(state.heater_power).toBe(1500);
    expect(DISCOVERED.components.heater_power).toMatchObject({
      ...{ platform: 'sensor', name: 'Heater power (likely)', device_class: 'power', unit_of_measurement: 'W' },
      ...{ state_class: 'measurement', value_template: '{{ value_json.heater_power }}' },
    });
    expect(DISCOVERED.components.heater_power).not.toHaveProperty('enabled_by_default');
  });

  it('is in a line of InfluxDB', () => {
    const line = lineOf('alphaess')({ battery: 'b3f1c2', kind: 'live', time: T, values: valuesOf('live', HEATER) });
    expect(line).toContain('heater_power=1500');
  });

  it('is a metric of Prometheus', async () => {
    const server = new ServerMetrics();
    const prometheus = new Prometheus({ server, staleMs: 90_000, wallMs: () => NOW });
    prometheus.tell(battery());
    prometheus.tell(live(HEATER));
    const samples = samplesOf((await prometheus.render(NO_FIGURES)).join(''), 'alphaess_heater_power_watts');
    expect(samples).toEqual({ 'battery=b3f1c2': 1500 });
  });

  it('is in docs/fields.md', () => {
    expect(fieldsPage()).toContain('| `heater_power` | Heater power | `Pheater` | live, detail, history | W |');
    expect(fieldsPage()).toContain('| main, power | `alphaess_heater_power_watts` | It is not there yet. |');
  });

  it('stands on the page, among the powers', async () => {
    const { folder, store } = stored();
    const { get } = await webOn(folder, store);
    const fields: PageField[] = (await get('/api/fields')).json;
    const [powers] = panelsOf(fields, HEATER, DRAWN);
    expect(powers?.name).toBe('power');
    expect(powers?.fields.map(({ title }) => title)).toContain('Heater power');
  });

  it('is on the line of a terminal', () => {
    expect(liveLine({ time: '11:00:35', battery: 'b3f1c2', values: HEATER }, plain)).toContain('heater  1500');
  });
});

it('a field whose entry says nothing of where it is shown is a detail everywhere', async () => {
  const { folder, store } = stored();
  const { get } = await webOn(folder, store);
  const [panel] = panelsOf((await get('/api/fields')).json as PageField[], { boiler_temperature: 61 }, DRAWN);
  expect([panel?.name, panel?.fields.map(({ name }) => name)]).toEqual(['temperatures', ['boiler_temperature']]);
  expect(DISCOVERED.components.boiler_temperature).toMatchObject({ entity_category: 'diagnostic' });
  expect(DISCOVERED.components.boiler_temperature).not.toHaveProperty('enabled_by_default');
  expect(BATTERY_METRICS.map(({ name }) => name)).toContain('alphaess_boiler_temperature_celsius');
  expect(fieldsPage()).toContain('| detail, temperatures | `alphaess_boiler_temperature_celsius` |');
});

describe('every field of the readings', () => {
  const entities = new Map(ENTITIES.map((entity) => [entity.key, entity]));

  it('is an entity under its own name where it tells what is now, enabled as the table says', () => {
    for (const field of PUBLIC) {
      const { name, in: sources, phase = 1 } = field;
      const show = shownAs(field);
      if (!sources.includes('live') && !sources.includes('detail')) continue;
      const enabled = show === 'hidden' ? false : phase > 1 ? 'phases' : true;
      expect([name, entities.get(name)?.enabled]).toEqual([name, enabled]);
      expect([name, entities.get(name)?.diagnostic === undefined]).toEqual([name, show === 'main']);
    }
  });

  it('has the decimals of the table in Home Assistant', () => {
    for (const { name, decimals } of PUBLIC)
      if (decimals !== undefined && entities.has(name)) expect(entities.get(name)?.precision, name).toBe(decimals);
  });

  it('is in a panel of the page that has a place for it', async () => {
    const { folder, store } = stored();
    const { get } = await webOn(folder, store);
    const fields: PageField[] = (await get('/api/fields')).json;
    const all = Object.fromEntries(fields.map(({ name }) => [name, 1]));
    const panels = panelsOf(fields, all, new Set());
    const placed = panels.flatMap(({ fields: shown, more }) => [...shown, ...more]).map(({ name }) => name);
    const faults = fields.filter(({ panel }) => panel === 'faults').map(({ name }) => name);
    expect([...placed, ...faults].sort()).toEqual(fields.map(({ name }) => name).sort());
    expect(fields.map(({ name }) => name)).toEqual(PUBLIC.map(({ name }) => name));
  });

  it('that is drawn on the page in a form of its own is there', () => {
    const names = new Set(READING_FIELDS.map(({ name }) => name));
    const families = /_(?:cell|sensor|pack)$/;
    expect([...DRAWN].filter((name) => !names.has(name) && !families.test(name))).toEqual([]);
  });

  it('that is a main or a detailed number with a unit is a metric, or says that others tell it', () => {
    for (const field of PUBLIC) {
      const { name, value, unit, in: sources, metric } = field;
      const isNow = sources.includes('live') || sources.includes('detail');
      if (shownAs(field) === 'hidden' || value !== 'number' || unit === '' || !isNow) continue;
      expect([name, metricOf(field) === null]).toEqual([name, metric === null]);
    }
  });

  it('is in InfluxDB where it is a number, and never where it is private', () => {
    for (const kind of ['live', 'detail', 'history'] as const) {
      const columns = columnsOf(kind);
      const line = lineOf('m')({ battery: 'b', kind, time: T, values: columns.map(() => 1) }) ?? '';
      const told = line
        .split(' ')[1]
        ?.split(',')
        .map((pair) => pair.split('=')[0]);
      expect(told).toEqual(columns.filter((field) => !field.private).map(({ name }) => name));
    }
  });
});

describe('every field', () => {
  it('is a text where it is read as one, and else a number or a flag', () => {
    for (const { name, read, value } of FIELDS) {
      if (read === 'derived') continue;
      const expected = ['text', 'date', 'time', 'serial'].includes(read) ? 'text' : read === 'flag' ? 'flag' : 'number';
      expect([name, value]).toEqual([name, expected]);
    }
  });

  it('that is private is shown nowhere', () => {
    for (const { name, private: isPrivate, show, brief, metric } of FIELDS)
      if (isPrivate) expect([name, show, brief, metric]).toEqual([name, undefined, undefined, undefined]);
  });

  it('has words only for codes and texts only for texts', () => {
    for (const { name, value, words, texts } of FIELDS) {
      if (words !== undefined) expect([name, value]).toEqual([name, 'number']);
      if (texts !== undefined) expect([name, value]).toEqual([name, 'text']);
    }
  });
});
