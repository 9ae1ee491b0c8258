/**
 * A seeded generator of pseudo-random numbers (sfc32), so that the same seed gives the same house, battery and faults.
 *
 * A generator is named, and `fork` makes another from the name alone: how many numbers one part has drawn never changes
 * what another part gets.
 */

/** 32-bit FNV-1a with a final avalanche: spreads a short text over one word of the state. */
function hash(text: string, basis: number): number {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x0100_0193);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** How many numbers are thrown away first, until the four words of the state have mixed (as sfc32's author advises). */
const WARM_UP = 15;

export class Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | null = null;

  constructor(seed: string | number) {
    this.#name = String(seed);
    this.#a = hash(this.#name, 0x811c_9dc5);
    this.#b = hash(this.#name, 0x9e37_79b9);
    this.#c = hash(this.#name, 0x7f4a_7c15);
    for (let i = 0; i < WARM_UP; i++) this.uniform();
  }

  /** An independent generator, the same for the same seed and name whatever was drawn before. */
  fork(name: string | number): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** Evenly spread in [low, high). */
  uniform(low = 0, high = 1): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return low + ((sum >>> 0) / 0x1_0000_0000) * (high - low);
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Normally distributed (Box and Muller; the second value of each pair is kept for the next call). */
  normal(mean = 0, deviation = 1): number {
    let value = this.#spare;
    if (value === null) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      value = radius * Math.cos(angle);
      this.#spare = radius * Math.sin(angle);
    } else {
      this.#spare = null;
    }
    return mean + deviation * value;
  }

  /** The wait for the next of some rare events, which come on average every `mean`. */
  wait(mean: number): number {
    return -Math.log(1 - this.uniform()) * mean;
  }

  /** One of some things; there must be at least one. */
  pick<T>(things: readonly [T, ...T[]]): T {
    return things[this.whole(0, things.length - 1)] as T;
  }

  /** `length` characters from `alphabet`: invented serial numbers and the like. */
  text(length: number, alphabet = '0123456789'): string {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet[this.whole(0, alphabet.length - 1)];
    return text;
  }
}
