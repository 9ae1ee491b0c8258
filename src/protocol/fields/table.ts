/**
 * What the tables of fields (power.ts, battery.ts, settings.ts, control-settings.ts) share: groups, and what many fields have in common.
 */
import type {
  Field,
  FieldKind,
  FieldReader,
  FieldSource,
  Panel,
  PlausibleRange,
  Shown,
  Unit,
  ValueType,
} from './field.ts';
import { rangeOf } from './plausible.ts';

/** Fields that belong together for a reader of the table; the reference in docs/ is grouped by it. */
export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** What fields of one sort share; spread into an entry of the table. */
interface Sort {
  readonly unit: Unit;
  readonly kind: FieldKind;
  readonly read: FieldReader;
  readonly value: ValueType;
  readonly panel: Panel;
  readonly range?: PlausibleRange;
  readonly show?: Shown;
}

/** Where a value of this kind stands, unless its field says otherwise. */
const PANEL_OF_KIND: Readonly<Record<FieldKind, Panel>> = {
  power: 'power',
  apparent_power: 'power',
  reactive_power: 'power',
  energy: 'energy',
  state_of_charge: 'power',
  voltage: 'electric',
  current: 'electric',
  frequency: 'electric',
  temperature: 'temperatures',
  signal: 'links',
  limit: 'limits',
  setpoint: 'limits',
  state: 'states',
  fault: 'faults',
  count: 'packs',
  position: 'cells',
  setting: 'configuration',
  version: 'configuration',
  identity: 'configuration',
  time: 'configuration',
};

/** A decimal number of this kind and unit, with what such a number can be. */
export function number(kind: FieldKind, unit: Unit = ''): Sort {
  const range = rangeOf(kind, unit);
  const sort: Sort = { unit, kind, read: 'number', value: 'number', panel: PANEL_OF_KIND[kind] };
  return range === null ? sort : { ...sort, range };
}

/** A text of this kind, as it is on the wire. */
export function text(kind: FieldKind): Sort {
  return { unit: '', kind, read: 'text', value: 'text', panel: PANEL_OF_KIND[kind] };
}

/** What is or is not. */
export function flag(kind: FieldKind): Sort {
  return { unit: '', kind, read: 'flag', value: 'flag', panel: PANEL_OF_KIND[kind] };
}

export const POWER = number('power', 'W');
export const ENERGY = number('energy', 'kWh');
export const VOLTAGE = number('voltage', 'V');
/** At the grid, and at meters. */
export const AC_VOLTAGE: Sort = { ...VOLTAGE, range: { min: 0, max: 500 } };
/** Raw codes: only for who asks, unless the field says what they mean. */
export const STATE: Sort = { ...number('state'), show: 'hidden' };
/** Those that say something have a list of their own. */
export const FAULT: Sort = { ...number('fault'), show: 'hidden' };
export const SETTING = number('setting');
export const SETTING_FLAG = flag('setting');
export const SETTING_TEXT = text('setting');
export const IDENTITY_TEXT = text('identity');
export const VERSION_TEXT = text('version');

export const LIVE: readonly FieldSource[] = ['live'];
export const DETAIL: readonly FieldSource[] = ['detail'];
export const LIVE_DETAIL: readonly FieldSource[] = ['live', 'detail'];
export const DETAIL_HISTORY: readonly FieldSource[] = ['detail', 'history'];
export const READINGS: readonly FieldSource[] = ['live', 'detail', 'history'];
export const CONFIG: readonly FieldSource[] = ['config'];
export const REPLY: readonly FieldSource[] = ['config_reply'];
export const BOTH: readonly FieldSource[] = ['config', 'config_reply'];

/** The numbers `first` to `last`, for families such as Ppv1 to Ppv6. */
export function numbers(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
