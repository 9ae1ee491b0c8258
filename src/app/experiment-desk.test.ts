import { describe, expect, it } from 'vitest';
import { ControlledHouse } from '../../test/controlled.ts';
import { ID, switched } from '../../test/switched.ts';
import { ExperimentDesk } from './experiment-desk.ts';

function desk(isAllowed = true) {
  const house = new ControlledHouse();
  const { switchboard, line } = switched(house);
  return { house, switchboard, line, one: new ExperimentDesk({ switchboard, isAllowed, now: () => house.talk.now }) };
}

describe('SyncTime', () => {
  it('is sent where the file allows it, by the typed id, once at a time', () => {
    const { one, house } = desk();
    expect(one.syncTimeOf(ID)).toBeNull();
    expect(() => one.syncTime(ID, 'yes')).toThrow('confirm: expected the id');
    const view = one.syncTime(ID, ID);
    expect(view).toMatchObject({ step: 'asked', isOver: false, answer: null, aheadBefore: 3600, aheadAfter: null });
    expect(Buffer.from(view.frames[0]?.hex ?? '', 'hex').toString('latin1')).toContain(
      '{"Command":"SyncTime","CmdIndex":',
    );
    expect(() => one.syncTime(ID, ID)).toThrow('under way already');
    house.talk.quietly(() => house.talk.orderLeaves());
    house.reads(50);
    house.talk.quietly(() => house.talk.after(60));
    const over = one.syncTimeOf(ID);
    expect(over).toMatchObject({ step: 'over', isOver: true });
    expect(Math.round(over?.aheadAfter ?? 0)).toBe(3600);
    const told = Buffer.from(over?.frames[1]?.hex ?? '', 'hex').toString('latin1');
    expect([told.includes('"SOC":"50.0"'), told.includes('AL2002021010101')]).toEqual([true, false]);
    expect(one.syncTime(ID, ID).step).toBe('asked');
  });

  it('is not sent where the file does not allow it, nor to a battery that is not there', () => {
    expect(() => desk(false).one.syncTime(ID, ID)).toThrow('set control.experiments');
    const { one, switchboard, line } = desk();
    expect(() => one.syncTime('other', 'other')).toThrow('not connected');
    switchboard.closed(line);
    expect(() => one.syncTime(ID, ID)).toThrow('not connected');
  });
});
