/**
 * Reading what is kept in memory.
 */
import { Private, READING_KINDS, type ReadingKind } from '../../src/model.ts';
import { columnsOf } from '../../src/protocol/fields/fields.ts';
import type { Calendar } from '../../src/store/energy/calendar.ts';
import { ROLLED_UP } from '../../src/store/energy/rollup.ts';
import * as read from '../../src/store/reader.ts';
import { idIn } from './commit.ts';
import type { Kept, KeptReading } from './kept.ts';
import { energyOfDays, rollUps } from './sums.ts';

export class MemoryReader implements read.StoreReader {
  readonly #kept: Kept;
  readonly #calendar: Calendar;

  constructor(kept: Kept, calendar: Calendar) {
    this.#kept = kept;
    this.#calendar = calendar;
  }

  async close(): Promise<void> {}

  async owners(): Promise<read.Owner[]> {
    return Array.from(this.#kept.batteries.keys(), (serial) => this.#ownerOf(serial) as read.Owner);
  }

  #ownerOf(serial: string | null): read.Owner | null {
    const battery = serial === null ? undefined : this.#kept.batteries.get(serial);
    return battery === undefined ? null : { id: battery.id, serial: new Private(battery.serial) };
  }

  async *readings(
    kind: ReadingKind,
    selection: read.Selection = {},
    after: read.Position | null = null,
  ): AsyncGenerator<read.StoredReading> {
    const owners = await this.owners();
    const begin = Math.max(
      0,
      owners.findIndex(({ id }) => id === after?.battery),
    );
    for (const { serial, id } of owners.slice(begin)) {
      if (selection.battery !== undefined && selection.battery !== id) continue;
      for (const one of this.#inOrder(serial.reveal(), kind)) {
        const { time } = one.reading;
        if (!isWithin(time === null ? null : time * 1000, selection)) continue;
        if (id === after?.battery && time !== null && !isBehind(one, after)) continue;
        yield this.#toStored(one);
      }
    }
  }

