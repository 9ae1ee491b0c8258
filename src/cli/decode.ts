/**
 * `decode`: lays out the frames in a file of raw bytes, for those who read protocols.
 */
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { OwnerError } from '../errors.ts';
import { commandOf, frameName } from '../protocol/commands.ts';
import { crc16 } from '../protocol/crc16.ts';
import {
  bodyLengthAt,
  CHECKSUM_LENGTH,
  type FrameType,
  HEADER_LENGTH,
  MAX_BODY_LENGTH,
  RESPONSE,
} from '../protocol/frame.ts';
import { parseObject, textOfValue } from '../protocol/json.ts';
import { textOf } from '../protocol/text.ts';
import { FAILED, FINE, type Io, readFile, write } from './io.ts';

interface DecodeFlags {
  readonly hex?: boolean;
  readonly json?: boolean;
}

export function decodeCommand(io: Io, finish: (code: number) => void): Command {
  return new Command('decode')
    .description('show the frames in raw bytes of one direction')
    .argument('<file>', 'a file, or - for standard input')
    .option('--hex', 'the input is hexadecimal text; white space in it is skipped')
    .option('--json', 'one JSON object a frame')
    .addHelpText(
      'after',
      '\nBytes that are no frame, and frames with a wrong checksum, are shown; the exit code is then 1.\n\nExample:\n  alphaess-local decode --hex session.hex',
    )
    .action(async (file: string, flags: DecodeFlags) => finish(await decode(file, flags, io)));
}

async function decode(file: string, flags: DecodeFlags, io: Io): Promise<number> {
  const raw = file === '-' ? await readAll(io.stdin) : readFile(file);
  const bytes = flags.hex ? fromHex(raw) : raw;
  let fine = true;
  for (const piece of pieces(bytes)) {
    if (piece.type === null || !piece.crcOk) fine = false;
    await write(io.stdout, flags.json ? `${JSON.stringify(asJson(piece))}\n` : layOut(piece));
  }
  return fine ? FINE : FAILED;
}

async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}

function fromHex(raw: Uint8Array): Uint8Array {
  const digits = Buffer.from(raw).toString('latin1').replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) {
    throw new OwnerError('FILE_UNREADABLE', 'the input is not hexadecimal: leave --hex out for raw bytes');
  }
  return Buffer.from(digits, 'hex');
}

/** A frame, or bytes between frames (`type` null). */
export interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly type: FrameType | null;
  readonly command: number | null;
  readonly body: Uint8Array;
  readonly crcSaid: number | null;
  readonly crcComputed: number | null;
  readonly crcOk: boolean;
}

/**
 * Cuts bytes into frames and what is none. Unlike the server, which hangs up, it looks for the next frame behind bytes
 * that are none: the next place where a header is plausible and the checksum is right.
 */
export function* pieces(bytes: Uint8Array): Generator<Piece> {
  let offset = 0;
  while (offset < bytes.length) {
    const frame = frameAt(bytes, offset);
    if (frame !== null && (frame.crcOk || endsWell(bytes, frame))) {
      yield frame;
      offset += frame.bytes.length;
      continue;
    }
    const next = nextFrame(bytes, offset + 1);
    yield noFrame(bytes.subarray(offset, next), offset);
    offset = next;
  }
}

/** Whether a frame with a wrong checksum is at least followed by another frame, or by nothing. */
function endsWell(bytes: Uint8Array, frame: Piece): boolean {
  const end = frame.offset + frame.bytes.length;
  return end === bytes.length || frameAt(bytes, end) !== null;
}

function nextFrame(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (isPlausible(bytes, at) && isWorthwhile(bytes, at) && frameAt(bytes, at)?.crcOk) return at;
  }
  return bytes.length;
}

/** Longer than any body that was captured (about 3,000 bytes). */
const LONG_BODY = 4096;

/** Whether to compute a checksum there: over a long body at every byte it would take time that grows with the square. */
function isWorthwhile(bytes: Uint8Array, at: number): boolean {
  const length = bodyLengthAt(bytes, at);
  const end = at + HEADER_LENGTH + length + CHECKSUM_LENGTH;
  return length <= LONG_BODY || end === bytes.length || isPlausible(bytes, end);
}

