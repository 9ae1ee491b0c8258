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
 * suspicion.ts counts the three, set-back.ts the half hour, running-maximum.ts is the estimate, timeline.ts knows what a battery's time means.
 */
import { type ClockCorrection, type ClockEpoch, type EpochReason, type Instant, READING_KINDS } from '../../model.ts';
import { type BegunEpoch, type ClockChange, inPlaceOf, oneAfterAnother, withMissedHistory } from './change.ts';
import { butForOddFrames, correctionsTo, EVERYTHING, FOREVER } from './correction.ts';
import { Doubt, HELD_SECONDS } from './doubt.ts';
import { type HeardBefore, isProvisional, PROVISIONAL_MS } from './heard-before.ts';
import { stepsBetween } from './line.ts';
import { agreedBefore, meanwhile, type ReadingsMeanwhile } from './meanwhile.ts';
import { MOST_SECONDS, Rise } from './rise.ts';
import { hasLeft, RunningMaximum, rounded } from './running-maximum.ts';
import { ServerClock } from './server-clock.ts';
import { ServerStep } from './server-step.ts';
import { type HeardLevel, SetBack } from './set-back.ts';
import { Standing } from './standing.ts';
import { type Agreement, type ClockSample, Suspicion } from './suspicion.ts';
import { Timeline } from './timeline.ts';
import { Unconfirmed } from './unconfirmed.ts';
import { VendorSet } from './vendor-set.ts';

/** A sample so far below the estimate is of another clock, no delay is that long; no further below it is on time. */
const BELOW_SECONDS = -90;
const ON_TIME_SECONDS = -3;
/** A prediction that is worse by that is measured again. */
const TRUSTED_SECONDS = 1;
/** Without a sample for so long, nobody saw when the clock was set. */
const UNSEEN_MS = 120_000;
/** After so long without a sample, one that seems late is measured again: the clock may have been set back meanwhile. */
const OUTAGE_MS = 300_000;
/** An epoch so young is corrected, and no other begun, when all samples that measured it were late, by so much at most. */
const LATE_MS = 900_000;
const LATEST_SECONDS = 130;
/** No clock drifts further in that time: an estimate that rose by more was of late samples. */
const MOST_DRIFT_SECONDS = 1;
type ClockStanding = 'unheard' | 'provisional' | 'trusted' | 'predicted';

export class BatteryClock {
  readonly timeline: Timeline;
  readonly server: ServerClock;
  readonly #maximum: RunningMaximum;
  readonly vendorSet = new VendorSet();
  readonly #rise = new Rise();
  readonly #suspicion = new Suspicion();
  readonly #setBack = new SetBack();
  readonly #doubt: Doubt;
  readonly #serverStep = new ServerStep();
  readonly #unconfirmed: Unconfirmed;
  #state: ClockStanding = 'unheard';
  readonly #standing = new Standing();
  /** The newest sample that agreed with the estimate. */
  #agreed: ClockSample | null = null;
  /** null for an epoch from before this process. */
  #begun: BegunEpoch | null = null;
  /** The greatest battery time that agreed: an epoch that begins after it divides nothing that was dated already. */
  #seenUntil = -FOREVER;

  /**
   * @param epochs what is known from before, oldest first; none for a battery never heard
   * @param heardMs when it was last heard, Unix milliseconds; null for a battery never heard
   * @param server the clock that arrivals are told by
   * @param before the newest live reading of the run before, where that is known
   */
  constructor(
    epochs: readonly ClockEpoch[] = [],
    heardMs: number | null = null,
    server: ServerClock = new ServerClock(),
    before: HeardBefore | null = null,
  ) {
    this.timeline = new Timeline(epochs);
    this.server = server;
    const newest = epochs.at(-1);
    this.#unconfirmed = new Unconfirmed((newest?.number ?? 0) + 1, heardMs);
    this.#doubt = new Doubt(newest === undefined ? null : Math.max(heardMs ?? 0, newest.sinceMs));
    this.#maximum = new RunningMaximum(newest?.driftPpm ?? 0);
    if (newest !== undefined) this.#restore(epochs, Math.max(heardMs ?? 0, newest.sinceMs), before);
  }

