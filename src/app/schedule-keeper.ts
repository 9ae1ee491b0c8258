/**
 * Has control do what schedules want, at the moment: it looks every few seconds at what applies and at what has become of the changes so far, and asks for
 * what is missing. Nothing is queued: what was missed while the battery was away, or the server down, is not made up for.
 */
import type { ControlAuthor, ControlChange, Instant, KnownPrice, Private, StoreRecord } from '../model.ts';
import { priceAt } from '../prices/price-curve.ts';
import { type Decision, decisionOf, type ScheduleAsk } from '../schedule/decision.ts';
import {
  planOf,
  problemOfSchedules,
  ruleKey,
  type SchedulePlan,
  type Schedules,
  type SetSchedules,
  type SuggestedByRule,
} from '../schedule/plan.ts';
import { meanPrice, planWords } from '../schedule/plan-words.ts';
import { nameOfRule, type PriceRule } from '../schedule/price-rules.ts';
import { type Applying, applyingAt, type Stretch } from '../schedule/timetable.ts';
import type { WallClock } from '../schedule/wall-clock.ts';
import type { Switchboard } from '../server/switchboard.ts';
import type { HeardBattery } from '../session/batteries.ts';
import { Refusal } from '../session/control/refusal.ts';
import type { Store } from '../store/store.ts';
import type { BatteryLoader } from './battery-loader.ts';
import { type ControlDesk, ControlError } from './control-desk.ts';

/** What its owner asks for. */
export interface ScheduleOrder extends Schedules {
  /** Of those that he saw before: refused where they were set otherwise since. Without: whatever they are. */
  readonly revision?: string | undefined;
}

/** What electricity costs, as far as it is known. */
export interface SchedulePrices {
  readonly isConfigured: boolean;
  readonly currency: string;
  /** In their order; another number, others. */
  readonly prices: readonly KnownPrice[];
  readonly version: number;
}

export interface ScheduledBattery {
  readonly id: string;
  readonly serial: Private<string>;
}

export interface ScheduleKeeperParts {
  readonly desk: Pick<ControlDesk, 'change'>;
  readonly isEnabled: boolean;
  readonly house: WallClock & { readonly zone: string };
  /** Those that were heard. */
  batteries(): Iterable<ScheduledBattery>;
  /** Also one that has not spoken since the start; null where there is none. */
  find(id: string): Promise<ScheduledBattery | null>;
  isConnected(id: string): boolean;
  /** What was wanted of it so far, oldest first. */
  changesOf(id: string): readonly ControlChange[];
  /** Its charge, and how much it holds; null where that is not known now. */
  chargeOf(id: string): { readonly percent: number | null; readonly capacityKwh: number | null };
  readonly prices: SchedulePrices;
  readonly writesPerDay: number;
  /** What is kept of it; null where nothing was set. */
  load(battery: ScheduledBattery): Promise<string | null>;
  /** Keeps these, for good. @returns when they are on disk */
  keep(records: readonly StoreRecord[]): Promise<void>;
  /** Told of mistakes of ours. Must not throw. */
  failed(detail: string): void;
  now(): Instant;
}

/** What it wanted last, and what came of it. */
export interface ScheduleNote {
  readonly atMs: number;
  readonly text: string;
}

export interface PricedStretch extends Stretch {
  /** In the currency for a kWh, on average; null where it is not known. */
  readonly price: number | null;
}

export interface ScheduleView extends Schedules {
  readonly isEnabled: boolean;
  readonly zone: string;
  readonly applying: Applying;
  /** What is planned, from now on. */
  readonly plan: readonly PricedStretch[];
  readonly currency: string;
  /** What prices suggest, in words: when, how much, what it costs, or why nothing is. */
  readonly words: readonly string[];
  /** Another each time that they are set. */
  readonly revision: string;
  /** null before it has looked. */
  readonly note: ScheduleNote | null;
}

interface KnownSchedules extends SetSchedules {
  readonly savedMs: number;
  readonly serial: Private<string>;
  /** Of the plan before: of a rule that is left as it is, what is over stays when others are set. */
  suggested: SuggestedByRule;
  plan: (SchedulePlan & { readonly madeMs: number; readonly version: number }) | null;
  note: ScheduleNote | null;
  /** What was not taken, and when it may be asked for again. */
  refused: { readonly key: string; readonly why: string; readonly untilMs: number } | null;
  isBusy: boolean;
}

