/**
 * What is kept as flat rows under the names of an export. Private values are replaced unless they were asked for.
 */
import { PrivateOfHouse } from '../bundle/private-of-house.ts';
import { utc } from '../log/log.ts';
import { type BytesRecord, missingMinutes, READING_KINDS, REDACTED, type ReadingKind, type Rest } from '../model.ts';
import type { PrivateValues } from '../privacy/known-values.ts';
import { isPrivateKey, redactText } from '../privacy/redact.ts';
import { sanitised } from '../privacy/sanitised.ts';
import { formatBatteryTime } from '../protocol/body/battery-time.ts';
import { lenientNumber } from '../protocol/body/decimal.ts';
import { parseObject, textOfValue } from '../protocol/body/json.ts';
import { wireTexts } from '../protocol/body/wire-form.ts';
import { inferredMeaning } from '../protocol/event-codes.ts';
import type { Field } from '../protocol/fields/field.ts';
import { columnsOf, FIELDS, fieldsOnWire } from '../protocol/fields/fields.ts';
import { canBeDoubted } from '../protocol/fields/plausible.ts';
import {
  ENERGIES,
  type Owner,
  type RollUpSize,
  type Selection,
  type StoredConfiguration,
  type StoredEnergy,
  type StoredEpoch,
  type StoredEvent,
  type StoredFrame,
  type StoredGap,
  type StoredHeld,
  type StoredReading,
  type StoreReader,
} from '../store/reader.ts';

export type ExportKind = ReadingKind | 'event' | 'config' | BytesRecord['kept'] | 'clock' | 'gap' | 'held';

export type ExportRow = Record<string, string | number | boolean | null | Record<string, string | null>>;

export interface ExportNaming {
  /** The vendor's names and texts instead of ours. */
  readonly wire: boolean;
  /** Private values too. */
  readonly private: boolean;
}

export interface ExportTable {
  /** For formats that need them first. */
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<ExportRow>;
}

/** One kind of what is kept, as a table whose rows are made while they are taken. */
export async function tableOf(
  reader: StoreReader,
  kind: ExportKind,
  selection: Selection,
  naming: ExportNaming,
): Promise<ExportTable> {
  const rows = new RowMaker(await reader.owners('all'), naming);
  const house = new PrivateOfHouse(reader);
  const knownOf = (owner: Owner | null) => (naming.private ? [] : house.knownOf(owner?.id ?? null));
  switch (kind) {
    case 'event':
      return {
        columns: EVENT_COLUMNS,
        rows: each(reader.events(selection), async (event) => rows.event(event, await knownOf(event.owner))),
      };
    case 'config':
      return {
        columns: naming.wire ? await configWireColumns(reader, selection) : configColumns(),
        rows: each(reader.configurations(selection), (one) => rows.configuration(one)),
      };
    case 'clock':
      return { columns: CLOCK_COLUMNS, rows: each(reader.epochs(selection), clockRow) };
    case 'gap':
      return { columns: GAP_COLUMNS, rows: each(reader.gaps(selection), gapRow) };
    case 'held':
      return {
        columns: await heldColumns(reader, selection, naming),
        rows: each(reader.held(selection), (one) => rows.held(one)),
      };
    case 'unknown':
    case 'discarded':
    case 'conversation':
      return {
        columns: FRAME_COLUMNS,
        rows: each(reader.frames(kind, selection), async (frame) => rows.frame(frame, await knownOf(frame.owner))),
      };
    default: {
      const columns = naming.wire
        ? (await reader.wireKeys(kind)).map((key) => wireName(WIRE_COLUMNS, key))
        : [...columnsOf(kind).map((field) => field.name), 'other', IMPLAUSIBLE, ORDINAL];
      const serial = naming.private && !naming.wire ? ['serial'] : [];
      return {
        columns: [...READING_COLUMNS, ...serial, ...columns],
        rows: each(reader.readings(kind, selection), (reading) => rows.reading(reading)),
      };
    }
  }
}

/** Those of all kinds: readings of each may be held. */
async function heldColumns(reader: StoreReader, selection: Selection, naming: ExportNaming): Promise<string[]> {
  if (!naming.wire) {
    const names = READING_KINDS.flatMap((kind) => columnsOf(kind).map(({ name }) => name));
    return [...HELD_COLUMNS, ...(naming.private ? ['serial'] : []), ...new Set(names), 'other', IMPLAUSIBLE];
  }
  const keys = new Set<string>();
  for await (const { form } of reader.held(selection)) for (const key of form?.keys ?? []) keys.add(key);
  return [...HELD_COLUMNS, ...Array.from(keys, (key) => wireName(HELD_COLUMNS, key))];
}

/** Energy over minutes, hours or days of the house. */
export function energyTable(reader: StoreReader, per: RollUpSize, selection: Selection): ExportTable {
  return { columns: ENERGY_COLUMNS, rows: each(reader.energy(per, selection), energyRow) };
}

