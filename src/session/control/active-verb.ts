/**
 * A verb and the vendor: until a verb ends, the settings that it holds stay as it has them, whatever the vendor's configuration says of them; what that says is
 * what its end returns to.
 */
import type { ControlChange, ControlState, Instant, SettingTexts } from '../../model.ts';
import { type PlainObject, readPlainObject } from '../../protocol/body/plain-object.ts';
import { canonicalText, saidOtherwise } from '../settings/comparison.ts';
import { ownerOf } from '../settings/owner-settings.ts';
import type { Changes } from './changes.ts';
import type { KnownSettings } from './known-settings.ts';
import { setElsewhere } from './set-elsewhere.ts';

const RESTORING: readonly ControlState[] = ['proposed', 'asked', 'accepted', 'fetched'];

export class ActiveVerb {
  readonly #changes: Changes;
  readonly #settings: KnownSettings;
  readonly #policy: { readonly isEnabled: boolean };

  /** @param policy whether the owner still wants control, which may change; else every verb is over */
  constructor(changes: Changes, settings: KnownSettings, policy: { readonly isEnabled: boolean }) {
    this.#changes = changes;
    this.#settings = settings;
    this.#policy = policy;
  }

  isOver({ untilMs }: ControlChange, wallMs: number): boolean {
    return !this.#policy.isEnabled || (untilMs as number) <= wallMs;
  }

  /** Whether something is being put right. */
  get isRestoring(): boolean {
    return this.#changes.all.some(({ wish, state }) => wish.kind === 'restore' && RESTORING.includes(state));
  }

  /** What somebody else has set of a verb's settings, by the vendor's names: it holds them no more. */
  taken(verb: ControlChange): readonly string[] {
    return this.#settings.isCertain ? setElsewhere(verb, this.#settings.reported) : [];
  }

  /** Settings of the owner's that somebody else has set otherwise since, whether it holds them or not. */
  get changedElsewhere(): readonly string[] {
    const { holding, lastGiven } = this.#changes;
    const reported = this.#settings.isCertain ? this.#settings.reported : null;
    if (holding === null || reported === null) return [];
    const given = lastGiven === null ? new Map() : (readPlainObject(lastGiven.body) as PlainObject);
    const others = [...given].filter(([key]) => !(key in holding.after));
    return [...this.taken(holding), ...changedSince(reported, others)];
  }

  /** The settings that it holds now, by value: until its end they stay as it has them. */
  held(now: Instant): SettingTexts {
    const { holding } = this.#changes;
    if (holding === null || this.isOver(holding, now.wallMs) || this.isRestoring) return {};
    const taken = new Set(this.taken(holding));
    return Object.fromEntries(Object.entries(holding.after).filter(([key]) => !taken.has(key)));
  }

  /**
   * The vendor has said how the battery is to be set. What the verb holds is to be so when it ends.
   * @returns the settings, by the vendor's names, where that is news
   */
  vendorWants(proposed: PlainObject): readonly string[] {
    const { holding } = this.#changes;
    if (holding === null) return [];
    const wishes = wishesAgainst(holding, proposed);
    const changed = withWishes(holding, wishes);
    if (changed === null) return [];
    this.#changes.put(changed);
    return Object.keys(wishes);
  }

  /** The battery is given a configuration of the vendor's: what it told before that is older. */
  vendorGives(): void {
    this.#settings.isCertain = false;
  }
}

/** What the vendor wants otherwise than a verb has it, by value. What a setting cannot be is no wish. */
export function wishesAgainst(change: ControlChange, proposed: PlainObject): SettingTexts {
  const wishes = Object.keys(change.normal ?? {}).flatMap((key) => {
    // The vendor may say what it has heard of the battery since: that is the verb's own.
    const value = saidOtherwise(key, proposed.get(key), change.after[key]);
    return value === null ? [] : [[key, value] as const];
  });
  return Object.fromEntries(wishes);
}

/** The same change with what the vendor wants of it; null where it has wanted just that before. */
export function withWishes(change: ControlChange, wishes: SettingTexts): ControlChange | null {
  const isNews = Object.entries(wishes).some(([key, text]) => change.vendorWants?.[key] !== text);
  if (!isNews) return null;
  return {
    ...change,
    normal: { ...change.normal, ...wishes },
    vendorWants: { ...change.vendorWants, ...wishes },
  };
}

/**
 * The owner's settings that a battery tells otherwise than it was given them, by the vendor's names.
 * @param reported its last 1,1,4
 * @param given the settings of the last 1,2,3 that it was given here; of the verb alone where nothing had to be given
 */
export function changedSince(reported: PlainObject, given: Iterable<readonly [string, string | null]>): string[] {
  const changed: string[] = [];
  for (const [key, text] of given) {
    const told = reported.get(key);
    if (ownerOf(key) !== 'owner' || told === undefined) continue;
    if (canonicalText(key, told) !== canonicalText(key, text)) changed.push(key);
  }
  return changed;
}
