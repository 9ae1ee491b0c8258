/**
 * What live frames say of a battery's clock: the greatest `battery time − arrival` of the last two hours, since delay only
 * ever makes it smaller; and the drift, as the slope of those maxima over days.
 */

/** Unix milliseconds, and seconds by which the battery's clock is ahead of UTC then. */
interface OffsetPoint {
  readonly ms: number;
  readonly offset: number;
}

/** How far a prediction may be off, in parts per million of the time since, where the drift is known, and where it is not. */
const KNOWN_PPM = 30;
export const UNKNOWN_PPM = 200;
const STRETCH_MS = 600_000;
const WINDOW_MS = 2 * 3_600_000;
/** The slope is taken over a day at least: less would be the noise of a second. */
const SHORTEST_SLOPE_MS = 24 * 3_600_000;
const MOST_POINTS = 7 * 12;
/**
 * Taken off before the estimate is rounded: so a reading is seldom dated after its arrival, and over weeks, in which the
 * cut-off second takes every size, its error stays under a second and a half (measured, test/weeks.test.ts).
 */
const ROUNDING = 0.2;
/** The applied offset changes when the estimate has left it by more than this. */
const STEP_SECONDS = 0.6;
/** Parts per million a second a millisecond. */
const PPM = 1e9;

export class RunningMaximum {
  /** The greatest of each ten minutes, oldest first. */
  #stretches: OffsetPoint[] = [];
  /** The greatest of each two hours, as it was sampled: carried forward it would bear the drift that it is to tell. */
  #points: OffsetPoint[] = [];
  #pointedMs = 0;
  #driftPpm: number;
  /** Worked out from what was applied, which is rougher than what is measured: it holds until ten minutes are. */
  #presumed: OffsetPoint | null = null;

  /** @param driftPpm as measured before; 0 where nothing is known */
  constructor(driftPpm: number) {
    this.#driftPpm = driftPpm;
  }

  /** By how many parts per million the battery's clock is fast. */
  get driftPpm(): number {
    return this.#driftPpm;
  }

  /** How far the estimate may be off when no sample has agreed with it for so many milliseconds, in seconds. */
  uncertaintyAfter(ms: number): number {
    return (Math.max(0, ms) * (this.knowsDrift ? KNOWN_PPM : UNKNOWN_PPM)) / PPM;
  }

  /** Whether the drift was measured, and is not only presumed to be 0. */
  get knowsDrift(): boolean {
    return this.#driftPpm !== 0 || this.#span() >= SHORTEST_SLOPE_MS;
  }

  /** The estimate at a moment, in seconds; what was sampled before is carried forward by the drift. */
  at(ms: number): number {
    return this.#carried(this.#greatest(ms), ms);
  }

  #greatest(ms: number): OffsetPoint {
    let best = this.#presumed ?? (this.#stretches[0] as OffsetPoint);
    for (const point of this.#stretches) if (this.#carried(point, ms) > this.#carried(best, ms)) best = point;
    return best;
  }

  add(ms: number, offset: number): void {
    const newest = this.#stretches.at(-1);
    if (newest === undefined || ms - newest.ms >= STRETCH_MS) this.#begin({ ms, offset });
    else if (offset > this.#carried(newest, ms))
      this.#stretches[this.#stretches.length - 1] = { ms: newest.ms, offset };
  }

  /** The clock was set: what was sampled before says nothing any more, but it drifts as it did. */
  reset(ms: number, offset: number): void {
    this.#points = [];
    this.resume(ms, offset);
  }

  /** Heard again after long: what was sampled before says nothing of the present any more, but something of the drift. */
  resume(ms: number, offset: number): void {
    this.#presumed = null;
    this.#stretches = [];
    this.#begin({ ms, offset });
  }

  /**
   * What is known from before: offsets applied since the clock was last set, oldest first, one at least; the last held until `heardMs`.
   * @returns the estimate then
   */
  restore(applied: readonly { readonly sinceMs: number; readonly offsetSeconds: number }[], heardMs: number): number {
    const all = applied.map(({ sinceMs, offsetSeconds }) => ({ ms: sinceMs, offset: offsetSeconds + ROUNDING }));
    const last = { ms: heardMs, offset: (all.at(-1) as OffsetPoint).offset };
    this.#points = [...all, last].slice(-MOST_POINTS);
    this.#presumed = last;
    this.#pointedMs = last.ms;
    this.#fit();
    return last.offset;
  }

  #carried(point: OffsetPoint, ms: number): number {
    return point.offset + ((ms - point.ms) * this.#driftPpm) / PPM;
  }

  #begin(point: OffsetPoint): void {
    const kept = this.#stretches.filter(({ ms }) => point.ms - ms < WINDOW_MS);
    this.#stretches = [...kept, point];
    if (this.#stretches.length > 1) this.#presumed = null;
    if (this.#points.length > 0 && point.ms - this.#pointedMs < WINDOW_MS) return;
    this.#pointedMs = point.ms;
    this.#points = [...this.#points.slice(1 - MOST_POINTS), this.#greatest(point.ms)];
    this.#fit();
  }

  #span(): number {
    return (this.#points.at(-1)?.ms ?? 0) - (this.#points[0]?.ms ?? 0);
  }

  /** Least squares. */
  #fit(): void {
    if (this.#span() < SHORTEST_SLOPE_MS) return;
    const n = this.#points.length;
    const ms = this.#points.reduce((sum, point) => sum + point.ms, 0) / n;
    const offset = this.#points.reduce((sum, point) => sum + point.offset, 0) / n;
    let products = 0;
    let squares = 0;
    for (const point of this.#points) {
      products += (point.ms - ms) * (point.offset - offset);
      squares += (point.ms - ms) ** 2;
    }
    this.#driftPpm = Math.round((products / squares) * PPM * 10) / 10;
  }
}

/** The offset to apply: the nearest to the estimate. */
export function rounded(estimate: number): number {
  return Math.floor(estimate - ROUNDING + 0.5);
}

export function hasLeft(estimate: number, offsetSeconds: number): boolean {
  return Math.abs(estimate - ROUNDING - offsetSeconds) > STEP_SECONDS;
}
