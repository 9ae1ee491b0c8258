/**
 * The battery's clock against UTC, measured by its live frames (docs/decisions/0006 says how and why):
 *
 *     state        a sample                                what follows                                   next state
 *     unheard      the first                               a provisional epoch                            provisional
 *     provisional  three in normal cadence, over 15 s      the epoch set right, what it dated corrected   trusted
 *     trusted      on time                                 the estimate follows; an epoch when it left    trusted
 *     trusted      late                                    nothing; after half an hour, set back          trusted
 *     trusted      impossible, three in cadence over 15 s  an epoch, what was dated since corrected       trusted
 *     trusted      after an outage too long to predict     as below                                       predicted
 *     predicted    three in normal cadence, over 15 s      epochs along the line, or one: it was set      trusted
 *
 * suspicion.ts counts the three, set-back.ts the half hour, running-maximum.ts is the estimate, rise.ts says how far that may rise,
 * timeline.ts knows what a battery's time means, doubt.ts dates what cannot be as it says.
 */
import { type ClockCorrection, type ClockEpoch, type EpochReason, type Instant, READING_KINDS } from '../../model.ts';
import { Doubt } from './doubt.ts';
import { DETAIL_SECONDS, meanwhile, type Readings, SERVER_STEP_SECONDS } from './meanwhile.ts';
import { MOST_SECONDS, Rise } from './rise.ts';
import { hasLeft, ROUNDING, RunningMaximum, rounded } from './running-maximum.ts';
import { SetBack } from './set-back.ts';
import { type Agreement, type Sample, Suspicion } from './suspicion.ts';
import { Timeline } from './timeline.ts';

/** What a sample changed: to be kept, and what was dated wrongly to be dated anew. */
export interface ClockChange {
  readonly epochs: readonly ClockEpoch[];
  readonly corrections: readonly ClockCorrection[];
}

/** A sample so far below the estimate is of another clock: no delay is that long. */
const BELOW_SECONDS = -90;
/** A sample no further below is on time: the clock was not set. */
const ON_TIME_SECONDS = -3;
/** How far a prediction may be off, in parts per million of the time since: with a drift measured, and without. */
const KNOWN_PPM = 30;
const UNKNOWN_PPM = 200;
/** A prediction worse than this is measured again before it is trusted. */
const TRUSTED_SECONDS = 1;
/** Without a sample for so long, nobody saw when the clock was set. */
const UNSEEN_MS = 120_000;
/** A server that ended within this of the first epoch's beginning did not come to settle it. */
const PROVISIONAL_MS = 600_000;
/**
 * An epoch so young is corrected, and no other begun, when its measurement turns out to be wrong: the server's own clock was
 * wrong; or it was taken from samples that were all late, by so much at most. Later than that, the clock was set.
 */
const CORRECTABLE_MS = 3_600_000;
const LATE_MS = 900_000;
const LATEST_SECONDS = 130;
/** No clock drifts further in that time: an estimate that rose by more was of late samples. */
const MOST_DRIFT_SECONDS = 1;
/** Epochs laid along the line of an outage at most: three years cut off are 2,340 s (captured). */
const MOST_STEPS = 100;
/** Two readings may be of one second, where a battery sends more often than its clock ticks; for so long it ticks. */
const STANDS_MS = 3000;
/** Earlier and later than any time a battery can tell. */
const FOREVER = 1e12;

type State = 'unheard' | 'provisional' | 'trusted' | 'predicted';

/** The newest epoch that was measured, and how: while it is young it can be corrected as a whole. */
interface Begun {
  readonly number: number;
  readonly offsetSeconds: number;
  readonly reason: EpochReason;
  readonly monoMs: number;
  /** What it dated: from this time of the battery on, received since. */
  readonly fromBatteryTime: number;
  readonly receivedSinceMs: number;
}

export class BatteryClock {
  readonly timeline: Timeline;
  readonly #maximum: RunningMaximum;
  readonly #rise = new Rise();
  readonly #suspicion = new Suspicion();
  readonly #setBack = new SetBack();
  readonly #doubt: Doubt;
  #state: State;
  /** The newest sample that agreed with the estimate, and the newest at all. */
  #agreed: Sample | null = null;
  #last: Sample | null = null;
  /** Seconds by which the server's own clock was set since the last sample that agreed. */
  #serverSet = 0;
  /** null for an epoch from before this process. */
  #begun: Begun | null = null;
  /** The greatest battery time that agreed: an epoch that begins after it divides nothing that was dated already. */
  #seenUntil = -FOREVER;

