/**
 * How a battery is set, and what its vendor wants it to be set to: what that would change, what may pass, and what waits for a word of the owner's. What
 * changed is to be kept ({@link VendorSettings.takeChanges}), so that it is the same after a restart.
 */
import type { KnownVendor, SettingTexts, VendorConfiguration, VendorRole } from '../../model.ts';
import { readObject, textOfValue } from '../../protocol/body/json.ts';
import { type PlainObject, readPlainObject } from '../../protocol/body/plain-object.ts';
import { anyTextOf, bytesOf } from '../../protocol/body/text.ts';
import { CONFIGURATION } from '../../protocol/commands.ts';
import { CHECKSUM_LENGTH, encodeFrame, HEADER_LENGTH, REQUEST } from '../../protocol/frame.ts';
import { ConfigurationText } from '../control/configuration-text.ts';
import type { CommandPolicy } from '../firewall.ts';
import { type Comparison, type ComparisonFinding, compareConfigurations } from '../settings/comparison.ts';
import { withHeld } from './vendor-configuration.ts';

/** A configuration that the vendor wants the battery to have, and that needs a word of its owner's. */
export interface HeldConfiguration {
  readonly sinceMs: number;
  /** With what the battery has now; null where it has not told its settings. */
  readonly comparison: Comparison | null;
}

/** What is to become of a configuration of the vendor's. `same`: it may pass, and would change nothing. */
export interface ConsideredConfiguration {
  readonly verdict: 'pass' | 'same' | 'hold' | 'unreadable';
  /** null where it cannot be read, or the battery has not told its settings. */
  readonly comparison: Comparison | null;
  /** What the battery may be given: the vendor's, with what a verb holds as the verb has it. */
  readonly given: VendorConfiguration;
}

/** What came of the owner's word on what is held. `confirmed`: it is what others are compared with from now on, and need not come again. */
export type AllowedConfiguration = 'allowed' | 'confirmed' | 'nothing' | 'untold' | 'dangerous';

const NO_CHANGES: readonly never[] = [];
/** What the battery has, as far as it told, but for its owner's settings. */
const MAY_BE_BASE: readonly ComparisonFinding[] = ['same', 'owner', 'unconfirmed'];

export class VendorSettings {
  #reportedFrame: Uint8Array | null = null;
  /** The battery has it, as far as one can overhear; it may be a base once the battery has told the same. */
  #overheard: VendorConfiguration | null = null;
  readonly #kept = new Map<VendorRole, VendorConfiguration>();
  readonly #changed = new Set<VendorRole>();

  /** @param known from before */
  constructor(known?: KnownVendor) {
    const { configurations = {}, reported = null } = known ?? {};
    for (const [role, one] of Object.entries(configurations)) this.#kept.set(role as VendorRole, one);
    if (reported === null) return;
    const body = reported.bytes?.reveal() ?? bytesOf(reported.text.reveal());
    this.report(encodeFrame(REQUEST, CONFIGURATION, body));
  }

  /** Its last 1,1,4, as it came; null before there is one. */
  get reportedFrame(): Uint8Array | null {
    return this.#reportedFrame;
  }

  /** The settings of its last 1,1,4: of a key given twice, as `Generator` is, the last counts. Read anew each time: few ask, and there may be many batteries. */
  get reported(): PlainObject | null {
    return this.#reportedFrame === null ? null : settingsIn(this.#reportedFrame);
  }

  /**
   * The newest 1,2,3 of the vendor's that may be the base of a change of settings, with its bytes, its time, and how it came here; null where none is known.
   * It is complete, and agrees with the battery in all that the battery tells, but for its owner's settings: those are to be taken from {@link reported}.
   */
  get newest(): VendorConfiguration | null {
    return this.#kept.get('newest') ?? null;
  }

  /** The last 1,2,3 that the battery was given, or that its owner confirmed. */
  get passed(): PlainObject | null {
    return this.#settingsOf('passed');
  }

