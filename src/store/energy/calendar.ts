/**
 * Hours and days of the house: where they begin in UTC, in a time zone with its summer time.
 */
import { Temporal } from 'temporal-polyfill';

/** A stretch of one day in which the distance to UTC does not change. Unix seconds; `to` is the first that is outside. */
interface OffsetStretch {
  readonly from: number;
  readonly to: number;
  readonly dayStart: number;
  readonly dayEnd: number;
  readonly offset: number;
}

/** Enough for a battery's late rows on either side of midnight; beyond, they are worked out again. */
const REMEMBERED = 64;

/** One that has worked out nothing yet. @param zone as {@link Calendar} has it */
export function newCalendar(zone: string): Calendar {
  return new Calendar(zone);
}

export class Calendar {
  readonly zone: string;
  #stretches: OffsetStretch[] = [];

  /** @param zone an IANA name, such as `Australia/Sydney`; see {@link isTimeZone} */
  constructor(zone: string) {
    this.zone = zone;
  }

  /** When the local day of that moment began. Unix seconds. */
  dayStart(time: number): number {
    return this.#stretchOf(time).dayStart;
  }

  /** When the next local day begins. Unix seconds. */
  dayEnd(time: number): number {
    return this.#stretchOf(time).dayEnd;
  }

  /** When the local hour of that moment began. Unix seconds; in half-hour zones this is no full UTC hour. */
  hourStart(time: number): number {
    return this.stepStart(time, 3600);
  }

  /**
   * When the step of the house's clock began in which that moment lies. Unix seconds. A step ends early where the clock changes.
   * @param seconds how long a step is: a divisor of a day
   */
  stepStart(time: number, seconds: number): number {
    const { offset, from } = this.#stretchOf(time);
    return Math.max(from, Math.floor((time + offset) / seconds) * seconds - offset);
  }

  /** When the local week of that moment began, on its Monday. Unix seconds. */
  weekStart(time: number): number {
    const local = this.#localDate(time);
    return this.#dayStartOf(
      local.getUTCFullYear(),
      local.getUTCMonth(),
      local.getUTCDate() - ((local.getUTCDay() + 6) % 7),
    );
  }

  /** When the local month of that moment began. Unix seconds. */
  monthStart(time: number): number {
    const local = this.#localDate(time);
    return this.#dayStartOf(local.getUTCFullYear(), local.getUTCMonth(), 1);
  }

  /** How far the house's time is ahead of UTC at that moment, in seconds. */
  offsetSeconds(time: number): number {
    return this.#stretchOf(time).offset;
  }

  /** What the house's clock shows, as if it were UTC. */
  #localDate(time: number): Date {
    return new Date((time + this.offsetSeconds(time)) * 1000);
  }

  /** When a day of the house's calendar began; every day has a noon. */
  #dayStartOf(year: number, month: number, day: number): number {
    const noon = Date.UTC(year, month, day, 12) / 1000;
    return this.dayStart(noon - this.offsetSeconds(noon));
  }

  #stretchOf(time: number): OffsetStretch {
    for (const stretch of this.#stretches) if (time >= stretch.from && time < stretch.to) return stretch;
    const stretch = this.#workOut(time);
    this.#stretches = [stretch, ...this.#stretches.slice(0, REMEMBERED - 1)];
    return stretch;
  }

  #workOut(time: number): OffsetStretch {
    const moment = Temporal.Instant.fromEpochMilliseconds(time * 1000).toZonedDateTimeISO(this.zone);
    const dayStart = secondsOf(moment.startOfDay());
    const nextDay = secondsOf(moment.startOfDay().add({ days: 1 }).startOfDay());
    const before = moment.add({ seconds: 1 }).getTimeZoneTransition('previous');
    const after = moment.getTimeZoneTransition('next');
    return {
      from: before === null ? dayStart : Math.max(dayStart, secondsOf(before)),
      to: after === null ? nextDay : Math.min(nextDay, secondsOf(after)),
      dayStart,
      dayEnd: nextDay,
      offset: moment.offsetNanoseconds / 1e9,
    };
  }
}

function secondsOf(moment: Temporal.ZonedDateTime): number {
  return moment.epochMilliseconds / 1000;
}

/** Whether this machine knows a time zone of that name. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** The time zone this machine is set to. */
export function systemTimeZone(): string {
  return Temporal.Now.timeZoneId();
}
