/**
 * A battery that has something to be asked for.
 */
import { type ClockEpoch, Private } from '../src/model.ts';
import { Batteries } from '../src/session/batteries.ts';

/** The battery of the fixtures, ten minutes after it was last heard, which is to be asked for them. */
export function missed(): Batteries {
  const [nowMs, serial] = [1_718_190_250_000, new Private('AL2002021010101')];
  const epoch: ClockEpoch = {
    ...{ number: 1, sinceMs: nowMs - 86_400_000, possibleSinceMs: nowMs - 86_400_000 },
    ...{ offsetSeconds: 3600, driftPpm: 20, reason: 'jump' },
  };
  const newest = { time: nowMs / 1000 - 600, receivedMs: nowMs - 600_000 };
  const batteries = new Batteries(10);
  const known = { id: 'b3f1c2', serial, firstSeenMs: 0, epochs: [epoch], newest, openGaps: [], lastGapNumber: 0 };
  batteries.restore({ ...known, trust: { peers: [], lastRun: 0 } });
  return batteries;
}