async function* each<T>(
  items: AsyncIterable<T>,
  make: (item: T) => ExportRow | Promise<ExportRow>,
): AsyncGenerator<ExportRow> {
  for await (const item of items) yield make(item);
}

const READING_COLUMNS = ['time', 'battery_time', 'received_at', 'battery'];
/** Names that no key of the vendor's takes. */
const WIRE_COLUMNS = [...READING_COLUMNS, 'ordinal'];
/** Of a reading that is not the value of its second, since another of that second came before it: 1, 2 … */
const ORDINAL = 'ordinal';
/** Names of fields that were told what cannot be. */
const IMPLAUSIBLE = 'implausible';
const HELD_COLUMNS = [...READING_COLUMNS, 'why', 'peer', 'kind'];
const EVENT_COLUMNS = [...READING_COLUMNS, 'source', 'name', 'code', 'meaning', 'text'];
const CONFIG_COLUMNS = ['received_at', 'last_received_at', 'battery'];
const CLOCK_COLUMNS = ['battery', 'since', 'offset_seconds', 'drift_ppm', 'reason', 'unconfirmed'];
const GAP_COLUMNS = ['battery', 'from', 'to', 'minutes', 'filled_minutes', 'state', 'asked_at'];
const ENERGY_COLUMNS = ['battery', 'start', ...ENERGIES, 'incomplete'];
const FRAME_COLUMNS = [
  'received_at',
  'battery',
  'direction',
  'type',
  'command',
  'reason',
  'hex',
  'checksum_recomputed',
];

function configColumns(): string[] {
  const settings = FIELDS.filter((field) => field.in.includes('config')).map((field) => field.name);
  return [...CONFIG_COLUMNS, ...settings, 'other'];
}

/**
 * The column of a vendor's key: its name, unless one of `ours` has it. A name that would then be another key's is changed
 * too: each key has a column of its own.
 */
function wireName(ours: readonly string[], key: string): string {
  return ours.includes(key.replace(/^(?:wire_)+/, '')) ? `wire_${key}` : key;
}

/** The vendor's names that occur, in the order of the messages. */
async function configWireColumns(reader: StoreReader, selection: Selection): Promise<string[]> {
  const keys = new Set(CONFIG_COLUMNS);
  for await (const { text } of reader.configurations(selection)) {
    for (const key of Object.keys(parseObject(text) ?? {})) keys.add(wireName(CONFIG_COLUMNS, key));
  }
  return [...keys];
}

class RowMaker {
  readonly #secrets: readonly string[];
  readonly #naming: ExportNaming;

  constructor(owners: readonly Owner[], naming: ExportNaming) {
    this.#naming = naming;
    this.#secrets = owners.map((owner) => owner.serial.reveal());
  }

  held({ why, peer, ...reading }: StoredHeld): ExportRow {
    return { ...this.reading(reading, HELD_COLUMNS), why, peer, kind: reading.kind };
  }

  /** @param ours names that no key of the vendor's gets */
  reading(reading: StoredReading, ours = WIRE_COLUMNS): ExportRow {
    const row: ExportRow = {
      time: utcSeconds(reading.time),
      battery_time: batteryClock(reading.batteryTime),
      received_at: utcMs(reading.receivedMs),
      battery: reading.owner.id,
    };
    if (reading.ordinal > 0) row[ORDINAL] = reading.ordinal;
    return this.#naming.wire ? this.#withTexts(row, reading, ours) : this.#withValues(row, reading);
  }

  #withTexts(row: ExportRow, reading: StoredReading, ours: readonly string[]): ExportRow {
    const serial = reading.owner.serial.reveal();
    for (const [key, text] of wireTexts({ ...reading, serial })) put(row, wireName(ours, key), this.#text(key, text));
    return row;
  }

  #withValues(row: ExportRow, reading: StoredReading): ExportRow {
    if (this.#naming.private) row.serial = reading.owner.serial.reveal();
    columnsOf(reading.kind).forEach((field, index) => {
      const value = reading.values[index] ?? null;
      if (value !== null) row[field.name] = value;
    });
    if (reading.rest === null) return row;
    row.other = this.#texts(Object.entries(reading.rest));
    const marked = implausibleIn(reading, reading.rest);
    if (marked.length > 0) row[IMPLAUSIBLE] = marked.join(' ');
    return row;
  }

  event(event: StoredEvent, known: PrivateValues): ExportRow {
    return {
      time: utcSeconds(event.time),
      battery_time: batteryClock(event.batteryTime),
      received_at: utcMs(event.receivedMs),
      battery: event.owner?.id ?? null,
      source: event.source,
      // A peer's text too.
      name: this.#said(event.name, known),
      code: event.code,
      meaning: event.code === null ? null : inferredMeaning(event.code),
      text: this.#said(event.text, known),
    };
  }

