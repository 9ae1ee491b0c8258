/**
 * Which batteries a message names.
 */
import type { Message } from '../protocol/messages.ts';

/** Serial numbers, in the order in which they stand there; one may stand there more than once. */
export function serialsIn(message: Message): string[] {
  if (message.type === 'readings') return message.readings.flatMap(({ serial }) => serial ?? []);
  if (!('serial' in message) || message.serial === null) return [];
  return [message.serial];
}
