/**
 * The load in minutes of which it is not known: what came from the sun, the grid and the battery, less what went to them.
 * Arithmetic only.
 */

/** What one flow was in each minute of a day, kWh; NaN where not known. null of one that the house does not have. */
export type MinuteFlow = Float64Array | null;

export interface DayFlows {
  readonly pv: MinuteFlow;
  readonly imported: MinuteFlow;
  readonly exported: MinuteFlow;
  readonly charged: MinuteFlow;
  readonly discharged: MinuteFlow;
}

/**
 * Fills in the load. It includes what conversion lost, and over each stretch it is never below nothing; where the flows do
 * not go together minute by minute, since they are shared out over a gap, its minutes are lifted without changing their sum.
 * @param load kWh in each minute, NaN where not known
 */
export function balanced(load: Float64Array, parts: DayFlows): Float64Array {
  const filled = load.slice();
  if (parts.imported === null) return filled;
  for (let from = 0; from < load.length; from++) {
    if (!Number.isNaN(load[from])) continue;
    let to = from;
    while (to < load.length && Number.isNaN(load[to])) to++;
    fill(filled, from, to, parts);
    from = to;
  }
  return filled;
}

/** Fills minutes of which no load is known, as far as the flows are. */
function fill(load: Float64Array, from: number, to: number, parts: DayFlows): void {
  let first = from;
  for (let minute = from; minute <= to; minute++) {
    if (minute < to && !Number.isNaN(balanceAt(minute, parts))) continue;
    level(load, first, minute, parts);
    first = minute + 1;
  }
}

/** Puts the balances of minutes into them, none below nothing, so that they add up to the same. */
function level(load: Float64Array, from: number, to: number, parts: DayFlows): void {
  let sum = 0;
  let positive = 0;
  for (let minute = from; minute < to; minute++) {
    const balance = balanceAt(minute, parts);
    sum += balance;
    positive += Math.max(0, balance);
  }
  const factor = sum > 0 ? sum / positive : 0;
  for (let minute = from; minute < to; minute++) load[minute] = Math.max(0, balanceAt(minute, parts)) * factor;
}

function balanceAt(minute: number, { pv, imported, exported, charged, discharged }: DayFlows): number {
  const at = (part: MinuteFlow) => (part === null ? 0 : (part[minute] as number));
  return at(pv) + at(imported) - at(exported) + at(discharged) - at(charged);
}
