/**
 * docs/evcc.md: each expression on what this server publishes, by the real jq; each command as this server reads it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { readCommand } from '../../src/sinks/mqtt/commands.ts';
import { MqttSink } from '../../src/sinks/mqtt/mqtt.ts';
import { Broker } from '../broker.ts';
import { FIRST_LIVE_MS, records } from '../filled.ts';
import { energy } from '../news.ts';
import { SinkHouse } from '../sink-house.ts';
import { brokerAt, HOUSE } from '../sink-settings.ts';

const JQ = '/usr/bin/jq';
const REASON = `there is no ${JQ}: apt-get install jq`;
const PAGE = readFileSync(new URL('../../docs/evcc.md', import.meta.url), 'utf8');
const [, EXAMPLE = ''] = /```yaml\n(.*?)```/s.exec(PAGE) ?? [];

interface Getter {
  readonly source: string;
  readonly topic: string;
  readonly jq: string;
}

interface Meter {
  readonly name: string;
  readonly power: Getter;
  readonly energy: Getter;
  readonly soc?: Getter;
  readonly batterymode?: {
    readonly source: string;
    readonly switch: readonly {
      readonly case: number;
      readonly set: { readonly topic: string; readonly payload: string; readonly source: string; retained?: boolean };
    }[];
  };
}

const { meters, site } = parse(EXAMPLE) as {
  readonly meters: readonly Meter[];
  readonly site: { readonly meters: Readonly<Record<string, string | readonly string[]>> };
};

/** What the broker keeps of a battery that has said fixtures/, by the last levels of the topics. */
async function published(): Promise<ReadonlyMap<string, string>> {
  const broker = await Broker.start();
  const house = new SinkHouse(
    (tools) =>
      new MqttSink({
        ...tools,
        broker: brokerAt(broker.url),
        house: HOUSE,
        queue: 1000,
        control: null,
        random: () => 0,
      }),
    () => FIRST_LIVE_MS,
  );
  for (const some of records().slice(0, 1)) house.commit(...some);
  const id = house.store.batteries()[0]?.id ?? expect.unreachable('there is no battery');
  const total = { pv_energy: 12.345, grid_import_energy: 7.25, battery_discharge_energy: 3.5 };
  house.sink.tell(energy({ battery: id, total }));
  await vi.waitFor(() => expect(broker.retained.has(`alphaess/${id}/energy`)).toBe(true), { timeout: 5000 });
  await vi.waitFor(() => expect(house.sink.status.queued).toBe(0), { timeout: 5000 });
  return new Map([...broker.retained].map(([topic, payload]) => [topic.replace(`alphaess/${id}/`, ''), payload]));
}

const jq = (expression: string, input: string) =>
  execFileSync(JQ, ['-r', expression], { input, encoding: 'utf8' }).trim();

// Of the last live reading in fixtures/session.hex: PmeterL1, L2, L3 -3428, 0, 0; Ppv1, Ppv2, PmeterDC 1893, 1767, 2404.
const EXPECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alphaess_grid: { power: '-3428', energy: '7.25' },
  alphaess_pv: { power: '6064', energy: '12.345' },
  alphaess_battery: { power: '-2105.604', energy: '3.5', soc: '71.2' },
};

const trying = existsSync(JQ)
  ? it
  : process.env.REQUIRE_JQ === '1'
    ? (what: string) =>
        it(what, () => {
          throw new Error(REASON);
        })
    : (what: string) => it.skip(`${what} (skipped: ${REASON})`, () => {});

describe('the page on evcc', () => {
  trying('has expressions that find each value in what is published', async () => {
    const topics = await published();
    const found = Object.fromEntries(
      meters.map(({ name, power, energy: total, soc }) => {
        const getters = Object.entries({ power, energy: total, soc }).filter(([, getter]) => getter !== undefined);
        const values = (getters as [string, Getter][]).map(([what, { source, topic, jq: expression }]) => {
          expect(source).toBe('mqtt');
          const level = topic.replace('alphaess/b3f1c2/', '');
          return [what, jq(expression, topics.get(level) ?? expect.unreachable(`nothing is said under ${topic}`))];
        });
        return [name, Object.fromEntries(values)];
      }),
    );
    expect(found).toEqual(EXPECTED);
  });

  it('has a command for each mode of evcc’s, which is understood', () => {
    const modes = meters.flatMap(({ batterymode }) => batterymode?.switch ?? []);
    const read = modes.map(({ case: mode, set: { source, topic, payload, retained } }) => {
      expect([source, retained]).toEqual(['mqtt', undefined]);
      const command = readCommand('alphaess', { topic, payload, isRetained: false }, FIRST_LIVE_MS);
      return [mode, command !== null && 'body' in command ? command.body : command];
    });
    expect(read).toEqual([
      [1, { verb: 'normal' }],
      [2, { verb: 'hold' }],
      [3, { verb: 'charge' }],
    ]);
    const [, other = ''] = /`(\{"verb"[^`]*)`/.exec(PAGE) ?? [];
    const heard = { topic: 'alphaess/b3f1c2/set', payload: other, isRetained: false };
    expect(readCommand('alphaess', heard, FIRST_LIVE_MS)).toEqual({
      battery: 'b3f1c2',
      body: { verb: 'charge', charge_limit: 80 },
    });
  });

  it('names meters that there are', () => {
    expect(Object.values(site.meters).flat()).toEqual(meters.map(({ name }) => name));
  });
});
