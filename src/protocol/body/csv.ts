/**
 * A table of comma-separated values as a C program writes it: a line of names, then rows. Lines may end with CR, LF or NUL,
 * cells may stand in quotes and have white space around them. Each row's cells are put under the names they belong to
 * (alignment.ts); nothing is put where it may not belong.
 */
import { align, alignKnown, type ColumnRule, cutShort } from './alignment.ts';
import type { BodyCondition } from './lenient-json.ts';

export interface CsvRow {
  /** In the order of the names; null where it is not known which cell it was. */
  readonly texts: readonly (string | null)[];
  readonly condition: BodyCondition;
}

export interface CsvTable {
  /** Each once, none empty. */
  readonly names: readonly string[];
  readonly rows: readonly CsvRow[];
  /** Rows that could not be put under the names at all, or were too many. */
  readonly hasOthers: boolean;
}

/** What ends a line; a text of C may have its NUL there. */
const LINE_END = /[\r\n\0]+/;

/**
 * @param columnOf what may stand in the column of that name
 * @param most how many rows are read
 */
export function readCsv(text: string, columnOf: (name: string) => ColumnRule, most: number): CsvTable {
  const lines = text.split(LINE_END).filter((line) => line.trim() !== '');
  const [first = '', ...others] = lines;
  const header = new Header(cellsOf(first.replace(/^\ufeff/, '')), columnOf);
  const lastMayBeCut = !LINE_END.test(text.at(-1) as string);
  const rows: CsvRow[] = [];
  for (const [index, line] of others.slice(0, most).entries()) {
    const row = header.rowOf(cellsOf(line), lastMayBeCut && index === others.length - 1);
    if (row !== null) rows.push(row);
  }
  return { names: header.names, rows, hasOthers: rows.length < others.length };
}

/** Rows of a packet whose cells are put under the names though they are not as many: three rows were captured at most. */
const MOST_WEIGHED = 16;

/** The line of names, and how rows stand under it. */
class Header {
  readonly names: readonly string[];
  /** Of each column, its place in `names`; -1: it has no name. */
  readonly #places: readonly number[];
  readonly #columns: () => readonly ColumnRule[];
  readonly #isPlain: boolean;
  #weighed = 0;

  constructor(cells: readonly string[], columnOf: (name: string) => ColumnRule) {
    let length = cells.length;
    while (length > 0 && cells[length - 1] === '') length--;
    const titles = cells.slice(0, length);
    this.names = [...new Set(titles.filter((title) => title !== ''))];
    this.#places = titles.map((title) => this.names.indexOf(title));
    this.#isPlain = this.names.length === length;
    let columns: readonly ColumnRule[] | null = null;
    this.#columns = () => (columns ??= titles.map(columnOf));
  }

  /** @returns null where no cell can be put under a name */
  rowOf(cells: readonly string[], mayBeCut: boolean): CsvRow | null {
    const width = this.#places.length;
    let length = cells.length;
    while (length > width && cells[length - 1] === '') length--;
    const told = length === cells.length ? cells : cells.slice(0, length);
    if (length === width) return this.#under(told, 'sound');
    const columns = this.#columns();
    const known = alignKnown(told, columns);
    if (known !== null) return this.#under(known, 'sound');
    const texts = this.#weigh(told, columns, mayBeCut);
    return texts === null ? null : this.#under(texts, 'spoilt');
  }

  #weigh(cells: readonly string[], columns: readonly ColumnRule[], mayBeCut: boolean): (string | null)[] | null {
    if (this.#weighed === MOST_WEIGHED) return null;
    this.#weighed++;
    return align(cells, columns, mayBeCut) ?? (mayBeCut ? cutShort(cells, columns) : null);
  }

  /** Of a name that stands twice, a text that both columns have; what has no name is in no text. */
  #under(texts: readonly (string | null)[], condition: BodyCondition): CsvRow {
    if (this.#isPlain) return { texts, condition };
    const named = new Array<string | null | undefined>(this.names.length).fill(undefined);
    let isWhole = true;
    for (const [index, text] of texts.entries()) {
      const place = this.#places[index] as number;
      const other = place < 0 ? '' : named[place];
      if (other !== undefined && other !== text) isWhole = false;
      if (place >= 0) named[place] = other === undefined || other === text ? text : null;
    }
    return { texts: named as (string | null)[], condition: isWhole ? condition : 'spoilt' };
  }
}

/** A cell in quotes, in which quotes are doubled, or any other up to the next comma. */
const CELL = /[^\S,]*(?:"((?:[^"]|"")*)"[^\S,]*(?=,|$)|([^,]*))(,|$)/y;

/** The cells of a line, without the white space and the quotes around them. */
function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  CELL.lastIndex = 0;
  for (;;) {
    const [, quoted, bare, end] = CELL.exec(line) as RegExpExecArray;
    cells.push(quoted === undefined ? (bare as string).trim() : quoted.replaceAll('""', '"'));
    if (end === '') return cells;
  }
}
