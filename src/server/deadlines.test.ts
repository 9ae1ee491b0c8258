import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines } from './deadlines.ts';

class One {
  deadline: number | null;
  constructor(deadline: number | null) {
    this.deadline = deadline;
  }
}

function looked(deadlines: Deadlines<One>, monoMs: number): One[] {
  return [...deadlines.due(monoMs)];
}

describe('connections', () => {
  it('are looked at once their deadline has passed, within a second', () => {
    const deadlines = new Deadlines<One>(0);
    const [soon, later] = [new One(2500), new One(4000)];
    for (const one of [soon, later]) deadlines.add(one, 0);
    expect([looked(deadlines, 2499), looked(deadlines, 3000), looked(deadlines, 3999)]).toEqual([[], [soon], []]);
    // One that was not woken is looked at again.
    expect(looked(deadlines, 4000)).toEqual([later, soon]);
  });

  it('are filed anew where the deadline has come nearer; one that has moved on is looked at in vain', () => {
    const deadlines = new Deadlines<One>(0);
    const one = new One(8000);
    deadlines.add(one, 0);
    one.deadline = 2000;
    deadlines.file(one, 1000);
    one.deadline = 6000;
    deadlines.file(one, 1500);
    expect([looked(deadlines, 2000), looked(deadlines, 5000), looked(deadlines, 6000)]).toEqual([[one], [], [one]]);
  });

  it('are looked at every ten seconds, whatever their deadline is', () => {
    const deadlines = new Deadlines<One>(0);
    const one = new One(null);
    deadlines.add(one, 0);
    expect([looked(deadlines, 9999), looked(deadlines, 10_000), looked(deadlines, 19_999)]).toEqual([[], [one], []]);
    expect(looked(deadlines, 20_000)).toEqual([one]);
  });

  it('whose battery delivers on another are looked at with the next look', () => {
    const deadlines = new Deadlines<One>(0);
    const [old, fresh, other] = [new One(9000), new One(9000), new One(9000)];
    for (const one of [old, fresh, other]) deadlines.add(one, 0);
    deadlines.named(old, 'A');
    deadlines.delivered(old, 'A');
    deadlines.named(fresh, 'A');
    deadlines.named(other, 'B');
    expect(looked(deadlines, 0)).toEqual([]);
    deadlines.delivered(fresh, 'A');
    deadlines.delivered(fresh, 'A');
    expect(looked(deadlines, 1000)).toEqual([old]);
    expect(looked(deadlines, 2000)).toEqual([]);
  });

  it('that have gone are looked at no more, also not by whoever is looking', () => {
    const deadlines = new Deadlines<One>(0);
    const [one, two] = [new One(1000), new One(1000)];
    for (const each of [one, two]) {
      deadlines.add(each, 0);
      deadlines.named(each, 'A');
    }
    deadlines.delivered(two, 'A');
    const due = deadlines.due(1000);
    expect(due.next().value).toBe(one);
    deadlines.remove(one);
    deadlines.remove(two);
    deadlines.file(two, 1000);
    expect([due.next().done, looked(deadlines, 30_000)]).toEqual([true, []]);
  });
});

/** What is to hold: whoever has a deadline is looked at within a second of it, and nobody waits for longer than eleven. */
it('are never forgotten, whatever comes', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('add' as const), deadline: fc.option(fc.nat(120_000)) }),
    fc.record({ type: fc.constant('nearer' as const), who: fc.nat(), deadline: fc.nat(120_000) }),
    fc.record({ type: fc.constant('later' as const), who: fc.nat(), deadline: fc.option(fc.nat(120_000)) }),
    fc.record({ type: fc.constant('remove' as const), who: fc.nat() }),
    fc.record({ type: fc.constant('delivered' as const), who: fc.nat(), serial: fc.constantFrom('A', 'B') }),
    fc.record({ type: fc.constant('pass' as const), ms: fc.nat(4000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const deadlines = new Deadlines<One>(0);
      const there: One[] = [];
      const lookedAt = new Map<One, number>();
      let now = 0;
      for (const one of steps) {
        const who = 'who' in one && there.length > 0 ? there[one.who % there.length] : undefined;
        if (one.type === 'add') {
          const made = new One(one.deadline);
          there.push(made);
          deadlines.add(made, now);
          lookedAt.set(made, now);
        } else if (one.type === 'pass') {
          now += one.ms;
          const found = new Set(looked(deadlines, now));
          for (const each of there) {
            const due = each.deadline !== null && each.deadline <= now - 1000;
            if (due) expect(found.has(each) || (lookedAt.get(each) ?? 0) >= now - 1000).toBe(true);
            if (found.has(each)) {
              lookedAt.set(each, now);
              // As a session does that was woken.
              if (each.deadline !== null && each.deadline <= now) each.deadline = null;
            }
            expect(now - (lookedAt.get(each) ?? 0)).toBeLessThanOrEqual(11_000);
          }
          for (const each of found) expect(there).toContain(each);
        } else if (who !== undefined) {
          if (one.type === 'remove') {
            deadlines.remove(who);
            there.splice(there.indexOf(who), 1);
          } else if (one.type === 'delivered') {
            deadlines.named(who, one.serial);
            deadlines.delivered(who, one.serial);
          } else {
            who.deadline = one.deadline;
            deadlines.file(who, now);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});
