/**
 * `decode`: lays out the frames in a file of raw bytes, for those who read protocols.
 */
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { visible, visibleJson } from '../privacy/visible.ts';
import { OwnerError } from '../problems/errors.ts';
import { parseObject, textOfValue } from '../protocol/body/json.ts';
import { textOf } from '../protocol/body/text.ts';
import { commandOf } from '../protocol/commands.ts';
import { isProtobuf, RESPONSE } from '../protocol/frame.ts';
import { nameOf, type Piece, pieces } from '../protocol/pieces.ts';
import { protobufLines } from '../protocol/protobuf-lines.ts';
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
    await write(io.stdout, flags.json ? `${visibleJson(JSON.stringify(asJson(piece)))}\n` : layOut(piece));
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

function asJson(piece: Piece): Record<string, unknown> {
  const text = piece.type === null || isProtobuf(piece.type) ? null : textOf(piece.body);
  return {
    offset: piece.offset,
    type: piece.type,
    command: piece.command,
    name: nameOf(piece),
    length: piece.body.length,
    crc_ok: piece.crcOk,
    body: text ?? hex(piece.body),
    ...(text === null ? { body_encoding: 'hex' } : {}),
    ...(isProtobuf(piece.type) ? protobufAsJson(piece) : {}),
  };
}

function protobufAsJson({ type, command, body }: Piece): Record<string, unknown> {
  const { lines, readUpTo } = protobufLines(type as number, command as number, body);
  const fields = lines.map(({ path, wireType, text, name }) => ({
    field: path,
    wire_type: wireType,
    value: text,
    likely_name: name,
  }));
  return { fields, unread_bytes: body.length - readUpTo };
}

function layOut(piece: Piece): string {
  const { offset, type, command, body } = piece;
  if (type === null) return `@${offset}  no frame, ${body.length} bytes\n${hexDump(body)}\n`;
  const checksum = piece.crcOk
    ? `checksum ${crc(piece.crcSaid)} ok`
    : `checksum says ${crc(piece.crcSaid)}, computed ${crc(piece.crcComputed)}: WRONG`;
  const title = titleOf(piece);
  const head = `@${offset}  1,${type},${command}  ${nameOf(piece)}${title === '' ? '' : ` (${title})`}, ${body.length} bytes, ${checksum}`;
  return `${head}\n${isProtobuf(type) ? layOutProtobuf(piece) : layOutBody(body)}\n`;
}

function titleOf({ type, command }: Piece): string {
  if (isProtobuf(type)) return 'Protocol Buffers of newer firmware';
  return type === RESPONSE ? '' : (commandOf(command as number)?.title ?? 'nobody has documented this command');
}

/** Field number, wire type, value, likely name. */
function layOutProtobuf({ type, command, body }: Piece): string {
  const { lines, readUpTo } = protobufLines(type as number, command as number, body);
  const width = Math.max(0, ...lines.map(({ path }) => path.length));
  const shown = lines.map(({ path, wireType, text, name }) =>
    dotted(
      `    ${path.padEnd(width)}  ${wireType.padEnd(WIRE_TYPE_WIDTH)}  ${text}${name === null ? '' : `  (likely ${name})`}`,
    ),
  );
  if (readUpTo < body.length)
    shown.push(`    not readable from byte ${readUpTo} on:`, hexDump(body.subarray(readUpTo)));
  return shown.join('\n');
}

function layOutBody(body: Uint8Array): string {
  const text = textOf(body);
  if (text === null) return hexDump(body);
  const object = parseObject(text);
  if (object === null)
    return text
      .split('\n')
      .map((line) => (line === '' ? '' : `    ${dotted(line)}`))
      .join('\n')
      .replace(/\n$/, '');
  const width = Math.max(...Object.keys(object).map((key) => key.length), 0);
  return Object.entries(object)
    .map(([key, value]) => dotted(`    ${key.padEnd(width)}  ${textOfValue(value) ?? 'null'}`))
    .join('\n');
}

/** As dumps show what cannot be shown. */
function dotted(text: string): string {
  return visible(text.replace(/[\t-\r]/g, '.'), '.');
}

const WIRE_TYPE_WIDTH = 'length-delimited'.length;
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
