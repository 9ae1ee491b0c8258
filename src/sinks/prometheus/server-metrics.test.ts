import { beforeEach, describe, expect, it } from 'vitest';
import { parseExposition, samplesOf } from '../../../test/exposition.ts';
import { identity, reading, T } from '../../../test/records.ts';
import { textOf } from './exposition.ts';
import { type Figures, ServerMetrics } from './server-metrics.ts';

const UP = { state: 'up', queued: 3, sent: 40, dropped: 2, lastSentMs: 1, problem: null } as const;
const DOWN = { ...UP, state: 'down', queued: 9, sent: 0 } as const;

let figures: Figures;
let metrics: ServerMetrics;

beforeEach(() => {
  figures = {
    version: '1.2.3',
    frames: () => ({ received: 7, sent: 6 }),
    problems: () => ({ FRAME_TLS: 2, PEER_SILENT: 0 }),
    storing: () => true,
    waitingRows: () => 12,
    connections: () => 4,
    pages: () => 1,
    relayed: () => ({ connections: 3, up: 2, totals: { sent: 5, missed: 1 } }),
    outputs: () => [
      { name: 'mqtt', status: UP },
      { name: 'influx', status: DOWN },
    ],
  };
  metrics = new ServerMetrics();
});

const told = async () => (await textOf(metrics.metrics(figures))).join('') + (await metrics.registry.metrics());

describe('what is told of the server', () => {
  it('is how it is at the moment', async () => {
    const text = await told();
    expect(samplesOf(text, 'alphaess_server_info')).toEqual({ [`version=1.2.3 node=${process.versions.node}`]: 1 });
    expect(samplesOf(text, 'alphaess_messages_received_total')).toEqual({ '': 7 });
    expect(samplesOf(text, 'alphaess_messages_sent_total')).toEqual({ '': 6 });
    expect(samplesOf(text, 'alphaess_storing')).toEqual({ '': 1 });
    expect(samplesOf(text, 'alphaess_store_waiting_rows')).toEqual({ '': 12 });
    expect(samplesOf(text, 'alphaess_connections')).toEqual({ '': 4 });
    expect(samplesOf(text, 'alphaess_listening_pages')).toEqual({ '': 1 });
  });

  it('is how often each problem was seen, also those that never were', async () => {
    expect(samplesOf(await told(), 'alphaess_problems_total')).toEqual({ 'code=FRAME_TLS': 2, 'code=PEER_SILENT': 0 });
  });

  it('is how many connections are relayed and up, and nothing of that where nothing is relayed', async () => {
    expect(samplesOf(await told(), 'alphaess_relay_connections')).toEqual({ '': 3 });
    expect(samplesOf(await told(), 'alphaess_relay_connections_up')).toEqual({ '': 2 });
    expect(samplesOf(await told(), 'alphaess_relay_messages_total')).toEqual({ 'fate=sent': 5, 'fate=missed': 1 });
    figures = { ...figures, relayed: () => null };
    for (const name of ['alphaess_relay_connections', 'alphaess_relay_messages_total'])
      expect(samplesOf(await told(), name)).toEqual({});
  });

  it('is how its outputs are', async () => {
    const text = await told();
    expect(samplesOf(text, 'alphaess_output_up')).toEqual({ 'output=mqtt': 1, 'output=influx': 0 });
    expect(samplesOf(text, 'alphaess_output_queue_length')).toEqual({ 'output=mqtt': 3, 'output=influx': 9 });
    expect(samplesOf(text, 'alphaess_output_sent_total')).toEqual({ 'output=mqtt': 40, 'output=influx': 0 });
    expect(samplesOf(text, 'alphaess_output_dropped_total')).toEqual({ 'output=mqtt': 2, 'output=influx': 2 });
  });

  it('is what was written, by kind, and how long that took', async () => {
    metrics.committed([identity(), reading('live', T), reading('live', T + 10), reading('history', T)], 4);
    metrics.committed([identity()], 300);
    const text = await told();
    expect(samplesOf(text, 'alphaess_readings_kept_total')).toEqual({ 'kind=live': 2, 'kind=history': 1 });
    const { type, samples } = parseExposition(text).get('alphaess_commit_duration_seconds') ?? expect.unreachable();
    expect(type).toBe('histogram');
    expect(samples.get('alphaess_commit_duration_seconds_count')).toEqual([{ labels: {}, value: 2 }]);
    expect(samples.get('alphaess_commit_duration_seconds_sum')).toEqual([{ labels: {}, value: 0.304 }]);
    const buckets = samples.get('alphaess_commit_duration_seconds_bucket') ?? [];
    const below = (le: string) => buckets.find(({ labels }) => labels.le === le)?.value;
    expect([below('0.0025'), below('0.005'), below('0.25'), below('0.5'), below('+Inf')]).toEqual([0, 1, 1, 2, 2]);
  });

  it('is of this server alone, though others are in the process', async () => {
    new ServerMetrics().committed([reading('live', T)], 4);
    expect(samplesOf(await told(), 'alphaess_readings_kept_total')).toEqual({});
  });
});
