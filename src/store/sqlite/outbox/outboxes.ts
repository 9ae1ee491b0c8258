/**
 * What outputs have not taken yet, on disk (decision 0010). It costs a commit nothing: the journal already holds what was
 * committed, and only what is still wanted when the journal is emptied is moved here, in the transaction that empties it.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { ClockCorrection } from '../../../model.ts';
import { type Outbox, type OutgoingReading, StoreError, type TimeSpan } from '../../store.ts';
import { BatteryIds } from '../battery-ids.ts';
import { fromJournal, JOURNAL_ROW, type KeyedReading, type Layout, toJournal } from '../journal.ts';
import { LAYOUT } from '../layout.ts';
import { dated } from './corrections.ts';
import { OutboxQueue } from './queue.ts';
import { type RemovedFromOutbox, readingsIn, shrink } from './row.ts';
import { outboxSql } from './sql.ts';
import type { ForgottenOutput, Handed, OutboxStanding, QueuedRow, Sized } from './state.ts';
import { NONE, NOTHING } from './state.ts';

export interface OutboxOptions {
  /** One word, the same for ever. */
  readonly name: string;
  /** How much of it is kept at most once the journal has let go of it; the oldest goes first. */
  readonly bytes: number;
}

/** A row with what it holds. */
type Written = QueuedRow & { readonly readings: string };

/** Rows looked at together, to let go of them or to rewrite them. */
const STROKE = 100;
/** So many more readings that were taken are removed than came meanwhile. */
const CLEARED = 1000;
/**
 * Between transactions the state is settled. What an output has taken is kept with the next transaction that folds, and at
 * the end: no disk waits for it.
 */
export class Outboxes {
  readonly #queues: ReadonlyMap<string, Outbox>;
  readonly #options: readonly OutboxOptions[];
  readonly #sql: ReturnType<typeof outboxSql>;
  readonly #ids: BatteryIds;
  /** Rows of the journal that are not in the table, oldest first. */
  #journal: Pick<QueuedRow, 'seq' | 'rows'>[] = [];
  #state = NOTHING;
  #settled = NOTHING;
  /** Up to where each output has been handed what it has not taken yet. */
  readonly #handed = new Map<string, number>();
  /** What was let go when the store was opened, since its output is configured no more. */
  forgotten: readonly ForgottenOutput[] = [];

  constructor(db: DatabaseSync, options: readonly OutboxOptions[]) {
    this.#sql = outboxSql(db);
    this.#ids = new BatteryIds(db);
    this.#options = options;
    this.#queues = new Map(options.map(({ name }) => [name, new OutboxQueue(this, name)]));
  }

  of(name: string): Outbox {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new StoreError('STORE_REFUSED', `the store was not opened for the output ${name}`);
    return queue;
  }

  standingOf(name: string): OutboxStanding {
    return this.#state.standings[name] ?? NONE;
  }

  // ---- inside the store's transactions ----

  /**
   * Takes up what is there, forgets outputs that are no more, and begins new ones with what is committed from now on.
   * @returns the largest number that rows of the journal have had, as far as it matters
   */
  load(): number {
    const last = Number(this.#sql.last.get()?.seq);
    const known = new Map(this.#sql.cursors.all().map((row) => [String(row.name), Number(row.taken)]));
    this.forgotten = [...known].flatMap(([name, taken]) => (this.#queues.has(name) ? [] : this.#dismiss(name, taken)));
    if (this.#queues.size === 0) {
      this.#sql.clear.run();
      this.#sql.clearCorrections.run();
    }
    const corrections = this.#sql.corrections.all().map((row) => ({
      seq: Number(row.seq),
      battery: Number(row.battery),
      correction: JSON.parse(String(row.correction)) as ClockCorrection,
    }));
    const moved = Number(this.#sql.moved.get()?.seq);
    const standings = this.#options.map(({ name }) => [name, this.#counted(known.get(name) ?? last)]);
    this.#state = { ...NOTHING, moved, standings: Object.fromEntries(standings), corrections };
    this.save();
    return last;
  }

  #dismiss(name: string, taken: number): ForgottenOutput {
    const { rows, time } = this.#sql.waiting.get(taken) as unknown as { rows: number; time: number | null };
    this.#sql.deleteCursor.run(name);
    return { name, readings: rows, since: time };
  }

  #counted(taken: number): OutboxStanding {
    const { rows, bytes } = this.#sql.count.get(taken) as unknown as QueuedRow;
    return { ...NONE, taken, waiting: rows, bytes };
  }

