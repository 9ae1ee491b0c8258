import { describe, expect, it } from 'vitest';
import { MaskedBatteries } from './masked-batteries.ts';

const MASK = '***************';

function areSeveral(serial: string, connections: readonly number[]): boolean {
  const batteries = new MaskedBatteries();
  for (const connection of connections) batteries.spoke(serial, connection);
  return batteries.areSeveral;
}

describe('batteries whose serial numbers were replaced', () => {
  it.each([
    ['one that says all on one connection', [1, 1, 1, 1]],
    ['one that connects anew', [1, 1, 2, 2, 3, 3]],
    ['one that says a last word on its old connection', [1, 1, 2, 1, 2, 2, 2]],
  ])('are one: %s', (_, connections) => expect(areSeveral(MASK, connections)).toBe(false));

  it.each([
    ['two', [1, 2, 1, 2, 1]],
    ['three', [1, 2, 3, 1, 2, 3]],
  ])('are several that take turns: %s', (_, connections) => expect(areSeveral(MASK, connections)).toBe(true));

  it('are not those that have their serial numbers', () => {
    expect(areSeveral('AL2002021010101', [1, 2, 1, 2, 1, 2])).toBe(false);
  });
});
