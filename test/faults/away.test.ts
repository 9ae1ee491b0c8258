/**
 * The server is away for ten hours; its batteries remember. It is there again, asks for what it missed and gets it, though
 * it is killed, its connections break and messages are repeated meanwhile.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { endAll } from '../server.ts';
import { House, type HouseOptions } from './house.ts';

const AWAY_SECONDS = 36_000;
const MINUTES = AWAY_SECONDS / 60;
const BATTERIES = 5;

afterAll(endAll);

/** Two parts of three are still to come, or one. */
function partly(house: House, thirds: number): Promise<void> {
  const enough = (BATTERIES * MINUTES * thirds) / 3;
  return house.told(`${enough} rows of history`, () => house.sent >= enough);
}

async function returned(options: HouseOptions = {}, seconds = AWAY_SECONDS): Promise<House> {
  const house = new House({ batteries: BATTERIES, ...options });
  await house.open();
  await house.begin();
  await house.leave(seconds);
  await house.open();
  return house;
}

// Most of it is waiting until clocks are known, which can be done at the same time.
describe.concurrent('after ten hours away every minute is there once', () => {
  it('and no minute was asked for twice', async () => {
    const house = await returned();
    await house.endsWhole();
    expect(house.ledger.told.history).toBe(house.ledger.count('history'));
    const gaps = await house.gaps();
    expect(gaps).toHaveLength(BATTERIES);
    for (const gap of gaps) {
      for (const minutes of [gap.minutes, gap.filled_minutes])
        expect(Math.abs(Number(minutes) - MINUTES)).toBeLessThanOrEqual(1);
    }
  });

  it('though the server is killed twice while they come', async () => {
    const house = await returned();
    for (const thirds of [1, 2]) {
      await partly(house, thirds);
      await house.kill();
      await house.isWhole();
      await house.open();
    }
    await house.endsWhole();
  });

  it('though every connection breaks while they come', async () => {
    const house = await returned({ cuttable: true });
    for (const thirds of [1, 2]) {
      await partly(house, thirds);
      house.line.cut();
    }
    await house.endsWhole();
  });

  it('though batteries repeat, bunch, cut and damage what they send', async () => {
    // Cut writes have pauses between them, so there are fewer.
    const house = await returned({ faults: new Set(['duplicate', 'bunch', 'split', 'garbage']) }, AWAY_SECONDS / 5);
    await house.endsWhole();
  });
});
