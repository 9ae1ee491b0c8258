/**
 * What the tables of fields (readings-*.ts, settings*.ts) share: groups, and what many fields have in common.
 */
import type { Field, FieldKind, FieldReader, FieldSource, PlausibleRange, Unit } from './field.ts';
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
  readonly range?: PlausibleRange;
}

/** A decimal number of this kind and unit, with what such a number can be. */
export function number(kind: FieldKind, unit: Unit = ''): Sort {
  const range = rangeOf(kind, unit);
  return { unit, kind, read: 'number', ...(range === null ? {} : { range }) };
}

export const POWER = number('power', 'W');
export const ENERGY = number('energy', 'kWh');
export const VOLTAGE = number('voltage', 'V');
/** At the grid, and at meters. */
export const AC_VOLTAGE: Sort = { ...VOLTAGE, range: { min: 0, max: 500 } };
export const STATE = number('state');
export const FAULT = number('fault');
export const SETTING = number('setting');
export const SETTING_FLAG: Sort = { unit: '', kind: 'setting', read: 'flag' };
export const SETTING_TEXT: Sort = { unit: '', kind: 'setting', read: 'text' };
export const IDENTITY_TEXT: Sort = { unit: '', kind: 'identity', read: 'text' };
export const VERSION_TEXT: Sort = { unit: '', kind: 'version', read: 'text' };

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
