/**
 * Schedules without a browser: windows and rules as people read them, as a form has them, and a day as a bar.
 */
import { dayStart, secondsOf } from './house-time.ts';
import { scheduleTexts as words } from './schedule-texts.ts';
import type { PricesOnPage, RuleOnPage, SchedulesFromPage, SchedulesOnPage, WindowOnPage } from './types.ts';

export type ShownWeekday = NonNullable<WindowOnPage['days']>[number];
export type ScheduleKind = 'window' | RuleOnPage['rule'];

export const WEEKDAYS = Object.keys(words.weekdays) as readonly ShownWeekday[];

/** A window or a rule, and where it stands in its list. */
export interface ShownEntry {
  readonly list: 'windows' | 'rules';
  readonly at: number;
  readonly what: string;
  readonly when: string;
  readonly entry: WindowOnPage | RuleOnPage;
}

export function entriesOf({ windows, rules, currency }: SchedulesOnPage): ShownEntry[] {
  const shown = (list: ShownEntry['list']) => (entry: WindowOnPage | RuleOnPage, at: number) => ({
    ...{ list, at, entry, what: named(entry, whatOf(entry, currency)), when: daysOf(entry) },
  });
  return [...windows.map(shown('windows')), ...rules.map(shown('rules'))];
}

function named({ name }: { name: string }, what: string): string {
  return name === '' ? what : `${name}: ${what}`;
}

function whatOf(entry: WindowOnPage | RuleOnPage, currency: string): string {
  if (!('rule' in entry)) return words.window(verbText(entry.verb, entry.charge_limit ?? null), entry.from, entry.to);
  const unit = words.price(currency);
  const { after, before } = entry;
  const span = before === undefined ? '' : after === undefined ? words.before(before) : words.between(after, before);
  if (entry.rule === 'hold_above') return words.holdAbove(`${entry.price} ${unit}`, span === '' ? '' : ` ${span}`);
  const below = entry.below === undefined ? '' : words.below(`${entry.below} ${unit}`);
  return words.cheapest(entry.charge_limit, entry.hours, span, below);
}

export function verbText(verb: WindowOnPage['verb'], limit: number | null): string {
  return limit === null ? words.verbs[verb] : words.chargeTo(limit);
}

function daysOf({ days, dates }: Pick<WindowOnPage, 'days' | 'dates'>): string {
  if (dates !== undefined) return dates.join(', ');
  return days === undefined ? words.everyDay : days.map((day) => words.weekdays[day]).join(', ');
}

/** The same with an entry put in, or instead of the one that stands there. */
export function withEntry(
  { windows, rules, revision }: SchedulesOnPage,
  entry: WindowOnPage | RuleOnPage,
  instead: ShownEntry | null,
): SchedulesFromPage {
  const put = <One>(list: readonly One[], name: ShownEntry['list'], one: One): One[] =>
    instead?.list === name ? list.with(instead.at, one) : [...list, one];
  return 'rule' in entry
    ? { windows, rules: put(rules, 'rules', entry), revision }
    : { windows: put(windows, 'windows', entry), rules, revision };
}

export function withoutEntry(
  { windows, rules, revision }: SchedulesOnPage,
  { list, at }: Pick<ShownEntry, 'list' | 'at'>,
): SchedulesFromPage {
  return list === 'windows'
    ? { windows: windows.toSpliced(at, 1), rules, revision }
    : { windows, rules: rules.toSpliced(at, 1), revision };
}

// ---- as a form has them --------------------------------------------------------------------------------------------

export interface ScheduleDraft {
  readonly kind: ScheduleKind;
  readonly name: string;
  readonly days: readonly ShownWeekday[];
  readonly dates: string;
  readonly verb: WindowOnPage['verb'];
  readonly from: string;
  readonly to: string;
  readonly limit: string;
  readonly hours: string;
  readonly after: string;
  readonly before: string;
  readonly below: string;
  readonly price: string;
  readonly stretches: string;
}

const EMPTY: Omit<ScheduleDraft, 'kind'> = {
  ...{ name: '', days: WEEKDAYS, dates: '', verb: 'hold', from: '17:00', to: '22:00', limit: '80', hours: '3' },
  ...{ after: '', before: '', below: '', price: '', stretches: '2' },
};

export function newDraft(kind: ScheduleKind): ScheduleDraft {
  return { ...EMPTY, kind, ...(kind === 'cheapest' ? { after: '22:00', before: '06:00' } : {}) };
}

export function draftOf(entry: WindowOnPage | RuleOnPage): ScheduleDraft {
  const { name, days, dates } = entry;
  const shared = {
    ...EMPTY,
    name,
    days: days ?? (dates === undefined ? WEEKDAYS : []),
    dates: (dates ?? []).join(', '),
  };
  if (!('rule' in entry)) {
    const { verb, from, to, charge_limit: limit } = entry;
    // A field for a time has no 24:00.
    return {
      ...shared,
      kind: 'window',
      verb,
      from,
      to: to === '24:00' ? '00:00' : to,
      limit: String(limit ?? EMPTY.limit),
    };
  }
  const times = { after: entry.after ?? '', before: entry.before ?? '' };
  if (entry.rule === 'hold_above') return { ...shared, ...times, kind: 'hold_above', price: String(entry.price) };
  const { hours, charge_limit: limit, below, most_stretches: stretches } = entry;
  const numbers = {
    hours: String(hours),
    limit: String(limit),
    below: String(below ?? ''),
    stretches: String(stretches),
  };
  return { ...shared, ...times, ...numbers, kind: 'cheapest' };
}

