/**
 * `export --to influx`: what was kept, written to the InfluxDB of the configuration as the running server writes what comes.
 * The same points: doing it twice changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/load.ts';
import { counted } from '../counted.ts';
import { utc } from '../log/log.ts';
import type { ReadingKind } from '../model.ts';
import { visible } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import { InfluxDelivery } from '../sinks/influx/delivery.ts';
import { type BatteryNames, type LineReading, lineOf } from '../sinks/influx/line.ts';
import { LineBatch } from '../sinks/influx/line-batch.ts';
import { influxTarget } from '../sinks/influx/target.ts';
import { InfluxWriter } from '../sinks/influx/writer.ts';
import type { Position, ReaderSource, Selection } from '../store/reader.ts';
import { FAILED, FINE, type Io } from './io.ts';

export interface InfluxExport {
  /** A reader holds what it sees, and the log of a running server grows meanwhile: each portion has one of its own. */
  readonly source: ReaderSource;
  readonly kinds: readonly ReadingKind[];
  readonly selection: Selection;
  readonly influx: Config['influx'];
  /** Of the batteries that have one, by their short ids. */
  readonly names: BatteryNames;
  /** What is to be typed besides kind, battery and beginning to do the same. */
  readonly command: string;
}

/** Readings in one portion. */
const PORTION = 5000;
/** So many points between two lines about how far it is. */
const PROGRESS = 50_000;
/** So often a server that is away is tried in all, first after so many ms and then after twice as many each time. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 1000;
/** Of a longer pause is told why. */
const LONG_PAUSE_MS = 5000;
/** Portions are large, and nobody else waits. */
const PATIENCE_MS = 60_000;

/**
 * @param pause waits for so many ms
 * @returns the exit code
 * @throws OwnerError CONFIG_INVALID, FILE_UNREADABLE; INFLUX_FAILED where it does not take what it is sent
 */
