/**
 * What a schedule has to ask of a battery at a moment, by what it wants then and what has become of the changes so far. What was missed is not made up for:
 * after a restart or days without a connection it asks for what applies now.
 */
import type { ControlChange, ControlState } from '../model.ts';
import type { Applying, Demand, Stretch } from './timetable.ts';

export interface DecisionFacts {
  readonly applying: Applying;
  /** Unix ms. */
  readonly nowMs: number;
  /** When the schedules were last set, Unix ms. */
  readonly savedMs: number;
  /** The changes of the battery, in the order of their numbers. */
  readonly changes: readonly ControlChange[];
  /** Its charge, percent; null where it is not known. */
  readonly percent: number | null;
  /** Whether what applies was asked for and not taken. */
  readonly isRefused: boolean;
}

export interface ScheduleAsk {
  readonly verb: 'hold' | 'charge' | 'normal';
  /** Of a verb, Unix ms. */
  readonly untilMs: number | null;
  readonly chargeLimit: number | null;
  /** The same for the same: asked again it is one change. */
  readonly key: string;
}

export interface Decision {
  readonly ask: ScheduleAsk | null;
  /** Why so, for the owner. */
  readonly why: string;
}

/** A verb ends within seven days; one that goes on is made longer before. */
const LONGEST_MS = 6 * 86_400_000;
const EXTENDED_BEFORE_MS = 3_600_000;
/** Not begun for less. */
const SHORTEST_MS = 120_000;
/** Where another verb follows, this one lasts a moment longer, so that nothing is undone between the two: one write instead of two. */
const UNTIL_NEXT_MS = 300_000;
/** So often is a battery given the same in one stretch where it does something else; and so long apart at least. */
const MOST_TRIES = 3;
const RETRY_MS = 600_000;

const OPEN: readonly ControlState[] = ['proposed', 'asked', 'accepted', 'fetched', 'echoed', 'observed'];
const FAILED: readonly ControlState[] = ['refused', 'timed_out', 'different'];

export function decisionOf(facts: DecisionFacts): Decision {
  const { applying, changes, nowMs, isRefused } = facts;
  const wanted = applying.stretch;
  const active = changes.findLast((change) => isVerb(change) && (change.holds || isOpen(change))) ?? null;
  if (active !== null && !isOurs(active)) return nothing(`the owner’s ${active.wish.kind} goes first, until its end`);
  if (changes.some((change) => change.wish.kind === 'restore' && isOpen(change)))
    return nothing('the battery is being put back as it was');
  if (wanted === null || wanted.verb === 'normal')
    return active === null ? nothing('nothing is wanted now') : normal(active, 'nothing is wanted any more');
  if (active !== null && satisfies(active, wanted, facts)) return nothing(`${wanted.by}: ${stateOf(active)}`);
  if (isEndedByOwner(facts, wanted)) return nothing(`${wanted.by}: ended by the owner`);
  const untilMs = endOf(applying, nowMs);
  const isLate = (applying.until as number) * 1000 - nowMs < SHORTEST_MS;
  if (isRefused || isLate) {
    const why = isRefused ? `${wanted.by}: it was not taken` : `${wanted.by}: it is over in a moment`;
    return active === null || keyStartsWith(active, wanted) ? nothing(why) : normal(active, why);
  }
  return retried(facts, wanted, active) ?? { ask: asked(facts, wanted, untilMs), why: wanted.by };
}

function nothing(why: string): Decision {
  return { ask: null, why };
}

function normal({ number }: ControlChange, why: string): Decision {
  return { ask: { verb: 'normal', untilMs: null, chargeLimit: null, key: `schedule normal ${number}` }, why };
}

/** What is given is not given again, since settings lie in a memory that wears. */
function stateOf({ state }: ControlChange): string {
  return FAILED.includes(state) ? 'the battery tells, or does, something else' : 'under way';
}

/** Why it is not asked for again now; null where it is. */
function retried({ changes, nowMs }: DecisionFacts, wanted: Stretch, active: ControlChange | null): Decision | null {
  const failed = changes.filter((change) => keyStartsWith(change, wanted) && FAILED.includes(change.state));
  const vain = failed.filter(({ givenMs }) => givenMs.length > 0).length;
  const lastMs = Math.max(Number.NEGATIVE_INFINITY, ...failed.map(({ steps }) => steps.at(-1)?.atMs ?? 0));
  const isGivenUp = vain >= MOST_TRIES;
  if (!isGivenUp && nowMs - lastMs >= RETRY_MS) return null;
  const why = isGivenUp ? `${wanted.by}: the battery did not do it, ${vain} times` : `${wanted.by}: is tried again`;
  return active !== null && isGivenUp ? normal(active, why) : nothing(why);
}

function asked({ changes, percent }: DecisionFacts, wanted: Stretch, untilMs: number): ScheduleAsk {
  const tries = changes.filter((change) => keyStartsWith(change, wanted)).length;
  const key = `${keyOf(wanted)}#${tries + 1}`;
  // At its limit a battery in a charge window does not discharge either.
  const isCharged = wanted.chargeLimit !== null && percent !== null && percent >= wanted.chargeLimit;
  return wanted.verb === 'charge' && !isCharged
    ? { verb: 'charge', untilMs, chargeLimit: wanted.chargeLimit, key }
    : { verb: 'hold', untilMs, chargeLimit: null, key };
}

function endOf({ until, next }: Applying, nowMs: number): number {
  const endMs = (until as number) * 1000 + (next === null ? 0 : UNTIL_NEXT_MS);
  return Math.min(endMs, nowMs + LONGEST_MS);
}

/** Whether what the battery has, or is to have, is what is wanted, for as long as can be. */
function satisfies(change: ControlChange, wanted: Stretch, { applying, nowMs }: DecisionFacts): boolean {
  const endMs = Math.min((applying.until as number) * 1000, nowMs + EXTENDED_BEFORE_MS);
  return change.key?.startsWith(demandKey(wanted)) === true && (change.untilMs ?? 0) >= endMs;
}

/** By his normal, or by undoing it: after it began, and after the schedules were set. */
function isEndedByOwner({ changes, savedMs }: DecisionFacts, { from }: Stretch): boolean {
  const sinceMs = Math.max(from * 1000, savedMs);
  return changes.some(({ wish, author, steps }) => {
    if (wish.kind !== 'restore' || author.kind === 'schedule' || author.kind === 'server') return false;
    const undone = changes.find(({ number }) => number === wish.of);
    return (steps[0]?.atMs ?? 0) >= sinceMs && (undone === undefined || isVerb(undone));
  });
}

/** What is kept of the demand with a change: `charge` may have become a hold. */
function demandKey({ verb, chargeLimit }: Demand): string {
  return `schedule ${verb} ${chargeLimit ?? '-'} `;
}

function keyOf(stretch: Stretch): string {
  return `${demandKey(stretch)}${stretch.from}`;
}

function keyStartsWith({ key }: ControlChange, wanted: Stretch): boolean {
  return key?.startsWith(`${keyOf(wanted)}#`) === true;
}

function isOurs({ author }: ControlChange): boolean {
  return author.kind === 'schedule';
}

function isVerb({ wish: { kind } }: ControlChange): boolean {
  return kind === 'hold' || kind === 'charge';
}

function isOpen({ state }: ControlChange): boolean {
  return OPEN.includes(state);
}
