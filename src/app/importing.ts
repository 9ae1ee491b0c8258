/**
 * Takes what was recorded, out of the store into which it was played, into the house's: by the running server or on a store
 * that no server uses, part by part.
 */
import { join } from 'node:path';
import { READING_KINDS, type VendorConfiguration } from '../model.ts';
import type { Owner, StoreReader, Whose } from '../store/reader.ts';
import { readerSource } from '../store/reader-source.ts';
import type { ImportedAs, ImportedCounts, ImportedRow } from '../store/sqlite/importing/imports.ts';
import type { StoreError } from '../store/store.ts';
import { type ImportedConfigurations, vendorConfigurationIn } from './imported-configurations.ts';

/** What came of it, by what it is: readings by kind, `events`, `configurations`, `frames`; `given by vendor`: whether there is a new base for changes. */
export type ImportedRows = Readonly<Record<string, ImportedCounts>>;

export interface ImportedBattery {
  /** Its short id, once it is imported. */
  readonly id: string;
  /** The short id of the house's own battery of that serial number; null where there is none. */
  readonly ownId: string | null;
  readonly rows: ImportedRows;
  /** Readings that cannot be dated, since no live message of it was recorded. */
  readonly undated: number;
  /** Live readings older than such of the house are kept: they would go again, and count twice if they came again. */
  readonly tooOld: number;
}

export interface ImportReport {
  readonly batteries: readonly ImportedBattery[];
  /** Frames and events of which it is not known whose they are. */
  readonly nameless: number;
}

/** Why nothing was imported. */
export type ImportRefusal =
  | 'no such battery'
  | 'several batteries'
  | 'it is of another battery of yours'
  | 'no such recording';

export interface ImportOptions {
  /** The house's battery that it is to be of; null to keep it apart. */
  readonly as: string | null;
  /** Whether it is only to be counted. */
  readonly isTrial: boolean;
}

export interface ImportingParts {
  /** The data folder. */
  readonly folder: string;
  readonly imports: {
    idOf(as: ImportedAs): string | null;
    add(as: ImportedAs, rows: readonly ImportedRow[], isTrial: boolean): ImportedCounts | null;
  };
  /** The short id of a battery of the house; undefined for others. */
  idOf(serial: string): string | undefined;
  /** Since when live readings of the house are kept, Unix milliseconds; null where they are for ever. */
  liveSinceMs(): number | null;
  /** What the vendor gave, for a battery of the house. */
  readonly configurations: Pick<ImportedConfigurations, 'take'>;
  /** Between the parts, so that batteries are answered. */
  pause(): Promise<unknown>;
}

/** What the folder of a played recording is called, in the data folder. */
export const RECORDING_PREFIX = 'import-';
const RECORDING_NAME = /^import-[A-Za-z0-9]{6}$/;
const AT_ONCE = 250;
/** Of what the vendor gave, so many are looked at, the newest first. */
const MOST_GIVEN = 50;
const DAY_MS = 86_400_000;
const KEPT = ['unknown', 'discarded', 'conversation'] as const;

/** @param days for which live readings are kept; null for ever */
export function liveSince(days: number | null, nowMs: number): number | null {
  return days === null ? null : nowMs - days * DAY_MS;
}

export class Importing {
  readonly #parts: ImportingParts;

  constructor(parts: ImportingParts) {
    this.#parts = parts;
  }

