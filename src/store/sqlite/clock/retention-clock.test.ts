import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clock as clockRecord, reading, SERIAL } from '../../../../test/records.ts';
import { type Battery, Private, type StoreRecord } from '../../../model.ts';
import { confirmForNextStart, RetentionClock } from './retention-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** 2026-06-15 09:00 UTC. */
const NOON = Date.UTC(2026, 5, 15, 9);
/** The clock of the house's battery, ahead of UTC. */
const OFFSET = 36_012;

/** A machine: its clocks, what its store remembers, and what the kernel says. */
class Machine {
  wallMs = NOON;
  monoMs = 5 * SECOND;
  kernel: boolean | 'mute' = false;
  asked = 0;
  isFull = false;
  readonly notes = new Map<string, string>();
  readonly said: string[] = [];
  #clock: RetentionClock | null = null;

  readonly memory = {
    recall: (name: string) => this.notes.get(name) ?? null,
    remember: (entries: ReadonlyMap<string, string>) => {
      if (this.isFull) throw new Error('full');
      for (const [name, text] of entries) this.notes.set(name, text);
    },
  };

  get clock(): RetentionClock {
    return this.#clock ?? expect.unreachable('it was not started');
  }

  /** The server starts, and has looked at its clock once. */
  async start(
    batteries: readonly Battery[] = [],
    days: { live: number | null; raw: number | null } = { live: 90, raw: 30 },
  ) {
    const options = {
      memory: this.memory,
      retention: { liveDays: days.live, rawDays: days.raw },
      now: () => ({ wallMs: this.wallMs, monoMs: this.monoMs }),
      kernel: async () => {
        this.asked++;
        if (this.kernel === 'mute') throw new Error('no answer');
        return this.kernel;
      },
      listener: {
        doubted: ({ kind, shownMs, sureMs }: { kind: string; shownMs: number; sureMs: number | null }) => {
          this.said.push(`${kind} ${sureMs === null ? '' : Math.round((shownMs - sureMs) / DAY)}`);
        },
        sure: (by: string) => void this.said.push(`sure by ${by}`),
      },
    };
    this.#clock = new RetentionClock(options, batteries);
    await this.pass(SECOND);
  }

  /** It was off, and its clock went on. */
  off(ms: number): void {
    this.wallMs += ms;
    this.monoMs = 5 * SECOND;
  }

  /** The server runs: it looks each second, or as often as that matters. */
  async pass(ms: number, step = SECOND): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.wallMs += step;
      this.monoMs += step;
      this.clock.look({ wallMs: this.wallMs, monoMs: this.monoMs });
      await new Promise(setImmediate);
    }
  }

  /** A battery speaks every ten seconds. @param offsetSeconds its clock, ahead of the wall clock now */
  async hears(ms: number, offsetSeconds: number, serial = SERIAL): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10 * SECOND) {
      this.wallMs += 10 * SECOND;
      this.monoMs += 10 * SECOND;
      this.clock.committed([this.live(offsetSeconds, serial)]);
    }
    await new Promise(setImmediate);
  }

  live(offsetSeconds: number, serial = SERIAL): StoreRecord {
    const seconds = Math.floor(this.wallMs / 1000);
    return reading('live', seconds, {}, { serial, receivedMs: this.wallMs, batteryTime: seconds + offsetSeconds });
  }
}

function battery(newestMs: number | null, offsetSeconds: number | null = OFFSET, serial = SERIAL): Battery {
  const epochs =
    offsetSeconds === null
      ? []
      : clockRecord(offsetSeconds).epochs.map((epoch) => ({ ...epoch, sinceMs: NOON, possibleSinceMs: NOON }));
  const newest = newestMs === null ? null : { time: Math.floor(newestMs / 1000), receivedMs: newestMs };
  return {
    id: 'b3f1c2',
    serial: new Private(serial),
    firstSeenMs: NOON - YEAR,
    epochs,
    newest,
    openGaps: [],
    lastGapNumber: 0,
    trust: { peers: [], lastRun: 0 },
  };
}