  /** A row of the journal was written, or is there from before. */
  append(seq: number, rows: number): void {
    if (this.#queues.size === 0 || seq <= this.#state.moved) return;
    this.#journal.push({ seq, rows });
    this.#state = { ...this.#state, last: seq };
    this.#changeAll((standing) => (seq > standing.taken ? { waiting: standing.waiting + rows } : {}));
  }

  /**
   * A battery's clock was wrong: what stands before this row and waits is dated by the correction when it is taken.
   * @returns the row up to which an output has taken what was dated wrongly, or is taking it; null where there is no output
   */
  correct(seq: number, battery: number, correction: ClockCorrection): number | null {
    if (this.#queues.size === 0) return null;
    this.#sql.insertCorrection.run(seq, battery, JSON.stringify(correction));
    this.#state = { ...this.#state, corrections: [...this.#state.corrections, { seq, battery, correction }] };
    return Math.max(...Array.from(this.#queues.keys(), (name) => this.#reached(name)));
  }

  /** Up to where an output has taken what waits for it, or is taking it. */
  #reached(name: string): number {
    return Math.max(this.standingOf(name).taken, this.#handed.get(name) ?? 0);
  }

  /**
   * Readings of a few rows of the table behind one, about `maxRows` of them, as they are dated before another row.
   * @returns them and the last of those rows; null in its place where there are none
   */
  waitingBetween(after: number, before: number, maxRows: number): { upTo: number | null; readings: KeyedReading[] } {
    const readings: KeyedReading[] = [];
    let upTo: number | null = null;
    for (const row of this.#sql.between.iterate(after, before) as Iterable<unknown> as Iterable<Written>) {
      const corrections = this.#state.corrections.filter(({ seq }) => seq > row.seq && seq < before);
      for (const reading of readingsIn(row.readings) ?? []) readings.push(dated(reading, corrections));
      upTo = row.seq;
      if (readings.length >= maxRows) break;
    }
    return { upTo, readings };
  }

  /**
   * Moves about `maxRows` readings of the journal here, so that others can be put behind them.
   * @param lastSeq the newest row of the journal
   * @returns whether they can be now
   */
  moveUpTo(lastSeq: number, maxRows: number): boolean {
    if (this.#queues.size === 0) return true;
    this.keep(lastSeq, maxRows);
    return (this.#journal.at(-1)?.seq ?? 0) <= this.#state.moved;
  }

  /**
   * Puts in readings that the journal does not hold: they got their date, or another one. All of the journal must be here.
   * @param lastSeq the newest row so far
   * @returns the newest row now
   */
  put(readings: readonly KeyedReading[], lastSeq: number): number {
    if (this.#queues.size === 0) return lastSeq;
    let seq = lastSeq;
    for (let from = 0; from < readings.length; from += JOURNAL_ROW)
      this.#insert(++seq, readings.slice(from, from + JOURNAL_ROW));
    for (const options of this.#options) this.#bound(options);
    return seq;
  }

  #insert(seq: number, readings: readonly KeyedReading[]): void {
    const { bytes } = this.#sql.insert.get(seq, readings.length, toJournal(readings)) as unknown as QueuedRow;
    this.#state = { ...this.#state, moved: seq };
    this.#changeAll(({ waiting, bytes: before }) => ({ waiting: waiting + readings.length, bytes: before + bytes }));
  }

  /**
   * Moves the oldest rows of the journal up to `lastSeq` here, about `maxRows` readings and none that all have taken.
   * Before the journal lets go of them all must be.
   */
  keep(lastSeq: number, maxRows: number): void {
    if (this.#queues.size === 0) return;
    const upTo = this.#reach(lastSeq, maxRows);
    const from = Math.max(this.#state.moved, this.#leastTaken());
    const moved = this.#sql.move.all(from, upTo) as unknown as QueuedRow[];
    for (const { seq, bytes } of moved)
      this.#changeAll((standing) => (seq > standing.taken ? { bytes: standing.bytes + bytes } : {}));
    this.#state = { ...this.#state, moved: Math.max(upTo, this.#state.moved) };
    for (const options of this.#options) this.#bound(options);
    this.sweep(2 * moved.reduce((sum, { rows }) => sum + rows, 0) + CLEARED);
  }

  #reach(lastSeq: number, maxRows: number): number {
    let rows = 0;
    let upTo = this.#state.moved;
    for (const row of this.#journal) {
      if (rows >= maxRows || row.seq > lastSeq) break;
      if (row.seq <= this.#state.moved) continue;
      rows += row.rows;
      upTo = row.seq;
    }
    return upTo;
  }

  /** Lets go of the oldest beyond the quota. */
  #bound({ name, bytes: most }: OutboxOptions): void {
    while (this.standingOf(name).bytes > most) {
      const page = this.#sql.sizes.all(this.standingOf(name).taken, STROKE) as unknown as Sized[];
      for (const row of page) if (this.standingOf(name).bytes > most) this.#letGo(name, row);
      if (page.length === 0) break;
    }
  }

  #letGo(name: string, { seq, rows, bytes: size, time }: Sized): void {
    const { waiting, bytes, dropped, droppedSpan } = this.standingOf(name);
    const span = time === null ? droppedSpan : { from: droppedSpan?.from ?? time, to: time };
    const change = { taken: seq, waiting: waiting - rows, bytes: bytes - size, dropped: dropped + rows };
    this.#change(name, { ...change, droppedSpan: span });
  }

  /** Whether an output has taken something that {@link sweep} has not seen. */
  get unswept(): boolean {
    if (this.#queues.size === 0) return false;
    const standings = Object.values(this.#state.standings);
    return this.#state.cleared < this.#leastTaken() || standings.some(({ taken, saved }) => taken !== saved);
  }

  /** Keeps how far all have come, and removes about `maxRows` readings of what all have taken. */
  sweep(maxRows: number): void {
    this.#clear(maxRows);
    this.save();
  }

  #clear(maxRows: number): void {
    const taken = this.#leastTaken();
    this.#sql.deleteTaken.run(taken, maxRows);
    if (this.#sql.anyTaken.get(taken) === undefined) this.#state = { ...this.#state, cleared: taken };
    const { corrections } = this.#state;
    if (!corrections.some(({ seq }) => seq <= taken)) return;
    this.#sql.deleteCorrections.run(taken);
    this.#state = { ...this.#state, corrections: corrections.filter(({ seq }) => seq > taken) };
  }

  /** Keeps how far all have come. */
  save(): void {
    for (const [name, { taken, saved }] of Object.entries(this.#state.standings)) {
      if (taken === saved) continue;
      this.#sql.saveCursor.run(name, taken);
      this.#change(name, { saved: taken });
    }
  }

  /** A battery is forgotten: nobody is handed any of it. */
  forget(battery: number): void {
    this.#ids.forget(battery);
  }

  /**
   * Removes the readings of a battery that is forgotten from the rows behind `after`, up to `upTo`; looks at about
   * `maxRows` readings.
   * @returns how many were removed, and which row was looked at last; null where there is none left
   */
  removeBattery(battery: number, after: number, upTo: number, maxRows: number): RemovedFromOutbox {
    const rows = this.#sql.texts.all(after, Math.ceil(maxRows / JOURNAL_ROW)).filter(({ seq }) => Number(seq) <= upTo);
    const shrunk = rows.flatMap(({ seq, readings }) => shrink(this.#sql, battery, Number(seq), String(readings)) ?? []);
    for (const { seq, rows: fewer, bytes: less } of shrunk) {
      this.#changeAll(({ taken, waiting, bytes }) =>
        seq > taken ? { waiting: Math.max(0, waiting - fewer), bytes: Math.max(0, bytes - less) } : {},
      );
    }
    const place = rows.at(-1)?.seq;
    if (place === undefined) this.#removeCorrections(battery);
    const removed = shrunk.reduce((sum, { rows: fewer }) => sum + fewer, 0);
    return { removed, place: place === undefined ? null : Number(place) };
  }

  #removeCorrections(battery: number): void {
    this.#sql.deleteCorrectionsOf.run(battery);
    const corrections = this.#state.corrections.filter((one) => one.battery !== battery);
    this.#state = { ...this.#state, corrections };
  }

  /** Puts all into the present order of columns. */
  rewrite(written: Layout): void {
    if (this.#queues.size === 0 || JSON.stringify(written) === JSON.stringify(LAYOUT)) return;
    for (let seq = 0; ; ) {
      const rows = this.#sql.texts.all(seq, STROKE);
      for (const row of rows) {
        seq = Number(row.seq);
        this.#sql.rewrite.run(toJournal(fromJournal(String(row.readings), written, LAYOUT)), seq);
      }
      if (rows.length < STROKE) break;
    }
    this.#changeAll(({ taken }) => ({ bytes: this.#counted(taken).bytes }));
  }

  // ---- around them ----

  /** The transaction is over: what was told within it is so. */
  settle(): void {
    if (this.#settled === this.#state) return;
    this.#settled = this.#state;
    const { moved } = this.#state;
    if ((this.#journal[0]?.seq ?? Number.POSITIVE_INFINITY) > moved) return;
    this.#journal = this.#journal.filter(({ seq }) => seq > moved);
  }

  /** The transaction was rolled back. */
  drop(): void {
    this.#state = this.#settled;
    this.#journal = this.#journal.filter(({ seq }) => seq <= this.#state.last);
  }

  // ---- for the outputs ----

  /** Whole rows that wait for an output, up to `maxRows` readings; one at least, if there is one. */
  rowsOf(name: string, maxRows: number): Handed[] {
    const found: Handed[] = [];
    let rows = 0;
    for (const row of this.#rowsBehind(this.standingOf(name).taken)) {
      const readings = readingsIn(row.readings);
      // What stands before it goes first.
      if (readings === null && found.length > 0) break;
      if (readings === null) {
        this.#skip(name, row);
        continue;
      }
      rows += readings.length;
      if (found.length > 0 && rows > maxRows) break;
      found.push({ ...row, rows: readings.length, readings: this.#outgoing(readings, row.seq) });
      if (rows >= maxRows) break;
    }
    this.#handed.set(name, found.at(-1)?.seq ?? 0);
    return found;
  }

  newestOf(name: string): OutgoingReading | null {
    const { taken } = this.standingOf(name);
    const row = this.#sql.newestInJournal.get(taken) ?? this.#sql.newestInTable.get(taken);
    const reading = row === undefined ? undefined : readingsIn(String(row.readings))?.at(-1);
    return reading === undefined ? null : (this.#outgoing([reading], Number(row?.seq))[0] ?? null);
  }

  *#rowsBehind(taken: number): Generator<Written> {
    yield* this.#sql.fromTable.iterate(taken) as Iterable<unknown> as Iterable<Written>;
    const from = Math.max(taken, this.#state.moved);
    yield* this.#sql.fromJournal.iterate(from) as Iterable<unknown> as Iterable<Written>;
  }

  /** A row that cannot be read would keep all others for ever. */
  #skip(name: string, row: QueuedRow): void {
    this.taken(name, [row]);
    const { dropped, unreadable } = this.standingOf(name);
    this.#change(name, { dropped: dropped + row.rows, unreadable: unreadable + row.rows });
    this.#settled = this.#state;
  }

  #outgoing(readings: readonly KeyedReading[], seq: number): OutgoingReading[] {
    const later = this.#state.corrections.filter((one) => one.seq > seq);
    return readings.flatMap((reading) => {
      const { battery, kind, time, values } = dated(reading, later);
      const id = this.#ids.of(battery);
      return id === null ? [] : [{ battery: id, kind, time: time as number, values }];
    });
  }

  /** An output has taken these, except those that were let go meanwhile. Never within a transaction. */
  taken(name: string, rows: readonly QueuedRow[]): void {
    for (const { seq, rows: count, bytes: size } of rows) {
      const { taken, waiting, bytes } = this.standingOf(name);
      if (seq <= taken) continue;
      const inTable = seq <= this.#state.moved;
      // A row that was handed out may have become smaller since.
      const left = { waiting: Math.max(0, waiting - count), bytes: inTable ? Math.max(0, bytes - size) : bytes };
      this.#change(name, { taken: seq, ...left });
    }
    this.#settled = this.#state;
  }

  takeDroppedSpan(name: string): TimeSpan | null {
    const { droppedSpan } = this.standingOf(name);
    this.#change(name, { droppedSpan: null });
    this.#settled = this.#state;
    return droppedSpan;
  }

  #leastTaken(): number {
    return Math.min(...Object.values(this.#state.standings).map(({ taken }) => taken));
  }

  #changeAll(change: (standing: OutboxStanding) => Partial<OutboxStanding>): void {
    for (const [name, standing] of Object.entries(this.#state.standings)) this.#change(name, change(standing));
  }

  #change(name: string, change: Partial<OutboxStanding>): void {
    const standings = { ...this.#state.standings, [name]: { ...this.standingOf(name), ...change } };
    this.#state = { ...this.#state, standings };
  }
}
