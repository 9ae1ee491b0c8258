/**
 * What its owner wants one battery to be set to: wishes taken or refused, one change at a time, verbs that end by themselves, within a budget of writes.
 * Instants come in, conversations and records go out; whoever has the timers asks {@link BatteryControl.due}.
 */
import type {
  ControlAuthor,
  ControlChange,
  ControlRecord,
  ControlState,
  ControlStep,
  ControlWish,
  Instant,
  SettingTexts,
} from '../../model.ts';
import type { HeardBattery } from '../batteries.ts';
import type { Consequence } from '../conversation.ts';
import { canonicalText } from '../settings/comparison.ts';
import { ActiveVerb } from './active-verb.ts';
import { ChangeConversation, type ChangeKeeper, type PreparedChange } from './change-conversation.ts';
import { Changes, isOpen, isVerb } from './changes.ts';
import { KnownSettings } from './known-settings.ts';
import { movedWindows } from './moved-clock.ts';
import { settingName } from './owner-words.ts';
import { wantedTexts } from './plan.ts';
import { Refusal, refused } from './refusal.ts';
import { restoredTexts, takenElsewhere } from './restored-texts.ts';

/** What the owner's file says, and what the core cannot know. */
export interface ControlPolicy {
  /** Asked each time: the owner may be about to leave. */
  readonly isEnabled: boolean;
  readonly writesPerDay: number;
  readonly minIntervalMs: number;
  /** Whether a change may be tried that was never seen to work, where the owner types the battery's id. */
  readonly experiments: boolean;
  /** Whether a battery's 1,2,8 is answered with 1,2,0, as in the only proven writing. */
  readonly answersReplies: boolean;
  /** When the house's day began, Unix ms. */
  dayStartMs(ms: number): number;
}

export const NO_CONTROL: ControlPolicy = {
  isEnabled: false,
  writesPerDay: 0,
  minIntervalMs: 0,
  experiments: false,
  answersReplies: true,
  dayStartMs: (ms) => ms,
};

export interface WishOptions {
  readonly author: ControlAuthor;
  /** Of a verb, Unix ms. */
  readonly untilMs: number | null;
  /** One write more than the budget and the interval have. */
  readonly isOverride?: boolean;
  readonly isConfirmed?: boolean;
  /** A repetition of a request is no second wish. */
  readonly key?: string | null;
}

type ControlledBattery = Pick<
  HeardBattery,
  'serial' | 'clock' | 'clockStands' | 'house' | 'blackout' | 'live' | 'vendor'
>;

/** What waits longer than this was wanted for another moment, ms. */
const LONGEST_WISH_MS = 3_600_000;
/** How long after each failure putting right is tried again, ms; the last for all later ones. */
const RETRIES = [60_000, 300_000, 900_000, 3_600_000] as const;
/** So often a battery is written to that tells otherwise each time. */
const MOST_VAIN_WRITES = 3;
const FAILED: readonly ControlState[] = ['timed_out', 'refused', 'different'];

export class BatteryControl {
  readonly changes: Changes;
  readonly #battery: ControlledBattery;
  readonly #policy: ControlPolicy;
  readonly settings: KnownSettings;
  readonly verb: ActiveVerb;
  /** The one that was asked last, and the one that stands in line. */
  #conversation: ChangeConversation | null = null;
  #next: ChangeConversation | null = null;
  #connection = 0;
  #failures = 0;
  #retryMono = Number.NEGATIVE_INFINITY;

  /** @param reported how it last told that it is set, from before */
  constructor(
    battery: ControlledBattery,
    policy: ControlPolicy = NO_CONTROL,
    known: readonly ControlChange[] = [],
    reported: { readonly text: string; readonly receivedMs: number } | null = null,
  ) {
    this.#battery = battery;
    this.#policy = policy;
    this.changes = new Changes(battery.serial, known);
    this.settings = new KnownSettings(battery, this.changes, policy.experiments, reported);
    this.verb = new ActiveVerb(this.changes, this.settings, policy);
  }

