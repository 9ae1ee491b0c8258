import { describe, expect, it } from 'vitest';
import { said } from '../../test/doctor-facts.ts';
import type { OutputFacts } from './facts.ts';
import { checkOutputs } from './outputs.ts';

const output = (change: Partial<OutputFacts>): OutputFacts => ({
  name: 'mqtt',
  state: 'up',
  queued: 0,
  dropped: 0,
  problem: null,
  ...change,
});
const look = (...changes: Partial<OutputFacts>[]) => said(checkOutputs({ outputs: changes.map(output) }));
const AWAY = { code: 'OUTPUT_UNREACHABLE', detail: 'connect ECONNREFUSED' };

describe('outputs', () => {
  it('work, each by itself', () => {
    expect(look({}, { name: 'influx', queued: 12 })).toEqual([
      'ok OUTPUT_WORKS output mqtt: it works',
      'ok OUTPUT_WORKS output influx: it works, 12 wait',
    ]);
  });

  it('are starting, are down, are refused, are stopped', () => {
    expect(look({ state: 'starting' })).toEqual(['ok OUTPUT_STARTING output mqtt: it is starting']);
    const down =
      'warning OUTPUT_DOWN output mqtt: its server is not reached, 3 wait: connect ECONNREFUSED [OUTPUT_UNREACHABLE]';
    expect(look({ state: 'starting', queued: 3, problem: AWAY })).toEqual([down]);
    expect(look({ state: 'down', queued: 3, problem: AWAY })).toEqual([down]);
    expect(look({ state: 'refused', problem: { code: 'OUTPUT_LOGIN', detail: 'not authorised' } })).toEqual([
      'fault OUTPUT_REFUSED output mqtt: its server refuses: not authorised [OUTPUT_LOGIN]',
    ]);
    expect(look({ state: 'stopped' })).toEqual([]);
  });

  it('have lost something', () => {
    expect(look({ dropped: 7 })).toEqual([
      'ok OUTPUT_WORKS output mqtt: it works',
      'warning OUTPUT_LOST output mqtt: 7 were dropped since the start',
    ]);
  });

  it('are none, or not known', () => {
    expect(look()).toEqual([]);
    expect(checkOutputs({ outputs: null })).toEqual([]);
  });
});
