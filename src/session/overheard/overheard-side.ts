/**
 * What of an overheard connection is taken, and what is passed over, since its battery is heard elsewhere.
 */
import type { Instant } from '../../model.ts';
import type { Message } from '../../protocol/messages.ts';
import { type Batteries, type HeardBattery, liveConnection } from '../batteries.ts';
import { serialsIn } from '../serials.ts';
import type { Peer } from '../trust/trust.ts';

export interface OverheardSideParts {
  readonly connection: number;
  /** The battery, as far as its address tells. */
  readonly peer: Peer;
  readonly batteries: Pick<Batteries, 'get'>;
}

export class OverheardSide {
  readonly #connection: number;
  readonly #address: string;
  readonly #batteries: OverheardSideParts['batteries'];
  /** The battery that was named last, whether its word was taken or not. */
  #named: HeardBattery | null = null;

  constructor({ connection, peer, batteries }: OverheardSideParts) {
    this.#connection = connection;
    this.#address = peer.address.reveal();
    this.#batteries = batteries;
  }

  /** Whether a message of the battery's is passed over. */
  passesOver(message: Message, now: Instant): boolean {
    const [serial] = serialsIn(message);
    if (serial !== undefined) this.#named = this.#batteries.get(serial);
    return this.isPassedOver(now);
  }

  /** Whether what is said now is passed over, by whom it was named last. */
  isPassedOver(now: Instant): boolean {
    const named = this.#named;
    if (named === null) return false;
    const { overhearing } = named;
    const speaksToUs = liveConnection(named) !== null && overhearing.hasSpoken(now);
    return speaksToUs || !overhearing.mayTake(this.#address, now);
  }

  /** A message was taken as that battery's. */
  took(battery: HeardBattery, now: Instant): void {
    this.#named = battery;
    battery.overhearing.took(this.#connection, this.#address, now);
  }

  /** Whether it is here that a battery is listened to. */
  isHeardHere(battery: HeardBattery): boolean {
    return battery.overhearing.isSpeaker(this.#connection) && liveConnection(battery) === null;
  }
}
