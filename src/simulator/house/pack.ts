/**
 * The battery pack: 15 lithium iron phosphate cells in series, 10.1 kWh, with the numbers its BMS reports.
 * Powers in watts, + discharging, − charging, as on the wire.
 */
import type { Random } from '../random.ts';

/** Watt hours; `Cobat` "10.100" in the captured configuration. */
const CAPACITY_WH = 10_100;
/** What is left of energy on its way in, and again on its way out: the captured counters give 0.963 for both. */
const ONE_WAY = 0.981;
/** Cells in series: BatV/15 lies between the lowest and highest cell on all 25 captured rows. */
export const CELLS = 15;
/** Ohm, from three captured rows of the same minute: 50.36 V at 20.8 A and 50.76 V at 75.3 A. */
const RESISTANCE = 0.0075;
/** Ampere the BMS allows: Pcharge was 4949 at 49.92 V and 5050 at 50.48 V, whole volts × 101. */
const ALLOWED_AMPERE = 101;
/** From this state of charge on, in percent, the BMS allows less and less. */
const TAPER_FROM = 95;
const TAPER_LEAST_AMPERE = 4;
/** From here on the pack counts as full, in percent: it stops charging and reports 100. */
const FULL = 99.9;
/** Percent above the reserve before discharging begins again, so that an empty battery does not flutter. */
const HYSTERESIS = 2;

/** Open-circuit voltage of a cell at a state of charge in percent, chosen to meet the captured rows. */
const OPEN_CIRCUIT: readonly (readonly [number, number])[] = [
  [0, 2.9],
  [5, 3.12],
  [10, 3.2],
  [20, 3.25],
  [34, 3.315],
  [63, 3.345],
  [92, 3.352],
  [97, 3.37],
  [99, 3.42],
  [100, 3.46],
];

function openCircuit(percent: number): number {
  let [x0, y0] = [0, 2.9];
  for (const [x1, y1] of OPEN_CIRCUIT) {
    if (percent <= x1) return x1 === x0 ? y1 : y0 + ((y1 - y0) * (percent - x0)) / (x1 - x0);
    [x0, y0] = [x1, y1];
  }
  return y0;
}

export class SimulatedPack {
  #storedWh: number;
  #empty = false;

  constructor(random: Random) {
    this.#storedWh = CAPACITY_WH * random.uniform(0.2, 0.8);
  }

  /** State of charge in percent, exactly. */
  get percent(): number {
    return (100 * this.#storedWh) / CAPACITY_WH;
  }

  /** State of charge as reported: steps of 0.4 % (the BMS counts 250 steps). */
  get reportedPercent(): number {
    return this.percent >= FULL ? 100 : (Math.floor(this.percent * 2.5) * 4) / 10;
  }

  /** Volts at `power`, in the BMS's steps of 0.02 V. */
  voltage(power: number): number {
    const rest = CELLS * openCircuit(this.percent);
    return (Math.round((rest - (power / rest) * RESISTANCE) * 50) * 2) / 100;
  }

  /** Ampere the BMS allows for charging now. */
  get chargeAmpere(): number {
    const percent = this.percent;
    if (percent >= FULL) return 0;
    if (percent < TAPER_FROM) return ALLOWED_AMPERE;
    return Math.max(TAPER_LEAST_AMPERE, Math.round((ALLOWED_AMPERE * (100 - percent)) / (100 - TAPER_FROM)));
  }

  get dischargeAmpere(): number {
    return this.percent > 1 ? ALLOWED_AMPERE : 0;
  }

  /** The most power it takes for the next `dt` seconds: what the BMS allows, and what there is room for. */
  chargeLimit(dt: number): number {
    const room = ((CAPACITY_WH - this.#storedWh) / ONE_WAY) * (3600 / dt);
    return Math.min(room, this.chargeAmpere * Math.floor(this.voltage(0)));
  }

  /** The most power it gives for the next `dt` seconds without going below `reserve` percent. */
  dischargeLimit(dt: number, reserve: number): number {
    if (this.percent <= reserve + 0.01) this.#empty = true;
    else if (this.percent > reserve + HYSTERESIS) this.#empty = false;
    if (this.#empty) return 0;
    const above = (this.#storedWh - (CAPACITY_WH * reserve) / 100) * ONE_WAY * (3600 / dt);
    return Math.min(above, this.dischargeAmpere * Math.floor(this.voltage(0)));
  }

  /** Takes (−) or gives (+) `power` for `dt` seconds. */
  flow(power: number, dt: number): void {
    const wattHours = (power * dt) / 3600;
    const stored = this.#storedWh - (wattHours > 0 ? wattHours / ONE_WAY : wattHours * ONE_WAY);
    this.#storedWh = Math.min(CAPACITY_WH, Math.max(0, stored));
  }
}

/** Where and how much, as the BMS packs it: pack << 24 | position << 16 | value (17042704 → pack 1, cell 4, 3344 mV). */
export function packed(position: number, value: number): number {
  return (1 << 24) | (position << 16) | value;
}
