/**
 * What is known of how one battery is set: what it told last, the newest configuration that it was given, and whether that may be out of date.
 */
import type { Instant } from '../../model.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { columnsOf, fieldsOnWire } from '../../protocol/fields/fields.ts';
import type { HeardBattery } from '../batteries.ts';
import { compareConfigurations } from '../settings/comparison.ts';
import { reportedIn } from './change-conversation.ts';
import type { Changes } from './changes.ts';
import { ConfigurationText } from './configuration-text.ts';
import type { Situation } from './plan.ts';
import { Refusal, unavailable } from './refusal.ts';

const CHARGE = columnsOf('live').findIndex(({ name }) => name === 'soc');
/** Of an older reading the charge is not known any more, s. */
const RECENT_SECONDS = 300;
const OLD_BASE_MS = 86_400_000;

export class KnownSettings {
  readonly #battery: Pick<HeardBattery, 'clock' | 'clockStands' | 'live' | 'vendor'>;
  readonly #changes: Changes;
  readonly #experiments: boolean;
  #reported: { readonly settings: PlainObject; readonly atMs: number } | null;
  #connectedMs = Number.NEGATIVE_INFINITY;
  /** Whether the battery has told its settings since it was last given any. */
  isCertain: boolean;

  /**
   * @param changes what the battery was given by us
   * @param experiments whether a configuration may be made of what the battery told alone
   * @param reported how it last told that it is set, from before
   */
  constructor(
    battery: Pick<HeardBattery, 'clock' | 'clockStands' | 'live' | 'vendor'>,
    changes: Changes,
    experiments: boolean,
    reported: { readonly text: string; readonly receivedMs: number } | null,
  ) {
    this.#battery = battery;
    this.#changes = changes;
    this.#experiments = experiments;
    this.#reported = reported === null ? null : { settings: reportedIn(reported.text), atMs: reported.receivedMs };
    // Told and given in one millisecond: nobody knows which came first.
    this.isCertain = reported !== null && reported.receivedMs > changes.lastGivenMs;
  }

  /** How the battery last told that it is set; null before that. */
  get reported(): PlainObject | null {
    return this.#reported?.settings ?? null;
  }

  /** When it told that, Unix ms; minus infinity before that. */
  get reportedMs(): number {
    return this.#reported?.atMs ?? Number.NEGATIVE_INFINITY;
  }

  /** The battery speaks on a new connection. */
  connected(now: Instant): void {
    this.#connectedMs = now.wallMs;
  }

  /** The battery tells how it is set (1,1,4). */
  report(text: string, now: Instant): void {
    const settings = reportedIn(text);
    if (settings.size === 0) return;
    this.#reported = { settings, atMs: now.wallMs };
    this.isCertain = true;
  }

  /** What there is to plan a change with. */
  situation(now: Instant, isConfirmed: boolean): Situation | Refusal {
    if (this.#reported === null)
      return unavailable('the battery has not told its settings yet: it does when it connects anew');
    const base = this.#base(isConfirmed);
    if (base instanceof Refusal) return base;
    const { live, clock, clockStands } = this.#battery;
    const isRecent = live !== null && now.wallMs / 1000 - live.time < RECENT_SECONDS;
    const percent = isRecent ? live.values[CHARGE] : null;
    return {
      nowMs: now.wallMs,
      // What it told before it was last given something is older than that.
      present: this.isCertain ? base.with(this.#reported.settings) : base,
      reported: this.#reported.settings,
      percent: typeof percent === 'number' ? percent : null,
      aheadSeconds: clockStands ? null : (clock.epoch?.offsetSeconds ?? null),
    };
  }

  /** The newest configuration that this battery was given, by its vendor or by us. */
  #base(isConfirmed: boolean): ConfigurationText | Refusal {
    const given = this.#given;
    const base = given === null ? null : ConfigurationText.read(given.body);
    if (base !== null && (isConfirmed || this.#battery.vendor.settings.newest !== null)) return base;
    if (isConfirmed && this.#experiments)
      return ConfigurationText.ofShared(this.#reported?.settings as PlainObject, isInBoth);
    return unavailable(
      'no configuration of the vendor’s is known of this battery: let it speak to the vendor through the relay, or import a recording, for one evening',
    );
  }

  get #given(): { readonly body: Uint8Array; readonly receivedMs: number } | null {
    const { newest } = this.#battery.vendor.settings;
    const vendors = newest === null ? null : { body: newest.body.reveal(), receivedMs: newest.receivedMs };
    const { lastGiven: ours } = this.#changes;
    if (vendors === null || ours === null) return vendors ?? ours;
    return vendors.receivedMs > ours.receivedMs ? vendors : ours;
  }

  /** Why what only a 1,2,3 has may be out of date; null where it may not. */
  get doubt(): string | null {
    const given = this.#given;
    if (given === null || this.#reported === null) return null;
    const settings = new Map(Array.from(baseValues(given.body)));
    const shared = new Map([...settings].filter(([key]) => this.#reported?.settings.has(key) === true));
    const { differences } = compareConfigurations(this.#reported.settings, this.#reported.settings, shared);
    const foreign = differences.filter(({ owner, to }) => owner !== 'owner' && to !== null).map(({ key }) => key);
    if (foreign.length > 0) return `something else was changed elsewhere since: ${foreign.slice(0, 5).join(', ')}`;
    const isOld = this.#connectedMs - given.receivedMs > OLD_BASE_MS && this.#reported.atMs < this.#connectedMs;
    return isOld
      ? 'the configuration that is known is older than a day, and the battery has been away since: it tells its settings when it connects anew'
      : null;
  }
}

/** Whether both messages have a key, by the field table. */
function isInBoth(key: string): boolean {
  return fieldsOnWire(key).some((field) => field.in.includes('config_reply') && field.in.includes('config'));
}

function baseValues(body: Uint8Array): readonly (readonly [string, string | null])[] {
  const base = ConfigurationText.read(body);
  return base === null ? [] : Array.from(base.keys(), (key) => [key, base.get(key)] as const);
}
