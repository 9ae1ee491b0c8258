/**
 * What flows between sun, house, battery and grid at one moment, and several batteries taken together.
 */
import type { ShownBattery, ShownValues } from './types.ts';

export interface HouseFlows {
  /** W; null where not known. Signs as everywhere: grid + import, battery + discharging. */
  readonly pv: number | null;
  readonly grid: number | null;
  readonly battery: number | null;
  readonly load: number | null;
  /** Percent. */
  readonly soc: number | null;
  /** Whether the load is the customary sum, which contains the inverter's losses. */
  readonly loadIncludesLosses: boolean;
}

export type PowerSource = 'pv' | 'battery' | 'grid';
export type PowerUse = 'load' | 'battery' | 'grid';
/** Where power comes from and where it goes, W, without the zeros. `other` is what one side has more than the other. */
export interface Balance {
  readonly sources: readonly (readonly [PowerSource | 'other', number])[];
  readonly uses: readonly (readonly [PowerUse | 'other', number])[];
  readonly total: number;
}

/** Less is noise of the meters. */
const FLOWING_WATTS = 15;

export function numberOf(values: ShownValues | undefined, name: string): number | null {
  const value = values?.[name];
  return typeof value === 'number' ? value : null;
}

export function flowsOf(values: ShownValues | undefined): HouseFlows {
  return {
    pv: numberOf(values, 'pv_power'),
    grid: numberOf(values, 'grid_power'),
    battery: numberOf(values, 'battery_power'),
    load: numberOf(values, 'load_power'),
    soc: numberOf(values, 'soc'),
    loadIncludesLosses: values?.load_power_method === 'customary',
  };
}

/** A sum is only known where all its parts are. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum;
}

/** @param capacities kWh, to weigh the charges; where one is not known, all weigh the same */
export function together(flows: readonly HouseFlows[], capacities: readonly (number | null)[]): HouseFlows {
  const weights = sumKnown(capacities) === null ? flows.map(() => 1) : capacities.map((capacity) => capacity ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const soc = sumKnown(flows.map(({ soc }, at) => (soc === null ? null : soc * (weights[at] ?? 1))));
  return {
    pv: sumKnown(flows.map(({ pv }) => pv)),
    grid: sumKnown(flows.map(({ grid }) => grid)),
    battery: sumKnown(flows.map(({ battery }) => battery)),
    load: sumKnown(flows.map(({ load }) => load)),
    soc: soc === null || total === 0 ? null : soc / total,
    loadIncludesLosses: flows.some(({ loadIncludesLosses }) => loadIncludesLosses),
  };
}

export function flowsOfBatteries(
  batteries: readonly ShownBattery[],
  capacityOf: (id: string) => number | null,
): HouseFlows {
  const flows = batteries.map(({ live }) => flowsOf(live?.values));
  const [only] = flows;
  if (flows.length === 1 && only !== undefined) return only;
  return together(
    flows,
    batteries.map(({ id }) => capacityOf(id)),
  );
}

/** Nine readings missed: what is known is no longer of now. */
export const OLD_SECONDS = 90;

/**
 * The batteries whose readings are of now: a sum of others would be of no moment. All of them where none is, or where one
 * alone is looked at: then what is known is shown as old.
 * @param now Unix seconds
 */
export function living(batteries: readonly ShownBattery[], now: number): readonly ShownBattery[] {
  const found = batteries.filter(
    ({ live, last_reading_at: last }) => live !== null && last !== null && now - Date.parse(last) / 1000 <= OLD_SECONDS,
  );
  return found.length === 0 ? batteries : found;
}

export function balance({ pv, grid, battery, load }: HouseFlows): Balance | null {
  if (pv === null || grid === null || battery === null || load === null) return null;
  const positive = <Name extends string>(pairs: readonly (readonly [Name, number])[]) =>
    pairs.filter(([, watts]) => watts >= FLOWING_WATTS);
  const sources = positive<PowerSource | 'other'>([
    ['pv', pv],
    ['battery', battery],
    ['grid', grid],
  ]);
  const uses = positive<PowerUse | 'other'>([
    ['load', load],
    ['battery', -battery],
    ['grid', -grid],
  ]);
  const given = sources.reduce((sum, [, watts]) => sum + watts, 0);
  const taken = uses.reduce((sum, [, watts]) => sum + watts, 0);
  const total = Math.max(given, taken);
  if (taken < total - FLOWING_WATTS) uses.push(['other', total - taken]);
  if (given < total - FLOWING_WATTS) sources.push(['other', total - given]);
  return { sources, uses, total };
}

export type FlowDirection = 'in' | 'out' | 'still';

/** Seen from the middle of the diagram: power comes in from the sun, goes out to the house. */
export function directionOf(watts: number | null): FlowDirection {
  if (watts === null || Math.abs(watts) < FLOWING_WATTS) return 'still';
  return watts > 0 ? 'in' : 'out';
}

/** How fast the dashes run: seconds for one length of the pattern; ten times the power is about three times as fast. */
export function paceSeconds(watts: number): number {
  return Math.min(4, Math.max(0.35, 38 / Math.sqrt(Math.max(1, Math.abs(watts)))));
}

/** How thick a flow is drawn. */
export function thickness(watts: number): number {
  return Math.min(9, 2.5 + Math.sqrt(Math.abs(watts)) / 14);
}

/** What {@link flowsOf} is made of. */
const FLOW_FIELDS: readonly string[] = ['pv_power', 'grid_power', 'battery_power', 'load_power', 'soc'];

/** Of when the oldest of the flows is that had no good value in the newest reading, Unix seconds; null where all are of now. */
export function heldSince(batteries: readonly ShownBattery[]): number | null {
  const held = batteries.flatMap(({ live }) => live?.held ?? []).filter(({ field }) => FLOW_FIELDS.includes(field));
  return held.length === 0 ? null : Math.min(...held.map(({ time }) => Date.parse(time) / 1000));
}
