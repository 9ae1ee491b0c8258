/**
 * Which readings of a lifetime counter are believed (decision 0008). Arithmetic only: the tables of energy and the
 * outputs both go by it.
 *
 * A reading that does not follow from the one before it is either wrong itself, or the first of another counter: only
 * what comes after it can tell. So several courses are followed at once, each with a price: for a reading left out, for
 * a fall that is too deep to be noise, for a rise beyond what the house was ever seen to do, for another counter. The
 * cheapest is believed; prices are such that another counter, or a rise without precedent, costs as much as leaving out
 * three readings that agree with it. A course knows where it left another (a leap, another counter): there it may go on
 * again, however much later, and is made to where the powers say so.
 */

/** What can be of one counter. */
export interface CounterLimits {
  /** The least it moves by, kWh. */
  readonly step: number;
  /** The most its house was seen to do, kW; 0 where nothing is known. */
  readonly usualKw: number;
  /** More is refused, kW. */
  readonly mostKw: number;
}

/** A counter at one value, over the readings that showed it. Times are Unix seconds, or seconds from any moment. */
export interface CounterRun {
  /** The first and the last reading at that value, a little noise below it included. */
  readonly from: number;
  readonly to: number;
  /** Which of all readings these two are, counted from 0. */
  readonly first: number;
  readonly last: number;
  /** What the counter shows, kWh. */
  readonly value: number;
  /** What is added to it for the counters before it, kWh: together they go on from where those stood. */
  readonly offset: number;
  /** What the powers had added up to at `from`, kWh. */
  readonly powered: number;
  /** For how long the powers were known up to `from`, and up to `to`, s. */
  readonly watchedFrom: number;
  readonly watched: number;
  /** The most that is taken for ordinary on the way to it, kW. */
  readonly usualKw: number;
  /** The run before it; null where it is the first. */
  readonly previous: CounterRun | null;
  /** Whether it is the first of another counter than the run before it. */
  readonly isOther: boolean;
  /**
   * The last run before it was another counter, or before it leapt: where it may turn out to have gone on from. null where
   * there was none.
   */
  readonly former: CounterRun | null;
}

/** Counters have two decimals: less is arithmetic. kWh. */
export const NOTHING = 1e-6;
/** No house with such a battery moves more, unless it is rated for more, kW. */
export const MOST_KW = 100;
/**
 * kWh by which a counter may rise at once: the coarsest steps are 1.2, and some counters leap by whole ones
 * (docs/fields.md).
 */
const LEAP = 2;
/** A fall of so many steps is noise; of so many only where it does not last. */
const NOISE_STEPS = 2;
const DEEP_STEPS = 4;
/** So many times what was seen to be done is ordinary. */
const ORDINARY = 2.5;
/** Powers are sampled, and meters differ: a counter may show so many times what they say. */
const MEASURED = 2;
/** It goes together with them where it shows so little more or less. */
const INEXACT = 0.25;

/** More is no noise of a counter with fine steps, kWh. */
const MOST_NOISE = 0.4;

/** A counter that is late shows what it should have shown so long before at most, h. */
const LATE_HOURS = 1 / 3;

/** Readings further apart have a gap between them, s. */
const GAP = 900;

/** Prices, in readings left out. */
const LEFT_OUT = 1;
const DEEP_FALL = 0.6;
/** So many are paid for: together they cost more than leaving out the one reading they fall from. */
const DEEP_FALLS = 2;
/** What is lost by a fall of so little, kWh, is not worth a doubt. */
const LITTLE = 0.45;
/** Of a counter that goes on so many readings as deep below the highest, each further one is as if it was left out. */
const SHORT_READINGS = 8;
const LEAPT = 0.5;
const UNHEARD_OF = 2.5;
const OTHER_COUNTER = 3.75;
const FORMER_COUNTER = 1.5;
/** To go on although the powers say that the former has gone on. */
const DOUBTED = 1.75;
/** So many leaps, or other counters, may be gone back over. */
const MOST_FORMER = 3;

/** A course that costs so much more than the cheapest is not followed any further. */
const HOPELESS = 7;
/** Nor are more than so many. */
const MAX_COURSES = 12;
/** Readings after which one before them is not doubted any more. */
export const SETTLED_AFTER = 8;
const SECONDS_AN_HOUR = 3600;

