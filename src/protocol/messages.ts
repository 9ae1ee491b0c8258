/**
 * What a frame from a battery says. Chosen by its command number alone; whatever cannot be read is an `unreadable`
 * message, never an exception.
 */
import { Private, type ReadingKind } from '../model.ts';
import { parseBatteryTime } from './body/battery-time.ts';
import { readCsv } from './body/csv.ts';
import { historyColumn } from './body/history.ts';
import { parseObject, readObject, textOfValue } from './body/json.ts';
import type { JsonObject, ReadObject } from './body/lenient-json.ts';
import { anyTextOf, textOf } from './body/text.ts';
import type { FormBook } from './body/wire-form.ts';
import { CONFIGURATION, CONFIGURATION_REQUEST, DETAIL, EVENT, HISTORY, LIVE, LOGIN, ORDER, PING } from './commands.ts';
import type { ProblemCode } from './errors.ts';
import { fieldsOnWire } from './fields/fields.ts';
import { type Frame, isProtobuf, RESPONSE } from './frame.ts';
import { type OrderReply, readOrderReply } from './orders.ts';
import { type HouseOf, ReadingReader, type WireReading } from './reading.ts';
import { isSerial } from './serial.ts';

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

/** `partly`: some of the message could not be read, or is in no other part of this: it is to be kept as it came, too. */
export type Message =
  | { readonly type: 'ping' }
  | {
      readonly type: 'login';
      readonly serial: string | null;
      readonly note: string;
      /** User name, password and company as one text: to be compared, never to be kept. */
      readonly login: Private<string>;
      readonly partly: boolean;
    }
  | { readonly type: 'configuration_request'; readonly serial: string | null; readonly partly: boolean }
  | {
      readonly type: 'configuration';
      readonly serial: string | null;
      readonly text: string;
      /** The body, where it is no UTF-8 and so not what `text` would be encoded to; else null. */
      readonly bytes: Uint8Array | null;
      readonly partly: boolean;
    }
  | { readonly type: 'readings'; readonly readings: readonly WireReading[]; readonly partly: boolean }
  | { readonly type: 'events'; readonly events: readonly WireEvent[]; readonly partly: boolean }
  | { readonly type: 'order_reply'; readonly reply: OrderReply; readonly partly: boolean }
  /** `serial`: of whom it is, where that much can be read. */
  | { readonly type: 'unreadable'; readonly reason: ProblemCode; readonly serial: string | null };

/** Rows in a packet: three were captured at most. More than a day's minutes is no battery's doing. */
const MAX_ROWS = 1440;
/**
 * In one reading: names and texts of fields that are not known. The largest message captured has 2,000 letters in all. A row
 * is kept for long, so that more than this is kept only as the bytes that came, which have a quota.
 */
const MOST_UNKNOWN_LETTERS = 8000;
/** Entries in a log message: sixteen were captured at most. */
const MAX_LOG_ENTRIES = 1000;

/** A body as text, and whether it is UTF-8. */
interface Body {
  readonly text: string;
  readonly isUtf8: boolean;
}

function bodyOf(bytes: Uint8Array): Body {
  const text = textOf(bytes);
  return { text: text ?? anyTextOf(bytes), isUtf8: text !== null };
}

/** In other encodings than UTF-8 a text is a guess. */
function objectIn({ text, isUtf8 }: Body): ReadObject | null {
  const read = readObject(text);
  return read === null || isUtf8 || read.condition !== 'sound' ? read : { ...read, condition: 'spoilt' };
}

function unreadable(body: Body, reason: ProblemCode = 'BODY_UNREADABLE'): Message {
  return { type: 'unreadable', reason, serial: serialWithin(body.text) };
}

/** Reads the messages of one connection. */
export class MessageReader {
  readonly #readers: Readonly<Record<ReadingKind, ReadingReader>>;

