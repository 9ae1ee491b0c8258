/**
 * Who connected in the last day, and what became of it?
 */
import type { VisitOutcome } from '../server/visits.ts';
import type { BatteryFacts, DoctorFacts, VisitFacts } from './facts.ts';
import { type Finding, type FindingCode, finding } from './finding.ts';
import { duration, times } from './words.ts';

/** A battery tries again, and resets its network module, about that often (likely). */
export const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
/** Of more batteries only those are named that do not deliver. */
const MOST_NAMED = 8;

/** In the order in which they are told. Whose outcome is a reading is told of by battery. */
const OUTCOMES: readonly (readonly [VisitOutcome, FindingCode, string])[] = [
  ['refused', 'VISIT_REFUSED', 'was refused, since its address is not in battery.allow'],
  ['crowded', 'VISIT_CROWDED', 'was refused, since too many connections were open'],
  ['tls', 'VISIT_TLS', 'came by TLS: this firmware does not speak the cleartext protocol'],
  ['protobuf', 'VISIT_PROTOBUF', 'sent frames of newer firmware (Protocol Buffers)'],
  ['unlisted', 'VISIT_UNLISTED', 'spoke the protocol with a serial number that is not let in'],
  ['held', 'VISIT_HELD', 'sent readings that are kept apart'],
  ['frames', 'VISIT_WITHOUT_READING', 'spoke the protocol, but never sent a reading'],
  ['damaged', 'VISIT_DAMAGED', 'sent frames that were all damaged or cut off'],
  ['http', 'VISIT_HTTP', 'spoke HTTP, as a browser or a scanner does'],
  ['stranger', 'VISIT_STRANGER', 'spoke something that is not the protocol'],
  ['silent', 'VISIT_SILENT', 'connected and said nothing: the port can be reached'],
];

export function checkVisitors(
  facts: Pick<DoctorFacts, 'visits' | 'batteries' | 'nowMs' | 'startedMs' | 'tap'>,
): Finding[] {
  const { visits, batteries, nowMs, startedMs, tap } = facts;
  const delivers = batteries.some((battery) => battery.delivers);
  const heard = batteryFindings(facts);
  const others = OUTCOMES.flatMap(([outcome, code, words]) => {
    const visit = visits.find((one) => one.outcome === outcome);
    return visit === undefined ? [] : [visitFinding(code, words, visit, { nowMs, delivers })];
  });
  // Who is not there to hear cannot say that nobody came; whom a tap hears need not come.
  if (delivers || startedMs === null || tap !== undefined) return [...heard, ...others];
  if (visits.length === 0) return [...heard, nobody(facts)];
  const mayBeBattery = visits.some(({ outcome }) => !NO_BATTERY.includes(outcome));
  return mayBeBattery ? [...heard, ...others] : [...heard, missing(facts), ...others];
}

/** Whoever comes like this is no battery of ours. */
const NO_BATTERY: readonly VisitOutcome[] = ['silent', 'http', 'stranger', 'crowded'];

function batteryFindings({
  batteries,
  nowMs,
  startedMs,
}: Pick<DoctorFacts, 'batteries' | 'nowMs' | 'startedMs'>): Finding[] {
  const delivering = batteries.filter(({ delivers }) => delivers);
  const silent = batteries.filter(({ delivers }) => !delivers);
  const summed = delivering.length > MOST_NAMED;
  return [
    ...(summed
      ? [finding('BATTERY_DELIVERS', `${delivering.length} batteries deliver`)]
      : delivering.map((one) => delivery(one, nowMs))),
    ...silent.slice(0, MOST_NAMED).map((one) => silence(one, nowMs, startedMs)),
    ...(silent.length > MOST_NAMED
      ? [finding('BATTERY_SILENT', `${silent.length - MOST_NAMED} more batteries do not deliver`)]
      : []),
  ];
}

function delivery({ name, lastReadingMs }: BatteryFacts, nowMs: number): Finding {
  const when = lastReadingMs === null ? 'it delivers' : `a reading ${duration(nowMs - lastReadingMs)} ago`;
  return finding('BATTERY_DELIVERS', `battery ${name}: ${when}`);
}

function silence({ name, lastReadingMs, connected }: BatteryFacts, nowMs: number, startedMs: number | null): Finding {
  const last = lastReadingMs === null ? 'never a reading' : `the last reading ${duration(nowMs - lastReadingMs)} ago`;
  const state = startedMs === null ? '' : connected ? ', connected' : ', not connected';
  // It may be about to come back, as after every start; and where no server runs it cannot.
  const young = startedMs === null || nowMs - startedMs < HALF_HOUR_MS;
  return finding('BATTERY_SILENT', `battery ${name}: ${last}${state}`, young ? { level: 'warning' } : {});
}

function visitFinding(
  code: FindingCode,
  words: string,
  { times: count, lastMs, address }: VisitFacts,
  { nowMs, delivers }: { readonly nowMs: number; readonly delivers: boolean },
): Finding {
  const from = address === null ? '' : `, from ${address.text}`;
  const sentence = `${times(count)} somebody ${words} (last ${duration(nowMs - lastMs)} ago${from})`;
  // What comes besides a battery that delivers is not the battery.
  const mild = delivers && MILD_BESIDES.includes(code) ? { level: 'warning' as const } : {};
  const advice = code === 'VISIT_REFUSED' && address !== null ? allowing(address.text) : {};
  return finding(code, sentence, { ...mild, ...advice });
}

const MILD_BESIDES: readonly FindingCode[] = [
  'VISIT_REFUSED',
  'VISIT_TLS',
  'VISIT_PROTOBUF',
  'VISIT_UNLISTED',
  'VISIT_HELD',
  'VISIT_WITHOUT_READING',
  'VISIT_DAMAGED',
];

function allowing(address: string): { advice: string } {
  return { advice: `If it is your battery, add ${address} to battery.allow.` };
}

function nobody(facts: Pick<DoctorFacts, 'nowMs' | 'startedMs'>): Finding {
  return absence('VISIT_NOBODY', 'nobody has connected', facts);
}

function missing(facts: Pick<DoctorFacts, 'nowMs' | 'startedMs'>): Finding {
  return absence('BATTERY_MISSING', 'no battery has connected', facts);
}

function absence(
  code: 'VISIT_NOBODY' | 'BATTERY_MISSING',
  what: string,
  { nowMs, startedMs }: Pick<DoctorFacts, 'nowMs' | 'startedMs'>,
): Finding {
  const up = nowMs - (startedMs ?? nowMs);
  const since = up >= DAY_MS ? 'in the last day' : `since the server started ${duration(up)} ago`;
  return finding(code, `${what} ${since}`, up >= HALF_HOUR_MS ? {} : { level: 'warning' });
}
