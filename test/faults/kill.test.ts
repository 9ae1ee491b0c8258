/**
 * Promise 2, from outside: whatever a battery was told is kept, is kept, though the server is killed at any moment.
 * The batteries are the witnesses: they note what was acknowledged, and know nothing of the store.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { endAll, until } from '../server.ts';
import { Historian } from './historian.ts';
import { House } from './house.ts';
import type { Ledger } from './ledger.ts';

const ROUNDS = 20;
const BATTERIES = 100;
const TIMELY = 'AL2002021010201';
const TIMELESS = 'AL2002021010202';

afterEach(endAll);

/** The moments of the deaths, in ms after the first acknowledgements of a round: the same every time. */
function* moments(): Generator<number> {
  for (let state = 20_240_612; ; yield (state >>> 16) % 500) state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
}

it(`keeps all it acknowledged, once, though it is killed ${ROUNDS} times at any moment`, async () => {
  const house = new House({ batteries: BATTERIES, historySeconds: 60, spreadSeconds: 1, retryMs: 150 });
  const { ledger } = house;
  const historians = [new Historian(TIMELY, true, ledger), new Historian(TIMELESS, false, ledger)];
  const died = moments();
  await house.open();
  await house.begin();
  // The first live message of each settles its clock; until then the time of a detail is provisional.
  await house.lively(1);

  for (let round = 1; round <= ROUNDS; round++) {
    if (round > 1) await house.open();
    const telling = historians.map((historian) => historian.tell(house.server.port));
    const before = ledger.told;
    const more = ({ live, history }: Ledger['told']) =>
      live > before.live && live + history > before.live + before.history + 20;
    await until('acknowledgements', () => more(ledger.told));
    await sleep(died.next().value as number);
    await house.kill();
    await Promise.all(telling);
    if (round % 5 === 0) await house.isWhole();
  }
  await house.rest();

  // Each of them was put to the test, on a battery whose clock is known and on one whose clock is not.
  expect(ledger.count('live')).toBeGreaterThan(300);
  expect(ledger.count('detail')).toBeGreaterThan(20);
  for (const serial of [TIMELY, TIMELESS]) expect(ledger.count('history', serial)).toBeGreaterThan(300);
  // It is all still there when a server has put everything in its place and was stopped as it should be.
  await house.open();
  await house.close();
  await house.isWhole();
}, 150_000);
