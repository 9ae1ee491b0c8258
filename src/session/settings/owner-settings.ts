/**
 * The settings that an owner changes, and those that nobody should: the list that the relay and local control go by. A setting that is on neither list
 * is no owner's either: it needs a word of the owner's in each case.
 *
 * What each does is confirmed where a row says so: by the only proven writing over this wire, and by the vendor's documents.
 */
import type { Certainty } from '../../model.ts';
import { plainDecimals } from '../../protocol/body/decimal.ts';
import { numbers } from '../../protocol/fields/table.ts';

/** What a setting can be. The battery itself does not check: 135 became 15 on a sister interface (confirmed). */
type SettingForm = 'switch' | 'percent' | 'hour' | 'days';

interface OwnerSetting {
  readonly keys: readonly string[];
  readonly form: SettingForm;
  readonly certainty: Certainty;
}

const WINDOWS = ['Cha', 'Dis'].flatMap((kind) => ['F', 'E'].map((edge) => `Time${kind}${edge}`));

/** `WE`: the same at the weekend. */
const OWNER_SETTINGS: readonly OwnerSetting[] = [
  { keys: ['GridCharge', 'CtrDis'], form: 'switch', certainty: 'confirmed' },
  { keys: ['GridChargeWE', 'CtrDisWE', 'UPSReserveEN'], form: 'switch', certainty: 'likely' },
  { keys: ['BatHighCap', 'BatUseCap'], form: 'percent', certainty: 'confirmed' },
  { keys: ['BatHighCapWE', 'BatUseCapWE', 'UPSReserve'], form: 'percent', certainty: 'likely' },
  { keys: numbers(1, 2).flatMap((n) => WINDOWS.map((name) => `${name}${n}`)), form: 'hour', certainty: 'confirmed' },
  { keys: numbers(1, 2).flatMap((n) => WINDOWS.map((name) => `${name}WE${n}`)), form: 'hour', certainty: 'likely' },
  { keys: ['ChargeWorkDays', 'ChargeWeekend'], form: 'days', certainty: 'likely' },
];

/**
 * What a mistake in is dangerous or final: grid code and protection, meters and CTs, capacity, whether there is a battery at all, who it is. Never changed from
 * outside but by a policy in the owner's file and a typed confirmation.
 */
const GUARDED: readonly RegExp[] = [
  /^Safe/,
  /^(?:PowerFact|Volt5MinAvg|Volt10MinAvg|TempThreshold|OutCurProtect|DCI|RCD|PvISO|ChargeBoostCur)$/,
  /CT(?:E|Rate)$/,
  /Meter|^Mmeter$/,
  /^SetPhase$/,
  /^(?:Popv|Poinv|Cobat|Uscapacity|OnGridCap|StorageCap|ACDC)$/,
  /^(?:Minv|Mbat|BatReady)$/,
  /SN\d*$/,
  /Version$/,
  /^(?:License|WifiHW|WifiSW|NetType)$/,
];

const FORMS: ReadonlyMap<string, SettingForm> = new Map(
  OWNER_SETTINGS.flatMap(({ keys, form }) => keys.map((key) => [key, form] as const)),
);

const IS_OF_FORM: Readonly<Record<SettingForm, (text: string) => boolean>> = {
  switch: (text) => /^(?:[01]|true|false)$/i.test(text),
  percent: (text) => isBetween(text, 0, 100),
  hour: (text) => isBetween(text, 0, 24) && Number.isInteger(Number(text)),
  days: (text) => isBetween(text, 0, 127) && Number.isInteger(Number(text)),
};

function isBetween(text: string, least: number, most: number): boolean {
  return plainDecimals(text) >= 0 && Number(text) >= least && Number(text) <= most;
}

export type SettingOwner = 'owner' | 'guarded' | 'other';

/** Whose a setting is, by the vendor's name for it, in the letters of the wire. */
export function ownerOf(key: string): SettingOwner {
  if (FORMS.has(key)) return 'owner';
  return GUARDED.some((pattern) => pattern.test(key)) ? 'guarded' : 'other';
}

/** Whether a value is one that a setting of the owner's can have. */
export function isSettable(key: string, text: string): boolean {
  const form = FORMS.get(key);
  return form !== undefined && IS_OF_FORM[form](text);
}
