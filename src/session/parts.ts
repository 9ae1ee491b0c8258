/**
 * Which parts of its sums a battery has: strings, phases, an AC-coupled inverter. A part that was readable within the last
 * day and is not now makes the sum none, which without it would be a wrong number; one that never was is not there.
 *
 * The memory of a day is the battery's, not the connection's: it may come back after hours. A part is remembered for each kind
 * of message, since not every kind has all of them; one that stands in the message but cannot be read, for all kinds.
 */
import { type Instant, type KnownPart, READING_KINDS, type ReadingKind } from '../model.ts';
import { derive, PART_COLUMNS, PARTS } from '../protocol/derive.ts';
import { ANY_HOUSE, type HouseLimits } from '../protocol/fields/plausible.ts';
import type { WireReading } from '../protocol/reading.ts';

const DAY_MS = 86_400_000;

export class PartMemory {
  /** When each of {@link PARTS} was last read in a message of a kind, monotonic ms. */
  readonly #lastMono: Readonly<Record<ReadingKind, Float64Array>> = {
    live: never(),
    detail: never(),
    history: never(),
  };
  /** What was read before the start, not placed in this run's time yet. */
  #known: readonly KnownPart[];

  /** @param known what was read before the start */
  constructor(known: readonly KnownPart[] = []) {
    this.#known = known;
  }

  /** @returns the reading with its sums as they are, all parts that the battery has considered; itself where they are so */
  settle(reading: WireReading, now: Instant, house: HouseLimits = ANY_HOUSE): WireReading {
    if (this.#known.length > 0) this.#place(now);
    const { kind, values } = reading;
    const unread = reading.unread ?? [];
    const missing: number[] = [];
    const ignored: number[] = [];
    const columns = PART_COLUMNS[kind];
    for (let part = 0; part < columns.length; part++) {
      const column = columns[part] as number;
      const isUnread = unread.length > 0 && unread.includes(column);
      if (typeof values[column] === 'number' && !isUnread) this.#lastMono[kind][part] = now.monoMs;
      else if (this.#isRecent(kind, part, isUnread, now)) missing.push(column);
      else if (isUnread) ignored.push(column);
    }
    const others = unread.filter((column) => !columns.includes(column));
    if (reading.unread === null || (ignored.length === 0 && missing.length + others.length === unread.length))
      return reading;
    const settled = [...values];
    derive(kind, settled, [...missing, ...others], ignored, house);
    return { ...reading, values: settled };
  }

  #isRecent(kind: ReadingKind, part: number, isUnread: boolean, { monoMs }: Instant): boolean {
    const isRecentIn = (one: ReadingKind) => monoMs - (this.#lastMono[one][part] as number) < DAY_MS;
    return isUnread ? READING_KINDS.some(isRecentIn) : isRecentIn(kind);
  }

  #place({ wallMs, monoMs }: Instant): void {
    for (const { kind, name, receivedMs } of this.#known) {
      const lastMono = this.#lastMono[kind];
      const part = PARTS.indexOf(name);
      if (part >= 0) lastMono[part] = Math.max(lastMono[part] as number, monoMs - Math.max(0, wallMs - receivedMs));
    }
    this.#known = [];
  }
}

function never(): Float64Array {
  return new Float64Array(PARTS.length).fill(Number.NEGATIVE_INFINITY);
}
