/**
 * A house in which all is well, as the doctor sees it, to be spoilt by tests.
 */
import type { BatteryFacts, DoctorFacts, FoundAddress, NameFacts, VisitFacts } from '../src/doctor/facts.ts';
import type { Finding } from '../src/doctor/finding.ts';

/** 12 June 2024, 10:10:50 UTC. */
export const NOW_MS = 1_718_187_050_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export const OWN: FoundAddress = { kind: 'own', text: '192.168.1.20' };
export const ROUTER: FoundAddress = { kind: 'private', text: '192.168.1.1' };
export const VENDOR: FoundAddress = { kind: 'public', text: '203.0.113.9' };
export const VENDOR_6: FoundAddress = { kind: 'public', text: '2001:db8::9' };
export const NOTHING: FoundAddress = { kind: 'nowhere', text: '0.0.0.0' };

export const BATTERY: BatteryFacts = {
  name: 'Garage',
  connected: true,
  delivers: true,
  lastReadingMs: NOW_MS - 4000,
  aheadSeconds: 12,
  isClockUnconfirmed: false,
};

export function name(a: NameFacts['a'], aaaa: NameFacts['aaaa'] = [], resolver: FoundAddress | null = null): NameFacts {
  return { name: 'www.alphaess.com', resolver, a, aaaa };
}

export function visit(outcome: VisitFacts['outcome'], change: Partial<VisitFacts> = {}): VisitFacts {
  return { outcome, times: 1, lastMs: NOW_MS - 5 * MINUTE_MS, address: null, ...change };
}

export const HEALTHY: DoctorFacts = {
  nowMs: NOW_MS,
  startedMs: NOW_MS - 3 * HOUR_MS,
  machine: { addresses: [OWN], container: false },
  port: { state: 'listening', on: 'all', port: 7777 },
  names: [name([OWN]), name([OWN], [], ROUTER)],
  visits: [visit('reading', { address: { kind: 'private', text: '192.168.1.50' } })],
  batteries: [BATTERY],
  serverClock: { kernel: 'synchronised', doubt: null },
  data: {
    exists: true,
    unreadable: null,
    writable: true,
    openToOthers: false,
    freeBytes: 52_300_000_000,
    databaseBytes: 64_000_000,
    writtenMs: NOW_MS - 4000,
    soundness: 'sound',
    fsyncMs: 3.4,
  },
  outputs: [{ name: 'mqtt', state: 'up', queued: 0, dropped: 0, problem: null }],
  timeZone: 'Europe/Dublin',
  software: { version: '1.2.3', node: '24.1.0' },
};

/** `LEVEL CODE sentence` */
export function said(findings: readonly Finding[]): string[] {
  return findings.map(({ level, code, sentence }) => `${level} ${code} ${sentence}`);
}
