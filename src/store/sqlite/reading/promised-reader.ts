/**
 * A reader of SQLite as the house sees it: behind promises.
 */
import type { BytesRecord, ReadingKind } from '../../../model.ts';
import type * as read from '../../reader.ts';
import type { SqliteReader } from './reader.ts';

export class PromisedReader implements read.StoreReader {
  readonly #reader: SqliteReader;

  constructor(reader: SqliteReader) {
    this.#reader = reader;
  }

  async close(): Promise<void> {
    this.#reader.close();
  }

  async owners(which?: read.Whose): Promise<read.Owner[]> {
    return this.#reader.owners(which);
  }

  async *readings(
    kind: ReadingKind,
    selection?: read.Selection,
    after: read.Position | null = null,
  ): AsyncGenerator<read.StoredReading> {
    yield* this.#reader.readings(kind, selection, after);
  }

  async series(source: read.RollUpSize | 'live' | 'detail', query: read.SeriesQuery): Promise<read.Series | null> {
    return this.#reader.series(source, query);
  }

  async newest(kind: ReadingKind, battery: string): Promise<read.StoredReading | null> {
    return this.#reader.newest(kind, battery);
  }

  async extents(battery: string): Promise<read.Extent[]> {
    return this.#reader.extents(battery);
  }

  async wireKeys(kind: ReadingKind): Promise<string[]> {
    return this.#reader.wireKeys(kind);
  }

  async *events(selection?: read.Selection): AsyncGenerator<read.StoredEvent> {
    yield* this.#reader.events(selection);
  }

  async *configurations(selection?: read.Selection): AsyncGenerator<read.StoredConfiguration> {
    yield* this.#reader.configurations(selection);
  }

  async *frames(kept: BytesRecord['kept'], selection?: read.Selection): AsyncGenerator<read.StoredFrame> {
    yield* this.#reader.frames(kept, selection);
  }

  async *epochs(selection?: read.Selection): AsyncGenerator<read.StoredEpoch> {
    yield* this.#reader.epochs(selection);
  }

  async *gaps(selection?: read.Selection): AsyncGenerator<read.StoredGap> {
    yield* this.#reader.gaps(selection);
  }

  async *held(selection?: read.Selection): AsyncGenerator<read.StoredHeld> {
    yield* this.#reader.held(selection);
  }

  async heldCounts(most: number): Promise<read.HeldCount[]> {
    return this.#reader.heldCounts(most);
  }

  async *energy(span: read.RollUpSize, selection?: read.Selection): AsyncGenerator<read.StoredEnergy> {
    yield* this.#reader.energy(span, selection);
  }

  async energyTotal(battery: string): Promise<readonly (number | null)[]> {
    return this.#reader.energyTotal(battery);
  }
}
