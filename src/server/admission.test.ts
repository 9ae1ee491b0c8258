import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Admission, type Admittance } from './admission.ts';
import { AllowedPeers } from './peers.ts';

const BATTERY = '192.168.1.20';
const OTHER = '192.168.1.21';
const STALE_MS = 90_000;

class Guest {
  readonly name: string;
  deliveredMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  quietMs(monoMs: number): number {
    return monoMs - this.deliveredMs;
  }
}

function admission(most: number, mostPerAddress: number, exempt: string[] = []): Admission<Guest> {
  return new Admission({ most, mostPerAddress, exempt: new AllowedPeers(exempt), staleMs: STALE_MS });
}

/** Opens them one after the other, each `name` or `name!` where it names a battery at once. */
function filled(one: Admission<Guest>, address: string, ...names: string[]): Guest[] {
  return names.map((name) => {
    const guest = new Guest(name.replace('!', ''));
    one.add(guest, address);
    if (name.endsWith('!')) one.named(guest);
    return guest;
  });
}

const shown = (verdict: Admittance<Guest>) =>
  verdict.admitted ? (verdict.instead?.name ?? 'free') : `refused ${verdict.code}`;

describe('one more from an address', () => {
  it('comes in while there is room there', () => {
    const one = admission(10, 2);
    expect(shown(one.judge(BATTERY, 0))).toBe('free');
    filled(one, BATTERY, 'a');
    expect(shown(one.judge(BATTERY, 0))).toBe('free');
  });

  it('takes the place of the oldest there that has named no battery', () => {
    const one = admission(10, 3);
    filled(one, OTHER, 'elsewhere');
    filled(one, BATTERY, 'a!', 'b', 'c');
    expect(one.judge(BATTERY, 0)).toMatchObject({ instead: { name: 'b' }, code: 'ADDRESS_CONNECTIONS_TOO_MANY' });
    expect(shown(one.judge(OTHER, 0))).toBe('free');
  });

  it('is refused where all speak as batteries', () => {
    const one = admission(10, 2);
    const [first] = filled(one, BATTERY, 'a', 'b!');
    if (first !== undefined) one.named(first);
    expect(shown(one.judge(BATTERY, STALE_MS))).toBe('refused ADDRESS_CONNECTIONS_TOO_MANY');
  });

  it('takes the place of the one whose battery is silent for longest, once that is stale', () => {
    const one = admission(10, 3);
    const guests = filled(one, BATTERY, 'a!', 'b!', 'c!');
    [20, 5, 10].forEach((ms, index) => {
      (guests[index] as Guest).deliveredMs = ms;
    });
    expect(shown(one.judge(BATTERY, 5 + STALE_MS))).toBe('refused ADDRESS_CONNECTIONS_TOO_MANY');
    expect(shown(one.judge(BATTERY, 6 + STALE_MS))).toBe('b');
  });

  it('comes in again when one has gone, however often that is told', () => {
    const one = admission(10, 1);
    const [guest] = filled(one, BATTERY, 'a!');
    for (let time = 0; time < 2; time++) if (guest !== undefined) one.remove(guest);
    expect(shown(one.judge(BATTERY, 0))).toBe('free');
    filled(one, BATTERY, 'b!');
    expect(shown(one.judge(BATTERY, 0))).toBe('refused ADDRESS_CONNECTIONS_TOO_MANY');
  });

  it('is one address, however its socket writes it', () => {
    const one = admission(10, 1);
    filled(one, `::ffff:${BATTERY}`, 'a!');
    filled(one, 'fe80::1%eth0', 'b!');
    expect(shown(one.judge(BATTERY, 0))).toBe('refused ADDRESS_CONNECTIONS_TOO_MANY');
    expect(shown(one.judge('fe80::1', 0))).toBe('refused ADDRESS_CONNECTIONS_TOO_MANY');
  });

  it('is not counted there where its network is trusted', () => {
    const one = admission(10, 1, ['192.168.1.0/24']);
    filled(one, BATTERY, 'a!', 'b!', 'c!');
    expect(shown(one.judge(`::ffff:${BATTERY}`, 0))).toBe('free');
  });
});

describe('one more in all', () => {
  it('takes the place of the oldest that has named no battery, wherever that is', () => {
    const one = admission(3, 2, [BATTERY]);
    filled(one, BATTERY, 'a!', 'b');
    filled(one, OTHER, 'c');
    expect(one.judge('10.0.0.1', 0)).toMatchObject({ instead: { name: 'b' }, code: 'CONNECTIONS_TOO_MANY' });
  });

  it('is refused where all have named one, also the silent: each is a battery’s', () => {
    const one = admission(2, 2);
    filled(one, BATTERY, 'a!');
    filled(one, OTHER, 'b!');
    expect(shown(one.judge('10.0.0.1', 10 * STALE_MS))).toBe('refused CONNECTIONS_TOO_MANY');
  });
});

it('never has more than it may, and never closes a battery that speaks', () => {
  const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3');
  const step = fc.oneof(
    fc.record({ do: fc.constant('come' as const), address }),
    fc.record({ do: fc.constantFrom('deliver' as const, 'leave' as const), which: fc.nat(20) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2 * STALE_MS) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const one = admission(6, 3);
      const present = new Map<Guest, { address: string; named: boolean }>();
      let nowMs = 0;
      for (const taken of steps) {
        if (taken.do === 'wait') nowMs += taken.ms;
        else if (taken.do === 'come') {
          const verdict = one.judge(taken.address, nowMs);
          const there = [...present.values()].filter((guest) => guest.address === taken.address);
          // Nobody is refused or closed without need.
          if (there.length < 3 && present.size < 6) expect(shown(verdict)).toBe('free');
          if (!verdict.admitted) continue;
          if (verdict.instead !== null) {
            const known = present.get(verdict.instead);
            expect(known).toBeDefined();
            expect(known?.named === true && verdict.instead.quietMs(nowMs) <= STALE_MS).toBe(false);
            one.remove(verdict.instead);
            present.delete(verdict.instead);
          }
          const guest = new Guest('');
          guest.deliveredMs = nowMs;
          one.add(guest, taken.address);
          present.set(guest, { address: taken.address, named: false });
        } else {
          const guest = [...present.keys()][taken.which];
          const known = guest === undefined ? undefined : present.get(guest);
          if (guest === undefined || known === undefined) continue;
          if (taken.do === 'leave') {
            one.remove(guest);
            present.delete(guest);
          } else {
            guest.deliveredMs = nowMs;
            known.named = true;
            one.named(guest);
          }
        }
        expect(present.size).toBeLessThanOrEqual(6);
        for (const place of ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
          expect([...present.values()].filter((guest) => guest.address === place).length).toBeLessThanOrEqual(3);
      }
    }),
  );
});
