/**
 * What is private of a battery's house, as it told it in its configuration: a street, a network's name, an address. What else the
 * battery says is shown without it.
 */
import { KnownValues } from '../privacy/known-values.ts';
import type { StoreReader } from '../store/reader.ts';
import { learnBytes } from './kept.ts';
import { HouseSecrets } from './secrets.ts';

/** A house with at most so many batteries is one: what any of them told is hidden of all. */
const MOST_OF_A_HOUSE = 10;
/** So many configurations of a battery are read, the newest. */
const NEWEST = 5;
/** Of a battery; those that were seen have a dozen. Each is looked for in every message. */
const MOST_VALUES = 100;

/** Of one snapshot; reads the configurations of the batteries that are asked for, once each. */
export class PrivateOfHouse {
  readonly #reader: StoreReader;
  readonly #known = new Map<string | null, KnownValues>();
  #batteries: readonly string[] = [];
  #serials: readonly string[] | null = null;

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  /**
   * @param battery whose words are to be shown, by its short id; null where it is not known whose they are
   * @throws StoreError
   */
  async knownOf(battery: string | null): Promise<KnownValues> {
    const serials = await this.#allSerials();
    const isOneHouse = this.#batteries.length <= MOST_OF_A_HOUSE;
    const whose = isOneHouse ? null : battery;
    const known = this.#known.get(whose) ?? (await this.#learnt(serials, this.#told(isOneHouse, battery)));
    this.#known.set(whose, known);
    return known;
  }

  #told(isOneHouse: boolean, battery: string | null): readonly string[] {
    if (isOneHouse) return this.#batteries;
    return battery === null ? [] : [battery];
  }

  async #learnt(serials: readonly string[], batteries: readonly string[]): Promise<KnownValues> {
    const values: string[] = [];
    for (const battery of batteries) {
      const secrets = new HouseSecrets();
      for await (const { text } of this.#reader.configurations({ battery, newest: NEWEST }))
        learnBytes(Buffer.from(text), secrets);
      values.push(...secrets.all.slice(0, MOST_VALUES).flatMap(asWrittenAndMeant));
    }
    // Who logs in as a word must not take it out of what others say.
    const names = new Set(serials);
    return new KnownValues(
      serials,
      values.filter((value) => !names.has(value)),
    );
  }

  async #allSerials(): Promise<readonly string[]> {
    if (this.#serials !== null) return this.#serials;
    const owners = await this.#reader.owners('all');
    this.#batteries = owners.map(({ id }) => id);
    this.#serials = owners.map(({ serial }) => serial.reveal());
    return this.#serials;
  }
}

/** As JSON wrote it, and without its escapes. */
function asWrittenAndMeant(value: string): string[] {
  if (!value.includes('\\')) return [value];
  try {
    return [value, String(JSON.parse(`"${value}"`))];
  } catch {
    return [value];
  }
}
