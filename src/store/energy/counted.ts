/**
 * The readings of a lifetime counter over minutes, as segments among which it only rises. Arithmetic only.
 */
import { stepOf, TENTH } from '../../counter/step.ts';
import { type CounterRun, CounterTrack, NOTHING } from '../../counter/track.ts';

/** A counter's value that had not been there at the reading before. */
export interface Tick {
  /** The minute it was seen in, by its index. */
  readonly at: number;
  /** The last one in which the value before it was seen. */
  readonly seen: number;
  /** By how much it rose, kWh. */
  readonly rise: number;
}

/** Minutes in which one counter was read, by their index. */
export interface Segment {
  readonly first: number;
  readonly last: number;
  readonly ticks: readonly Tick[];
}

export interface Counted {
  readonly segments: readonly Segment[];
  /** The least the counter moves by, kWh; null where it was not seen to move. */
  readonly step: number | null;
}

/** A counter over minutes, and what its power says. */
export interface Metered {
  /** At the end of each minute, kWh; NaN where it was not read. */
  readonly counter: Float64Array;
  /** When each minute ends, s. */
  readonly ends: ArrayLike<number>;
  /** What the power says passed in each, kWh; NaN where it is not known. */
  readonly energy: Float64Array;
  /** Whether that is only the most that it can be. */
  readonly isMost: boolean;
  /** More is refused, kW. */
  readonly mostKw: number;
}

export function countedOf({ counter, ends, energy, isMost, mostKw }: Metered): Counted {
  const minutes: number[] = [];
  for (let minute = 0; minute < counter.length; minute++) if ((counter[minute] as number) >= 0) minutes.push(minute);
  const step = stepOf(minutes.map((minute) => counter[minute] as number));
  const track = new CounterTrack({ step: step ?? TENTH, usualKw: mostOf(energy) * 60, mostKw });
  let powered = 0;
  let watched = 0;
  let minute = 0;
  for (const read of minutes) {
    for (; minute <= read; minute++) {
      const passed = energy[minute] as number;
      // Of what is only the most that it can be nothing follows for the counter.
      if (isMost || Number.isNaN(passed)) continue;
      powered += passed;
      watched += 60;
    }
    track.add(ends[read] as number, counter[read] as number, powered, watched);
  }
  return { segments: segmentsOf(track.run, minutes), step };
}

function segmentsOf(last: CounterRun | null, minutes: readonly number[]): Segment[] {
  const runs: CounterRun[] = [];
  for (let run = last; run !== null; run = run.previous) runs.push(run);
  runs.reverse();
  const segments: { first: number; last: number; ticks: Tick[] }[] = [];
  for (const run of runs) {
    const [from, to] = [minutes[run.first] as number, minutes[run.last] as number];
    const segment = segments.at(-1);
    if (segment === undefined || run.isOther) segments.push({ first: from, last: to, ticks: [] });
    else {
      const rise = run.value - (run.previous as CounterRun).value;
      if (rise > NOTHING) segment.ticks.push({ at: from, seen: segment.last, rise });
      segment.last = to;
    }
  }
  return segments;
}

function mostOf(energy: Float64Array): number {
  let most = 0;
  for (const value of energy) if (value > most) most = value;
  return most;
}