export async function exportToInflux(
  work: InfluxExport,
  io: Io,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<number> {
  const target = influxTarget(work.influx);
  if (target === null) {
    throw new OwnerError(
      'CONFIG_INVALID',
      'influx.url is not set: the configuration says which InfluxDB is written to',
    );
  }
  const delivery = new InfluxDelivery(new InfluxWriter(target, () => Date.now(), PATIENCE_MS));
  const filling = new Filling(delivery, target.where, io, pause);
  const line = lineOf(work.influx.measurement, work.influx.name_tag ? work.names : {});
  for (const kind of work.kinds) {
    let after: Position | null = null;
    for (let more = true; more; ) {
      const portion: LinePortion = await portionOf(work, kind, after, line);
      const begins = after;
      // What comes next tells whether the server takes anything, where nothing of this portion is taken.
      const next = async () =>
        portion.more ? ((await portionOf(work, kind, portion.last, line)).lines.at(-1) ?? null) : null;
      await filling.fill(portion, kind, next, () => wayOn(work, kind, begins));
      ({ more, last: after } = portion);
    }
  }
  return filling.end();
}

interface LinePortion {
  readonly lines: readonly string[];
  /** Of the last reading that was looked at. */
  readonly last: Position | null;
  readonly more: boolean;
}

/** About {@link PORTION} readings behind a position: all of one time, since the next portion begins at another. */
async function portionOf(
  { source, selection }: InfluxExport,
  kind: ReadingKind,
  after: Position | null,
  line: (reading: LineReading) => string | null,
): Promise<LinePortion> {
  const reader = await source.openReader();
  try {
    const lines: string[] = [];
    let [last, count] = [after, 0];
    for await (const { owner, time, ordinal, values } of reader.readings(kind, selection, after)) {
      // Not dated yet: the server writes it once it is.
      if (time === null) continue;
      if (count >= PORTION && (owner.id !== last?.battery || time !== last.time)) return { lines, last, more: true };
      count++;
      last = { battery: owner.id, time, ordinal };
      // A point has one value at a time: that of its second.
      const text = ordinal > 0 ? null : line({ battery: owner.id, kind, time, values });
      if (text !== null) lines.push(text);
    }
    return { lines, last, more: false };
  } finally {
    await reader.close();
  }
}

/** What is to be typed to go on at a position, and what comes behind it. */
async function wayOn(
  { command, kinds, source, selection }: InfluxExport,
  kind: ReadingKind,
  after: Position | null,
): Promise<string> {
  const later = kinds.slice(kinds.indexOf(kind) + 1);
  const { battery = after?.battery } = selection;
  const from = after === null ? selection.fromMs : after.time * 1000;
  const flags = [`--kind ${kind}`];
  if (battery !== undefined) flags.push(`--battery ${battery}`);
  if (from !== undefined) flags.push(`--from ${utc(from / 1000)}`);
  const behind = later.map((one) => `--kind ${one}`);
  if (selection.battery === undefined && after !== null) {
    const reader = await source.openReader();
    const ids = (await reader.owners()).map(({ id }) => id);
    await reader.close();
    behind.unshift(...ids.slice(ids.indexOf(after.battery) + 1).map((id) => `--kind ${kind} --battery ${id}`));
  }
  const then = behind.length === 0 ? '' : `; then the same with ${behind.join(', with ')}`;
  return `${command} ${flags.join(' ')}${then}`;
}

/** Writes portions, and tells how far it is. */
class Filling {
  readonly #delivery: InfluxDelivery;
  readonly #where: string;
  readonly #io: Io;
  readonly #pause: (ms: number) => Promise<unknown>;
  #last = '';
  #taken: string | null = null;
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

  /**
   * @param next a line of what comes after this portion; null where nothing does
   * @param wayOn what is to be typed to begin with this portion
   */
  async fill(
    { lines, last }: LinePortion,
    kind: ReadingKind,
    next: () => Promise<string | null>,
    wayOn: () => Promise<string>,
  ): Promise<void> {
    const batch = new LineBatch(lines);
    for (let failures = 0; batch.waiting > 0; ) {
      const halt = await this.#attempt(batch, next);
      if (halt === null || halt.stored > 0) failures = 0;
      if (halt === null) continue;
      failures++;
      if (halt.type === 'refused' || failures === ATTEMPTS) throw await this.#failure(halt.detail, wayOn);
      await this.#wait(Math.max(halt.afterMs ?? 0, FIRST_PAUSE_MS * 2 ** (failures - 1)), halt.detail);
    }
    this.#taken = batch.taken ?? this.#taken;
    if (last !== null && lines.length > 0) this.#last = `${kind} of ${last.battery} at ${utc(last.time)}`;
    if (!this.#io.terminal || this.#stored < this.#said + PROGRESS) return;
    this.#said = this.#stored;
    this.#say(`${counted(this.#stored, 'point')} written, the last ${this.#last}`);
  }

  /** @returns the exit code */
  async end(): Promise<number> {
    this.#say(`${counted(this.#stored, 'point')} written to ${this.#where}`);
    if (this.#rejected === 0) return FINE;
    this.#say(
      `${counted(this.#rejected, 'point')} ${this.#rejected === 1 ? 'was' : 'were'} not taken, and will not be: ${this.#reason}`,
    );
    return FAILED;
  }

  async #attempt(batch: LineBatch, next: () => Promise<string | null>) {
    const never = new AbortController().signal;
    const { stored, rejected, reason, halt } = await this.#delivery.deliver(batch, () => this.#taken ?? next(), never);
    this.#stored += stored;
    this.#rejected += rejected;
    if (rejected > 0 && this.#reason === '') this.#reason = reason;
    return halt === null ? null : { ...halt, stored };
  }

  async #wait(ms: number, detail: string): Promise<void> {
    if (ms >= LONG_PAUSE_MS) this.#say(`${this.#where}: ${detail}; trying again in ${Math.ceil(ms / 1000)} s`);
    await this.#pause(ms);
  }

  async #failure(detail: string, wayOn: () => Promise<string>): Promise<OwnerError> {
    const begin = `${this.#where} did not take the points (${detail})`;
    if (this.#stored + this.#rejected === 0) return new OwnerError('INFLUX_FAILED', `${begin}; nothing was written`);
    const last = this.#last === '' ? '' : `, all up to ${this.#last}`;
    const rejected = this.#rejected === 0 ? '' : `; ${this.#rejected} were not taken, and will not be: ${this.#reason}`;
    const far = `${counted(this.#stored, 'point')} ${this.#stored === 1 ? 'was' : 'were'} written before${last}${rejected}`;
    return new OwnerError('INFLUX_FAILED', `${begin}; ${far}. To go on, type: ${await wayOn()}`);
  }

  #say(text: string): void {
    this.#io.stderr.write(`${visible(text)}\n`);
  }
}
