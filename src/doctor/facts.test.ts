import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BATTERY, HEALTHY, OWN, ROUTER, VENDOR, visit } from '../../test/doctor-facts.ts';
import { examine } from './examine.ts';
import { type AddressKind, type DoctorFacts, type FoundAddress, withoutAddresses } from './facts.ts';

const ADDRESS = /\d+\.\d+\.\d+\.\d+/;
const kinds: readonly AddressKind[] = ['own', 'private', 'public'];
const address = fc.tuple(fc.constantFrom(...kinds), fc.ipV4()).map(([kind, text]): FoundAddress => ({ kind, text }));
const answer = fc.oneof(fc.array(address, { maxLength: 3 }), fc.constantFrom('silent' as const, 'nonsense' as const));
const outcome = fc.constantFrom(
  'refused' as const,
  'tls' as const,
  'http' as const,
  'frames' as const,
  'silent' as const,
);

/** Houses in every state in which an address could be named. */
const anyFacts = fc
  .record({
    addresses: fc.array(address, { maxLength: 3 }),
    container: fc.boolean(),
    on: fc.oneof(fc.constant('all' as const), address),
    names: fc.array(fc.tuple(answer, answer, fc.option(address)), { maxLength: 3 }),
    visits: fc.array(fc.tuple(outcome, address), { maxLength: 5 }),
    delivers: fc.boolean(),
  })
  .map(
    ({ addresses, container, on, names, visits, delivers }): DoctorFacts => ({
      ...HEALTHY,
      machine: { addresses, container },
      port: { ...HEALTHY.port, on },
      names: names.map(([a, aaaa, resolver]) => ({ name: 'www.alphaess.com', a, aaaa, resolver })),
      visits: visits.map(([what, from]) => visit(what, { address: from })),
      batteries: [{ ...BATTERY, delivers }],
      software: { version: 'one', node: '24' },
    }),
  );

describe('what a guest is told', () => {
  it('has no address in it, whatever was found', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(JSON.stringify(examine(withoutAddresses(facts, 'all')))).not.toMatch(ADDRESS);
      }),
    );
  });

  it('is the same findings, as grave', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const of = (found: DoctorFacts) => [...new Set(examine(found).map(({ code, level }) => `${code} ${level}`))];
        expect(of(withoutAddresses(facts, 'all'))).toEqual(of(facts));
      }),
    );
  });
});

it('an owner who does not ask for peers is told of this machine and its DNS alone', () => {
  const facts = { ...HEALTHY, batteries: [], visits: [visit('refused', { address: VENDOR })] };
  const text = JSON.stringify(examine(withoutAddresses(facts, 'peers')));
  expect([text.includes(OWN.text), text.includes(ROUTER.text), text.includes(VENDOR.text)]).toEqual([
    true,
    true,
    false,
  ]);
});
