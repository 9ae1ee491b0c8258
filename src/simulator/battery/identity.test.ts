/** Invented people: the same for the same seed, told apart by their index. */
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { inventIdentity } from './identity.ts';

test('is invented, repeatable and of its index', () => {
  const identity = inventIdentity(new Random('who'), 0);
  expect(identity).toEqual(inventIdentity(new Random('who'), 0));
  expect(identity.sn).toBe('ALSIM0000001');
  expect(inventIdentity(new Random('who'), 9_999_999).sn).toBe('ALSIM10000000');
  expect(Object.values(identity).every((word) => /^[\w: ]{4,}$/.test(word))).toBe(true);
  expect(identity.address).toContain('Invented Street');
});
