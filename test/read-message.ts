/** Frames read as messages, for the tests of the reader of messages. */
import { expect } from 'vitest';
import type { Value } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import type { Frame } from '../src/protocol/frame.ts';
import { type Message, MessageReader } from '../src/protocol/messages.ts';

export const unreadableOf = (serial: string | null) => ({ type: 'unreadable', reason: 'BODY_UNREADABLE', serial });
export const UNREADABLE = unreadableOf(null);

/** Only the server sends 8; the others nobody has documented. */
export const kept = (command: number, serial: string | null = null) => ({
  type: 'unreadable',
  reason: command === 8 ? 'COMMAND_UNEXPECTED' : 'COMMAND_UNKNOWN',
  serial,
});

export const [PING, LOGIN, ASK, CONFIG, DETAIL, EVENT, HISTORY, LIVE] = [0, 2, 3, 4, 5, 9, 12, 16];
export const READABLE = [LOGIN, ASK, CONFIG, DETAIL, EVENT, HISTORY, LIVE];
export const ALL_COMMANDS = Array.from({ length: 256 }, (_, command) => command);

export const frame = (command: number, body: string | Uint8Array, type: 1 | 2 = 1): Frame => ({
  ...{ kind: 'frame', type, command, offset: 0 },
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
});

export const read = (command: number, body: string | Uint8Array): Message =>
  new MessageReader(new FormBook()).read(frame(command, body));

/** The readings of a message, each as its values under our names. */
export function readingsOf(message: Message): Record<string, Value>[] {
  if (message.type !== 'readings') expect.unreachable(`is ${message.type}`);
  return message.readings.map(({ kind, values }) =>
    Object.fromEntries(columnsOf(kind).map((field, index) => [field.name, values[index] ?? null])),
  );
}
