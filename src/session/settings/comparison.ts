/**
 * Two configurations compared by what they say, not by how it is written: what the battery reported (1,1,4), and what a server wants it to have
 * (1,2,3). Their forms differ although nothing does (confirmed by the captured pair): `"100.00"` and `"100"`, `false` and `"False"`, empty and `"0"` of dry contacts.
 */
import { plainDecimals } from '../../protocol/body/decimal.ts';
import type { PlainObject } from '../../protocol/body/plain-object.ts';
import { DRY_CONTACT_FIELDS } from '../../protocol/fields/control-settings.ts';
import { fieldsOnWire } from '../../protocol/fields/fields.ts';
import { isSettable, ownerOf, type SettingOwner } from './owner-settings.ts';

/** One setting that would change. Its texts may be private: see the field table. */
export interface Difference {
  /** The vendor's name. */
  readonly key: string;
  /** As the battery has it; null where that is not known. */
  readonly from: string | null;
  /** As it would become; null where the setting is left out. */
  readonly to: string | null;
  /** Whose it is; a value that the owner's setting cannot have is nobody's. */
  readonly owner: SettingOwner;
}

/**
 * `same`: nothing would change. `owner`: only settings of the owner's. `unconfirmed`: besides those only what is in no 1,1,4 and so far in no confirmed 1,2,3.
 * `other`, `guarded`: something else too; the gravest counts.
 */
export type ComparisonFinding = 'same' | 'owner' | 'unconfirmed' | 'other' | 'guarded';

export interface Comparison {
  readonly finding: ComparisonFinding;
  /** In the order of the proposed configuration; behind them what is left out. */
  readonly differences: readonly Difference[];
  /** Keys that only a 1,2,3 has, and of which nothing is known to compare with. */
  readonly unconfirmed: readonly string[];
}

/** Says nothing of the battery: whether it worked, and when the server last changed something (confirmed). */
const IGNORED: ReadonlySet<string> = new Set(['Status', 'CheckTime']);
const DRY_CONTACT_KEYS: ReadonlySet<string> = new Set(DRY_CONTACT_FIELDS.flatMap(({ wire }) => wire));

/**
 * @param reported the battery's last 1,1,4
 * @param passed the last 1,2,3 that it was given, or that its owner confirmed; null where there is none
 * @param proposed the 1,2,3 in question
 */
export function compareConfigurations(
  reported: PlainObject,
  passed: PlainObject | null,
  proposed: PlainObject,
): Comparison {
  const differences: Difference[] = [];
  const unconfirmed: string[] = [];
  for (const [key, to] of proposed) {
    if (IGNORED.has(key)) continue;
    const known = reported.has(key) ? reported : passed?.has(key) === true ? passed : null;
    if (known === null) {
      unconfirmed.push(key);
      continue;
    }
    const from = known.get(key) as string | null;
    if (canonicalText(key, from) !== canonicalText(key, to))
      differences.push({ key, from, to, owner: ownerOfChange(key, to) });
  }
  for (const [key, from] of missing(reported, passed, proposed))
    differences.push({ key, from, to: null, owner: leftOut(key) });
  return { finding: findingOf(differences, unconfirmed), differences, unconfirmed };
}

/**
 * What a 1,2,3 leaves out although the battery has it. What becomes of such a setting is not known, unless the last one left it out as well; keys of which
 * the table says that they are in 1,1,4 only belong there.
 */
function missing(reported: PlainObject, passed: PlainObject | null, proposed: PlainObject): [string, string | null][] {
  const known = new Map([...reported].filter(([key]) => passed?.has(key) ?? isInReplies(key)));
  for (const [key, value] of passed ?? []) if (!known.has(key)) known.set(key, value);
  return [...known].filter(([key]) => !IGNORED.has(key) && !proposed.has(key));
}

function isInReplies(key: string): boolean {
  return fieldsOnWire(key).some((field) => field.in.includes('config_reply'));
}

function leftOut(key: string): SettingOwner {
  const owner = ownerOf(key);
  return owner === 'owner' ? 'other' : owner;
}

function ownerOfChange(key: string, to: string | null): SettingOwner {
  const owner = ownerOf(key);
  return owner === 'owner' && (to === null || !isSettable(key, to)) ? 'other' : owner;
}

function findingOf(differences: readonly Difference[], unconfirmed: readonly string[]): ComparisonFinding {
  const has = (owner: SettingOwner) => differences.some((difference) => difference.owner === owner);
  if (has('guarded')) return 'guarded';
  if (has('other')) return 'other';
  if (unconfirmed.length > 0) return 'unconfirmed';
  return differences.length > 0 ? 'owner' : 'same';
}

/** What is said of a setting, by value, where that is another than the one given; null where it is the same, none, or what the setting cannot be. */
export function saidOtherwise(key: string, said: string | null | undefined, than: string | undefined): string | null {
  if (said == null || !isSettable(key, said)) return null;
  const text = canonicalText(key, said);
  return text === than ? null : text;
}

/** Two texts of a setting that mean the same have the same canonical text. Names and numbers of things are compared letter by letter. */
export function canonicalText(key: string, text: string | null): string | null {
  if (text === null) return null;
  const isEmpty = text === '' && DRY_CONTACT_KEYS.has(key);
  if (isEmpty) return '0';
  const fields = fieldsOnWire(key);
  if (fields.some(({ read }) => read === 'text' || read === 'serial')) return text;
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true' ? '1' : '0';
  return plainDecimals(text) >= 0 ? String(Number(text)) : text;
}
