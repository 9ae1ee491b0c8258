import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Fragment, IpFragments } from './ip-fragments.ts';

const WHOLE = Uint8Array.from({ length: 100 }, (_, index) => index);

function part(offset: number, end: number, datagram = 'a'): Fragment {
  return { datagram, offset, isLast: end === WHOLE.length, bytes: WHOLE.subarray(offset, end) };
}

it('a datagram is whole once each of its bytes came, in any order and twice', () => {
  const parts = [part(0, 40), part(32, 64), part(64, 72), part(72, 100), part(8, 16)];
  fc.assert(
    fc.property(fc.shuffledSubarray(parts, { minLength: parts.length }), (order) => {
      const fragments = new IpFragments();
      const found = order.map((fragment) => fragments.take(fragment)).filter((whole) => whole !== null);
      expect(found[0]).toEqual(WHOLE);
    }),
  );
});

it('a datagram with a hole is none, and datagrams are not mixed', () => {
  const fragments = new IpFragments();
  expect(fragments.take(part(0, 40))).toBeNull();
  expect(fragments.take(part(48, 100))).toBeNull();
  expect(fragments.take(part(40, 48, 'b'))).toBeNull();
  expect(fragments.take(part(40, 48))).toEqual(WHOLE);
});

it('only the newest are kept, and none longer than a datagram can be', () => {
  const fragments = new IpFragments();
  expect(fragments.take(part(0, 40))).toBeNull();
  for (let index = 0; index < 64; index++) fragments.take(part(0, 8, `other ${index}`));
  expect(fragments.take(part(40, 100))).toBeNull();
  expect(fragments.take({ datagram: 'long', offset: 65_528, isLast: true, bytes: WHOLE })).toBeNull();
});
