import { beforeEach, describe, expect, it } from 'vitest';
import { parseExposition, samplesOf } from '../../../test/exposition.ts';
import { battery, detail, energy, live, NOW, settings } from '../../../test/news.ts';
import { NO_FIGURES } from '../../../test/sink-settings.ts';
import { Prometheus } from './prometheus.ts';
import { ServerMetrics } from './server-metrics.ts';

let now: number;
let prometheus: Prometheus;

beforeEach(() => {
  now = NOW;
  const server = new ServerMetrics();
  prometheus = new Prometheus({ server, staleMs: 90_000, wallMs: () => now });
  prometheus.start();
});

const of = async (name: string) => samplesOf((await prometheus.render(NO_FIGURES)).join(''), `alphaess_${name}`);

const LIVE = { pv1_power: 1890, pv_ac_power: 0, grid_power_l1: -3442, battery_power: 500, load_power: 418, soc: 71.2 };
const DETAIL = {
  battery_voltage: 51.2,
  battery_current: 9.8,
  cell_voltage_min: 3.31,
  cell_voltage_max: 3.33,
  cell_temp_max: 31,
  grid_voltage_l1: 238.4,
  grid_frequency: 49.98,
  inverter_temperature: 44,
  err_inv: 0,
  err_bms: 256,
  pv_energy: 433.1,
  grid_import_energy: 60,
};

/** A battery that is there and has said all. */
function heard(): void {
  prometheus.tell(battery());
  prometheus.tell(live(LIVE));
  prometheus.tell(detail(DETAIL));
}

describe('energy', () => {
  it('is wanted once somebody asks, and told finer than the counters', async () => {
    heard();
    expect(prometheus.wants).not.toContain('energy');
    expect(await of('flow_energy_joules_total')).toEqual({});
    expect(prometheus.wants).toContain('energy');
    prometheus.tell(energy({ total: { pv_energy: 1.2345, load_energy: 0, grid_charge_energy: null } }));
    const told = { 'battery=b3f1c2 flow=pv': 4_444_200, 'battery=b3f1c2 flow=load': 0 };
    expect(await of('flow_energy_joules_total')).toEqual(told);
    now += 3_600_000;
    prometheus.tell(battery({ stale: true }));
    expect(await of('flow_energy_joules_total')).toEqual(told);
  });
});

describe('a battery', () => {
  it('is told with its newest values, in base units', async () => {
    heard();
    prometheus.tell(live({ ...LIVE, load_power: 420 }, 10));
    expect(await of('pv_power_watts')).toEqual({ 'battery=b3f1c2 input=1': 1890, 'battery=b3f1c2 input=ac': 0 });
    expect(await of('grid_power_watts')).toEqual({ 'battery=b3f1c2 phase=1': -3442 });
    expect(await of('battery_power_watts')).toEqual({ 'battery=b3f1c2': 500 });
    expect(await of('load_power_watts')).toEqual({ 'battery=b3f1c2': 420 });
    expect(await of('battery_soc_ratio')).toEqual({ 'battery=b3f1c2': 0.712 });
    expect(await of('battery_voltage_volts')).toEqual({ 'battery=b3f1c2': 51.2 });
    expect(await of('battery_current_amperes')).toEqual({ 'battery=b3f1c2': 9.8 });
    expect(await of('cell_voltage_volts')).toEqual({
      'battery=b3f1c2 which=min': 3.31,
      'battery=b3f1c2 which=max': 3.33,
    });
    expect(await of('cell_temperature_celsius')).toEqual({ 'battery=b3f1c2 which=max': 31 });
    expect(await of('grid_voltage_volts')).toEqual({ 'battery=b3f1c2 phase=1': 238.4 });
    expect(await of('grid_frequency_hertz')).toEqual({ 'battery=b3f1c2': 49.98 });
    expect(await of('pv_energy_joules_total')).toEqual({ 'battery=b3f1c2': 1_559_160_000 });
    expect(await of('faults')).toEqual({ 'battery=b3f1c2 kind=err_inv': 0, 'battery=b3f1c2 kind=err_bms': 256 });
  });

  it('has no sample where it has no value', async () => {
    prometheus.tell(battery());
    prometheus.tell(live({ soc: null, load_power: 'n/a' }));
    expect(await of('battery_soc_ratio')).toEqual({});
    expect(await of('load_power_watts')).toEqual({});
    expect(await of('connected')).toEqual({ 'battery=b3f1c2': 1 });
  });

  it('keeps apart from others', async () => {
    heard();
    prometheus.tell(live({ soc: 5 }, 0, 'ccc'));
    expect(await of('battery_soc_ratio')).toEqual({ 'battery=b3f1c2': 0.712, 'battery=ccc': 0.05 });
  });

  it('that is stale has no values, but its counters, whether it is connected and when it last spoke', async () => {
    heard();
    prometheus.tell(battery({ stale: true, connected: false }));
    for (const name of ['pv_power_watts', 'battery_soc_ratio', 'battery_voltage_volts', 'faults'])
      expect([name, await of(name)]).toEqual([name, {}]);
    expect(await of('connected')).toEqual({ 'battery=b3f1c2': 0 });
    expect(await of('last_message_timestamp_seconds')).toEqual({
      'battery=b3f1c2 type=live': NOW / 1000,
      'battery=b3f1c2 type=detail': NOW / 1000,
    });
    expect(await of('grid_import_energy_joules_total')).toEqual({ 'battery=b3f1c2': 216_000_000 });
    expect(Object.keys(await of('device_info'))).toHaveLength(1);
  });

  it('that comes back has values again', async () => {
    heard();
    prometheus.tell(battery({ stale: true }));
    now += 600_000;
    prometheus.tell(live({ soc: 50 }, 600));
    prometheus.tell(battery({ stale: false }));
    expect(await of('battery_soc_ratio')).toEqual({ 'battery=b3f1c2': 0.5 });
    expect(await of('last_message_timestamp_seconds')).toMatchObject({ 'battery=b3f1c2 type=live': NOW / 1000 + 600 });
  });

  it('that only sends the one kind has no old values of the other', async () => {
    heard();
    now += 90_001;
    prometheus.tell(detail(DETAIL, 90));
    expect(await of('battery_soc_ratio')).toEqual({});
    now += 900_001;
    prometheus.tell(live(LIVE, 990));
    expect(await of('battery_soc_ratio')).toEqual({ 'battery=b3f1c2': 0.712 });
    expect(await of('battery_voltage_volts')).toEqual({});
  });

  it('is described by its name and versions as soon as they are known', async () => {
    prometheus.tell(battery({ name: 'Garage' }));
    const unknown = 'model= ems_version= bms_version= inverter_version=';
    expect(await of('device_info')).toEqual({ [`battery=b3f1c2 name=Garage ${unknown}`]: 1 });
    prometheus.tell(settings({ inverter_model: 'SMILE5', ems_version: '1.01', bms_version: null, address: 'x' }));
    expect(await of('device_info')).toEqual({
      'battery=b3f1c2 name=Garage model=SMILE5 ems_version=1.01 bms_version= inverter_version=': 1,
    });
  });

  it('may have any name', async () => {
    const name = 'The "new"\\old\nGarage}, 7';
    prometheus.tell(battery({ name }));
    const families = parseExposition((await prometheus.render(NO_FIGURES)).join(''));
    expect(families.get('alphaess_device_info')?.samples.get('alphaess_device_info')).toMatchObject([
      { labels: { battery: 'b3f1c2', name } },
    ]);
  });

  it('is told of nothing that was not asked for', async () => {
    prometheus.tell({ ...live({ ...LIVE, serial: 'AL2009988776655' }), other: { Owner: 'AL2009988776655' } });
    prometheus.tell(settings({ license: 'LIC-4711', phone_number: '0491570006', ems_version: '1' }));
    prometheus.tell(energy());
    expect((await prometheus.render(NO_FIGURES)).join('')).not.toMatch(/AL2009|LIC-|0491/);
  });
});

