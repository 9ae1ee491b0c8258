/**
 * How much energy a battery can hold, and how much it holds now: from its settings and its state of charge.
 */
import type { Settings, Values } from './state.ts';

export interface StorageState {
  /** As the battery reports it, kWh; null where it has not. */
  readonly capacity: number | null;
  /** How much of the capacity is used, percent; null where the battery has not reported it. */
  readonly usableShare: number | null;
  /** Capacity × state of charge, kWh; null where one of them is not known. */
  readonly storedEnergy: number | null;
}

/**
 * That the state of charge is a share of the whole capacity, not of its usable share, is likely.
 * @param values of the newest live reading; null where there is none
 */
export function storageOf(settings: Settings, values: Values | null): StorageState {
  const capacity = positive(settings.battery_capacity);
  const soc = values?.soc;
  return {
    capacity,
    usableShare: positive(settings.battery_usable_share),
    storedEnergy: capacity === null || typeof soc !== 'number' ? null : rounded((capacity * soc) / 100),
  };
}

/** Settings may come as texts of numbers, and 0 where nothing was set. */
function positive(setting: Settings[string] | undefined): number | null {
  const value = typeof setting === 'string' || typeof setting === 'number' ? Number(setting) : 0;
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** To watt-hours. */
function rounded(energy: number): number {
  return Math.round(energy * 1000) / 1000;
}