  /** @param houseOf what the house of a serial number can have; null where a message says none */
  constructor(forms: FormBook, houseOf?: HouseOf) {
    this.#readers = {
      live: new ReadingReader('live', forms, houseOf),
      detail: new ReadingReader('detail', forms, houseOf),
      history: new ReadingReader('history', forms, houseOf),
    };
  }

  read(frame: Frame): Message {
    if (isProtobuf(frame.type)) return { type: 'unreadable', reason: 'FRAME_PROTOBUF', serial: null };
    const body = bodyOf(frame.body);
    if (frame.type === RESPONSE) return readResponse(frame.command, body);
    const read = MessageReader.#REQUESTS[frame.command];
    return read === undefined ? unreadable(body, 'COMMAND_UNKNOWN') : read(this, body, frame.body);
  }

  /** Requests by their command. What is kept of them, and answered, is the table in session/handlers.ts. */
  static readonly #REQUESTS: Readonly<Record<number, (to: MessageReader, body: Body, bytes: Uint8Array) => Message>> = {
    [PING]: (_to, body) => (body.text === '' ? { type: 'ping' } : unreadable(body)),
    [LOGIN]: (_to, body) => readLogin(body),
    [CONFIGURATION_REQUEST]: (_to, body) => readConfigurationRequest(body),
    [CONFIGURATION]: (_to, body, bytes) => readConfiguration(body, bytes),
    [EVENT]: (_to, body) => readEvents(body),
    [LIVE]: (to, body) => to.#readStatus('live', body),
    [DETAIL]: (to, body) => to.#readStatus('detail', body),
    [HISTORY]: (to, body) => to.#readHistory(body),
    [ORDER]: (_to, body) => unreadable(body, 'COMMAND_UNEXPECTED'),
  };

  #readStatus(kind: 'live' | 'detail', body: Body): Message {
    const read = objectIn(body);
    if (read === null) return unreadable(body);
    const { object, condition } = read;
    const keys = Object.keys(object);
    const values = Object.values(object);
    const texts: (string | null)[] = [];
    let isAnyLost = false;
    for (const value of values) {
      const text = textOfValue(value);
      texts.push(text);
      // What nests too deeply to be a text is in no reading: only the message as it came still has it.
      isAnyLost ||= text === null && value !== null;
    }
    const reading = this.#readers[kind].read(keys, texts, condition);
    if (reading === null) return unreadable(body);
    if (isExcessive(reading)) return { type: 'readings', readings: [withoutExcess(reading)], partly: true };
    return { type: 'readings', readings: [reading], partly: condition !== 'sound' || isAnyLost };
  }

  /**
   * CSV: a header line in every packet, then one to three rows (captured). Without its time a row cannot be placed: the
   * packet is then `partly` read.
   */
  #readHistory(body: Body): Message {
    const { names, rows, hasOthers } = readCsv(body.text, historyColumn, MAX_ROWS);
    const readings: WireReading[] = [];
    let partly = hasOthers || !body.isUtf8;
    for (const { texts, condition } of rows) {
      const reading = this.#readers.history.read(names, texts, condition);
      const isPlaced = reading !== null && reading.batteryTime !== null;
      if (isPlaced) readings.push(withoutExcess(reading));
      partly ||= condition !== 'sound' || !isPlaced || isExcessive(reading);
    }
    if (readings.length > 0) return { type: 'readings', readings, partly };
    const at = names.findIndex((name) => name.toUpperCase() === 'SN');
    const serial = rows.map(({ texts }) => texts[at] ?? '').find(isSerial) ?? null;
    return { type: 'unreadable', reason: 'BODY_UNREADABLE', serial: serial ?? serialWithin(body.text) };
  }
}

/** Whether a reading says more that no field is for than any battery does. */
function isExcessive({ rest }: WireReading): boolean {
  let letters = 0;
  for (const key in rest) letters += key.length + (rest[key]?.length ?? 0);
  return letters > MOST_UNKNOWN_LETTERS;
}

/** Without what is too much, of which only the message as it came tells. */
function withoutExcess(reading: WireReading): WireReading {
  return isExcessive(reading) ? { ...reading, rest: null, form: null } : reading;
}

/** A battery answers orders, and nothing else. */
function readResponse(command: number, body: Body): Message {
  const read = command === ORDER ? objectIn(body) : null;
  const reply = read === null ? null : readOrderReply(read);
  if (read === null || reply === null) return { type: 'unreadable', reason: 'RESPONSE_UNEXPECTED', serial: null };
  return { type: 'order_reply', reply, partly: read.condition !== 'sound' };
}

