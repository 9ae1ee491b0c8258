/**
 * What the doctor looks at, gathered before: plain values. Moments are Unix milliseconds.
 */
import type { VisitOutcome } from '../server/visits.ts';

/** `nowhere`: loopback, or the address of nothing (`0.0.0.0`, `::`). */
export type AddressKind = 'own' | 'nowhere' | 'private' | 'public';

/** Compared by its kind, shown by its text: a guest is shown words instead. */
export interface FoundAddress {
  readonly kind: AddressKind;
  readonly text: string;
}

export interface MachineFacts {
  /** Addresses by which other devices of the house may reach this machine, the likeliest first. */
  readonly addresses: readonly FoundAddress[];
  /** Whether this runs in a container, whose addresses are not its host’s. */
  readonly container: boolean;
}

export interface PortFacts {
  /** `free`: nobody listens; `taken`: another program does; `silent`: a server has the folder, and does not answer. */
  readonly state: 'listening' | 'free' | 'taken' | 'silent';
  /** `all`: on every address of this machine. */
  readonly on: 'all' | FoundAddress;
  readonly port: number;
}

/** The addresses that were given, none where there is none; or why nobody knows. */
export type Answer = readonly FoundAddress[] | 'silent' | 'nonsense';

export interface NameFacts {
  readonly name: string;
  /** null: as this machine asks, its hosts file included. */
  readonly resolver: FoundAddress | null;
  readonly a: Answer;
  readonly aaaa: Answer;
}

export interface VisitFacts {
  readonly outcome: VisitOutcome;
  readonly times: number;
  readonly lastMs: number;
  /** Of the last one; null where it is not told. */
  readonly address: FoundAddress | null;
}

export interface BatteryFacts {
  readonly name: string;
  readonly connected: boolean;
  /** Whether it delivers, by `battery.stale_after`. */
  readonly delivers: boolean;
  /** Arrival of its newest reading; null where none is known. */
  readonly lastReadingMs: number | null;
  /** How far its clock is ahead of the house’s time, in seconds; null where that is not known. */
  readonly aheadSeconds: number | null;
  /** Whether that was measured by a server's clock that nothing had confirmed. */
  readonly isClockUnconfirmed: boolean;
}

export interface ServerClockFacts {
  /** What the kernel says of it; `unknown` where nobody can be asked. */
  readonly kernel: 'synchronised' | 'unsynchronised' | 'unknown';
  /** Why the server does not believe it; null where it does, or none runs. */
  readonly doubt: string | null;
}

/** What is wrong, in a sentence; `sound`; `unknown` where the check has not ended. */
export type Soundness = 'sound' | 'unknown' | { readonly damage: string };

export interface DataFacts {
  /** false: there is no database. */
  readonly exists: boolean;
  /** Why it cannot be read, with a code in brackets; null where it can. */
  readonly unreadable: string | null;
  /** null: there is no folder. */
  readonly writable: boolean | null;
  readonly openToOthers: boolean;
  /** null where the system does not say. */
  readonly freeBytes: number | null;
  readonly databaseBytes: number;
  /** null where there is no database. */
  readonly writtenMs: number | null;
  readonly soundness: Soundness;
  /** How long one durable write took; null where none was possible. */
  readonly fsyncMs: number | null;
}

export interface OutputFacts {
  readonly name: string;
  readonly state: 'starting' | 'up' | 'down' | 'refused' | 'stopped';
  readonly queued: number;
  readonly dropped: number;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

/** What is overheard, since the server started. */
export interface TapFacts {
  readonly packets: number;
  /** Of other ports. */
  readonly otherPackets: number;
  readonly framesFromBattery: number;
  /** Of this server’s own connections, which are passed over. */
  readonly ownFrames: number;
  /** What keeps it from hearing; null where nothing does. */
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

export interface SoftwareFacts {
  readonly version: string;
  readonly node: string;
}

export interface DoctorFacts {
  readonly nowMs: number;
  /** When the server began; null where none runs. */
  readonly startedMs: number | null;
  readonly machine: MachineFacts;
  readonly port: PortFacts;
  readonly names: readonly NameFacts[];
  /** Who came within the last day; of the time when this server did not run, only those of whom bytes are kept. */
  readonly visits: readonly VisitFacts[];
  /** Where batteries are heard by tap, too. */
  readonly tap?: TapFacts;
  readonly batteries: readonly BatteryFacts[];
  readonly serverClock: ServerClockFacts;
  readonly data: DataFacts;
  /** Where a server runs whose page is shown by TLS. */
  readonly certificate?: { readonly expiresMs: number; readonly day: string; readonly isSelfSigned: boolean };
  /** null where no server runs. */
  readonly outputs: readonly OutputFacts[] | null;
  readonly timeZone: string;
  readonly software: SoftwareFacts;
}

/** What stands for an address that is not shown. */
const WORDS: Readonly<Record<AddressKind, string | null>> = {
  own: 'this machine’s address',
  // The same everywhere: it gives nobody away.
  nowhere: null,
  private: 'a private address',
  public: 'a public address',
};

/**
 * The same with words for addresses.
 * @param whose `peers`: only of who connected; `all`: also those of this machine, its DNS servers and what they answer
 */
export function withoutAddresses(facts: DoctorFacts, whose: 'peers' | 'all'): DoctorFacts {
  const visits = facts.visits.map((visit) => ({ ...visit, address: null }));
  if (whose === 'peers') return { ...facts, visits };
  const answer = (given: Answer): Answer => (typeof given === 'string' ? given : given.map(worded));
  const { machine, port } = facts;
  return {
    ...facts,
    visits,
    machine: { ...machine, addresses: machine.addresses.map(worded) },
    port: { ...port, on: port.on === 'all' ? 'all' : worded(port.on) },
    names: facts.names.map(({ name, resolver, a, aaaa }) => ({
      name,
      resolver: resolver === null ? null : worded(resolver),
      a: answer(a),
      aaaa: answer(aaaa),
    })),
  };
}

function worded({ kind, text }: FoundAddress): FoundAddress {
  return { kind, text: WORDS[kind] ?? text };
}
