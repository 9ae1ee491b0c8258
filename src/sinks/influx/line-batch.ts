/**
 * Lines on their way to a server, and what is still to be settled of them. It is kept from one attempt to the next, so that
 * what was found out, by halving above all, is not found out again.
 */

export class LineBatch {
  /** Pieces not settled, the next on top. */
  #pieces: (readonly string[])[];
  /** Called bad while nothing else was taken: they are tried again, behind all others. */
  #doubtful: string[] = [];
  #taken: string | null = null;
  /** Whether the attempt before was put off after a line was taken. */
  credit = false;

  constructor(lines: readonly string[]) {
    this.#pieces = lines.length === 0 ? [] : [lines];
  }

  /** How many lines are not settled. */
  get waiting(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.length, this.#doubtful.length);
  }

  /** A line that was taken; null where none was. */
  get taken(): string | null {
    return this.#taken;
  }

  /**
   * Before each attempt.
   * @returns whether what comes now was called bad before
   */
  begin(): boolean {
    if (this.#pieces.length > 0 || this.#doubtful.length === 0) return false;
    this.keep(this.#doubtful);
    this.#doubtful = [];
    return true;
  }

  /** Up to so many of the lines that are next; null where there are none. */
  next(most: number): readonly string[] | null {
    const piece = this.#pieces.pop();
    if (piece === undefined) return null;
    this.keep(piece.slice(most));
    return piece.slice(0, most);
  }

  /** The newest line that is next in its turn; null where there is none. */
  newest(): string | null {
    const [last, ...others] = this.#pieces;
    const line = last?.at(-1);
    if (last === undefined || line === undefined) return null;
    this.#pieces = last.length === 1 ? others : [last.slice(0, -1), ...others];
    return line;
  }

  /** These are next, again. */
  keep(lines: readonly string[]): void {
    if (lines.length > 0) this.#pieces.push(lines);
  }

  /** These are next, in halves. */
  halve(lines: readonly string[]): void {
    const middle = Math.ceil(lines.length / 2);
    this.keep(lines.slice(middle));
    this.keep(lines.slice(0, middle));
  }

  doubt(lines: readonly string[]): void {
    this.#doubtful.push(...lines);
  }

  took(line: string): void {
    this.#taken = line;
  }
}
