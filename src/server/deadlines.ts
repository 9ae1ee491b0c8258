/**
 * Which connections are to be looked at when: each is kept under the second in which its deadline passes, so that nobody looks
 * at twelve thousand each second. A deadline that moves on is noticed when it would have passed; one that comes nearer is filed
 * anew by whoever brings it nearer.
 */

/** Connections, as far as their deadlines are concerned. */
export interface Timed {
  /** When it wants to be looked at, monotonic ms; null for never. */
  readonly deadline: number | null;
}

const BUCKET_MS = 1000;
/** So often each is looked at whatever happens: whether another is believed to be a battery may change without a word on its connection. */
const LONGEST_MS = 10_000;

export class Deadlines<C extends Timed> {
  /** Under which bucket each is filed; null while it is looked at. */
  readonly #bucketOf = new Map<C, number | null>();
  readonly #buckets = new Map<number, Set<C>>();
  /** The first bucket that was not emptied. */
  #next: number;
  /** Connections on which a battery was named, by its serial number. */
  readonly #namedOn = new Map<string, Set<C>>();
  /** The connection that delivered the last reading of a battery. */
  readonly #deliveredOn = new Map<string, C>();
  readonly #serialsOf = new Map<C, Set<string>>();

  constructor(monoMs: number) {
    this.#next = Math.floor(monoMs / BUCKET_MS);
  }

  add(connection: C, monoMs: number): void {
    this.#bucketOf.set(connection, null);
    this.file(connection, monoMs);
  }

  /** Takes notice of a deadline that may have come nearer; of one that was removed it does not. */
  file(connection: C, monoMs: number): void {
    const filed = this.#bucketOf.get(connection);
    if (filed === undefined) return;
    const latest = this.#bucketAt(monoMs + LONGEST_MS);
    const bucket = Math.min(latest, this.#bucketAt(connection.deadline ?? Number.POSITIVE_INFINITY));
    if (filed === null || bucket < filed) this.#move(connection, filed, bucket);
  }

  remove(connection: C): void {
    this.#unfile(connection, this.#bucketOf.get(connection) ?? null);
    this.#bucketOf.delete(connection);
    for (const serial of this.#serialsOf.get(connection) ?? []) {
      const there = this.#namedOn.get(serial);
      there?.delete(connection);
      if (there?.size === 0) this.#namedOn.delete(serial);
      if (this.#deliveredOn.get(serial) === connection) this.#deliveredOn.delete(serial);
    }
    this.#serialsOf.delete(connection);
  }

  /** A battery is spoken for on a connection. */
  named(connection: C, serial: string): void {
    const there = this.#namedOn.get(serial);
    if (there === undefined) this.#namedOn.set(serial, new Set([connection]));
    else there.add(connection);
    const serials = this.#serialsOf.get(connection);
    if (serials === undefined) this.#serialsOf.set(connection, new Set([serial]));
    else serials.add(serial);
  }

  /** A reading of a battery came: where that is not where its last came from, its other connections may be of no use any more. */
  delivered(connection: C, serial: string): void {
    if (this.#deliveredOn.get(serial) === connection) return;
    this.#deliveredOn.set(serial, connection);
    for (const other of this.#namedOn.get(serial) ?? []) {
      const filed = other === connection ? undefined : this.#bucketOf.get(other);
      if (filed !== undefined) this.#move(other, filed, this.#next);
    }
  }

  /** Those whose time may have come, one a step; each is filed anew with the next step, unless it is removed meanwhile. */
  *due(monoMs: number): Generator<C> {
    while (this.#next * BUCKET_MS <= monoMs) {
      const number = this.#next++;
      const bucket = this.#buckets.get(number) ?? [];
      // What is filed from now on stands in a later one.
      this.#buckets.delete(number);
      for (const connection of bucket) {
        if (this.#bucketOf.get(connection) !== number) continue;
        this.#bucketOf.set(connection, null);
        yield connection;
        this.file(connection, monoMs);
      }
    }
  }

  /** Of a deadline that passes within a bucket it is the next that is looked at. */
  #bucketAt(monoMs: number): number {
    return Math.max(this.#next, Math.ceil(monoMs / BUCKET_MS));
  }

  #move(connection: C, from: number | null, to: number): void {
    this.#unfile(connection, from);
    this.#bucketOf.set(connection, to);
    const bucket = this.#buckets.get(to);
    if (bucket === undefined) this.#buckets.set(to, new Set([connection]));
    else bucket.add(connection);
  }

  #unfile(connection: C, from: number | null): void {
    if (from === null) return;
    const bucket = this.#buckets.get(from);
    bucket?.delete(connection);
    if (bucket?.size === 0) this.#buckets.delete(from);
  }
}
