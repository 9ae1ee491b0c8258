import { describe, expect, it } from 'vitest';
import { BATTERY, HEALTHY, NOTHING, name, OWN, ROUTER, said, VENDOR, VENDOR_6 } from '../../test/doctor-facts.ts';
import type { DoctorFacts, NameFacts } from './facts.ts';
import { checkNames } from './names.ts';

const { machine } = HEALTHY;

/** Of a house whose battery has not come. */
const look = (names: readonly NameFacts[], change: Partial<DoctorFacts> = {}) =>
  checkNames({ names, machine, batteries: [], ...change });
const lines = (names: readonly NameFacts[], change: Partial<DoctorFacts> = {}) => said(look(names, change));

describe('the vendor’s name', () => {
  it('leads here, by all who were asked: said once', () => {
    expect(lines([name([OWN]), name([OWN], [], ROUTER)])).toEqual([
      'ok NAME_LEADS_HERE www.alphaess.com is 192.168.1.20: this machine (asked: this machine and DNS 192.168.1.1)',
    ]);
  });

  it('leads here in a house that has IPv6 alone', () => {
    const six = { kind: 'own', text: 'fd00::5' } as const;
    expect(lines([name([], [six])])).toEqual([
      'ok NAME_LEADS_HERE www.alphaess.com is fd00::5: this machine (asked: this machine)',
    ]);
    expect(lines([name([], [VENDOR_6])])).toEqual([
      'fault NAME_LEADS_ELSEWHERE www.alphaess.com is 2001:db8::9, which is not this machine (asked: this machine)',
    ]);
  });

  it('leads to the vendor: the address to enter is named', () => {
    const [found, ...more] = look([name([VENDOR])]);
    expect(said([found as never])).toEqual([
      'fault NAME_LEADS_ELSEWHERE www.alphaess.com is 203.0.113.9, which is not this machine (asked: this machine)',
    ]);
    expect(found).toMatchObject({
      advice: 'Enter 192.168.1.20 in your DNS for that name.',
      link: 'docs/redirect.md#which-way',
    });
    expect(more).toEqual([]);
  });

  it('leads to another machine of the house, or to several of which one is this', () => {
    expect(lines([name([ROUTER])])).toEqual([
      'fault NAME_LEADS_ELSEWHERE www.alphaess.com is 192.168.1.1, which is not this machine (asked: this machine)',
    ]);
    expect(lines([name([OWN, VENDOR])])).toEqual([
      'fault NAME_LEADS_ELSEWHERE www.alphaess.com is 192.168.1.20 and 203.0.113.9, which is not this machine (asked: this machine)',
    ]);
  });

  it('leads elsewhere by one of two: a warning, since the battery may ask either', () => {
    expect(lines([name([OWN], [], ROUTER), name([VENDOR], [], { kind: 'public', text: '198.51.100.1' })])).toEqual([
      'ok NAME_LEADS_HERE www.alphaess.com is 192.168.1.20: this machine (asked: DNS 192.168.1.1)',
      'warning NAME_LEADS_ELSEWHERE www.alphaess.com is 203.0.113.9, which is not this machine (asked: DNS 198.51.100.1)',
    ]);
  });

  it('leads elsewhere while a battery delivers: redirected by another way, or no longer', () => {
    const [found] = look([name([VENDOR])], { batteries: [BATTERY] });
    expect(found).toMatchObject({
      code: 'NAME_LEADS_ELSEWHERE',
      level: 'warning',
      advice: expect.stringContaining('A battery delivers all the same'),
    });
  });

  it('leads to what may be the host of this container', () => {
    const container = { machine: { addresses: [], container: true } };
    expect(lines([name([ROUTER])], container)).toEqual([
      'ok NAME_LEADS_TO_HOST www.alphaess.com is 192.168.1.1, which should be this container’s host (asked: this machine)',
    ]);
    expect(look([name([VENDOR])], container)[0]).toMatchObject({
      level: 'fault',
      advice: 'Enter the address of the machine that runs this container in your DNS for that name.',
    });
  });

  it('is blocked', () => {
    expect(lines([name([NOTHING], [{ kind: 'nowhere', text: '::' }])])).toEqual([
      'fault NAME_BLOCKED www.alphaess.com is 0.0.0.0, which leads nowhere (asked: this machine)',
    ]);
  });

  it('leads elsewhere by IPv6 alone', () => {
    expect(lines([name([OWN], [VENDOR_6])])).toEqual([
      'ok NAME_LEADS_HERE www.alphaess.com is 192.168.1.20: this machine (asked: this machine)',
      'warning NAME_SECOND_DOOR www.alphaess.com is by IPv6 2001:db8::9, which is not this machine (asked: this machine)',
    ]);
  });

  it('has no address: another server drops the answer', () => {
    expect(look([name([])])).toMatchObject([
      { code: 'NAME_WITHOUT_ANSWER', level: 'fault', advice: expect.stringContaining('rebind protection') },
    ]);
  });

  it('is asked of who does not answer, or answers nonsense', () => {
    expect(lines([name([OWN]), name('silent', 'silent', ROUTER), name('nonsense', [], VENDOR)])).toEqual([
      'ok NAME_LEADS_HERE www.alphaess.com is 192.168.1.20: this machine (asked: this machine)',
      'warning RESOLVER_SILENT no answer for www.alphaess.com (asked: DNS 192.168.1.1)',
      'warning RESOLVER_NONSENSE the answer for www.alphaess.com is no address (asked: DNS 203.0.113.9)',
    ]);
  });

  it('has an address to enter that nobody knows', () => {
    const [found] = look([name([VENDOR])], { machine: { addresses: [], container: false } });
    expect(found?.advice).toBe('Enter this machine’s address in your DNS for that name.');
  });
});
