/**
 * What a frame from a battery says. Chosen by its command number alone; whatever cannot be read is an `unreadable`
 * message, never an exception.
 */
import type { ReadingKind } from '../model.ts';
import { parseBatteryTime } from './battery-time.ts';
import { CONFIGURATION, CONFIGURATION_REQUEST, DETAIL, EVENT, HISTORY, LIVE, LOGIN, ORDER, PING } from './commands.ts';
import type { ProblemCode } from './errors.ts';
import { fieldsOnWire } from './fields.ts';
import { type Frame, RESPONSE } from './frame.ts';
import { type JsonObject, parseObject, textOfValue } from './json.ts';
import { type OrderReply, readOrderReply } from './orders.ts';
import { isSerial, ReadingReader, type WireReading } from './reading.ts';
import { textOf } from './text.ts';
import type { FormBook } from './wire-form.ts';

/** An entry of the battery's log (`21/03/24 20:59:10 41`), or a whole message of another type. */
export interface WireEvent {
  /** `MsgType`: EventLog, System, Socket; kept as sent. */
  readonly name: string;
  readonly batteryTime: number | null;
  readonly code: number | null;
  readonly text: string;
  /** 0 for the first of equal entries in one message, 1 for the next. */
  readonly occurrence: number;
}

export type Message =
  | { readonly type: 'ping' }
  | { readonly type: 'login'; readonly serial: string | null; readonly note: string }
  | { readonly type: 'configuration_request'; readonly serial: string | null; readonly partly: boolean }
  | { readonly type: 'configuration'; readonly serial: string | null; readonly text: string }
  | {
      readonly type: 'readings';
      readonly readings: readonly WireReading[];
      /** Some rows of the packet could not be read: the packet is to be kept as it came, too. */
      readonly partly: boolean;
    }
  | { readonly type: 'events'; readonly events: readonly WireEvent[]; readonly partly: boolean }
  | { readonly type: 'order_reply'; readonly reply: OrderReply }
  | { readonly type: 'unreadable'; readonly reason: ProblemCode };

/** Rows in a packet: three were captured at most. More than a day's minutes is no battery's doing. */
const MAX_ROWS = 1440;
/** Entries in a log message: sixteen were captured at most. */
const MAX_LOG_ENTRIES = 1000;

const UNREADABLE: Message = { type: 'unreadable', reason: 'BODY_UNREADABLE' };

/** Reads the messages of one connection. */
export class MessageReader {
  readonly #readers: Readonly<Record<ReadingKind, ReadingReader>>;

  constructor(forms: FormBook) {
    this.#readers = {
      live: new ReadingReader('live', forms),
      detail: new ReadingReader('detail', forms),
      history: new ReadingReader('history', forms),
    };
  }

  read(frame: Frame): Message {
    const text = textOf(frame.body);
    if (frame.type === RESPONSE) return readResponse(frame.command, text);
    if (text === null) return UNREADABLE;
    switch (frame.command) {
      case PING:
        return text === '' ? { type: 'ping' } : UNREADABLE;
      case LOGIN:
        return readLogin(text);
      case CONFIGURATION_REQUEST:
        return readConfigurationRequest(text);
      case CONFIGURATION:
        return readConfiguration(text);
      case EVENT:
        return readEvents(text);
      case LIVE:
        return this.#readStatus('live', text);
      case DETAIL:
        return this.#readStatus('detail', text);
      case HISTORY:
        return this.#readHistory(text);
      case ORDER:
        return { type: 'unreadable', reason: 'COMMAND_UNEXPECTED' };
      default:
        return { type: 'unreadable', reason: 'COMMAND_UNKNOWN' };
    }
  }

  #readStatus(kind: 'live' | 'detail', text: string): Message {
    const object = parseObject(text);
    if (object === null) return UNREADABLE;
    const keys = Object.keys(object);
    const texts = keys.map((key) => textOfValue(object[key]));
    const reading = this.#readers[kind].read(keys, texts);
    // What nests too deeply to be a text is in no reading: only the message as it came still has it.
    const partly = texts.some((text, index) => text === null && object[keys[index] as string] !== null);
    return reading === null ? UNREADABLE : { type: 'readings', readings: [reading], partly };
  }

  /**
   * CSV: a header line in every packet, then one to three rows (captured). Cells are never quoted; a row with another
   * number of cells than the header, or without a time, cannot be placed and makes the packet `partly` read.
   */
  #readHistory(text: string): Message {
    const [header = '', ...rows] = text.split(/\r?\n/);
    const keys = header.split(',').map((key) => key.trim());
    if (new Set(keys).size !== keys.length) return UNREADABLE;
    const readings: WireReading[] = [];
    let partly = rows.length > MAX_ROWS;
    for (const row of rows.slice(0, MAX_ROWS)) {
      if (row === '') continue;
      const cells = row.split(',');
      const reading = cells.length === keys.length ? this.#readers.history.read(keys, cells) : null;
      if (reading === null || reading.batteryTime === null) partly = true;
      else readings.push(reading);
    }
    return readings.length === 0 ? UNREADABLE : { type: 'readings', readings, partly };
  }
}

