/**
 * The configuration that a battery is given (1,2,3): in the keys, in their order and in the forms of one that the vendor gave, with the values that the battery
 * has now and those that its owner wants. A battery takes what it is given for all it has (confirmed: what is sent replaces everything), so no key is left out
 * and none is added.
 */
import { plainDecimals } from '../../protocol/body/decimal.ts';
import { type PlainObject, readPlainLiterals } from '../../protocol/body/plain-object.ts';
import { bytesOf } from '../../protocol/body/text.ts';
import { canonicalText } from '../settings/comparison.ts';

const STATUS = 'Status';
/** As it is written. */
const SUCCESS = '"Success"';

/** A configuration of the vendor's, as it is written. */
export class ConfigurationText {
  readonly #literals: ReadonlyMap<string, string>;

  private constructor(literals: ReadonlyMap<string, string>) {
    this.#literals = literals;
  }

  /** @returns null where it is no plain object, or does not say that it is a configuration: `Status` Success */
  static read(body: Uint8Array): ConfigurationText | null {
    const literals = readPlainLiterals(body);
    return literals?.get(STATUS) === SUCCESS ? new ConfigurationText(literals) : null;
  }

  /** Of what the battery told alone, with the keys that both messages have: never seen on the wire, and only where the owner knows that. */
  static ofShared(reported: PlainObject, isShared: (key: string) => boolean): ConfigurationText {
    const shared = [...reported].filter(([key]) => isShared(key));
    return new ConfigurationText(
      new Map([[STATUS, SUCCESS], ...shared.map(([key, value]) => [key, JSON.stringify(value)] as const)]),
    );
  }

  has(key: string): boolean {
    return this.#literals.has(key);
  }

  /** A value as text; null where there is none. */
  get(key: string): string | null {
    const literal = this.#literals.get(key);
    return literal === undefined ? null : textOf(literal);
  }

  keys(): Iterable<string> {
    return this.#literals.keys();
  }

  /** With these values, each in the form that its key has; of what means the same the form is kept as it is. Other keys are not taken. */
  with(values: Iterable<readonly [string, string | null]>): ConfigurationText {
    const literals = new Map(this.#literals);
    for (const [key, text] of values) {
      const literal = literals.get(key);
      if (literal === undefined || text === null || key === STATUS) continue;
      if (canonicalText(key, textOf(literal)) !== canonicalText(key, text)) literals.set(key, inFormOf(literal, text));
    }
    return new ConfigurationText(literals);
  }

  /** The body of a 1,2,3, `Status` first. */
  body(): Uint8Array {
    const members = [...this.#literals].filter(([key]) => key !== STATUS);
    const all = [[STATUS, this.#literals.get(STATUS) as string], ...members];
    return bytesOf(`{${all.map(([key, literal]) => `"${key}":${literal}`).join(',')}}`);
  }
}

function textOf(literal: string): string | null {
  if (literal === 'null') return null;
  return literal.startsWith('"') ? String(JSON.parse(literal)) : literal;
}

/** A text written as another value of its setting is: `false`, `"False"`, `"100.00"`, `0`. */
function inFormOf(literal: string, text: string): string {
  const isQuoted = literal.startsWith('"');
  const model = isQuoted ? String(JSON.parse(literal)) : literal;
  const written = inWordsOf(model, text);
  // A number or a word of JSON's stays one, as far as the text is one.
  const isBare =
    !isQuoted && literal !== 'null' && (written === 'true' || written === 'false' || plainDecimals(written) >= 0);
  return isBare ? written : JSON.stringify(written);
}

function inWordsOf(model: string, text: string): string {
  const [yes, no] = wordsLike(model) ?? ['1', '0'];
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true' ? yes : no;
  if (wordsLike(model) !== null && (text === '1' || text === '0')) return text === '1' ? yes : no;
  const decimals = plainDecimals(model);
  const isExact = plainDecimals(text) >= 0 && Number(Number(text).toFixed(Math.max(0, decimals))) === Number(text);
  return decimals >= 0 && isExact ? Number(text).toFixed(decimals) : text;
}

function wordsLike(model: string): readonly [yes: string, no: string] | null {
  if (!/^(?:true|false)$/i.test(model)) return null;
  return /^[TF]/.test(model) ? ['True', 'False'] : ['true', 'false'];
}
