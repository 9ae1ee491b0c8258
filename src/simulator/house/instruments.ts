/**
 * What the meters and sensors of the house read beside its powers: voltages, frequency, temperatures, cells.
 *
 * They follow the powers, with their own slow wander and noise; every number is in the step the wire shows.
 */

import type { Random } from '../random.ts';
import { DAY_SECONDS } from '../timeline.ts';
import { CELLS, packed } from './pack.ts';

/** The powers, as the wire shows them, that the instruments go by. Watts, volts and ampere. */
export interface SimulatedFlows {
  readonly ppv1: number;
  readonly ppv2: number;
  readonly preal: number;
  readonly pmeter: number;
  readonly pmeterDc: number;
  readonly batV: number;
  readonly batC: number;
}

/** Readings in the units of the wire: volts, hertz, degrees Celsius, volt-ampere, ampere; cells packed. */
export interface SimulatedInstrumentReadings {
  readonly vpv1: number;
  readonly vpv2: number;
  readonly ua: number;
  readonly fac: number;
  readonly ubus: number;
  readonly tinv: number;
  readonly sva: number;
  readonly varAc: number;
  readonly varDc: number;
  readonly vcellLow: number;
  readonly vcellHigh: number;
  readonly tcellLow: number;
  readonly tcellHigh: number;
  readonly batC1: number;
  readonly invBatV: number;
}

/** Seconds in which the inverter, the cells and the slow ammeter BatC1 follow. */
const INVERTER_SECONDS = 900;
const CELL_SECONDS = 14_400;
const AMMETER_SECONDS = 20;
/** Cells seen as lowest (4, 2, 6) and highest (11), sensors seen as coldest (6) and hottest (2) in the captures. */
const LOW_CELLS = [4, 2, 6] as const;
const HIGH_CELL = 11;
const COLD_SENSOR = 6;
const HOT_SENSOR = 2;

/** `value` in whole steps of 1/`parts`, never −0. */
export function toStep(value: number, parts: number): number {
  return Math.round(value * parts) / parts + 0;
}

export class SimulatedInstruments {
  readonly #random: Random;
  #inverter = 30;
  #cells = 22;
  #ampere = 0;
  #lowCell = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Lets `dt` seconds go by: what is slow follows. */
  step(localSeconds: number, dt: number, flows: SimulatedFlows): void {
    const hour = (localSeconds % DAY_SECONDS) / 3600;
    const ambient = 20 - 5 * Math.cos(((hour - 3) * Math.PI) / 12);
    const warmth = (30 * Math.abs(flows.preal)) / 5000;
    this.#inverter += (ambient + 10 + warmth - this.#inverter) * follow(dt, INVERTER_SECONDS);
    this.#cells += (ambient + 2 + Math.abs(flows.batC) / 10 - this.#cells) * follow(dt, CELL_SECONDS);
    this.#ampere += (flows.batC - this.#ampere) * follow(dt, AMMETER_SECONDS);
    if (this.#random.chance(dt / 3600)) this.#lowCell = this.#random.whole(0, LOW_CELLS.length - 1);
  }

  read(flows: SimulatedFlows): SimulatedInstrumentReadings {
    return { ...this.#grid(flows), ...this.#strings(flows), ...this.#battery(flows) };
  }

  #grid(flows: SimulatedFlows) {
    const random = this.#random;
    return {
      // The grid's voltage rises where power is exported: 249.4 V at −3500 W, 246.5 V at +543 W (2021/03/24 11:00).
      ua: toStep(random.normal(246.8 - flows.pmeter / 1500, 0.4), 10),
      fac: toStep(random.normal(50, 0.025), 100),
      ubus: Math.round(random.normal(384, 3)),
      tinv: Math.round(this.#inverter),
      // 222 VA where PrealL1 says 220, 1613 where it says 1630: the same power by a finer meter, a moment apart.
      sva: Math.max(0, Math.round(Math.abs(flows.preal) * random.normal(1, 0.01) + random.uniform(-4, 4))),
      varAc: toStep(random.normal(-615, 25), 1),
      varDc: toStep(flows.pmeterDc > 0 ? random.normal(-10, 2) : random.normal(100, 3), 1),
    };
  }

  /** 7 to 8 V are left on a string at night; by day about 250 to 275 V. */
  #strings(flows: SimulatedFlows) {
    const volts = (watts: number) => toStep(watts > 0 ? this.#random.normal(262, 6) : this.#random.uniform(7, 8.2), 10);
    return { vpv1: volts(flows.ppv1), vpv2: volts(flows.ppv2) };
  }

  #battery(flows: SimulatedFlows) {
    const millivolts = (flows.batV * 1000) / CELLS;
    const spread = 2 + Math.abs(flows.batC) / 12;
    const coldest = Math.floor(this.#cells);
    return {
      vcellLow: packed(LOW_CELLS[this.#lowCell] as number, Math.floor(millivolts - this.#random.uniform(0, spread))),
      vcellHigh: packed(HIGH_CELL, Math.ceil(millivolts + this.#random.uniform(0, spread))),
      tcellLow: packed(COLD_SENSOR, coldest),
      tcellHigh: packed(HOT_SENSOR, coldest + 1),
      batC1: toStep(this.#ampere, 2),
      // The inverter reads 0.3 to 1.5 V more than the BMS in every sample, and more so the more it charges.
      invBatV: toStep(flows.batV + Math.max(0.3, 0.5 - flows.batC * 0.013), 10),
    };
  }
}

/** The share of a change that has come through after `dt` seconds in something that takes `seconds`. */
export function follow(dt: number, seconds: number): number {
  return 1 - Math.exp(-dt / seconds);
}
