/**
 * What the page, the interface and others ask of control, on a battery that speaks.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ASK, ControlledHouse, POLICY, SERIAL, told } from '../../test/controlled.ts';
import { HOLDS, ID, switched } from '../../test/switched.ts';
import { frameByHand } from '../../test/wire.ts';
import type { StoreRecord } from '../model.ts';
import { ControlDesk, ControlError } from './control-desk.ts';
import type { ControlRequest } from './control-request.ts';

const PAGE = { kind: 'page', name: '' } as const;
const HOUR_MS = 3_600_000;

function desk(policy: Partial<typeof POLICY> = {}, given?: string | null) {
  const house = new ControlledHouse(policy, given);
  const { switchboard, line } = switched(house);
  const kept: StoreRecord[] = [];
  const one = new ControlDesk({
    switchboard,
    loader: { loadById: async () => {} },
    mark: { sinceMs: null },
    report: { ending: () => {}, staying: () => {} },
    policy: { ...POLICY, ...policy },
    defaultEndMs: 2 * HOUR_MS,
    houseOffset: () => 3600,
    keep: async (records) => void kept.push(...records),
    now: () => house.talk.now,
  });
  return { house, desk: one, kept, switchboard, line };
}

const frameHex = (...frame: Parameters<typeof frameByHand>) => Buffer.from(frameByHand(...frame)).toString('hex');

async function errorOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  );
  return error instanceof ControlError ? `${error.code}: ${error.message}` : 'taken';
}

describe('the desk', () => {
  it('says how a battery is set, and what it does', async () => {
    const { desk: one } = desk();
    expect(await one.of(ID)).toMatchObject({
      ...{
        isEnabled: true,
        unavailable: null,
        mode: 'normal',
        untilMs: null,
        holding: null,
        underWay: null,
        waiting: null,
      },
      ...{ last: null, changedElsewhere: [], writesLeft: 10, writesPerDay: 10, clockAheadSeconds: 0 },
    });
    expect(Object.fromEntries((await one.of(ID))?.settings ?? [])).toEqual({
      ...{ grid_charge: false, discharge_only_in_windows: false, charge_limit: 100, lowest_charge: 13 },
      ...{ charge_windows: [], discharge_windows: [] },
    });
    expect([await one.of('other'), await one.list('other'), await one.find('other', 1)]).toEqual([null, null, null]);
  });

  it('previews what a change would do, and changes nothing', async () => {
    const { desk: one, kept } = desk();
    const preview = await one.preview(ID, { verb: 'hold' });
    expect(preview).toMatchObject({
      effect: 'will not discharge until 14:04; will charge from the grid while below 57 %; then as it was before',
      changes: [
        { name: 'grid_charge', from: false, to: true },
        { name: 'charge_limit', from: 100, to: 57 },
        { name: 'charge_windows', from: [], to: [['12:00', '15:00']] },
      ],
      writesLeft: 10,
    });
    expect(kept).toEqual([]);
    expect(await errorOf(one.preview(ID, { settings: { lowest_charge: 5 } }))).toContain(
      'CONTROL_REFUSED: lowest_charge',
    );
    expect((await one.preview(ID, { verb: 'normal' })).effect).toBe('nothing would change');
  });

  it('takes a change, has it on disk before it answers, and goes on by itself', async () => {
    const { desk: one, kept, house } = desk();
    const heard: string[] = [];
    const end = one.subscribe((id, { number, state }) => heard.push(`${id} ${number} ${state}`));
    const change = await one.change(ID, { verb: 'hold' }, PAGE, 'key');
    expect(change).toMatchObject({ number: 1, state: 'asked', author: PAGE });
    expect(kept).toMatchObject([{ type: 'control', change: { number: 1, state: 'proposed' } }]);
    one.committed([...kept, { type: 'identity' } as StoreRecord]);
    expect(heard).toEqual([`${ID} 1 proposed`]);
    end();
    one.committed(kept);
    expect(heard).toHaveLength(1);
    expect(await one.change(ID, { verb: 'normal' }, PAGE, 'key')).toMatchObject({ number: 1 });
    house.obeys(told(HOLDS));
    expect(await one.of(ID)).toMatchObject({ mode: 'hold', holding: 1, untilMs: house.talk.now.wallMs + 2 * HOUR_MS });
    expect(one.shown(ID, house.change(1))).toContainEqual({ name: 'charge_limit', from: 100, to: 57 });
    expect(one.shown('other', house.change(1))).toContainEqual({ name: 'charge_limit', from: 100, to: 57 });
    house.waits(2 * 3600);
    one.tick();
    expect(await one.of(ID)).toMatchObject({ underWay: 2 });
    house.obeys(told());
    one.tick();
    expect((await one.list(ID))?.map(({ number, state }) => `${number} ${state}`)).toEqual(['2 done', '1 undone']);
    expect(await one.find(ID, 1)).toMatchObject({ state: 'undone' });
  });

  it('shows what was said, byte for byte but for what is private', async () => {
    const { desk: one, house } = desk();
    await one.change(ID, { verb: 'hold' }, PAGE);
    const { index } = house;
    house.obeys(told(HOLDS));
    const [order, answer, question, given, echo, ...more] = one.bytesOf(house.change(1));
    expect(more).toEqual([]);
    expect(order).toEqual({
      hex: frameHex(1, 8, `{"Command":"SetConfig","CmdIndex":"${index}"}`),
      isResealed: false,
    });
    expect(answer?.hex).toBe(frameHex(2, 8, house.answer('Success', index)));
    expect(question).toEqual({ hex: frameHex(1, 3, ASK.replace(SERIAL, '*'.repeat(SERIAL.length))), isResealed: true });
    for (const said of [given, echo]) {
      const text = Buffer.from(said?.hex ?? '', 'hex').toString('latin1');
      expect(text).toMatch(/"BatHighCap":"57(?:\.00)?"/);
      expect(text).not.toMatch(/Invented|AL2002/);
    }
  });

  it('undoes', async () => {
    const { desk: one, house } = desk({ minIntervalMs: 0 });
    await one.change(ID, { settings: { lowest_charge: 20 } }, PAGE);
    house.obeys(told({ BatUseCap: '20' }));
    expect(await one.undo(ID, 1, PAGE)).toMatchObject({ number: 2, state: 'asked' });
    house.obeys(told());
    expect(house.change(1).state).toBe('undone');
    expect(await errorOf(one.undo(ID, 9, PAGE))).toContain('CONTROL_CHANGE_NOT_FOUND');
  });

  it('does not undo the end of a verb, which would bring the verb back without one', async () => {
    const { desk: one, house } = desk({ minIntervalMs: 0 });
    await one.change(ID, { verb: 'hold' }, PAGE);
    house.obeys(told(HOLDS));
    expect(await one.change(ID, { verb: 'normal' }, PAGE)).toMatchObject({ number: 2 });
    expect(await one.undo(ID, 1, PAGE)).toMatchObject({ number: 3 });
    const ended = 'ended a verb, which would have no end now: ask for the verb again';
    expect(await errorOf(one.undo(ID, 2, PAGE))).toBe(`CONTROL_REFUSED: change 2 ${ended}`);
    expect(await errorOf(one.undo(ID, 3, PAGE))).toBe(`CONTROL_REFUSED: change 3 ${ended}`);
  });

  it.each([
    [{}, { verb: 'hold', settings: {} }, 'CONTROL_REFUSED: expected a verb, or settings'],
    [{}, { verb: 'hold', experiment: 'x' }, 'CONTROL_REFUSED: experiment: expected the id of the battery'],
    [{ isEnabled: false }, { verb: 'hold' }, 'CONTROL_DISABLED: set control.enabled, and restart the server'],
    [{ writesPerDay: 1 }, { verb: 'hold' }, 'CONTROL_BUDGET_SPENT: 1 writes are left today, and this takes 2'],
  ] as const)('with %j, %j is refused', async (policy, request, expected) => {
    const { desk: one } = desk(policy);
    expect(await errorOf(one.change(ID, request as ControlRequest, PAGE))).toBe(expected);
  });

  it('takes nothing of a battery that is not there, but what puts it right', async () => {
    const { desk: one, switchboard, line } = desk();
    switchboard.closed(line);
    expect(await errorOf(one.change(ID, { verb: 'hold' }, PAGE))).toBe(
      'CONTROL_UNAVAILABLE: the battery is not connected',
    );
    expect(await errorOf(one.change('other', { verb: 'hold' }, PAGE))).toBe(
      'CONTROL_UNAVAILABLE: there is no battery other',
    );
    expect((await one.of(ID))?.unavailable).toBe('the battery is not connected');
    expect(await one.change(ID, { verb: 'normal' }, PAGE)).toMatchObject({ state: 'proposed' });
  });

  it('says why control is unavailable, and what an experiment risks', async () => {
    const { desk: one } = desk({ experiments: true }, null);
    expect((await one.of(ID))?.unavailable).toContain('no configuration of the vendor’s is known');
    expect(await errorOf(one.preview(ID, { verb: 'hold' }))).toContain('CONTROL_UNAVAILABLE');
    const { warnings } = await one.preview(ID, { verb: 'hold', experiment: ID });
    expect(warnings.at(-1)).toContain('never seen to work');
    const { desk: off } = desk({ isEnabled: false });
    expect((await off.of(ID))?.unavailable).toBe('control is not enabled');
  });

  it('ends verbs at once where control is enabled no more', async () => {
    const { house } = desk();
    house.control.propose({ kind: 'hold' }, { author: PAGE, untilMs: house.talk.now.wallMs + HOUR_MS }, house.talk.now);
    house.due();
    house.obeys(told(HOLDS));
    const off = new ControlledHouse({ isEnabled: false });
    off.control.changes.put({ ...house.change(1) });
    expect(off.control.due(off.talk.now, false)).toBeNull();
    expect(off.change(2)).toMatchObject({ wish: { kind: 'restore', of: null }, state: 'proposed' });
  });

  it('looks each second while it runs', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { desk: one, house, kept } = desk({ minIntervalMs: 0 });
    house.control.propose(
      { kind: 'settings', settings: { BatUseCap: '20' } },
      { author: PAGE, untilMs: null },
      house.talk.now,
    );
    one.start();
    vi.advanceTimersByTime(1000);
    expect(house.change(1).state).toBe('asked');
    one.stop();
    expect(kept).toEqual([]);
    expect(SERIAL).toBe(house.battery.serial.reveal());
  });
});
