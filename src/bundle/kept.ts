/**
 * What a bundle takes from the store: messages of each kind, clocks, gaps, events; and every private value that stands in what is kept.
 */
import { type BytesRecord, READING_KINDS, type ReadingKind, type WireDirection } from '../model.ts';
import { redactBytes } from '../privacy/redact.ts';
import { wireTexts } from '../protocol/body/wire-form.ts';
import { CONFIGURATION, DETAIL, HISTORY, LIVE } from '../protocol/commands.ts';
import { encodeFrame, MAX_BODY_LENGTH, REQUEST } from '../protocol/frame.ts';
import { looksLikeSerial } from '../protocol/serial.ts';
import type { StoredReading, StoreReader } from '../store/reader.ts';
import type { HouseSecrets } from './secrets.ts';

/** A message, as it was sent or as it is written anew from what is kept of it. */
export interface SharedFrame {
  readonly kept: BytesRecord['kept'] | 'rebuilt';
  readonly battery: string | null;
  readonly receivedMs: number;
  readonly direction: WireDirection;
  readonly reason: string | null;
  readonly bytes: Uint8Array;
}

/** The newest of each kind of message: of those that were not understood, and of the others. */
const MOST_OF_A_KIND = 20;
const REBUILT_SECONDS: Readonly<Record<ReadingKind, number>> = { live: 60, detail: 900, history: 300 };
const COMMANDS: Readonly<Record<ReadingKind, number>> = { live: LIVE, detail: DETAIL, history: HISTORY };
const KEPT = ['unknown', 'discarded', 'conversation'] as const;
/** Of what was said while something went on that nobody has recorded before, all is wanted. */
const MOST_OF_CONVERSATIONS = 500;
const STAR = 0x2a;

/** Those that were not understood first. Every private value on the way is added to the secrets. */
export async function sharedFrames(reader: StoreReader, secrets: HouseSecrets, nowMs: number): Promise<SharedFrame[]> {
  const frames: SharedFrame[] = [];
  for (const kept of KEPT) frames.push(...(await newestKept(reader, kept, secrets)));
  for (const { id } of await reader.owners()) {
    for await (const { text, receivedMs } of reader.configurations({ battery: id, newest: 2 }))
      frames.push(...rebuilt(id, receivedMs, CONFIGURATION, text));
    for (const kind of READING_KINDS) frames.push(...(await rebuiltReadings(reader, id, kind, nowMs)));
  }
  for (const { bytes } of frames) learnBytes(bytes, secrets);
  return frames;
}

/** Every private value in what is kept, whether it goes into the bundle or not. */
export async function learnSecrets(reader: StoreReader, secrets: HouseSecrets): Promise<void> {
  for (const { serial } of await reader.owners('all')) secrets.addSerial(serial.reveal());
  for (const { owner } of await reader.heldCounts(10_000)) secrets.addSerial(owner.serial.reveal());
  for await (const { text } of reader.configurations()) learnBytes(Buffer.from(text), secrets);
  for await (const { text } of reader.events()) learnBytes(Buffer.from(text), secrets);
}

async function newestKept(
  reader: StoreReader,
  kept: (typeof KEPT)[number],
  secrets: HouseSecrets,
): Promise<SharedFrame[]> {
  const most = kept === 'conversation' ? MOST_OF_CONVERSATIONS : MOST_OF_A_KIND;
  const byKind = new Map<string, SharedFrame[]>();
  for await (const { owner, receivedMs, direction, frameType, command, reason, bytes } of reader.frames(kept)) {
    learnBytes(bytes, secrets);
    const kind = `${reason} ${frameType} ${command}`;
    const frames = byKind.get(kind) ?? [];
    frames.push({ kept, battery: owner?.id ?? null, receivedMs, direction, reason, bytes });
    if (frames.length > most) frames.shift();
    byKind.set(kind, frames);
  }
  return [...byKind.values()].flat();
}

async function rebuiltReadings(
  reader: StoreReader,
  battery: string,
  kind: ReadingKind,
  nowMs: number,
): Promise<SharedFrame[]> {
  // What came in the last minutes may not be found by that.
  const newest = (await reader.newest(kind, battery))?.time ?? nowMs / 1000;
  const frames: SharedFrame[] = [];
  for await (const reading of reader.readings(kind, { battery, fromMs: (newest - REBUILT_SECONDS[kind]) * 1000 }))
    frames.push(...rebuilt(battery, reading.receivedMs, COMMANDS[kind], bodyOf(reading)));
  return frames.slice(-MOST_OF_A_KIND);
}

/** As the battery wrote it, as far as that is kept. */
function bodyOf({ kind, batteryTime, values, rest, form, owner }: StoredReading): string {
  const texts = wireTexts({ kind, batteryTime, values, rest, form, serial: owner.serial.reveal() });
  if (kind !== 'history')
    return `{${texts.map(([key, text]) => `${JSON.stringify(key)}:${memberText(text)}`).join(',')}}`;
  return `${texts.map(([key]) => key).join(',')}\n${texts.map(([, text]) => text ?? '').join(',')}\n`;
}

/** An object within a message is kept as the JSON it was. */
function memberText(text: string | null): string {
  return text !== null && /^[{[].*[\]}]$/s.test(text) ? text : JSON.stringify(text);
}

function rebuilt(battery: string, receivedMs: number, command: number, text: string): SharedFrame[] {
  const body = Buffer.from(text);
  if (body.length > MAX_BODY_LENGTH) return [];
  const bytes = encodeFrame(REQUEST, command, body);
  return [{ kept: 'rebuilt', battery, receivedMs, direction: 'from_battery', reason: null, bytes }];
}

/** What is taken out of a message is what is private in it. */
export function learnBytes(bytes: Uint8Array, secrets: HouseSecrets): void {
  const redacted = redactBytes(bytes, []);
  const isPrivate = (at: number) => redacted[at] === STAR && bytes[at] !== STAR;
  for (let at = 0; at < bytes.length; at++) {
    if (!isPrivate(at)) continue;
    const from = at;
    while (at < bytes.length && isPrivate(at)) at++;
    const value = Buffer.from(bytes.subarray(from, at)).toString('utf8');
    if (looksLikeSerial(value)) secrets.addSerial(value);
    else secrets.add(value);
  }
}
