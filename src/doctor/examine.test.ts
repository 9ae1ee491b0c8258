import { describe, expect, it } from 'vitest';
import { HEALTHY, said } from '../../test/doctor-facts.ts';
import { examine } from './examine.ts';

describe('a healthy house', () => {
  it('is fine along the whole chain, in its order', () => {
    expect(said(examine(HEALTHY))).toEqual([
      'ok PORT_LISTENING batteries reach the server at 192.168.1.20, port 7777',
      'ok NAME_LEADS_HERE www.alphaess.com is 192.168.1.20: this machine (asked: this machine and DNS 192.168.1.1)',
      'ok BATTERY_DELIVERS battery Garage: a reading 4 s ago',
      'ok SERVER_CLOCK_RIGHT this machine’s clock is synchronised',
      'ok BATTERY_CLOCK_RIGHT the clock of battery Garage is right within a minute',
      'ok DATA_SPACE the disk of the data folder has 52.3 GB free; the data takes 64 MB',
      'ok DATA_RIGHTS the data folder can be written, and read by its owner alone',
      'ok DATA_AGE something was last written 4 s ago',
      'ok DATABASE_SOUND the database is sound',
      'ok DISK_QUICK the disk writes durably within 3 ms',
      'ok OUTPUT_WORKS output mqtt: it works',
      'ok TIME_ZONE_AGREES the clock of battery Garage is at the time of Europe/Dublin',
      'ok SOFTWARE alphaess-local 1.2.3 on Node 24.1.0',
    ]);
  });
});
