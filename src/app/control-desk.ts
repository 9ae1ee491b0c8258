/**
 * Control of batteries, for the page, the interface, MQTT and schedules: what each does and until when, what a change would do, changes and their log. It has
 * the only timer: each second it looks at batteries that something is wanted of, and begins what is due on their connections.
 *
 * Whoever wants something goes through here:
 *
 *     of         how a battery is set, and what is under way
 *     preview    what a request would change, in words; nothing is changed
 *     change     takes a request; the answer is on disk, and goes on by itself from state to state
 *     undo       brings back what a change has changed
 *     list, find the log, the newest first
 *     subscribe  each change as it goes on, once it is on disk
 */
import type { ControlAuthor, ControlChange, Instant, StoreRecord } from '../model.ts';
import { sanitised } from '../privacy/sanitised.ts';
import type { Switchboard } from '../server/switchboard.ts';
import type { HeardBattery } from '../session/batteries.ts';
import type { BatteryControl, ControlPolicy, WishOptions } from '../session/control/battery-control.ts';
import { isOpen, isVerb } from '../session/control/changes.ts';
import { type ShownChange, type ShownValue, shownChanges, shownSettings } from '../session/control/owner-words.ts';
import { hasWeekendScheme, type Situation } from '../session/control/plan.ts';
import { Refusal, type RefusalCode } from '../session/control/refusal.ts';
import { canonicalText } from '../session/settings/comparison.ts';
import { ownerOf } from '../session/settings/owner-settings.ts';
import type { BatteryLoader } from './battery-loader.ts';
import type { ControlReport } from './control-report.ts';
import { type ControlRequest, wishOf } from './control-request.ts';
import { effectOf, houseMoment, warningsOf } from './control-words.ts';
import type { LeavingMark } from './leaving-mark.ts';

export interface ControlDeskParts {
  readonly switchboard: Switchboard;
  readonly loader: Pick<BatteryLoader, 'loadById'>;
  /** Ids of batteries that had a verb when the server began. */
  readonly heldAtStart?: readonly string[];
  readonly policy: ControlPolicy;
  /** Whether the owner is about to leave. */
  readonly mark: Pick<LeavingMark, 'sinceMs'>;
  readonly defaultEndMs: number;
  /** By how many seconds the house's time is ahead of UTC at a moment in Unix seconds. */
  houseOffset(time: number): number;
  /** Keeps these, for good. @returns when they are on disk */
  keep(records: readonly StoreRecord[]): Promise<void>;
  readonly report: Pick<ControlReport, 'ending' | 'staying'>;
  now(): Instant;
}

/** Why something was not taken. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: RefusalCode | 'CONTROL_DISABLED' | 'CONTROL_CHANGE_NOT_FOUND';

  constructor(code: ControlError['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

/** How a battery is set, and what is under way. */
export interface ControlView {
  readonly isEnabled: boolean;
  readonly isLeaving: boolean;
  /** Why nothing can be changed now; null where it can. */
  readonly unavailable: string | null;
  /** Whether it has connected and has not read anything out on that connection. */
  readonly isOpening: boolean;
  readonly mode: 'normal' | 'hold' | 'charge';
  readonly untilMs: number | null;
  /** The change that holds, the one that is asked of the battery now, and the one that waits. */
  readonly holding: number | null;
  readonly underWay: number | null;
  readonly waiting: number | null;
  readonly last: ControlChange | null;
  /** By our names of settings: what somebody else has changed while a verb holds. */
  readonly changedElsewhere: readonly string[];
  readonly writesLeft: number;
  readonly writesPerDay: number;
  readonly settings: ReadonlyMap<string, ShownValue>;
  /** By which the battery's clock is ahead of the house's, s; null where it is not known. */
  readonly clockAheadSeconds: number | null;
}

export interface ControlPreview {
  readonly changes: readonly ShownChange[];
  readonly effect: string;
  readonly warnings: readonly string[];
  readonly writesLeft: number;
  readonly untilMs: number | null;
}

