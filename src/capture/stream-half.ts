/**
 * One direction of a TCP connection that was recorded, not taken part in: segments come in any order, twice, overlapping, and
 * some were never recorded. What was acknowledged but not recorded will not come any more.
 */

/** What is passed on: bytes in their order; how many of them were lost before the next (null: nobody knows); that this was all. */
export type PassedSegment =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly ms: number | null }
  | { readonly kind: 'lost'; readonly length: number | null; readonly ms: number | null }
  | { readonly kind: 'ended'; readonly ms: number | null };

export interface HalfSegment {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  /** Bytes behind them that the capture did not keep. */
  readonly missing: number;
  /** Whether its side says nothing more (FIN); that has a sequence number of its own. */
  readonly isLast: boolean;
  readonly ms: number | null;
}

function lengthOf({ bytes, missing, isLast }: HalfSegment): number {
  return bytes.length + missing + (isLast ? 1 : 0);
}

/** A recording may have packets in another order than they went, but not by more than this. */
const REORDER_MS = 1000;
/** How long the first bytes of a connection that was under way wait for earlier ones. */
const BEGIN_MS = 200;
const BEGIN_SEGMENTS = 4;
/** How long a hole stays open that nobody acknowledged: TCP sends again for about two minutes. */
const PATIENCE_MS = 120_000;
/** Of bytes behind a hole. */
const MOST_WAITING = 262_144;
const MOST_SEGMENTS = 1024;
/** Farther apart than any window: another connection of the same ports. */
const FAR = 0x100_0000;

/** How far `a` is behind `b`; sequence numbers go round at 2³². */
function distance(a: number, b: number): number {
  return (a - b) | 0;
}

/** Each method adds what can be passed on to the list that it is given: a list for each packet costs less than a generator. */
export class StreamHalf {
  /** The number of the first byte, where the connection’s beginning was recorded. */
  #first: number | null = null;
  #next: number | null = null;
  #acknowledged: number | null = null;
  #waiting: HalfSegment[] = [];
  #size = 0;
  /** When the first segment came, while it is not known where the stream begins. */
  #begunMs: number | null = null;
  /** Since when something is missing. */
  #holeMs: number | null = null;
  #hasHole = false;
  /** When the last segment came with something in it. */
  #saidMs: number | null = null;

  /** How many bytes are held. */
  get size(): number {
    return this.#size;
  }

  /**
   * Whether a connection whose first byte has this number can be the one that is known.
   * @param ms when it was begun
   */
  accepts(first: number, ms: number | null): boolean {
    if (this.#first !== null) return this.#first === first && !this.#hasSaidBefore(ms);
    const known = this.#next ?? this.#waiting[0]?.sequence;
    if (known === undefined) return true;
    const gone = distance(known, first);
    return gone >= 0 && gone < MOST_WAITING;
  }

  /** Nobody begins a connection on which something was said: small stacks begin each with the same number. */
  #hasSaidBefore(ms: number | null): boolean {
    return ms !== null && this.#saidMs !== null && ms - this.#saidMs > REORDER_MS;
  }

