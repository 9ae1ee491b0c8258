import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../test/config.ts';
import { Private } from '../model.ts';
import { Bundler, bundleFacts, daysToShift } from './bundler.ts';

const CONFIG = configOf({
  data: './somewhere',
  name: 'Villa Rosa',
  mqtt: { url: 'mqtt://broker', username: 'house', password: 'hunter22' },
});
const PEER = { address: new Private('192.0.2.77') };
const BATTERIES = [{ serial: new Private('AL2002021010101'), trust: { peers: [PEER], lastRun: 0 } }] as never;

it('what goes into a bundle: settings against those of a house that has set nothing, and what is private', () => {
  const house = { config: CONFIG, findings: [], live: null, batteries: BATTERIES, nowMs: 5 };
  const { settings, secrets, machine, problems, logLines } = bundleFacts(house);
  const setting = (path: string) => settings.find((one) => one.path.join('.') === path);
  expect(setting('name')).toMatchObject({ value: 'Villa Rosa', fallback: 'Home', isSecret: false });
  expect(setting('mqtt.password')).toMatchObject({ isSecret: true });
  expect(setting('battery.stale_after')).toMatchObject({ value: 90, fallback: 90 });
  expect(secrets).toEqual(
    expect.arrayContaining(['192.0.2.77', 'AL2002021010101', hostname(), resolve('./somewhere')]),
  );
  expect([machine.node, problems, logLines]).toEqual([process.versions.node, null, null]);
});

it('dates are moved by whole weeks, one at least', () => {
  expect([daysToShift(0), daysToShift(0.5), daysToShift(0.999_999)]).toEqual([7, 1407, 2800]);
});

describe('a running server', () => {
  it('has it made elsewhere, of all that it knows now', async () => {
    const asked: { facts: object; shiftDays: number }[] = [];
    let isStopped = false;
    const bundler = new Bundler({
      config: CONFIG,
      findings: async () => [{ code: 'DATA_SPACE' }],
      live: () => ({ problems: { FRAME_TLS: 1 }, logLines: [{ text: 'a line' }] }),
      batteries: async () => BATTERIES,
      pool: {
        ask: async (_question, one) => {
          asked.push(one);
          return { files: [], zip: 'UEs=' };
        },
        stop: async () => {
          isStopped = true;
        },
      },
      wallMs: () => 5,
      chance: () => 0.5,
    });
    expect(await bundler.make(false)).toEqual({ files: [], zip: 'UEs=' });
    await bundler.make(true);
    expect(asked.map(({ shiftDays }) => shiftDays)).toEqual([0, 1407]);
    expect(asked[0]?.facts).toMatchObject({
      ...{ problems: { FRAME_TLS: 1 }, logLines: [{ text: 'a line' }], findings: [{ code: 'DATA_SPACE' }] },
    });
    await bundler.stop();
    expect(isStopped).toBe(true);
  });
});
