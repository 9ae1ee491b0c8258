import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BackupSchedule } from './backup-schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-01T12:00:00Z');

/** Whether one is due so long after the start, by a wall clock that says so. */
function due(afterMs: number, newestMs: number | null, wallMs = NOON, everyMs = DAY): boolean {
  return new BackupSchedule(everyMs, 5000).isDue({ wallMs, monoMs: 5000 + afterMs }, newestMs);
}

describe('the first of a run', () => {
  it('is due a minute after the start where there is none', () => {
    expect(due(MINUTE - 1, null)).toBe(false);
    expect(due(MINUTE, null)).toBe(true);
  });

  it('is due sooner where they are made more often', () => {
    expect(due(1000, null, NOON, 10_000)).toBe(true);
  });

  it('is due once the newest is old enough', () => {
    expect(due(MINUTE, NOON - DAY + 1)).toBe(false);
    expect(due(MINUTE, NOON - DAY)).toBe(true);
    expect(due(MINUTE, NOON - 30 * DAY)).toBe(true);
  });

  it('is not due where the clock is a little behind the newest: it was set after a start', () => {
    expect(due(MINUTE, NOON + HOUR)).toBe(false);
    expect(due(2 * HOUR, NOON + HOUR)).toBe(false);
  });

  it('is due where the newest is of a time far to come, but only after a run of an hour', () => {
    // Else a machine without a clock of its own that loses its power again and again would soon have none of before.
    expect(due(HOUR - 1, NOON + 400 * DAY)).toBe(false);
    expect(due(HOUR, NOON + 400 * DAY)).toBe(true);
  });
});

describe('the next', () => {
  const after = (event: 'made' | 'failed', ms: number, wallMs: number) => {
    const schedule = new BackupSchedule(DAY, 0);
    schedule[event](10 * MINUTE);
    return schedule.isDue({ wallMs, monoMs: 10 * MINUTE + ms }, NOON);
  };

  it('is due so long after one that this run made, whatever the wall clock says', () => {
    for (const wallMs of [0, NOON, NOON + 400 * DAY]) {
      expect(after('made', DAY - 1, wallMs)).toBe(false);
      expect(after('made', DAY, wallMs)).toBe(true);
    }
  });

  it('is tried an hour after one that failed', () => {
    expect(after('failed', HOUR - 1, NOON + DAY)).toBe(false);
    expect(after('failed', HOUR, NOON + DAY)).toBe(true);
  });
});

it('is made once an interval at most within a run, whatever the wall clock does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ mono: fc.integer({ min: 0, max: HOUR }), wall: fc.integer({ min: -DAY, max: DAY }) }), {
        maxLength: 200,
      }),
      (steps) => {
        const schedule = new BackupSchedule(6 * HOUR, 0);
        let [wallMs, monoMs, newest] = [NOON, 0, null as number | null];
        const made: number[] = [];
        for (const { mono, wall } of steps) {
          monoMs += mono;
          wallMs += mono + wall;
          if (!schedule.isDue({ wallMs, monoMs }, newest)) continue;
          schedule.made(monoMs);
          made.push(monoMs);
          newest = wallMs;
        }
        for (const [n, ms] of made.entries())
          if (n > 0) expect(ms - (made[n - 1] ?? 0)).toBeGreaterThanOrEqual(6 * HOUR);
        // Nor more seldom, but for the last step of an hour.
        const last = made.at(-1) ?? 0;
        expect(monoMs - last).toBeLessThan(6 * HOUR + HOUR);
      },
    ),
  );
});
