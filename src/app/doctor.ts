/**
 * The doctor of a running server: what it knows of itself and its surroundings, as facts, and the findings on them.
 */
import { isIP } from 'node:net';
import type * as z from 'zod';
import type { Config } from '../config/load.ts';
import { examine } from '../doctor/examine.ts';
import {
  type BatteryFacts,
  type DoctorFacts,
  type OutputFacts,
  type PortFacts,
  type VisitFacts,
  withoutAddresses,
} from '../doctor/facts.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Addresses } from '../doctor/gather/addresses.ts';
import { type Outside, Surroundings } from '../doctor/gather/surroundings.ts';
import { thisMachine } from '../doctor/gather/this-machine.ts';
import { VENDOR_NAMES } from '../doctor/names.ts';
import { type LedTo, ledTo } from '../doctor/redirect.ts';
import type { BatteryState } from '../now/state.ts';
import { outcomeOf, type VisitOutcome } from '../server/visits.ts';
import type { TapStatus } from '../tap/wire-tap.ts';
import type * as schema from '../web/doctor-schema.ts';
import type { Nameless } from '../web/query/nameless.ts';
import { version } from './version.ts';
import type { Watched } from './watched.ts';
import type { CertificateFacts } from './web-certificate.ts';

/** Whose addresses are shown: of everybody, of this machine and its DNS alone, of nobody. */
export type ShownFindings = 'all' | 'own' | 'none';

const DAY_MS = 86_400_000;
/** So long the page waits for the check of the database, ms. */
const PAGE_CHECK_MS = 8000;

function tapFacts(tap: TapStatus | null): Pick<DoctorFacts, 'tap'> {
  return tap === null ? {} : { tap: { ...tap.counts, problem: tap.problem } };
}

function certificateFacts(found: CertificateFacts | null): Pick<DoctorFacts, 'certificate'> {
  if (found === null) return {};
  const { expiresMs, isSelfSigned } = found;
  return { certificate: { expiresMs, isSelfSigned, day: new Date(expiresMs).toISOString().slice(0, 10) } };
}

export interface DoctorParts {
  /** What is overheard; null where nothing is tapped. */
  readonly tapped: () => TapStatus | null;
  /** The one that the page shows; null without TLS. */
  readonly certificate?: () => CertificateFacts | null;
  readonly config: Pick<Config, 'data' | 'time_zone'> & { readonly battery: Pick<Config['battery'], 'listen'> };
  readonly watched: Pick<Watched, 'state' | 'visits' | 'sinks'>;
  /** Where batteries connect: the port as the system gave it. */
  readonly batteryPort: () => number;
  /** What is kept of peers of which no battery is known, within a span of Unix ms. */
  readonly nameless: (span: { readonly fromMs: number; readonly toMs: number }) => Promise<readonly Nameless[]>;
  /** Why the server's own clock is not believed. */
  readonly doubt: () => string | null;
  readonly wallMs: () => number;
  readonly monoMs: () => number;
}

export class Doctor {
  readonly #parts: DoctorParts;
  readonly #surroundings: Surroundings;
  readonly #startedMonoMs: number;
  /** Of the day before the start. */
  #earlier: Promise<readonly VisitFacts[]> | null = null;

  constructor(parts: DoctorParts, outside: Outside = thisMachine(parts.config.data, PAGE_CHECK_MS)) {
    this.#parts = parts;
    this.#surroundings = new Surroundings(parts.config.data, outside);
    this.#startedMonoMs = parts.monoMs();
  }

  async findings(shown: ShownFindings): Promise<Finding[]> {
    const facts = await this.#facts();
    if (shown === 'all') return examine(facts);
    return examine(withoutAddresses(facts, shown === 'own' ? 'peers' : 'all'));
  }