  #inOrder(serial: string, kind: ReadingKind): KeptReading[] {
    const time = ({ reading }: KeptReading) => reading.time ?? Number.MAX_VALUE;
    return this.#of(serial)
      .filter(({ reading }) => reading.kind === kind)
      .sort((a, b) => time(a) - time(b) || a.ordinal - b.ordinal);
  }

  #of(serial: string | undefined): KeptReading[] {
    return this.#kept.readings.filter((one) => one.serial === serial);
  }

  #toStored({ serial, ordinal, reading }: KeptReading): read.StoredReading {
    const { type: _, battery: __, ...said } = reading;
    return { ...said, ordinal, owner: this.#ownerOf(serial) as read.Owner };
  }

  /** Whose a reading that is held would be. */
  #holderOf(serial: string): read.Owner {
    return this.#ownerOf(serial) ?? { id: idIn(this.#kept.idKey, serial), serial: new Private(serial) };
  }

  #serialOf(id: string): string | undefined {
    return [...this.#kept.batteries.values()].find((one) => one.id === id)?.serial;
  }

  async series(source: read.RollUpSize | 'live' | 'detail', query: read.SeriesQuery): Promise<read.Series | null> {
    const serial = this.#serialOf(query.battery);
    if (serial === undefined) return null;
    const { from, to, fields, step } = query;
    const buckets = new read.Buckets(step, this.#calendar);
    const isRolledUp = source !== 'live' && source !== 'detail';
    const parts = (
      isRolledUp ? this.#rolledUp(serial, source, fields) : this.#asTheyCame(serial, source, fields)
    ).filter(({ start }) => start >= from && start < to);
    const slots = [...Map.groupBy(parts, ({ start }) => buckets.startOf(start))].sort(([a], [b]) => a - b);
    const full = slots.filter(([, all]) => all.some(({ of }) => of.some((one) => one !== null)));
    const line = (field: number, make: (all: Statistics[]) => number) =>
      full.map(([, all]) => {
        const known = all.flatMap(({ of }) => of[field] ?? []);
        return known.length === 0 ? null : make(known);
      });
    return {
      starts: full.map(([start]) => start),
      lines: fields.map((_, field) => ({
        min: line(field, (all) => Math.min(...all.map(({ min }) => min))),
        mean: line(field, meanOf),
        max: line(field, (all) => Math.max(...all.map(({ max }) => max))),
      })),
    };
  }

  #rolledUp(serial: string, span: read.RollUpSize, fields: readonly string[]): Part[] {
    return Array.from(rollUps(this.#of(serial), span, this.#calendar), ([start, bucket]) => ({
      start,
      of: fields.map((name) => {
        const field = ROLLED_UP.indexOf(name);
        const mean = bucket.mean(field);
        if (mean === null) return null;
        // A minute counts once, an hour for each of its minutes.
        const weight = span === 'minute' ? 1 : Number(bucket.toColumns()[field * 4]);
        return { min: bucket.min(field), mean, max: bucket.max(field), weight };
      }),
    }));
  }

  #asTheyCame(serial: string, kind: 'live' | 'detail', fields: readonly string[]): Part[] {
    const places = fields.map((name) => columnsOf(kind).findIndex((field) => field.name === name));
    return this.#inOrder(serial, kind).flatMap(({ ordinal, reading: { time, values } }) => {
      if (time === null || ordinal > 0) return [];
      const of = places.map((place) => {
        const value = values[place];
        return typeof value === 'number' ? { min: value, mean: value, max: value, weight: 1 } : null;
      });
      return [{ start: time, of }];
    });
  }

  async newest(kind: ReadingKind, battery: string): Promise<read.StoredReading | null> {
    const serial = this.#serialOf(battery);
    const dated =
      serial === undefined ? [] : this.#inOrder(serial, kind).filter(({ reading }) => reading.time !== null);
    const time = dated.at(-1)?.reading.time;
    const found = dated.find(({ reading }) => reading.time === time);
    return found === undefined ? null : this.#toStored(found);
  }

  async extents(battery: string): Promise<read.Extent[]> {
    const serial = this.#serialOf(battery);
    return READING_KINDS.flatMap((kind) => {
      const all = serial === undefined ? [] : this.#inOrder(serial, kind);
      if (all.length === 0) return [];
      const times = all.flatMap(({ reading }) => reading.time ?? []);
      return [{ kind, rows: all.length, from: times[0] ?? null, to: times.at(-1) ?? null }];
    });
  }

  async wireKeys(kind: ReadingKind): Promise<string[]> {
    const forms = this.#kept.readings.filter(({ reading }) => reading.kind === kind).map(({ reading }) => reading.form);
    return [...new Set(forms.flatMap((form) => form?.keys ?? []))];
  }

  async *events(selection: read.Selection = {}): AsyncGenerator<read.StoredEvent> {
    const all = this.#kept.events.map(({ serial, record }) => {
      const { source, time, batteryTime, receivedMs, name, code, text } = record;
      return { owner: this.#ownerOf(serial), source, time, batteryTime, receivedMs, name, code, text };
    });
    yield* selected(all, selection, ({ time, receivedMs }) => (time === null ? receivedMs : time * 1000));
  }

  async *configurations(selection: read.Selection = {}): AsyncGenerator<read.StoredConfiguration> {
    const all = this.#kept.configurations.map(({ serial, ...rest }) => {
      return { owner: this.#ownerOf(serial) as read.Owner, ...rest };
    });
    yield* selected(all, selection, ({ receivedMs }) => receivedMs);
  }

  async *frames(kept: 'unknown' | 'discarded', selection: read.Selection = {}): AsyncGenerator<read.StoredFrame> {
    const all = this.#kept.frames.flatMap(({ serial, record }) => {
      const { receivedMs, direction, frameType, command, reason, bytes } = record;
      if (record.kept !== kept) return [];
      return [{ owner: this.#ownerOf(serial), receivedMs, direction, frameType, command, reason, bytes }];
    });
    yield* selected(all, selection, ({ receivedMs }) => receivedMs);
  }

  async *epochs(selection: read.Selection = {}): AsyncGenerator<read.StoredEpoch> {
    const all = [...this.#kept.batteries.values()].flatMap(({ serial, epochs }) =>
      epochs.map((epoch) => ({ owner: this.#ownerOf(serial) as read.Owner, ...epoch })),
    );
    yield* selected(all, selection, ({ sinceMs }) => sinceMs);
  }

  async *gaps(selection: read.Selection = {}): AsyncGenerator<read.StoredGap> {
    const all = [...this.#kept.batteries.values()].flatMap(({ serial, gaps }) =>
      Array.from(gaps.values(), (gap) => ({ owner: this.#ownerOf(serial) as read.Owner, ...gap })),
    );
    yield* selected(all, selection, ({ from }) => from * 1000);
  }

  async *held(selection: read.Selection = {}): AsyncGenerator<read.StoredHeld> {
    const all = this.#kept.held.map(({ why, peer, reading }) => {
      const stored = this.#toStored({ serial: reading.battery.reveal(), ordinal: 0, reading });
      return { ...stored, owner: this.#holderOf(reading.battery.reveal()), why, peer };
    });
    yield* selected(all, selection, ({ receivedMs }) => receivedMs);
  }

  async heldCounts(most: number): Promise<read.HeldCount[]> {
    const named = Map.groupBy(
      this.#kept.held,
      ({ why, peer, reading }) => `${reading.battery.reveal()} ${why} ${peer}`,
    );
    const counts = [...named.values()].map((all) => {
      const [{ why, peer, reading }] = all as [(typeof all)[number]];
      const arrivals = all.map((one) => one.reading.receivedMs);
      const times = { firstMs: Math.min(...arrivals), newestMs: Math.max(...arrivals) };
      return { owner: this.#holderOf(reading.battery.reveal()), why, peer, rows: all.length, ...times };
    });
    return counts.sort((a, b) => b.newestMs - a.newestMs).slice(0, most);
  }

  async *energy(span: read.RollUpSize, selection: read.Selection = {}): AsyncGenerator<read.StoredEnergy> {
    for (const owner of await this.owners()) {
      if (selection.battery !== undefined && selection.battery !== owner.id) continue;
      for (const day of energyOfDays(this.#of(owner.serial.reveal()), this.#calendar)) {
        const rows =
          span === 'minute' ? day.minutes : span === 'hour' ? day.hours : [day.day].flatMap((row) => row ?? []);
        for (const row of rows) if (isWithin(row.start * 1000, selection)) yield { owner, ...row };
      }
    }
  }

  async energyTotal(battery: string): Promise<readonly (number | null)[]> {
    const days = energyOfDays(this.#of(this.#serialOf(battery)), this.#calendar).flatMap(({ day }) => day ?? []);
    return read.ENERGIES.map((_, index) => {
      const known = days.flatMap(({ energies }) => energies[index] ?? []);
      return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
    });
  }
}

interface Statistics {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly weight: number;
}

interface Part {
  readonly start: number;
  readonly of: readonly (Statistics | null)[];
}

function meanOf(all: readonly Statistics[]): number {
  const weight = all.reduce((sum, one) => sum + one.weight, 0);
  return all.reduce((sum, one) => sum + one.mean * one.weight, 0) / weight;
}

function isBehind({ ordinal, reading }: KeptReading, last: read.Position): boolean {
  const time = reading.time as number;
  return time > last.time || (time === last.time && ordinal > last.ordinal);
}

/** @param ms null where it is not known */
function isWithin(ms: number | null, { fromMs, toMs }: read.Selection): boolean {
  if (ms === null) return fromMs === undefined && toMs === undefined;
  return ms >= (fromMs ?? Number.NEGATIVE_INFINITY) && ms < (toMs ?? Number.POSITIVE_INFINITY);
}

function selected<T extends { readonly owner: read.Owner | null }>(
  all: readonly T[],
  selection: read.Selection,
  msOf: (one: T) => number,
): T[] {
  const { battery, newest } = selection;
  const found = all
    .filter((one) => (battery === undefined || one.owner?.id === battery) && isWithin(msOf(one), selection))
    .sort((a, b) => msOf(a) - msOf(b));
  return newest === undefined ? found : found.reverse().slice(0, newest);
}
