/**
 * A coherent house: sun, appliances, a hybrid inverter with two strings, PV on the AC side, a battery, a grid meter.
 *
 * It stands for the captured system (5 kW Ginlong hybrid inverter, 4.25 kW of AC-coupled PV, 10.1 kWh) and holds what
 * arithmetic shows in the captures: Pbat = BatV × BatC; load = Preal + PmeterDC + Pmeter; DC side − AC side = a loss of
 * 70 to 190 W; counters that rise by the integral of the powers shown, in the steps of their registers.
 *
 * Pure: it has no clock. Time is `localSeconds`, seconds since 1970-01-01 00:00 of the house's own wall time, and only
 * goes forward. The same seed and the same calls give the same house.
 */

import { SimulatedController } from '../battery/control.ts';
import { Random } from '../random.ts';
import { DAY_SECONDS } from '../timeline.ts';
import { SimulatedAppliances } from './appliances.ts';
import {
  follow,
  type SimulatedFlows,
  type SimulatedInstrumentReadings,
  SimulatedInstruments,
  toStep,
} from './instruments.ts';
import { SimulatedPack } from './pack.ts';
import { type SimulatedLight, SimulatedSun } from './sun.ts';

/** One moment of the house: W, V, A, %, kWh, in the steps and with the signs of the wire. */
export interface SimulatedSample extends SimulatedFlows, SimulatedInstrumentReadings {
  readonly localSeconds: number;
  /** What the appliances take, W. Not on the wire: a server must work it out. */
  readonly load: number;
  readonly pbat: number;
  readonly soc: number;
  /** The command to the battery, with the opposite sign to Pbat: 1982 while Pbat is −1848. */
  readonly pacL2: number;
  readonly pcharge: number;
  readonly pdischarge: number;
  readonly epvTotal: number;
  readonly einput: number;
  readonly eoutput: number;
  readonly echarge: number;
  readonly eDischarge: number;
  readonly eGridCharge: number;
}

export interface SimulatedHouseOptions {
  readonly seed: string | number;
  /** Where it begins, in `localSeconds`. */
  readonly startSeconds: number;
  /** Degrees, negative in the south. Default −35. */
  readonly latitude?: number;
}

const INVERTER_W = 5000;
const STRING_W = 2500;
const AC_PV_W = 4250;
const PV_W = 2 * STRING_W + AC_PV_W;
/** The longest step, in seconds: history has one row a minute. */
const LONGEST_STEP = 60;
/** The controller lags about one 10-second sample behind: a kettle shows as 1,831 W of import once (09:57). */
const CONTROL_SECONDS = 9;
/** W the controller hunts around zero (captured meter values: 0, −26, 13, 4, −9, 31). */
const HUNTING_W = 12;

/** Lifetime energies in watt seconds. */
interface SimulatedEnergies {
  pvDc: number;
  pvAc: number;
  input: number;
  output: number;
  charge: number;
  discharge: number;
  gridCharge: number;
}

export class SimulatedHouse {
  readonly controller = new SimulatedController();
  /** How far the battery's clock is ahead of house time, in seconds: its windows go by its own clock. */
  clockAhead = 0;
  readonly #random: Random;
  readonly #sun: SimulatedSun;
  readonly #appliances: SimulatedAppliances;
  readonly #pack: SimulatedPack;
  readonly #instruments: SimulatedInstruments;
  readonly #energies: SimulatedEnergies;
  #now: number;
  #command = 0;
  #wobble = 0;
  #flows: SimulatedFlows = { ppv1: 0, ppv2: 0, preal: 0, pmeter: 0, pmeterDc: 0, batV: 50, batC: 0 };
  #load = 0;
  #sample: SimulatedSample | null = null;

  constructor(options: SimulatedHouseOptions) {
    const random = new Random(options.seed).fork('house');
    this.#now = options.startSeconds;
    this.#random = random.fork('noise');
    this.#sun = new SimulatedSun(random.fork('sun'), options.latitude ?? -35);
    this.#appliances = new SimulatedAppliances(random.fork('appliances'));
    this.#pack = new SimulatedPack(random.fork('pack'));
    this.#instruments = new SimulatedInstruments(random.fork('instruments'));
    this.#energies = lifeSoFar(random.fork('energies'));
  }

  /** Seconds of house time it has come to. */
  get now(): number {
    return this.#now;
  }

  /** Lives on until `localSeconds` and reads the instruments there; a time already past changes nothing. */
  advance(localSeconds: number): SimulatedSample {
    while (this.#now < localSeconds) this.#step(Math.min(LONGEST_STEP, localSeconds - this.#now));
    this.#sample ??= this.#read();
    return this.#sample;
  }

  #step(dt: number): void {
    this.#now += dt;
    this.#sample = null;
    const light = this.#sun.step(this.#now, dt);
    this.#wobble += this.#random.normal(-this.#wobble * 0.3, 6);
    this.#load = Math.round(this.#appliances.at(this.#now) + this.#wobble);
    this.#flows = this.#balance(light, dt);
    this.#pack.flow(this.#flows.batV * this.#flows.batC, dt);
    this.#count(dt);
    this.#instruments.step(this.#now, dt, this.#flows);
  }

