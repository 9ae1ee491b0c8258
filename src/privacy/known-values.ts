/**
 * Private values of a house that are known: they are hidden wherever they stand, in other words too.
 */

/** What is taken out: serial numbers alone, or with what else is known of the house. */
export type PrivateValues = readonly string[] | KnownValues;

export class KnownValues {
  /** Of which only what looks like one is looked for. */
  readonly serials: readonly string[];
  readonly #inText: RegExp | null;
  readonly #inBytes: RegExp | null;

  /**
   * @param serials the serial numbers known
   * @param values what else is private, each so long that it tells a house apart wherever it stands
   */
  constructor(serials: readonly string[], values: Iterable<string>) {
    this.serials = serials;
    const all = [...values];
    this.#inText = anyOf(all);
    // Of letters beyond ASCII it is not known how a message writes them.
    this.#inBytes = anyOf(all.flatMap((value) => [Buffer.from(value).toString('latin1'), value]));
  }

  /** A text with others in the place of such values; large and small letters are the same. */
  replacedIn(text: string, replacement: string): string {
    return this.#inText === null ? text : text.replace(this.#inText, () => replacement);
  }

  /** Where such values lie. @param latin1 bytes, one character each */
  *placesIn(latin1: string): Generator<[start: number, end: number]> {
    if (this.#inBytes === null) return;
    for (const { 0: found, index } of latin1.matchAll(this.#inBytes)) yield [index, index + found.length];
  }
}

/** The longest first, so that none is found within another. */
function anyOf(values: readonly string[]): RegExp | null {
  if (values.length === 0) return null;
  const longestFirst = [...new Set(values)].sort((one, other) => other.length - one.length);
  return new RegExp(longestFirst.map((value) => value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'gi');
}
