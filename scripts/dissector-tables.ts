/**
 * Writes the tables of fields and commands into the dissector for Wireshark.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { COMMANDS } from '../src/protocol/commands.ts';
import type { Field, FieldReader } from '../src/protocol/fields/field.ts';
import { FIELDS } from '../src/protocol/fields/fields.ts';
import { PROTOBUF_REQUEST, PROTOBUF_RESPONSE } from '../src/protocol/frame.ts';
import { likelyNames } from '../src/protocol/protobuf-names.ts';

export const DISSECTOR = new URL('../packaging/wireshark/alphaess.lua', import.meta.url);

const BEGIN = '-- Generated from the tables of fields and commands: npm run docs\n';
const END = '-- End of what is generated\n';
const NUMBERS: readonly FieldReader[] = ['number', 'flag'];

/** The dissector with the tables as they must stand. @throws Error where it has no place for them */
export function withTables(dissector: string): string {
  const [before, rest] = dissector.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error('alphaess.lua has no place for the tables');
  return `${before}${BEGIN}${tables()}${END}${after}`;
}

function tables(): string {
  const onWire = FIELDS.filter(({ wire }) => wire.length > 0);
  return [
    table(
      'COMMANDS',
      COMMANDS.map(({ number, name }) => `[${number}] = ${lua(name)}`),
    ),
    table(
      'FIELDS',
      onWire.map((field) => `{ ${[field.name, titleOf(field), kindOf(field)].map(lua).join(', ')} }`),
    ),
    table(
      'ON_WIRE',
      [...byWire(onWire)].map(([key, fields]) => `[${lua(key)}] = { ${fields.map(meaning).join(', ')} }`),
    ),
    table('SOURCES', [
      ...['["1 16"] = "live"', '["1 5"] = "detail"', '["1 12"] = "history"'],
      ...['["1 4"] = "config"', '["2 3"] = "config_reply"'],
    ]),
    table(
      'PROTOBUF',
      [PROTOBUF_REQUEST, PROTOBUF_RESPONSE].map((type) => `[${type}] = { ${protobufNames(type)} }`),
    ),
  ].join('');
}

function table(name: string, lines: readonly string[]): string {
  return `local ${name} = {\n${lines.map((line) => `  ${line},\n`).join('')}}\n`;
}

function titleOf({ title, unit, certainty }: Field): string {
  return `${title}${unit === '' ? '' : `, ${unit}`}${certainty === 'confirmed' ? '' : ` (${certainty})`}`;
}

function kindOf({ read }: Field): string {
  return NUMBERS.includes(read) || read.startsWith('packed') ? read : 'text';
}

function byWire(fields: readonly Field[]): Map<string, Field[]> {
  const found = new Map<string, Field[]>();
  for (const field of fields) {
    for (const key of new Set(field.wire.map((wire) => wire.toLowerCase()))) {
      found.set(key, [...(found.get(key) ?? []), field]);
    }
  }
  return found;
}

function meaning(field: Field): string {
  const { name, unit, certainty } = field;
  const sources = ` ${field.in.join(' ')} `;
  const parts = { name, kind: kindOf(field), unit, certainty, sources };
  return `{ ${Object.entries(parts)
    .map(([key, value]) => `${key} = ${lua(value)}`)
    .join(', ')} }`;
}

function protobufNames(type: number): string {
  return COMMANDS.map(({ number }) => {
    const names = Object.entries(likelyNames(type, number, [])).map(([field, name]) => `[${field}] = ${lua(name)}`);
    return `[${number}] = { ${names.join(', ')} }`;
  }).join(', ');
}

/** A text as Lua writes it. */
function lua(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

if (import.meta.main) writeFileSync(DISSECTOR, withTables(readFileSync(DISSECTOR, 'utf8')));