interface CounterCourse {
  readonly from: number;
  readonly first: number;
  readonly watchedFrom: number;
  readonly value: number;
  readonly offset: number;
  readonly powered: number;
  /** By how much the counter fell behind its powers of late, kWh. */
  readonly behind: number;
  readonly usualKw: number;
  readonly previous: CounterCourse | null;
  readonly isOther: boolean;
  readonly former: CounterCourse | null;
  to: number;
  last: number;
  watched: number;
  price: number;
  deepFalls: number;
  /** So many readings in a row are less than the powers say, and less than noise explains. */
  short: number;
}

/** At which price a run follows another, and what is ordinary from then on, kW. */
interface RiseTerms {
  readonly price: number;
  readonly usualKw: number;
}

interface CounterReading {
  /** Seconds, as those of all others. */
  readonly at: number;
  /** kWh. */
  readonly value: number;
  /** What the powers of this flow have added up to by then, kWh, from any beginning. */
  readonly powered: number;
  /** For how long they were known up to then, s, from any beginning. */
  readonly watched: number;
}

export class CounterTrack {
  readonly #limits: CounterLimits;
  /** The ends of all courses; the cheapest is `#best`. */
  #courses: CounterCourse[] = [];
  #best: CounterCourse | null = null;
  #readings = 0;

  /** @param anchor what was believed before the first reading; null where there was none */
  constructor(limits: CounterLimits, anchor: CounterRun | null = null) {
    this.#limits = limits;
    if (anchor === null) return;
    this.#best = anchored(anchor);
    this.#courses = [this.#best];
    this.#readings = 1;
  }

  /** The last run of what is believed at present; null before the first reading. */
  get run(): CounterRun | null {
    return this.#best;
  }