/** Keys of the short messages; whatever else they hold is kept. The password is compared with the last one, and forgotten. */
const LOGIN_KEYS = ['username', 'password', 'companyname'];
const REQUEST_KEYS = ['sn'];
const EVENT_KEYS = ['msgtype', 'msgcontent', 'description'];

function hasOtherKeys(object: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(object).some((key) => !keys.includes(key.toLowerCase()));
}

function readLogin(body: Body): Message {
  const read = objectIn(body);
  if (read === null || !('UserName' in read.object)) return unreadable(body);
  const { object, condition } = read;
  const others = Object.entries(object).filter(([key]) => !LOGIN_KEYS.includes(key.toLowerCase()));
  // In a spoilt login a part of the password may look like a key of its own.
  const rest = others.length === 0 || condition !== 'sound' ? '' : ` ${JSON.stringify(Object.fromEntries(others))}`;
  const note = `${textOfValue(object.CompanyName) ?? ''}${rest}`;
  const partly = condition !== 'sound' || !note.isWellFormed();
  const login = new Private(JSON.stringify(LOGIN_KEYS.map((name) => valueUnder(object, name))));
  return { type: 'login', serial: serialIn(object, 'UserName'), note, login, partly };
}

/** Some models write `password` in small letters. */
function valueUnder(object: JsonObject, name: string): string | null {
  const key = Object.keys(object).find((one) => one.toLowerCase() === name);
  return key === undefined ? null : textOfValue(object[key]);
}

function readConfigurationRequest(body: Body): Message {
  const read = objectIn(body);
  if (read === null) return unreadable(body);
  const { object, condition } = read;
  const partly = condition !== 'sound' || hasOtherKeys(object, REQUEST_KEYS);
  return { type: 'configuration_request', serial: serialIn(object, 'SN'), partly };
}

/** Kept as text: the key `Generator` comes twice (captured), and a later order must echo all of it unchanged. */
function readConfiguration(body: Body, bytes: Uint8Array): Message {
  const read = objectIn(body);
  if (read === null || !Object.keys(read.object).some(isSetting)) return unreadable(body);
  const { text, isUtf8 } = body;
  const serial = serialIn(read.object, 'SN');
  return { type: 'configuration', serial, text, bytes: isUtf8 ? null : bytes, partly: read.condition !== 'sound' };
}

function isSetting(key: string): boolean {
  return fieldsOnWire(key).some((field) => field.in.includes('config') && field.read !== 'serial');
}

function serialIn(object: JsonObject, key: string): string | null {
  const text = textOfValue(object[key]);
  return text !== null && isSerial(text) ? text : null;
}

/** `"SN":"AL2002"`, with a quote too many as captured; `UserName` is the same number. */
const SERIAL_MEMBER = /"(?:SN|UserName)"\s{0,8}:\s{0,8}"{1,2}([^"\\]{1,64})"/i;

/** Of whom a message is that could not be read otherwise. What an object has inside may be the number of a part. */
function serialWithin(text: string): string | null {
  const object = parseObject(text);
  if (object !== null) return serialIn(object, 'SN') ?? serialIn(object, 'UserName');
  const serial = SERIAL_MEMBER.exec(text)?.[1];
  return serial !== undefined && isSerial(serial) ? serial : null;
}

function readEvents(body: Body): Message {
  const read = objectIn(body);
  const name = read === null ? null : textOfValue(read.object.MsgType);
  const content = read === null ? null : contentOf(read);
  if (read === null || name === null || content === null) return unreadable(body);
  // Half of a surrogate pair is in no text that a store gives back.
  const isWhole = read.condition === 'sound' && name.isWellFormed() && content.isWellFormed();
  const partly = !isWhole || hasOtherKeys(read.object, EVENT_KEYS);
  if (name !== 'EventLog') {
    return { type: 'events', events: [{ name, batteryTime: null, code: null, text: content, occurrence: 0 }], partly };
  }
  const events = readLog(content);
  return events.length > MAX_LOG_ENTRIES ? unreadable(body) : { type: 'events', events, partly };
}

/** Of a content that is cut off, the entries that are whole. */
function contentOf({ object, unfinished }: ReadObject): string | null {
  if (unfinished === null || unfinished.key !== 'MsgContent') return textOfValue(object.MsgContent);
  const whole = unfinished.text.lastIndexOf(';');
  return whole < 0 ? null : unfinished.text.slice(0, whole);
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