  get held(): HeldConfiguration | null {
    const held = this.#kept.get('held');
    const settings = this.#settingsOf('held');
    if (held === undefined || settings === null) return null;
    return { sinceMs: held.receivedMs, comparison: this.#compare(settings) };
  }

  /** Configurations that are others than before, or none any more; each is told once. */
  takeChanges(): readonly { readonly role: VendorRole; readonly configuration: VendorConfiguration | null }[] {
    if (this.#changed.size === 0) return NO_CHANGES;
    const changes = Array.from(this.#changed, (role) => ({ role, configuration: this.#kept.get(role) ?? null }));
    this.#changed.clear();
    return changes;
  }

  /** The battery tells its configuration; what cannot be read whole is none. @param frame the 1,1,4, whole */
  report(frame: Uint8Array): void {
    if (settingsIn(frame) === null) return;
    this.#reportedFrame = frame;
    this.#takeOverheard();
  }

  /** Another server has given the battery a configuration, which was overheard. */
  overhear(configuration: VendorConfiguration): void {
    this.#overheard = configuration;
    this.#takeOverheard();
  }

  /** Whether the battery has what was overheard, by what it told last, and nothing later is known. */
  wouldTake(overheard: VendorConfiguration): boolean {
    return this.#fits(overheard) && this.#isLater(overheard, 'newest') && isWhole(overheard);
  }

  #takeOverheard(): void {
    const overheard = this.#overheard;
    if (overheard === null || !this.#fits(overheard)) return;
    this.#overheard = null;
    if (this.#isLater(overheard, 'newest')) this.#keepNewest(overheard);
    if (this.#isLater(overheard, 'passed')) this.#keep('passed', overheard);
  }

  #fits({ body }: VendorConfiguration): boolean {
    const settings = readPlainObject(body.reveal());
    const comparison = settings === null ? null : this.#compare(settings);
    return comparison !== null && MAY_BE_BASE.includes(comparison.finding);
  }

  /** A recording may be of long ago. */
  #isLater({ receivedMs }: VendorConfiguration, role: VendorRole): boolean {
    return receivedMs > (this.#kept.get(role)?.receivedMs ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * Says what becomes of a configuration of the vendor's; what its owner allowed is then allowed no more.
   * @param held what a verb holds, by value: of that the vendor's changes nothing
   */
  consider(
    configuration: VendorConfiguration,
    policy: CommandPolicy,
    held: SettingTexts = {},
  ): ConsideredConfiguration {
    const said = readPlainObject(configuration.body.reveal());
    const given = withHeld(configuration, held);
    const settings = given === null ? null : readPlainObject(given.body.reveal());
    if (said === null || given === null || settings === null)
      return { verdict: 'unreadable', comparison: null, given: configuration };
    const comparison = this.#compare(settings, held);
    const isAtOdds = given !== configuration && isLimitBelowLowest(settings);
    const verdict = this.#verdict(said, comparison, isAtOdds ? 'hold' : policy);
    const isBase = comparison !== null && MAY_BE_BASE.includes(comparison.finding) && !isAtOdds;
    if (verdict === 'pass' || isBase) this.#keepNewest(given);
    return { verdict, comparison, given };
  }

  #verdict(
    settings: PlainObject,
    comparison: Comparison | null,
    policy: CommandPolicy,
  ): ConsideredConfiguration['verdict'] {
    if (comparison === null) return 'hold';
    const { finding } = comparison;
    if (finding === 'same') return 'same';
    if (this.#takeAllowed(settings, finding)) return 'pass';
    if (policy === 'hold') return 'hold';
    const mayBeAny = policy === 'pass' && finding !== 'guarded';
    return finding === 'owner' || mayBeAny ? 'pass' : 'hold';
  }

  /** Waits for the owner's word. @returns whether that is news: it is not held already, nor was refused */
  hold(configuration: VendorConfiguration): boolean {
    const settings = readPlainObject(configuration.body.reveal());
    const isKnown = (role: VendorRole) => isAlike(this.#settingsOf(role), settings);
    const isNews = !isKnown('held') && !isKnown('refused');
    this.#keep('held', configuration);
    return isNews;
  }

  /** The battery is given it next: changes are made from it. */
  give(configuration: VendorConfiguration): void {
    if (this.#kept.get('newest') !== configuration) this.#keepNewest(configuration);
  }

  /** The battery has it. */
  pass(configuration: VendorConfiguration): void {
    this.#keep('passed', configuration);
    // What the base says of keys that only a 1,2,3 has is out of date then.
    if (!isWhole(configuration) && !this.#isAsNewest(configuration)) this.#drop('newest');
  }

  #isAsNewest({ body }: VendorConfiguration): boolean {
    const [newest, settings] = [this.#settingsOf('newest'), readPlainObject(body.reveal())];
    if (newest === null) return true;
    return settings !== null && compareConfigurations(newest, null, settings).finding === 'same';
  }

  /**
   * The owner allows what is held: once, where the vendor must ask for the same again; where nothing would change that the battery tells of, it is confirmed as
   * what others are compared with.
   * @param guarded whether also what is dangerous to change
   */
  allowHeld(guarded: boolean): AllowedConfiguration {
    const held = this.#kept.get('held');
    const { comparison } = this.held ?? { comparison: null };
    if (held === undefined) return 'nothing';
    if (comparison === null) return 'untold';
    if (comparison.finding === 'guarded' && !guarded) return 'dangerous';
    this.#drop('held');
    if (comparison.finding === 'unconfirmed') {
      this.#keep('passed', held);
      return 'confirmed';
    }
    this.#keep('allowed', { ...held, isConfirmed: guarded });
    return 'allowed';
  }

  /** @returns whether anything was refused */
  refuseHeld(): boolean {
    const held = this.#kept.get('held');
    if (held === undefined) return false;
    this.#drop('held');
    this.#keep('refused', held);
    return true;
  }

  /** @param held what the battery has of a verb, whatever it told before */
  #compare(settings: PlainObject, held: SettingTexts = {}): Comparison | null {
    const { reported, passed } = this;
    if (reported === null) return null;
    return compareConfigurations(
      withValues(reported, held),
      passed === null ? null : withValues(passed, held),
      settings,
    );
  }

  /** Whether the owner has allowed just that, and what is dangerous too if that has become so. */
  #takeAllowed(settings: PlainObject, finding: ComparisonFinding): boolean {
    const isAllowed = isAlike(this.#settingsOf('allowed'), settings);
    const isConfirmed = this.#kept.get('allowed')?.isConfirmed === true;
    if (!isAllowed || (finding === 'guarded' && !isConfirmed)) return false;
    this.#drop('allowed');
    return true;
  }

  #settingsOf(role: VendorRole): PlainObject | null {
    const kept = this.#kept.get(role);
    return kept === undefined ? null : readPlainObject(kept.body.reveal());
  }

  /** One that does not say that it is a configuration is no base: nothing can be written into it. */
  #keepNewest(configuration: VendorConfiguration): void {
    if (isWhole(configuration)) this.#keep('newest', configuration);
  }

  #keep(role: VendorRole, configuration: VendorConfiguration): void {
    this.#kept.set(role, configuration);
    this.#changed.add(role);
  }

  #drop(role: VendorRole): void {
    this.#kept.delete(role);
    this.#changed.add(role);
  }
}

function isWhole({ body }: VendorConfiguration): boolean {
  return ConfigurationText.read(body.reveal()) !== null;
}

/** What a 1,1,4 says; null where it cannot be read whole. */
function settingsIn(frame: Uint8Array): PlainObject | null {
  const read = readObject(anyTextOf(frame.subarray(HEADER_LENGTH, -CHECKSUM_LENGTH)));
  if (read === null || read.condition !== 'sound') return null;
  return new Map(Object.entries(read.object).map(([key, value]) => [key, textOfValue(value)]));
}

/** With these values, of keys that it has. */
function withValues(settings: PlainObject, values: SettingTexts): PlainObject {
  return new Map(Array.from(settings, ([key, text]) => [key, values[key] ?? text]));
}

/** A limit of the verb's and a lowest charge of the vendor's may not go together: the battery does not check. */
function isLimitBelowLowest(settings: PlainObject): boolean {
  return ['', 'WE'].some(
    (scheme) => Number(settings.get(`BatUseCap${scheme}`)) > Number(settings.get(`BatHighCap${scheme}`)),
  );
}

/** Whether two configurations have the same keys and values. */
function isAlike(one: PlainObject | null, other: PlainObject | null): boolean {
  if (one === null || other === null || one.size !== other.size) return false;
  return compareConfigurations(one, null, other).finding === 'same';
}
