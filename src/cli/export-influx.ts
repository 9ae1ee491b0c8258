/**
 * `export --to influx`: what was kept, written to the InfluxDB of the configuration as the running server writes what comes.
 * The same points: doing it twice changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { OwnerError } from '../errors.ts';
import { utc } from '../log.ts';
import type { ReadingKind } from '../model.ts';
import { InfluxDelivery } from '../sinks/influx-delivery.ts';
import { lineOf } from '../sinks/influx-line.ts';
import { influxTarget } from '../sinks/influx-target.ts';
import { InfluxWriter } from '../sinks/influx-writer.ts';
import type { Selection, StoreReader } from '../store/reader.ts';
import { FAILED, FINE, type Io, write } from './io.ts';

export interface InfluxExport {
  readonly reader: StoreReader;
  readonly kinds: readonly ReadingKind[];
  readonly selection: Selection;
  readonly influx: Config['influx'];
}

/** Lines in one write. */
const PORTION = 5000;
/** So many points between two lines about how far it is. */
const PROGRESS = 50_000;
/** So often a server that is away is tried in all, first after so many ms and then after twice as many each time. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1000;

/**
 * @param pause waits for so many ms
 * @returns the exit code
 * @throws OwnerError CONFIG_INVALID, FILE_UNREADABLE; INFLUX_FAILED where it does not take what it is sent
 */
export async function exportToInflux(
  { reader, kinds, selection, influx }: InfluxExport,
  io: Io,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<number> {
  const target = influxTarget(influx);
  if (target === null) {
    throw new OwnerError(
      'CONFIG_INVALID',
      'influx.url is not set: the configuration says which InfluxDB is written to',
    );
  }
  const delivery = new InfluxDelivery(new InfluxWriter(target, () => Date.now()));
  const filling = new Filling(delivery, target.where, io, pause);
  const line = lineOf(influx.measurement);
  for (const kind of kinds) {
    for (const { owner, time, values } of reader.readings(kind, selection)) {
      // Not dated yet: the server writes it once it is.
      const text = time === null ? null : line({ battery: owner.id, kind, time, values });
      if (text !== null) await filling.add(text, `${kind} of ${owner.id} at ${utc(time as number)}`);
    }
  }
  return filling.end();
}

/** Gathers lines and writes them in portions. */
class Filling {
  readonly #delivery: InfluxDelivery;
  readonly #where: string;
  readonly #io: Io;
  readonly #pause: (ms: number) => Promise<unknown>;
  #lines: string[] = [];
  #last = '';
  #stored = 0;
  #rejected = 0;
  #reason = '';
  #said = 0;

  constructor(delivery: InfluxDelivery, where: string, io: Io, pause: (ms: number) => Promise<unknown>) {
    this.#delivery = delivery;
    this.#where = where;
    this.#io = io;
    this.#pause = pause;
  }

  /** @param name of the reading, for people */
  async add(line: string, name: string): Promise<void> {
    this.#lines.push(line);
    this.#last = name;
    if (this.#lines.length >= PORTION) await this.#flush();
  }

  /** @returns the exit code */
  async end(): Promise<number> {
    await this.#flush();
    await this.#say(`${this.#stored} points written to ${this.#where}`);
    if (this.#rejected === 0) return FINE;
    await this.#say(`${this.#rejected} points were not taken, and will not be: ${this.#reason}`);
    return FAILED;
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const { stored, rejected, reason } = await this.#deliver();
    this.#lines = [];
    this.#stored += stored;
    this.#rejected += rejected;
    if (this.#reason === '') this.#reason = reason;
    if (!this.#io.terminal || this.#stored < this.#said + PROGRESS) return;
    this.#said = this.#stored;
    await this.#say(`${this.#stored} points written, the last ${this.#last}`);
  }

  async #deliver() {
    const never = new AbortController().signal;
    for (let attempt = 1; ; attempt++) {
      const delivered = await this.#delivery.deliver(this.#lines, never);
      const { halt } = delivered;
      if (halt === null) return delivered;
      if (halt.type === 'refused' || attempt === ATTEMPTS) throw this.#failure(halt.detail);
      await this.#pause(Math.max(halt.afterMs ?? 0, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
    }
  }

  #failure(detail: string): OwnerError {
    const far = this.#stored === 0 ? 'nothing was written' : `${this.#stored} points were written before`;
    return new OwnerError('INFLUX_FAILED', `${this.#where} did not take the points (${detail}); ${far}`);
  }

  #say(text: string): Promise<void> {
    return write(this.#io.stderr, `${text}\n`);
  }
}
