/**
 * What is known of each battery across its connections: it may have two at once, and come back after days.
 */
import { type Battery, type Instant, Private, type Value } from '../model.ts';
import { ANY_HOUSE, type HouseLimits } from '../protocol/fields/plausible.ts';
import type { WireReading } from '../protocol/reading.ts';
import { BACKFILL, Backfill, type BackfillOptions } from './backfill/backfill.ts';
import { BackfillConversation } from './backfill/backfill-conversation.ts';
import { Cadence } from './clock/cadence.ts';
import { BatteryClock } from './clock/clock.ts';
import type { FirstTold } from './clock/dating.ts';
import { ServerClock } from './clock/server-clock.ts';
import { BatteryControl, type ControlPolicy, NO_CONTROL } from './control/battery-control.ts';
import type { Conversation } from './conversation.ts';
import { Overhearing } from './overheard/overhearing.ts';
import { PartMemory } from './parts.ts';
import { knownVendorOf, VendorMemory } from './relay/vendor-memory.ts';
import { Troubles } from './troubles.ts';
import { type Newcomer, Newcomers } from './trust/newcomers.ts';
import { Trust } from './trust/trust.ts';

/** One battery, shared by all sessions that hear it. */
export interface HeardBattery {
  readonly serial: Private<string>;
  readonly clock: BatteryClock;
  readonly backfill: Backfill;
  readonly backfillConversation: BackfillConversation;
  readonly trust: Trust;
  readonly parts: PartMemory;
  readonly troubles: Troubles;
  /** Whether its grid was gone when it last told; null where it has not told. */
  blackout: boolean | null;
  readonly vendor: VendorMemory;
  readonly overhearing: Overhearing;
  readonly control: BatteryControl;
  /** What it can have. */
  house: HouseLimits;
  /** Those that are in line on a connection, or go on. */
  readonly conversations: Set<Conversation>;
  /** The newest of its connections that delivered a reading; 0 before there is one. */
  deliveredOn: number;
  /** Its newest live reading, and where that was put, Unix seconds; null before there is one. */
  live: { readonly values: readonly Value[]; readonly time: number } | null;
  /** The first live reading that told what its clock told last; null before there is one. */
  firstTold: FirstTold | null;
  /** How far apart its live frames are. */
  readonly cadence: Cadence;
  /** The number of the first epoch of its clock that this run has measured and nothing confirms; null where there is none. */
  unconfirmedFrom: number | null;
  /** Whether its clock stands still while its values change. */
  clockStands: boolean;
}

export interface BatteriesOptions {
  /** The clock that arrivals are told by, the same for all of them. */
  readonly serverClock: ServerClock;
  readonly backfill: BackfillOptions;
  /** How many are taken in with their first word; up to `max`, others once they have behaved like a battery. */
  readonly atOnce: number;
  /** How long a trusted peer must be silent before one that was in conflict with it is believed, ms. */
  readonly staleMs: number;
  /** Whether the owner lets a serial number in. */
  readonly isListed: (serial: string) => boolean;
  /** What values can be by the owner's word, by our names of fields. */
  readonly ranges: HouseLimits['ranges'];
  /** How many are kept from before: each is to be told by {@link Batteries.restore} before it is heard. */
  readonly kept: number;
  /** Whether and how its owner may change how it is set. */
  readonly control: ControlPolicy;
}

/**
 * The open connection on which to speak to a battery: of several the newest it has delivered a reading on (docs/decisions/0014),
 * before that the newest; null where it has none on which anything can be said.
 */
export function liveConnection({ trust, deliveredOn, overhearing }: HeardBattery): number | null {
  const speaking = trust.speaking.filter((connection) => !overhearing.isOverheard(connection));
  return speaking.includes(deliveredOn) ? deliveredOn : (speaking.at(-1) ?? null);
}

/** What a serial number stands for: a battery, one that may be one, or nothing, and why. */
export type SerialStanding = HeardBattery | Newcomer | 'SERIAL_NOT_LISTED' | 'BATTERIES_TOO_MANY';

export class Batteries {
  readonly #bySerial = new Map<string, HeardBattery>();
  readonly #newcomers = new Newcomers();
  /** Kept from before, and not told of. */
  #untold: number;
  readonly #max: number;
  readonly #options: BatteriesOptions;