describe('at a start, the clock', () => {
  it('is believed in a new house', async () => {
    const machine = new Machine();
    expect(new Machine().notes.size).toBe(0);
    await machine.start();
    expect([machine.clock.isSure, machine.said, machine.asked]).toEqual([true, [], 0]);
  });

  it('is not believed before it was looked at', () => {
    const { memory, wallMs, monoMs } = new Machine();
    const listener = { doubted: () => {}, sure: () => {} };
    const now = () => ({ wallMs, monoMs });
    const retention = { liveDays: 90, rawDays: 30 };
    const clock = new RetentionClock({ memory, retention, now, kernel: async () => true, listener }, [battery(NOON)]);
    expect([clock.isSure, clock.doubt]).toEqual([false, null]);
  });

  it.each([
    ['a moment', MINUTE],
    ['a day, but for an hour', DAY - HOUR],
    ['less than nothing: it was set back', -40 * DAY],
  ])('is believed after %s', async (_what, ms) => {
    const machine = new Machine();
    await machine.start();
    await machine.pass(10 * SECOND);
    machine.off(ms);
    await machine.start([battery(NOON)]);
    expect([machine.clock.isSure, machine.said]).toEqual([true, []]);
  });

  it('is not believed a year ahead of when it was last sure, and that is said, once a day', async () => {
    const machine = new Machine();
    await machine.start();
    machine.off(YEAR);
    await machine.start([battery(NOON)]);
    expect([machine.clock.isSure, machine.said]).toEqual([false, ['ahead 365']]);
    expect(machine.clock.doubt?.kind).toBe('ahead');
    await machine.pass(23 * HOUR, MINUTE);
    expect(machine.said).toHaveLength(1);
    await machine.pass(49 * HOUR, MINUTE);
    expect(machine.said).toHaveLength(4);
    expect(machine.clock.isSure).toBe(false);
  });

  it('is not believed by what it says itself: the next start does not either', async () => {
    const machine = new Machine();
    await machine.start();
    machine.off(YEAR);
    for (let start = 0; start < 5; start++) {
      await machine.start([battery(machine.wallMs)]);
      await machine.pass(2 * HOUR, MINUTE);
      expect(machine.clock.isSure).toBe(false);
      machine.off(HOUR);
    }
  });

  it('is not believed a year ahead of the newest arrival, where an earlier version kept the data', async () => {
    const machine = new Machine();
    machine.off(YEAR);
    await machine.start([battery(NOON), battery(NOON - DAY, null, 'OTHER')]);
    expect([machine.clock.isSure, machine.said]).toEqual([false, ['ahead 365']]);
    const silent = new Machine();
    silent.off(YEAR);
    await silent.start([battery(null)]);
    expect(silent.said).toEqual(['ahead 730']);
  });

  it('is not believed before this program was written, by nobody’s word', async () => {
    const machine = new Machine();
    machine.wallMs = 20 * SECOND;
    machine.kernel = true;
    await machine.start([battery(NOON)]);
    expect([machine.clock.isSure, machine.clock.doubt?.kind, machine.asked]).toEqual([false, 'early', 0]);
    expect(machine.said).toEqual([expect.stringMatching(/^early/)]);
    expect(machine.clock.confirm('owner')).toBe(false);
    expect(machine.clock.isSure).toBe(false);
    // A time server sets it, to when the house was left.
    machine.wallMs = NOON + HOUR;
    await machine.pass(SECOND);
    expect([machine.clock.isSure, machine.said.at(-1)]).toEqual([true, 'sure by clock']);
  });

  it('goes by a quarter of what is kept, where that is little, and by an hour at least', async () => {
    for (const [days, ms, isSure] of [
      [2, 11 * HOUR, true],
      [2, 13 * HOUR, false],
      [0, 50 * MINUTE, true],
      [0, 2 * HOUR, false],
    ] as const) {
      const machine = new Machine();
      machine.off(ms);
      await machine.start([battery(NOON)], { live: days, raw: null });
      expect([days, ms, machine.clock.isSure]).toEqual([days, ms, isSure]);
    }
  });

  it('has nothing to go by in a note that cannot be read but the data', async () => {
    for (const note of ['', '{', '{"sure_ms":"x"}', 'null']) {
      const machine = new Machine();
      machine.notes.set('retention clock', note);
      machine.off(YEAR);
      await machine.start([battery(NOON)]);
      expect(machine.clock.isSure).toBe(false);
    }
  });
});

