/**
 * SyncTime, as it was seen on the wire, and all that is said in the minute after it.
 */
import { describe, expect, it } from 'vitest';
import { ControlledHouse } from '../../../test/controlled.ts';
import { frameByHand, hexOf } from '../../../test/wire.ts';
import { SyncTimeExperiment } from './sync-time.ts';

const LIVE = 16;
const UNKNOWN = 20;

function begun() {
  const house = new ControlledHouse();
  const experiment = new SyncTimeExperiment(house.battery, house.talk.now);
  expect([experiment.state, experiment.step, experiment.connection]).toEqual(['waiting', 'waiting', null]);
  const index = house.index;
  house.talk
    .begins(house.battery, experiment)
    .keeps({ name: 'clock_sync_tried' })
    .keeps({ type: 'bytes' })
    .orders(`{"Command":"SyncTime","CmdIndex":"${index}"}`);
  house.talk.orderLeaves();
  const reply = (command = 'SyncTime', status = 'Success', number = index) =>
    frameByHand(2, 8, JSON.stringify({ Command: command, CmdIndex: number, Status: status }));
  return { house, experiment, reply };
}

describe('SyncTime', () => {
  it('is sent as it was seen; each message of the minute after it is kept and answered as ever', () => {
    const { house, experiment, reply } = begun();
    house.talk.battery(reply()).keeps({ type: 'bytes' });
    expect([experiment.answer, experiment.step, experiment.state]).toEqual(['accepted', 'accepted', 'asking']);
    house.talk.quietly(() => house.talk.after(10));
    house.clockAhead = 3606;
    house.reads(50);
    house.talk.quietly(() => house.talk.after(50));
    expect([experiment.step, experiment.state, experiment.deadline]).toEqual(['over', 'idle', null]);
    expect(experiment.frames.map(({ isOurs, bytes }) => [isOurs, bytes.reveal()[1], bytes.reveal()[2]])).toEqual([
      [true, 1, 8],
      [false, 2, 8],
      [false, 1, LIVE],
    ]);
    expect([experiment.aheadBefore, experiment.aheadSince.map(([, ahead]) => Math.round(ahead))]).toEqual([
      3600,
      [3606],
    ]);
  });

  it('answers what it does not know with Success, and keeps it', () => {
    const { house, experiment } = begun();
    const outputs = house.talk.session.receive(frameByHand(1, UNKNOWN, '{"Get":"time"}'), house.talk.now);
    const replies = outputs.flatMap((output) => (output.type === 'reply' ? [hexOf(output.frame)] : []));
    expect(replies).toEqual([hexOf(frameByHand(2, UNKNOWN, '{"Status":"Success"}'))]);
    expect(experiment.frames).toHaveLength(2);
  });

  it.each([
    ['SyncTime', 'Failed', undefined, 'refused'],
    ['SyncTime', 'Success', '1', null],
    ['Other', 'Success', undefined, null],
  ] as const)('takes an answer %s, %s, %s for %s', (command, status, number, answer) => {
    const { house, experiment, reply } = begun();
    house.talk.quietly(() => house.talk.battery(reply(command, status, number)));
    expect(experiment.answer).toBe(answer);
    expect(experiment.frames).toHaveLength(2);
  });

  it('keeps no login, no time where a reading has none, and a bounded number of messages', () => {
    const { house, experiment } = begun();
    house.talk.quietly(() => house.talk.sends(2, '{"UserName":"AL2002021010101","Password":"x"}'));
    expect(experiment.frames).toHaveLength(1);
    house.talk.quietly(() => house.talk.sends(LIVE, '{"SN":"AL2002021010101","SOC":"50.0"}'));
    expect([experiment.frames.length, experiment.aheadSince]).toEqual([2, []]);
    for (let n = 0; n < 250; n++) house.talk.quietly(() => house.talk.sends(UNKNOWN, '{}'));
    expect(experiment.frames).toHaveLength(200);
  });

  it('ends with its connection', () => {
    const { house, experiment } = begun();
    house.talk.quietly(() => house.talk.hangsUp());
    expect(experiment.step).toBe('interrupted');
  });

  it('is dropped where it has no turn within a minute, or the connection ends first; time in which nobody listened does not count', () => {
    const house = new ControlledHouse();
    const { now } = house.talk;
    const at = (seconds: number) => ({ wallMs: now.wallMs + seconds * 1000, monoMs: now.monoMs + seconds * 1000 });
    const late = new SyncTimeExperiment(house.battery, now);
    late.excuse(5000);
    expect([late.wake(at(64)), late.step]).toEqual([[], 'waiting']);
    expect(late.wake(at(65))).toMatchObject([{ record: { name: 'clock_sync_ended', text: 'dropped, 0 frames' } }]);
    const cut = new SyncTimeExperiment(Object.assign(Object.create(house.battery), { clock: { epoch: null } }), now);
    expect(cut.aheadBefore).toBeNull();
    expect(cut.interrupted(at(1))).toHaveLength(1);
    expect(cut.step).toBe('dropped');
  });
});