  /**
   * @param epochs what is known from before, oldest first; none for a battery never heard
   * @param heardMs when it was last heard, Unix milliseconds; null for a battery never heard
   */
  constructor(epochs: readonly ClockEpoch[] = [], heardMs: number | null = null) {
    this.timeline = new Timeline(epochs);
    const newest = epochs.at(-1);
    this.#doubt = new Doubt(newest === undefined ? null : Math.max(heardMs ?? 0, newest.sinceMs));
    this.#maximum = new RunningMaximum(newest?.driftPpm ?? 0);
    this.#state = 'unheard';
    if (newest !== undefined) this.#restore(epochs, newest, Math.max(heardMs ?? 0, newest.sinceMs));
  }

  #restore(epochs: readonly ClockEpoch[], newest: ClockEpoch, heardMs: number): void {
    const provisional = newest.reason === 'first_frame' && heardMs - newest.sinceMs < PROVISIONAL_MS;
    this.#state = provisional ? 'provisional' : 'trusted';
    const set = epochs.findLastIndex(({ reason }) => reason !== 'drift');
    const estimate = ({ offsetSeconds }: ClockEpoch) => offsetSeconds + ROUNDING;
    const points = epochs.slice(Math.max(0, set)).map((epoch) => ({ ms: epoch.sinceMs, offset: estimate(epoch) }));
    this.#maximum.restore([...points, { ms: heardMs, offset: estimate(newest) }]);
    const batteryTime = Math.floor(heardMs / 1000) + newest.offsetSeconds;
    this.#agreed = { batteryTime, wallMs: heardMs, monoMs: Number.NaN, offset: estimate(newest) };
    this.#seenUntil = batteryTime;
  }

  /** The epoch that holds now; null where nothing is known yet. */
  get epoch(): ClockEpoch | null {
    return this.timeline.newest;
  }

  /** By how many parts per million it is fast, as far as is known. */
  get driftPpm(): number {
    return this.#maximum.driftPpm;
  }

  /** Whether what it says is measured: neither provisional, nor predicted over too long, nor in doubt. */
  get settled(): boolean {
    return this.#state === 'trusted' && this.#suspicion.count === 0;
  }

  /** Whether a live frame with this time says nothing new: it is a repetition, or the clock stands still. */
  isOfLast(batteryTime: number): boolean {
    return this.#last?.batteryTime === batteryTime;
  }

  /** Whether it has been the same time for longer than a second is. */
  stands(batteryTime: number, now: Instant): boolean {
    return this.#last?.batteryTime === batteryTime && now.monoMs - this.#last.monoMs >= STANDS_MS;
  }

  /**
   * UTC in Unix seconds of a reading that has just come, which is no later than that: see doubt.ts.
   * @param time what the timeline says of it
   */
  bounded(time: number, batteryTime: number, now: Instant): number {
    return this.#doubt.date(time, batteryTime, now.wallMs, this.#suspicion.offset);
  }

  /**
   * Takes the time of a live frame and its arrival.
   * @param batteryTime seconds as if UTC
   * @returns what this changed, to be kept; null where it changed nothing
   */
  sample(batteryTime: number, now: Instant): ClockChange | null {
    if (this.isOfLast(batteryTime)) return null;
    const sample = { ...now, batteryTime, offset: batteryTime - now.wallMs / 1000 };
    this.#noticeServerClock(sample);
    this.#last = sample;
    return this.#take(sample);
  }

  #take(sample: Sample): ClockChange | null {
    if (this.#state === 'unheard') return this.#begin(sample);
    const { monoMs, wallMs } = this.#agreed as Sample;
    // What an earlier run dated is not put right by what is measured long after: the clock may have been set since.
    const isOld = this.#state === 'provisional' && Number.isNaN(monoMs) && sample.wallMs - wallMs > PROVISIONAL_MS;
    if (isOld || (this.#state === 'trusted' && this.#uncertainty(sample) > TRUSTED_SECONDS)) {
      this.#state = 'predicted';
      this.#suspicion.clear();
    }
    return this.#state === 'trusted' ? this.#compare(sample) : this.#settle(sample);
  }

  #begin(sample: Sample): ClockChange {
    this.#state = 'provisional';
    this.#agreed = sample;
    this.#maximum.reset(sample.wallMs, sample.offset);
    this.#suspicion.consider(sample);
    const epoch = this.#epochFrom(sample.batteryTime, rounded(sample.offset), 'first_frame');
    this.#begun = { ...epoch, monoMs: sample.monoMs, fromBatteryTime: -FOREVER, receivedSinceMs: 0 };
    return this.#change([epoch]);
  }

  /** Monotonic and wall clock advance together; where they do not, the server's was set (or the machine slept). */
  #noticeServerClock(sample: Sample): void {
    if (this.#last === null) return;
    const step = (sample.wallMs - this.#last.wallMs - (sample.monoMs - this.#last.monoMs)) / 1000;
    if (Math.abs(step) > SERVER_STEP_SECONDS) this.#serverSet += step;
  }

  /** How far the estimate may be off, in seconds, for want of samples that agreed with it. */
  #uncertainty(sample: Sample): number {
    const ppm = this.#maximum.knowsDrift ? KNOWN_PPM : UNKNOWN_PPM;
    return (Math.max(0, sample.wallMs - (this.#agreed as Sample).wallMs) * ppm) / 1e9;
  }

  // ---- while the estimate is trusted -----------------------------------------------------------------------------

  #compare(sample: Sample): ClockChange | null {
    const estimate = this.#maximum.at(sample.wallMs);
    const residual = sample.offset - estimate;
    const drifted = this.#uncertainty(sample);
    const above = !this.#rise.allows(residual, drifted);
    if (above || residual < BELOW_SECONDS || this.#isServerStep(residual)) return this.#suspect(sample);
    if (residual < ON_TIME_SECONDS) return this.#takeLow(sample);
    this.#maximum.add(sample.wallMs, this.#rise.confirmed(sample, estimate, drifted));
    this.#agreed = sample;
    this.#believe();
    this.#doubt.disproved();
    this.#seenUntil = Math.max(this.#seenUntil, sample.batteryTime);
    return this.#follow(sample);
  }

  #isServerStep(residual: number): boolean {
    const set = this.#serverSet !== 0 && Math.abs(residual) > MOST_SECONDS;
    return set && Math.abs(residual + this.#serverSet) < SERVER_STEP_SECONDS;
  }

  #suspect(sample: Sample): ClockChange | null {
    this.#suspicion.consider(sample);
    return this.#suspicion.confirmed ? this.#wasSet(this.#suspicion.agreement, sample) : null;
  }

  /** Late, or the clock was set back by a little. */
  #takeLow(sample: Sample): ClockChange | null {
    this.#suspicion.disproveBelow(sample.offset);
    const found = this.#setBack.consider(sample);
    return found === null ? null : this.#wasSet(found, sample);
  }

  /** The estimate has left the offset applied: from the next reading on another is. */
  #follow(sample: Sample): ClockChange | null {
    const estimate = this.#maximum.at(sample.wallMs);
    if (!hasLeft(estimate, (this.epoch as ClockEpoch).offsetSeconds)) return null;
    const offset = rounded(estimate);
    const begun = this.#young(sample, LATE_MS);
    if (begun !== null && offset - begun.offsetSeconds > MOST_DRIFT_SECONDS)
      return this.#measuredWrongly(begun, offset);
    return this.#change([this.#epochFrom(this.#seenUntil + 1, offset, 'drift')]);
  }

  // ---- when it is not --------------------------------------------------------------------------------------------

  #settle(sample: Sample): ClockChange | null {
    this.#suspicion.consider(sample);
    if (!this.#suspicion.settled) return null;
    const found = this.#suspicion.agreement;
    if (this.#state === 'provisional') return this.#setProvisionalRight(found, sample);
    const bound = 2 * MOST_SECONDS + this.#uncertainty(sample);
    if (Math.abs(found.greatest - this.#maximum.at(sample.wallMs)) > bound) return this.#wasSet(found, sample);
    return this.#ranOn(found, sample);
  }

  /** All that was dated by the provisional epoch is dated by the one that is now known. */
  #setProvisionalRight(found: Agreement, sample: Sample): ClockChange | null {
    const epoch = this.epoch as ClockEpoch;
    this.#trust(found, sample, false);
    if (!hasLeft(found.greatest, epoch.offsetSeconds)) return null;
    const offset = rounded(found.greatest);
    const right = this.#epochFrom(epoch.sinceMs / 1000 + epoch.offsetSeconds, offset, 'first_frame', epoch.number);
    if (this.#begun !== null) this.#begun = { ...this.#begun, offsetSeconds: offset };
    return this.#change(
      [right],
      this.#corrections({ fromBatteryTime: -FOREVER, toBatteryTime: FOREVER, receivedSinceMs: 0 }, offset),
    );
  }

  /** Not heard for long, its clock ran on: the epochs between lie along the line from then to now. */
  #ranOn(found: Agreement, sample: Sample): ClockChange | null {
    const agreed = this.#agreed as Sample;
    const epoch = this.epoch as ClockEpoch;
    this.#trust(found, sample, true);
    if (!hasLeft(found.greatest, epoch.offsetSeconds)) return null;
    const offset = rounded(found.greatest);
    const corrections = this.#corrections(meanwhile(agreed, found.first, sample), offset);
    return this.#change(this.#along(epoch, agreed, found.first, offset), corrections);
  }

  #along(epoch: ClockEpoch, agreed: Sample, first: Sample, offset: number): ClockEpoch[] {
    const seconds = offset - epoch.offsetSeconds;
    const steps = Math.min(Math.abs(seconds), MOST_STEPS);
    const spanMs = first.wallMs - agreed.wallMs;
    return Array.from({ length: steps }, (_, index) => {
      const applied = epoch.offsetSeconds + Math.round((seconds * (index + 1)) / steps);
      // Half a step before the line is there, so that it is never off by more than half a step.
      const time = Math.round((agreed.wallMs + (spanMs * (index + 0.5)) / steps) / 1000);
      return this.#epochFrom(time + applied, applied, 'drift', epoch.number + 1 + index);
    });
  }

  // ---- when the clock was set ------------------------------------------------------------------------------------

  #wasSet(found: Agreement, sample: Sample): ClockChange {
    const offset = rounded(found.greatest);
    const byServer = this.#isServerStep(found.greatest - this.#maximum.at(sample.wallMs));
    const ahead = offset - (this.epoch as ClockEpoch).offsetSeconds;
    const agreed = this.#agreedBefore(found.first, ahead);
    const begun = this.#young(sample, byServer ? CORRECTABLE_MS : LATE_MS);
    this.#trust(found, sample, false);
    if (begun !== null && byServer) return this.#measuredWrongly({ ...begun, reason: 'server_clock' }, offset);
    if (begun !== null && ahead > 0 && ahead <= LATEST_SECONDS) return this.#measuredWrongly(begun, offset);
    const unseen = found.first.wallMs - agreed.wallMs > UNSEEN_MS || Number.isNaN(agreed.monoMs);
    const reason = byServer ? 'server_clock' : unseen ? 'restart' : 'jump';
    const next = this.#epochFrom(found.first.batteryTime, offset, reason);
    const possibleSinceMs = unseen && !byServer ? Math.min(next.sinceMs, agreed.wallMs) : next.sinceMs;
    const dated = meanwhile(agreed, found.first, sample);
    this.#begun = { ...next, ...dated, monoMs: sample.monoMs };
    // Rows that came meanwhile with a time that was told twice are of the first time: they were asked for before.
    const kinds = ahead < 0 ? READING_KINDS.filter((kind) => kind !== 'history') : READING_KINDS;
    const corrections = this.#corrections(dated, offset).map((one) => ({ ...one, kinds }));
    return this.#change([{ ...next, possibleSinceMs }], corrections);
  }

  /** A server before this one may have heard the new clock already; where it differs by much, it cannot be taken for the other. */
  #agreedBefore(first: Sample, ahead: number): Sample {
    const agreed = this.#agreed as Sample;
    const wallMs = Math.min(agreed.wallMs, first.wallMs - DETAIL_SECONDS * 1000);
    return Number.isNaN(agreed.monoMs) && Math.abs(ahead) > 2 * DETAIL_SECONDS ? { ...agreed, wallMs } : agreed;
  }

  /** The newest epoch that was measured by this process, if it may still be corrected. */
  #young(sample: Sample, withinMs: number): Begun | null {
    const begun = this.#begun;
    return begun !== null && sample.monoMs - begun.monoMs < withinMs ? begun : null;
  }

  /** What an epoch was measured by was late, or received by a clock that was wrong: it never was as it seemed. */
  #measuredWrongly(begun: Begun, offset: number): ClockChange {
    const { number, reason, fromBatteryTime, receivedSinceMs } = begun;
    const wrong = this.timeline.epochs.find((one) => one.number === number) as ClockEpoch;
    const right = this.#epochFrom(wrong.sinceMs / 1000 + wrong.offsetSeconds, offset, reason, number);
    const possibleSinceMs =
      wrong.possibleSinceMs < wrong.sinceMs ? Math.min(wrong.possibleSinceMs, right.sinceMs) : right.sinceMs;
    const dated = { fromBatteryTime, toBatteryTime: FOREVER, receivedSinceMs };
    const corrections = this.#corrections(dated, offset, number);
    // History of the time in which nobody listened was dated by it as well; but that may also be of the epoch before.
    const missed = { kinds: ['history' as const], fromBatteryTime: -FOREVER, toBatteryTime: fromBatteryTime - 1 };
    const itsOwn = corrections.filter(
      (one) => one.oldOffsetSeconds === begun.offsetSeconds && fromBatteryTime > -FOREVER,
    );
    corrections.push(...itsOwn.map((one) => ({ ...one, ...missed })));
    this.#begun = { ...begun, offsetSeconds: offset };
    return this.#change([{ ...right, possibleSinceMs }], corrections);
  }

  /** Whatever of `dated` was dated by another offset, of the epochs from `number` on, is to be dated by this one. */
  #corrections(dated: Readings, newOffsetSeconds: number, number = 0): ClockCorrection[] {
    const { fromBatteryTime, toBatteryTime, receivedSinceMs } = dated;
    const epochs = this.timeline.epochsOf(fromBatteryTime, toBatteryTime).filter((one) => one.number >= number);
    const doubted = this.#doubt.offsets((this.epoch as ClockEpoch).offsetSeconds, newOffsetSeconds, receivedSinceMs);
    const offsets = new Set([...epochs.map((one) => one.offsetSeconds), ...doubted]);
    offsets.delete(newOffsetSeconds);
    return Array.from(offsets, (oldOffsetSeconds) => ({
      kinds: READING_KINDS,
      fromBatteryTime,
      toBatteryTime,
      receivedSinceMs,
      oldOffsetSeconds,
      newOffsetSeconds,
    }));
  }

  #trust(found: Agreement, sample: Sample, ranOn: boolean): void {
    this.#state = 'trusted';
    this.#rise.reset();
    if (ranOn) this.#maximum.resume(sample.wallMs, found.greatest);
    else this.#maximum.reset(sample.wallMs, found.greatest);
    this.#agreed = sample;
    this.#seenUntil = sample.batteryTime;
    this.#believe();
  }

  /** What the clock is believed to be, it is: nothing speaks against it any more. */
  #believe(): void {
    this.#suspicion.clear();
    this.#setBack.clear();
    this.#serverSet = 0;
  }

  #epochFrom(batteryTime: number, offsetSeconds: number, reason: EpochReason, number?: number): ClockEpoch {
    const sinceMs = (batteryTime - offsetSeconds) * 1000;
    const since = { sinceMs, possibleSinceMs: sinceMs };
    const next = (this.epoch?.number ?? 0) + 1;
    return { number: number ?? next, ...since, offsetSeconds, driftPpm: this.#maximum.driftPpm, reason };
  }

  #change(epochs: readonly ClockEpoch[], corrections: readonly ClockCorrection[] = []): ClockChange {
    this.timeline.extend(epochs);
    return { epochs, corrections };
  }
}
