/**
 * A plan in words, for its owner: when, how much, what it costs, and why nothing is planned.
 */
import type { KnownPrice } from '../model.ts';
import type { SchedulePlan } from './plan.ts';
import { nameOfRule, type PriceRule } from './price-rules.ts';
import type { Stretch } from './timetable.ts';
import { dayOf, localOf, type WallClock, weekdayOf } from './wall-clock.ts';

export interface PlanFacts {
  readonly rules: readonly PriceRule[];
  readonly plan: SchedulePlan;
  readonly prices: readonly KnownPrice[];
  readonly currency: string;
  /** State of charge; null where it is not known. */
  readonly percent: number | null;
  /** Of the battery; null where it has not told it. */
  readonly capacityKwh: number | null;
  readonly writesPerDay: number;
  /** Unix seconds. */
  readonly now: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;
/** Of a price, and of a sum. */
const [PRICE_DECIMALS, SUM_DECIMALS] = [4, 2];

/** The mean price of a time; null where a part of it has none. Unix seconds. */
export function meanPrice(prices: readonly KnownPrice[], from: number, to: number): number | null {
  let [covered, sum] = [0, 0];
  for (const one of prices) {
    const seconds = Math.min(one.to, to) - Math.max(one.from, from);
    if (seconds <= 0) continue;
    covered += seconds;
    sum += seconds * one.price;
  }
  return covered < to - from || covered === 0 ? null : sum / covered;
}

/** A sentence for each rule; and one where there are more writes than a day has. @param house its clock */
export function planWords(facts: PlanFacts, house: WallClock): string[] {
  const { plan, writesPerDay, now } = facts;
  const writes = 2 * verbsWithin(plan.stretches, now, now + DAY_SECONDS);
  const isTooMuch = writes > writesPerDay;
  return [
    ...facts.rules.map((rule) => `${nameOfRule(rule)}: ${ruleWords(rule, facts, house)}`),
    ...(isTooMuch
      ? [
          `the next 24 hours take ${writes} writes, and control.writes_per_day is ${writesPerDay}: what is left over is not done`,
        ]
      : []),
  ];
}

/** How many verbs begin; those that want the same and follow each other are one. */
function verbsWithin(stretches: readonly Stretch[], from: number, to: number): number {
  return stretches.filter((one, index) => {
    const before = stretches[index - 1];
    const goesOn = before?.to === one.from && before.verb === one.verb && before.chargeLimit === one.chargeLimit;
    return one.verb !== 'normal' && !goesOn && one.to > from && one.from < to;
  }).length;
}

function ruleWords(rule: PriceRule, facts: PlanFacts, house: WallClock): string {
  const { plan, now } = facts;
  const by = nameOfRule(rule);
  const stretches = plan.stretches.filter((one) => one.by === by && one.to > now);
  const unpriced = plan.unpriced.find((one) => one.by === by && one.to > now && one.from < now + DAY_SECONDS) ?? null;
  const missing = unpriced === null ? null : missingWords(unpriced.from, facts, house);
  if (stretches.length === 0) return missing ?? noneWords(rule, facts);
  const times = listed(stretches.map((one) => spanWords(one, house)));
  const does = rule.rule === 'cheapest' ? `charges up to ${rule.charge_limit} %` : 'holds';
  const planned = `${does} ${times} (${hoursOf(stretches)} h)${costWords(rule, stretches, facts)}`;
  return missing === null ? planned : `${planned}; ${missing}`;
}

function missingWords(from: number, { now }: PlanFacts, house: WallClock): string {
  return from <= now
    ? `a price is missing for the time from ${momentWords(from, house)} on, so that nothing is done`
    : `the time from ${momentWords(from, house)} on is planned when its prices are known`;
}

function noneWords(rule: PriceRule, { currency, prices, now }: PlanFacts): string {
  const { price, verb } =
    rule.rule === 'cheapest' ? { price: rule.below, verb: 'less' } : { price: rule.price, verb: 'more' };
  if (!prices.some((one) => one.from <= now && now < one.to))
    return 'there is no price for now, so that nothing is done';
  return price === undefined ? 'nothing is left to do' : `no time known costs ${verb} than ${price} ${currency}/kWh`;
}

function costWords(rule: PriceRule, stretches: readonly Stretch[], facts: PlanFacts): string {
  const { prices, currency, percent, capacityKwh } = facts;
  const means = stretches.map((one) => ({ seconds: one.to - one.from, price: meanPrice(prices, one.from, one.to) }));
  const seconds = means.reduce((sum, one) => sum + one.seconds, 0);
  const mean = means.reduce((sum, one) => sum + one.seconds * (one.price ?? 0), 0) / seconds;
  const at = `, at ${rounded(mean, PRICE_DECIMALS)} ${currency}/kWh on average`;
  if (rule.rule !== 'cheapest' || percent === null || capacityKwh === null) return at;
  const kwh = (Math.max(0, rule.charge_limit - percent) / 100) * capacityKwh;
  if (kwh === 0) return `${at}; at ${rounded(percent, 0)} % nothing is to be charged`;
  return `${at}; from ${rounded(percent, 0)} % of ${capacityKwh} kWh that is ${rounded(kwh, 1)} kWh for about ${rounded(kwh * mean, SUM_DECIMALS)} ${currency}, without what the sun gives and what is lost`;
}

function rounded(number: number, decimals: number): string {
  return String(Number(number.toFixed(decimals)));
}

function hoursOf(stretches: readonly Stretch[]): string {
  return rounded(stretches.reduce((sum, { from, to }) => sum + to - from, 0) / HOUR_SECONDS, 2);
}

/** Such as `Fri 01:00–03:00`; the end has its day where its time alone would be an earlier moment. */
function spanWords({ from, to }: Stretch, house: WallClock): string {
  const isWithinDay = localOf(to, house) - localOf(from, house) <= DAY_SECONDS;
  return `${momentWords(from, house)}–${(isWithinDay ? clockOf : momentWords)(to, house)}`;
}

function momentWords(time: number, house: WallClock): string {
  return `${WEEKDAYS[weekdayOf(dayOf(time, house))]} ${clockOf(time, house)}`;
}

function clockOf(time: number, house: WallClock): string {
  const minutes = Math.floor((((localOf(time, house) % DAY_SECONDS) + DAY_SECONDS) % DAY_SECONDS) / 60);
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
