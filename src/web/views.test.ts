import { describe, expect, it } from 'vitest';
import { battery, detail, happened } from '../../test/news.ts';
import type { News } from '../now/news.ts';
import * as schema from './schema.ts';
import { batteryView, connectionView, epochView, gapView, iso, newsView } from './views.ts';

/** 2024-06-12 11:04:00 UTC. */
const NOW = 1_718_190_240_000;
const CLOCK = { offsetSeconds: 3612, aheadOfHouseSeconds: 12, driftPpm: -1.5, settled: true, unconfirmed: false };
const GAP = {
  fromMs: NOW,
  toMs: NOW + 600_000,
  minutes: 9,
  filledMinutes: 4,
  state: 'partly',
  askedAtMs: NOW,
} as const;

describe('a battery', () => {
  it('is told with every moment as a text', () => {
    const { battery: state } = battery({
      name: 'Garage',
      firstSeenMs: NOW - 1000,
      live: { timeMs: NOW, held: [{ field: 'soc', timeMs: NOW - 1000 }], values: { soc: 5 } },
      clock: CLOCK,
      openGaps: 2,
      conflict: { peer: 3, sinceMs: NOW },
    });
    expect(batteryView(state)).toEqual({
      id: 'b3f1c2',
      name: 'Garage',
      first_seen: '2024-06-12T11:03:59.000Z',
      connected: true,
      stale: false,
      last_reading_at: '2024-06-12T11:04:00.000Z',
      live: {
        time: '2024-06-12T11:04:00.000Z',
        values: { soc: 5 },
        held: [{ field: 'soc', time: '2024-06-12T11:03:59.000Z' }],
      },
      detail: null,
      clock: { offset_seconds: 3612, ahead_of_house_seconds: 12, drift_ppm: -1.5, settled: true, unconfirmed: false },
      tapped: false,
      open_gaps: 2,
      conflict: { peer: 3, since: '2024-06-12T11:04:00.000Z' },
    });
  });

  it('may be one that nothing is known of', () => {
    const { battery: state } = battery({ lastReadingAtMs: null, detail: { timeMs: NOW, held: [], values: {} } });
    expect(batteryView(state)).toMatchObject({
      last_reading_at: null,
      live: null,
      detail: { values: {} },
      clock: null,
    });
  });
});

describe('news', () => {
  const all: readonly News[] = [
    { ...detail({ soc: 5, bms_state: null }), other: { Xyz: '11' } },
    battery({ clock: CLOCK }),
    happened({ timeMs: null, code: 41, meaning: 'connected' }),
    { type: 'gap', battery: 'b3f1c2', gap: GAP },
    { type: 'clock', battery: 'b3f1c2', clock: CLOCK },
    { type: 'configuration', battery: 'b3f1c2' },
    { type: 'control', battery: 'b3f1c2', change: 3, state: 'echoed' },
    { type: 'server_state', storing: false, connections: 2 },
  ];

  it.each(all)('are told as their schema says, and no more: $type', (news) => {
    const told = newsView(news);
    expect(schema.liveEvents[news.type].parse(told)).toEqual(told);
  });

  it('of a reading are flat', () => {
    expect(newsView(all[0] ?? expect.unreachable())).toEqual({
      battery: 'b3f1c2',
      kind: 'detail',
      time: '2024-06-12T11:04:00.000Z',
      values: { soc: 5, bms_state: null },
      held: [],
      other: { Xyz: '11' },
    });
  });

  it('of an event have both its times', () => {
    expect(newsView(happened({ timeMs: null }, 5, null))).toEqual({
      battery: null,
      event: {
        time: null,
        received_at: '2024-06-12T11:04:05.000Z',
        source: 'server',
        name: 'connected',
        code: null,
        meaning: null,
        text: 'connection 1',
      },
    });
  });
});

it('tells gaps, epochs and connections', () => {
  expect(gapView(GAP)).toEqual({
    from: '2024-06-12T11:04:00.000Z',
    to: '2024-06-12T11:14:00.000Z',
    minutes: 9,
    filled_minutes: 4,
    state: 'partly',
    asked_at: '2024-06-12T11:04:00.000Z',
  });
  expect(gapView({ ...GAP, askedAtMs: null }).asked_at).toBeNull();
  expect(epochView({ sinceMs: NOW, offsetSeconds: 3600, driftPpm: 0, reason: 'jump' })).toEqual({
    since: '2024-06-12T11:04:00.000Z',
    offset_seconds: 3600,
    drift_ppm: 0,
    unconfirmed: false,
    reason: 'jump',
  });
  expect(
    connectionView({
      connection: 7,
      peer: 'a private network',
      sinceMs: 0,
      tapped: false,
      battery: null,
      batteries: ['a'],
    }),
  ).toEqual({
    connection: 7,
    peer: 'a private network',
    since: iso(0),
    tapped: false,
    battery: null,
    batteries: ['a'],
  });
});
