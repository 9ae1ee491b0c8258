/**
 * A controlled battery whose connection is at the switchboard, as the rooms outside the session reach it.
 */
import { Switchboard } from '../src/server/switchboard.ts';
import type { ControlledHouse } from './controlled.ts';

export const ID = 'b3f1c2';
/** What a hold from noon changes of the battery's settings. */
export const HOLDS = { GridCharge: 'true', BatHighCap: '57', TimeChaF1: '12', TimeChaE1: '15' };

export function switched(house: ControlledHouse) {
  const switchboard = new Switchboard({ batteries: house.batteries, idOf: () => ID });
  const line = {
    number: 7,
    converse: (...[battery, conversation]: Parameters<ControlledHouse['talk']['begins']>) =>
      void house.talk.quietly(() => house.talk.begins(battery, conversation)),
    wake: () => {},
    interrupt: () => {},
    close: () => {},
  };
  switchboard.opened(line);
  return { switchboard, line };
}
