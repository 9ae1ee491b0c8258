/**
 * Energy is the same wherever it is told: by the page and the interface, exports, MQTT, Prometheus and InfluxDB, of one real
 * server that heard of half a day.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { addUp, ENERGIES, total } from '../../dashboard/src/energy.ts';
import type { Energy } from '../../dashboard/src/types.ts';
import { Broker } from '../broker.ts';
import { samplesOf } from '../exposition.ts';
import { InfluxServer } from '../influx-server.ts';
import {
  atEnd,
  clockText,
  endAll,
  exported,
  folder,
  Peer,
  type Row,
  type Server,
  serve,
  successTo,
  until,
} from '../server.ts';
import { frameByHand } from '../wire.ts';

const SERIAL = 'AL2002021010101';
const MINUTES = 600;
/** Clocks are known by three live frames that agree, over a quarter of a minute. */
const FRAMES = 4;
const APART_MS = 7000;
/** What is told once a minute takes so long at most, on a machine that is busy. */
const MINUTE_MS = 100_000;
const JOULES = 3_600_000;

afterEach(endAll);

/** W: 3000 of sun, of which 100 are lost, 500 go into the battery and 1400 to the grid; and the same at night with other signs. */
const POWERS = {
  sunny: { Ppv1: '2000', Ppv2: '1000', PrealL1: '800', PrealL2: '800', PrealL3: '800', Pbat: '-500' },
  dark: { Ppv1: '0', Ppv2: '0', PrealL1: '300', PrealL2: '300', PrealL3: '0', Pbat: '700' },
};
const METERED = {
  sunny: { PmeterL1: '-1400', PmeterL2: '-100', PmeterL3: '100' },
  dark: { PmeterL1: '100', PmeterL2: '200', PmeterL3: '0' },
};
/** The load is what the inverter gives less what goes to the grid: 1000 W by day, 900 by night. */
const EXPECTED = { pv: 15, load: 9.5, grid_import: 1.5, grid_export: 7, battery_charge: 2.5, battery_discharge: 3.5 };

function historyRow(from: number, minute: number): Record<string, string> {
  const time = minute < MINUTES / 2 ? 'sunny' : 'dark';
  const day = Math.min(minute + 1, MINUTES / 2) / 60;
  const night = Math.max(0, minute + 1 - MINUTES / 2) / 60;
  const shown = (before: number, passed: number) => (before + Math.floor(passed * 10 + 1e-9) / 10).toFixed(1);
  const [date, clock] = clockText(from + minute * 60).split(' ') as [string, string];
  return {
    Date: date,
    Time: clock,
    SN: SERIAL,
    ...POWERS[time],
    ...METERED[time],
    SOC: '50.0',
    EpvTotal: shown(1000, 3 * day),
    Einput: shown(500, 0.3 * night),
    Eoutput: shown(800, 1.4 * day),
    Echarge: shown(300, 0.5 * day),
    EDischarge: shown(200, 0.7 * night),
    EGridCharge: shown(10, 0),
  };
}

async function says(peer: Peer, command: number, body: string): Promise<void> {
  const wanted = peer.received.length + successTo(command).length;
  peer.send(frameByHand(1, command, body));
  await until('an answer', () => peer.received.length >= wanted);
}

/** A house where nothing flows at the moment. */
const quiet = () =>
  JSON.stringify({
    Time: clockText(Math.floor(Date.now() / 1000)),
    SN: SERIAL,
    ...{ Ppv1: '0', Ppv2: '0', PrealL1: '0', PmeterL1: '0', Pbat: '0', SOC: '50.0' },
  });

const json = async ({ webPort }: Server, path: string) => (await fetch(`http://127.0.0.1:${webPort}${path}`)).json();
const metrics = async ({ webPort }: Server) => (await fetch(`http://127.0.0.1:${webPort}/metrics`)).text();
const iso = (second: number) => new Date(second * 1000).toISOString();

