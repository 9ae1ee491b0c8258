/**
 * What puts a battery right: as it was before a change, but for what somebody else has set meanwhile.
 */
import type { ControlChange, SettingTexts } from '../../model.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { canonicalText } from '../settings/comparison.ts';
import type { Changes } from './changes.ts';
import type { KnownSettings } from './known-settings.ts';
import { type Refusal, refused } from './refusal.ts';
import { setElsewhere } from './set-elsewhere.ts';

type ToldSettings = Pick<KnownSettings, 'isCertain' | 'reported' | 'reportedMs'>;

/** What somebody else has set of what a change has set, as far as the battery has told since it was given that. */
export function takenElsewhere(change: ControlChange, settings: ToldSettings): string[] {
  return hasToldSince(change, settings) ? setElsewhere(change, settings.reported) : [];
}

function hasToldSince({ givenMs }: ControlChange, { isCertain, reportedMs }: ToldSettings): boolean {
  return isCertain || reportedMs > Math.max(Number.NEGATIVE_INFINITY, ...givenMs);
}

/**
 * What is to be given.
 * @param of the number of a change; null for the verb that holds
 */
export function restoredTexts(of: number | null, changes: Changes, settings: ToldSettings): SettingTexts | Refusal {
  const { holding } = changes;
  const change = of === null ? holding : changes.of(of);
  if (change === null) return of === null ? {} : refused(`there is no change ${of}`);
  const target = change.number === holding?.number ? (change.normal as SettingTexts) : change.before;
  const vain = changes.all.findLast(
    ({ wish, number, givenMs, state }) =>
      wish.kind === 'restore' && wish.of === of && number > change.number && givenMs.length > 0 && state !== 'done',
  );
  if (vain === undefined) return without(target, takenElsewhere(change, settings));
  // What was somebody else's then still is. What the battery tells after it was given the rest in vain is its own doing, or what it had.
  const told = settings.reported as PlainObject;
  const isNew = (key: string) => canonicalText(key, told.get(key) as string | null) !== change.after[key];
  const kept = Object.fromEntries(Object.entries(target).filter(([key]) => key in vain.after));
  return without(kept, takenElsewhere(vain, settings).filter(isNew));
}

function without(texts: SettingTexts, keys: readonly string[]): SettingTexts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !keys.includes(key)));
}
