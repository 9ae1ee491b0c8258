import { describe, expect, it } from 'vitest';
import { outputView, type ShownOutput } from './outputs.ts';

const NOW = Date.parse('2026-11-23T09:05:00Z') / 1000;

function output(change: Partial<ShownOutput> = {}): ShownOutput {
  return {
    name: 'mqtt',
    state: 'up',
    queued: 0,
    sent: 12_345,
    dropped: 0,
    last_sent_at: '2026-11-23T09:04:52Z',
    problem: null,
    ...change,
  };
}

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');
const factsOf = (change: Partial<ShownOutput>) =>
  outputView(output(change), NOW).facts.map(([name, value]) => plain(`${name}: ${value}`));

describe('an output', () => {
  it('that works says what it did', () => {
    expect(outputView(output(), NOW)).toMatchObject({
      title: 'MQTT',
      state: 'connected',
      isTrouble: false,
      problem: null,
    });
    expect(factsOf({})).toEqual(['Waiting: 0', 'Sent: 12 345', 'Dropped: 0', 'Last sent: 8 s ago']);
  });

  it.each([
    ['starting', 'starting', false],
    ['down', 'not connected', true],
    ['refused', 'refused', true],
    ['stopped', 'stopped', false],
  ] as const)('that is %s says so: %s', (state, words, isTrouble) => {
    expect(outputView(output({ state }), NOW)).toMatchObject({ state: words, isTrouble });
  });

  it('says what keeps it from working, and what waits meanwhile', () => {
    const problem = { code: 'OUTPUT_REFUSED', detail: 'bad password' };
    const refused = output({ state: 'refused', problem, queued: 7, dropped: 3, sent: 0, last_sent_at: null });
    expect(outputView(refused, NOW).problem).toEqual(problem);
    expect(factsOf(refused)).toEqual(['Waiting: 7', 'Sent: 0', 'Dropped: 3', 'Last sent: never']);
  });

  it.each([
    ['influx', 'InfluxDB'],
    ['pvoutput', 'PVOutput'],
    ['one-of-yours', 'one-of-yours'],
  ])('called %s has the title %s', (name, title) => {
    expect(outputView(output({ name }), NOW).title).toBe(title);
  });
});

describe('Prometheus', () => {
  it.each([
    ['up', 'asks regularly'],
    ['down', 'asks no more'],
  ] as const)('comes and asks, and is no trouble where it does not: %s', (state, words) => {
    const prometheus = output({ name: 'prometheus', state, sent: 3 });
    expect(outputView(prometheus, NOW)).toMatchObject({ title: 'Prometheus', state: words, isTrouble: false });
    expect(factsOf(prometheus)).toEqual(['Asked: 3', 'Last asked: 8 s ago']);
  });
});
