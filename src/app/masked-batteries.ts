/**
 * Whether a recording, whose serial numbers were replaced before it was shared, is of several batteries: they all have the same name
 * in it, and what they say must not become one battery's.
 */

/** What replaces a serial number in what is shared. */
const MASKED = /^\*+$/;
/** A battery that connects anew may say a last word on its old connection: two that take turns go on doing so. */
const MOST_RETURNS = 2;

export class MaskedBatteries {
  readonly #earlier = new Set<number>();
  #newest: number | null = null;
  #returns = 0;

  /** Whether connections take turns under such a name. */
  get areSeveral(): boolean {
    return this.#returns > MOST_RETURNS;
  }

  /** A message of that name came on that connection. */
  spoke(serial: string, connection: number): void {
    if (connection === this.#newest || !MASKED.test(serial)) return;
    if (this.#earlier.has(connection)) this.#returns++;
    if (this.#newest !== null) this.#earlier.add(this.#newest);
    this.#newest = connection;
  }
}