describe('while the server runs, the clock', () => {
  it('is not believed when it is set far ahead, and is when it is set back', async () => {
    const machine = new Machine();
    await machine.start();
    machine.wallMs += 2 * DAY;
    await machine.pass(SECOND);
    expect([machine.clock.isSure, machine.said]).toEqual([false, ['ahead 2']]);
    machine.wallMs -= 2 * DAY;
    await machine.pass(SECOND);
    expect([machine.clock.isSure, machine.said]).toEqual([true, ['ahead 2', 'sure by clock']]);
  });

  it('is seen to have been set with the next commit, too', async () => {
    const machine = new Machine();
    await machine.start([battery(NOON)]);
    machine.wallMs += YEAR;
    machine.clock.committed([machine.live(OFFSET)]);
    expect(machine.clock.isSure).toBe(false);
  });

  it('may run for years, be slewed, and be set back by years', async () => {
    const machine = new Machine();
    await machine.start();
    for (let day = 0; day < 1500; day++) {
      machine.wallMs += HOUR;
      await machine.pass(DAY, DAY / 4);
    }
    machine.wallMs -= 2 * YEAR;
    await machine.pass(DAY, HOUR);
    machine.wallMs += 2 * YEAR;
    await machine.pass(DAY, HOUR);
    expect([machine.clock.isSure, machine.said]).toEqual([true, []]);
  });
});

