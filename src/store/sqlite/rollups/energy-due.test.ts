import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { migrate } from '../file/schema.ts';
import { EnergyDue, ONLY_NEIGHBOUR } from './energy-due.ts';

function due(): EnergyDue {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  return new EnergyDue(db);
}

it('keeps each day once, from the first minute that changed', () => {
  const days = due();
  for (const since of [700, ONLY_NEIGHBOUR, 660, 720]) days.mark({ battery: 1, day: 600, since });
  days.mark({ battery: 1, day: 0, since: ONLY_NEIGHBOUR });
  expect(days.next(9)).toEqual([
    { battery: 1, day: 0, since: ONLY_NEIGHBOUR },
    { battery: 1, day: 600, since: 660 },
  ]);
  expect(days.next(1)).toHaveLength(1);
});

it('lets go of what is done', () => {
  const days = due();
  days.mark({ battery: 1, day: 0, since: 5 });
  days.mark({ battery: 2, day: 0, since: 5 });
  days.done({ battery: 1, day: 0, since: 5 });
  expect(days.next(9)).toEqual([{ battery: 2, day: 0, since: 5 }]);
});
