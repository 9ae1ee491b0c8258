/**
 * Leaving this server for good: batteries are put back as they were first, while they still come here; then the owner takes the redirect away; then they are
 * let go to the vendor. Nothing is called done that was not seen.
 */
import type { LedTo } from '../doctor/redirect.ts';
import type { ControlAuthor, Instant, SettingTexts, StoreRecord } from '../model.ts';
import type { BatteryState } from '../now/state.ts';
import type { Switchboard } from '../server/switchboard.ts';
import type { HeardBattery } from '../session/batteries.ts';
import { isOpen } from '../session/control/changes.ts';
import type { LeavingBattery, LeavingReport, LeavingStep, UnseenEvent } from '../web/routes/leave.ts';
import type { BatteryLoader } from './battery-loader.ts';
import type { LeavingMark } from './leaving-mark.ts';
import { goneWords, putBackWords, redirectWords, unseenWords } from './leaving-words.ts';

/** How the vendor has heard of batteries meanwhile, by the owner's file. */
export type VendorHears = 'nothing' | 'relayed';

export interface LeavingDeskParts {
  readonly mark: LeavingMark;
  readonly switchboard: Switchboard;
  readonly loader: Pick<BatteryLoader, 'loadShown'>;
  readonly vendorHears: VendorHears;
  /** Those that are shown. */
  batteries(): Iterable<BatteryState>;
  /** Where DNS leads batteries now. */
  ledTo(): Promise<LedTo>;
  /** What a battery told of itself since it was first heard, the newest first. */
  eventsOf(battery: string): Promise<readonly UnseenEvent[]>;
  /** Settings of a battery's in words, such as “the charge limit 100 %”. */
  settingsWords(battery: string, texts: SettingTexts): string;
  /** Keeps these, for good. @returns when they are on disk */
  keep(records: readonly StoreRecord[]): Promise<void>;
  now(): Instant;
}

/** A battery that was let go, and does not come back within this, is elsewhere. ms */
const GONE_MS = 60_000;
const SHOWN_EVENTS = 10;

export class LeavingDesk {
  readonly #parts: LeavingDeskParts;

  constructor(parts: LeavingDeskParts) {
    this.#parts = parts;
  }

  /** What is done, and what is not yet. Changes nothing. */
  async report(): Promise<LeavingReport> {
    await this.#parts.loader.loadShown();
    const led = await this.#parts.ledTo();
    const batteries: LeavingBattery[] = [];
    for (const state of this.#parts.batteries()) batteries.push(await this.#battery(state, led));
    const isBack = batteries.every(({ settings }) => settings.isDone);
    const redirect = redirectWords(led, isBack);
    const isDone = isBack && redirect.isDone && batteries.every(({ gone }) => gone.isDone);
    return { sinceMs: this.#parts.mark.sinceMs, isDone, redirect, batteries };
  }

  /**
   * Does what can be done now: nothing new from here on, verbs are undone, and batteries that DNS leads to the vendor are hung up on, so that they go there.
   * @throws StoreError
   */
  async begin(author: ControlAuthor): Promise<LeavingReport> {
    const { mark, loader, switchboard, now, keep } = this.#parts;
    mark.set(now().wallMs);
    await loader.loadShown();
    for (const { control } of switchboard.batteries.all()) {
      const { changes, verb } = control;
      const isAnything = changes.holding !== null || changes.all.some(isOpen);
      if (!isAnything || verb.isRestoring) continue;
      control.propose({ kind: 'restore', of: null }, { author, untilMs: null }, now());
      await keep(control.takeRecords());
    }
    const report = await this.report();
    if (report.redirect.isDone && report.batteries.every(({ settings }) => settings.isDone))
      for (const { id } of report.batteries) switchboard.of(id)?.close();
    return report;
  }

  /** The owner stays. @throws StoreError */
  async cancel(): Promise<LeavingReport> {
    this.#parts.mark.clear();
    return this.report();
  }

  async #battery(state: BatteryState, led: LedTo): Promise<LeavingBattery> {
    const { id, name, firstSeenMs, tapped } = state;
    const battery = this.#parts.switchboard.find(id);
    const events = await this.#parts.eventsOf(id);
    const hears = tapped ? 'all' : this.#parts.vendorHears;
    return {
      id,
      name,
      settings: battery === null ? { isDone: true, sentence: putBackWords('untouched') } : this.#settings(id, battery),
      stays: battery === null ? [] : this.#stays(id, battery),
      gone: this.#gone(state, led),
      unseen: {
        sinceMs: firstSeenMs,
        sentence: unseenWords(hears, events.length),
        logEntries: hears === 'all' ? 0 : events.length,
        newest: hears === 'all' ? [] : events.slice(0, SHOWN_EVENTS),
      },
    };
  }

  #settings(id: string, { control }: HeardBattery): LeavingStep {
    const { changes, settings } = control;
    const { holding } = changes;
    const isGiven = changes.all.some(({ givenMs }) => givenMs.length > 0);
    if (holding === null && !changes.all.some(isOpen)) {
      if (!isGiven) return { isDone: true, sentence: putBackWords('untouched') };
      return settings.isCertain
        ? { isDone: true, sentence: putBackWords('seen') }
        : { isDone: false, sentence: putBackWords('untold') };
    }
    const verb = holding?.wish.kind ?? 'change';
    const normal = holding === null ? '' : this.#parts.settingsWords(id, holding.normal ?? {});
    if (this.#parts.switchboard.of(id) === null) return { isDone: false, sentence: putBackWords('away', verb, normal) };
    if (control.verb.isRestoring || holding === null)
      return { isDone: false, sentence: putBackWords('under way', verb) };
    const isInVain = changes.all.at(-1)?.state === 'different';
    return { isDone: false, sentence: putBackWords(isInVain ? 'in vain' : 'active', verb, normal) };
  }

  /** What the owner has set without an end, and not undone. */
  #stays(id: string, { control }: HeardBattery): readonly string[] {
    return control.changes.all
      .filter(({ wish, state }) => wish.kind === 'settings' && state === 'done')
      .filter(({ givenMs }) => givenMs.length > 0)
      .map((change) => `change ${change.number}: ${this.#parts.settingsWords(id, change.after)}`);
  }

  #gone({ id, tapped, lastReadingAtMs }: BatteryState, led: LedTo): LeavingStep {
    if (tapped) return { isDone: true, sentence: goneWords('tapped') };
    if (this.#parts.switchboard.of(id) !== null)
      return { isDone: false, sentence: goneWords(led === 'vendor' ? 'comes all the same' : 'connected') };
    const agoMs = this.#parts.now().wallMs - (lastReadingAtMs ?? Number.NEGATIVE_INFINITY);
    return agoMs < GONE_MS
      ? { isDone: false, sentence: goneWords('just left') }
      : { isDone: true, sentence: goneWords('gone') };
  }
}
