/**
 * What Prometheus is told of the server itself.
 */
import { Counter, Histogram, Registry } from 'prom-client';
import { READING_KINDS, type ReadingKind, type StoreRecord } from '../../model.ts';
import type { SinkStatus } from '../sink.ts';
import { type ExpositionLine, type ExpositionMetric, labelsOf } from './exposition.ts';

/** Asked when somebody wants to know, of whoever counts. */
export interface Figures {
  readonly version: string;
  frames(): { readonly received: number; readonly sent: number };
  /** How often each problem was seen since the start, by code; with those that never were. */
  problems(): Readonly<Record<string, number>>;
  /** Whether what batteries send can be kept at present. */
  storing(): boolean;
  /** Rows that are committed and not yet in their place. */
  waitingRows(): number;
  /** How many batteries are connected, and how many pages listen. */
  connections(): number;
  pages(): number;
  /** How many connections of batteries are relayed, and how many of them reach the vendor; null where nothing is relayed. */
  relayed(): {
    readonly connections: number;
    readonly up: number;
    /** Frames since the start, by what became of them. */
    readonly totals: Readonly<Record<string, number>>;
  } | null;
  outputs(): readonly { readonly name: string; readonly status: SinkStatus }[];
}

/** From a fast disk to a slow card, seconds. */
const COMMIT_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export class ServerMetrics {
  /** What is counted as it happens. */
  readonly registry = new Registry();
  readonly #commits = new Histogram({
    name: 'alphaess_commit_duration_seconds',
    help: 'How long it took to write what came; batteries are answered after it.',
    buckets: COMMIT_BUCKETS,
    registers: [this.registry],
  });
  readonly #readings = new Counter({
    name: 'alphaess_readings_kept_total',
    help: 'Readings that were written, by kind.',
    labelNames: ['kind'],
    registers: [this.registry],
  });

  committed(records: readonly StoreRecord[], tookMs: number): void {
    this.#commits.observe(tookMs / 1000);
    const kept: Record<ReadingKind, number> = { live: 0, detail: 0, history: 0 };
    for (const record of records) if (record.type === 'reading') kept[record.kind]++;
    for (const kind of READING_KINDS) if (kept[kind] > 0) this.#readings.inc({ kind }, kept[kind]);
  }

  /** What is looked up. */
  metrics(figures: Figures): ExpositionMetric[] {
    const versions = labelsOf({ version: figures.version, node: process.versions.node });
    const problems = () =>
      Object.entries(figures.problems()).map(([code, times]): ExpositionLine => [labelsOf({ code }), times]);
    return [
      {
        name: 'alphaess_server_info',
        help: 'The server: its version, and that of Node.',
        type: 'gauge',
        lines: () => [[versions, 1]],
      },
      one('counter', 'alphaess_messages_received_total', 'Messages of batteries.', () => figures.frames().received),
      one('counter', 'alphaess_messages_sent_total', 'Messages to batteries.', () => figures.frames().sent),
      {
        name: 'alphaess_problems_total',
        help: 'Problems, by their code in docs/errors.md.',
        type: 'counter',
        lines: problems,
      },
      one('gauge', 'alphaess_storing', '1: what comes can be kept at present. 0: not.', () =>
        Number(figures.storing()),
      ),
      one('gauge', 'alphaess_store_waiting_rows', 'Rows that are written and not yet in their place.', () =>
        figures.waitingRows(),
      ),
      one('gauge', 'alphaess_connections', 'Open connections of batteries.', () => figures.connections()),
      one('gauge', 'alphaess_listening_pages', 'Pages that listen to /api/live.', () => figures.pages()),
      ...ofRelay(figures),
      ...ofOutputs(figures),
    ];
  }
}

function ofRelay(figures: Figures): ExpositionMetric[] {
  const of = (name: string, help: string, count: 'connections' | 'up'): ExpositionMetric => {
    const lines = (): ExpositionLine[] => {
      const relayed = figures.relayed();
      return relayed === null ? [] : [['', relayed[count]]];
    };
    return { name, help, type: 'gauge', lines };
  };
  const totals = (): ExpositionLine[] =>
    Object.entries(figures.relayed()?.totals ?? {}).map(([fate, count]) => [labelsOf({ fate }), count]);
  const help =
    'Messages for the vendor (sent; missed while it was away; dropped as it read too slowly) and of it (received, damaged).';
  return [
    { name: 'alphaess_relay_messages_total', help, type: 'counter', lines: totals },
    of('alphaess_relay_connections', 'Connections of batteries that are relayed to the vendor.', 'connections'),
    of('alphaess_relay_connections_up', 'Relayed connections on which the vendor is reached at present.', 'up'),
  ];
}

function ofOutputs(figures: Figures): ExpositionMetric[] {
  const each = (
    type: ExpositionMetric['type'],
    name: string,
    help: string,
    value: (of: SinkStatus) => number,
  ): ExpositionMetric => {
    const lines = () =>
      figures.outputs().map(({ name: output, status }): ExpositionLine => [labelsOf({ output }), value(status)]);
    return { name, help, type, lines };
  };
  return [
    each('gauge', 'alphaess_output_up', '1: the output’s server takes what it is sent. 0: not.', ({ state }) =>
      Number(state === 'up'),
    ),
    each('gauge', 'alphaess_output_queue_length', 'What waits to be sent.', ({ queued }) => queued),
    each('counter', 'alphaess_output_sent_total', 'What the output’s server has confirmed.', ({ sent }) => sent),
    each('counter', 'alphaess_output_dropped_total', 'What was dropped.', ({ dropped }) => dropped),
  ];
}

function one(type: ExpositionMetric['type'], name: string, help: string, value: () => number): ExpositionMetric {
  return { name, help, type, lines: () => [['', value()]] };
}