  /** Where the battery's name is to lead, for who sets the DNS. @param areShown whether addresses are told */
  destination(areShown: boolean): z.infer<typeof schema.destination> {
    const { addresses, machine } = this.#surroundings.machine();
    const on = listenedOn(this.#parts.config.battery.listen.host, addresses);
    const reached = on === 'all' ? machine.addresses : on.kind === 'nowhere' ? [] : [on];
    return {
      names: [...VENDOR_NAMES],
      addresses: areShown && !machine.container ? reached.map(({ text }) => text) : [],
      port: this.#parts.batteryPort(),
      reachable: on === 'all' || on.kind !== 'nowhere',
      container: machine.container,
    };
  }

  /** Where DNS leads batteries now. */
  async ledTo(): Promise<LedTo> {
    return ledTo(await this.#surroundings.look());
  }

  stop(): void {
    this.#surroundings.stop();
  }

  /** What of the day before the start lies within the last day; asked for once, and again where there was no answer. */
  async #earlierThan(nowMs: number): Promise<VisitFacts[]> {
    const toMs = nowMs - (this.#parts.monoMs() - this.#startedMonoMs);
    this.#earlier ??= this.#parts.nameless({ fromMs: toMs - DAY_MS, toMs }).then(visitsOf);
    try {
      return (await this.#earlier).filter(({ lastMs }) => nowMs - lastMs < DAY_MS);
    } catch {
      this.#earlier = null;
      return [];
    }
  }

  async #facts(): Promise<DoctorFacts> {
    const { config, watched, batteryPort, doubt, wallMs, monoMs } = this.#parts;
    const { addresses, machine, names, kernel, data } = await this.#surroundings.look();
    const nowMs = wallMs();
    const heard = watched.visits
      .list()
      .map((visit): VisitFacts => ({ ...visit, address: addresses.of(visit.address) }));
    return {
      nowMs,
      // The wall clock may have been set since.
      startedMs: nowMs - (monoMs() - this.#startedMonoMs),
      machine,
      port: { state: 'listening', on: listenedOn(config.battery.listen.host, addresses), port: batteryPort() },
      names,
      visits: together(heard, await this.#earlierThan(nowMs)),
      ...tapFacts(this.#parts.tapped()),
      ...certificateFacts(this.#parts.certificate?.() ?? null),
      batteries: Array.from(watched.state.batteries(), batteryFacts),
      serverClock: { kernel, doubt: doubt() },
      data,
      outputs: watched.sinks.inUse.map(({ name, status }): OutputFacts => ({ name, ...status })),
      timeZone: config.time_zone,
      software: { version: version(), node: process.versions.node },
    };
  }
}

/** Visits of which bytes are kept, since no battery was named. */
export function visitsOf(nameless: readonly Nameless[]): VisitFacts[] {
  const each = nameless.flatMap(({ code, times, lastMs }): VisitFacts[] => {
    const outcome = outcomeOf(code);
    return outcome === null ? [] : [{ outcome, times, lastMs, address: null }];
  });
  return together(each, []);
}

/** One of each outcome; the address is that of the last of those that have one. */
function together(newer: readonly VisitFacts[], older: readonly VisitFacts[]): VisitFacts[] {
  const visits = new Map<VisitOutcome, VisitFacts>();
  for (const { outcome, times, lastMs, address } of [...newer, ...older]) {
    const known = visits.get(outcome);
    visits.set(outcome, {
      outcome,
      times: times + (known?.times ?? 0),
      lastMs: Math.max(lastMs, known?.lastMs ?? 0),
      address: known?.address ?? address,
    });
  }
  return [...visits.values()];
}

/** @param host as `battery.listen` has it; a name is looked up by the system, and is some address of this machine */
export function listenedOn(host: string, addresses: Addresses): PortFacts['on'] {
  if (host === '0.0.0.0' || host === '::') return 'all';
  if (host === 'localhost') return { kind: 'nowhere', text: host };
  return isIP(host) === 0 ? { kind: 'own', text: host } : (addresses.of(host) ?? { kind: 'own', text: host });
}

function batteryFacts({ name, connected, stale, lastReadingAtMs, clock }: BatteryState): BatteryFacts {
  return {
    name,
    connected,
    delivers: !stale,
    lastReadingMs: lastReadingAtMs,
    aheadSeconds: clock?.aheadOfHouseSeconds ?? null,
    isClockUnconfirmed: clock?.unconfirmed ?? false,
  };
}