  /** The battery speaks on a connection. */
  heard(connection: number, now: Instant): void {
    if (connection === this.#connection) return;
    this.#connection = connection;
    this.settings.connected(now);
    this.#next = null;
    this.#retryMono = Number.NEGATIVE_INFINITY;
    this.#failures = 0;
  }

  /** Takes a wish, or says why not. A wish that waited is no more; one that is under way ends first. */
  propose(wish: ControlWish, options: WishOptions, now: Instant): ControlChange | Refusal {
    const { author, untilMs, isOverride = false, isConfirmed = false, key = null } = options;
    const repeated = key === null ? undefined : this.changes.all.find((change) => change.key === key);
    if (repeated !== undefined) return repeated;
    const isUnlimited = wish.kind === 'restore' || isOverride;
    const refusal = this.refusalOf(wish, { untilMs, isUnlimited, isConfirmed }, now);
    if (refusal !== null) return refusal;
    for (const other of this.changes.waiting)
      if (wish.kind === 'restore' || other.wish.kind !== 'restore')
        this.changes.step(other.number, 'superseded', now.wallMs);
    return this.#take({ wish, author, untilMs, isUnlimited, isConfirmed, key }, '', now);
  }

  #take(
    wanted: Pick<ControlChange, 'wish' | 'author' | 'untilMs' | 'isUnlimited' | 'isConfirmed' | 'key'>,
    note: string,
    now: Instant,
  ): ControlChange {
    const about = { number: this.changes.lastNumber + 1, ...wanted };
    const nothing = { before: {}, after: {}, normal: null, holds: false, isObeyed: null, givenMs: [], frames: [] };
    const steps = [{ state: 'proposed' as const, atMs: now.wallMs, note }];
    return this.changes.put({ ...about, ...nothing, state: 'proposed', steps });
  }

  /** Why a wish is not taken; null where it is. */
  refusalOf(
    wish: ControlWish,
    { untilMs, isUnlimited, isConfirmed }: { untilMs: number | null; isUnlimited: boolean; isConfirmed: boolean },
    now: Instant,
  ): Refusal | null {
    const texts = this.textsOf(wish, untilMs, isConfirmed, now);
    if (texts instanceof Refusal) return texts;
    if (wish.kind === 'restore') return null;
    const { holding } = this.changes;
    const held =
      wish.kind === 'settings' && holding !== null ? Object.keys(texts).find((key) => key in holding.after) : undefined;
    if (held !== undefined)
      return refused(`${settingName(held)}: a ${holding?.wish.kind} has it until its end; end that first, with normal`);
    const { doubt } = this.settings;
    if (doubt !== null && !isConfirmed) return new Refusal('CONTROL_UNCONFIRMED', doubt);
    const cost = wish.kind === 'settings' ? 1 : 2;
    const left = this.writesLeft(now) + (this.changes.waiting.some((one) => !one.isUnlimited) ? cost : 0);
    return !isUnlimited && left < cost
      ? new Refusal('CONTROL_BUDGET_SPENT', `${left} writes are left today, and this takes ${cost}`)
      : null;
  }

  writesLeft({ wallMs }: Instant): number {
    return this.changes.writesLeft(this.#policy.writesPerDay, this.#policy.dayStartMs(wallMs));
  }

  /** What a wish makes of the settings: those that it is about, whether they change or not. */
  textsOf(wish: ControlWish, untilMs: number | null, isConfirmed: boolean, now: Instant): SettingTexts | Refusal {
    if (wish.kind === 'restore') return restoredTexts(wish.of, this.changes, this.settings);
    const situation = this.settings.situation(now, isConfirmed);
    return situation instanceof Refusal ? situation : wantedTexts(wish, untilMs, situation);
  }

  #isNothing(of: number | null): boolean {
    const texts = restoredTexts(of, this.changes, this.settings);
    return !(texts instanceof Refusal) && Object.keys(texts).length === 0;
  }

  /** Settings of the owner's that somebody else has set otherwise while a verb holds, whether it holds them or not, by the vendor's names. */
  get changedElsewhere(): readonly string[] {
    return this.verb.changedElsewhere;
  }