describe('the text', () => {
  it('has nothing but what its format allows, and keeps to the conventions in its names', async () => {
    heard();
    const families = [...parseExposition((await prometheus.render(NO_FIGURES)).join(''))].filter(([name]) =>
      name.startsWith('alphaess_'),
    );
    expect(families.length).toBeGreaterThan(30);
    for (const [name, { type, help }] of families) {
      expect(name).toMatch(/^alphaess(?:_[a-z]+)+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/kwh|percent|milli|_ms(_|$)|minutes|hours/);
      expect(help).toMatch(/^[A-Z0-9].*[.]$/);
    }
  });

  it('tells of the server and the process too', async () => {
    const families = parseExposition((await prometheus.render(NO_FIGURES)).join(''));
    expect(families.has('alphaess_server_info')).toBe(true);
    expect(families.has('alphaess_commit_duration_seconds')).toBe(true);
    expect(families.has('process_start_time_seconds')).toBe(true);
  });

  it('is made once for those who ask at the same time', async () => {
    const [one, two] = await Promise.all([prometheus.render(NO_FIGURES), prometheus.render(NO_FIGURES)]);
    expect(one).toBe(two);
    heard();
    expect((await prometheus.render(NO_FIGURES)).join('')).not.toBe(one);
  });
});

describe('as an output', () => {
  it('wants to be told of settings once somebody asks, who are few', async () => {
    expect(prometheus.wants).toEqual(['reading', 'battery']);
    (await prometheus.render(NO_FIGURES)).join('');
    expect(prometheus.wants).toContain('settings');
  });

  it('is up while it is asked', async () => {
    expect(prometheus.status).toMatchObject({ state: 'starting', sent: 0, lastSentMs: null });
    (await prometheus.render(NO_FIGURES)).join('');
    now += 300_000;
    expect(prometheus.status).toMatchObject({ state: 'up', sent: 1, queued: 0, lastSentMs: NOW });
    now += 1;
    expect(prometheus.status).toMatchObject({ state: 'down', problem: null });
    await prometheus.stop();
    expect(prometheus.status.state).toBe('stopped');
  });

  it('forgets one battery, and not the others', async () => {
    heard();
    prometheus.tell(battery({ id: 'c0ffee', name: 'c0ffee' }));
    prometheus.forget('b3f1c2');
    const text = (await prometheus.render(NO_FIGURES)).join('');
    expect(text).not.toContain('b3f1c2');
    expect(samplesOf(text, 'alphaess_connected')).toEqual({ 'battery=c0ffee': 1 });
  });

  it('forgets all when it stops', async () => {
    heard();
    await prometheus.stop();
    expect(await of('battery_soc_ratio')).toEqual({});
  });
});
