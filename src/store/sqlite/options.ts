/**
 * What the embedded store is opened with.
 */
import type { Retention } from '../store.ts';
import type { OutboxOptions } from './outbox/outboxes.ts';

export interface SqliteOptions {
  /** The data folder; made if it is not there. */
  readonly folder: string;
  /** The folder of its backups, which an error names; in the data folder where nothing is said. */
  readonly backups?: string;
  /** The house's, an IANA name: where its days begin. */
  readonly timeZone: string;
  readonly retention?: Retention;
  /** The most that the owner allows a power to have, kW; 0 where nothing is said. */
  readonly mostKw?: number;
  /** How many bytes of readings are held at most whose battery is not known for sure. */
  readonly heldBytes?: number;
  /** The outputs that take what is committed from here. What waits for others is let go of. */
  readonly outboxes?: readonly OutboxOptions[];
}
