/**
 * A lifetime counter as it may be published: it never falls and is never zero. Whoever reads it takes a fall for a new
 * meter (Home Assistant's `total_increasing`), and a zero after a restart of the battery for a lifetime lost.
 *
 * Which readings are believed is said by the same rule as for the tables (decision 0008). It may change its mind about the
 * last few; what was published too high by then is held until the truth has passed it.
 */
import { stepOf, TENTH } from '../counter/step.ts';
import { type CounterRun, CounterTrack, MOST_KW, SETTLED_AFTER } from '../counter/track.ts';

/** A reading: Unix seconds, kWh. */
type Reading = readonly [at: number, value: number];

/** A counter at one value, of which no doubt is left. */
interface Anchor {
  /** When it was last read there, Unix seconds. */
  readonly at: number;
  /** What it showed, kWh. */
  readonly value: number;
  /** What is added to it since it was reset, kWh. */
  readonly offset: number;
  /** The most its house was seen to do while nobody listened, kW. */
  readonly usualKw: number;
  /** The same of the counter before it was reset; null where it never was. */
  readonly former: Anchor | null;
}

/** What is kept of a counter through a restart. */
export interface TotalState {
  /** As it was last published, kWh. */
  readonly last: number;
  /** The least it was seen to move by, kWh; null as long as it was not. */
  readonly step: number | null;
  readonly anchor: Anchor;
  /** Readings since, of which some may turn out to be wrong. */
  readonly recent: readonly Reading[];
}

/** A step more or less makes many kilowatts of a shorter time, h. */
const LEAST_HOURS = 0.5;

export class Total {
  #state: TotalState | null;

  /** @param state as it was kept; null where the counter was never published */
  constructor(state: TotalState | null) {
    this.#state = state;
  }

  get state(): TotalState | null {
    return this.#state;
  }

  /**
   * Takes what the counter shows.
   * @param value kWh; null where it was not read
   * @param at Unix seconds
   * @returns what may be published, kWh; null where nothing ever was
   */
  take(value: number | null, at: number): number | null {
    if (value === null || !Number.isFinite(value) || value < 0) return this.#state?.last ?? null;
    if (this.#state !== null) this.#state = taken(this.#state, [at, value]);
    else if (value > 0) this.#state = begun([at, value]);
    return this.#state?.last ?? null;
  }
}

/** As it was kept, by this version or the one before, which kept no readings; null where it cannot be read. */
export function totalState(kept: unknown): TotalState | null {
  if (typeof kept !== 'object' || kept === null) return null;
  if ('anchor' in kept) return kept as TotalState;
  const { last, offset, at } = kept as Readonly<Record<string, unknown>>;
  if (typeof last !== 'number' || typeof offset !== 'number' || typeof at !== 'number') return null;
  return { last, step: null, anchor: { at, value: last - offset, offset, usualKw: 0, former: null }, recent: [] };
}

function begun([at, value]: Reading): TotalState {
  const anchor = { at, value, offset: 0, usualKw: 0, former: null };
  return { last: value, step: null, anchor, recent: [] };
}

function taken(state: TotalState, [at, value]: Reading): TotalState {
  // A clock that is set back does not make a counter older.
  const latest = state.recent.at(-1)?.[0] ?? state.anchor.at;
  const recent: Reading[] = [...state.recent, [Math.max(at, latest), value]];
  const seen = stepOf(recent.map(([, shown]) => shown));
  const step = state.step === null || seen === null ? (state.step ?? seen) : Math.min(state.step, seen);
  const run = followed(state.anchor, recent, step ?? TENTH);
  const last = Math.max(state.last, lifetimeOf(run));
  if (recent.length < SETTLED_AFTER) return { last, step, anchor: state.anchor, recent };
  const usualKw = Math.max(run.usualKw, doneBetween(state.anchor, run));
  return { last, step, anchor: { ...settled(run, recent[0] as Reading), usualKw }, recent: recent.slice(1) };
}

/** The mean power over readings, kW; 0 where they are too near each other to tell. */
function doneBetween(anchor: Anchor, run: CounterRun): number {
  const hours = (run.to - anchor.at) / 3600;
  return hours < LEAST_HOURS ? 0 : (lifetimeOf(run) - lifetimeOf(anchor)) / hours;
}

/** What a counter has come to with those before it, kWh, in the finest step of the wire. */
function lifetimeOf({ value, offset }: { readonly value: number; readonly offset: number }): number {
  return Math.round((value + offset) * 10_000) / 10_000;
}

/** What is believed of a counter after these readings. */
function followed(anchor: Anchor, readings: readonly Reading[], step: number): CounterRun {
  const track = new CounterTrack({ step, usualKw: 0, mostKw: MOST_KW }, runOf(anchor));
  for (const [at, value] of readings) track.add(at, value, 0, 0);
  // There is one: the anchor.
  return track.run as CounterRun;
}

/** What was believed once the first of the readings had come. */
function settled(last: CounterRun, [at]: Reading): Anchor {
  let run = last;
  while (run.first > 1 && run.previous !== null) run = run.previous;
  return anchorOf(run, Math.min(run.to, at));
}

function anchorOf({ value, offset, usualKw, former }: CounterRun, at: number): Anchor {
  return {
    at,
    value,
    offset,
    usualKw,
    former: former === null ? null : anchorOf({ ...former, former: null }, former.to),
  };
}

function runOf({ at, value, offset, usualKw, former }: Anchor): CounterRun {
  const readings = { from: at, to: at, first: 0, last: 0, powered: 0, watched: 0, watchedFrom: 0 };
  const before = { previous: null, isOther: false, former: former === null ? null : runOf(former) };
  return { ...readings, value, offset, usualKw, ...before };
}
