/**
 * Has control do what schedules want, at the moment: it looks every few seconds at what applies and at what has become of the changes so far, and asks for
 * what is missing. Nothing is queued: what was missed while the battery was away, or the server down, is not made up for.
 */
import type { ControlAuthor, ControlChange, Instant, Private, StoreRecord } from '../model.ts';
import { type Decision, decisionOf, type ScheduleAsk } from '../schedule/decision.ts';
import { problemOfWindows, type ScheduleWindow } from '../schedule/schedules.ts';
import { type Applying, applyingAt, type Stretch, timetable } from '../schedule/timetable.ts';
import type { WallClock } from '../schedule/wall-clock.ts';
import type { Switchboard } from '../server/switchboard.ts';
import type { HeardBattery } from '../session/batteries.ts';
import { Refusal } from '../session/control/refusal.ts';
import type { Store } from '../store/store.ts';
import type { BatteryLoader } from './battery-loader.ts';
import { type ControlDesk, ControlError } from './control-desk.ts';

/** Of one battery, as its owner set them. */
export interface Schedules {
  readonly windows: readonly ScheduleWindow[];
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
  /** Its charge; null where it is not known now. */
  percentOf(id: string): number | null;
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

export interface ScheduleView extends Schedules {
  readonly isEnabled: boolean;
  readonly zone: string;
  readonly applying: Applying;
  /** What is planned, from now on. */
  readonly plan: readonly Stretch[];
  /** null before it has looked. */
  readonly note: ScheduleNote | null;
}

interface KnownSchedules extends Schedules {
  readonly savedMs: number;
  readonly serial: Private<string>;
  plan: { readonly stretches: readonly Stretch[]; readonly madeMs: number } | null;
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
    return battery === null ? null : this.#view(await this.#schedulesOf(battery));
  }

  /**
   * Replaces them, and asks at once for what applies by them.
   * @throws ControlError
   */
  async set(id: string, schedules: Schedules): Promise<ScheduleView> {
    const { isEnabled, find, keep, failed, now } = this.#parts;
    if (!isEnabled) throw new ControlError('CONTROL_DISABLED', 'set control.enabled, and restart the server');
    const problem = problemOfWindows(schedules.windows);
    if (problem !== null) throw new ControlError('CONTROL_REFUSED', problem);
    const battery = await find(id);
    if (battery === null) throw new ControlError('CONTROL_UNAVAILABLE', `there is no battery ${id}`);
    await this.#schedulesOf(battery);
    const savedMs = now().wallMs;
    const text = JSON.stringify({ ...schedules, savedMs });
    await keep([{ type: 'schedule', battery: battery.serial, receivedMs: savedMs, text }]);
    const known = knownOf(battery, text);
    this.#known.set(id, known);
    await this.#look(battery).catch((error: unknown) => failed(String(error)));
    return this.#view(known);
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
    const { isConnected, changesOf, percentOf } = this.#parts;
    const changes = changesOf(id);
    if (known.windows.length === 0 && !changes.some(({ author }) => author.kind === 'schedule')) return;
    if (!isConnected(id)) return this.#says(known, 'the battery is not connected');
    const { wallMs: nowMs } = this.#parts.now();
    const applying = this.#applying(known, nowMs);
    const { stretch } = applying;
    if (known.refused !== null && known.refused.untilMs <= nowMs) known.refused = null;
    const isRefused = known.refused !== null && known.refused.key === refusalKey(stretch);
    const facts = { applying, nowMs, savedMs: known.savedMs, changes, percent: percentOf(id), isRefused };
    const { ask, why } = decisionOf(facts);
    if (ask === null) return this.#says(known, isRefused ? `${why}: ${known.refused?.why}` : why);
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

  #says(known: KnownSchedules, text: string): void {
    if (known.note?.text !== text) known.note = { atMs: this.#parts.now().wallMs, text };
  }

  #applying(known: KnownSchedules, nowMs: number): Applying {
    return applyingAt(this.#plan(known, nowMs), Math.floor(nowMs / 1000));
  }

  #plan(known: KnownSchedules, nowMs: number): readonly Stretch[] {
    const isFresh = known.plan !== null && Math.abs(nowMs - known.plan.madeMs) < PLAN_MS;
    if (isFresh && known.plan !== null) return known.plan.stretches;
    const now = Math.floor(nowMs / 1000);
    const stretches = timetable(known.windows, now - BACK_SECONDS, now + AHEAD_SECONDS, this.#parts.house);
    known.plan = { stretches, madeMs: nowMs };
    return stretches;
  }

  #view(known: KnownSchedules): ScheduleView {
    const { isEnabled, house, now } = this.#parts;
    const { wallMs } = now();
    const time = Math.floor(wallMs / 1000);
    const plan = this.#plan(known, wallMs).filter(({ from, to }) => to > time && from < time + SHOWN_SECONDS);
    const { windows, note } = known;
    return { windows, isEnabled, zone: house.zone, applying: this.#applying(known, wallMs), plan, note };
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
    percentOf: (id) => {
      const situation = switchboard.find(id)?.control.settings.situation(now(), false);
      return situation === undefined || situation instanceof Refusal ? null : situation.percent;
    },
    load: async ({ serial }) => (await store.batteryOf(serial.reveal()))?.schedules ?? null,
  });
}

function refusalKey(stretch: Stretch | null): string {
  return stretch === null ? '' : `${stretch.verb} ${stretch.chargeLimit} ${stretch.from}`;
}

function knownOf({ serial }: ScheduledBattery, text: string | null): KnownSchedules {
  const { windows, savedMs } = text === null ? { windows: [], savedMs: 0 } : (JSON.parse(text) as KnownSchedules);
  return { windows, savedMs, serial, plan: null, note: null, refused: null, isBusy: false };
}