  /** The powers of this moment: what the sun gives, what the controller makes of it, and the grid for the rest. */
  #balance(light: SimulatedLight, dt: number): SimulatedFlows {
    const pmeterDc = Math.round(AC_PV_W * 0.92 * light.ac);
    let ppv1 = Math.round(STRING_W * light.string1);
    let ppv2 = Math.round(STRING_W * light.string2);
    const pv = ppv1 + ppv2;
    const loss = lossOf(pv + Math.abs(this.#command));
    const { batV, batC } = this.#steer(this.#load - pmeterDc - pv + loss, pv - loss, dt);
    let inverter = pv + batV * batC - loss;
    const over = this.#overFeed(pmeterDc + inverter - this.#load, pv);
    if (over > 0) {
      ppv1 -= Math.round((over * ppv1) / pv);
      ppv2 -= Math.round((over * ppv2) / pv);
      inverter -= pv - ppv1 - ppv2;
    }
    const pmeter = Math.round(this.#load - pmeterDc - inverter) + 0;
    return { ppv1, ppv2, pmeterDc, pmeter, batV, batC, preal: toStep(inverter, 0.1) };
  }

  /**
   * Moves the battery towards what the controller aims at.
   * @param wanted W from the battery that would bring the meter to zero
   * @param direct W that the inverter gives without the battery
   */
  #steer(wanted: number, direct: number, dt: number): { batV: number; batC: number } {
    const hour = ((((this.#now + this.clockAhead) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) / 3600;
    const hunting = this.#random.normal(0, HUNTING_W);
    const goal = this.controller.aim(wanted + hunting, hour, this.#pack.percent, INVERTER_W);
    const command = this.#command + (goal - this.#command) * follow(dt, CONTROL_SECONDS);
    const most = Math.min(this.#pack.dischargeLimit(dt, this.controller.settings.reservePercent), INVERTER_W - direct);
    const least = -Math.min(this.#pack.chargeLimit(dt), INVERTER_W + direct);
    this.#command = Math.max(least, Math.min(Math.max(0, most), command));
    const batV = this.#pack.voltage(this.#command);
    return { batV, batC: Math.trunc((this.#command / batV) * 10) / 10 + 0 };
  }

  /** W by which the strings must be turned down so that no more is exported than `SetFeed` allows. */
  #overFeed(exported: number, pv: number): number {
    const most = (PV_W * this.controller.settings.feedPercent) / 100;
    return Math.min(pv, exported - most);
  }

  /** The counters integrate exactly what is shown, so that a day's difference agrees with a day's samples. */
  #count(dt: number): void {
    const { ppv1, ppv2, pmeterDc, pmeter, batV, batC } = this.#flows;
    const energies = this.#energies;
    const charging = Math.max(0, -batV * batC);
    const importing = Math.max(0, pmeter);
    energies.pvDc += (ppv1 + ppv2) * dt;
    energies.pvAc += pmeterDc * dt;
    energies.input += importing * dt;
    energies.output += Math.max(0, -pmeter) * dt;
    energies.charge += charging * dt;
    energies.discharge += Math.max(0, batV * batC) * dt;
    energies.gridCharge += Math.min(charging, importing) * dt;
  }

  #read(): SimulatedSample {
    const { batV, batC } = this.#flows;
    const volts = Math.floor(batV);
    return {
      ...this.#flows,
      ...this.#instruments.read(this.#flows),
      ...counters(this.#energies),
      localSeconds: this.#now,
      load: this.#load,
      pbat: toStep(batV * batC, 10_000),
      soc: this.#pack.reportedPercent,
      pacL2: Math.round(-this.#command * 1.07) + 0,
      pcharge: volts * this.#pack.chargeAmpere,
      pdischarge: volts * this.#pack.dischargeAmpere,
    };
  }
}

/** W lost in conversion: 70 when idle, up to 190 (captured: 69 to 158 W where nothing else changed). */
function lossOf(throughput: number): number {
  return Math.min(190, Math.round(70 + throughput * 0.018));
}

/** Counters of a house that has run for a while, in the proportions of three captured years. */
function lifeSoFar(random: Random): SimulatedEnergies {
  const kilowattDays = random.uniform(10, 1500) * 3_600_000;
  return {
    pvDc: 17.5 * kilowattDays,
    pvAc: 15 * kilowattDays,
    input: 4.8 * kilowattDays,
    output: 10.5 * kilowattDays,
    charge: 8.64 * kilowattDays,
    discharge: 8.32 * kilowattDays,
    gridCharge: 0.155 * kilowattDays,
  };
}

/** kWh in the steps of their registers. */
function counters(energies: SimulatedEnergies) {
  const tenths = (wattSeconds: number) => Math.floor(wattSeconds / 360_000);
  // The grid meter counts 0.01 kWh behind a current transformer of ratio 120 (60.00, 128.40, 5221.20: all × 1.2).
  const meter = (wattSeconds: number) => (Math.floor(wattSeconds / 4_320_000) * 12) / 10;
  return {
    // The inverter's share comes in whole kilowatt hours (a Solis register), that of the PV meter in tenths.
    epvTotal: (tenths(energies.pvAc) + 10 * Math.floor(energies.pvDc / 3_600_000)) / 10,
    einput: meter(energies.input),
    eoutput: meter(energies.output),
    echarge: tenths(energies.charge) / 10,
    eDischarge: tenths(energies.discharge) / 10,
    eGridCharge: tenths(energies.gridCharge) / 10,
  };
}