  /** The beginning was recorded. */
  begin(first: number, passed: PassedSegment[]): void {
    if (this.#first !== null) return;
    this.#first = first;
    if (this.#next !== null) return;
    this.#next = first;
    this.#passOn(passed);
  }

  /** The other side has these. */
  acknowledge(number: number): void {
    if (this.#acknowledged === null || distance(number, this.#acknowledged) > 0) this.#acknowledged = number;
  }

  take(segment: HalfSegment, passed: PassedSegment[]): void {
    const { sequence, ms } = segment;
    const length = lengthOf(segment);
    if (length === 0) return;
    this.#saidMs = ms;
    if (this.#next === sequence && this.#waiting.length === 0) {
      this.#hasHole = false;
      this.#pass(segment, 0, passed);
      return;
    }
    if (this.#next !== null && Math.abs(distance(sequence, this.#next)) > FAR) {
      this.flush(passed);
      passed.push({ kind: 'lost', length: null, ms });
      this.#next = sequence;
      this.#acknowledged = null;
      this.#pass(segment, 0, passed);
      return;
    }
    if (this.#next !== null && distance(sequence + length, this.#next) <= 0) return;
    this.#wait(segment);
    if (this.#next !== null) this.#passOn(passed);
    this.passTime(ms, passed);
  }

  /** @param ms of the newest packet: what is missing since long is lost */
  passTime(ms: number | null, passed: PassedSegment[]): void {
    if (this.#next === null) {
      if (this.#hasBegun(ms)) this.#beginAnywhere(passed);
      return;
    }
    if (!this.#isHole(this.#next)) {
      this.#hasHole = false;
      return;
    }
    if (!this.#hasHole) {
      this.#hasHole = true;
      this.#holeMs = ms;
    }
    const waited = ms === null || this.#holeMs === null ? 0 : Math.abs(ms - this.#holeMs);
    const patience = this.#isAcknowledged(this.#next) ? REORDER_MS : PATIENCE_MS;
    if (waited >= patience || this.#isFull()) this.#giveUp(ms, passed);
  }

  /** The end: all that waits, with what lacks between. */
  flush(passed: PassedSegment[]): void {
    if (this.#next === null) this.#beginAnywhere(passed);
    while (this.#waiting.length > 0) this.#giveUp(this.#waiting[0]?.ms ?? null, passed);
  }

  #isHole(next: number): boolean {
    return this.#waiting.length > 0 || this.#isAcknowledged(next);
  }

  #isAcknowledged(next: number): boolean {
    return this.#acknowledged !== null && distance(this.#acknowledged, next) > 0;
  }

  #isFull(): boolean {
    return this.#size > MOST_WAITING || this.#waiting.length > MOST_SEGMENTS;
  }

  #hasBegun(ms: number | null): boolean {
    if (this.#waiting.length === 0) return false;
    if (this.#waiting.length >= BEGIN_SEGMENTS || ms === null || this.#begunMs === null) return true;
    return Math.abs(ms - this.#begunMs) >= BEGIN_MS;
  }

  #beginAnywhere(passed: PassedSegment[]): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#next = first.sequence;
    this.#passOn(passed);
  }

  /** In the order of their numbers; what is held is a copy, so that no chunk of the file is kept for it. */
  #wait(segment: HalfSegment): void {
    const held = { ...segment, bytes: segment.bytes.slice() };
    if (this.#next === null && this.#waiting.length === 0) this.#begunMs = segment.ms;
    let place = this.#waiting.length;
    while (place > 0 && distance((this.#waiting[place - 1] as HalfSegment).sequence, held.sequence) > 0) place--;
    this.#waiting.splice(place, 0, held);
    this.#size += held.bytes.length;
  }

  #passOn(passed: PassedSegment[]): void {
    for (let [held] = this.#waiting; held !== undefined; [held] = this.#waiting) {
      const known = distance(this.#next as number, held.sequence);
      if (known < 0) return;
      this.#waiting.shift();
      this.#size -= held.bytes.length;
      if (known < lengthOf(held)) this.#pass(held, known, passed);
    }
    this.#hasHole = false;
  }

  /** @param known how many of its bytes are there already: of bytes that came twice, the first count */
  #pass(segment: HalfSegment, known: number, passed: PassedSegment[]): void {
    const { sequence, bytes, missing, isLast, ms } = segment;
    this.#next = (sequence + lengthOf(segment)) >>> 0;
    if (known < bytes.length) passed.push({ kind: 'bytes', bytes: known === 0 ? bytes : bytes.subarray(known), ms });
    const length = bytes.length + missing - Math.max(known, bytes.length);
    if (length > 0) passed.push({ kind: 'lost', length, ms });
    if (isLast) passed.push({ kind: 'ended', ms });
  }

  #giveUp(ms: number | null, passed: PassedSegment[]): void {
    const next = this.#next as number;
    const to = this.#waiting[0]?.sequence ?? (this.#acknowledged as number);
    this.#hasHole = false;
    this.#next = to;
    passed.push({ kind: 'lost', length: distance(to, next), ms });
    this.#passOn(passed);
  }
}