  #restore(epochs: readonly ClockEpoch[], heardMs: number, before: HeardBefore | null): void {
    const newest = this.epoch as ClockEpoch;
    this.#state = isProvisional(newest, heardMs, before) ? 'provisional' : 'trusted';
    const set = epochs.findLastIndex(({ reason }) => reason !== 'drift');
    const offset = this.#maximum.restore(epochs.slice(Math.max(0, set)), heardMs);
    const batteryTime = Math.floor(heardMs / 1000) + newest.offsetSeconds;
    this.#agreed = { batteryTime, wallMs: heardMs, monoMs: Number.NaN, offset };
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
    return this.#standing.isOfLast(batteryTime);
  }

  /** Whether it has been the same time for longer than a second is. */
  stands(batteryTime: number, now: Instant): boolean {
    return this.#standing.stands(batteryTime, now);
  }

  /** UTC in Unix seconds of a reading that has just come, which is no later than that (doubt.ts). @param time what the timeline says */
  bounded(time: number, batteryTime: number, now: Instant): number {
    return this.#doubt.date(time, batteryTime, now.wallMs, this.#suspicion.offset);
  }

  /** The same of a reading that is sent when it is taken: it is of no long ago either. Once there was a sample. */
  boundedAtOnce(time: number, batteryTime: number, now: Instant): number {
    const newest = (this.epoch as ClockEpoch).offsetSeconds;
    return this.#doubt.dateSentAtOnce(time, batteryTime, now.wallMs, this.#suspicion.offset, newest);
  }

  /** Something of the battery came, which may be the first by a server's clock that was set. */
  arrived(now: Instant): void {
    this.server.see(now);
    if (!this.#serverStep.hear(now)) return;
    this.#suspicion.clear();
    this.#doubt.serverWasSet();
  }

  /**
   * Takes the time of a live frame and its arrival.
   * @param batteryTime seconds as if UTC
   * @returns what this changed, to be kept; null where it changed nothing
   */
  sample(batteryTime: number, now: Instant): ClockChange | null {
    this.arrived(now);
    if (this.isOfLast(batteryTime)) return null;
    const sample = { ...now, batteryTime, offset: batteryTime - now.wallMs / 1000 };
    this.#unconfirmed.hear(sample);
    const change = this.#take(sample);
    this.#standing.hear(sample);
    return change;
  }

  #take(sample: ClockSample): ClockChange | null {
    if (this.#state === 'unheard') return this.#begin(sample);
    const { monoMs, wallMs } = this.#agreed as ClockSample;
    // What an earlier run dated is not put right by what is measured long after: the clock may have been set since.
    const isOld = this.#state === 'provisional' && Number.isNaN(monoMs) && sample.wallMs - wallMs > PROVISIONAL_MS;
    if (isOld || (this.#state === 'trusted' && (this.#uncertainty(sample) > TRUSTED_SECONDS || this.#isLow(sample)))) {
      this.#state = 'predicted';
      this.#suspicion.clear();
    }
    return this.#state === 'trusted' ? this.#compare(sample) : this.#settle(sample);
  }

  #begin(sample: ClockSample): ClockChange {
    this.#state = 'provisional';
    this.#agreed = sample;
    this.#maximum.reset(sample.wallMs, sample.offset);
    this.#suspicion.consider(sample);
    const epoch = this.#epochFrom(sample.batteryTime, rounded(sample.offset), 'first_frame');
    this.#begun = { ...epoch, monoMs: sample.monoMs, fromBatteryTime: -FOREVER, receivedSinceMs: 0 };
    return this.#change([epoch]);
  }

  /** It seems late, and nobody was heard before it for long. */
  #isLow(sample: ClockSample): boolean {
    const { wallMs } = this.#standing.last ?? (this.#agreed as ClockSample);
    const isLow = sample.offset - this.#maximum.at(sample.wallMs) < ON_TIME_SECONDS;
    return isLow && sample.wallMs - wallMs > OUTAGE_MS && this.#serverStep.seconds === 0;
  }

  /** How far the estimate may be off, in seconds, for want of samples that agreed with it. */
  #uncertainty(sample: ClockSample): number {
    return this.#maximum.uncertaintyAfter(sample.wallMs - (this.#agreed as ClockSample).wallMs);
  }

  #compare(sample: ClockSample): ClockChange | null {
    const estimate = this.#maximum.at(sample.wallMs);
    const residual = sample.offset - estimate;
    const drifted = this.#uncertainty(sample);
    const above = !this.#rise.allows(residual, drifted);
    if (above || residual < BELOW_SECONDS || this.#isServerStep(sample.offset, sample)) return this.#suspect(sample);
    if (residual < ON_TIME_SECONDS) return this.#takeLow(sample);
    if (this.#serverStep.mayBeLate(sample)) return null;
    this.#maximum.add(sample.wallMs, this.#rise.confirmed(sample, estimate, drifted));
    this.#vouch();
    this.#agreed = sample;
    this.#believe();
    this.#doubt.disproved();
    this.#seenUntil = Math.max(this.#seenUntil, sample.batteryTime);
    return this.#follow(sample);
  }

  #isServerStep(offset: number, sample: ClockSample): boolean {
    return this.#serverStep.isWhy(offset, sample, this.#maximum, (this.#agreed as ClockSample).monoMs);
  }

  /** A battery that was known before shows what it should: the server's clock is as it was. */
  #vouch(): void {
    if (Number.isNaN((this.#agreed as ClockSample).monoMs) || this.#serverStep.seconds !== 0) this.server.vouchFor();
    if (this.server.isConfirmed) this.#unconfirmed.close((this.epoch as ClockEpoch).number + 1);
  }

  #suspect(sample: ClockSample): ClockChange | null {
    this.#suspicion.consider(sample);
    return this.#suspicion.confirmed ? this.#wasSet(this.#suspicion.agreement, sample) : null;
  }

  /** Late, or the clock was set back by a little. */
  #takeLow(sample: ClockSample): ClockChange | null {
    this.#suspicion.disproveBelow(sample.offset);
    const found = this.#setBack.consider(sample);
    return found === null ? null : this.#wasSet(found, sample);
  }

  /** The estimate has left the offset applied: from the next reading on another is. */
  #follow(sample: ClockSample): ClockChange | null {
    const estimate = this.#maximum.at(sample.wallMs);
    if (!hasLeft(estimate, (this.epoch as ClockEpoch).offsetSeconds)) return null;
    const offset = rounded(estimate);
    const begun = this.#young(sample, LATE_MS);
    if (begun !== null && offset - begun.offsetSeconds > MOST_DRIFT_SECONDS)
      return this.#measuredWrongly(begun, offset);
    return this.#change([this.#epochFrom(this.#seenUntil + 1, offset, 'drift')]);
  }

  #settle(sample: ClockSample): ClockChange | null {
    this.#suspicion.consider(sample);
    if (!this.#suspicion.settled) return null;
    const found = this.#suspicion.agreement;
    // What an earlier run began with was more than late: it was right, and the clock was set, or the server's was.
    const isOther = this.#begun === null && this.#isOdd(found, LATEST_SECONDS);
    if (this.#state === 'provisional' && !isOther) return this.#setProvisionalRight(found, sample);
    const bound = 2 * MOST_SECONDS + this.#uncertainty(sample);
    if (Math.abs(found.greatest - this.#maximum.at(sample.wallMs)) > bound) return this.#wasSet(found, sample);
    return this.#ranOn(found, sample);
  }

  /** What the provisional epoch was measured by was of another clock: no frame is early, nor held up for so long. */
  #isOdd(found: Agreement, longest: number): boolean {
    const late = found.greatest - (this.epoch as ClockEpoch).offsetSeconds;
    return late < -MOST_SECONDS || late > longest;
  }

  /** All that was dated by the provisional epoch is dated by the one that is now known. */
  #setProvisionalRight(found: Agreement, sample: ClockSample): ClockChange | null {
    const epoch = this.epoch as ClockEpoch;
    const isOdd = this.#isOdd(found, HELD_SECONDS) && this.#serverStep.seconds === 0;
    this.#trust(found, sample, false);
    if (!hasLeft(found.greatest, epoch.offsetSeconds)) return null;
    const offset = rounded(found.greatest);
    const since = isOdd ? found.first.batteryTime : epoch.sinceMs / 1000 + epoch.offsetSeconds;
    const right = this.#epochFrom(since, offset, 'first_frame', epoch.number);
    if (this.#begun === null) this.#unconfirmed.reopen(epoch.number);
    else this.#begun = { ...this.#begun, offsetSeconds: offset };
    const all = this.#corrections(EVERYTHING, offset);
    return this.#change([right], isOdd ? butForOddFrames(all, found.first, sample) : all);
  }

  /** Not heard for long, its clock ran on: the epochs between lie along the line from then to now. */
  #ranOn(found: Agreement, sample: ClockSample): ClockChange | null {
    const agreed = this.#agreed as ClockSample;
    const epoch = this.epoch as ClockEpoch;
    this.#vouch();
    this.#trust(found, sample, true);
    if (!hasLeft(found.greatest, epoch.offsetSeconds)) return null;
    const offset = rounded(found.greatest);
    const corrections = this.#corrections(meanwhile(agreed, found.first, sample), offset);
    const now = { wallMs: found.first.wallMs, offsetSeconds: offset };
    const steps = stepsBetween({ ...epoch, wallMs: agreed.wallMs }, now);
    const epochs = steps.map(({ time, offsetSeconds }, index) =>
      this.#epochFrom(time + offsetSeconds, offsetSeconds, 'drift', epoch.number + 1 + index),
    );
    return this.#change(epochs, corrections);
  }

  #wasSet(told: Agreement, sample: ClockSample): ClockChange {
    const byServer = this.#isServerStep(told.greatest, sample);
    // By how much it was set is known better than by frames that may all be late.
    const expected = this.#serverStep.expected(sample.wallMs, this.#maximum);
    const found = byServer ? { ...told, greatest: Math.max(told.greatest, expected) } : told;
    const offset = rounded(found.greatest);
    const ahead = offset - (this.epoch as ClockEpoch).offsetSeconds;
    const agreed = agreedBefore(this.#agreed as ClockSample, found.first, ahead);
    const begun = this.#young(sample, LATE_MS);
    const isRestored = Number.isNaN(agreed.monoMs);
    const earlier = byServer || isRestored ? [] : this.#setBack.levelsBefore(found, this.#maximum.at(sample.wallMs));
    const isSetAgain = earlier.length === 0 && this.#setBack.isSuspectedBefore(found.first);
    if (isRestored) this.server.contradict(ahead);
    this.#trust(found, sample, false);
    const isAsEarlier = byServer && !isRestored && this.#unconfirmed.reachesBack(this.timeline, found);
    const isOfThisRun = byServer && this.#unconfirmed.holds(this.timeline);
    const isBack = !isOfThisRun && (byServer || isRestored) && this.#unconfirmed.isBack(this.timeline, found, offset);
    if (isOfThisRun || isBack) return this.#serverWasSet(offset, isAsEarlier || isBack);
    if (!byServer && begun !== null && ahead > 0 && ahead <= LATEST_SECONDS)
      return this.#measuredWrongly(begun, offset);
    const believed = (this.epoch as ClockEpoch).offsetSeconds;
    const levels = [...earlier, { ...found, last: sample }];
    const changes = levels.map((level, n) => this.#beginSet(level, levels[n - 1]?.last ?? agreed, believed, byServer));
    const all = oneAfterAnother(changes);
    return isSetAgain ? { ...all, corrections: butForOddFrames(all.corrections, found.first, sample) } : all;
  }

  /** An epoch begins with the first sample of a clock that was set: what came of it since `agreed` was dated by what was believed. */
  #beginSet(found: HeardLevel, agreed: ClockSample, believed: number, byServer: boolean): ClockChange {
    const offset = rounded(found.greatest);
    const unseen = found.first.wallMs - agreed.wallMs > UNSEEN_MS || Number.isNaN(agreed.monoMs);
    const reason = byServer ? 'server_clock' : unseen ? 'restart' : this.vendorSet.reasonOf(found.first);
    const isBack = offset < (this.epoch as ClockEpoch).offsetSeconds;
    const next = this.#epochFrom(found.first.batteryTime, offset, reason);
    const possibleSinceMs = unseen && !byServer ? Math.min(next.sinceMs, agreed.wallMs) : next.sinceMs;
    const dated = this.#standing.since(meanwhile(agreed, found.first, found.last), agreed, found.first);
    this.#begun = { ...next, ...dated, monoMs: found.last.monoMs };
    // Rows that came meanwhile with a time told twice are of the first time: they were asked for before.
    const kinds = isBack ? READING_KINDS.filter((kind) => kind !== 'history') : READING_KINDS;
    const corrections = this.#corrections(dated, offset, 0, believed).map((one) => ({ ...one, kinds }));
    return this.#change([{ ...next, possibleSinceMs }], corrections);
  }

  /** All that was measured by the server's clock as it was, and all that it dated, moves with it. */
  #serverWasSet(offset: number, isOfEarlier: boolean): ClockChange {
    const all = this.#unconfirmed.moved(this.timeline, offset, this.#doubt);
    const { epochs, corrections, by, isAsBefore, sinceMs } = all;
    if (isAsBefore) this.server.vouchFor();
    if (this.#begun !== null) this.#begun = { ...this.#begun, offsetSeconds: this.#begun.offsetSeconds + by };
    const moved = { seconds: -by, sinceSeconds: isOfEarlier ? sinceMs / 1000 : null };
    return { ...this.#change(epochs, corrections), moved };
  }

  /** The newest epoch that was measured by this process, if it may still be corrected. */
  #young(sample: ClockSample, withinMs: number): BegunEpoch | null {
    const begun = this.#begun;
    return begun !== null && sample.monoMs - begun.monoMs < withinMs ? begun : null;
  }

  /** What an epoch was measured by was late, or received by a clock that was wrong: it never was as it seemed. */
  #measuredWrongly(begun: BegunEpoch, offset: number): ClockChange {
    const { number, reason, fromBatteryTime, receivedSinceMs } = begun;
    const wrong = this.timeline.epochs.find((one) => one.number === number) as ClockEpoch;
    const right = this.#epochFrom(wrong.sinceMs / 1000 + wrong.offsetSeconds, offset, reason, number);
    const dated = { fromBatteryTime, toBatteryTime: FOREVER, receivedSinceMs };
    const corrections = withMissedHistory(this.#corrections(dated, offset, number), begun);
    this.#begun = { ...begun, offsetSeconds: offset };
    return this.#change([inPlaceOf(wrong, right)], corrections);
  }

  /** Whatever of `dated` was dated by another offset, of the epochs from `number` on, is to be dated by this one. */
  #corrections(dated: ReadingsMeanwhile, found: number, number = 0, ...believed: number[]): ClockCorrection[] {
    const { fromBatteryTime, toBatteryTime, receivedSinceMs } = dated;
    const epochs = this.timeline.epochsOf(fromBatteryTime, toBatteryTime).filter((one) => one.number >= number);
    const doubted = this.#doubt.offsets((this.epoch as ClockEpoch).offsetSeconds, found, receivedSinceMs);
    return correctionsTo(found, [...epochs.map((one) => one.offsetSeconds), ...believed, ...doubted], dated);
  }

  #trust(found: Agreement, sample: ClockSample, ranOn: boolean): void {
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
    this.#serverStep.agreed();
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
