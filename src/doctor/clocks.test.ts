import { describe, expect, it } from 'vitest';
import { BATTERY, HEALTHY, said } from '../../test/doctor-facts.ts';
import { checkBatteryClocks, checkServerClock, checkTimeZone } from './clocks.ts';
import type { ServerClockFacts } from './facts.ts';

const { timeZone } = HEALTHY;
const batteries = (...ahead: (number | null)[]) =>
  ahead.map((aheadSeconds, n) => ({ ...BATTERY, name: `b${n}`, aheadSeconds }));
const clocks = (...ahead: (number | null)[]) => said(checkBatteryClocks({ batteries: batteries(...ahead) }));
const zones = (...ahead: (number | null)[]) => said(checkTimeZone({ batteries: batteries(...ahead), timeZone }));

describe('the server’s own clock', () => {
  const look = (kernel: ServerClockFacts['kernel'], doubt: string | null = null) =>
    said(checkServerClock({ serverClock: { kernel, doubt } }));

  it('is synchronised, is not, or nobody can say', () => {
    expect(look('synchronised')).toEqual(['ok SERVER_CLOCK_RIGHT this machine’s clock is synchronised']);
    expect(look('unsynchronised')).toEqual([
      'warning SERVER_CLOCK_UNSYNCHRONISED this machine’s clock is not synchronised',
    ]);
    expect(look('unknown')).toEqual([
      'ok SERVER_CLOCK_UNASKED whether this machine’s clock is synchronised, nothing here can say',
    ]);
  });

  it('is doubted, with the reason, whatever the kernel says', () => {
    expect(look('synchronised', 'it shows another year')).toEqual([
      'warning SERVER_CLOCK_UNSURE it shows another year',
    ]);
  });
});

describe('a battery’s clock', () => {
  it('is right within a minute', () => {
    expect(clocks(60, -60)).toEqual(['ok BATTERY_CLOCK_RIGHT the clocks of 2 batteries are right within a minute']);
    expect(clocks(0)).toEqual(['ok BATTERY_CLOCK_RIGHT the clock of battery b0 is right within a minute']);
  });

  it('is off: as systems cut off from the vendor were, by 39 minutes', () => {
    expect(clocks(-39 * 60 - 12)).toEqual(['warning BATTERY_CLOCK_OFF battery b0: its clock is 39 min behind']);
    expect(clocks(61, 0)).toEqual([
      'warning BATTERY_CLOCK_OFF battery b0: its clock is 1 min ahead',
      'ok BATTERY_CLOCK_RIGHT the clock of one battery is right within a minute',
    ]);
  });

  it('is off by a clock of this machine that nothing had confirmed: says so', () => {
    const battery = { ...BATTERY, aheadSeconds: 61, isClockUnconfirmed: true };
    expect(said(checkBatteryClocks({ batteries: [battery] }))).toEqual([
      'warning BATTERY_CLOCK_OFF battery Garage: its clock is 1 min ahead, by this machine’s clock, which nothing had confirmed',
    ]);
  });

  it('is right but for its zone', () => {
    expect(clocks(3600 + 20)).toEqual(['ok BATTERY_CLOCK_RIGHT the clock of battery b0 is right within a minute']);
    expect(clocks(3600 + 80)).toEqual(['warning BATTERY_CLOCK_OFF battery b0: its clock is 1 min ahead']);
  });

  it('is not known', () => {
    expect(clocks(null)).toEqual([]);
    expect(zones(null)).toEqual([]);
  });
});

describe('the time zone', () => {
  it('is that of the house', () => {
    expect(zones(12)).toEqual(['ok TIME_ZONE_AGREES the clock of battery b0 is at the time of Europe/Dublin']);
  });

  it('is another: an hour of summer time, half an hour, ten hours', () => {
    expect(zones(3600, -1800 + 30, 36_000 - 280)).toEqual([
      'warning TIME_ZONE_DIFFERS battery b0: its clock is 1 h ahead of the time of Europe/Dublin',
      'warning TIME_ZONE_DIFFERS battery b1: its clock is 0.5 h behind the time of Europe/Dublin',
      'warning TIME_ZONE_DIFFERS battery b2: its clock is 10 h ahead of the time of Europe/Dublin',
    ]);
  });

  it('is not what 39 minutes are', () => {
    expect(zones(-39 * 60)).toEqual(['ok TIME_ZONE_AGREES the clock of battery b0 is at the time of Europe/Dublin']);
  });
});
