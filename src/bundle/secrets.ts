/**
 * The private values of a house that nothing which is shared may hold, and what stands in their place.
 */
import { saysOfItself } from './vocabulary.ts';

const SHORTEST = 6;
const SHORTEST_NUMBER = 8;
/** Of no house in particular. */
const ANYBODYS = ['0.0.0.0', '127.0.0.1', '255.255.255.255', 'localhost'];
const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;

/** Whether a value tells a house apart wherever it stands; shorter and plainer ones are replaced by the field they stand in. */
export function isIdentifying(value: string): boolean {
  if (ANYBODYS.includes(value.toLowerCase())) return false;
  if (value.length < SHORTEST || /^[*\s]*$/.test(value) || /^(.)\1*$/.test(value)) return false;
  if (/^[\d.,+-]+$/.test(value) && !/^\d{1,3}(\.\d{1,3}){3}$/.test(value))
    return value.replace(/\D/g, '').length >= SHORTEST_NUMBER;
  return !(/^[a-z]+$/i.test(value) && saysOfItself(value));
}

export class HouseSecrets {
  readonly #values = new Set<string>();
  readonly #serials = new Map<string, string>();

  /** @param value of a private field, or an address, a password and the like */
  add(value: string | null | undefined): void {
    const trimmed = (value ?? '').trim();
    // Of an address, each part: where it was spoilt, it may stand alone.
    for (const part of [trimmed, ...trimmed.split(/[,;"{}\r\n]+/)]) this.#addOne(part.trim());
    if (MAC.test(trimmed)) this.#addOne(trimmed.replace(/[:-]/g, ''));
  }

  #addOne(value: string): void {
    if (isIdentifying(value)) this.#values.add(value);
  }

  /** One that gets the same false one wherever it stands in the bundle. */
  addSerial(serial: string): void {
    this.add(serial);
    if (!isIdentifying(serial) || this.#serials.has(serial)) return;
    const number = String(this.#serials.size + 1);
    this.#serials.set(serial, `XX${number.padStart(serial.length - 2, '0')}`);
  }

  /** The longest first, so that none is found within another. */
  get all(): readonly string[] {
    return [...this.#values].sort((one, other) => other.length - one.length);
  }

  get serials(): readonly string[] {
    return [...this.#serials.keys()];
  }

  /** As long as it; null where it is no serial number. */
  pseudonymOf(value: string): string | null {
    return this.#serials.get(value) ?? null;
  }
}
