import { expect, it } from 'vitest';
import { Troubles } from './troubles.ts';

const MINUTE_MS = 60_000;
const at = (minutes: number) => ({ wallMs: 0, monoMs: minutes * MINUTE_MS });

it('says a trouble once, however long it lasts', () => {
  const troubles = new Troubles();
  expect(troubles.heard(['soc'], at(0))).toEqual(['soc']);
  for (let minute = 1; minute < 500; minute += 50) expect(troubles.heard(['soc'], at(minute))).toEqual([]);
});

it('says it again after a quiet hour', () => {
  const troubles = new Troubles();
  troubles.heard(['soc'], at(0));
  expect(troubles.heard(['soc'], at(60))).toEqual([]);
  expect(troubles.heard(['soc'], at(121))).toEqual(['soc']);
});

it('says what is new beside what goes on', () => {
  const troubles = new Troubles();
  troubles.heard(['soc'], at(0));
  expect(troubles.heard(['soc', 'pv1_power'], at(1))).toEqual(['pv1_power']);
});
