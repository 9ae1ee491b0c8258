/**
 * What the vendor gave a battery, as a recording has it: taken over as the base of changes where the battery has it by what it told last, and nothing later is
 * known. The rule is that of what is overheard.
 */
import { type Battery, type Instant, Private, type StoreRecord, type VendorConfiguration } from '../model.ts';
import { CONFIGURATION_REQUEST } from '../protocol/commands.ts';
import { CHECKSUM_LENGTH, HEADER_LENGTH, RESPONSE } from '../protocol/frame.ts';
import type { HeardBattery } from '../session/batteries.ts';
import { vendorRecords } from '../session/records.ts';
import { knownVendorOf, VendorMemory } from '../session/relay/vendor-memory.ts';
import type { StoredFrame } from '../store/stored.ts';

export interface ImportedConfigurationsParts {
  /** A battery of the house, with what is kept of it; null where there is none. */
  find(id: string): Promise<Pick<HeardBattery, 'serial' | 'vendor'> | null>;
  /** Keeps these, for good. */
  keep(records: readonly StoreRecord[]): void;
  now(): Instant;
}

/** Frames of a recording that may be such; null for others. */
export function vendorConfigurationIn(frame: StoredFrame): VendorConfiguration | null {
  const { frameType, command, direction, receivedMs, bytes } = frame;
  if (frameType !== RESPONSE || command !== CONFIGURATION_REQUEST || direction !== 'to_battery') return null;
  const body = new Private(bytes.slice(HEADER_LENGTH, -CHECKSUM_LENGTH));
  return { receivedMs, source: 'import', body, isConfirmed: false };
}

export class ImportedConfigurations {
  readonly #parts: ImportedConfigurationsParts;

  constructor(parts: ImportedConfigurationsParts) {
    this.#parts = parts;
  }

  /**
   * @param id of the house's battery
   * @param recorded oldest first
   * @param isTrial whether only to say whether one would be taken
   * @returns whether one of them is the newest that is known now
   */
  async take(id: string, recorded: readonly VendorConfiguration[], isTrial: boolean): Promise<boolean> {
    const battery = await this.#parts.find(id);
    const settings = battery?.vendor.settings;
    const taken = recorded.findLast((one) => settings?.wouldTake(one));
    if (battery === null || taken === undefined) return false;
    if (isTrial) return true;
    battery.vendor.settings.overhear(taken);
    this.#parts.keep(vendorRecords(battery, this.#parts.now()));
    return true;
  }
}

/** Where no server runs. */
export function remembered(battery: Battery | null): Pick<HeardBattery, 'serial' | 'vendor'> | null {
  return battery === null ? null : { serial: battery.serial, vendor: new VendorMemory(knownVendorOf(battery)) };
}