/** A frame without private values. */
export interface ShownBytes {
  readonly hex: string;
  /** Whether its checksum was computed anew, because private values were replaced. */
  readonly isResealed: boolean;
}

type ControlSubscriber = (battery: string, change: ControlChange) => void;

const TICK_MS = 1000;
const LEAVING = 'its owner is about to leave this server: to stay, alphaess-local leave --cancel';

export class ControlDesk {
  readonly #parts: ControlDeskParts;
  readonly #subscribers = new Set<ControlSubscriber>();
  #ticker: NodeJS.Timeout | null = null;

  constructor(parts: ControlDeskParts) {
    this.#parts = parts;
  }

  start(): void {
    // Their verbs are looked after also before they speak; what cannot be read is said by who reads.
    const { heldAtStart = [], loader } = this.#parts;
    for (const id of heldAtStart) void loader.loadById(id).catch(() => {});
    this.#ticker = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    for (const battery of this.#parts.switchboard.batteries.all()) this.#parts.report.staying(battery);
  }

  /** Begins what is due. */
  tick(): void {
    const now = this.#parts.now();
    for (const battery of this.#parts.switchboard.batteries.all())
      if (isAnything(battery.control)) {
        if (!this.#parts.policy.isEnabled) this.#parts.report.ending(battery);
        this.#begin(battery, now);
      }
  }

  #begin({ serial, control }: HeardBattery, now: Instant): void {
    const { switchboard } = this.#parts;
    const live = switchboard.of(switchboard.idOf(serial.reveal()));
    const conversation = control.due(now, live !== null);
    if (conversation !== null) live?.start(conversation);
    const records = control.takeRecords();
    if (records.length > 0) void this.#parts.keep(records);
  }

  /** What was kept, and is told to those who want to know. */
  committed(records: readonly StoreRecord[]): void {
    for (const record of records) {
      if (record.type !== 'control') continue;
      const id = this.#parts.switchboard.idOf(record.battery.reveal());
      for (const tell of this.#subscribers) tell(id, record.change);
    }
  }

  /** @returns ends it */
  subscribe(subscriber: ControlSubscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** null of a battery that there is not. */
  async of(id: string): Promise<ControlView | null> {
    const battery = await this.#find(id);
    if (battery === null) return null;
    const { control } = battery;
    const { changes } = control;
    const now = this.#parts.now();
    const situation = control.settings.situation(now, false);
    const ahead = this.#clockAhead(battery, now);
    const { holding } = changes;
    return {
      isEnabled: this.#parts.policy.isEnabled,
      isLeaving: this.#parts.mark.sinceMs !== null,
      unavailable: this.#unavailable(id, situation),
      isOpening: this.#isOpening(id, battery),
      mode: holding === null ? 'normal' : (holding.wish.kind as 'hold' | 'charge'),
      untilMs: holding?.untilMs ?? null,
      holding: holding?.number ?? null,
      underWay: changes.underWay?.number ?? null,
      waiting: changes.waiting[0]?.number ?? null,
      last: changes.all.at(-1) ?? null,
      changedElsewhere: [
        ...shownSettings(Object.fromEntries(control.changedElsewhere.map((key) => [key, ''])), 0).keys(),
      ],
      writesLeft: control.writesLeft(now),
      writesPerDay: this.#parts.policy.writesPerDay,
      settings: shownSettings(ownTexts(control), ahead ?? 0),
      clockAheadSeconds: ahead,
    };
  }

  #isOpening(id: string, { deliveredOn }: HeardBattery): boolean {
    const live = this.#parts.switchboard.of(id);
    return live !== null && live.connection !== deliveredOn;
  }

  #unavailable(id: string, situation: Situation | Refusal): string | null {
    if (!this.#parts.policy.isEnabled) return this.#parts.mark.sinceMs === null ? 'control is not enabled' : LEAVING;
    if (this.#parts.switchboard.of(id) === null) return 'the battery is not connected';
    return situation instanceof Refusal ? situation.detail : null;
  }

  /** @throws ControlError for what would be refused */
  async preview(id: string, request: ControlRequest): Promise<ControlPreview> {
    const { control, battery, wish, untilMs, options, now } = await this.#asked(id, request);
    const refusal = control.refusalOf(wish, { untilMs, isUnlimited: true, isConfirmed: true }, now);
    if (refusal !== null && refusal.code !== 'CONTROL_UNCONFIRMED') throw thrown(refusal);
    const isConfirmed = options.isConfirmed === true;
    const after = control.textsOf(wish, untilMs, isConfirmed, now);
    const situation = control.settings.situation(now, isConfirmed || wish.kind === 'restore');
    if (after instanceof Refusal) throw thrown(after);
    if (situation instanceof Refusal) throw thrown(situation);
    const { present } = situation;
    const before = Object.fromEntries(
      Object.keys(after).map((key) => [key, canonicalText(key, present.get(key)) ?? '']),
    );
    const ahead = this.#clockAhead(battery, now);
    const earliestMs = control.changes.lastGivenMs + this.#parts.policy.minIntervalMs;
    const isLimited = wish.kind !== 'restore' && options.isOverride !== true;
    const changes = shownChanges(before, after, ahead ?? 0);
    const foreseen = {
      ...{ wish, untilMs, nowMs: now.wallMs, changes, clockAheadSeconds: ahead },
      hasWeekendScheme: hasWeekendScheme(present),
      earliestMs: isLimited && earliestMs > now.wallMs ? earliestMs : null,
      doubt: control.settings.doubt,
      isExperiment: request.experiment !== undefined && battery.vendor.settings.newest === null,
    };
    const moment = (ms: number) => houseMoment(ms, now.wallMs, (time) => this.#parts.houseOffset(time));
    return {
      changes,
      effect: effectOf(foreseen, moment),
      warnings: warningsOf(foreseen, moment),
      writesLeft: control.writesLeft(now),
      untilMs,
    };
  }

  /**
   * @param key of the request: the same again is no second change
   * @throws ControlError
   */
  async change(
    id: string,
    request: ControlRequest,
    author: ControlAuthor,
    key: string | null = null,
  ): Promise<ControlChange> {
    const { control, battery, wish, untilMs, options, now } = await this.#asked(id, request);
    return this.#propose(battery, control.propose(wish, { ...options, author, untilMs, key }, now));
  }

  /** @throws ControlError */
  async undo(id: string, number: number, author: ControlAuthor, key: string | null = null): Promise<ControlChange> {
    this.#refuseDisabled();
    const battery = await this.#known(id);
    const undone = battery.control.changes.of(number);
    if (undone === null)
      throw new ControlError('CONTROL_CHANGE_NOT_FOUND', `there is no change ${number}, or it is too long ago`);
    if (hasEndedVerb(undone, battery.control.changes))
      throw new ControlError(
        'CONTROL_REFUSED',
        `change ${number} ended a verb, which would have no end now: ask for the verb again`,
      );
    const wish = { kind: 'restore', of: number } as const;
    return this.#propose(battery, battery.control.propose(wish, { author, untilMs: null, key }, this.#parts.now()));
  }

  /** The newest first, as far as they are known while the server runs. null of a battery that there is not. */
  async list(id: string): Promise<readonly ControlChange[] | null> {
    const battery = await this.#find(id);
    return battery?.control.changes.all.toReversed() ?? null;
  }

  async find(id: string, number: number): Promise<ControlChange | null> {
    const battery = await this.#find(id);
    return battery?.control.changes.of(number) ?? null;
  }

  /** A change in the words of the interface. */
  shown(id: string, { before, after }: Pick<ControlChange, 'before' | 'after'>): readonly ShownChange[] {
    const battery = this.#parts.switchboard.find(id);
    const ahead = battery === null ? null : this.#clockAhead(battery, this.#parts.now());
    return shownChanges(before, after, ahead ?? 0);
  }

  /** What was said for a change, byte for byte but for private values, in its order. */
  bytesOf({ frames }: Pick<ControlChange, 'frames'>): readonly ShownBytes[] {
    const serials = Array.from(this.#parts.switchboard.batteries.all(), ({ serial }) => serial.reveal());
    return frames.map(({ bytes: sent }) => {
      const { bytes, isResealed } = sanitised(sent.reveal(), serials);
      return { hex: Buffer.from(bytes).toString('hex'), isResealed };
    });
  }

  async #propose(battery: HeardBattery, change: ControlChange | Refusal): Promise<ControlChange> {
    if (change instanceof Refusal) throw thrown(change);
    await this.#parts.keep(battery.control.takeRecords());
    this.#begin(battery, this.#parts.now());
    return battery.control.changes.of(change.number) ?? change;
  }

  async #asked(id: string, request: ControlRequest) {
    this.#refuseDisabled();
    const battery = await this.#known(id);
    const { control } = battery;
    const now = this.#parts.now();
    const { defaultEndMs, switchboard } = this.#parts;
    const found = wishOf(request, now.wallMs, defaultEndMs, this.#clockAhead(battery, now));
    if (found instanceof Refusal) throw thrown(found);
    if (found.wish.kind !== 'restore' && switchboard.of(id) === null)
      throw new ControlError('CONTROL_UNAVAILABLE', 'the battery is not connected');
    const { isOverride = false, isConfirmed = false, experiment } = request;
    if (experiment !== undefined && experiment !== id)
      throw new ControlError('CONTROL_REFUSED', 'experiment: expected the id of the battery');
    const options: Omit<WishOptions, 'author' | 'untilMs'> = {
      isOverride,
      isConfirmed: isConfirmed || experiment === id,
    };
    return { battery, control, now, options, ...found };
  }

  #refuseDisabled(): void {
    if (this.#parts.mark.sinceMs !== null) throw new ControlError('CONTROL_DISABLED', LEAVING);
    if (!this.#parts.policy.isEnabled)
      throw new ControlError('CONTROL_DISABLED', 'set control.enabled, and restart the server');
  }

  async #known(id: string): Promise<HeardBattery> {
    const battery = await this.#find(id);
    if (battery === null) throw new ControlError('CONTROL_UNAVAILABLE', `there is no battery ${id}`);
    return battery;
  }

  /** Also one that has not spoken since the start. */
  async #find(id: string): Promise<HeardBattery | null> {
    await this.#parts.loader.loadById(id);
    return this.#parts.switchboard.find(id);
  }

  #clockAhead({ clock, clockStands }: HeardBattery, { wallMs }: Instant): number | null {
    const epoch = clockStands ? null : clock.epoch;
    return epoch === null ? null : epoch.offsetSeconds - this.#parts.houseOffset(wallMs / 1000);
  }
}

function isAnything({ changes }: BatteryControl): boolean {
  return changes.holding !== null || changes.all.some((change) => isOpen(change) || (isVerb(change) && change.holds));
}

/** The owner's settings as the battery last told them. */
function ownTexts({ settings: { reported } }: BatteryControl): Record<string, string> {
  const own = [...(reported ?? [])].filter(([key]) => ownerOf(key) === 'owner');
  return Object.fromEntries(own.map(([key, text]) => [key, canonicalText(key, text) ?? '']));
}

function thrown({ code, detail }: Refusal): ControlError {
  return new ControlError(code, detail);
}

/** Whether it put back what a verb had set. */
function hasEndedVerb({ wish }: ControlChange, changes: BatteryControl['changes']): boolean {
  if (wish.kind !== 'restore') return false;
  const ended = wish.of === null ? null : changes.of(wish.of);
  return ended === null || isVerb(ended);
}
