/**
 * Makes automatic backups while the server runs, one at a time, each in a process of its own.
 */
import { toStoreError } from '../sqlite/errors.ts';
import type { StoreError } from '../store.ts';
import { type BackupMoment, BackupSchedule } from './backup-schedule.ts';
import { newestMadeMs } from './backups.ts';
import type { BackupOrder, MadeBackup, Watch } from './make.ts';
import { RESERVE_BYTES } from './space.ts';
import type { DataPlace } from './way-back.ts';

export interface BackupReports {
  backedUp(made: MadeBackup, seconds: number): void;
  /** Said once for each kind of trouble until one is made again. */
  notBackedUp(error: StoreError): void;
}

export interface BackupKeeperOptions {
  readonly place: DataPlace;
  /** Tells its backups apart from those of others in the same folder. */
  readonly house: string;
  readonly everyMs: number;
  readonly keep: number;
  readonly files: readonly string[];
  readonly program: string;
  readonly make: (order: BackupOrder, watch: Watch) => Promise<MadeBackup>;
  readonly now: () => BackupMoment;
  readonly reports: BackupReports;
}

const LOOK_MS = 60_000;

export class BackupKeeper {
  readonly #options: BackupKeeperOptions;
  readonly #breaking = new AbortController();
  #schedule: BackupSchedule | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  #making: Promise<void> | null = null;
  #trouble: string | null = null;

  constructor(options: BackupKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    const { everyMs, now } = this.#options;
    this.#schedule = new BackupSchedule(everyMs, now().monoMs);
    this.#timer = setInterval(() => void this.look(), Math.min(LOOK_MS, everyMs / 10));
  }

  /** Breaks off one that is being made. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#breaking.abort();
    await this.#making;
  }

  /** Begins one if it is due. */
  async look(): Promise<void> {
    const { house, now, place } = this.#options;
    const schedule = this.#schedule;
    if (this.#looking || schedule?.mayBeDue(now()) !== true) return;
    this.#looking = true;
    // Not on this thread: a network folder may hang.
    const newest = await newestMadeMs(place.backups, house);
    if (!this.#breaking.signal.aborted && schedule.isDue(now(), newest)) {
      this.#making = this.#make(schedule);
      await this.#making;
      this.#making = null;
    }
    this.#looking = false;
  }

  async #make(schedule: BackupSchedule): Promise<void> {
    const { files, keep, make, now, place, program, reports } = this.#options;
    const { wallMs, monoMs } = now();
    const order: BackupOrder = {
      data: place.data,
      to: place.backups,
      kind: 'automatic',
      files,
      program,
      nowMs: wallMs,
      keep,
      reserveBytes: RESERVE_BYTES,
      resting: true,
    };
    try {
      const made = await make(order, { signal: this.#breaking.signal });
      schedule.made(now().monoMs);
      this.#trouble = null;
      reports.backedUp(made, (now().monoMs - monoMs) / 1000);
    } catch (error) {
      if (this.#breaking.signal.aborted) return;
      schedule.failed(now().monoMs);
      const cause = toStoreError(error);
      if (this.#trouble === cause.code) return;
      this.#trouble = cause.code;
      reports.notBackedUp(cause);
    }
  }
}