  /** What is to be asked of the battery now, to be started on its connection at once; null for nothing. Says what has become too late, connected or not. */
  due(now: Instant, isConnected: boolean): ChangeConversation | null {
    this.#expire(now);
    this.#follow(now);
    if (!isConnected || this.changes.underWay !== null || this.#next?.state === 'waiting') return null;
    const [restoring] = this.changes.waiting.filter(({ wish }) => wish.kind === 'restore');
    const next = restoring ?? this.changes.waiting[0];
    if (next === undefined) return null;
    const earliest =
      restoring === undefined && !next.isUnlimited ? this.changes.lastGivenMs + this.#policy.minIntervalMs : 0;
    if (now.wallMs < earliest || (restoring !== undefined && now.monoMs < this.#retryMono)) return null;
    const conversation: ChangeConversation = new ChangeConversation(
      this.#keeperOf(next.number, () => conversation),
      now,
    );
    this.#next = conversation;
    return conversation;
  }

  #expire({ wallMs }: Instant): void {
    for (const { number, untilMs, steps, wish, isUnlimited } of this.changes.waiting) {
      if (wish.kind === 'restore') continue;
      if (!this.#policy.isEnabled) {
        this.changes.step(number, 'refused', wallMs, 'control was switched off');
        continue;
      }
      const hasEnded = untilMs !== null && untilMs <= wallMs;
      const waitedMs =
        wallMs - Math.min(...steps.map(({ atMs }) => atMs)) - (isUnlimited ? 0 : this.#policy.minIntervalMs);
      if (hasEnded) this.changes.step(number, 'timed_out', wallMs, 'its end came first');
      else if (waitedMs > LONGEST_WISH_MS)
        this.changes.step(number, 'timed_out', wallMs, 'the battery was away for too long');
    }
    const { holding } = this.changes;
    const isOver = holding !== null && this.verb.isOver(holding, wallMs);
    const isGivenUp = this.changes.all.some(
      ({ number, wish, state }) => wish.kind === 'restore' && number > (holding?.number ?? 0) && state === 'different',
    );
    if (!isOver || isGivenUp || this.verb.isRestoring) return;
    const author = { kind: 'server', name: 'end' } as const;
    const now = { wallMs, monoMs: 0 };
    this.propose({ kind: 'restore', of: null }, { author, untilMs: null, isConfirmed: true }, now);
  }

  /** The clock of the battery was set: the verb is told to it in its hours of now, once, as far as writes are left. What failed is not tried again. */
  #follow(now: Instant): void {
    const { holding, all } = this.changes;
    const isIdle = all.every((one) => !isOpen(one) || one.state === 'echoed');
    if (holding === null || !isIdle || this.verb.isOver(holding, now.wallMs)) return;
    if (this.#moved(holding, now) === null) return;
    const hasIt = this.settings.isCertain && holding.state !== 'different' && this.verb.taken(holding).length === 0;
    const isTried = all.some((one) => one.number > holding.number && isFollowing(one) && one.steps.some(isAttempt));
    if (!hasIt || isTried || this.writesLeft(now) < 1) return;
    const { wish, untilMs, isConfirmed } = holding;
    const wanted = { wish, author: FOLLOWER, untilMs, isUnlimited: false, isConfirmed, key: null };
    this.#take(wanted, 'the battery’s clock was set', now);
  }

  #moved(holding: ControlChange, { wallMs }: Instant): SettingTexts | null {
    const { clock, clockStands } = this.#battery;
    return clockStands || clock.epoch === null ? null : movedWindows(holding, wallMs, clock.epoch.offsetSeconds);
  }

  #keeperOf(number: number, conversation: () => ChangeConversation): ChangeKeeper {
    const control = this;
    return {
      get change() {
        return control.changes.of(number) as ControlChange;
      },
      get ratedWatts() {
        return control.#battery.house.ratedWatts;
      },
      get isBlackout() {
        return control.#battery.blackout === true;
      },
      answersReplies: this.#policy.answersReplies,
      prepare: (now) => this.#prepare(number, now),
      begun: (now) => {
        const stopped = this.#conversation?.stop(now) ?? [];
        this.#conversation = conversation();
        return stopped;
      },
      step: (state, now, note, more) => this.#step(number, state, now, note, more),
    };
  }

  /** Plans a change anew, by what is known when its turn comes. */
  #prepare(number: number, now: Instant): PreparedChange | null {
    const change = this.changes.of(number) as ControlChange;
    const { wish, isConfirmed } = change;
    if (wish.kind === 'restore' && this.#isNothing(wish.of)) {
      this.#settle(number, { before: {}, after: {}, normal: null }, now);
      return null;
    }
    const situation = this.settings.situation(now, isConfirmed || wish.kind === 'restore');
    const after = situation instanceof Refusal ? situation : this.#wantedNow(change, now);
    if (situation instanceof Refusal || after instanceof Refusal) {
      this.#step(number, 'refused', now, (after as Refusal).detail);
      return null;
    }
    const before = Object.fromEntries(
      Object.keys(after).map((key) => [key, canonicalText(key, situation.present.get(key)) as string]),
    );
    const { holding } = this.changes;
    // What somebody else has set while a verb held is what it is without the verb.
    const elsewhere = new Set(holding === null ? [] : takenElsewhere(holding, this.settings));
    const inherited = Object.entries(holding?.normal ?? {}).filter(([key]) => !elsewhere.has(key));
    const normal = isVerb(change) ? { ...before, ...Object.fromEntries(inherited) } : null;
    const isSame =
      this.settings.isCertain && Object.entries(after).every(([key, text]) => before[key] === canonicalText(key, text));
    // What the vendor wants otherwise is still wanted while the next verb has it.
    const wants = Object.entries(holding?.vendorWants ?? {}).filter(([key, text]) => normal?.[key] === text);
    const planned = {
      ...{ before, after: canonicalOf(after), normal },
      ...(wants.length === 0 ? {} : { vendorWants: Object.fromEntries(wants) }),
    };
    if (isSame) {
      this.#settle(number, planned, now);
      return null;
    }
    // A verb that follows another ends what that has changed besides.
    const left = Object.fromEntries(inherited.filter(([key]) => isVerb(change) && !(key in after)));
    const given = situation.present.with(Object.entries({ ...left, ...after }));
    this.changes.put({ ...change, ...planned });
    const expected = new Map(
      Array.from(situation.reported, ([key, text]) => [key, given.has(key) ? given.get(key) : text]),
    );
    return { body: given.body(), expected };
  }

