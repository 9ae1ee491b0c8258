/**
 * Who has connected to the battery port in the last day, and how far each has come: so that "it does not work" has an answer.
 * Addresses are private.
 */
import type { StoreRecord } from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import type { ProblemOutput } from '../session/output.ts';
import type { ListenerWatcher } from './listener.ts';
import { plainAddress } from './peers.ts';

/** What can become of a connection: of several, the later in this list counts. */
const OUTCOMES = [
  'silent',
  'damaged',
  'http',
  'stranger',
  'tls',
  'frames',
  'unlisted',
  'protobuf',
  'held',
  'reading',
] as const;

/**
 * `refused` and `crowded` got no connection; `silent` said nothing; `damaged` only what was cut off or had a wrong checksum;
 * `frames` spoke the protocol without a reading; `unlisted` with a serial number that is not let in; `held`: readings that are
 * kept apart.
 */
export type VisitOutcome = (typeof OUTCOMES)[number] | 'refused' | 'crowded';

export interface Visit {
  readonly outcome: VisitOutcome;
  readonly times: number;
  /** Unix ms. */
  readonly lastMs: number;
  /** Of the last one. */
  readonly address: string;
}

const OUTCOME_OF: Partial<Readonly<Record<ProblemCode, (typeof OUTCOMES)[number]>>> = {
  FRAME_CHECKSUM: 'damaged',
  FRAME_INCOMPLETE: 'damaged',
  FRAME_HTTP: 'http',
  FRAME_HEADER: 'stranger',
  FRAME_TOO_LONG: 'stranger',
  FRAME_TLS: 'tls',
  FRAME_PROTOBUF: 'protobuf',
  SERIAL_NOT_LISTED: 'unlisted',
  BATTERIES_TOO_MANY: 'unlisted',
  BATTERY_WAITS: 'held',
};

/** What becomes of a connection on which something was wrong, by the code of that; null where that tells nothing. */
export function outcomeOf(code: string): VisitOutcome | null {
  return OUTCOME_OF[code as ProblemCode] ?? null;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;

interface Open {
  readonly address: string;
  /** By serial number. */
  readonly batteries: Set<string>;
  outcome: (typeof OUTCOMES)[number];
  lastMs: number;
}

type Tally = Map<VisitOutcome, Visit>;

export class Visits implements ListenerWatcher {
  readonly #wallMs: () => number;
  readonly #open = new Map<number, Open>();
  /** The visit in which a battery was named last. */
  readonly #visitOf = new Map<string, Open>();
  /** Of those that have ended, by the hour in which they did, the oldest first. */
  readonly #ended = new Map<number, Tally>();

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** What became of all that were there within the last day, one entry an outcome. */
  list(): Visit[] {
    const now = this.#wallMs();
    const sum: Tally = new Map();
    for (const [hour, tally] of this.#ended)
      if (isRecent(hour, now)) for (const visit of tally.values()) add(sum, visit);
    for (const { outcome, lastMs, address } of this.#open.values()) add(sum, { outcome, lastMs, address, times: 1 });
    return [...sum.values()];
  }

  opened(connection: number, _peer: string, address: string, way?: 'tap'): void {
    if (way === 'tap') return;
    this.#open.set(connection, {
      address: plainAddress(address),
      outcome: 'silent',
      lastMs: this.#wallMs(),
      batteries: new Set(),
    });
  }

  closed(connection: number): void {
    const open = this.#open.get(connection);
    if (open === undefined) return;
    this.#open.delete(connection);
    const { batteries, ...visit } = open;
    for (const battery of batteries) if (this.#visitOf.get(battery) === open) this.#visitOf.delete(battery);
    this.#end({ ...visit, times: 1 });
  }

  problem({ code }: ProblemOutput, connection: number | null, refused?: string): void {
    if (connection === null) {
      if (refused === undefined) return;
      const outcome = code === 'PEER_NOT_ALLOWED' ? 'refused' : 'crowded';
      this.#end({ outcome, times: 1, lastMs: this.#wallMs(), address: plainAddress(refused) });
      return;
    }
    const outcome = OUTCOME_OF[code];
    if (outcome !== undefined) came(this.#open.get(connection), outcome, this.#wallMs());
  }

  committed(records: readonly StoreRecord[]): void {
    const now = this.#wallMs();
    for (const record of records) {
      if (record.type === 'reading') came(this.#visitOf.get(record.battery.reveal()), 'reading', now);
      else if (record.type === 'identity') {
        this.#named(record.battery.reveal(), record.connection);
        came(this.#open.get(record.connection), 'frames', now);
      } else if (record.type === 'held') came(this.#open.get(record.connection), 'held', now);
      else if (isFrame(record)) came(this.#open.get(record.connection), 'frames', now);
    }
  }

  #named(battery: string, connection: number): void {
    const open = this.#open.get(connection);
    if (open === undefined) return;
    open.batteries.add(battery);
    this.#visitOf.set(battery, open);
  }

  #end(visit: Visit): void {
    const now = this.#wallMs();
    const hour = Math.floor(now / HOUR_MS);
    const tally: Tally = this.#ended.get(hour) ?? new Map();
    add(tally, visit);
    this.#ended.set(hour, tally);
    for (const known of this.#ended.keys()) if (!isRecent(known, now)) this.#ended.delete(known);
  }
}

/** Something came in a visit; undefined: in none that is known. What came before may tell more. */
function came(visit: Open | undefined, outcome: Open['outcome'], nowMs: number): void {
  if (visit === undefined) return;
  if (visit.outcome !== outcome && OUTCOMES.indexOf(outcome) < OUTCOMES.indexOf(visit.outcome)) return;
  visit.outcome = outcome;
  visit.lastMs = nowMs;
}

/** Also where the clock was set in between: what was to come is gone. */
function isRecent(hour: number, nowMs: number): boolean {
  const age = Math.floor(nowMs / HOUR_MS) - hour;
  return age >= 0 && age < HOURS;
}

function add(tally: Tally, visit: Visit): void {
  const known = tally.get(visit.outcome);
  const newer = known === undefined || visit.lastMs >= known.lastMs ? visit : known;
  const { outcome, lastMs, address } = newer;
  tally.set(outcome, { outcome, lastMs, address, times: (known?.times ?? 0) + visit.times });
}

type FrameRecord = Extract<StoreRecord, { type: 'event' | 'bytes' }>;

/** What a peer said in the protocol, whoever it is; newer frames are told by their problem. */
function isFrame(record: StoreRecord): record is FrameRecord {
  if (record.type === 'event') return record.source === 'battery';
  return record.type === 'bytes' && record.kept === 'unknown';
}
