/**
 * Whether a clock was set back by a little, which looks like lateness: it is believed when no sample was on time for half an
 * hour, or when the clock is set again. It may have been set back several times meanwhile: samples since then that reach no higher
 * are a *level*. Of samples that come together the first alone counts.
 */
import { type Agreement, type ClockSample, TOGETHER_SECONDS } from './suspicion.ts';

/** What samples of one level agree on, and its last. */
export interface HeardLevel extends Agreement {
  readonly last: ClockSample;
}

/** So long nothing on time, and so many late ones: then they are not late. */
const LOW_MS = 1_800_000;
const LOW_SAMPLES = 30;
const TOGETHER_MS = 10_000;
/** Frames that are late one after the other are on time again sooner. */
const SUSPECTED_MS = 180_000;
const SUSPECTED_SAMPLES = 4;
/** As many samples reach a level that is one: fewer were late. */
const REACHED = 3;
/** More are not remembered: six hours, where one was on time each half hour at least. */
const REMEMBERED = 2048;

export class SetBack {
  #heard: readonly ClockSample[] = [];
  #lower: readonly ClockSample[] = [];

  /** A sample below what is believed in. @returns what it and those before it say, once that is believed; else null */
  consider(sample: ClockSample): Agreement | null {
    const last = this.#heard.at(-1);
    if (last === undefined || sample.monoMs - last.monoMs >= TOGETHER_MS)
      this.#heard = [...this.#heard.slice(1 - REMEMBERED), sample];
    const [first] = this.#heard as readonly [ClockSample];
    if (this.#heard.length < LOW_SAMPLES || sample.monoMs - first.monoMs < LOW_MS) return null;
    const found = levelsOf(this.#heard).findLast(isLong) ?? { first, greatest: secondGreatest(this.#heard) };
    const at = this.#heard.findLastIndex(({ offset }) => offset >= found.greatest - TOGETHER_SECONDS);
    this.#lower = this.#heard.slice(at + 1);
    return found;
  }

  /** Whether samples before that one tell of it: more, and for longer, than frames that are late would. */
  isSuspectedBefore({ monoMs }: ClockSample): boolean {
    const [first] = this.#heard;
    return this.#heard.length >= SUSPECTED_SAMPLES && monoMs - (first as ClockSample).monoMs >= SUSPECTED_MS;
  }

  /** The levels before that of a clock which was found, oldest first. */
  levelsBefore({ first, greatest }: Agreement, believed: number): HeardLevel[] {
    const before = this.#heard.filter(({ monoMs }) => monoMs < first.monoMs);
    return levelsOf(before, greatest < believed ? greatest : undefined);
  }

  /** The clock is what it is believed to be. What came since a level that was believed, and is lower, may be of a later one. */
  clear(): void {
    if (this.#heard.length > 0) this.#heard = this.#lower;
    if (this.#lower.length > 0) this.#lower = [];
  }
}

interface OpenLevel {
  samples: ClockSample[];
  greatest: number;
}

/**
 * From the newest sample back: a clock that is only set back was ahead by no less before, so that what exceeds all that follow is of an earlier level.
 * @param floor what the level after the last of these reaches; none where it is another clock
 */
function levelsOf(samples: readonly ClockSample[], floor = Number.NEGATIVE_INFINITY): HeardLevel[] {
  const levels: OpenLevel[] = [];
  let open: OpenLevel = { samples: [], greatest: floor };
  for (const [index, sample] of [...samples.entries()].reverse()) {
    const above = open.greatest + TOGETHER_SECONDS;
    const isAbove = ({ offset }: ClockSample) => offset > above;
    if (isAbove(sample) && hasEnough(samples, index, isAbove)) {
      levels.unshift(open);
      open = { samples: [sample], greatest: sample.offset };
    } else {
      open.samples.unshift(sample);
      if (!isAbove(sample)) open.greatest = Math.max(open.greatest, sample.offset);
    }
  }
  return [open, ...levels]
    .filter(({ samples: [one], greatest }) => one !== undefined && greatest !== floor)
    .flatMap(levelOf);
}

function hasEnough(samples: readonly ClockSample[], upTo: number, is: (sample: ClockSample) => boolean): boolean {
  let count = 0;
  for (let index = upTo; index >= 0 && count < REACHED; index--) if (is(samples[index] as ClockSample)) count++;
  return count >= REACHED;
}

/** None where too few samples reach it, and no more: they were late. */
function levelOf({ samples, greatest }: OpenLevel): HeardLevel[] {
  const reaching = samples.filter(({ offset }) => Math.abs(offset - greatest) <= TOGETHER_SECONDS);
  if (reaching.length < REACHED) return [];
  return [{ first: samples[0] as ClockSample, last: samples.at(-1) as ClockSample, greatest }];
}

function isLong({ first, last }: HeardLevel): boolean {
  return last.monoMs - first.monoMs >= SUSPECTED_MS;
}

function secondGreatest(samples: readonly ClockSample[]): number {
  const greatest = samples.reduce((best, one) => (one.offset > best.offset ? one : best));
  return samples.reduce(
    (best, one) => (one === greatest ? best : Math.max(best, one.offset)),
    Number.NEGATIVE_INFINITY,
  );
}
