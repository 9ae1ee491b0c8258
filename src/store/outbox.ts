/**
 * What outputs have not taken yet, on disk (decision 0010). It costs a commit nothing: the journal already holds what was
 * committed, and only what is still wanted when the journal is emptied is moved here, in the transaction that empties it.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ClockCorrection } from '../model.ts';
import type { Corrected } from './commit.ts';
import { fromJournal, type KeyedReading, type Layout, toJournal } from './journal.ts';
import { LAYOUT } from './layout.ts';
import { isConcerned, redated } from './mover.ts';
import { type Outbox, type OutboxBatch, type OutgoingReading, StoreError } from './store.ts';

export interface OutboxOptions {
  /** One word, the same for ever. */
  readonly name: string;
  /** How much of it is kept at most once the journal has let go of it; the oldest goes first. */
  readonly bytes: number;
}

/** A row of the journal or of the outbox: how many readings it holds, and their size. */
interface Row {
  readonly seq: number;
  readonly rows: number;
  readonly bytes: number;
}

/** How far an output has come. Readings, but for `bytes`: those of what waits in the table. */
interface Standing {
  readonly taken: number;
  readonly waiting: number;
  readonly bytes: number;
  readonly dropped: number;
}

interface Correction {
  readonly seq: number;
  readonly battery: number;
  readonly correction: ClockCorrection;
}

/** Replaced, never changed, so that a transaction that fails goes back to the one before. */
interface State {
  /** What was committed up to there is in the table, or was taken. */
  readonly moved: number;
  /** The newest row of the journal. */
  readonly last: number;
  readonly standings: Readonly<Record<string, Standing>>;
  readonly corrections: readonly Correction[];
}

/** Readings in one row. */
const PORTION = 1000;
/** Rows looked at together, to let go of them or to rewrite them. */
const STROKE = 100;
const NONE: Standing = { taken: 0, waiting: 0, bytes: 0, dropped: 0 };
const NOTHING: State = { moved: 0, last: 0, standings: {}, corrections: [] };

/**
 * Between transactions the state is settled. What an output has taken is kept with the next transaction that folds, and at
 * the end: no disk waits for it.
 */
export class Outboxes {
  readonly #queues: ReadonlyMap<string, Queue>;
  readonly #options: readonly OutboxOptions[];
  readonly #sql: ReturnType<typeof prepare>;
  readonly #ids = new Map<number, string>();
  /** Rows of the journal that are not in the table, oldest first. */
  #journal: Pick<Row, 'seq' | 'rows'>[] = [];
  #state = NOTHING;
  #settled = NOTHING;

  constructor(db: DatabaseSync, options: readonly OutboxOptions[]) {
    this.#sql = prepare(db);
    this.#options = options;
    this.#queues = new Map(options.map(({ name }) => [name, new Queue(this, name)]));
  }

  of(name: string): Outbox {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw new StoreError('STORE_REFUSED', `the store was not opened for the output ${name}`);
    return queue;
  }

