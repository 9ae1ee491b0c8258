/**
 * The short id of a battery (decision 0005): derived from its serial number with a key that this store has made for itself, so
 * that it tells nothing of the serial number and is the same for ever here.
 */
import { createHmac } from 'node:crypto';

/** Six hexadecimal digits tell a house's batteries apart; where two would be the same, the second gets more. */
export const SHORTEST_ID = 6;

/** All digits that an id may be the beginning of. */
export function serialDigest(idKey: string, serial: string): string {
  return createHmac('sha256', idKey).update(serial).digest('hex');
}

/** A login, so that two can be compared and none is kept. Half of the digits tell them apart. */
export function loginDigest(idKey: string, login: string): string {
  return serialDigest(idKey, `login ${login}`).slice(0, 32);
}