describe('a clock that is ahead is believed', () => {
  /** A machine that was off for a year, as its clock says. */
  async function doubted(...batteries: Battery[]): Promise<Machine> {
    const machine = new Machine();
    machine.off(YEAR);
    await machine.start(batteries.length === 0 ? [battery(NOON)] : batteries);
    expect(machine.clock.isSure).toBe(false);
    return machine;
  }

  it('when the kernel says that it is synchronised, without a word if it says so at once', async () => {
    const machine = new Machine();
    machine.off(YEAR);
    machine.kernel = true;
    await machine.start([battery(NOON)]);
    expect([machine.clock.isSure, machine.said, machine.asked]).toEqual([true, [], 1]);
  });

  it('when the kernel says so later: it is asked every minute, also after it gave no answer', async () => {
    const machine = await doubted();
    machine.kernel = 'mute';
    await machine.pass(3 * MINUTE);
    machine.kernel = true;
    await machine.pass(MINUTE);
    expect([machine.clock.isSure, machine.said]).toEqual([true, ['ahead 365', 'sure by kernel']]);
    expect(machine.asked).toBe(5);
    await machine.pass(HOUR, MINUTE);
    expect(machine.asked).toBe(5);
  });

  it('when the owner says so, and from then on', async () => {
    const machine = await doubted();
    expect(machine.clock.confirm('owner')).toBe(true);
    expect([machine.clock.isSure, machine.said.at(-1)]).toEqual([true, 'sure by owner']);
    machine.off(HOUR);
    await machine.start([battery(NOON)]);
    expect(machine.clock.isSure).toBe(true);
  });

  it('when the owner said so while no server ran', async () => {
    const machine = new Machine();
    machine.off(YEAR);
    expect(confirmForNextStart(machine.memory, DAY)).toBe(false);
    expect(confirmForNextStart(machine.memory, machine.wallMs)).toBe(true);
    machine.off(HOUR);
    await machine.start([battery(NOON)]);
    expect([machine.clock.isSure, machine.said]).toEqual([true, []]);
  });

  it('when a battery’s clock shows the same for an hour, drift included', async () => {
    const machine = await doubted();
    await machine.hears(50 * MINUTE, OFFSET + 1800);
    expect(machine.clock.isSure).toBe(false);
    await machine.hears(20 * MINUTE, OFFSET + 1800);
    expect([machine.clock.isSure, machine.said.at(-1)]).toEqual([true, 'sure by battery']);
  });

  it('when a battery without a past shows about the same date for an hour', async () => {
    const machine = await doubted(battery(NOON, null));
    await machine.hears(2 * HOUR, 14 * 3600);
    expect(machine.clock.isSure).toBe(true);
  });

  it.each([
    ['that stayed where it was: the server’s was set wrong', OFFSET - YEAR / 1000, 1],
    ['that is hours off', OFFSET + 4 * 3600, 1],
  ])('by no battery’s clock %s', async (_what, offset) => {
    const machine = await doubted();
    await machine.hears(3 * HOUR, offset);
    expect(machine.clock.isSure).toBe(false);
  });

  it('by no battery that came a moment ago, nor by one that has gone again', async () => {
    const machine = await doubted();
    await machine.hears(30 * MINUTE, OFFSET);
    await machine.pass(2 * HOUR, MINUTE);
    expect(machine.clock.isSure).toBe(false);
  });

  it('by no battery that agrees now and then', async () => {
    const machine = await doubted();
    for (let time = 0; time < 10; time++) {
      await machine.hears(30 * MINUTE, OFFSET);
      await machine.hears(MINUTE, OFFSET - YEAR / 1000);
    }
    expect(machine.clock.isSure).toBe(false);
  });

  it('by no frame an hour apart from another', async () => {
    const machine = await doubted();
    for (let hour = 0; hour < 20; hour++) {
      machine.clock.committed([machine.live(OFFSET)]);
      await machine.pass(10 * MINUTE, MINUTE);
    }
    expect(machine.clock.isSure).toBe(false);
  });

  it('by one battery only where not as many say otherwise', async () => {
    const machine = await doubted(battery(NOON), battery(NOON, OFFSET, 'OTHER'));
    const both = async (ms: number, other: number) => {
      for (let passed = 0; passed < ms; passed += 10 * SECOND) {
        machine.wallMs += 10 * SECOND;
        machine.monoMs += 10 * SECOND;
        machine.clock.committed([machine.live(OFFSET), machine.live(other, 'OTHER')]);
      }
      await new Promise(setImmediate);
    };
    await both(3 * HOUR, OFFSET - YEAR / 1000);
    expect(machine.clock.isSure).toBe(false);
    await both(3 * HOUR, OFFSET);
    expect(machine.clock.isSure).toBe(true);
  });

  it('by no other reading than a live one that has a time', async () => {
    const machine = await doubted();
    for (let passed = 0; passed < 2 * HOUR; passed += 10 * SECOND) {
      machine.wallMs += 10 * SECOND;
      machine.monoMs += 10 * SECOND;
      const seconds = Math.floor(machine.wallMs / 1000);
      const change = { receivedMs: machine.wallMs, batteryTime: seconds + OFFSET };
      machine.clock.committed([
        reading('history', seconds, {}, change),
        reading('live', seconds, {}, { ...change, batteryTime: null }),
      ]);
    }
    expect(machine.clock.isSure).toBe(false);
  });

  it('by what a battery’s clock was before the doubt, not by what was made of it since', async () => {
    const machine = new Machine();
    await machine.start([battery(NOON)]);
    const now = 7200;
    machine.clock.committed([clockRecord(now)]);
    machine.wallMs += YEAR;
    // The session measures it anew, against the wrong clock.
    machine.clock.committed([clockRecord(now - YEAR / 1000)]);
    await machine.hears(3 * HOUR, now - YEAR / 1000);
    expect(machine.clock.isSure).toBe(false);
    await machine.hears(3 * HOUR, now);
    expect(machine.clock.isSure).toBe(true);
  });

  it('after it could not be noted, at the next start only if it can be then', async () => {
    const machine = await doubted();
    machine.isFull = true;
    expect(machine.clock.confirm('owner')).toBe(true);
    machine.isFull = false;
    await machine.pass(2 * MINUTE);
    machine.off(HOUR);
    await machine.start([battery(NOON)]);
    expect(machine.clock.isSure).toBe(true);
  });
});

