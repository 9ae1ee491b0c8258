/**
 * When a reading was: its UTC second, and what it teaches of its battery's clock on the way.
 */
import type { ClockEpoch, Instant, Value } from '../../model.ts';
import type { WireReading } from '../../protocol/reading.ts';
import type { HeardBattery } from '../batteries.ts';
import type { Output } from '../output.ts';
import { clockRecord, gapRecord, secondsOf } from '../records.ts';
import type { ClockChange } from './change.ts';
import { correctionOfOne } from './correction.ts';

export interface DatedReading {
  /** UTC, Unix seconds; null while the battery's clock is not known. */
  readonly time: number | null;
  /** What is to be kept and said before the reading is kept. */
  readonly outputs: readonly Output[];
}

/** A live reading, where it was put, and when it was sent, as its order tells, Unix seconds. */
export interface FirstTold {
  readonly batteryTime: number;
  readonly time: number;
  readonly sent: number;
  readonly receivedMs: number;
}

/** A reading of the battery itself. Without a time of its own it was so when it came. */
export function dateReading(reading: WireReading, battery: HeardBattery, now: Instant): DatedReading {
  const { batteryTime, kind, values } = reading;
  battery.clock.arrived(now);
  if (batteryTime === null) return { time: secondsOf(now), outputs: [] };
  if (kind === 'history') return dateHistory(batteryTime, values, battery, now);
  if (kind === 'live') return dateLive(batteryTime, values, battery, now);
  if (battery.clockStands) return { time: secondsOf(now), outputs: [] };
  const told = battery.clock.timeline.ofArrived(batteryTime, now.wallMs);
  return { time: told === null ? null : battery.clock.boundedAtOnce(told, batteryTime, now), outputs: [] };
}

/** How far the battery's clock may be from the arrival of another peer's reading and still be taken for that peer's. */
const SAME_CLOCK_SECONDS = 120;

/** A reading of a peer that is not believed to be the battery: it teaches nothing. */
export function dateHeld({ batteryTime, kind }: WireReading, battery: HeardBattery, now: Instant): number | null {
  const arrived = secondsOf(now);
  if (batteryTime === null) return arrived;
  const told = battery.clock.timeline.ofArrived(batteryTime, now.wallMs);
  if (kind === 'history') return told === null ? null : Math.min(told, arrived);
  return told !== null && Math.abs(told - arrived) <= SAME_CLOCK_SECONDS ? told : arrived;
}

function dateHistory(batteryTime: number, values: readonly Value[], battery: HeardBattery, now: Instant): DatedReading {
  const { time: told, corrections } = battery.backfill.row(batteryTime, now, values);
  const time = told === null ? null : battery.clock.bounded(told, batteryTime, now);
  if (corrections.length === 0) return { time, outputs: [] };
  return { time, outputs: [{ type: 'record', record: clockRecord(battery, { epochs: [], corrections }, now) }] };
}

/** The same time with the same values is the same reading; with others, for long, it is a clock that stands still. */
function dateLive(batteryTime: number, values: readonly Value[], battery: HeardBattery, now: Instant): DatedReading {
  const { clock } = battery;
  const live = clock.isOfLast(batteryTime) ? battery.live : null;
  const isRepetition = live !== null && isSame(live.values, values);
  if (isRepetition && battery.clockStands) return { time: live.time, outputs: [] };
  const outputs: Output[] = [];
  if (!isRepetition) {
    battery.cadence.hear(batteryTime, now, battery.deliveredOn);
    outputs.push(...noticeStanding(clock.stands(batteryTime, now) || battery.cadence.stands, battery, now));
  }
  const change = clock.sample(batteryTime, now);
  if (change !== null) outputs.push(...takeClock(change, battery, now));
  outputs.push(...confirmEpochs(battery, now));
  // It is known: there was a sample.
  const told = clock.timeline.ofArrived(batteryTime, now.wallMs) as number;
  const time = battery.clockStands ? whenSent(battery, now) : clock.boundedAtOnce(told, batteryTime, now);
  battery.live = { values, time };
  if (battery.firstTold?.batteryTime !== batteryTime)
    battery.firstTold = { batteryTime, time, sent: whenSent(battery, now), receivedMs: now.wallMs };
  return { time, outputs };
}

/** Where its clock says nothing: when it came, less what its order says that it was held up. */
function whenSent({ cadence }: HeardBattery, { wallMs }: Instant): number {
  return Math.floor(wallMs / 1000 - cadence.late);
}

function noticeStanding(stands: boolean, battery: HeardBattery, now: Instant): Output[] {
  const isNews = stands && !battery.clockStands;
  battery.clockStands = stands;
  if (!isNews) return [];
  return [
    ...firstOfStanding(battery, now),
    { type: 'problem', code: 'CLOCK_STANDS', battery: battery.serial, detail: '' },
  ];
}

/** A clock that stood still before it was heard: its first reading looked like one that was late. */
const AS_TOLD_SECONDS = 3;

function firstOfStanding(battery: HeardBattery, now: Instant): Output[] {
  // There is one: its time was told before.
  const { batteryTime, time, sent, receivedMs } = battery.firstTold as FirstTold;
  if (Math.abs(time - sent) <= AS_TOLD_SECONDS) return [];
  const corrections = [correctionOfOne('live', batteryTime, time, sent, receivedMs)];
  return [{ type: 'record', record: clockRecord(battery, { epochs: [], corrections }, now) }];
}

/** The system says now that the server's clock is right: what was measured by it is confirmed. */
function confirmEpochs(battery: HeardBattery, now: Instant): Output[] {
  const from = battery.unconfirmedFrom;
  if (from === null || !battery.clock.server.isConfirmed) return [];
  battery.unconfirmedFrom = null;
  const epochs = battery.clock.timeline.epochs.filter(({ number }) => number >= from);
  return [{ type: 'record', record: clockRecord(battery, { epochs, corrections: [] }, now) }];
}

function numberOf({ epochs: [first] }: ClockChange): number {
  return (first as ClockEpoch).number;
}

function takeClock(change: ClockChange, battery: HeardBattery, now: Instant): Output[] {
  const { corrections, moved } = change;
  if (!battery.clock.server.isConfirmed)
    battery.unconfirmedFrom = Math.min(battery.unconfirmedFrom ?? Number.POSITIVE_INFINITY, numberOf(change));
  const changed = moved === undefined ? battery.backfill.corrected(corrections) : battery.backfill.moved(moved);
  const gaps = changed.map((gap) => gapRecord(battery, gap, now));
  return [clockRecord(battery, change, now), ...gaps].map((record) => ({ type: 'record', record }));
}

function isSame(one: readonly Value[], other: readonly Value[]): boolean {
  return one.every((value, index) => value === other[index]);
}
