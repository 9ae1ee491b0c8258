/**
 * What outputs are told of a battery that speaks, and what becomes of commands that come in by them.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ASK, ControlledHouse, POLICY, SERIAL, told } from '../../test/controlled.ts';
import { HOLDS, ID, switched } from '../../test/switched.ts';
import { Private, type StoreRecord } from '../model.ts';
import type { ControlNews } from '../sinks/control-news.ts';
import { ControlDesk } from './control-desk.ts';
import { ControlOutputs } from './control-outputs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function outputs(policy: Partial<typeof POLICY> = {}, given?: string | null, hasPassword = true) {
  const house = new ControlledHouse({ minIntervalMs: 0, ...policy }, given);
  const { switchboard, line } = switched(house);
  const desk = new ControlDesk({
    switchboard,
    loader: { loadById: async () => {} },
    mark: { sinceMs: null },
    report: { ending: () => {}, staying: () => {} },
    policy: { ...POLICY, minIntervalMs: 0, ...policy },
    defaultEndMs: 7_200_000,
    houseOffset: () => 3600,
    keep: async () => {},
    now: () => house.talk.now,
  });
  const heard: ControlNews[] = [];
  const failures: unknown[] = [];
  const one = new ControlOutputs({
    tell: (news) => void heard.push(news),
    isWanted: () => true,
    failed: (error) => void failures.push(error),
  });
  one.connect(
    desk,
    () => ID,
    () => hasPassword,
  );
  const record = { type: 'event', battery: new Private(SERIAL) } as unknown as StoreRecord;
  const tell = async () => {
    one.committed([record]);
    await vi.advanceTimersByTimeAsync(250);
    return heard.at(-1);
  };
  return { house, desk, one, heard, failures, tell, switchboard, line };
}

async function refusalOf(work: Promise<void>): Promise<string> {
  return work.then(
    () => 'taken',
    ({ message, isIgnored = false }) => `${isIgnored ? 'ignored' : 'refused'}: ${message}`,
  );
}

describe('a command', () => {
  it.each([{ verb: 'hold' }, { verb: 'normal' }, { undo: true }])(
    '%j changes nothing where no password is set, and outputs say so',
    async (body) => {
      const { one, house, tell } = outputs({}, undefined, false);
      expect(await refusalOf(one.take(ID, body))).toMatch(/^refused: no password is set/);
      expect(house.control.changes.all).toEqual([]);
      expect((await tell())?.unavailable).toMatch(/^no password is set/);
    },
  );

  it.each([
    [{}, 'refused: expected a verb, or settings'],
    [{ verb: 'off' }, /^refused: verb: /],
    [{ verb: 'hold', settings: { charge_limit: 80 } }, 'refused: expected a verb, or settings'],
    [{ verb: 'hold', until: 'tomorrow' }, /^refused: until: /],
    [{ verb: 'hold', until: '2020-01-01T00:00:00Z' }, 'refused: until: that is over already, or in less than a minute'],
    [{ verb: 'hold', charge_limit: 80 }, 'refused: charge_limit: hold has none'],
    [{ verb: 'charge', charge_limit: '80' }, /^refused: charge_limit: /],
    [{ verb: 'charge', charge_limit: 50 }, /^refused: charge: 50 % is not above the present charge/],
    [{ settings: {} }, 'refused: settings: none is named'],
    [{ settings: { Safe: 0 } }, /^refused: settings: /],
    [{ settings: { lowest_charge: 5 } }, /^refused: lowest_charge: 5 % is below 10 %/],
    [{ settings: { charge_limit: 9 } }, /^refused: charge_limit: 9 % is below 10 %/],
    [{ settings: { charge_windows: [['25:00', '26:00']] } }, /^refused: charge_windows: /],
    [{ mode: 'hold' }, /^refused: /],
    [{ verb: 'hold', override: true }, /^refused: .*override/],
    [{ verb: 'hold', confirm: true }, /^refused: .*confirm/],
    [{ verb: 'hold', experiment: ID }, /^refused: .*experiment/],
    [JSON.parse('{"verb":"hold","__proto__":{"override":true}}'), /^refused: /],
    [{ undo: false }, /^refused: undo: expected true, or the number of a change/],
    [{ undo: 0 }, /^refused: undo: /],
    [{ undo: true, verb: 'hold' }, /^refused: /],
    [{ undo: 9 }, /^refused: there is no change 9/],
    [{ undo: true }, 'refused: there is nothing to undo'],
  ])('%j changes nothing', async (body, expected) => {
    const { one, house } = outputs();
    const refusal = await refusalOf(one.take(ID, body));
    expect(refusal).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    expect(house.control.changes.all).toEqual([]);
  });

  it('while the battery’s opening is not over is ignored, also one that would put it right', async () => {
    const { one, house, switchboard, line } = outputs();
    house.connectsAnew();
    switchboard.closed(line);
    switchboard.opened({ ...line, number: 8 });
    house.talk.quietly(() => house.talk.sends(3, ASK));
    for (const body of [{ verb: 'hold' }, { verb: 'normal' }, { undo: true }])
      expect(await refusalOf(one.take(ID, body))).toBe(
        'ignored: the battery has only just connected: wait for its first reading',
      );
    house.reads(57.6);
    expect(await refusalOf(one.take(ID, { verb: 'hold' }))).toBe('taken');
  });

  it('for a battery that is away, or that there is not, or without control is refused', async () => {
    const { one, switchboard, line } = outputs();
    switchboard.closed(line);
    expect(await refusalOf(one.take(ID, { verb: 'hold' }))).toBe('refused: the battery is not connected');
    expect(await refusalOf(one.take('other', { verb: 'hold' }))).toBe('refused: there is no battery other');
    const off = outputs({ isEnabled: false });
    expect(await refusalOf(off.one.take(ID, { verb: 'hold' }))).toBe(
      'refused: set control.enabled, and restart the server',
    );
    one.stop();
    expect(await refusalOf(one.take(ID, { verb: 'hold' }))).toMatch(/^ignored: the server is about to/);
  });

  it('is a change by MQTT', async () => {
    const { one, house } = outputs();
    await one.take(ID, { settings: { lowest_charge: 20 } });
    expect(house.change()).toMatchObject({
      author: { kind: 'mqtt', name: '' },
      wish: { kind: 'settings', settings: { BatUseCap: '20' } },
    });
  });

  it('undoes the newest change that is not undone', async () => {
    const { one, house } = outputs();
    await one.take(ID, { settings: { lowest_charge: 20 } });
    house.obeys(told({ BatUseCap: '20' }));
    await one.take(ID, { undo: true });
    expect(house.change()).toMatchObject({ wish: { kind: 'restore', of: 1 }, author: { kind: 'mqtt' } });
    house.obeys(told());
    expect(house.change(1).state).toBe('undone');
    expect(await refusalOf(one.take(ID, { undo: true }))).toBe('refused: there is nothing to undo');
  });
});

describe('outputs are told', () => {
  it('how a battery is set, and whether it can be', async () => {
    const { tell, switchboard, line } = outputs();
    expect(await tell()).toEqual({
      type: 'control',
      battery: ID,
      unavailable: null,
      mode: 'normal',
      untilMs: null,
      chargeLimit: 100,
      lowestCharge: 13,
      gridCharge: false,
      last: null,
    });
    switchboard.closed(line);
    expect(await tell()).toMatchObject({ unavailable: 'the battery is not connected' });
    const { tell: without } = outputs({}, null);
    expect((await without())?.unavailable).toContain('no configuration of the vendor’s is known');
  });

  it('a mode once the battery has told it, and not before', async () => {
    const { tell, one, house } = outputs();
    await tell();
    await one.take(ID, { verb: 'hold' });
    expect(await tell()).toMatchObject({
      mode: 'normal',
      untilMs: null,
      last: { number: 1, wish: 'hold', state: 'asked' },
    });
    house.fetches();
    // It holds from here on, as far as undoing goes; nobody has seen it.
    expect(house.change().state).toBe('fetched');
    expect(await tell()).toMatchObject({ mode: 'normal', untilMs: null, chargeLimit: 100, last: { state: 'fetched' } });
    house.tells(told(HOLDS));
    expect(await tell()).toMatchObject({
      mode: 'hold',
      untilMs: house.change().untilMs,
      chargeLimit: 57,
      gridCharge: true,
      last: { number: 1, state: 'echoed', by: 'mqtt' },
    });
  });

  it('no mode where the battery was given something and has not told what it has', async () => {
    const { tell, one, house } = outputs();
    await one.take(ID, { verb: 'hold' });
    house.fetches();
    house.talk.quietly(() => house.talk.after(61));
    expect(house.change()).toMatchObject({ state: 'timed_out', holds: true });
    expect(await tell()).toMatchObject({ mode: null, untilMs: null, last: { state: 'timed_out' } });
  });

  it('why a change failed', async () => {
    const { tell, one, house } = outputs();
    await one.take(ID, { settings: { lowest_charge: 20 } });
    house.obeys(told({ BatUseCap: '21' }));
    const news = await tell();
    expect(news).toMatchObject({ lowestCharge: 21, last: { wish: 'settings', state: 'different' } });
    expect(news?.last?.reason).toMatch(/\S/);
  });

  it('together, of each battery once; nothing where none wants to hear, and a mistake is said', async () => {
    const { one, heard, tell, failures, desk } = outputs();
    const record = { type: 'event', battery: new Private(SERIAL) } as unknown as StoreRecord;
    one.committed([record, { type: 'event', battery: null } as unknown as StoreRecord]);
    one.committed([record]);
    await tell();
    expect(heard).toHaveLength(1);
    vi.spyOn(desk, 'of').mockRejectedValueOnce(new Error('locked'));
    await tell();
    expect(failures).toEqual([new Error('locked')]);
    one.committed([record]);
    one.stop();
    await vi.advanceTimersByTimeAsync(1000);
    one.committed([record]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(heard).toHaveLength(1);
  });
});