  standingOf(name: string): Standing {
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
    for (const name of known.keys()) if (!this.#queues.has(name)) this.#sql.deleteCursor.run(name);
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
    this.#state = { moved, last: 0, standings: Object.fromEntries(standings), corrections };
    this.save();
    return last;
  }

  #counted(taken: number): Standing {
    const { rows, bytes } = this.#sql.count.get(taken) as unknown as Row;
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
   * Readings were dated anew: they wait again with their new time, and those that still wait will be given it.
   * @param lastSeq the newest row so far
   * @returns the newest row now
   */
  correct(corrected: readonly Corrected[], lastSeq: number): number {
    if (this.#queues.size === 0) return lastSeq;
    let seq = lastSeq;
    for (const { battery, correction, readings } of corrected) {
      seq++;
      this.#sql.insertCorrection.run(seq, battery, JSON.stringify(correction));
      this.#state = { ...this.#state, corrections: [...this.#state.corrections, { seq, battery, correction }] };
      for (let from = 0; from < readings.length; from += PORTION)
        this.#insert(++seq, readings.slice(from, from + PORTION));
    }
    return seq;
  }

  #insert(seq: number, readings: readonly KeyedReading[]): void {
    const { bytes } = this.#sql.insert.get(seq, readings.length, toJournal(readings)) as unknown as Row;
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
    const moved = this.#sql.move.all(from, upTo) as unknown as Row[];
    for (const { seq, bytes } of moved)
      this.#changeAll((standing) => (seq > standing.taken ? { bytes: standing.bytes + bytes } : {}));
    this.#state = { ...this.#state, moved: Math.max(upTo, this.#state.moved) };
    for (const options of this.#options) this.#bound(options);
    this.#forget(2 * moved.length + PORTION);
    this.save();
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
      for (const { seq, rows, bytes } of this.#sql.sizes.all(this.standingOf(name).taken, STROKE) as unknown as Row[]) {
        const { waiting, bytes: before, dropped } = this.standingOf(name);
        if (before <= most) break;
        this.#change(name, { taken: seq, waiting: waiting - rows, bytes: before - bytes, dropped: dropped + rows });
      }
    }
  }

  /** Removes some of what all have taken; a little more than what came, so that it never lags behind for long. */
  #forget(maxRows: number): void {
    const taken = this.#leastTaken();
    this.#sql.deleteTaken.run(taken, maxRows);
    const { corrections } = this.#state;
    if (!corrections.some(({ seq }) => seq <= taken)) return;
    this.#sql.deleteCorrections.run(taken);
    this.#state = { ...this.#state, corrections: corrections.filter(({ seq }) => seq > taken) };
  }