  /**
   * Takes a reading later than those before.
   * @param at seconds
   * @param value kWh
   * @param powered what the powers of this flow have added up to by then, kWh, from any beginning
   * @param watched for how long they were known up to then, s, from any beginning
   */
  add(at: number, value: number, powered: number, watched: number): void {
    const best = this.#best;
    const isClear = best !== null && this.#courses.length === 1 && best.last === this.#readings - 1;
    if (!(isClear && this.#goOn(best, at, value, powered, watched))) this.#branch({ at, value, powered, watched });
    this.#readings++;
  }

  /** Takes a reading that can only be of the same counter. @returns false where it can be otherwise */
  #goOn(only: CounterCourse, at: number, value: number, powered: number, watched: number): boolean {
    const rise = value - only.value;
    const most = NOISE_STEPS * this.#limits.step + Math.max(0, powered - only.powered);
    if (rise < -NOTHING - NOISE_STEPS * this.#limits.step || rise > most || at - only.to > GAP) return false;
    if (rise <= NOTHING) {
      only.to = at;
      only.watched = watched;
      only.last = this.#readings;
      return true;
    }
    const { price, usualKw } = only;
    this.#best = this.#risen(only, { at, value, powered, watched }, { price, usualKw });
    this.#courses[0] = this.#best;
    return true;
  }

  #branch(reading: CounterReading): void {
    const open = this.#open();
    const { usualKw } = this.#limits;
    const found = open.length === 0 ? [{ ...begun(reading, 0), usualKw }] : [];
    for (const course of open) this.#continue(course, reading, found);
    const courses = [...distinct(found), ...open.filter((course) => !isWithin(course, reading, this.#limits.step))];
    const best = courses.reduce((a, b) => (this.#priceOf(b) < this.#priceOf(a) - NOTHING ? b : a));
    const ancestors = new Set<CounterCourse>();
    for (let run = best.previous; run !== null && ancestors.size < SETTLED_AFTER; run = run.previous)
      ancestors.add(run);
    this.#best = best;
    this.#courses = courses
      .filter((course) => !ancestors.has(course) && this.#priceOf(course) <= this.#priceOf(best) + HOPELESS)
      .sort((a, b) => this.#priceOf(a) - this.#priceOf(b))
      .slice(0, MAX_COURSES);
  }

  /** The price of a course that leaves out all readings after its last, the present one among them. */
  #priceOf({ price, last }: CounterCourse): number {
    return price + (this.#readings - last) * LEFT_OUT;
  }

  /** Courses that can still turn out to be right: those that are followed, and what they were not long ago. */
  #open(): CounterCourse[] {
    const open = new Set<CounterCourse>();
    const oldest = this.#readings - SETTLED_AFTER;
    for (const course of this.#courses) {
      for (let run: CounterCourse | null = course; run !== null && run.last >= oldest; run = run.previous)
        open.add(run);
    }
    return [...open];
  }

  /** The courses that lead on from one with this reading. */
  #continue(course: CounterCourse, reading: CounterReading, found: CounterCourse[]): void {
    const price = this.#priceOf(course) - LEFT_OUT;
    const same = this.#follow(course, reading, price);
    let isDoubted = false;
    let { former } = course;
    for (let depth = 0; former !== null && depth < MOST_FORMER; depth++) {
      const isBorneOut = this.#isBorneOut(course, former, reading);
      const isAnother = former.offset !== course.offset;
      const back = isBorneOut || isAnother ? this.#follow(former, reading, price + FORMER_COUNTER) : null;
      if (back !== null) found.push(back);
      isDoubted ||= isBorneOut || (back !== null && this.#isReturn(course, back, price + FORMER_COUNTER));
      former = former.former;
    }
    const isFall = same !== null && same.short === 1 && course.value - reading.value > NOISE_STEPS * this.#limits.step;
    if (same === null || isFall) found.push(this.#other(course, reading, price + OTHER_COUNTER));
    if (same !== null) found.push(isDoubted ? { ...same, price: same.price + DOUBTED } : same);
  }

  /** Whether the powers, while they were known, say that a reading goes on from a former run, and not from the present one. */
  #isBorneOut(course: CounterCourse, former: CounterCourse, reading: CounterReading): boolean {
    const noise = noiseOf(this.#limits.step) + NOTHING;
    const amiss = amissAfter(former, reading);
    const inexact = INEXACT * (reading.powered - former.powered);
    return amiss <= noise + inexact && amiss + noise < amissAfter(course, reading);
  }

  /** Whether another counter has shown nothing but one value, and then what the one before it would: it never was there. */
  #isReturn(course: CounterCourse, back: CounterCourse, price: number): boolean {
    return course.isOther && back.value > course.value + noiseOf(this.#limits.step) && back.price <= price + NOTHING;
  }

  /** The course with a reading of the same counter; null where it cannot be one. */
  #follow(course: CounterCourse, reading: CounterReading, price: number): CounterCourse | null {
    const { step, mostKw } = this.#limits;
    const rise = reading.value - course.value;
    if (rise < -DEEP_STEPS * step - NOTHING) return null;
    if (rise <= NOTHING) return this.#held(course, reading, price);
    const hours = Math.max(0, reading.at - course.to) / SECONDS_AN_HOUR;
    const unwatched = Math.max(0, hours - (reading.watched - course.watched) / SECONDS_AN_HOUR);
    const measured = Math.max(0, reading.powered - course.powered);
    const ordinary = (1 + INEXACT) * measured + ORDINARY * course.usualKw * unwatched;
    const { usualKw } = course;
    if (rise <= ordinary + noiseOf(step)) return this.#risen(course, reading, { price, usualKw });
    const leap = Math.max(LEAP, NOISE_STEPS * step) + course.behind;
    if (rise <= ordinary + leap) return this.#leapt(course, reading, { price: price + LEAPT, usualKw });
    // A counter that stood may have been stuck, for as long as no power said otherwise.
    const stood = Math.max(0, reading.at - course.from - (reading.watched - course.watchedFrom)) / SECONDS_AN_HOUR;
    if (rise > Math.max(mostKw * stood, MEASURED * measured) + leap) return null;
    // Over minutes one step more or less is many kilowatts.
    const done = reading.at - course.to > GAP ? (rise - leap) / hours : 0;
    return this.#leapt(course, reading, { price: price + UNHEARD_OF, usualKw: Math.max(usualKw, done) });
  }

  /** The course with a reading that is no higher: the highest holds. */
  #held(course: CounterCourse, { at: to, value, powered, watched }: CounterReading, price: number): CounterCourse {
    const { step } = this.#limits;
    const fall = course.value - value;
    const isDeep = fall > NOISE_STEPS * step + NOTHING;
    const passed = Math.max(0, powered - course.powered);
    const isShort = fall > NOTHING && fall + (1 - INEXACT) * passed > Math.max(NOISE_STEPS * step, LITTLE) + NOTHING;
    const short = isShort ? course.short + 1 : 0;
    const [more, dearer] = isDeep && course.deepFalls < DEEP_FALLS ? [1, DEEP_FALL] : [0, 0];
    const deepFalls = course.deepFalls + more;
    const dearest = price + dearer + (short > SHORT_READINGS ? LEFT_OUT : 0);
    return { ...course, to, watched, last: this.#readings, price: dearest, deepFalls, short };
  }

  #risen(course: CounterCourse, reading: CounterReading, at: RiseTerms): CounterCourse {
    const { offset, former } = course;
    const measured = Math.max(0, reading.powered - course.powered);
    const behind = Math.max(0, course.behind + measured - (reading.value - course.value));
    const late = { behind: Math.min(behind, LATE_HOURS * course.usualKw) };
    return { ...begun(reading, this.#readings), offset, previous: course, former, ...late, ...at };
  }

  #leapt(course: CounterCourse, reading: CounterReading, at: RiseTerms): CounterCourse {
    return { ...this.#risen(course, reading, at), former: course };
  }

  #other(course: CounterCourse, reading: CounterReading, price: number): CounterCourse {
    const { usualKw } = course;
    const offset = course.value + course.offset - reading.value;
    const after = { offset, usualKw, previous: course, isOther: true, former: course };
    return { ...begun(reading, this.#readings), ...after, price };
  }
}

/** By how much a rise may be off, kWh: from a reading that is too low to one that is too high, but for coarse counters. */
function noiseOf(step: number): number {
  return Math.max(NOISE_STEPS * step, Math.min(2 * NOISE_STEPS * step, MOST_NOISE));
}

/** How far a rise is from what the powers say, kWh; infinite where they were not known. */
function amissAfter(run: CounterCourse, { at, value, powered, watched }: CounterReading): number {
  const unwatched = at - run.from - (watched - run.watchedFrom);
  return unwatched <= GAP ? Math.abs(value - run.value - (powered - run.powered)) : Number.POSITIVE_INFINITY;
}

/** A run of one reading, with nothing before it. */
function begun({ at, value, powered, watched }: CounterReading, index: number): CounterCourse {
  const readings = { from: at, to: at, first: index, last: index, value, powered, watched, watchedFrom: watched };
  const before = { offset: 0, behind: 0, usualKw: 0, previous: null, isOther: false, former: null };
  return { ...readings, ...before, price: 0, deepFalls: 0, short: 0 };
}

/** Whether a reading only prolongs a run: to leave it out would change nothing. */
function isWithin({ value, to }: CounterCourse, reading: CounterReading, step: number): boolean {
  const fall = value - reading.value;
  return fall >= -NOTHING && fall <= DEEP_STEPS * step + NOTHING && reading.at - to <= GAP;
}

/**
 * Of courses that have come to the same value, and so go on alike, the cheapest. It need not leave out a reading that
 * another course took: what showed that value before, after the same run, is a part of it.
 */
function distinct(courses: readonly CounterCourse[]): CounterCourse[] {
  const kept: CounterCourse[] = [];
  for (const course of courses) {
    const at = kept.findIndex(({ value }) => value === course.value);
    if (at < 0) kept.push(course);
    else kept[at] = cheaper(kept[at] as CounterCourse, course);
  }
  return kept;
}

function cheaper(one: CounterCourse, other: CounterCourse): CounterCourse {
  const [cheap, dear] = other.price < one.price ? [other, one] : [one, other];
  if (dear.previous !== cheap.previous || dear.isOther !== cheap.isOther || dear.first >= cheap.first) return cheap;
  const { from, first, powered, watchedFrom } = dear;
  return { ...cheap, from, first, powered, watchedFrom };
}

function anchored(run: CounterRun): CounterCourse {
  const former = run.former === null ? null : anchored({ ...run.former, former: null });
  return {
    ...run,
    behind: 0,
    previous: null,
    isOther: false,
    former,
    first: 0,
    last: 0,
    price: 0,
    deepFalls: 0,
    short: 0,
  };
}
