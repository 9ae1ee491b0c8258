/**
 * InfluxDB's line protocol, read letter by letter from its rules, so that what we write is not checked by what wrote it:
 * https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. Stricter than a server is: all numbers must be
 * floats, each point must have a time, nothing may be quoted or come twice.
 */

export interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, number>>;
  /** In the precision of the request. */
  readonly time: number;
}

/** Digits, a point and digits, an exponent; not `1i`, `1u`, `true`, `"1"`, `NaN`. */
const FLOAT = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** @throws Error that says what is wrong with it */
export function parseLine(line: string): Point {
  const reader = new Reader(line);
  if (line.startsWith('#')) throw new Error('a comment');
  const measurement = reader.text(', ', ', ');
  if (measurement === '' || measurement.startsWith('_')) throw new Error(`the measurement ${measurement}`);
  const tags: Record<string, string> = {};
  while (reader.skips(',')) {
    const [key, value] = reader.pair();
    put(tags, key, value);
  }
  reader.expect(' ');
  const fields: Record<string, number> = {};
  do {
    const [key, value] = reader.pair();
    if (!FLOAT.test(value)) throw new Error(`the field ${key} is ${value}, no float`);
    put(fields, key, Number(value));
  } while (reader.skips(','));
  reader.expect(' ');
  const time = reader.rest();
  if (!/^-?\d+$/.test(time)) throw new Error(`the time ${time}`);
  return { measurement, tags, fields, time: Number(time) };
}

/** All lines of a body; the last may end with a line break. */
export function parseLines(body: string): Point[] {
  const lines = body.replace(/\n$/, '').split('\n');
  return lines.map((line, index) => {
    try {
      return parseLine(line);
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}: ${line}`);
    }
  });
}

class Reader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** Up to a letter of `ends` that is not escaped; of a backslash before one of `escaped` the letter counts. */
  text(ends: string, escaped: string): string {
    let text = '';
    for (; this.#at < this.#line.length && !ends.includes(this.#letter); this.#at++) {
      if (this.#letter === '\\' && escaped.includes(this.#line.charAt(this.#at + 1))) this.#at++;
      text += this.#letter;
    }
    return text;
  }

  pair(): [key: string, value: string] {
    const key = this.text(',= ', ',= ');
    this.expect('=');
    const value = this.text(',= ', ',= ');
    if (key === '' || key.startsWith('_') || value === '') throw new Error(`the pair ${key}=${value}`);
    return [key, value];
  }

  skips(letter: string): boolean {
    if (this.#letter !== letter) return false;
    this.#at++;
    return true;
  }

  expect(letter: string): void {
    if (!this.skips(letter)) throw new Error(`${JSON.stringify(letter)} expected at ${this.#at}`);
  }

  rest(): string {
    return this.#line.slice(this.#at);
  }

  get #letter(): string {
    return this.#line.charAt(this.#at);
  }
}

function put<V>(record: Record<string, V>, key: string, value: V): void {
  if (Object.hasOwn(record, key)) throw new Error(`${key} comes twice`);
  record[key] = value;
}