function isPlausible(bytes: Uint8Array, offset: number): boolean {
  const type = bytes[offset + 1];
  return bytes[offset] === 1 && (type === 1 || type === 2);
}

function frameAt(bytes: Uint8Array, offset: number): Piece | null {
  const type = bytes[offset + 1];
  if (offset + HEADER_LENGTH > bytes.length || bytes[offset] !== 1 || (type !== 1 && type !== 2)) return null;
  const length = bodyLengthAt(bytes, offset);
  const bodyEnd = offset + HEADER_LENGTH + length;
  if (length > MAX_BODY_LENGTH || bodyEnd + CHECKSUM_LENGTH > bytes.length) return null;
  const crcSaid = ((bytes[bodyEnd] as number) << 8) | (bytes[bodyEnd + 1] as number);
  const crcComputed = crc16(bytes, offset, bodyEnd);
  return {
    offset,
    bytes: bytes.subarray(offset, bodyEnd + CHECKSUM_LENGTH),
    type,
    command: bytes[offset + 2] as number,
    body: bytes.subarray(offset + HEADER_LENGTH, bodyEnd),
    crcSaid,
    crcComputed,
    crcOk: crcSaid === crcComputed,
  };
}

function noFrame(bytes: Uint8Array, offset: number): Piece {
  return { offset, bytes, type: null, command: null, body: bytes, crcSaid: null, crcComputed: null, crcOk: false };
}

function nameOf(piece: Piece): string {
  return piece.type === null ? 'no frame' : frameName(piece.type, piece.command as number);
}

function asJson(piece: Piece): Record<string, unknown> {
  const text = piece.type === null ? null : textOf(piece.body);
  return {
    offset: piece.offset,
    type: piece.type,
    command: piece.command,
    name: nameOf(piece),
    length: piece.body.length,
    crc_ok: piece.crcOk,
    body: text ?? hex(piece.body),
    ...(text === null ? { body_encoding: 'hex' } : {}),
  };
}

function layOut(piece: Piece): string {
  const { offset, type, command, body } = piece;
  if (type === null) return `@${offset}  no frame, ${body.length} bytes\n${hexDump(body)}\n`;
  const checksum = piece.crcOk
    ? `checksum ${crc(piece.crcSaid)} ok`
    : `checksum says ${crc(piece.crcSaid)}, computed ${crc(piece.crcComputed)}: WRONG`;
  const title = type === RESPONSE ? '' : (commandOf(command as number)?.title ?? 'nobody has documented this command');
  const head = `@${offset}  1,${type},${command}  ${nameOf(piece)}${title === '' ? '' : ` (${title})`}, ${body.length} bytes, ${checksum}`;
  return `${head}\n${layOutBody(body)}\n`;
}

function layOutBody(body: Uint8Array): string {
  const text = textOf(body);
  if (text === null) return hexDump(body);
  const object = parseObject(text);
  if (object === null)
    return dotted(text)
      .replace(/^(?=.)/gm, '    ')
      .replace(/\n$/, '');
  const width = Math.max(...Object.keys(object).map((key) => key.length), 0);
  return Object.entries(object)
    .map(([key, value]) => dotted(`    ${key.padEnd(width)}  ${textOfValue(value) ?? 'null'}`.replaceAll('\n', '.')))
    .join('\n');
}

/** Without the codes that would steer the terminal. */
function dotted(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '.');
}

const BYTES_A_LINE = 16;

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const part = bytes.subarray(at, at + BYTES_A_LINE);
    const letters = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
      '',
    );
    lines.push(
      `    ${at.toString(16).padStart(4, '0')}  ${hex(part)
        .replace(/..(?=.)/g, '$& ')
        .padEnd(BYTES_A_LINE * 3)} ${letters}`,
    );
  }
  return lines.join('\n');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function crc(value: number | null): string {
  return (value as number).toString(16).toUpperCase().padStart(4, '0');
}
