import { expect, it } from 'vitest';
import { movedWindows } from './moved-clock.ts';

const NOW = Date.UTC(2026, 5, 15, 20);
const HELD = { GridCharge: '1', BatHighCap: '57', TimeChaF1: '22', TimeChaE1: '0', TimeChaF2: '0', TimeChaE2: '4' };
/** Until 04:00 of a battery whose clock is two hours ahead of UTC. */
const HOLD = { after: HELD, untilMs: NOW + 6 * 3_600_000 };

it('windows that cover the rest stay, a drift of minutes at either end too', () => {
  for (const ahead of [7200, 7200 - 290, 7200 + 290]) expect(movedWindows(HOLD, NOW, ahead)).toBeNull();
  expect(movedWindows(HOLD, NOW + 3 * 3_600_000, 7200)).toBeNull();
});

it('a clock that was set has them anew, in its own hours, from now to the end; all else is as it was', () => {
  expect(movedWindows(HOLD, NOW, 3600)).toEqual({ ...HELD, TimeChaF1: '21', TimeChaE1: '0', TimeChaE2: '3' });
  expect(movedWindows(HOLD, NOW, 4 * 3600)).toEqual({ ...HELD, TimeChaF1: '0', TimeChaE1: '6', TimeChaE2: '0' });
});

it('at weekends, too, where another scheme is in use', () => {
  const weekend = { TimeChaFWE1: '22', TimeChaEWE1: '0', TimeChaFWE2: '0', TimeChaEWE2: '4' };
  expect(movedWindows({ ...HOLD, after: { ...HELD, ...weekend } }, NOW, 4 * 3600)).toMatchObject({
    ...{ TimeChaF1: '0', TimeChaE1: '6', TimeChaF2: '0', TimeChaE2: '0' },
    ...{ TimeChaFWE1: '0', TimeChaEWE1: '6', TimeChaFWE2: '0', TimeChaEWE2: '0' },
  });
});

it('is not worth a write in the last minutes', () => {
  expect(movedWindows(HOLD, HOLD.untilMs - 600_000, 12 * 3600)).toBeNull();
});
