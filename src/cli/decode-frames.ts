/**
 * What `decode` shows of each frame to people: a line on it, then what it says.
 */
import type { CaptureItem, CaptureReader } from '../capture/capture-reader.ts';
import { type Described, Describer, likelyDirection } from '../capture/described.ts';
import { addressOf } from '../capture/link-layer.ts';
import type { MessageMember, NumberedValue } from '../capture/members.ts';
import type { TimesAre } from '../capture/packet-times.ts';
import type { Direction, RecordedConnection } from '../capture/tcp-streams.ts';
import { counted } from '../counted.ts';
import { visible } from '../privacy/visible.ts';
import { textOf } from '../protocol/body/text.ts';
import { commandOf } from '../protocol/commands.ts';
import { PROBLEMS, type ProblemCode } from '../protocol/errors.ts';
import { CHECKSUM_LENGTH, HEADER_LENGTH, isProtobuf, RESPONSE } from '../protocol/frame.ts';
import type { Piece } from '../protocol/pieces.ts';
import { endingOf } from './decode-ending.ts';

export interface Wanted {
  /** Private values too. */
  readonly isPrivate: boolean;
  /** The vendor’s names and texts alone. */
  readonly isWire: boolean;
  /** For programs. */
  readonly isJson: boolean;
}

type PieceItem = Extract<CaptureItem, { kind: 'piece' }>;

export class FrameLines {
  readonly #wanted: Wanted;
  readonly #describer: Describer;
  #pieces = 0;
  isFine = true;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#describer = new Describer(wanted.isPrivate);
  }

  begin(title: string): string {
    return `${title}\n`;
  }

  item(item: CaptureItem, { timesAre }: CaptureReader): string {
    if (item.kind === 'ended') return '';
    const where = this.#where(item, timesAre);
    if (item.kind === 'lost') {
      this.isFine = false;
      const lost = item.length === null ? 'bytes' : counted(item.length, 'byte');
      return `${where}${lost} missing in the capture\n`;
    }
    this.#pieces++;
    const described = this.#describer.describe(item, item.direction ?? likelyDirection(item.piece));
    if (described.checksum !== 'right') this.isFine = false;
    return `${where}${head(item, described)}\n${this.#body(described)}\n`;
  }

  end(reader: CaptureReader): string {
    const ending = endingOf(reader, this.#pieces);
    if (ending.length > 0) this.isFine = false;
    return ending.map((line) => `${line}\n`).join('');
  }

  #where({ connection, direction, ms }: CaptureItem, timesAre: TimesAre): string {
    const parts = [
      ...(ms === null ? [] : [timeOf(ms, timesAre)]),
      ...(connection === null ? [] : [this.#connection(connection)]),
      ...(direction === null ? [] : [WAYS[direction]]),
    ];
    return parts.length === 0 ? '' : `${parts.join('  ')}  `;
  }

  #connection({ number, battery, server }: RecordedConnection): string {
    if (!this.#wanted.isPrivate || battery === '') return `connection ${number}`;
    return `connection ${number} (${addressOf(battery)} to ${addressOf(server)})`;
  }

  #body({ piece, body, bytes: shown }: Described): string {
    if (piece.type === null) return hexDump(shown);
    const content = shown.subarray(HEADER_LENGTH, shown.length - CHECKSUM_LENGTH);
    if (body?.kind === 'protobuf') return layOutNumbered(body.lines, content.subarray(body.readUpTo), body.readUpTo);
    if (this.#wanted.isWire || body === null) {
      if (body?.kind === 'object') return table(body.members, false);
      return layOutText(content);
    }
    if (body.kind === 'object') return table(body.members, true);
    return body.rows.map((row, index) => `    row ${index + 1}\n${table(row, true)}`).join('\n');
  }
}

const WAYS: Readonly<Record<Direction, string>> = { from_battery: 'from battery', to_battery: 'to battery' };

/** `2024-06-12T11:04:10.123Z`; without Z where the zone is not known, without a day where that is not. */
export function timeOf(ms: number, timesAre: TimesAre): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return 'at no time';
  const iso = date.toISOString();
  if (timesAre === 'utc') return iso;
  return timesAre === 'local' ? iso.slice(0, -1) : iso.slice(11, -1);
}