const TICK_MS = 5000;
/** A plan is made anew so often: it reaches some days back and a week on. */
const PLAN_MS = 600_000;
const BACK_SECONDS = 2 * 86_400;
const AHEAD_SECONDS = 8 * 86_400;
const SHOWN_SECONDS = 2 * 86_400;
/** What was not taken is asked for again after so long. */
const REFUSED_MS = 60_000;
/** How much a battery holds, kWh, by the name of the wire. */
const CAPACITY = 'Cobat';

export class ScheduleKeeper {
  readonly #parts: ScheduleKeeperParts;
  readonly #known = new Map<string, KnownSchedules>();
  readonly #loading = new Map<string, Promise<KnownSchedules>>();
  #ticker: NodeJS.Timeout | null = null;

  constructor(parts: ScheduleKeeperParts) {
    this.#parts = parts;
  }

  /** Where control is not enabled nothing is ever asked. */
  start(): void {
    if (this.#parts.isEnabled) this.#ticker = setInterval(() => void this.tick(), TICK_MS);
  }

  stop(): void {
    if (this.#ticker !== null) clearInterval(this.#ticker);
  }

  /** Looks at each battery that was heard. @returns when all is asked */
  async tick(): Promise<void> {
    const { failed } = this.#parts;
    const looking = Array.from(this.#parts.batteries(), (battery) =>
      this.#look(battery).catch((error: unknown) => failed(String(error))),
    );
    await Promise.all(looking);
  }

  /** The battery is forgotten, and what was wanted of it. */
  forget(_serial: string, id: string): void {
    this.#known.delete(id);
    this.#loading.delete(id);
  }

  /** null of a battery that there is not. */
  async of(id: string): Promise<ScheduleView | null> {
    const battery = await this.#parts.find(id);
    return battery === null ? null : this.#view(id, await this.#schedulesOf(battery));
  }

  /**
   * Replaces them, and asks at once for what applies by them.
   * @throws ControlError
   */
  async set(id: string, asked: ScheduleOrder): Promise<ScheduleView> {
    const { keep, failed, now } = this.#parts;
    const { battery, text, suggested } = await this.#checked(id, asked);
    await keep([{ type: 'schedule', battery: battery.serial, receivedMs: now().wallMs, text }]);
    const known = knownOf(battery, text, suggested);
    this.#known.set(id, known);
    await this.#look(battery).catch((error: unknown) => failed(String(error)));
    return this.#view(id, known);
  }

  /**
   * What would come of these; nothing is set.
   * @throws ControlError
   */
  async preview(id: string, asked: ScheduleOrder): Promise<ScheduleView> {
    const { battery, text, suggested } = await this.#checked(id, asked);
    return this.#view(id, knownOf(battery, text, suggested));
  }

  /** @throws ControlError where they cannot be set. @returns what is to be kept of them */
  async #checked(
    id: string,
    { windows, rules, revision }: ScheduleOrder,
  ): Promise<{ readonly battery: ScheduledBattery; readonly text: string; readonly suggested: SuggestedByRule }> {
    const { isEnabled, find, now, prices } = this.#parts;
    if (!isEnabled) throw new ControlError('CONTROL_DISABLED', 'set control.enabled, and restart the server');
    const problem = problemOfSchedules({ windows, rules });
    if (problem !== null) throw new ControlError('CONTROL_REFUSED', problem);
    if (rules.length > 0 && !prices.isConfigured)
      throw new ControlError(
        'CONTROL_REFUSED',
        'rules: no prices are known; set prices.url or prices.topic (docs/prices.md)',
      );
    const battery = await find(id);
    if (battery === null) throw new ControlError('CONTROL_UNAVAILABLE', `there is no battery ${id}`);
    const before = await this.#schedulesOf(battery);
    if (revision !== undefined && revision !== revisionOf(before))
      throw new ControlError('CONTROL_REFUSED', 'they were set elsewhere meanwhile: look at them anew');
    const savedMs = now().wallMs;
    return {
      ...{ battery, suggested: before.suggested },
      text: JSON.stringify({ windows, rules, rulesSince: rulesSince(rules, before, savedMs), savedMs }),
    };
  }

  async #look(battery: ScheduledBattery): Promise<void> {
    const known = await this.#schedulesOf(battery);
    if (known.isBusy) return;
    known.isBusy = true;
    try {
      await this.#decide(battery.id, known);
    } finally {
      known.isBusy = false;
    }
  }

