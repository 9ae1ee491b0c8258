/**
 * What happens in the course of a day, planned day by day: clouds passing, a kettle, an oven.
 *
 * A day's plan comes from the day's own random numbers, so that it is the same whether the house steps by ten seconds
 * or by a minute.
 */

export const DAY_SECONDS = 86_400;

/** Something that lasts from `start` to `end` (seconds after midnight, house time) and counts `value` while it does. */
export interface PlannedUse {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

export class DayPlan {
  readonly #plan: (day: number) => readonly PlannedUse[];
  #day = Number.NaN;
  #spans: readonly PlannedUse[] = [];
  #next = 0;
  #active: PlannedUse[] = [];

  /** @param plan the spans of a day, numbered from 1970-01-01. Spans end with their day at the latest. */
  constructor(plan: (day: number) => readonly PlannedUse[]) {
    this.#plan = plan;
  }

  /** The sum of the spans that hold at `localSeconds`. Time may not go back within a day. */
  at(localSeconds: number): number {
    const day = Math.floor(localSeconds / DAY_SECONDS);
    if (day !== this.#day) this.#begin(day);
    const second = localSeconds - day * DAY_SECONDS;
    for (let span = this.#spans[this.#next]; span !== undefined && span.start <= second; ) {
      this.#active.push(span);
      span = this.#spans[++this.#next];
    }
    if (this.#active.some((span) => span.end <= second)) this.#active = this.#active.filter((s) => s.end > second);
    return this.#active.reduce((sum, span) => sum + span.value, 0);
  }

  #begin(day: number): void {
    this.#day = day;
    this.#spans = this.#plan(day).toSorted((a, b) => a.start - b.start);
    this.#next = 0;
    this.#active = [];
  }
}
