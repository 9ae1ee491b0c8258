/**
 * Values that are not on the wire but follow from those that are (docs/protocol.md, "Power"; confirmed by arithmetic on
 * 25 captured rows unless said otherwise).
 */
import type { Value } from '../model.ts';
import type { Field, ReadingKind } from './fields/field.ts';
import { columnsOf, fieldByName, READING_FIELDS } from './fields/fields.ts';
import { ANY_HOUSE, type HouseLimits, isPlausible } from './fields/plausible.ts';

/** Where the parts and the results stand in a row of one kind. */
interface DerivedPlaces {
  /** The strings. */
  readonly pv: readonly number[];
  readonly pvAc: number;
  /** The phases of the AC-coupled inverter: counted where their sum is not told. */
  readonly pvAcPhases: readonly number[];
  readonly grid: readonly number[];
  readonly inverter: readonly number[];
  readonly battery: number;
  readonly cellMin: number;
  readonly cellMax: number;
  readonly pvTotal: number;
  readonly gridTotal: number;
  readonly inverterTotal: number;
  readonly load: number;
  readonly loadMethod: number;
  readonly cellDelta: number;
  readonly gridVoltage: readonly number[];
  readonly blackout: number;
}

const PLACES: Readonly<Record<ReadingKind, DerivedPlaces>> = {
  live: placesOf('live'),
  detail: placesOf('detail'),
  history: placesOf('history'),
};

function placesOf(kind: ReadingKind): DerivedPlaces {
  const names = columnsOf(kind).map((field) => field.name);
  const at = (name: string) => names.indexOf(name);
  const all = (pattern: RegExp) => names.flatMap((name, index) => (pattern.test(name) ? [index] : []));
  return {
    pv: all(/^pv\d_power$/),
    pvAc: at('pv_ac_power'),
    pvAcPhases: all(/^pv_ac_power_l\d$/),
    grid: all(/^grid_power_l\d$/),
    inverter: all(/^inverter_power_l\d$/),
    battery: at('battery_power'),
    cellMin: at('cell_voltage_min'),
    cellMax: at('cell_voltage_max'),
    pvTotal: at('pv_power'),
    gridTotal: at('grid_power'),
    inverterTotal: at('inverter_power'),
    load: at('load_power'),
    loadMethod: at('load_power_method'),
    cellDelta: at('cell_voltage_delta'),
    gridVoltage: all(/^grid_voltage_l\d$/),
    blackout: at('blackout'),
  };
}

const PART = /^(?:pv(?:\d|_ac)_power|(?:grid|inverter|pv_ac)_power_l\d)$/;

/** What the sums are made of, by our names: strings, the AC-coupled inverter, and phases. */
export const PARTS: readonly string[] = READING_FIELDS.map(({ name }) => name).filter((name) => PART.test(name));

/** Where each of {@link PARTS} stands in a row of a kind; -1 where the kind has none. */
export const PART_COLUMNS: Readonly<Record<ReadingKind, readonly number[]>> = {
  live: columnsOfParts('live'),
  detail: columnsOfParts('detail'),
  history: columnsOfParts('history'),
};

function columnsOfParts(kind: ReadingKind): readonly number[] {
  const names = columnsOf(kind).map((field) => field.name);
  return PARTS.map((name) => names.indexOf(name));
}

const [PV_POWER, GRID_POWER, INVERTER_POWER, LOAD_POWER, CELL_DELTA] = (
  ['pv_power', 'grid_power', 'inverter_power', 'load_power', 'cell_voltage_delta'] as const
).map((name) => fieldByName(name) as Field) as [Field, Field, Field, Field, Field];

/**
 * Fills in the derived values of a row, in place; where a part is missing, so is what needs it.
 * @param unread columns that have a value which could not be read, or cannot be: a sum without it would be a wrong number
 * @param ignored columns whose value says nothing, as if they had none: of what the house does not have
 * @param house what it can have; a sum beyond that is none
 */