  async #decide(id: string, known: KnownSchedules): Promise<void> {
    const { isConnected, changesOf, chargeOf } = this.#parts;
    const changes = changesOf(id);
    const isNone = known.windows.length === 0 && known.rules.length === 0;
    if (isNone && !changes.some(({ author }) => author.kind === 'schedule')) return;
    if (!isConnected(id)) return this.#says(known, 'the battery is not connected');
    const { wallMs: nowMs } = this.#parts.now();
    const applying = this.#applying(known, nowMs);
    const { stretch } = applying;
    if (known.refused !== null && known.refused.untilMs <= nowMs) known.refused = null;
    const isRefused = known.refused !== null && known.refused.key === refusalKey(stretch);
    const facts = { applying, nowMs, savedMs: known.savedMs, changes, percent: chargeOf(id).percent, isRefused };
    const { ask, why } = decisionOf(facts);
    if (ask === null)
      return this.#says(known, isRefused ? `${why}: ${known.refused?.why}` : this.#withMissing(known, why, nowMs));
    await this.#ask(id, known, { ask, why }, stretch);
  }

  async #ask(id: string, known: KnownSchedules, { ask, why }: Decision, stretch: Stretch | null): Promise<void> {
    const { key, ...request } = ask as ScheduleAsk;
    const author: ControlAuthor = { kind: 'schedule', name: request.verb === 'normal' ? '' : (stretch?.by ?? '') };
    try {
      const asked = {
        verb: request.verb,
        ...(request.untilMs === null ? {} : { untilMs: request.untilMs }),
        ...(request.chargeLimit === null ? {} : { chargeLimit: request.chargeLimit }),
      };
      const change: ControlChange = await this.#parts.desk.change(id, asked, author, key);
      this.#says(known, `${why}: change ${change.number}`);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      known.refused = { key: refusalKey(stretch), why: error.message, untilMs: this.#parts.now().wallMs + REFUSED_MS };
      this.#says(known, `${why}: it was not taken: ${error.message}`);
    }
  }

  /** Nothing may be wanted because prices are missing. */
  #withMissing(known: KnownSchedules, why: string, nowMs: number): string {
    const now = Math.floor(nowMs / 1000);
    const span = this.#plan(known, nowMs).unpriced.find(({ from, to }) => from <= now && now < to);
    const isUnpriced =
      span !== undefined || (known.rules.length > 0 && priceAt(this.#parts.prices.prices, now) === null);
    return isUnpriced
      ? `${why}; prices are missing for what ${span?.by ?? nameOfRule(known.rules[0] as PriceRule)} wants`
      : why;
  }

  #says(known: KnownSchedules, text: string): void {
    if (known.note?.text !== text) known.note = { atMs: this.#parts.now().wallMs, text };
  }

  #applying(known: KnownSchedules, nowMs: number): Applying {
    return applyingAt(this.#plan(known, nowMs).stretches, Math.floor(nowMs / 1000));
  }

  #plan(known: KnownSchedules, nowMs: number): SchedulePlan {
    const { prices, house } = this.#parts;
    const { plan } = known;
    const isFresh = plan !== null && Math.abs(nowMs - plan.madeMs) < PLAN_MS && plan.version === prices.version;
    if (isFresh) return plan;
    const now = Math.floor(nowMs / 1000);
    const before = { suggested: known.suggested, until: now };
    const made = planOf(known, prices.prices, { from: now - BACK_SECONDS, to: now + AHEAD_SECONDS }, house, before);
    known.suggested = made.suggested;
    known.plan = { ...made, madeMs: nowMs, version: prices.version };
    return made;
  }

  #view(id: string, known: KnownSchedules): ScheduleView {
    const { isEnabled, house, chargeOf, writesPerDay, prices } = this.#parts;
    const { wallMs } = this.#parts.now();
    const now = Math.floor(wallMs / 1000);
    const plan = this.#plan(known, wallMs);
    const shown = plan.stretches.filter(({ from, to }) => to > now && from < now + SHOWN_SECONDS);
    const { windows, rules, note } = known;
    const facts = { rules, plan, prices: prices.prices, currency: prices.currency, writesPerDay, now, ...chargeOf(id) };
    return {
      ...{ windows, rules, isEnabled, note, zone: house.zone, applying: this.#applying(known, wallMs) },
      plan: shown.map((one) => ({ ...one, price: meanPrice(prices.prices, one.from, one.to) })),
      ...{ currency: prices.currency, words: planWords(facts, house), revision: revisionOf(known) },
    };
  }

  async #schedulesOf(battery: ScheduledBattery): Promise<KnownSchedules> {
    const known = this.#known.get(battery.id);
    if (known !== undefined) return known;
    const under = this.#loading.get(battery.id) ?? this.#load(battery);
    this.#loading.set(battery.id, under);
    return under;
  }

  async #load(battery: ScheduledBattery): Promise<KnownSchedules> {
    try {
      const loaded = knownOf(battery, await this.#parts.load(battery));
      // Forgotten meanwhile, or set.
      if (!this.#known.has(battery.id) && this.#loading.has(battery.id)) this.#known.set(battery.id, loaded);
      return this.#known.get(battery.id) ?? loaded;
    } finally {
      this.#loading.delete(battery.id);
    }
  }
}

