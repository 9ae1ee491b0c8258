/**
 * When the vendor last set the clock of a battery: a jump that is first seen in the time after it is the vendor's doing.
 */
import type { EpochReason, Instant } from '../../model.ts';

/** The battery asks for the time within a minute of the order (likely), and tells by the new clock with its next sample. */
const EXPLAINED_MS = 90_000;

export class VendorSet {
  #orderedMono = Number.NEGATIVE_INFINITY;

  /** An order of the vendor's to set the clock has left. */
  ordered({ monoMs }: Instant): void {
    this.#orderedMono = monoMs;
  }

  /** Why a clock jumped. @param first the first that was heard of it as it is now */
  reasonOf(first: Pick<Instant, 'monoMs'>): Extract<EpochReason, 'vendor' | 'jump'> {
    const sinceMs = first.monoMs - this.#orderedMono;
    return sinceMs >= 0 && sinceMs <= EXPLAINED_MS ? 'vendor' : 'jump';
  }
}
