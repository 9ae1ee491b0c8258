/**
 * A field is a name and a meaning, not a place in one message: whatever a field is told as, under each of its names, every kind
 * of message that knows it reads the same of it.
 */
import { describe, expect, it } from 'vitest';
import type { Value } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { DETAIL, HISTORY, LIVE } from '../src/protocol/commands.ts';
import { PARTS } from '../src/protocol/derive.ts';
import { type Field, READING_KINDS, type ReadingKind } from '../src/protocol/fields/field.ts';
import { columnsOf, FIELDS, READING_FIELDS } from '../src/protocol/fields/fields.ts';
import { REQUEST } from '../src/protocol/frame.ts';
import { MessageReader } from '../src/protocol/messages.ts';
import type { WireReading } from '../src/protocol/reading.ts';

const COMMANDS: Readonly<Record<ReadingKind, number>> = { live: LIVE, detail: DETAIL, history: HISTORY };
const SERIAL = 'AL2002021010101';

/** A message of each kind as it is on the wire: JSON, or rows with a line of names. */
function bodyOf(kind: ReadingKind, texts: Readonly<Record<string, string>>): string {
  if (kind !== 'history') return JSON.stringify({ Time: '2024/06/12 11:04:00', SN: SERIAL, ...texts });
  const all = { Date: '2024/06/12', Time: '11:04:00', SN: SERIAL, ...texts };
  return `${Object.keys(all).join()}\n${Object.values(all).join()}\n`;
}

function readIn(kind: ReadingKind, texts: Readonly<Record<string, string>>): WireReading {
  const body = new TextEncoder().encode(bodyOf(kind, texts));
  const message = new MessageReader(new FormBook()).read({
    kind: 'frame',
    type: REQUEST,
    command: COMMANDS[kind],
    body,
    offset: 0,
  });
  const [reading] = message.type === 'readings' ? message.readings : [];
  return reading ?? expect.unreachable(`no reading in ${kind}`);
}

const named = ({ kind, values }: WireReading): Record<string, Value> =>
  Object.fromEntries(columnsOf(kind).map(({ name }, index) => [name, values[index] ?? null]));

/** What is told of one field, apart from what others add. */
function meaning(kind: ReadingKind, { name }: Field, key: string, text: string) {
  const beside: Record<string, string> = name === 'soc' ? { Pbat: '5' } : { SOC: '62.4' };
  const reading = readIn(kind, { ...beside, [key]: text });
  const told = named(reading);
  const sums = Object.fromEntries(DERIVED_EVERYWHERE.map((one) => [one, told[one]]));
  return { value: told[name], rest: reading.rest, implausible: reading.implausible, sums };
}

const DERIVED_EVERYWHERE = READING_FIELDS.filter(({ read, in: kinds }) => read === 'derived' && kinds.length === 3).map(
  ({ name }) => name,
);

const TOLD = READING_FIELDS.filter(({ wire, read }) => wire.length > 0 && !['date', 'time', 'serial'].includes(read));
/** Of any field: numbers right and wrong, packed ones, flags, what says that there is none, and what is none. */
const TEXTS = [
  ...['0', '1', '62.4', '-3', '+5', '007', '49.92', '5000', '-622', '240.10', '1000.0'],
  ...['16908309', '17042704', '65535', '4294967295', '-214748364.8000', '6553.5'],
  ...['true', 'False', 'Normal', '-', '', 'null', 'NaN', '12;3', '0x10'],
];
/** Values that every field of its way of reading has. */
const GOOD: Partial<Record<Field['read'], string>> = {
  ...{ text: 'Normal', flag: '1' },
  ...{
    packed_millivolts: '17042704',
    packed_celsius: '16908309',
    packed_pack: '16908309',
    packed_position: '16908309',
  },
};

describe('every field', () => {
  it('that live or detail know is known to history', () => {
    const known = new Set(columnsOf('history').map(({ name }) => name));
    for (const kind of ['live', 'detail'] as const)
      expect(columnsOf(kind).filter(({ name }) => !known.has(name))).toEqual([]);
    expect(FIELDS.filter(({ in: kinds }) => kinds.includes('history')).length).toBe(READING_FIELDS.length);
  });

  it.each(TOLD.map((field) => [field.name, field] as const))('%s is the same in each message', (name, field) => {
    const kinds = READING_KINDS.filter((kind) => field.in.includes(kind));
    const good = GOOD[field.read] ?? (name === 'wifi_signal' ? '-63' : '1');
    for (const wire of field.wire) {
      for (const key of [wire, wire.toUpperCase(), wire.toLowerCase()]) {
        const one = readIn(kinds[0] as ReadingKind, { ...(name === 'soc' ? {} : { SOC: '62.4' }), [key]: good });
        expect([key, good, named(one)[name]]).not.toEqual([key, good, null]);
        for (const text of [good, ...TEXTS]) {
          const told = kinds.map((kind) => meaning(kind, field, key, text));
          for (const other of told) expect({ key, text, ...other }).toEqual({ key, text, ...told[0] });
        }
      }
    }
  });
});

describe('what is worked out', () => {
  /** 100 W on each part, by the first name of each. */
  const wireOf = (name: string) => READING_FIELDS.find((field) => field.name === name)?.wire[0] as string;

  it('of one part, and of all, is the same in each message', () => {
    const all = Object.fromEntries(PARTS.map((name, index) => [wireOf(name), String(100 + index)]));
    const messages = [...Object.entries(all).map(([key, text]) => ({ [key]: text })), all, { ...all, Pbat: '-250' }];
    for (const texts of messages) {
      const told = READING_KINDS.map((kind) => {
        const values = named(readIn(kind, { SOC: '62.4', ...texts }));
        return Object.fromEntries(DERIVED_EVERYWHERE.map((name) => [name, values[name]]));
      });
      for (const one of told) expect([texts, one]).toEqual([texts, told[0]]);
    }
    expect(DERIVED_EVERYWHERE).toContain('pv_power');
  });

  it('of the strings and the phases there are, whatever their number', () => {
    const strings = { Ppv1: '100', Ppv2: '200', Ppv3: '300', Ppv4: '400', Ppv5: '500', Ppv6: '600' };
    const phases = { PMeterDCL1: '10', PMeterDCL2: '20', PMeterDCL3: '30' };
    for (const kind of READING_KINDS)
      expect(named(readIn(kind, { SOC: '62.4', ...strings, ...phases })).pv_power).toBe(2160);
  });
});
