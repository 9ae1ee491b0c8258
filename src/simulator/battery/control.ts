/**
 * How the battery's own controller (EMS) is told to work, and what power it wants from the battery.
 *
 * Self-consumption: the battery takes what would be exported and gives what would be imported. Windows change that
 * (docs of the vendor, in fields.md): inside a charge window the battery is charged and does not discharge; with
 * discharge windows switched on it discharges only inside them; charging wins where both hold.
 * Left out: the second scheme (…WE keys, weekends), the generator, dry contacts.
 */

/** From one whole hour of the battery's clock up to another; both the same: no window. */
export interface ControlWindow {
  readonly from: number;
  readonly end: number;
}

export interface SimulatedControl {
  /** `GridCharge`: the charge windows hold. */
  readonly gridCharge: boolean;
  readonly chargeWindows: readonly ControlWindow[];
  /** `BatHighCap`: percent at which charging from the grid stops. */
  readonly highPercent: number;
  /** `CtrDis`: the discharge windows hold. */
  readonly dischargeControl: boolean;
  readonly dischargeWindows: readonly ControlWindow[];
  /** `BatUseCap`: percent at which discharging stops. */
  readonly reservePercent: number;
  /** `SetFeed`: percent of the rated PV power that may be exported; 100 is no limit. */
  readonly feedPercent: number;
}

/** As in the captured configuration. */
export const SELF_CONSUMPTION: SimulatedControl = {
  gridCharge: false,
  chargeWindows: [],
  highPercent: 100,
  dischargeControl: false,
  dischargeWindows: [],
  reservePercent: 13,
  feedPercent: 100,
};

/** Whether `hour` (0–24, with its fraction) is in one of the windows. A window may pass midnight (a guess). */
export function inWindow(hour: number, windows: readonly ControlWindow[]): boolean {
  return windows.some(({ from, end }) => {
    if (from === end) return false;
    return from < end ? hour >= from && hour < end : hour >= from || hour < end;
  });
}

/** The controller at work. */
export class SimulatedController {
  #settings = SELF_CONSUMPTION;
  /** In this window charging from the grid has come to its limit: the battery stays idle until the window ends (confirmed, three sources). */
  #isLimitReached = false;

  get settings(): SimulatedControl {
    return this.#settings;
  }

  /** It works by these from now on. */
  set settings(settings: SimulatedControl) {
    this.#settings = settings;
    this.#isLimitReached = false;
  }

  /**
   * The battery power it aims at.
   * @param wanted W that would bring the grid meter to zero, + discharging
   * @param hour of the battery's clock
   * @param percent state of charge
   * @param strongest W, the inverter's rating
   */
  aim(wanted: number, hour: number, percent: number, strongest: number): number {
    const { gridCharge, chargeWindows, highPercent, dischargeControl, dischargeWindows } = this.#settings;
    const isCharging = gridCharge && inWindow(hour, chargeWindows);
    this.#isLimitReached = isCharging && (this.#isLimitReached || percent >= highPercent);
    if (isCharging) return this.#isLimitReached ? Math.min(0, wanted) : -strongest;
    if (dischargeControl && !inWindow(hour, dischargeWindows)) return Math.min(0, wanted);
    return wanted;
  }
}