describe('what arrived by a clock that was behind', () => {
  it('is known when it is set right, in the next run too, until it is as old as anything is kept', async () => {
    const machine = new Machine();
    machine.wallMs = NOON - 200 * DAY;
    machine.kernel = true;
    await machine.start([]);
    const fromMs = machine.wallMs;
    await machine.pass(10 * MINUTE);
    const toMs = machine.wallMs;
    machine.wallMs = NOON;
    await machine.pass(MINUTE);
    expect(machine.clock.wrongStamps).toMatchObject([{ fromMs, toMs }]);
    expect(machine.clock.isSure).toBe(true);
    machine.off(DAY / 2);
    await machine.start([]);
    expect(machine.clock.wrongStamps).toMatchObject([{ fromMs, toMs }]);
    await machine.pass(88 * DAY, DAY / 2);
    expect(machine.clock.wrongStamps).toHaveLength(1);
    await machine.pass(3 * DAY, DAY / 2);
    expect(machine.clock.wrongStamps).toEqual([]);
  });

  it('is nothing where it was set back after it was set wrong', async () => {
    const machine = new Machine();
    await machine.start([]);
    machine.wallMs += YEAR;
    await machine.pass(MINUTE);
    expect(machine.clock.wrongStamps).toHaveLength(1);
    machine.wallMs -= YEAR;
    await machine.pass(MINUTE);
    expect(machine.clock.wrongStamps).toEqual([]);
  });

  it('is nothing where it was set by less than matters', async () => {
    const machine = new Machine();
    await machine.start([]);
    for (let time = 0; time < 20; time++) {
      machine.wallMs += 23 * HOUR;
      await machine.pass(MINUTE);
    }
    expect(machine.clock.wrongStamps).toEqual([]);
  });

  it('is bounded, however often it is set', async () => {
    const machine = new Machine();
    machine.kernel = true;
    await machine.start([]);
    for (let time = 0; time < 40; time++) {
      machine.wallMs += 2 * DAY;
      await machine.pass(2 * MINUTE, MINUTE);
    }
    expect(machine.clock.wrongStamps).toHaveLength(16);
  });
});

it('is never believed further ahead of what has passed than a day, without a witness', async () => {
  const event = fc.oneof(
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: SECOND, max: 2 * HOUR }) }),
    fc.record({ do: fc.constant('set' as const), ms: fc.integer({ min: -YEAR, max: YEAR }) }),
    fc.record({ do: fc.constant('restart' as const), ms: fc.integer({ min: -YEAR, max: YEAR }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
      const machine = new Machine();
      await machine.start();
      // The greatest that is sure, by a clock that is never set: a restart adds no time but what a clock was believed for.
      let sureMs = machine.wallMs;
      for (const { do: what, ms } of events) {
        if (what === 'restart') {
          machine.off(ms);
          await machine.start();
        } else if (what === 'set') machine.wallMs += ms;
        const before = machine.monoMs;
        await machine.pass(what === 'pass' ? ms : SECOND, what === 'pass' ? ms : SECOND);
        sureMs += machine.monoMs - before;
        if (!machine.clock.isSure) continue;
        expect(machine.wallMs).toBeLessThanOrEqual(sureMs + DAY + 2 * HOUR);
        sureMs = Math.max(sureMs, machine.wallMs);
      }
    }),
    { numRuns: 200 },
  );
});

describe('a battery that is forgotten', () => {
  it('is no witness for the clock any more', async () => {
    const machine = new Machine();
    await machine.start([battery(NOON)]);
    machine.clock.forget(SERIAL);
    machine.off(YEAR);
    await machine.start([battery(NOON, null)]);
    expect(machine.clock.isSure).toBe(false);
    machine.clock.forget(SERIAL);
    await machine.hears(30 * MINUTE, OFFSET);
    machine.clock.forget(SERIAL);
    await machine.hears(45 * MINUTE, OFFSET);
    expect(machine.clock.isSure).toBe(false);
  });
});
