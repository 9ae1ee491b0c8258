/**
 * A verb is undone although the server is killed at any step of its conversation, or is dead when it ends. The battery is the witness: it says how it is set.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { CONFIGURATION, CONFIGURATION_REQUEST, ORDER, PING } from '../../src/protocol/commands.ts';
import { type Frame, REQUEST, RESPONSE } from '../../src/protocol/frame.ts';
import { ControlledServer } from '../controlled-server.ts';
import { endAll, until } from '../server.ts';
import { FastHouse } from './fast-house.ts';
import { StepLine } from './step-line.ts';

const KEYS = ['GridCharge', 'BatHighCap', 'TimeChaF1', 'TimeChaE1', 'TimeChaF2', 'TimeChaE2', 'BatUseCap', 'Safe'];
const BEFORE = ['false', '100', '0', '0', '0', '0', '13', '2'];
const CONVERSATION = ['proposed', 'asked', 'accepted', 'fetched', 'echoed'];

afterEach(endAll);

const set = (house: ControlledServer) => KEYS.map((key) => house.setting(key));

/** The owner wants it as before, and it is. */
async function isPutRight(house: ControlledServer): Promise<void> {
  await until('the battery', async () => (await house.tell('hold', '--dry-run')).includes('will'));
  expect(await house.tell('normal')).toContain('change ');
  await until('all as before', async () => {
    const open = (await house.changes()).filter(
      ({ state, holds }) => holds || state === 'proposed' || state === 'asked',
    );
    return open.length === 0 && String(set(house)) === String(BEFORE);
  });
}

/** The frame of the server's that leaves when a step is on disk. */
const FRAMES: Readonly<Record<string, readonly [type: number, command: number]>> = {
  asked: [REQUEST, ORDER],
  accepted: [RESPONSE, PING],
  fetched: [RESPONSE, CONFIGURATION_REQUEST],
  echoed: [RESPONSE, CONFIGURATION],
};

describe('killed when a hold is', () => {
  it.each([
    { step: 'asked', arrives: false, after: 'timed_out', holds: false },
    { step: 'asked', arrives: true, after: 'timed_out', holds: false },
    { step: 'accepted', arrives: true, after: 'timed_out', holds: false },
    { step: 'fetched', arrives: false, after: 'timed_out', holds: true },
    { step: 'fetched', arrives: true, after: 'timed_out', holds: true },
    { step: 'echoed', arrives: true, after: 'done', holds: true },
  ])(
    '$step, and the frame of it arrives: $arrives',
    async ({ step, arrives, after, holds }) => {
      let line: StepLine | null = null;
      // Else it asks for its configuration in one breath with its answer.
      const faults = step === 'accepted' ? (['never-asks'] as const) : [];
      const house = await ControlledServer.start(faults, {}, async (port) => {
        line = await StepLine.to(port);
        return line;
      });
      const [type, command] = FRAMES[step] ?? [];
      let isOrdered = false;
      const is = (frame: Frame) => {
        isOrdered ||= frame.type === REQUEST && frame.command === ORDER;
        return isOrdered && frame.type === type && frame.command === command;
      };
      const broken = (line as StepLine | null)?.breaksAt(
        { is, arrives },
        () => void house.server.child.kill('SIGKILL'),
      );
      const asking = house.tell('hold').catch(() => '');
      await broken;
      await asking;
      await house.diesAndRises();
      const change = await until('the change', () => house.change(1).catch(() => null));
      const steps = change.steps.map(({ state }) => state);
      expect([steps, change.holds]).toEqual([[...CONVERSATION.slice(0, CONVERSATION.indexOf(step) + 1), after], holds]);
      await isPutRight(house);
      expect((await house.changes()).map(({ steps: [first] }) => first?.state)).toEqual(['proposed', 'proposed']);
    },
    180_000,
  );

  it('observed, and so done: both are kept together, or neither', async () => {
    const house = await FastHouse.start();
    await house.tell('hold');
    await until('the power to have been looked at', async () =>
      (await house.steps(1)).some((state) => state === 'observed'),
    );
    await house.diesAndRises();
    const steps = (await house.steps(1)).slice(CONVERSATION.length).join(' ');
    expect(['observed done', 'done']).toContain(steps);
    const [told] = await house.changes();
    expect(told).toMatchObject({ state: 'done', holds: true, obeyed: steps === 'done' ? null : true });
    expect(await house.settings()).toMatchObject({ grid_charge: true });
    await until('the battery', async () => (await house.tell('hold', '--dry-run')).includes('will'));
    await house.tell('normal');
    await until('all as before', async () => (await house.changes()).every(({ holds }) => !holds));
    expect(await house.settings()).toMatchObject({ grid_charge: false, charge_limit: 100, charge_windows: [] });
    expect(await house.steps(1)).toContain('undone');
  }, 180_000);

  it('proposed, and waits for its interval', async () => {
    const house = await ControlledServer.start([], { ALPHAESS_LOCAL_CONTROL_MIN_INTERVAL: '30m' });
    await house.tell('hold');
    await house.comesTo(1, 'echoed');
    await house.tell('charge', '--to', '95');
    await house.comesTo(2, 'proposed');
    await house.diesAndRises();
    expect((await house.comesTo(2, 'proposed')).holds).toBe(false);
    expect(set(house)).not.toEqual(BEFORE);
    await isPutRight(house);
    expect(await house.change(2)).toMatchObject({ state: 'superseded', holds: false });
  }, 180_000);
});

it('is put right after a kill at any moment', async () => {
  const house = await ControlledServer.start();
  for (const delayMs of [0, 15, 60, 120]) {
    const asking = house.tell('hold', '--override').catch(() => '');
    await sleep(delayMs);
    await house.diesAndRises();
    await asking;
    await isPutRight(house);
  }
}, 180_000);

it('ends although the server is dead when it should', async () => {
  const house = await ControlledServer.start();
  const end = new Date(Date.now() + 65_000);
  expect(await house.tell('hold', '--until', end.toISOString())).toContain('change 1');
  await house.comesTo(1, 'echoed');
  await house.server.kill();
  await sleep(Math.max(0, end.getTime() - Date.now() + 1000));
  expect(set(house)).not.toEqual(BEFORE);
  await house.rises();
  await house.comesTo(1, 'undone');
  expect(set(house)).toEqual(BEFORE);
}, 180_000);
