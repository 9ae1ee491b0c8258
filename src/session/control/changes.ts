/**
 * The changes of one battery's settings: what was wanted, how far it has come, what still holds, and how many writes are left.
 */
import type { ControlChange, ControlRecord, ControlState, Private } from '../../model.ts';

/** So many are known while the server runs; stores keep more. */
const MOST_KNOWN = 100;
const MOST_STEPS = 60;
const MOST_FRAMES = 40;
const OPEN: readonly ControlState[] = ['proposed', 'asked', 'accepted', 'fetched', 'echoed', 'observed'];
const UNDER_WAY: readonly ControlState[] = ['asked', 'accepted', 'fetched'];

/** Whether it has not come to its end. */
export function isOpen({ state }: ControlChange): boolean {
  return OPEN.includes(state);
}

export function isVerb({ wish: { kind } }: ControlChange): boolean {
  return kind === 'hold' || kind === 'charge';
}

export class Changes {
  readonly #battery: Private<string>;
  #known: readonly ControlChange[];
  #unkept: ControlRecord[] = [];

  /** @param known from before, oldest first; what was under way then is not any more */
  constructor(battery: Private<string>, known: readonly ControlChange[]) {
    this.#battery = battery;
    this.#known = known.map(afterRestart);
  }

  /** Oldest first. */
  get all(): readonly ControlChange[] {
    return this.#known;
  }

  get lastNumber(): number {
    return this.#known.at(-1)?.number ?? 0;
  }

  of(number: number): ControlChange | null {
    return this.#known.find((change) => change.number === number) ?? null;
  }

  /** The verb that the battery has, or may have. */
  get holding(): ControlChange | null {
    return this.#known.findLast((change) => change.holds) ?? null;
  }

  /** What has been asked of the battery, and has not been told back. */
  get underWay(): ControlChange | null {
    return this.#known.find(({ state }) => UNDER_WAY.includes(state)) ?? null;
  }

  /** What waits to be asked, the newest first. */
  get waiting(): readonly ControlChange[] {
    return this.#known.filter(({ state }) => state === 'proposed').toReversed();
  }

  /** When the battery was last given a configuration, Unix ms; minus infinity for never. */
  get lastGivenMs(): number {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.#known.flatMap(({ givenMs }) => givenMs));
  }

  /** The whole 1,2,3 that it was given last, and when. */
  get lastGiven(): { readonly body: Uint8Array; readonly receivedMs: number } | null {
    const given = this.#known
      .flatMap(({ frames }) => frames)
      .filter(({ isOurs, bytes }) => isOurs && bytes.reveal()[2] === 3);
    const newest = given.reduce(
      (best, one) => (one.atMs >= best.atMs ? one : best),
      given[0] as (typeof given)[number],
    );
    return newest === undefined ? null : { body: bodyOf(newest.bytes.reveal()), receivedMs: newest.atMs };
  }

  /**
   * How many writes a wish may still cause that day. A verb counts twice: its end is reserved.
   * @param sinceMs when the day began
   */
  writesLeft(perDay: number, sinceMs: number): number {
    const spent = this.#known
      .filter(({ isUnlimited }) => !isUnlimited)
      .map((change) => {
        const given = change.givenMs.filter((ms) => ms >= sinceMs).length;
        const writes = given > 0 || change.givenMs.length > 0 ? given : isOpen(change) ? 1 : 0;
        return writes === 0 ? 0 : writes + (isVerb(change) ? 1 : 0);
      });
    return Math.max(0, perDay - spent.reduce((sum: number, writes) => sum + writes, 0));
  }

  /** Keeps a change, a new one or one that has gone on. @returns it as it is kept */
  put(change: ControlChange): ControlChange {
    const kept = { ...change, steps: change.steps.slice(-MOST_STEPS), frames: change.frames.slice(-MOST_FRAMES) };
    const isKnown = this.of(change.number) !== null;
    const all = isKnown
      ? this.#known.map((one) => (one.number === change.number ? kept : one))
      : [...this.#known, kept];
    const surplus = all.length - MOST_KNOWN;
    // What holds or goes on is known however old it is.
    this.#known = all.filter((one, index) => index >= surplus || one.holds || isOpen(one));
    const receivedMs = kept.steps.at(-1)?.atMs ?? 0;
    const others = this.#unkept.filter(({ change: { number } }) => number !== kept.number);
    this.#unkept = [...others, { type: 'control', battery: this.#battery, receivedMs, change: kept }];
    return kept;
  }

  /** It has come to a state. */
  step(number: number, state: ControlState, atMs: number, note = '', more: Partial<ControlChange> = {}): ControlChange {
    const change = this.of(number) as ControlChange;
    return this.put({ ...change, ...more, state, steps: [...change.steps, { state, atMs, note }] });
  }

  /** What is to be kept since it was last asked for. */
  takeRecords(): ControlRecord[] {
    const records = this.#unkept;
    this.#unkept = [];
    return records;
  }
}

/** Nobody awaits an answer any more. What was given may be there. What puts a battery right goes on. */
function afterRestart(change: ControlChange): ControlChange {
  const { state, steps, wish } = change;
  if (!isOpen(change) || state === 'proposed') return change;
  const atMs = steps.at(-1)?.atMs ?? 0;
  const isAsked = UNDER_WAY.includes(state);
  const next = !isAsked ? 'done' : wish.kind === 'restore' ? 'proposed' : 'timed_out';
  const note = isAsked ? 'the server was restarted' : 'not observable: the server was restarted';
  return { ...change, state: next, steps: [...steps, { state: next, atMs, note }] };
}

/** A frame's body: between its head of seven bytes and its checksum of two. */
export function bodyOf(frame: Uint8Array): Uint8Array {
  return frame.subarray(7, -2);
}
