/**
 * Somebody sets a battery's clock in the worst of moments: while nobody listens, or while it sends what was missed.
 */
import { afterAll, expect, it } from 'vitest';
import { endAll } from '../server.ts';
import { House } from './house.ts';

const AWAY_SECONDS = 36_000;
/** Summer time both ways, and what a clock lost in three captured years (shared with no code of the server). */
const STEPS = [3600, -3600, 39 * 60, -39 * 60];

afterAll(endAll);

async function opened(): Promise<House> {
  const house = new House({ batteries: STEPS.length });
  await house.open();
  await house.begin();
  return house;
}

it.concurrent('a clock set while the server was away: every minute is there once, at its true time', async () => {
  const house = await opened();
  await house.leave(AWAY_SECONDS, () => {
    for (const [n, battery] of house.batteries.entries()) battery.setClock(STEPS[n] as number, house.now());
  });
  await house.open();
  await house.endsWhole();
});

it.concurrent('a clock set while the battery sends what was missed: every minute is there once, at its true time', async () => {
  const house = await opened();
  await house.leave(AWAY_SECONDS);
  await house.open();
  await Promise.all(
    house.batteries.map(async (battery, n) => {
      await house.told('a third of the rows', () => battery.acknowledged.history >= 200);
      expect(battery.acknowledged.history).toBeLessThan(600);
      battery.setClock(STEPS[n] as number, house.now());
      // A clock that was set is known after fifteen seconds.
      const heard = battery.acknowledged.live;
      await house.told('what its clock now shows', () => battery.acknowledged.live >= heard + 25);
    }),
  );
  await house.endsWhole();
});
