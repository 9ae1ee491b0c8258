/**
 * Plays a recording into a store of its own, as if the batteries in it had spoken to a server then: the same sessions, the same
 * store, the clock by the recording's times. What is imported is taken from there.
 */
import { type CaptureItem, type PassedBytes, readerOf } from '../capture/capture-reader.ts';
import type { OpenedCapture } from '../capture/opened.ts';
import type { TimesAre } from '../capture/packet-times.ts';
import type { Config } from '../config/load.ts';
import type { StoreRecord } from '../model.ts';
import { OverheardConnections } from '../overheard/overheard-connections.ts';
import { RecordingClock } from '../overheard/recording-clock.ts';
import { OwnerError } from '../problems/errors.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { Batteries } from '../session/batteries.ts';
import { PATIENCE, Session } from '../session/session.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { KEEP_ALL } from '../store/store.ts';
import { MaskedBatteries } from './masked-batteries.ts';

export interface PlayedRecording {
  readonly connections: number;
  /** Whole, with a right checksum. */
  readonly frames: number;
  /** Bytes that are no good frame: cut, wrong, or something else. */
  readonly unreadable: number;
  /** How often something is missing in a connection, and how many bytes of that are known to be. */
  readonly gaps: number;
  readonly lostBytes: number;
  /** What was passed over; null where nothing could be read. */
  readonly passed: PassedBytes | null;
  /** What sessions had to say, by code. */
  readonly problems: ReadonlyMap<string, number>;
}

export interface PlayOptions {
  /** The folder of the store that is made. */
  readonly folder: string;
  readonly port: number;
  /** When the first message was, Unix milliseconds; null to believe the recording. */
  readonly atMs: number | null;
  /** Unix milliseconds: nothing can have been recorded later. */
  readonly nowMs: number;
  /** What values can be. */
  readonly limits: Config['battery']['limits'];
}

const MOST_BATTERIES = 10_000;
const COMMITTED_AT_ONCE = 500;
const STROKE = 5000;
/** By so much two clocks of a house may differ. */
const AHEAD_MS = 300_000;
/** Before there were such batteries; a router without a battery for its clock begins in 1970. */
const EARLIEST_MS = Date.UTC(2010, 0, 1);

/** @throws CaptureError where the input is damaged, OwnerError CAPTURE_TIMELESS, CAPTURE_MISDATED or IMPORT_REFUSED, StoreError */
export async function playRecording(opened: OpenedCapture, options: PlayOptions): Promise<PlayedRecording> {
  const player = new RecordingPlayer(options);
  try {
    const reader = readerOf(opened.input, options.port);
    if (reader !== null) {
      for await (const chunk of opened.chunks)
        for (const item of reader.read(chunk)) await player.hear(item, reader.timesAre);
      for (const item of reader.end()) await player.hear(item, reader.timesAre);
    }
    return player.end(reader?.passed ?? null);
  } finally {
    player.close();
  }
}

/** A data folder of its own, for somebody who has recordings and no server yet. @throws StoreError */
export function makeStore(folder: string, timeZone: string): void {
  SqliteStore.open({ folder, timeZone, retention: KEEP_ALL }).close();
}

class RecordingPlayer {
  readonly #store: SqliteStore;
  readonly #clock: RecordingClock;
  readonly #connections: OverheardConnections;
  readonly #nowMs: number;
  readonly #problems = new Map<string, number>();
  readonly #masked = new MaskedBatteries();
  #records: StoreRecord[] = [];
  #opened = 0;
  #frames = 0;
  #unreadable = 0;
  #gaps = 0;
  #lostBytes = 0;

  constructor({ folder, atMs, nowMs, limits }: PlayOptions) {
    this.#nowMs = nowMs;
    this.#store = SqliteStore.open({ folder, timeZone: 'UTC', retention: KEEP_ALL });
    this.#clock = new RecordingClock(atMs);
    const backfill = { enabled: false, pieceSeconds: 86_400, firstSeconds: 0 };
    const batteries = new Batteries(MOST_BATTERIES, { backfill, ranges: new Map(Object.entries(limits)) });
    const forms = new FormBook();
    this.#connections = new OverheardConnections({
      open: (_connection, now) => {
        const number = ++this.#opened;
        const known = {
          connection: number,
          batteries,
          forms,
          patience: PATIENCE,
          isOverheard: true,
          overheardFrom: 'import' as const,
        };
        return { number, session: new Session(known, now) };
      },
      take: (outputs, connection) => {
        for (const output of outputs) {
          if (output.type === 'record') this.#keep(output.record, connection);
          else this.#problems.set(output.code, (this.#problems.get(output.code) ?? 0) + 1);
        }
      },
    });
  }

  async hear(item: CaptureItem, timesAre: TimesAre): Promise<void> {
    const now = this.#clock.of(item, timesAre);
    if (now === null) throw new OwnerError('CAPTURE_TIMELESS', sayTimes(item, timesAre));
    if (item.kind === 'piece') {
      this.#checkMoment(now.wallMs);
      if (item.piece.type !== null && item.piece.crcOk) this.#frames++;
      else this.#unreadable++;
    }
    if (item.kind === 'lost') {
      this.#gaps++;
      this.#lostBytes += item.length ?? 0;
    }
    await this.#connections.hear(item, now);
    if (this.#records.length >= COMMITTED_AT_ONCE) this.#commit();
  }

  #keep(record: StoreRecord, connection: number): void {
    this.#records.push(record);
    if (record.type !== 'reading') return;
    this.#masked.spoke(record.battery.reveal(), connection);
    if (!this.#masked.areSeveral) return;
    const advice = 'record them again with their serial numbers (record start --private)';
    throw new OwnerError(
      'IMPORT_REFUSED',
      `nothing was imported: the recording is of several batteries, which cannot be told apart since their serial numbers were replaced: ${advice}`,
    );
  }

  /** A wrong clock of what recorded must put nothing into the future, where the house's next readings belong. */
  #checkMoment(wallMs: number): void {
    const isLater = wallMs > this.#nowMs + AHEAD_MS;
    if (!isLater && wallMs >= EARLIEST_MS) return;
    const why = isLater
      ? 'which is still to come: the clock there was wrong, or this machine’s is'
      : 'which is too long ago: the clock there was not set';
    throw new OwnerError(
      'CAPTURE_MISDATED',
      `the recording says that it was made at ${new Date(wallMs).toISOString()}, ${why}; ${GIVE_AT}`,
    );
  }

  end(passed: PassedBytes | null): PlayedRecording {
    const { last } = this.#clock;
    if (last !== null) this.#connections.end(last);
    this.#commit();
    return {
      connections: this.#opened,
      frames: this.#frames,
      unreadable: this.#unreadable,
      gaps: this.#gaps,
      lostBytes: this.#lostBytes,
      passed,
      problems: this.#problems,
    };
  }

  close(): void {
    this.#store.close();
  }

  /** And does what that leaves to do, so that all of it is where it belongs. */
  #commit(): void {
    if (this.#records.length > 0) this.#store.commit(this.#records);
    this.#records = [];
    while (this.#store.jobs > 0) this.#store.work(STROKE);
    if (this.#store.backlog.rows >= STROKE) this.#store.fold(STROKE);
  }
}

const GIVE_AT = 'give --at with the moment of its first message, such as --at 2026-11-01T12:00:00Z';

function sayTimes(item: CaptureItem, timesAre: TimesAre): string {
  if (item.ms === null) return `the recording has no times: ${GIVE_AT}`;
  return `the times of the recording are of an unknown ${timesAre === 'local' ? 'time zone' : 'day'}: ${GIVE_AT}`;
}