const REST = ': perhaps the rest of a frame whose beginning is missing';

/** Whether bytes that are no frame are likely the rest of one, not what somebody else says. */
export function isRest(isFragment: boolean, reason: ProblemCode | null): boolean {
  return isFragment && reason !== 'FRAME_HTTP' && reason !== 'FRAME_TLS';
}

function head({ piece, missing, isFragment }: PieceItem, { name, resealed, reason }: Described): string {
  const { offset, type, command, body, bytes: sent } = piece;
  if (type === null) {
    if (missing !== null) return `@${offset}  frame begun, ${counted(missing, 'byte')} missing`;
    const why = isRest(isFragment, reason)
      ? REST
      : reason === null || reason === 'FRAME_INCOMPLETE'
        ? ''
        : `: ${PROBLEMS[reason].sentence}`;
    return `@${offset}  no frame, ${counted(sent.length, 'byte')}${why}`;
  }
  const checksum = piece.crcOk
    ? `checksum ${crc(piece.crcSaid)} ok`
    : `checksum says ${crc(piece.crcSaid)}, computed ${crc(piece.crcComputed)}: WRONG`;
  const anew = resealed === null ? '' : ` (${crc(resealed)} without what is private)`;
  const title = titleOf(piece);
  return `@${offset}  1,${type},${command}  ${name}${title === '' ? '' : ` (${title})`}, ${counted(body.length, 'byte')}, ${checksum}${anew}`;
}

function titleOf({ type, command }: Piece): string {
  if (isProtobuf(type)) return 'Protocol Buffers of newer firmware';
  return type === RESPONSE ? '' : (commandOf(command as number)?.title ?? 'nobody has documented this command');
}

function table(members: readonly MessageMember[], withMeanings: boolean): string {
  const width = Math.max(...members.map(({ wire }) => wire.length), 0);
  const texts = Math.min(24, Math.max(...members.map(({ text }) => (text ?? 'null').length), 0));
  return members
    .map(({ wire, text, meanings }) => {
      const plain = dotted(`    ${wire.padEnd(width)}  ${text ?? 'null'}`);
      if (!withMeanings || meanings.length === 0) return plain;
      const meant = meanings.map(({ name, value, unit, certainty }) => {
        const said = meanings.length > 1 ? ` ${value}` : '';
        return `${name}${said}${unit === '' ? '' : ` ${unit}`} (${certainty})`;
      });
      return `${plain.padEnd(4 + width + 2 + texts)}  ${meant.join(', ')}`;
    })
    .join('\n');
}

/** Field number, wire type, value, likely name. */
function layOutNumbered(lines: readonly NumberedValue[], unread: Uint8Array, readUpTo: number): string {
  const width = Math.max(0, ...lines.map(({ path }) => path.length));
  const shown = lines.map(({ path, wireType, text, name }) => {
    const meant = name === null ? '' : `  (likely ${name})`;
    return dotted(`    ${path.padEnd(width)}  ${wireType.padEnd(WIRE_TYPE_WIDTH)}  ${text}${meant}`);
  });
  if (unread.length > 0) shown.push(`    not readable from byte ${readUpTo} on:`, hexDump(unread));
  return shown.join('\n');
}

const WIRE_TYPE_WIDTH = 'length-delimited'.length;

function layOutText(body: Uint8Array): string {
  const text = textOf(body);
  if (text === null) return hexDump(body);
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${dotted(line)}`))
    .join('\n')
    .replace(/\n$/, '');
}

/** As dumps show what cannot be shown. */
function dotted(text: string): string {
  return visible(text.replace(/[\t-\r]/g, '.'), '.');
}

const BYTES_A_LINE = 16;

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const part = bytes.subarray(at, at + BYTES_A_LINE);
    const letters = Array.from(part, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    const pairs = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`    ${at.toString(16).padStart(4, '0')}  ${pairs.padEnd(BYTES_A_LINE * 3)} ${letters.join('')}`);
  }
  return lines.join('\n');
}

/** As `1A2B`. */
export function crc(value: number | null): string {
  return (value as number).toString(16).toUpperCase().padStart(4, '0');
}
