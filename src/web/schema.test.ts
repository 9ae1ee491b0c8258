import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as z from 'zod';
import type { News } from '../now/news.ts';
import type {
  BatteryState,
  ClockState,
  ConnectionState,
  EpochState,
  ShownEvent,
  ShownGap,
  Snapshot,
} from '../now/state.ts';
import { ENERGY_NAMES } from './query/energy.ts';
import * as schema from './schema.ts';
import type { JsonOf, NewsViews } from './views.ts';

describe('what is asked', () => {
  it('has what is usual where nothing is said', () => {
    expect(schema.readingsQuery.parse({ fields: 'soc' })).toEqual({ fields: 'soc', points: 500 });
    expect(schema.energyQuery.parse({})).toEqual({ per: 'day' });
    expect(schema.eventsQuery.parse({ limit: '7' })).toEqual({ limit: 7 });
    expect(schema.framesQuery.parse({})).toEqual({ kind: 'recent', limit: 100 });
  });

  it.each([
    { points: '' },
    { points: '1.5' },
    { points: 'Infinity' },
    { points: '-1' },
    { points: ['1', '2'] },
    { from: '2026-11-23' },
  ])('is refused where it is none: %j', (change) => {
    expect(schema.readingsQuery.safeParse({ fields: 'soc', ...change }).success).toBe(false);
  });
});

it('has a place for each flow of energy', () => {
  const bucket = Object.fromEntries(ENERGY_NAMES.map((name) => [name, 1]));
  expect(
    schema.energy.parse({
      per: 'day',
      buckets: [{ start: '2026-11-23T00:00:00Z', end: '2026-11-24T00:00:00Z', ...bucket, incomplete: ['pv_energy'] }],
    }).buckets[0],
  ).toMatchObject({ ...bucket, incomplete: ['pv_energy'] });
});

/** Checked by the compiler: a name more or less, or of another type, does not compile. */
it('says what the types of what is now say, and no more', () => {
  expectTypeOf<z.infer<typeof schema.battery>>().toEqualTypeOf<JsonOf<BatteryState>>();
  expectTypeOf<z.infer<typeof schema.snapshot>>().toEqualTypeOf<JsonOf<Snapshot>>();
  expectTypeOf<z.infer<typeof schema.server>['peers'][number]>().toEqualTypeOf<JsonOf<ConnectionState>>();
  expectTypeOf<z.infer<typeof schema.events>[number]>().toEqualTypeOf<JsonOf<ShownEvent>>();
  expectTypeOf<z.infer<typeof schema.gaps>[number]>().toEqualTypeOf<JsonOf<ShownGap>>();
  expectTypeOf<z.infer<typeof schema.epochs>[number]>().toEqualTypeOf<JsonOf<EpochState>>();
  expectTypeOf<z.infer<typeof schema.liveEvents.clock>['clock']>().toEqualTypeOf<JsonOf<ClockState>>();
  type Told = { [Type in keyof NewsViews]: z.infer<(typeof schema.liveEvents)[Type]> };
  expectTypeOf<Told>().toEqualTypeOf<NewsViews>();
  expectTypeOf<keyof NewsViews>().toEqualTypeOf<News['type']>();
});

it('writes names in snake_case and moments as texts under their names', () => {
  interface Ours {
    readonly sinceMs: number;
    readonly lastReadingAtMs: number | null;
    readonly driftPpm: number;
    readonly values: Readonly<Record<string, number>>;
    readonly inner: { readonly openGaps: number } | null;
    readonly list: readonly { readonly toMs: number }[];
  }
  expectTypeOf<JsonOf<Ours>>().toEqualTypeOf<{
    since: string;
    last_reading_at: string | null;
    drift_ppm: number;
    values: Record<string, number>;
    inner: { open_gaps: number } | null;
    list: { to: string }[];
  }>();
});