/** What it is built of. */
export interface KeptScheduleParts extends Pick<ScheduleKeeperParts, 'isEnabled' | 'keep' | 'failed' | 'now'> {
  readonly control: ControlDesk;
  readonly switchboard: Pick<Switchboard, 'batteries' | 'find' | 'of' | 'idOf'>;
  readonly loader: Pick<BatteryLoader, 'loadById'>;
  readonly store: Pick<Store, 'batteryOf'>;
  readonly calendar: ScheduleKeeperParts['house'];
  readonly prices: SchedulePrices;
  readonly writesPerDay: number;
}

export function scheduleKeeper(parts: KeptScheduleParts): ScheduleKeeper {
  const { control, switchboard, loader, store, calendar, now, ...others } = parts;
  const scheduled = ({ serial }: HeardBattery) => ({ id: switchboard.idOf(serial.reveal()), serial });
  return new ScheduleKeeper({
    ...{ ...others, now, desk: control, house: calendar },
    batteries: () => Array.from(switchboard.batteries.all(), scheduled),
    find: async (id) => {
      await loader.loadById(id);
      const battery = switchboard.find(id);
      return battery === null ? null : scheduled(battery);
    },
    isConnected: (id) => switchboard.of(id) !== null,
    changesOf: (id) => switchboard.find(id)?.control.changes.all ?? [],
    chargeOf: (id) => {
      const situation = switchboard.find(id)?.control.settings.situation(now(), false);
      if (situation === undefined || situation instanceof Refusal) return { percent: null, capacityKwh: null };
      const capacity = Number(situation.reported.get(CAPACITY) ?? Number.NaN);
      return { percent: situation.percent, capacityKwh: capacity > 0 ? capacity : null };
    },
    load: async ({ serial }) => (await store.batteryOf(serial.reveal()))?.schedules ?? null,
  });
}

function refusalKey(stretch: Stretch | null): string {
  return stretch === null ? '' : `${stretch.verb} ${stretch.chargeLimit} ${stretch.from}`;
}

function knownOf(
  { serial }: ScheduledBattery,
  text: string | null,
  suggested: SuggestedByRule = new Map(),
): KnownSchedules {
  const kept = text === null ? { windows: [], savedMs: 0 } : (JSON.parse(text) as KnownSchedules);
  // Before there were prices there were no rules.
  return {
    rules: [],
    rulesSince: [],
    ...kept,
    serial,
    suggested,
    plan: null,
    note: null,
    refused: null,
    isBusy: false,
  };
}

function revisionOf({ savedMs }: KnownSchedules): string {
  return String(savedMs);
}

/** A rule that stays as it was goes on; any other begins now. */
function rulesSince(rules: readonly PriceRule[], before: SetSchedules, nowMs: number): number[] {
  const known = before.rules.map(ruleKey);
  return rules.map((rule) => before.rulesSince[known.indexOf(ruleKey(rule))] ?? Math.floor(nowMs / 1000));
}
