/**
 * Takes private values out of what is shown, unless their owner asked for them by name.
 */
import { REDACTED } from '../model.ts';
import { valueEnds } from '../protocol/body/lenient-json.ts';
import { fieldsOnWire, looksPrivate } from '../protocol/fields/fields.ts';
import { HEADER_LENGTH } from '../protocol/frame.ts';
import { looksLikeSerial } from '../protocol/serial.ts';
import { KnownValues, type PrivateValues } from './known-values.ts';
import { protobufValues } from './protobuf-values.ts';
import { visible } from './visible.ts';

// None asks where its word ends: in a frame the checksum follows, and may be letters by chance.
const MAC = /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|\b[0-9a-f]{4}(?:\.[0-9a-f]{4}){2}|(?<=MAC\W{0,2})[0-9a-f]{12}/gi;
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}/g;
/** At least three colons, or two side by side: a time of day has two apart. */
const IPV6 = /\b[0-9a-f]{1,4}(?:(?::[0-9a-f]{0,4}){3,7}|::[0-9a-f]{1,4})\b/gi;
/** The form of the serial numbers that were captured: letters, then many digits. */
const SERIAL = /\b[A-Z]{2,6}\d{9,16}/g;
/**
 * A word that is called a serial number. It has a digit, or else a colon or the like before it: `serial connection` is
 * harmless. No comma parts the two: in a CSV header the next name follows.
 */
const CALLED_SERIAL =
  /(?<=(?<![a-z\d])(?:S\/?N|serial(?:[ _-]?(?:number|no))?)(?:[ \t:=#./_"'()[\]-]{1,3}|(?=\d)))(?:(?=[a-z]*\d)|(?<=[:=#]\W{0,2}))[a-z\d]{6,}/gi;
const PATTERNS = [MAC, IPV4, IPV6, SERIAL, CALLED_SERIAL];

/** Whether the value under a wire name is private: by the field table, or by its look where the table does not know it. */
export function isPrivateKey(wireName: string): boolean {
  const fields = fieldsOnWire(wireName);
  return fields.length === 0 ? looksPrivate(wireName) : fields.some((field) => field.private === true);
}

/** By the list they were found in: it is asked for with each text. */
const found = new WeakMap<readonly string[], readonly string[]>();

/**
 * Those that are private wherever they stand. Whoever logs in as `False` or `connection` is known under that name, and must not take
 * the word out of what others say.
 */
function serialsAmong(secrets: PrivateValues): readonly string[] {
  if (secrets instanceof KnownValues) return serialsAmong(secrets.serials);
  const known = found.get(secrets) ?? secrets.filter(looksLikeSerial);
  found.set(secrets, known);
  return known;
}

/**
 * A free text without addresses, serial numbers and what else is known of the house.
 * @param secrets the serial numbers known, of which only what looks like one is looked for; or these and other private values
 */
export function redactText(text: string, secrets: PrivateValues): string {
  // An object within a message, kept as the JSON it was.
  if (text.includes('":')) return Buffer.from(redactBytes(Buffer.from(text), secrets)).toString();
  const known = serialsAmong(secrets).reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  const plain = secrets instanceof KnownValues ? secrets.replacedIn(known, REDACTED) : known;
  return PATTERNS.reduce((rest, pattern) => rest.replace(pattern, REDACTED), plain);
}

/** Such a text for people to look at: nothing in it steers what shows it. */
export function shownText(text: string, secrets: PrivateValues): string {
  return visible(redactText(text, secrets));
}

/** `"Key":`, with the spaces some bodies have; and as a C program may spoil it, behind a brace or a comma. */
const KEY = /"([^"]{1,64})"\s*:\s*|(?<=[{,]\s{0,9}["']{0,4})([a-z_][\w.-]{0,63})["']{0,4}\s*:\s*/gi;
/** A text as JSON writes it. */
const TEXT = /"(?:"+(?=[^\s,}\]"]))?(?:[^"\\]|\\.)*/sy;
const STAR = 0x2a;

