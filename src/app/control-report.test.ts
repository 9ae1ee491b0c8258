import { expect, it } from 'vitest';
import { ControlledHouse, told } from '../../test/controlled.ts';
import { HOLDS } from '../../test/switched.ts';
import type { Note } from '../log/log.ts';
import { ControlReport } from './control-report.ts';

it('names the battery and what it has; of one that has nothing it says nothing', () => {
  const notes: Note[] = [];
  const report = new ControlReport(
    (note) => void notes.push(note),
    () => 'Home',
  );
  const house = new ControlledHouse({ minIntervalMs: 0 });
  report.ending(house.battery);
  report.staying(house.battery);
  expect(notes).toEqual([]);
  const author = { kind: 'page', name: '' } as const;
  house.control.propose({ kind: 'hold' }, { author, untilMs: house.talk.now.wallMs + 7_200_000 }, house.talk.now);
  house.due();
  house.obeys(told(HOLDS));
  for (let times = 0; times < 2; times++) report.ending(house.battery);
  report.staying(house.battery);
  expect(notes).toEqual([
    {
      level: 'warn',
      code: 'CONTROL_ENDING',
      battery: 'Home',
      text: expect.stringContaining('a hold that the battery'),
    },
    { level: 'warn', code: 'CONTROL_STAYS', battery: 'Home', text: expect.stringContaining('a hold is active') },
  ]);
});