  /** The configuration as last reported; a key that came twice appears once. */
  configuration(configuration: StoredConfiguration): ExportRow {
    const { receivedMs, lastReceivedMs, owner, text } = configuration;
    const row: ExportRow = {
      received_at: utcMs(receivedMs),
      last_received_at: utcMs(lastReceivedMs),
      battery: owner.id,
    };
    const other: [string, string | null][] = [];
    for (const [key, value] of Object.entries(parseObject(text) ?? {})) {
      const written = textOfValue(value);
      const [field] = fieldsOnWire(key).filter((one) => one.in.includes('config'));
      if (this.#naming.wire) put(row, wireName(CONFIG_COLUMNS, key), this.#text(key, written));
      else if (field === undefined) other.push([key, written]);
      else row[field.name] = this.#setting(field, key, written);
    }
    if (other.length > 0) row.other = this.#texts(other);
    return row;
  }

  #setting(field: Field, key: string, text: string | null): string | number | boolean | null {
    const shown = this.#text(key, text);
    if (shown === null || shown !== text) return shown;
    if (field.read === 'number') return lenientNumber(shown) ?? shown;
    if (field.read === 'flag') return FLAGS[shown.toLowerCase()] ?? shown;
    return shown;
  }

  frame(frame: StoredFrame, known: PrivateValues): ExportRow {
    const asSent = { bytes: frame.bytes, isResealed: false };
    const { bytes, isResealed } = this.#naming.private ? asSent : sanitised(frame.bytes, known);
    return {
      received_at: utcMs(frame.receivedMs),
      battery: frame.owner?.id ?? null,
      direction: frame.direction,
      type: frame.frameType,
      command: frame.command,
      reason: frame.reason,
      hex: Buffer.from(bytes).toString('hex'),
      checksum_recomputed: isResealed,
    };
  }

  #said(text: string, known: PrivateValues): string {
    return this.#naming.private ? text : redactText(text, known);
  }

  #text(key: string, text: string | null): string | null {
    if (text === null || text === '' || this.#naming.private) return text;
    if (isPrivateKey(key)) return REDACTED;
    return MEASURED.test(text) ? text : redactText(text, this.#secrets);
  }

  #texts(entries: readonly [string, string | null][]): Record<string, string | null> {
    return Object.fromEntries(entries.map(([key, text]) => [key, this.#text(key, text)]));
  }
}

/** Our names of fields that were told a number which cannot be: it stands in `other` as it came. */
function implausibleIn({ kind, values }: StoredReading, rest: Rest): string[] {
  const columns = columnsOf(kind);
  return Object.entries(rest).flatMap(([key, text]) => {
    if (text === null || lenientNumber(text) === null) return [];
    return fieldsOnWire(key)
      .filter((field) => canBeDoubted(field) && values[columns.indexOf(field)] === null)
      .map(({ name }) => name);
  });
}

/** Under a name from the wire, which may be any: assigned to, `__proto__` would be no name. */
function put(row: ExportRow, key: string, value: string | null): void {
  Object.defineProperty(row, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Nearly every text is such a number, too short to be private. */
const MEASURED = /^-?\d{1,8}(\.\d{1,6})?$/;
const FLAGS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

function clockRow({ owner, sinceMs, offsetSeconds, driftPpm, reason, unconfirmed = false }: StoredEpoch): ExportRow {
  const said = { offset_seconds: offsetSeconds, drift_ppm: driftPpm, reason, unconfirmed };
  return { battery: owner.id, since: utcMs(sinceMs), ...said };
}

function gapRow({ owner, from, to, filledMinutes, state, askedMs }: StoredGap): ExportRow {
  return {
    battery: owner.id,
    from: utcSeconds(from),
    to: utcSeconds(to),
    minutes: missingMinutes({ from, to }),
    filled_minutes: filledMinutes,
    state,
    asked_at: askedMs === null ? null : utcMs(askedMs),
  };
}

function energyRow({ owner, start, energies, incomplete }: StoredEnergy): ExportRow {
  const row: ExportRow = { battery: owner.id, start: utc(start) };
  ENERGIES.forEach((name, index) => {
    const energy = energies[index] ?? null;
    if (energy !== null) row[name] = Number(energy.toFixed(ENERGY_DECIMALS));
  });
  if (incomplete > 0) row.incomplete = ENERGIES.filter((_, index) => (incomplete >> index) % 2 === 1).join(' ');
  return row;
}

/** Of a kWh: a thousandth of a watt hour, so that minutes still add up to their day. */
const ENERGY_DECIMALS = 6;

function utcSeconds(seconds: number | null): string | null {
  return seconds === null ? null : utc(seconds);
}

/** `2021-03-23T23:01:52.700Z` */
function utcMs(ms: number): string {
  return new Date(ms).toISOString();
}

/** `2021-03-24T10:01:52`: the battery's own words, which name no zone. */
function batteryClock(seconds: number | null): string | null {
  return seconds === null ? null : formatBatteryTime(seconds).replaceAll('/', '-').replace(' ', 'T');
}