  /**
   * @param recording the name of the folder in the data folder
   * @throws StoreError
   */
  async import(recording: string, options: ImportOptions): Promise<ImportReport | ImportRefusal> {
    if (!RECORDING_NAME.test(recording)) return 'no such recording';
    const data = join(this.#parts.folder, recording);
    const reader = await readerSource({ data, backups: data })
      .openReader()
      .catch((error: StoreError) => {
        if (error.code === 'STORE_ABSENT') return null;
        throw error;
      });
    if (reader === null) return 'no such recording';
    try {
      return await this.#importAll(reader, options);
    } finally {
      await reader.close();
    }
  }

  async #importAll(reader: StoreReader, options: ImportOptions): Promise<ImportReport | ImportRefusal> {
    const whose: Whose = 'all';
    const owners = await reader.owners(whose);
    const { as } = options;
    if (as !== null && this.#parts.imports.idOf({ id: as }) === null) return 'no such battery';
    if (as !== null && owners.length > 1) return 'several batteries';
    if (as !== null && owners.some((owner) => this.#isOfAnother(owner, as))) return 'it is of another battery of yours';
    const batteries: ImportedBattery[] = [];
    for (const owner of owners) {
      const one = new BatteryImport(this.#parts, owner, options);
      batteries.push(await one.import(reader, owners.length === 1));
    }
    return { batteries, nameless: owners.length === 1 ? 0 : await countNameless(reader) };
  }

  #isOfAnother({ serial }: Owner, as: string): boolean {
    const own = this.#parts.idOf(serial.reveal());
    return own !== undefined && own !== as;
  }
}

/** One battery of the recording. */
class BatteryImport {
  readonly #parts: ImportingParts;
  readonly #owner: Owner;
  readonly #options: ImportOptions;
  readonly #as: ImportedAs;
  readonly #rows: Record<string, ImportedCounts> = {};
  #waiting: ImportedRow[] = [];
  readonly #liveSinceMs: number;
  #undated = 0;
  #tooOld = 0;

  constructor(parts: ImportingParts, owner: Owner, options: ImportOptions) {
    this.#parts = parts;
    this.#owner = owner;
    this.#options = options;
    this.#liveSinceMs = (options.as === null ? null : parts.liveSinceMs()) ?? Number.NEGATIVE_INFINITY;
    this.#as = options.as === null ? { recorded: owner.serial.reveal() } : { id: options.as };
  }

  /** @param isOnly whether what nobody is known of is its own, too */
  async import(reader: StoreReader, isOnly: boolean): Promise<ImportedBattery> {
    await this.#importReadings(reader);
    await this.#importEvents(reader, isOnly);
    // An old one must not become the newest that the house's battery has told.
    if (this.#options.as === null) await this.#importConfigurations(reader);
    const given = await this.#importFrames(reader, isOnly);
    if (given.length > 0 && this.#options.as !== null) await this.#importGiven(this.#options.as, given);
    return {
      id: this.#parts.imports.idOf(this.#as) ?? '',
      ownId: this.#parts.idOf(this.#owner.serial.reveal()) ?? null,
      rows: this.#rows,
      undated: this.#undated,
      tooOld: this.#tooOld,
    };
  }

  async #importReadings(reader: StoreReader): Promise<void> {
    for (const kind of READING_KINDS) {
      for await (const row of reader.readings(kind, { battery: this.#owner.id })) {
        if (row.time === null) this.#undated++;
        else if (kind === 'live' && row.time * 1000 < this.#liveSinceMs) this.#tooOld++;
        else await this.#take(kind, { kind: 'reading', row });
      }
      await this.#flush(kind);
    }
  }

  /** Of the battery’s own: what a server notes is of its own connections. */
  async #importEvents(reader: StoreReader, isOnly: boolean): Promise<void> {
    const equal = new Map<string, number>();
    for await (const event of reader.events(this.#selection(isOnly))) {
      if (event.source !== 'battery') continue;
      const name = JSON.stringify([event.batteryTime, event.code]);
      const occurrence = equal.get(name) ?? 0;
      equal.set(name, occurrence + 1);
      await this.#take('events', { kind: 'event', row: { ...event, occurrence } });
    }
    await this.#flush('events');
  }

  async #importConfigurations(reader: StoreReader): Promise<void> {
    for await (const row of reader.configurations({ battery: this.#owner.id }))
      await this.#take('configurations', { kind: 'configuration', row });
    await this.#flush('configurations');
  }

  /** @returns the newest of what the vendor gave the battery, oldest first */
  async #importFrames(reader: StoreReader, isOnly: boolean): Promise<VendorConfiguration[]> {
    const given: VendorConfiguration[] = [];
    for (const kept of KEPT)
      for await (const row of reader.frames(kept, this.#selection(isOnly))) {
        const configuration = vendorConfigurationIn(row);
        if (configuration !== null) given.push(configuration);
        if (given.length > MOST_GIVEN) given.shift();
        await this.#take('frames', { kind: 'frame', row, kept });
      }
    await this.#flush('frames');
    return given;
  }

  /** Counts as known where the battery has something else, or something later is known. */
  async #importGiven(as: string, given: readonly VendorConfiguration[]): Promise<void> {
    const isTaken = await this.#parts.configurations.take(as, given, this.#options.isTrial);
    this.#rows['given by vendor'] = isTaken ? { added: 1, known: 0 } : { added: 0, known: 1 };
  }

  #selection(isOnly: boolean): { battery?: string } {
    return isOnly ? {} : { battery: this.#owner.id };
  }

  async #take(what: string, row: ImportedRow): Promise<void> {
    this.#waiting.push(row);
    if (this.#waiting.length >= AT_ONCE) await this.#flush(what);
  }

  async #flush(what: string): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    if (rows.length === 0) return;
    let counts: ImportedCounts | null = null;
    while (counts === null) {
      await this.#parts.pause();
      counts = this.#parts.imports.add(this.#as, rows, this.#options.isTrial);
    }
    const before = this.#rows[what] ?? { added: 0, known: 0 };
    this.#rows[what] = { added: before.added + counts.added, known: before.known + counts.known };
  }
}

async function countNameless(reader: StoreReader): Promise<number> {
  let count = 0;
  for (const kept of KEPT) for await (const { owner } of reader.frames(kept)) if (owner === null) count++;
  for await (const { owner, source } of reader.events()) if (owner === null && source === 'battery') count++;
  return count;
}
