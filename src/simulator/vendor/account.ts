/**
 * What a simulated vendor knows of a battery, over all its connections: how it is to be set, and when it was last heard.
 */
import { parseObject, textOfValue } from '../../protocol/body/json.ts';
import { FIELDS } from '../../protocol/fields/fields.ts';

/** What only the vendor's 1,2,3 has. */
const VENDORS_OWN = FIELDS.filter(({ in: sources }) => sources.includes('config_reply') && !sources.includes('config'));
const OWN_KEYS = VENDORS_OWN.flatMap(({ wire }) => wire).filter((key) => key !== 'Status');

export class VendorAccount {
  #settings: Map<string, string> | null = null;
  /** By the battery's clock, as it writes it; null before there is one. */
  lastHeard: string | null = null;

  /** The battery tells how it is set: what the vendor has not said otherwise since is taken from there. */
  told(text: string): void {
    const object = parseObject(text);
    if (object === null) return;
    const own = OWN_KEYS.map((key) => [key, this.#settings?.get(key) ?? '0'] as const);
    const told = Object.entries(object).map(([key, value]) => [key, textOfValue(value) ?? ''] as const);
    this.#settings = new Map([...told, ...own]);
  }

  change(changes: ReadonlyMap<string, string>): void {
    this.#settings = new Map([...(this.#settings ?? []), ...changes]);
  }

  /** The body of a 1,2,3: all settings in the vendor's form, or a plain success where none is known. */
  get configuration(): string {
    return JSON.stringify({ Status: 'Success', ...Object.fromEntries(this.#settings ?? []) });
  }
}
