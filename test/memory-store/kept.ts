/**
 * What a store in memory keeps: values that are never changed once they are there, so that a copy of the lists is a moment of it.
 */
import type {
  BytesRecord,
  ClockEpoch,
  ControlChange,
  EventRecord,
  Gap,
  HeldRecord,
  KnownPeer,
  KnownPrice,
  ReadingRecord,
  VendorConfiguration,
  VendorRole,
} from '../../src/model.ts';
import type { OutgoingReading } from '../../src/store/store.ts';

export interface KeptBattery {
  readonly serial: string;
  readonly id: string;
  readonly firstSeenMs: number;
  readonly epochs: readonly ClockEpoch[];
  readonly gaps: ReadonlyMap<number, Gap>;
  readonly peers: ReadonlyMap<number, KnownPeer>;
  readonly vendor: ReadonlyMap<VendorRole, VendorConfiguration>;
  readonly control: ReadonlyMap<number, ControlChange>;
  readonly schedules: string | null;
}

export interface KeptReading {
  readonly serial: string;
  readonly ordinal: number;
  readonly reading: ReadingRecord;
}

export interface KeptConfiguration {
  readonly serial: string;
  readonly receivedMs: number;
  readonly lastReceivedMs: number;
  readonly text: string;
  readonly bytes: Uint8Array | null;
}

/** Its battery is said apart, since it may be named later. */
type Named<T> = { readonly serial: string | null; readonly record: T };

/** One that an output is to take, by a number that grows. */
export interface Waiting {
  readonly seq: number;
  readonly serial: string;
  readonly reading: ReadingRecord;
}

export interface Kept {
  readonly idKey: string;
  readonly batteries: ReadonlyMap<string, KeptBattery>;
  readonly readings: readonly KeptReading[];
  readonly events: readonly Named<EventRecord>[];
  readonly frames: readonly Named<BytesRecord>[];
  readonly configurations: readonly KeptConfiguration[];
  readonly held: readonly HeldRecord[];
  readonly notes: ReadonlyMap<string, string>;
  readonly prices: readonly KnownPrice[];
  readonly outboxes: ReadonlyMap<string, readonly Waiting[]>;
  readonly nextConnection: number;
  readonly lastSeq: number;
}

export const NOTHING_KEPT: Omit<Kept, 'idKey'> = {
  batteries: new Map(),
  readings: [],
  events: [],
  frames: [],
  configurations: [],
  held: [],
  notes: new Map(),
  prices: [],
  outboxes: new Map(),
  nextConnection: 1,
  lastSeq: 0,
};

/** Where things are kept: what is there when everything that runs is gone. */
export interface MemoryDisk {
  kept: Kept;
}

export function outgoing({ serial, reading }: Waiting, batteries: Kept['batteries']): OutgoingReading {
  const { kind, time, values } = reading;
  return { battery: batteries.get(serial)?.id ?? '', kind, time: time as number, values };
}
