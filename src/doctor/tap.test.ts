import { describe, expect, it } from 'vitest';
import { HEALTHY, said } from '../../test/doctor-facts.ts';
import { examine } from './examine.ts';
import type { TapFacts } from './facts.ts';
import { checkTap } from './tap.ts';

const TAP: TapFacts = { packets: 900, otherPackets: 100, framesFromBattery: 40, ownFrames: 0, problem: null };
const found = (change: Partial<TapFacts> = {}) => said(checkTap({ tap: { ...TAP, ...change } }));

describe('the tap', () => {
  it('is not spoken of where there is none', () => {
    expect(checkTap(HEALTHY)).toEqual([]);
  });

  it('hears batteries, or says why it does not', () => {
    expect(found()).toEqual(['ok TAP_HEARS the tap: 40 messages of batteries since the server started']);
    expect(found({ problem: { code: 'TAP_ENDED', detail: 'exit code 1: no such device' } })).toEqual([
      'fault TAP_DEAF the tap: exit code 1: no such device [TAP_ENDED]',
    ]);
    const none = { framesFromBattery: 0 };
    expect(found({ ...none, packets: 0, otherPackets: 0 })).toEqual(['warning TAP_DEAF the tap: no packet yet']);
    expect(found(none)).toEqual([
      'warning TAP_DEAF the tap: no message of a battery yet, in 900 packets, 100 of them of other ports',
    ]);
    expect(found({ ...none, ownFrames: 7 })).toEqual([
      'ok TAP_HEARS the tap: nothing but what batteries say to this server itself',
    ]);
  });

  it('makes it no fault that nobody connects, and that names lead to the vendor', () => {
    const names = [
      { name: 'www.alphaess.com', resolver: null, a: [{ kind: 'public', text: '203.0.113.9' }], aaaa: [] },
    ] as const;
    const facts = { ...HEALTHY, visits: [], batteries: [], names };
    const faults = (tap: TapFacts | undefined) =>
      said(examine({ ...facts, ...(tap === undefined ? {} : { tap }) }))
        .filter((one) => one.startsWith('fault'))
        .map((one) => one.split(' ')[1]);
    expect(faults(undefined)).toEqual(['NAME_LEADS_ELSEWHERE', 'VISIT_NOBODY']);
    expect(faults(TAP)).toEqual([]);
  });
});