  /** Keeps how far all have come. */
  save(): void {
    for (const [name, { taken }] of Object.entries(this.#state.standings)) this.#sql.saveCursor.run(name, taken);
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
  rowsOf(name: string, maxRows: number): (Row & { readings: OutgoingReading[] })[] {
    const found: (Row & { readings: OutgoingReading[] })[] = [];
    let rows = 0;
    for (const { seq, bytes, readings } of this.#waitingFor(name)) {
      const here = fromJournal(String(readings), LAYOUT, LAYOUT);
      rows += here.length;
      if (found.length > 0 && rows > maxRows) break;
      found.push({
        seq: Number(seq),
        rows: here.length,
        bytes: Number(bytes),
        readings: this.#outgoing(here, Number(seq)),
      });
      if (rows >= maxRows) break;
    }
    return found;
  }

  *#waitingFor(name: string) {
    const { taken } = this.standingOf(name);
    yield* this.#sql.fromTable.iterate(taken);
    yield* this.#sql.fromJournal.iterate(Math.max(taken, this.#state.moved));
  }

  #outgoing(readings: readonly KeyedReading[], seq: number): OutgoingReading[] {
    const later = this.#state.corrections.filter((one) => one.seq > seq);
    return readings.map((reading) => {
      const dated = later.reduce(
        (before, { battery, correction }) =>
          before.battery === battery && isConcerned(before, correction) ? redated(before, correction) : before,
        reading,
      );
      const { battery, kind, time, values } = dated;
      return { battery: this.#idOf(battery), kind, time: time as number, values };
    });
  }

  #idOf(battery: number): string {
    const known = this.#ids.get(battery);
    if (known !== undefined) return known;
    const id = String(this.#sql.id.get(battery)?.id);
    this.#ids.set(battery, id);
    return id;
  }

  /** An output has taken these, except those that were let go meanwhile. Never within a transaction. */
  taken(name: string, rows: readonly Row[]): void {
    for (const { seq, rows: count, bytes: size } of rows) {
      const { taken, waiting, bytes } = this.standingOf(name);
      if (seq <= taken) continue;
      const inTable = seq <= this.#state.moved;
      this.#change(name, { taken: seq, waiting: waiting - count, bytes: inTable ? bytes - size : bytes });
    }
    this.#settled = this.#state;
  }

  #leastTaken(): number {
    return Math.min(...Object.values(this.#state.standings).map(({ taken }) => taken));
  }

  #changeAll(change: (standing: Standing) => Partial<Standing>): void {
    for (const [name, standing] of Object.entries(this.#state.standings)) this.#change(name, change(standing));
  }

  #change(name: string, change: Partial<Standing>): void {
    const standings = { ...this.#state.standings, [name]: { ...this.standingOf(name), ...change } };
    this.#state = { ...this.#state, standings };
  }
}

class Queue implements Outbox {
  readonly #outboxes: Outboxes;
  readonly #name: string;
  /** What was handed out last. */
  #handed: readonly Row[] = [];

  constructor(outboxes: Outboxes, name: string) {
    this.#outboxes = outboxes;
    this.#name = name;
  }

  get waiting(): number {
    return this.#outboxes.standingOf(this.#name).waiting;
  }

  get dropped(): number {
    return this.#outboxes.standingOf(this.#name).dropped;
  }

  next(maxRows: number): OutboxBatch {
    const rows = this.#outboxes.rowsOf(this.#name, maxRows);
    this.#handed = rows.map(({ seq, rows: count, bytes }) => ({ seq, rows: count, bytes }));
    return { upTo: rows.at(-1)?.seq ?? 0, readings: rows.flatMap(({ readings }) => readings) };
  }

  done(upTo: number): void {
    this.#outboxes.taken(
      this.#name,
      this.#handed.filter(({ seq }) => seq <= upTo),
    );
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  return {
    last: sql(
      `SELECT coalesce(max(seq), 0) AS seq FROM (SELECT max(seq) AS seq FROM journal UNION ALL SELECT max(seq) FROM outbox
       UNION ALL SELECT max(seq) FROM outbox_correction UNION ALL SELECT max(taken) FROM outbox_cursor)`,
    ),
    moved: sql('SELECT coalesce(max(seq), 0) AS seq FROM outbox'),
    cursors: sql('SELECT name, taken FROM outbox_cursor'),
    saveCursor: sql('INSERT OR REPLACE INTO outbox_cursor (name, taken) VALUES (?, ?)'),
    deleteCursor: sql('DELETE FROM outbox_cursor WHERE name = ?'),
    clear: sql('DELETE FROM outbox'),
    clearCorrections: sql('DELETE FROM outbox_correction'),
    count: sql(
      `SELECT coalesce(sum(rows), 0) AS rows, coalesce(sum(octet_length(readings)), 0) AS bytes
       FROM outbox WHERE seq > ?`,
    ),
    insert: sql('INSERT INTO outbox (seq, rows, readings) VALUES (?, ?, ?) RETURNING octet_length(readings) AS bytes'),
    move: sql(
      `INSERT INTO outbox (seq, rows, readings) SELECT seq, json_array_length(readings), readings FROM journal
       WHERE seq > ? AND seq <= ? ORDER BY seq RETURNING seq, rows, octet_length(readings) AS bytes`,
    ),
    sizes: sql('SELECT seq, rows, octet_length(readings) AS bytes FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?'),
    deleteTaken: sql('DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE seq <= ? ORDER BY seq LIMIT ?)'),
    corrections: sql('SELECT seq, battery, correction FROM outbox_correction ORDER BY seq'),
    insertCorrection: sql('INSERT INTO outbox_correction (seq, battery, correction) VALUES (?, ?, ?)'),
    deleteCorrections: sql('DELETE FROM outbox_correction WHERE seq <= ?'),
    texts: sql('SELECT seq, readings FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?'),
    rewrite: sql('UPDATE outbox SET readings = ? WHERE seq = ?'),
    fromTable: sql('SELECT seq, readings, octet_length(readings) AS bytes FROM outbox WHERE seq > ? ORDER BY seq'),
    fromJournal: sql('SELECT seq, readings, octet_length(readings) AS bytes FROM journal WHERE seq > ? ORDER BY seq'),
    id: sql('SELECT id FROM battery WHERE key = ?'),
  };
}