/** @returns a sentence where a field is not filled in as it should be; what else is wrong the server says */
export function entryOf(draft: ScheduleDraft, currency: string): WindowOnPage | RuleOnPage | string {
  const days = daysFrom(draft);
  if (typeof days === 'string') return days;
  const shared = { name: draft.name.trim(), ...days };
  if (draft.kind === 'window') return windowFrom(draft, shared);
  return draft.kind === 'cheapest' ? cheapestFrom(draft, shared, currency) : holdAboveFrom(draft, shared, currency);
}

type Shared = Pick<WindowOnPage, 'name' | 'days' | 'dates'>;

function daysFrom({ days, dates }: ScheduleDraft): Omit<Shared, 'name'> | string {
  const listed = dates
    .split(',')
    .map((date) => date.trim())
    .filter((date) => date !== '');
  if (listed.length > 0) return { dates: listed };
  if (days.length === 0) return words.noDay;
  return days.length === WEEKDAYS.length ? {} : { days: WEEKDAYS.filter((day) => days.includes(day)) };
}

function windowFrom({ verb, from, to, limit }: ScheduleDraft, shared: Shared): WindowOnPage | string {
  const { fields } = words;
  if (from === '' || to === '') return words.noTime(from === '' ? fields.from : fields.to);
  const window = { ...shared, verb, from, to: to === '00:00' ? '24:00' : to };
  if (verb !== 'charge') return window;
  const percent = numberFrom(limit);
  return percent === null ? words.noNumber(fields.limit) : { ...window, charge_limit: percent };
}

function cheapestFrom(draft: ScheduleDraft, shared: Shared, currency: string): RuleOnPage | string {
  const { fields } = words;
  const [hours, limit, stretches] = [draft.hours, draft.limit, draft.stretches].map(numberFrom);
  const below = numberFrom(draft.below);
  if (hours === null || hours === undefined) return words.noNumber(fields.hours);
  if (limit === null || limit === undefined) return words.noNumber(fields.limit);
  if (stretches === null || stretches === undefined) return words.noNumber(fields.stretches);
  if (draft.below.trim() !== '' && below === null) return words.noNumber(fields.below(currency));
  if (draft.before === '') return words.noTime(fields.before);
  return {
    ...{ rule: 'cheapest', ...shared, hours, before: draft.before, charge_limit: limit, most_stretches: stretches },
    ...(draft.after === '' ? {} : { after: draft.after }),
    ...(below === null ? {} : { below }),
  };
}

function holdAboveFrom({ price, after, before }: ScheduleDraft, shared: Shared, currency: string): RuleOnPage | string {
  const { fields } = words;
  const number = numberFrom(price);
  if (number === null) return words.noNumber(fields.price(currency));
  if ((after === '') !== (before === '')) return words.noTime(after === '' ? fields.after : fields.before);
  return { rule: 'hold_above', ...shared, price: number, ...(after === '' ? {} : { after, before }) };
}

function numberFrom(text: string): number | null {
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

// ---- a day as a bar ------------------------------------------------------------------------------------------------

/** A part of a day, as shares of it. */
export interface DayPart {
  readonly left: number;
  readonly width: number;
}

export interface DayBar {
  readonly from: number;
  readonly to: number;
  readonly verbs: readonly (DayPart & Pick<SchedulesOnPage['plan'][number], 'verb' | 'by'>)[];
  /** Height and foot are shares of the picture, of which 1 is the most there is. */
  readonly prices: readonly (DayPart & { readonly foot: number; readonly height: number })[];
}

/** @param later 0 is today of the house, 1 tomorrow */
export function dayBar(
  plan: SchedulesOnPage['plan'],
  prices: PricesOnPage['prices'],
  { now, zone, later }: { readonly now: number; readonly zone: string; readonly later: number },
): DayBar {
  const [from, to] = [dayStart(now, zone, later), dayStart(now, zone, later + 1)];
  const partOf = (one: { readonly from: string; readonly to: string }): DayPart | null => {
    const [first, last] = [Math.max(from, secondsOf(one.from)), Math.min(to, secondsOf(one.to))];
    return last > first ? { left: (first - from) / (to - from), width: (last - first) / (to - from) } : null;
  };
  const { least, most } = rangeOf(prices);
  const heightOf = (price: number) => (price - least) / (most - least || 1);
  return {
    ...{ from, to },
    verbs: plan.flatMap(({ verb, by, ...one }) => {
      const part = partOf(one);
      return part === null ? [] : [{ ...part, verb, by }];
    }),
    prices: prices.flatMap((one) => {
      const part = partOf(one);
      const [foot, head] = [heightOf(Math.min(0, one.price)), heightOf(Math.max(0, one.price))];
      return part === null ? [] : [{ ...part, foot, height: head - foot }];
    }),
  };
}

/** Always with 0 in it, so that half of a price is half as high. */
export function rangeOf(prices: PricesOnPage['prices']): { readonly least: number; readonly most: number } {
  const all = prices.map(({ price }) => price);
  return { least: Math.min(0, ...all), most: Math.max(0, ...all) };
}
