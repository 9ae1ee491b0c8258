/**
 * What is now in the words of the interface: names in snake_case, moments as ISO 8601. The one place where moments become
 * text for the page and the interface.
 */
import type {
  BatteryNews,
  ChangeNews,
  ClockNews,
  ConfigurationNews,
  EventNews,
  GapNews,
  News,
  ReadingNews,
} from '../now/news.ts';
import type {
  BatteryState,
  ClockState,
  ConnectionState,
  EpochState,
  ShownEvent,
  ShownGap,
  Snapshot,
} from '../now/state.ts';

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Name;

type JsonName<Name> = Name extends string
  ? string extends Name
    ? Name
    : Name extends `${infer Moment}Ms`
      ? SnakeCase<Moment>
      : SnakeCase<Name>
  : never;

/**
 * How the interface writes a type of ours: each name in snake_case; a moment (`…Ms`) as an ISO text under its name without
 * the unit. The schemas are checked against this.
 */
export type JsonOf<Type> = Type extends readonly (infer Element)[]
  ? JsonOf<Element>[]
  : Type extends object
    ? {
        -readonly [Name in keyof Type as JsonName<Name>]: Name extends `${string}Ms`
          ? string | Exclude<Type[Name], number>
          : JsonOf<Type[Name]>;
      }
    : Type;

/** What /api/live tells of each piece of news. */
export interface NewsViews {
  reading: JsonOf<Pick<ReadingNews, 'battery' | 'kind'> & Snapshot & Pick<ReadingNews, 'other'>>;
  battery: JsonOf<BatteryNews['battery']>;
  event: JsonOf<Omit<EventNews, 'type'>>;
  gap: JsonOf<Omit<GapNews, 'type'>>;
  clock: JsonOf<Omit<ClockNews, 'type'>>;
  configuration: JsonOf<Omit<ConfigurationNews, 'type'>>;
  control: JsonOf<Omit<ChangeNews, 'type'>>;
  server_state: { storing: boolean; connections: number };
}

/** Unix milliseconds as `2021-03-23T23:01:52.000Z`. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** What is told of a piece of news, under its type. */
export function newsView(news: News): NewsViews[News['type']] {
  switch (news.type) {
    case 'reading': {
      const { battery, kind, snapshot, other } = news;
      return { battery, kind, ...snapshotView(snapshot), other };
    }
    case 'battery':
      return batteryView(news.battery);
    case 'event':
      return { battery: news.battery, event: eventView(news.event) };
    case 'gap':
      return { battery: news.battery, gap: gapView(news.gap) };
    case 'clock':
      return { battery: news.battery, clock: clockView(news.clock) };
    case 'configuration':
      return { battery: news.battery };
    case 'control':
      return { battery: news.battery, change: news.change, state: news.state };
    case 'server_state':
      return { storing: news.storing, connections: news.connections };
  }
}

export function batteryView(state: BatteryState): JsonOf<BatteryState> {
  const { id, name, connected, tapped, stale, live, detail, clock, conflict } = state;
  return {
    id,
    name,
    first_seen: iso(state.firstSeenMs),
    connected,
    tapped,
    stale,
    last_reading_at: isoOrNull(state.lastReadingAtMs),
    live: live === null ? null : snapshotView(live),
    detail: detail === null ? null : snapshotView(detail),
    clock: clock === null ? null : clockView(clock),
    open_gaps: state.openGaps,
    conflict: conflict === null ? null : { peer: conflict.peer, since: iso(conflict.sinceMs) },
  };
}

/** What is of now alone. */
export function currentView(battery: string, { timeMs, values, held }: Snapshot) {
  const isHeld = new Set(held.map(({ field }) => field));
  const fresh = Object.entries(values).filter(([name]) => !isHeld.has(name));
  return { battery, time: iso(timeMs), values: Object.fromEntries(fresh) };
}

function snapshotView({ timeMs, values, held }: Snapshot): JsonOf<Snapshot> {
  return { time: iso(timeMs), values, held: held.map((one) => ({ field: one.field, time: iso(one.timeMs) })) };
}

function clockView(clock: ClockState): JsonOf<ClockState> {
  return {
    offset_seconds: clock.offsetSeconds,
    ahead_of_house_seconds: clock.aheadOfHouseSeconds,
    drift_ppm: clock.driftPpm,
    settled: clock.settled,
    unconfirmed: clock.unconfirmed,
  };
}

export function epochView(epoch: Omit<EpochState, 'unconfirmed'> & Partial<EpochState>): JsonOf<EpochState> {
  const { sinceMs, offsetSeconds, driftPpm, reason, unconfirmed = false } = epoch;
  return { since: iso(sinceMs), offset_seconds: offsetSeconds, drift_ppm: driftPpm, reason, unconfirmed };
}

export function eventView({ timeMs, receivedAtMs, ...event }: ShownEvent): JsonOf<ShownEvent> {
  const { source, name, code, meaning, text } = event;
  return { time: isoOrNull(timeMs), received_at: iso(receivedAtMs), source, name, code, meaning, text };
}

export function gapView({ fromMs, toMs, minutes, filledMinutes, state, askedAtMs }: ShownGap): JsonOf<ShownGap> {
  return {
    from: iso(fromMs),
    to: iso(toMs),
    minutes,
    filled_minutes: filledMinutes,
    state,
    asked_at: isoOrNull(askedAtMs),
  };
}

export function connectionView({ sinceMs, batteries, ...open }: ConnectionState): JsonOf<ConnectionState> {
  const { connection, peer, tapped, battery } = open;
  return { connection, peer, since: iso(sinceMs), tapped, battery, batteries: [...batteries] };
}
