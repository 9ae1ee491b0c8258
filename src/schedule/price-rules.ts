/**
 * What prices suggest: to charge in the cheapest hours before a time, to hold while it is dear. Where a price is missing, nothing is suggested.
 */
import type { KnownPrice } from '../model.ts';
import { cheapest } from './cheapest.ts';
import { beginsOn, minuteOf, minutesOf, problemOfDays, type WindowDays } from './schedules.ts';
import type { Stretch } from './timetable.ts';
import { DAY_SECONDS, dayOf, momentOf, type WallClock } from './wall-clock.ts';

/** Charges in the cheapest hours before a time of the house, each day. */
export interface CheapestRule extends WindowDays {
  readonly rule: 'cheapest';
  readonly name: string;
  /** In quarters: 0.25 to 24. */
  readonly hours: number;
  /** `HH:MM`, on the day before where it is not earlier than `before`. Without: a whole day before it. */
  readonly after?: string | undefined;
  readonly before: string;
  /** Percent. */
  readonly charge_limit: number;
  /** Only hours that cost less; in the currency for a kWh. */
  readonly below?: number | undefined;
  /** Each is some writes. */
  readonly most_stretches: number;
}

/** Holds while it costs more. */
export interface HoldAboveRule extends WindowDays {
  readonly rule: 'hold_above';
  readonly name: string;
  /** In the currency for a kWh. */
  readonly price: number;
  /** `HH:MM`: only between these times; without: always. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export type PriceRule = CheapestRule | HoldAboveRule;

/** What a rule is asked with. Unix seconds. */
export interface RuleQuestion {
  readonly from: number;
  readonly to: number;
  /** When it was set: it charges in no hour before. */
  readonly since: number;
  /** Absent: nothing was suggested before. */
  readonly settled?: SettledSuggestion | undefined;
}

/** What was suggested before: for the time that is over it stays, whatever prices say of that by now. */
export interface SettledSuggestion {
  readonly suggestion: Suggestion;
  /** Unix seconds. */
  readonly until: number;
}

export interface Suggestion {
  /** In their order, none at the same time as another. */
  readonly stretches: readonly Stretch[];
  /** Those for which a price is missing. */
  readonly missing: readonly RuleSpan[];
}

/** In which a rule looks for hours. Unix seconds; `to` is the first that is outside. */
export interface RuleSpan {
  readonly from: number;
  readonly to: number;
}

const PIECE_SECONDS = 900;
const MINUTES_OF_DAY = 1440;
const MOST_RULES = 10;
const MOST_STRETCHES = 6;
const LONGEST_NAME = 40;
const LEAST_LIMIT = 10;
/** In any currency that there is. */
const ABSURD_PRICE = 1000;

/** What it is called where its owner gives no name. */
export function nameOfRule(rule: PriceRule): string {
  if (rule.name !== '') return rule.name;
  return rule.rule === 'cheapest' ? `cheapest ${rule.hours} h before ${rule.before}` : `above ${rule.price}`;
}

/** Why rules cannot be meant so, in a sentence that names the rule; null where they can. */
export function problemOfRules(rules: readonly PriceRule[]): string | null {
  if (rules.length > MOST_RULES) return `there are ${rules.length} rules; ${MOST_RULES} at most`;
  return rules.map(problemOf).find((problem) => problem !== null) ?? null;
}

function problemOf(rule: PriceRule, index: number): string | null {
  const named = `rule ${index + 1}${rule.name === '' ? '' : ` (${rule.name})`}`;
  if (rule.name.length > LONGEST_NAME) return `rule ${index + 1}: a name has ${LONGEST_NAME} letters at most`;
  const wrong = problemOfDays(rule) ?? (rule.rule === 'cheapest' ? problemOfCheapest(rule) : problemOfHoldAbove(rule));
  return wrong === null ? null : `${named}: ${wrong}`;
}

function problemOfCheapest(rule: CheapestRule): string | null {
  const { hours, charge_limit: limit, below, most_stretches: stretches } = rule;
  if (spanMinutes(rule) === null)
    return `before ${rule.before}${rule.after === undefined ? '' : ` after ${rule.after}`} is no time; expected such as 06:00, and another for after`;
  if (!Number.isInteger(hours * 4) || hours < 0.25 || hours > 24)
    return `hours of ${hours} are not from 0.25 to 24 in quarters`;
  if (!Number.isInteger(limit) || limit < LEAST_LIMIT || limit > 100)
    return `a charge_limit of ${limit} % is not from ${LEAST_LIMIT} to 100`;
  if (below !== undefined && !isPrice(below)) return `below ${below} is no price`;
  const isCount = Number.isInteger(stretches) && stretches >= 1 && stretches <= MOST_STRETCHES;
  return isCount ? null : `most_stretches of ${stretches} is not from 1 to ${MOST_STRETCHES}`;
}

function problemOfHoldAbove(rule: HoldAboveRule): string | null {
  if (!isPrice(rule.price)) return `${rule.price} is no price`;
  if ((rule.after === undefined) !== (rule.before === undefined)) return 'it needs both after and before, or neither';
  return spanMinutes(rule) === null
    ? `after ${rule.after} before ${rule.before} is no time; expected two that differ, such as 16:00 and 21:00`
    : null;
}

function isPrice(price: number): boolean {
  return Number.isFinite(price) && Math.abs(price) <= ABSURD_PRICE;
}

/** Of a day, minutes: as of {@link minutesOf}; null where it is none. */
function spanMinutes({ after, before }: Pick<PriceRule, 'after' | 'before'>): RuleSpan | null {
  if (before === undefined) return { from: 0, to: MINUTES_OF_DAY };
  if (after !== undefined) return minutesOf({ from: after, to: before });
  const minute = minuteOf(before);
  return minute === null ? null : { from: minute, to: minute + MINUTES_OF_DAY };
}

/** The spans of a rule that are not over at `from` and have begun by `to`. */
function spansOf(rule: PriceRule, { from, to }: RuleSpan, house: WallClock): RuleSpan[] {
  const minutes = spanMinutes(rule);
  const spans: RuleSpan[] = [];
  for (let day = dayOf(from, house) - 2; minutes !== null && day <= dayOf(to, house) + 1; day++) {
    if (!beginsOn(rule, day)) continue;
    const [first, last] = [minutes.from, minutes.to].map((minute) =>
      momentOf(day * DAY_SECONDS + minute * 60, house),
    ) as [number, number];
    // In the hour that clocks leave out there is no time.
    if (first < last && last > from && first < to) spans.push({ from: first, to: last });
  }
  return spans;
}

/** @param prices in their order, none at the same time as another */
export function suggestionOf(
  rule: PriceRule,
  prices: readonly KnownPrice[],
  asked: RuleQuestion,
  house: WallClock,
): Suggestion {
  const spans = spansOf(rule, asked, house);
  if (rule.rule === 'hold_above') return { stretches: dearHours(rule, prices, asked, spans), missing: [] };
  const stretches: Stretch[] = [];
  const missing: RuleSpan[] = [];
  for (const span of spans) {
    const found = cheapestStretches(rule, prices, span, asked);
    if (found === null) missing.push(span);
    else stretches.push(...found);
  }
  return { stretches, missing };
}

/** null where a price is missing that may be the least. */
function cheapestStretches(
  rule: CheapestRule,
  prices: readonly KnownPrice[],
  span: RuleSpan,
  { since, settled }: RuleQuestion,
): Stretch[] | null {
  const pieces = piecesOf(prices, span);
  const firstKnown = pieces.lastIndexOf(null) + 1;
  const known = pieces.slice(firstKnown).map((piece) => piece as PricedQuarter);
  // Chosen once all prices are there: an hour that was over by then was not charged in, whatever it cost.
  const begun = Math.max(span.from, since, ...known.map((piece) => piece.known));
  const isMissing = known.length === 0 || (firstKnown > 0 && span.from + firstKnown * PIECE_SECONDS > begun);
  if (isMissing) return null;
  const { below = Number.POSITIVE_INFINITY } = rule;
  const wasMissing = settled?.suggestion.missing.some(({ from }) => from === span.from);
  const before = wasMissing === false ? settled : undefined;
  // So little that it is chosen again, whatever else is.
  const chosenBefore = -1 - pieces.reduce((sum, piece) => sum + Math.abs(piece?.price ?? 0), 0);
  const costs = pieces.map((piece, place) => {
    const start = span.from + place * PIECE_SECONDS;
    if (before !== undefined && start + PIECE_SECONDS <= before.until)
      return before.suggestion.stretches.some(({ from, to }) => from <= start && start < to)
        ? chosenBefore
        : Number.POSITIVE_INFINITY;
    const isOver = start < begun;
    return piece === null || isOver || piece.price >= below ? Number.POSITIVE_INFINITY : piece.price;
  });
  const places = cheapest(costs, Math.round((rule.hours * 3600) / PIECE_SECONDS), rule.most_stretches);
  return joined(
    places.map((place) => ({
      from: span.from + place * PIECE_SECONDS,
      to: span.from + (place + 1) * PIECE_SECONDS,
      ...{ verb: 'charge', chargeLimit: rule.charge_limit, by: nameOfRule(rule) },
    })),
  );
}

interface PricedQuarter {
  readonly price: number;
  /** Since when, Unix seconds. */
  readonly known: number;
}

/** Each quarter of an hour with its mean price; null where a part of it has none. */
function piecesOf(prices: readonly KnownPrice[], { from, to }: RuleSpan): (PricedQuarter | null)[] {
  const near = prices.filter((one) => one.to > from && one.from < to);
  const pieces: (PricedQuarter | null)[] = [];
  for (let start = from; start + PIECE_SECONDS <= to; start += PIECE_SECONDS) {
    let [covered, sum, known] = [0, 0, 0];
    for (const one of near) {
      const seconds = Math.min(one.to, start + PIECE_SECONDS) - Math.max(one.from, start);
      if (seconds <= 0) continue;
      covered += seconds;
      sum += seconds * one.price;
      known = Math.max(known, one.known);
    }
    pieces.push(covered < PIECE_SECONDS ? null : { price: sum / PIECE_SECONDS, known });
  }
  return pieces;
}

function dearHours(
  rule: HoldAboveRule,
  prices: readonly KnownPrice[],
  { from, to }: RuleSpan,
  spans: readonly RuleSpan[],
): Stretch[] {
  const dear = prices.filter((one) => one.price > rule.price && one.to > from && one.from < to);
  const within = dear.flatMap((one) =>
    spans
      .map((span) => ({ from: Math.max(one.from, span.from), to: Math.min(one.to, span.to) }))
      .filter((part) => part.from < part.to),
  );
  return joined(within.map((part) => ({ ...part, verb: 'hold', chargeLimit: null, by: nameOfRule(rule) })));
}

/** Those that follow each other are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of stretches) {
    const before = all.at(-1);
    if (before?.to === stretch.from) all[all.length - 1] = { ...before, to: stretch.to };
    else all.push(stretch);
  }
  return all;
}