it('the page, the interface, exports, MQTT, Prometheus and InfluxDB tell the same', { timeout: 300_000 }, async () => {
  const [broker, influx] = [await Broker.start({ ending: atEnd }), new InfluxServer()];
  await influx.start();
  atEnd(() => influx.stop());
  const data = folder();
  const environment = {
    ALPHAESS_LOCAL_TIME_ZONE: 'UTC',
    ALPHAESS_LOCAL_BATTERY_BACKFILL: 'false',
    ALPHAESS_LOCAL_MQTT_URL: broker.url,
    ALPHAESS_LOCAL_INFLUX_URL: influx.url,
    ALPHAESS_LOCAL_INFLUX_BUCKET: 'house',
  };
  const server = await serve({ data, environment });
  await metrics(server);
  const peer = await Peer.connect(server.port);
  for (let frame = 0; frame < FRAMES; frame++) {
    await says(peer, 16, quiet());
    await sleep(APART_MS);
  }
  // From noon of yesterday on, ten hours.
  const from = Math.floor(Date.now() / 86_400_000) * 86_400 - 43_200;
  for (let minute = 0; minute < MINUTES; minute += 3) {
    const rows = [0, 1, 2].map((more) => historyRow(from, minute + more));
    const lines = [Object.keys(rows[0] as object), ...rows.map((row) => Object.values(row))].map((row) => row.join());
    await says(peer, 12, `${lines.join('\n')}\n`);
  }
  await says(peer, 16, quiet());

  const [{ id }] = (await json(server, '/api/batteries')) as [{ readonly id: string }];
  const told = () => JSON.parse(broker.said(`alphaess/${id}/energy`).at(-1) ?? '{}') as Record<string, number>;
  // Outputs are told of a battery that is heard, and totals go to InfluxDB with its readings.
  const whileHeard = (what: string, isThere: () => boolean) =>
    until(
      what,
      async () => {
        await says(peer, 16, quiet());
        await sleep(1000);
        return isThere();
      },
      MINUTE_MS,
    );
  const points = () =>
    influx.taken.flatMap(({ fields }) => (Number(fields.pv_energy_integrated) > 14.9 ? [fields] : []));
  await whileHeard('all of it to be published', () => Number(told().pv_energy_integrated) > 14.9);
  await whileHeard('InfluxDB to be told', () => points().length > 0);
  const mqtt = told();

  const days = `from=${iso(from - 43_200)}&to=${iso(from + 2 * 86_400)}`;
  const asked = async (per: string) => (await json(server, `/api/batteries/${id}/energy?per=${per}&${days}`)) as Energy;
  const sumOf = (rows: readonly Row[], name: string) => rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);
  const exports = {
    day: await exported(data, 'energy', '--per', 'day'),
    hour: await exported(data, 'energy', '--per', 'hour'),
    minute: await exported(data, 'energy', '--per', 'minute'),
  };
  const [byDay, byHour] = [(await asked('day')).buckets, (await asked('hour')).buckets];
  const onPage = total(addUp([{ since: from, buckets: byDay }]));
  const flows = samplesOf(await metrics(server), 'alphaess_flow_energy_joules_total');
  for (const name of ENERGIES) {
    const truth = onPage[name] ?? Number.NaN;
    const flow = name.replace(/_energy$/, '');
    const prometheus = Object.entries(flows).find(([labels]) => labels.endsWith(`flow=${flow}`));
    const everywhere = {
      byHour: total(byHour)[name],
      exportByDay: sumOf(exports.day, name),
      exportByHour: sumOf(exports.hour, name),
      exportByMinute: sumOf(exports.minute, name),
      mqtt: mqtt[`${name}_integrated`],
      prometheus: (prometheus?.[1] ?? Number.NaN) / JOULES,
      influx: points().at(-1)?.[`${name}_integrated`],
    };
    for (const [where, energy] of Object.entries(everywhere))
      expect([name, where, energy]).toEqual([name, where, expect.closeTo(truth, 2)]);
    const passed = (EXPECTED as Readonly<Record<string, number>>)[flow] ?? 0;
    expect(Math.abs(truth - passed), `${name}: ${truth}`).toBeLessThanOrEqual(0.11);
  }
  // A tenth of a kilowatt is lost by day, and by night: 700 of the battery, of which 600 reach the house.
  const { pv, load, grid_import, grid_export, battery_charge, battery_discharge } = Object.fromEntries(
    Object.entries(onPage).map(([name, energy]) => [name.replace(/_energy$/, ''), energy ?? Number.NaN]),
  ) as Record<string, number> as typeof EXPECTED;
  const lost = pv + grid_import + battery_discharge - load - grid_export - battery_charge;
  expect(Math.abs(lost - 1), `${lost} lost`).toBeLessThan(0.5);
});