/** A battery answers orders, and nothing else. */
function readResponse(command: number, text: string | null): Message {
  const reply = command === ORDER && text !== null ? readOrderReply(text) : null;
  return reply === null ? { type: 'unreadable', reason: 'RESPONSE_UNEXPECTED' } : { type: 'order_reply', reply };
}

/** Keys of the short messages; whatever else they hold is kept. The password is read and forgotten. */
const LOGIN_KEYS = ['username', 'password', 'companyname'];
const REQUEST_KEYS = ['sn'];
const EVENT_KEYS = ['msgtype', 'msgcontent', 'description'];

function hasOtherKeys(object: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(object).some((key) => !keys.includes(key.toLowerCase()));
}

function readLogin(text: string): Message {
  const object = parseObject(text);
  if (object === null || !('UserName' in object)) return UNREADABLE;
  const others = Object.entries(object).filter(([key]) => !LOGIN_KEYS.includes(key.toLowerCase()));
  const rest = others.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(others))}`;
  return {
    type: 'login',
    serial: serialIn(object, 'UserName'),
    note: `${textOfValue(object.CompanyName) ?? ''}${rest}`,
  };
}

function readConfigurationRequest(text: string): Message {
  const object = parseObject(text);
  if (object === null) return UNREADABLE;
  return { type: 'configuration_request', serial: serialIn(object, 'SN'), partly: hasOtherKeys(object, REQUEST_KEYS) };
}

/** Kept as text: the key `Generator` comes twice (captured), and a later order must echo all of it unchanged. */
function readConfiguration(text: string): Message {
  const object = parseObject(text);
  if (object === null || !Object.keys(object).some(isSetting)) return UNREADABLE;
  return { type: 'configuration', serial: serialIn(object, 'SN'), text };
}

function isSetting(key: string): boolean {
  return fieldsOnWire(key).some((field) => field.in.includes('config') && field.read !== 'serial');
}

function serialIn(object: JsonObject, key: string): string | null {
  const text = textOfValue(object[key]);
  return text !== null && isSerial(text) ? text : null;
}

function readEvents(text: string): Message {
  const object = parseObject(text);
  const name = object === null ? null : textOfValue(object.MsgType);
  const content = object === null ? null : textOfValue(object.MsgContent);
  if (object === null || name === null || content === null) return UNREADABLE;
  const partly = hasOtherKeys(object, EVENT_KEYS);
  if (name !== 'EventLog') {
    return { type: 'events', events: [{ name, batteryTime: null, code: null, text: content, occurrence: 0 }], partly };
  }
  const events = readLog(content);
  return events.length > MAX_LOG_ENTRIES ? UNREADABLE : { type: 'events', events, partly };
}

/** `21/03/24 20:59:10 41`: date and time of two-digit year, code. */
const LOG_ENTRY = /^(\S+ \S+) (\d{1,6})$/;

/** Entries end with `;`, newest first (captured); they are returned in that order. */
function readLog(content: string): WireEvent[] {
  const seen = new Map<string, number>();
  return content
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const occurrence = seen.get(entry) ?? 0;
      seen.set(entry, occurrence + 1);
      const match = LOG_ENTRY.exec(entry);
      const batteryTime = match === null ? null : parseBatteryTime(match[1] as string);
      const code = batteryTime === null ? null : Number(match?.[2]);
      return { name: 'EventLog', batteryTime, code, text: entry, occurrence };
    });
}