export function derive(
  kind: ReadingKind,
  values: Value[],
  unread: readonly number[] = [],
  ignored: readonly number[] = [],
  house: HouseLimits = ANY_HOUSE,
): void {
  const places = PLACES[kind];
  const numberAt = (place: number) => {
    if (unread.includes(place)) return Number.NaN;
    return ignored.includes(place) ? null : numberIn(values, place);
  };
  const strings = sum(places.pv, numberAt);
  const pvAc = numberAt(places.pvAc) ?? sum(places.pvAcPhases, numberAt);
  const pv = strings === null && pvAc === null ? null : round((strings ?? 0) + (pvAc ?? 0));
  const grid = sum(places.grid, numberAt);
  const inverter = sum(places.inverter, numberAt);
  const battery = numberAt(places.battery);
  // An idle PV meter may read a few watts below zero; the sun does not.
  values[places.pvTotal] = possible(PV_POWER, pv === null ? null : Math.max(0, pv), house);
  values[places.gridTotal] = possible(GRID_POWER, grid, house);
  values[places.inverterTotal] = possible(INVERTER_POWER, inverter, house);
  const load = loadPower(pv ?? 0, pvAc ?? 0, grid, inverter, battery);
  const power = possible(LOAD_POWER, load?.power ?? null, house);
  values[places.load] = power;
  values[places.loadMethod] = power === null ? null : (load as Load).method;
  if (places.blackout >= 0) {
    const volts = places.gridVoltage.map(numberAt).filter((value) => value !== null);
    values[places.blackout] = blackoutOf(volts, grid, [inverter, battery]);
  }
  if (places.cellDelta >= 0) values[places.cellDelta] = possible(CELL_DELTA, cellDelta(values, places), house);
}

/** Less is no grid, V: what a dead line picks up. */
const DEAD_VOLTS = 50;
/** Less is what a meter shows where nothing flows, W. */
const IDLE_WATTS = 50;

/**
 * 1 where the grid is gone and the house is supplied without it, 0 where it is there; null where its voltage is not told, or
 * the rest does not go with it.
 * @param supply of the inverter, and of the battery, W
 */
function blackoutOf(volts: readonly number[], grid: number | null, supply: readonly (number | null)[]): number | null {
  if (volts.some((value) => value >= DEAD_VOLTS)) return 0;
  const isSupplied = supply.some((watts) => watts !== null && watts > IDLE_WATTS);
  return volts.length > 0 && isSupplied && Math.abs(grid ?? 0) < IDLE_WATTS ? 1 : null;
}

interface Load {
  readonly power: number;
  /** `ac_side`: Σ Preal + PmeterDC + Σ Pmeter. `customary`: Σ Ppv + PmeterDC + Σ Pmeter + Pbat, 70–190 W too high. */
  readonly method: 'ac_side' | 'customary';
}

/**
 * What the house takes, in W. The AC side is exact and steady; some AC-coupled units report no Preal, and there the
 * customary sum, which counts conversion loss as load, is all there is. What is not a number could not be read.
 */
function loadPower(
  pv: number,
  pvAc: number,
  grid: number | null,
  inverter: number | null,
  battery: number | null,
): Load | null {
  if (grid === null) return null;
  const idle = pv === 0 && pvAc === 0 && grid === 0 && (battery ?? 0) === 0;
  const reports = inverter !== null && !Number.isNaN(inverter) && (inverter !== 0 || idle);
  if (reports) return { power: round(inverter + pvAc + grid), method: 'ac_side' };
  if (battery === null) return null;
  return { power: round(pv + grid + battery), method: 'customary' };
}

function cellDelta(values: readonly Value[], places: DerivedPlaces): number | null {
  const min = numberIn(values, places.cellMin);
  const max = numberIn(values, places.cellMax);
  return min === null || max === null ? null : round(max - min);
}

/** The sum of the numbers at `places`, null where there is none. */
function sum(places: readonly number[], numberAt: (place: number) => number | null): number | null {
  let total: number | null = null;
  for (const place of places) {
    const value = numberAt(place);
    if (value !== null) total = (total ?? 0) + value;
  }
  return total === null ? null : round(total);
}

function numberIn(values: readonly Value[], place: number): number | null {
  const value = values[place];
  return typeof value === 'number' ? value : null;
}

/** What is no number could not be read. */
function possible(field: Field, value: number | null, house: HouseLimits): number | null {
  return value !== null && isPlausible(field, value, house) ? value : null;
}

/** To the finest step the wire has (four decimals), so that sums carry no binary dust. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
