/**
 * Which cell of a row belongs to which column, where a row has more cells than its table has names, or fewer. A comma
 * within a value, a comma too many, a column without a name or a value left out all look alike; so every way in which the cells
 * can stand under the names is weighed, and a value is given only where all of them give the same.
 */

/** What may stand in a column. */
export interface ColumnRule {
  /** Whether a cell may be its value. */
  readonly takes: (cell: string) => boolean;
  /** Whether its value may have commas, these cells between them. */
  readonly joins: (cells: readonly string[]) => boolean;
  /** Whether such values are known to occur in it, so that there need be no other reason for cells too many. */
  readonly hasCommas: boolean;
  /** Whether it may be left out. */
  readonly mayLack: boolean;
}

/** More cells too many or too few than that are no accident in a row. */
const MOST = 2;
/** Three times as many as were captured; each is weighed a dozen times, while no battery is heard. */
const MOST_COLUMNS = 256;

/** Under known columns with commas in their values, if that is reason enough for the cells too many; else null. */
export function alignKnown(cells: readonly string[], columns: readonly ColumnRule[]): (string | null)[] | null {
  return canAlign(cells, columns) && cells.length > columns.length
    ? new Ways(cells, columns, true, false).texts()
    : null;
}

/**
 * Under all columns in which the reason could lie.
 * @param lastMayBeCut whether the last cell of a row that has too few may be less than its value was
 * @returns in the order of the columns, null where it could be one cell or another, or none; null alone where in no way all
 * cells can stand under the columns
 */
export function align(
  cells: readonly string[],
  columns: readonly ColumnRule[],
  lastMayBeCut: boolean,
): (string | null)[] | null {
  if (!canAlign(cells, columns)) return null;
  return new Ways(cells, columns, false, lastMayBeCut && cells.length < columns.length).texts();
}

function canAlign(cells: readonly string[], columns: readonly ColumnRule[]): boolean {
  return Math.abs(cells.length - columns.length) <= MOST && columns.length <= MOST_COLUMNS;
}

/**
 * A row that ends early: its cells stand under the first names, and the last of them is not whole.
 * @returns null where they do not fit
 */
export function cutShort(cells: readonly string[], columns: readonly ColumnRule[]): (string | null)[] | null {
  const whole = cells.slice(0, -1);
  if (whole.length >= columns.length || !whole.every((cell, index) => columns[index]?.takes(cell))) return null;
  return columns.map((_, index) => whole[index] ?? null);
}

/** All ways in which cells can stand under columns, each column taking the cells behind those of the one before. */
class Ways {
  readonly #cells: readonly string[];
  readonly #columns: readonly ColumnRule[];
  readonly #onlyKnown: boolean;
  readonly #lastMayBeCut: boolean;
  /** How many cells there are more than columns; below zero, fewer. */
  readonly #extra: number;
  /** How many cells a column may take. */
  readonly #counts: readonly number[];

  constructor(cells: readonly string[], columns: readonly ColumnRule[], onlyKnown: boolean, lastMayBeCut: boolean) {
    this.#cells = cells;
    this.#columns = columns;
    this.#onlyKnown = onlyKnown;
    this.#lastMayBeCut = lastMayBeCut;
    const extra = cells.length - columns.length;
    this.#extra = extra;
    this.#counts = extra < 0 ? [0, 1] : Array.from({ length: extra + 1 }, (_, more) => 1 + more);
  }

  /** What each column has in every way; null where there is no way. */
  texts(): (string | null)[] | null {
    const forth = this.#reachable();
    if (!forth.at(-1)?.has(this.#cells.length)) return null;
    const texts = new Array<string | null>(this.#columns.length).fill(null);
    let behind = new Set([this.#cells.length]);
    for (let index = this.#columns.length - 1; index >= 0; index--) {
      const starts = new Set<number>();
      const told = new Set<string | null>();
      for (const start of forth[index] as Set<number>) {
        for (const count of this.#counts) {
          if (!behind.has(start + count) || !this.#fits(index, start, count)) continue;
          starts.add(start);
          told.add(this.#textOf(index, start, count));
        }
      }
      const [text = null] = told;
      if (told.size === 1) texts[index] = text;
      behind = starts;
    }
    return texts;
  }

  /** For each column, the cells at which it can begin; behind the last, where it can end. */
  #reachable(): Set<number>[] {
    const forth = [new Set([0])];
    for (let index = 0; index < this.#columns.length; index++) {
      const ends = new Set<number>();
      for (const start of forth[index] as Set<number>) {
        for (const count of this.#counts) if (this.#fits(index, start, count)) ends.add(start + count);
      }
      forth.push(ends);
    }
    return forth;
  }

  #fits(index: number, start: number, count: number): boolean {
    const column = this.#columns[index] as ColumnRule;
    const end = start + count;
    // By so many cells the columns can be ahead of, or behind, where they would be in a row that is right.
    const ahead = end - (index + 1);
    if (ahead < Math.min(0, this.#extra) || ahead > Math.max(0, this.#extra) || end > this.#cells.length) return false;
    if (count === 0) return column.mayLack;
    if (count === 1) return this.#isCut(start) || column.takes(this.#cells[start] as string);
    return (column.hasCommas || !this.#onlyKnown) && column.joins(this.#cells.slice(start, end));
  }

  /** A value with commas is told only where such values are known. */
  #textOf(index: number, start: number, count: number): string | null {
    if (count === 1) return this.#isCut(start) ? null : (this.#cells[start] as string);
    const isKnown = count > 1 && (this.#columns[index] as ColumnRule).hasCommas;
    return isKnown ? this.#cells.slice(start, start + count).join() : null;
  }

  #isCut(cell: number): boolean {
    return this.#lastMayBeCut && cell === this.#cells.length - 1;
  }
}