  /** @param max how many are taken in: a peer that invents serial numbers must not fill the memory */
  constructor(max: number, options: Partial<BatteriesOptions> = {}) {
    this.#max = max;
    this.#options = {
      backfill: BACKFILL,
      atOnce: max,
      staleMs: STALE_MS,
      isListed: () => true,
      kept: 0,
      control: NO_CONTROL,
      ranges: ANY_HOUSE.ranges,
      serverClock: new ServerClock(),
      ...options,
    };
    this.#untold = this.#options.kept;
  }

  get serverClock(): ServerClock {
    return this.#options.serverClock;
  }

  /** How many there are, those among them that were not told of. */
  get size(): number {
    return this.#bySerial.size + this.#untold;
  }

  /** Whether anything is kept of which this was not told. */
  get areAnyUntold(): boolean {
    return this.#untold > 0;
  }

  /** Whether something may be kept of that serial number of which this was not told. */
  isUntold(serial: string): boolean {
    return this.areAnyUntold && !this.#bySerial.has(serial) && !this.#newcomers.has(serial);
  }

  /** Takes in a battery known from before, once. */
  restore(battery: Battery): void {
    if (this.#bySerial.has(battery.serial.reveal())) return;
    this.#untold = Math.max(0, this.#untold - 1);
    const { epochs, newest, openGaps, lastGapNumber } = battery;
    const clock = new BatteryClock(epochs, newest?.receivedMs ?? null, this.serverClock, newest);
    const gaps = { open: openGaps, last: lastGapNumber };
    const backfill = new Backfill(this.#options.backfill, clock.timeline, newest, gaps);
    const trust = new Trust(this.#options.staleMs, battery.trust);
    const parts = new PartMemory(battery.parts);
    const house = this.#houseOf(battery.ratedWatts ?? null);
    const vendor = new VendorMemory(knownVendorOf(battery));
    const { serial } = battery;
    const overhearing = new Overhearing(this.#options.staleMs);
    const known = { serial, clock, backfill, trust, parts, house, vendor, overhearing };
    this.#bySerial.set(serial.reveal(), unheard(known, this.#options.control, battery));
  }

  /** What a serial number stands for; a new one is taken in where there is room for it. */
  hear(serial: string): SerialStanding {
    if (!this.#options.isListed(serial)) return 'SERIAL_NOT_LISTED';
    const known = this.#bySerial.get(serial);
    if (known !== undefined) return known;
    const { atOnce } = this.#options;
    if (this.size < atOnce) return this.#takeIn(serial);
    return atOnce < this.#max ? this.#newcomers.of(serial) : 'BATTERIES_TOO_MANY';
  }

  /** A newcomer's reading. @returns the battery it is from now on; null while it must wait */
  prove(newcomer: Newcomer, reading: WireReading, now: Instant): HeardBattery | null {
    const proven = newcomer.heard(reading, now) && this.size < this.#max;
    return proven && this.#newcomers.admit(newcomer, now) ? this.#takeIn(newcomer.serial) : null;
  }

  /** The battery of a serial number, if it was taken in. */
  get(serial: string): HeardBattery | null {
    return this.#bySerial.get(serial) ?? null;
  }

  /** What the house of a serial number can have. */
  houseOf(serial: string | null): HouseLimits {
    return (serial === null ? null : this.get(serial)?.house) ?? this.#houseOf(null);
  }

  #houseOf(ratedWatts: number | null): HouseLimits {
    return { ratedWatts, ranges: this.#options.ranges };
  }

  /** All that are taken in, in the order in which they were. */
  all(): Iterable<HeardBattery> {
    return this.#bySerial.values();
  }

  /** Serial numbers that are not taken in yet, the one heard least recently first. */
  waiting(): readonly Newcomer[] {
    return this.#newcomers.all();
  }

  /** Takes a newcomer in without further proof. */
  admit(newcomer: Newcomer): HeardBattery {
    this.#newcomers.remove(newcomer);
    return this.#takeIn(newcomer.serial);
  }

  /**
   * Knows nothing of a serial number any more: whoever speaks with it again is new.
   * @param isKept whether it was a battery kept from before, or taken in
   */
  forget(serial: string, _id: string, isKept: boolean): void {
    if (!this.#bySerial.delete(serial) && isKept) this.#untold = Math.max(0, this.#untold - 1);
    this.#newcomers.forget(serial);
  }

  #takeIn(serial: string): HeardBattery {
    const clock = new BatteryClock([], null, this.serverClock);
    const backfill = new Backfill(this.#options.backfill, clock.timeline, null, { open: [], last: 0 });
    const trust = new Trust(this.#options.staleMs);
    const parts = new PartMemory();
    const [vendor, house] = [new VendorMemory(), this.#houseOf(null)];
    const overhearing = new Overhearing(this.#options.staleMs);
    const own = { serial: new Private(serial), clock, backfill, trust, parts, house, vendor, overhearing };
    const battery = unheard(own, this.#options.control);
    this.#bySerial.set(serial, battery);
    return battery;
  }
}

/** Of which nothing was heard yet in this process. */
function unheard(
  known: Pick<HeardBattery, 'serial' | 'clock' | 'backfill' | 'trust' | 'parts' | 'house' | 'vendor' | 'overhearing'>,
  policy: ControlPolicy,
  kept: Pick<Battery, 'control' | 'reported'> = {},
): HeardBattery {
  const nothing = {
    deliveredOn: 0,
    live: null,
    clockStands: false,
    blackout: null,
    unconfirmedFrom: null,
    firstTold: null,
  };
  const battery = {
    ...known,
    ...nothing,
    troubles: new Troubles(),
    cadence: new Cadence(),
    conversations: new Set<Conversation>(),
  };
  const { control = [], reported = null } = kept;
  const told = reported === null ? null : { text: reported.text.reveal(), receivedMs: reported.receivedMs };
  return Object.assign(battery, {
    backfillConversation: new BackfillConversation(battery),
    control: new BatteryControl(battery, policy, control, told),
  });
}

const STALE_MS = 90_000;
