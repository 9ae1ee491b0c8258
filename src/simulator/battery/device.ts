/**
 * What a battery is when nobody listens: its house, its clock, its memory of minutes, its configuration, its event log.
 *
 * It lives in true time (Unix milliseconds) and only forward; the house lives in local time, the rows it remembers bear
 * the time its own clock showed. Rows are remembered every 60 s, connected or not.
 */

import { doubtsAbout } from '../doubts.ts';
import { SimulatedHouse, type SimulatedSample } from '../house/house.ts';
import type { Random } from '../random.ts';
import { SettingFaultPlan } from '../setting-faults.ts';
import { type SampleStamp, stamp } from './acknowledgements.ts';
import { SimulatedClock } from './clock.ts';
import { SimulatedEventLog } from './eventlog.ts';
import { inventIdentity, type SimulatedIdentity } from './identity.ts';
import { MEMORY_ROWS, SimulatedMemory, type SimulatedMinute } from './memory.ts';
import { csvRow, detailBody, liveBody, noticeBody } from './messages.ts';
import { SimulatedSettings } from './settings.ts';
import { clockText } from './text.ts';

export interface SimulatedDeviceOptions {
  readonly seed: string | number;
  /** Which of many with one seed, 0 …: gives the serial number. */
  readonly index?: number;
  /** Unix milliseconds at the first instant it is shown. */
  readonly startMs: number;
  /** Its time zone. Default 36,000 (UTC+10). */
  readonly utcOffsetSeconds?: number;
  /** How much it remembers at the start. Default 3,600. */
  readonly historySeconds?: number;
  /** How far its clock is ahead of its zone's. Default 0. */
  readonly clockOffsetSeconds?: number;
  /** By how many parts per million its clock is fast. Default 0. */
  readonly clockDriftPpm?: number;
  /** How many minutes it remembers. Default 30 days. */
  readonly memoryRows?: number;
}

const MINUTE_MS = 60_000;

/** A remembered minute: its row as it goes into 1,1,12, the battery's words for its time, and when it really was. */
export interface RememberedMinute extends SampleStamp {
  readonly row: string;
}

/** A message with one reading in it. */
export interface SimulatedReading {
  readonly body: string;
  readonly stamp: SampleStamp;
}

export class SimulatedDevice {
  readonly identity: SimulatedIdentity;
  readonly settings: SimulatedSettings;
  readonly events = new SimulatedEventLog();
  readonly memory: SimulatedMemory;
  readonly #house: SimulatedHouse;
  readonly #clock: SimulatedClock;
  readonly #utcOffsetSeconds: number;
  readonly #faults: SettingFaultPlan;
  #nextMinuteMs: number;
  /** When it forgets what it took. */
  #forgetsAtMs = Number.POSITIVE_INFINITY;

  constructor(options: SimulatedDeviceOptions, random: Random, faults = new SettingFaultPlan(new Set())) {
    const { seed, index = 0, startMs, utcOffsetSeconds = 36_000, historySeconds = 3600 } = options;
    const { clockOffsetSeconds = 0, clockDriftPpm = 0, memoryRows = MEMORY_ROWS } = options;
    this.identity = inventIdentity(random.fork('identity'), index);
    this.settings = new SimulatedSettings(this.identity, faults.hasMinuteKeys);
    this.#faults = faults;
    this.memory = new SimulatedMemory(memoryRows);
    const clockAhead = clockOffsetSeconds + faults.clockOffSeconds;
    this.#clock = new SimulatedClock({ startMs, utcOffsetSeconds, clockOffsetSeconds: clockAhead, clockDriftPpm });
    this.#utcOffsetSeconds = utcOffsetSeconds;
    this.#nextMinuteMs = startMs - Math.floor(historySeconds / 60) * MINUTE_MS;
    const startSeconds = (this.#nextMinuteMs - MINUTE_MS) / 1000 + utcOffsetSeconds;
    this.#house = new SimulatedHouse({ seed: `${seed}/${index}`, startSeconds });
  }

  /** When the next minute is due. */
  get nextMinuteMs(): number {
    return this.#nextMinuteMs;
  }

  /** It is switched on, a minute before its first row. */
  boot(): void {
    this.events.booted(this.clockAt(this.#nextMinuteMs - MINUTE_MS));
  }

  /** Remembers the minute that is due. */
  remember(): void {
    const utcMs = this.#nextMinuteMs;
    this.#nextMinuteMs += MINUTE_MS;
    this.memory.add({ clock: this.clockAt(utcMs), utcMs, sample: this.#sample(utcMs) });
  }

  /** 1,1,16 at a true time. */
  live(utcMs: number): SimulatedReading {
    const moment = stamp('live', this.clockAt(utcMs), utcMs);
    return { body: liveBody(this.identity.sn, moment.clock, this.#sample(utcMs)), stamp: moment };
  }

  /** 1,1,5 at a true time. */
  detail(utcMs: number): SimulatedReading {
    const moment = stamp('detail', this.clockAt(utcMs), utcMs);
    return { body: detailBody(this.identity.sn, moment.clock, this.#sample(utcMs)), stamp: moment };
  }

  /** Its configuration at a true time. */
  settingsAt(utcMs: number): SimulatedSettings {
    if (utcMs >= this.#forgetsAtMs) {
      this.#forgetsAtMs = Number.POSITIVE_INFINITY;
      this.settings.forget();
      this.#house.controller.settings = this.settings.control();
    }
    return this.settings;
  }

  #sample(utcMs: number): SimulatedSample {
    this.settingsAt(utcMs);
    this.#house.clockAhead = this.#clock.errorAt(utcMs);
    return this.#house.advance(utcMs / 1000 + this.#utcOffsetSeconds);
  }

  /** What its clock shows, in seconds of its own wall time. */
  clockAt(utcMs: number): number {
    return this.#clock.at(utcMs);
  }

  setClock(bySeconds: number): void {
    this.#clock.jump(bySeconds);
  }

  /**
   * Takes what it knows of a 1,2,3 and works by it from now on, whatever speaks against it.
   * @returns how many settings changed, and what speaks against it, in sentences
   */
  configure(
    reply: Readonly<Record<string, unknown>>,
    utcMs: number,
  ): { readonly changed: number; readonly doubts: readonly string[] } {
    const doubts = doubtsAbout(reply, this.identity.sn, this.settings.get('Safe'));
    const changed = this.settings.take(this.#faults.taken(reply));
    this.#forgetsAtMs = utcMs + this.#faults.forgetsMs;
    if (this.#faults.works) this.#house.controller.settings = this.settings.control();
    return { changed: changed.length, doubts };
  }

  /** 1,1,9 captured after a restart; the words of a Socket message never were, so these are invented. */
  notice(afterRestart: boolean): string {
    if (!afterRestart) return noticeBody('Socket', 'Socket is reset by peer!');
    return noticeBody('System', `System is restart, reason:1 0 1 0 0 0!MAC:${this.identity.mac}!`);
  }

  /** The minutes with these numbers that it still remembers. */
  minutes(numbers: readonly number[]): RememberedMinute[] {
    return numbers.flatMap((number) => {
      const row = this.memory.row(number);
      return row === null ? [] : [this.#minute(row)];
    });
  }

  #minute(row: SimulatedMinute): RememberedMinute {
    const text = csvRow(this.identity.sn, clockText(row.clock), row.sample);
    return { ...stamp('history', row.clock, row.utcMs), row: text };
  }
}
