/**
 * Is the server's clock synchronised, are the batteries' right, and do they show the time zone of the house?
 */
import type { BatteryFacts, DoctorFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';
import { duration, list } from './words.ts';

/** As the log warns of (app/clock-report.ts), seconds. */
const WRONG_SECONDS = 60;
/** Zones differ by whole quarters of an hour; no clock drifts so far in a year. */
const QUARTER_SECONDS = 900;
const LEAST_ZONE_SECONDS = 1800;
/** So far beside a whole quarter a clock of another zone may be off by itself. */
const BESIDE_SECONDS = 300;

export function checkServerClock({ serverClock }: Pick<DoctorFacts, 'serverClock'>): Finding[] {
  const { doubt, kernel } = serverClock;
  if (doubt !== null) return [finding('SERVER_CLOCK_UNSURE', doubt)];
  switch (kernel) {
    case 'synchronised':
      return [finding('SERVER_CLOCK_RIGHT', 'this machine’s clock is synchronised')];
    case 'unsynchronised':
      return [finding('SERVER_CLOCK_UNSYNCHRONISED', 'this machine’s clock is not synchronised')];
    case 'unknown':
      return [finding('SERVER_CLOCK_UNASKED', 'whether this machine’s clock is synchronised, nothing here can say')];
  }
}

export function checkBatteryClocks({ batteries }: Pick<DoctorFacts, 'batteries'>): Finding[] {
  const known = batteries.flatMap((battery) => clockOf(battery) ?? []);
  const wrong = known.filter(({ offSeconds }) => Math.abs(offSeconds) > WRONG_SECONDS);
  const right = known.length - wrong.length;
  return [
    ...wrong.map(({ name, offSeconds, isUnconfirmed }) => {
      const direction = offSeconds > 0 ? 'ahead' : 'behind';
      return finding(
        'BATTERY_CLOCK_OFF',
        `battery ${name}: its clock is ${duration(Math.abs(offSeconds) * 1000)} ${direction}${isUnconfirmed ? UNCONFIRMED : ''}`,
      );
    }),
    ...(right > 0 ? [finding('BATTERY_CLOCK_RIGHT', `${clocks(right, known)} right within a minute`)] : []),
  ];
}

export function checkTimeZone({ batteries, timeZone }: Pick<DoctorFacts, 'batteries' | 'timeZone'>): Finding[] {
  const known = batteries.flatMap((battery) => clockOf(battery) ?? []);
  const elsewhere = known.filter(({ zoneSeconds }) => zoneSeconds !== 0);
  const here = known.length - elsewhere.length;
  return [
    ...elsewhere.map(({ name, zoneSeconds }) => {
      const direction = zoneSeconds > 0 ? 'ahead of' : 'behind';
      const hours = `${Math.abs(zoneSeconds) / 3600} h`;
      return finding(
        'TIME_ZONE_DIFFERS',
        `battery ${name}: its clock is ${hours} ${direction} the time of ${timeZone}`,
      );
    }),
    ...(here > 0 ? [finding('TIME_ZONE_AGREES', `${clocks(here, known)} at the time of ${timeZone}`)] : []),
  ];
}

const UNCONFIRMED = ', by this machine’s clock, which nothing had confirmed';

interface ExaminedClock {
  readonly name: string;
  readonly isUnconfirmed: boolean;
  /** By how much its zone is another than the house's. */
  readonly zoneSeconds: number;
  /** By how much it is off besides. */
  readonly offSeconds: number;
}

function clockOf({ name, aheadSeconds, isClockUnconfirmed: isUnconfirmed }: BatteryFacts): ExaminedClock | null {
  if (aheadSeconds === null) return null;
  const zone = Math.round(aheadSeconds / QUARTER_SECONDS) * QUARTER_SECONDS;
  const beside = aheadSeconds - zone;
  const isZone = Math.abs(zone) >= LEAST_ZONE_SECONDS && Math.abs(beside) <= BESIDE_SECONDS;
  const own = { name, isUnconfirmed };
  return isZone
    ? { ...own, zoneSeconds: zone, offSeconds: beside }
    : { ...own, zoneSeconds: 0, offSeconds: aheadSeconds };
}

/** `the clock of battery Garage is`, `the clocks of 5 batteries are` */
function clocks(count: number, known: readonly ExaminedClock[]): string {
  const only = count === 1 && known.length === 1 ? list(known.map(({ name }) => name)) : null;
  if (only !== null) return `the clock of battery ${only} is`;
  return count === 1 ? 'the clock of one battery is' : `the clocks of ${count} batteries are`;
}
