/**
 * A store in memory, for the contract that every store keeps: the plainest that can be. Everything is in its place at once.
 */
import { createHash } from 'node:crypto';
import { type Battery, type HeldRecord, Private, type StoreRecord } from '../../src/model.ts';
import {
  type ForgottenBattery,
  type Housekeeping,
  type Outbox,
  type PriceShelf,
  type Store,
  StoreError,
  type StoreListener,
} from '../../src/store/store.ts';
import { committed, idIn, without } from './commit.ts';
import { type KeptBattery, type MemoryDisk, outgoing } from './kept.ts';

export interface MemoryOptions {
  readonly rawBytes: number;
  readonly outboxes: readonly string[];
}

export class MemoryStore implements Store {
  readonly waitingRows = 0;
  readonly #disk: MemoryDisk;
  readonly #options: MemoryOptions;
  /** The names of outputs that are configured no more, and how much waited for them. */
  readonly #forgottenSince: ForgottenBattery[] = [];
  readonly #forgotten: readonly [string, number, number | null][];

  constructor(disk: MemoryDisk, options: MemoryOptions) {
    this.#disk = disk;
    this.#options = options;
    const { kept } = disk;
    this.#forgotten = [...kept.outboxes]
      .filter(([name]) => !options.outboxes.includes(name))
      .map(([name, waiting]) => [name, waiting.length, waiting[0]?.reading.time ?? null]);
    const outboxes = new Map(options.outboxes.map((name) => [name, kept.outboxes.get(name) ?? []]));
    disk.kept = { ...kept, outboxes };
  }

  start(listener: StoreListener, _housekeeping: Housekeeping): void {
    for (const [name, readings, since] of this.#forgotten) listener.forgotten(name, readings, since);
  }

  async stop(): Promise<void> {}

  async commit(records: readonly StoreRecord[]): Promise<void> {
    this.#disk.kept = committed(this.#disk.kept, records, this.#options.rawBytes);
  }

  async verify(): Promise<void> {}

  async countBatteries(): Promise<number> {
    return this.#disk.kept.batteries.size;
  }

  async batteries(most: number): Promise<Battery[]> {
    return Array.from(this.#disk.kept.batteries.values(), (one) => this.#toBattery(one)).slice(0, most);
  }

  async batteryOf(serial: string): Promise<Battery | null> {
    const known = this.#disk.kept.batteries.get(serial);
    return known === undefined ? null : this.#toBattery(known);
  }

  #toBattery({ serial, id, firstSeenMs, epochs, gaps, peers, vendor, control, schedules }: KeptBattery): Battery {
    const { readings, held, configurations } = this.#disk.kept;
    let newest: Battery['newest'] = null;
    for (const { serial: of, reading } of readings) {
      const { kind, time, receivedMs } = reading;
      if (of !== serial || kind === 'detail' || time === null || time > receivedMs / 1000 + 60) continue;
      if (newest === null || time > newest.time) newest = { time, receivedMs };
    }
    const runs = held.filter((one) => one.reading.battery.reveal() === serial).map(({ run }: HeldRecord) => run ?? 0);
    const last = configurations.findLast((one) => one.serial === serial);
    const reported =
      last === undefined
        ? null
        : { text: new Private(last.text), bytes: last.bytes === null ? null : new Private(last.bytes) };
    const byNumber = [...gaps.values()].sort((a, b) => a.number - b.number);
    return {
      id,
      serial: new Private(serial),
      firstSeenMs,
      epochs,
      newest,
      openGaps: byNumber.filter(({ state }) => state === 'open' || state === 'asked'),
      lastGapNumber: byNumber.at(-1)?.number ?? 0,
      trust: { peers: [...peers.values()], lastRun: Math.max(0, ...runs) },
      schedules,
      control: [...control.values()].sort((a, b) => a.number - b.number),
      reported: last === undefined ? null : { text: new Private(last.text), receivedMs: last.lastReceivedMs },
      ...(vendor.size === 0 ? {} : { vendor: { configurations: Object.fromEntries(vendor), reported } }),
    };
  }

  async serialOf(id: string): Promise<Private<string> | null> {
    const held = this.#disk.kept.held.map(({ reading }) => reading.battery.reveal());
    const serial = [...this.#disk.kept.batteries.keys(), ...held].find((one) => this.shortIdOf(one) === id);
    return serial === undefined ? null : new Private(serial);
  }

  async forget(id: string): Promise<number | null> {
    const serial = (await this.serialOf(id))?.reveal();
    if (serial === undefined) return null;
    this.#disk.kept = without(this.#disk.kept, serial);
    this.#forgottenSince.push({ number: this.#forgottenSince.length + 1, removed: {}, isDone: true });
    return this.#forgottenSince.length;
  }

  async forgettingOf(number: number): Promise<ForgottenBattery | null> {
    return this.#forgottenSince[number - 1] ?? null;
  }

  idOf(serial: string): string | undefined {
    return this.#disk.kept.batteries.get(serial)?.id;
  }

  shortIdOf(serial: string): string {
    return this.idOf(serial) ?? idIn(this.#disk.kept.idKey, serial);
  }

  loginDigest(login: string): string {
    return createHash('sha256').update(`${this.#disk.kept.idKey} login ${login}`).digest('hex');
  }

  nextConnection(): number {
    const { nextConnection } = this.#disk.kept;
    this.#disk.kept = { ...this.#disk.kept, nextConnection: nextConnection + 1 };
    return nextConnection;
  }

  recall(name: string): string | null {
    return this.#disk.kept.notes.get(name) ?? null;
  }

  readonly prices: PriceShelf = {
    replace: async (from, to, prices) => {
      const others = this.#disk.kept.prices.filter((one) => one.from >= to || one.to <= from);
      this.#disk.kept = { ...this.#disk.kept, prices: [...others, ...prices].sort((one, two) => one.from - two.from) };
    },
    between: async (from, to) => this.#disk.kept.prices.filter((one) => one.from < to && one.to > from),
  };

  remember(entries: ReadonlyMap<string, string>): void {
    this.#disk.kept = { ...this.#disk.kept, notes: new Map([...this.#disk.kept.notes, ...entries]) };
  }

  outbox(name: string): Outbox {
    const disk = this.#disk;
    if (!this.#options.outboxes.includes(name)) throw new StoreError('STORE_REFUSED', `there is no outbox ${name}`);
    const queue = () => disk.kept.outboxes.get(name) ?? [];
    return {
      get waiting() {
        return queue().length;
      },
      dropped: 0,
      unreadable: 0,
      takeDroppedSpan: () => null,
      next: (maxRows) => {
        const first = queue().slice(0, maxRows);
        return {
          upTo: first.at(-1)?.seq ?? 0,
          readings: first.map((one) => outgoing(one, disk.kept.batteries)),
        };
      },
      newest: () => {
        const last = queue().at(-1);
        return last === undefined ? null : outgoing(last, disk.kept.batteries);
      },
      done: (upTo) => {
        const left = queue().filter(({ seq }) => seq > upTo);
        disk.kept = { ...disk.kept, outboxes: new Map(disk.kept.outboxes).set(name, left) };
      },
    };
  }
}