  #wantedNow(change: ControlChange, now: Instant): SettingTexts | Refusal {
    const { wish, untilMs, isConfirmed } = change;
    const followed = isFollowing(change) ? this.changes.holding : null;
    if (followed === null) return this.textsOf(wish, untilMs, isConfirmed, now);
    // The clock may have been set back before its turn came.
    return this.#moved(followed, now) ?? followed.after;
  }

  /** Nothing would change: no write. A verb takes the place of the one before all the same. */
  #settle(number: number, planned: Pick<ControlChange, 'before' | 'after' | 'normal'>, now: Instant): void {
    const change = this.changes.put({ ...(this.changes.of(number) as ControlChange), ...planned });
    this.#takePlace(change, now);
    this.changes.step(number, 'done', now.wallMs, 'nothing to change', { holds: isVerb(change) });
  }

  /** What held before holds no more. */
  #takePlace(change: ControlChange, { wallMs }: Instant): void {
    const { wish, number } = change;
    const { holding } = this.changes;
    if (isVerb(change)) {
      if (holding !== null && holding.number !== number)
        this.changes.step(holding.number, 'superseded', wallMs, '', { holds: false });
      return;
    }
    if (wish.kind !== 'restore') return;
    const undone = wish.of === null ? holding : this.changes.of(wish.of);
    if (undone !== null) this.changes.step(undone.number, 'undone', wallMs, `by change ${number}`, { holds: false });
  }

  #step(
    number: number,
    state: ControlState,
    now: Instant,
    note = '',
    more: Partial<ControlChange> = {},
  ): readonly Consequence[] {
    const change = this.changes.of(number) as ControlChange;
    const isRestoring = change.wish.kind === 'restore';
    if (state === 'fetched' && isVerb(change)) this.#takePlace(change, now);
    if (state === 'echoed' && isRestoring) this.#takePlace(change, now);
    if (state === 'fetched') this.settings.isCertain = false;
    const holds = state === 'fetched' ? isVerb(change) : change.holds;
    const stepped = this.changes.step(number, state, now.wallMs, note, { holds, ...more });
    if (isRestoring && FAILED.includes(state)) this.#tryAgain(stepped, now);
    return this.takeRecords().map((record) => ({ type: 'record', record }));
  }

  /** What puts a battery right is tried until it is, but not where the battery is written to in vain. */
  #tryAgain({ number, state, givenMs }: ControlChange, now: Instant): void {
    if (state === 'different' && givenMs.length >= MOST_VAIN_WRITES) return;
    this.#retryMono = now.monoMs + (RETRIES[Math.min(this.#failures, RETRIES.length - 1)] as number);
    this.#failures++;
    this.changes.step(number, 'proposed', now.wallMs, 'is tried again');
  }

  /** What is to be kept of changes since it was last asked for. */
  takeRecords(): ControlRecord[] {
    return this.changes.takeRecords();
  }
}

/** Who tells a verb anew to a battery whose clock was set. */
const FOLLOWER = { kind: 'server', name: 'clock' } as const;

function isAttempt({ state }: ControlStep): boolean {
  return state === 'asked' || state === 'refused';
}

function isFollowing({ author }: ControlChange): boolean {
  return author.kind === FOLLOWER.kind && author.name === FOLLOWER.name;
}

function canonicalOf(texts: SettingTexts): SettingTexts {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, canonicalText(key, text) as string]));
}
