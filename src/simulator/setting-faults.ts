/**
 * What goes wrong where a battery is to be set otherwise, each under a name: what owners report most is that a setting was accepted and nothing happened.
 * They disturb the conversation, and what becomes of what is taken; all else goes on as it does.
 */

export const SETTING_FAULTS = {
  'refuses-settings': 'SetConfig is answered with Fail, and nothing follows',
  'never-asks': 'SetConfig is answered with Success, and the configuration is never asked for',
  'asks-twice': 'the configuration is asked for twice',
  'ignores-settings': 'nothing is taken of a configuration, and 1,1,4 says so',
  'other-echo': 'the charge limit that is taken is 10 % less than what was given',
  'idle-settings': 'settings are taken, 1,1,4 says so, and it works as before',
  'forgets-settings': 'what was taken is as before a minute later',
  'drops-at-order': 'the connection breaks when SetConfig has come, the first time',
  'drops-at-answer': '… when SetConfig is answered',
  'drops-at-question': '… when the configuration is asked for',
  'drops-at-configuration': '… when the configuration has come, and is taken',
  'drops-at-echo': '… when 1,1,4 is sent',
  'clock-off': 'the clock is 39 minutes and 12 s ahead',
  'minute-keys': '1,1,4 has the keys of newer firmware for minutes of windows',
} as const;

export type SettingFaultName = keyof typeof SETTING_FAULTS;
export const SETTING_FAULT_NAMES = Object.keys(SETTING_FAULTS) as SettingFaultName[];

/** What a clock lost in three captured years, s. */
const CLOCK_OFF_SECONDS = 39 * 60 + 12;
/** Percent. */
const OTHER_ECHO_LESS = 10;
const FORGETS_MS = 60_000;

/** Where the connection breaks. */
export type DropStep = 'order' | 'answer' | 'question' | 'configuration' | 'echo';

/** The faults of one battery. */
export class SettingFaultPlan {
  readonly #on: ReadonlySet<string>;
  readonly #dropped = new Set<DropStep>();

  constructor(on: ReadonlySet<string>) {
    this.#on = on;
  }

  /** How far the clock is ahead, s. */
  get clockOffSeconds(): number {
    return this.#has('clock-off') ? CLOCK_OFF_SECONDS : 0;
  }

  get refuses(): boolean {
    return this.#has('refuses-settings');
  }

  get hasMinuteKeys(): boolean {
    return this.#has('minute-keys');
  }

  /** Whether it works by what it took. */
  get works(): boolean {
    return !this.#has('idle-settings');
  }

  /** After how long what was taken is as before, ms; infinity: never. */
  get forgetsMs(): number {
    return this.#has('forgets-settings') ? FORGETS_MS : Number.POSITIVE_INFINITY;
  }

  /** How often the configuration is asked for. */
  get questions(): 0 | 1 | 2 {
    if (this.#has('never-asks')) return 0;
    return this.#has('asks-twice') ? 2 : 1;
  }

  /** What is taken of a 1,2,3. */
  taken(reply: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    if (this.#has('ignores-settings')) return {};
    const { BatHighCap: limit } = reply;
    return limit !== undefined && this.#has('other-echo')
      ? { ...reply, BatHighCap: Number(limit) - OTHER_ECHO_LESS }
      : reply;
  }

  /** Whether the connection breaks there: once. */
  drops(step: DropStep): boolean {
    if (!this.#has(`drops-at-${step}`) || this.#dropped.has(step)) return false;
    this.#dropped.add(step);
    return true;
  }

  #has(name: SettingFaultName): boolean {
    return this.#on.has(name);
  }
}
