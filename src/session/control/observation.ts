/**
 * Whether a battery does what it says it was set to: by the power that follows. "Accepted, and nothing happened" is what owners of such batteries report most.
 */
import type { ControlWish } from '../../model.ts';

/** One live reading. */
export interface ObservedPower {
  /** W, + discharging; null where it was not told. */
  readonly watts: number | null;
  /** Percent; null where it was not told. */
  readonly percent: number | null;
}

export type ObservedVerdict =
  | { readonly verdict: 'agrees'; readonly note: string }
  | { readonly verdict: 'disagrees'; readonly note: string }
  | { readonly verdict: 'not_observable'; readonly note: string };

/** The power follows a setting within seconds; readings that were on their way say nothing of it. ms */
export const SETTLING_MS = 30_000;
/** For so long the power is looked at, ms. */
export const OBSERVED_MS = 180_000;
const LEAST_SAMPLES = 6;
/** W, or this share of the rated power where that is more. */
const MOST_WATTS = 200;
const MOST_SHARE = 0.05;
const FULL_PERCENT = 99;

export class Observation {
  readonly #kind: ControlWish['kind'];
  readonly #limit: number;
  readonly #watts: number[] = [];
  #percent: number | null = null;
  #sawBlackout = false;

  constructor(wish: ControlWish) {
    this.#kind = wish.kind;
    this.#limit = wish.kind === 'charge' ? wish.limit : 100;
  }

  /** @param isBlackout whether its grid is gone: then the inverter supplies the house whatever its settings are */
  add({ watts, percent }: ObservedPower, isBlackout: boolean): void {
    this.#sawBlackout ||= isBlackout;
    if (watts !== null) this.#watts.push(watts);
    this.#percent = percent ?? this.#percent;
  }

  /** @param ratedWatts of the inverter or its PV; null where it is not known */
  verdict(ratedWatts: number | null): ObservedVerdict {
    if (this.#sawBlackout) return notObservable('the grid was gone');
    if (this.#watts.length < LEAST_SAMPLES) return notObservable('too few readings came');
    const mean = Math.round(this.#watts.reduce((sum, watts) => sum + watts, 0) / this.#watts.length);
    const most = Math.max(MOST_WATTS, (ratedWatts ?? 0) * MOST_SHARE);
    const meanly = `on average the battery ${mean < 0 ? `charged with ${-mean}` : `discharged with ${mean}`} W`;
    if (mean > most) return { verdict: 'disagrees', note: meanly };
    if (this.#kind === 'hold' || mean < -most) return { verdict: 'agrees', note: meanly };
    const percent = this.#percent ?? 0;
    if (percent >= FULL_PERCENT) return notObservable('the battery is full');
    return percent >= this.#limit
      ? { verdict: 'agrees', note: `its charge has come to ${percent} %` }
      : { verdict: 'disagrees', note: `${meanly}, at ${percent} %` };
  }
}

function notObservable(note: string): ObservedVerdict {
  return { verdict: 'not_observable', note };
}