/**
 * Bytes without private values: each is overwritten with asterisks, so that lengths and offsets stay true.
 * @param secrets as of {@link redactText}
 */
export function redactBytes(bytes: Uint8Array, secrets: PrivateValues): Uint8Array {
  const redacted = Uint8Array.from(bytes);
  // Latin-1 gives each byte one character, so that positions in the text are positions in the bytes.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const hide = (start: number, length: number) => redacted.fill(STAR, start, start + length);
  for (const [start, end] of privateValues(text)) hide(start, end - start);
  for (const [start, end] of privateCells(text)) hide(start, end - start);
  for (const [start, end] of protobufValues(bytes)) hide(start, end - start);
  for (const pattern of PATTERNS) for (const match of text.matchAll(pattern)) hide(match.index, match[0].length);
  for (const secret of serialsAmong(secrets)) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) hide(at, secret.length);
  }
  if (secrets instanceof KnownValues) for (const [start, end] of secrets.placesIn(text)) hide(start, end - start);
  return redacted;
}

/**
 * Where private values of objects lie, without the quotes around them. One that JSON would have written otherwise
 * (`"Address":"Haus "A""`) goes on to where the next member begins.
 */
function* privateValues(text: string): Generator<[start: number, end: number]> {
  const endOf = valueEnds(text);
  KEY.lastIndex = 0;
  for (let match = KEY.exec(text); match !== null; match = KEY.exec(text)) {
    let start = KEY.lastIndex;
    if (isPrivateKey(match[1] ?? (match[2] as string))) {
      let end = endOf(start);
      KEY.lastIndex = end;
      while (start < end && isQuote(text[start])) start++;
      while (start < end && isQuote(text[end - 1])) end--;
      yield [start, end];
    } else {
      TEXT.lastIndex = start;
      if (TEXT.test(text)) KEY.lastIndex = TEXT.lastIndex;
    }
  }
}

function isQuote(letter: string | undefined): boolean {
  return letter === '"' || letter === "'";
}

/** What the names of a table begin with or have among them, in quotes or not. */
const DATE_TIME = /"?date"?\s*,\s*"?time"?\s*,/i;
const SERIAL_NAME = /,\s*"?sn"?\s*,/i;
/** As the table's reader has it. */
const LINE_END = /[\r\n\0]/g;

/** Where the private cells of a CSV table lie, such as a history frame holds: from, and up to. */
function* privateCells(text: string): Generator<[start: number, end: number]> {
  let isPrivate: readonly boolean[] = [];
  // Not with the frame's header, whose length may by chance hold a comma or a line break.
  for (let start = text.startsWith('\u0001') ? HEADER_LENGTH : 0; start < text.length; ) {
    LINE_END.lastIndex = start;
    const end = LINE_END.exec(text)?.index ?? text.length;
    const line = text.slice(start, end);
    const names = csvHeader(line);
    if (names !== null) isPrivate = names.map((name) => isPrivateKey(name.trim().replace(/^"|"$/g, '').trim()));
    else if (isPrivate.includes(true)) yield* privateCellsOf(line, start, isPrivate);
    start = end + 1;
  }
}

/** The names in a line that looks like the header of a table. */
function csvHeader(line: string): string[] | null {
  const at = line.search(DATE_TIME);
  if (at < 0 && !SERIAL_NAME.test(line)) return null;
  // What stands before may be another frame, or names like the rest.
  const start = at < 0 || /^[ -~]*$/.test(line.slice(0, at)) ? 0 : at;
  return line.slice(start).split(',');
}

function* privateCellsOf(line: string, offset: number, isPrivate: readonly boolean[]): Generator<[number, number]> {
  const cells = line.split(',');
  // With a comma inside a value, no cell after it is where its name says.
  const shifted = cells.length > isPrivate.length + (cells.at(-1) === '' ? 1 : 0);
  let start = offset;
  for (const [index, cell] of cells.entries()) {
    if (isPrivate[index] && shifted) return yield [start, offset + line.length];
    if (isPrivate[index]) yield [start, start + cell.length];
    start += cell.length + 1;
  }
}
