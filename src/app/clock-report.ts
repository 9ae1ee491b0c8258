/**
 * What is known of the batteries' clocks, in sentences for the owner.
 */
import type { ClockDoubt, ClockEpoch, ClockWitness } from '../model.ts';

/** The house's time zone: how far its time is ahead of UTC, in seconds, at a moment in Unix seconds. */
export interface HouseTime {
  offsetSeconds(time: number): number;
}

/** A clock that is wrong by more is worth a warning: charging windows on the battery go by it. */
const WRONG_SECONDS = 60;

/** No time zone is further from UTC. */
const FARTHEST_ZONE_SECONDS = 15 * 3600;

export class ClockReport {
  readonly #house: HouseTime;
  readonly #isConfirmed: () => boolean;
  /** By serial number. */
  readonly #newest = new Map<string, ClockEpoch>();

  /** @param isConfirmed whether the system says that this machine's own clock is right */
  constructor(house: HouseTime, isConfirmed: () => boolean) {
    this.#house = house;
    this.#isConfirmed = isConfirmed;
  }

  heard(serial: string, epochs: readonly ClockEpoch[]): void {
    const epoch = epochs.at(-1);
    if (epoch !== undefined) this.#newest.set(serial, epoch);
  }

  forget(serial: string): void {
    this.#newest.delete(serial);
  }

  /** The epoch that holds now, as far as is known. */
  newest(serial: string): ClockEpoch | undefined {
    return this.#newest.get(serial);
  }

  /** Whether the clock is off the house's time by more than a minute. */
  isWrong(serial: string): boolean {
    const epoch = this.#newest.get(serial);
    return epoch !== undefined && Math.abs(this.#ahead(epoch)) > WRONG_SECONDS;
  }

  /** `its clock is UTC+10:00:12 and gains 3.8 s a day (first frame)`; `its clock is 5 y 247 d 22 h behind UTC (first frame)` */
  sentence(epoch: ClockEpoch): string {
    const { offsetSeconds, driftPpm, reason } = epoch;
    const unconfirmed = this.#isConfirmed() ? '' : ', by this server’s clock, which nothing confirms yet';
    return `its clock is ${fromUtc(offsetSeconds)}${drift(driftPpm)} (${reason.replace('_', ' ')})${unconfirmed}`;
  }

  /** `its clock is 39 min 12 s behind the time of Australia/Sydney; …` */
  warning(serial: string, zone: string): string {
    const ahead = this.#ahead(this.#newest.get(serial) as ClockEpoch);
    const direction = ahead > 0 ? 'ahead of' : 'behind';
    const consequence = this.#isConfirmed()
      ? 'readings are kept at their true time, but the battery’s own charging times go by its clock'
      : 'either it is wrong or this server’s clock, which nothing confirms yet: readings are dated by the server’s, and anew when that is set';
    return `its clock is ${inWords(Math.abs(ahead))} ${direction} the time of ${zone}; ${consequence}`;
  }

  #ahead(epoch: ClockEpoch): number {
    return epoch.offsetSeconds - this.#house.offsetSeconds(epoch.sinceMs / 1000);
  }
}

const DAY_SECONDS = 86_400;
const YEAR_DAYS = 365;

/** Why nothing is removed, and what would change that. */
export function doubtSentence({ kind, shownMs, sureMs }: ClockDoubt): string {
  const shown = `the server’s own clock shows ${moment(shownMs)}`;
  if (kind === 'early' || sureMs === null)
    return `${shown}, before this program was written: nothing is removed for its age until it is set right`;
  const days = ((shownMs - sureMs) / 1000 / DAY_SECONDS).toFixed(1);
  return (
    `${shown}, ${days} days after the last moment that is sure (${moment(sureMs)}): nothing is removed for its age until the kernel ` +
    'says that it is synchronised, the clock of a battery says the same for an hour, or you do: alphaess-local clock --confirm'
  );
}

const WITNESSES: Readonly<Record<ClockWitness, string>> = {
  clock: 'the server’s own clock was set right',
  kernel: 'the kernel says that the server’s own clock is synchronised',
  battery: 'the clock of a battery says the same as the server’s',
  owner: 'the server’s own clock was confirmed',
};

export function sureSentence(by: ClockWitness): string {
  return `${WITNESSES[by]}: what is too old is removed again`;
}

function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function drift(ppm: number): string {
  if (ppm === 0) return '';
  const aDay = ((Math.abs(ppm) * DAY_SECONDS) / 1e6).toFixed(1);
  return ` and ${ppm > 0 ? 'gains' : 'loses'} ${aDay} s a day`;
}

/** `UTC+10:00:12`, or how far from UTC, where it shows another date. */
function fromUtc(seconds: number): string {
  if (Math.abs(seconds) <= FARTHEST_ZONE_SECONDS) return `UTC${signedClock(seconds)}`;
  return `${inWords(Math.abs(seconds), 3)} ${seconds > 0 ? 'ahead of' : 'behind'} UTC`;
}

/** `+10:00:12` */
function signedClock(seconds: number): string {
  const size = Math.abs(seconds);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60];
  return `${seconds < 0 ? '−' : '+'}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/** `39 min 12 s`; of a long time the first few units, `5 y 247 d 22 h`. */
function inWords(seconds: number, most = 4): string {
  const days = Math.floor(seconds / DAY_SECONDS);
  const units: readonly [number, string][] = [
    [Math.floor(days / YEAR_DAYS), 'y'],
    [days % YEAR_DAYS, 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const words = units.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`]));
  return words.slice(0, most).join(' ');
}
