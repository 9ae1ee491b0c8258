/**
 * Schedules on a battery that speaks, through control as it is.
 */
import { describe, expect, it, vi } from 'vitest';
import { ControlledHouse, POLICY, SERIAL, told } from '../../test/controlled.ts';
import { HOLDS, ID, switched } from '../../test/switched.ts';
import { type KnownPrice, Private, type StoreRecord } from '../model.ts';
import type { CheapestRule } from '../schedule/price-rules.ts';
import type { ScheduleWindow } from '../schedule/schedules.ts';
import { ControlDesk, ControlError } from './control-desk.ts';
import { type KeptScheduleParts, scheduleKeeper } from './schedule-keeper.ts';

/** By the house’s time; the battery speaks from 12:04 on a Wednesday. */
const NOON: ScheduleWindow = { name: 'noon', from: '12:00', to: '14:30', verb: 'hold' };
const EVENING: ScheduleWindow = { name: 'evening', from: '14:30', to: '16:00', verb: 'charge', charge_limit: 80 };
const PAGE = { kind: 'page', name: '' } as const;

function scheduled(policy: Partial<typeof POLICY> = {}, kept: string | null = null, given?: null) {
  const house = new ControlledHouse(policy, given);
  const { switchboard, line } = switched(house);
  const records: StoreRecord[] = [];
  const keep = async (more: readonly StoreRecord[]) => void records.push(...more);
  const now = () => house.talk.now;
  const loader = { loadById: async () => {} };
  const desk = new ControlDesk({
    ...{ switchboard, loader, policy: { ...POLICY, ...policy }, defaultEndMs: 7_200_000, houseOffset: () => 3600 },
    ...{ keep, now, mark: { sinceMs: null }, report: { ending: () => {}, staying: () => {} } },
  });
  let stored = kept;
  const mistakes: string[] = [];
  const prices = { isConfigured: true, currency: 'EUR', prices: [] as KnownPrice[], version: 1 };
  const parts: KeptScheduleParts = {
    ...{ control: desk, switchboard, loader, keep, now, isEnabled: policy.isEnabled ?? true },
    store: { batteryOf: async () => ({ schedules: stored }) as never },
    calendar: { zone: 'Europe/Dublin', offsetSeconds: () => 3600 },
    failed: (detail) => void mistakes.push(detail),
    prices,
    writesPerDay: 10,
  };
  /** The server ends and another begins, with what is on disk. */
  const again = () => {
    const last = records.findLast((record) => record.type === 'schedule');
    stored = last?.type === 'schedule' ? last.text : kept;
    return scheduleKeeper(parts);
  };
  return { house, desk, switchboard, line, records, mistakes, parts, prices, keeper: again(), again };
}

const asks = ({ house }: ReturnType<typeof scheduled>) =>
  house.control.changes.all.map(({ wish, author, state }) => `${wish.kind} ${author.kind} ${state}`);

describe('a schedule', () => {
  it('has control do what applies, says so, and asks for nothing more', async () => {
    const one = scheduled();
    await one.keeper.set(ID, { windows: [NOON], rules: [] });
    await one.keeper.tick();
    expect(one.house.change(1)).toMatchObject({
      ...{ wish: { kind: 'hold' }, author: { kind: 'schedule', name: 'noon' }, state: 'asked' },
      untilMs: Date.parse('2024-06-12T13:30:00Z'),
    });
    one.house.obeys(told(HOLDS));
    await one.keeper.tick();
    one.house.waits(600);
    await one.keeper.tick();
    expect(one.house.control.changes.lastNumber).toBe(1);
    expect(await one.keeper.of(ID)).toMatchObject({
      ...{ isEnabled: true, zone: 'Europe/Dublin', windows: [NOON] },
      applying: { stretch: { by: 'noon' }, until: Date.parse('2024-06-12T13:30:00Z') / 1000 },
      note: { text: 'noon: under way' },
    });
    // Of two days: that of today, tomorrow, and the day after as it begins within 48 hours.
    expect(
      (await one.keeper.of(ID))?.plan.map(({ by, from }) => `${by} ${new Date(from * 1000).toISOString()}`),
    ).toEqual(['noon 2024-06-12T11:00:00.000Z', 'noon 2024-06-13T11:00:00.000Z', 'noon 2024-06-14T11:00:00.000Z']);
  });

  it('goes from one verb to the next without undoing between them', async () => {
    const one = scheduled();
    await one.keeper.set(ID, { windows: [NOON, EVENING], rules: [] });
    await one.keeper.tick();
    one.house.obeys(told(HOLDS));
    expect(one.house.change(1).untilMs).toBe(Date.parse('2024-06-12T13:35:00Z'));
    one.house.waits(Date.parse('2024-06-12T13:30:05Z') / 1000 - one.house.talk.now.wallMs / 1000);
    one.desk.tick();
    await one.keeper.tick();
    one.house.obeys(told({ ...HOLDS, BatHighCap: '80', TimeChaF1: '14', TimeChaE1: '16' }));
    expect(asks(one)).toEqual(['hold schedule superseded', 'charge schedule echoed']);
    expect(one.house.change(2)).toMatchObject({ holds: true, normal: { GridCharge: '0', BatHighCap: '100' } });
  });

  it('ends when it is taken away, at once', async () => {
    const one = scheduled();
    await one.keeper.set(ID, { windows: [NOON], rules: [] });
    await one.keeper.tick();
    one.house.obeys(told(HOLDS));
    await one.keeper.set(ID, { windows: [], rules: [] });
    await one.keeper.tick();
    await one.keeper.tick();
    one.house.obeys(told());
    await one.keeper.tick();
    expect(asks(one)).toEqual(['hold schedule undone', 'restore schedule done']);
    expect((await one.keeper.of(ID))?.note?.text).toBe('nothing is wanted now');
  });

  it('leaves a battery to its owner: until the end of his verb, or the end of what he ended', async () => {
    const one = scheduled();
    await one.desk.change(
      ID,
      { verb: 'charge', chargeLimit: 90, untilMs: one.house.talk.now.wallMs + 3_600_000 },
      PAGE,
    );
    one.house.obeys(told({ ...HOLDS, BatHighCap: '90', TimeChaE1: '14' }));
    await one.keeper.set(ID, { windows: [NOON], rules: [] });
    await one.keeper.tick();
    expect((await one.keeper.of(ID))?.note?.text).toBe('the owner’s charge goes first, until its end');
    one.house.waits(3660);
    one.desk.tick();
    await one.keeper.tick();
    expect(one.house.control.changes.lastNumber).toBe(2);
    one.house.obeys(told());
    await one.keeper.tick();
    expect(asks(one).at(-1)).toBe('hold schedule proposed');
    // One write in five minutes.
    one.house.waits(300);
    await one.keeper.tick();
    one.desk.tick();
    expect(asks(one)).toEqual(['charge page undone', 'restore server done', 'hold schedule asked']);
    one.house.obeys(told({ ...HOLDS, TimeChaF1: '13' }));
    await one.desk.change(ID, { verb: 'normal' }, PAGE);
    one.house.obeys(told());
    await one.keeper.tick();
    expect((await one.keeper.of(ID))?.note?.text).toBe('noon: ended by the owner');
    expect(one.house.control.changes.lastNumber).toBe(4);
  });

  it('goes on after a restart, and does not ask twice', async () => {
    const one = scheduled();
    await one.keeper.set(ID, { windows: [NOON], rules: [] });
    await one.again().tick();
    one.house.obeys(told(HOLDS));
    await one.again().tick();
    expect(asks(one)).toEqual(['hold schedule echoed']);
  });

  it('does what applies after hours without the battery, and not what it missed', async () => {
    const one = scheduled();
    one.switchboard.closed(one.line);
    await one.keeper.set(ID, { windows: [NOON, EVENING], rules: [] });
    await one.keeper.tick();
    expect((await one.keeper.of(ID))?.note?.text).toBe('the battery is not connected');
    one.house.waits(3 * 3600);
    await one.keeper.tick();
    one.switchboard.opened(one.line);
    await one.keeper.tick();
    expect(asks(one)).toEqual(['charge schedule asked']);
    expect(one.house.change(1).untilMs).toBe(Date.parse('2024-06-12T15:00:00Z'));
  });

  it('holds where there is nothing to charge', async () => {
    const one = scheduled();
    await one.keeper.set(ID, { windows: [{ ...EVENING, from: '12:00', charge_limit: 50 }], rules: [] });
    await one.keeper.tick();
    expect(asks(one)).toEqual(['hold schedule asked']);
  });

  it('says what was not taken, and asks again after a minute', async () => {
    const one = scheduled({ writesPerDay: 1 });
    await one.keeper.set(ID, { windows: [NOON], rules: [] });
    await one.keeper.tick();
    expect((await one.keeper.of(ID))?.note?.text).toBe(
      'noon: it was not taken: 1 writes are left today, and this takes 2',
    );
    const change = vi.spyOn(one.desk, 'change');
    await one.keeper.tick();
    expect(change).not.toHaveBeenCalled();
    expect((await one.keeper.of(ID))?.note?.text).toContain('it was not taken: 1 writes');
    one.house.waits(61);
    await one.keeper.tick();
    expect(change).toHaveBeenCalledOnce();
    expect(asks(one)).toEqual([]);
  });

  it('leaves charge to control where nothing is known', async () => {
    const one = scheduled({}, null, null);
    await one.keeper.set(ID, { windows: [{ ...EVENING, from: '12:00' }], rules: [] });
    await one.keeper.tick();
    expect((await one.keeper.of(ID))?.note?.text).toContain('it was not taken');
  });
});

describe('a rule by prices', () => {
  /** Two hours of the five from noon to 17:00; the battery speaks from 12:04 on. */
  const CHEAP: CheapestRule = {
    ...{
      rule: 'cheapest',
      name: 'cheap',
      hours: 2,
      after: '12:00',
      before: '17:00',
      charge_limit: 80,
      most_stretches: 2,
    },
  };
  const DEAR = { rule: 'hold_above', name: 'dear', price: 0.3 } as const;
  const noon = Date.parse('2024-06-12T11:00:00Z') / 1000;
  const hourly = (...paid: number[]): KnownPrice[] =>
    paid.map((price, hour) => ({ from: noon + hour * 3600, to: noon + (hour + 1) * 3600, price, known: 0 }));
  const noteOf = async (one: ReturnType<typeof scheduled>) => (await one.keeper.of(ID))?.note?.text;
  const until = (one: ReturnType<typeof scheduled>, time: string) => {
    one.house.waits(Date.parse(`2024-06-12T${time}Z`) / 1000 - one.house.talk.now.wallMs / 1000);
    one.desk.tick();
    return one.keeper.tick();
  };

  it('has control charge in the cheapest hours, and says before when, and what it costs', async () => {
    const one = scheduled();
    one.prices.prices = hourly(0.4, 0.2, 0.5, 0.1, 0.3);
    const shown = await one.keeper.preview(ID, { windows: [], rules: [CHEAP] });
    expect([
      one.records,
      shown.plan.map(({ from, to, price }) => [(from - noon) / 3600, (to - noon) / 3600, price]),
    ]).toEqual([
      [],
      [
        [1, 2, 0.2],
        [3, 4, 0.1],
      ],
    ]);
    expect(shown.words).toHaveLength(1);
    expect(shown.words[0]).toMatch(
      /^cheap: charges up to 80 % Wed 13:00–14:00 and Wed 15:00–16:00 \(2 h\), at 0\.15 EUR\/kWh/,
    );
    await one.keeper.set(ID, { windows: [], rules: [CHEAP] });
    expect([asks(one), await noteOf(one)]).toEqual([[], 'nothing is wanted now']);
    await until(one, '12:00:05');
    expect(one.house.change(1)).toMatchObject({
      ...{ wish: { kind: 'charge', limit: 80 }, author: { kind: 'schedule', name: 'cheap' } },
      untilMs: (noon + 2 * 3600) * 1000,
    });
  });

  it('does nothing where a price is missing, says so, and begins when they have come', async () => {
    const one = scheduled();
    one.prices.prices = hourly(0.4, 0.2, 0.5, 0.1);
    await one.keeper.set(ID, { windows: [], rules: [CHEAP] });
    await until(one, '12:10:00');
    expect([asks(one), await noteOf(one)]).toEqual([
      [],
      'nothing is wanted now; prices are missing for what cheap wants',
    ]);
    expect((await one.keeper.of(ID))?.words).toEqual([
      'cheap: a price is missing for the time from Wed 12:00 on, so that nothing is done',
    ]);
    one.prices.prices = hourly(0.4, 0.2, 0.5, 0.1, 0.3).map((price) => ({ ...price, known: noon + 4500 }));
    one.prices.version++;
    await one.keeper.tick();
    // From 13:15 on, since they came then: to the end of that hour, and the cheapest after it.
    expect(asks(one)).toEqual([]);
    await until(one, '12:15:05');
    expect(one.house.change(1)).toMatchObject({ wish: { kind: 'charge' }, untilMs: (noon + 2 * 3600) * 1000 });
  });

  it('is planned anew where a price is changed after it was published: what is wanted no more ends', async () => {
    const one = scheduled();
    one.prices.prices = hourly(0.1, 0.2, 0.5, 0.4, 0.3);
    await one.keeper.set(ID, { windows: [], rules: [CHEAP] });
    await until(one, '11:15:05');
    one.house.obeys(told({ ...HOLDS, BatHighCap: '80' }));
    expect(one.house.change(1)).toMatchObject({ wish: { kind: 'charge' }, holds: true });
    one.prices.prices = hourly(0.9, 0.9, 0.5, 0.4, 0.3);
    one.prices.version++;
    await one.keeper.tick();
    one.house.obeys(told());
    expect(asks(one)).toEqual(['charge schedule undone', 'restore schedule done']);
  });

  it('charges in no hour more where the price of one that is over is changed, also once other schedules are set', async () => {
    const one = scheduled();
    const left = async () =>
      (await one.keeper.of(ID))?.plan.map(({ by, from, to }) => `${by} ${(from - noon) / 3600}-${(to - noon) / 3600}`);
    one.prices.prices = hourly(0.4, 0.2, 0.5, 0.1, 0.3);
    await one.keeper.set(ID, { windows: [], rules: [CHEAP] });
    await until(one, '13:10:05');
    one.prices.prices = hourly(0.4, 0.9, 0.5, 0.1, 0.3);
    one.prices.version++;
    expect(await left()).toEqual(['cheap 3-4']);
    const evening = { ...EVENING, from: '20:00', to: '21:00' };
    expect((await one.keeper.preview(ID, { windows: [evening], rules: [CHEAP] })).plan[0]?.from).toBe(noon + 3 * 3600);
    await one.keeper.set(ID, { windows: [], rules: [CHEAP, DEAR] });
    expect(await left()).toEqual(['dear 2-3', 'cheap 3-4']);
    // Set otherwise it is another rule: it begins now.
    await one.keeper.set(ID, { windows: [], rules: [{ ...CHEAP, charge_limit: 90 }] });
    expect(await left()).toEqual(['cheap 3-5']);
  });

  it('goes on as it was set, where others are set beside it; a window goes before it', async () => {
    const one = scheduled();
    one.prices.prices = hourly(0.1, 0.2, 0.5, 0.4, 0.3);
    await one.keeper.set(ID, { windows: [], rules: [CHEAP] });
    await until(one, '12:30:00');
    await one.keeper.set(ID, { windows: [NOON], rules: [DEAR, CHEAP] });
    const last = one.records.findLast(({ type }) => type === 'schedule');
    const set = Date.parse('2024-06-12T11:04:00Z') / 1000;
    const { rulesSince } = JSON.parse(last?.type === 'schedule' ? last.text : '');
    expect(rulesSince[0] - rulesSince[1]).toBeGreaterThan(4000);
    expect(Math.abs(rulesSince[1] - set)).toBeLessThan(120);
    expect((await one.again().of(ID))?.plan.map(({ by }) => by).slice(0, 3)).toEqual(['noon', 'dear', 'cheap']);
  });

  it('needs a source of prices', async () => {
    const one = scheduled();
    one.prices.isConfigured = false;
    await expect(one.keeper.set(ID, { windows: [], rules: [DEAR] })).rejects.toThrow(
      'rules: no prices are known; set prices.url or prices.topic (docs/prices.md)',
    );
    expect(await one.keeper.set(ID, { windows: [NOON], rules: [] })).toMatchObject({ rules: [], words: [] });
  });

  it('says that nothing is known where its source has nothing', async () => {
    const one = scheduled();
    await one.keeper.set(ID, { windows: [], rules: [DEAR] });
    await one.keeper.tick();
    expect(await noteOf(one)).toBe('nothing is wanted now; prices are missing for what dear wants');
  });
});

describe('schedules', () => {
  it('are not set over others that somebody has set meanwhile', async () => {
    const one = scheduled();
    const { revision } = await one.keeper.set(ID, { windows: [NOON], rules: [] });
    one.house.waits(1);
    await one.keeper.set(ID, { windows: [EVENING], rules: [], revision });
    await expect(one.keeper.set(ID, { windows: [NOON], rules: [], revision })).rejects.toThrow(
      'they were set elsewhere meanwhile: look at them anew',
    );
    expect((await one.keeper.of(ID))?.windows).toEqual([EVENING]);
  });

  it('are kept, whole, before they are said to be', async () => {
    const one = scheduled();
    const windows = [EVENING, { ...NOON, from: '06:00', to: '07:00' }];
    await one.keeper.set(ID, { windows, rules: [] });
    expect(one.records).toEqual([
      {
        ...{ type: 'schedule', battery: new Private(SERIAL), receivedMs: one.house.talk.now.wallMs },
        text: JSON.stringify({ windows, rules: [], rulesSince: [], savedMs: one.house.talk.now.wallMs }),
      },
    ]);
    expect((await one.again().of(ID))?.windows).toEqual(windows);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'CONTROL_REFUSED',
      () => scheduled().keeper.set(ID, { windows: [NOON, { ...EVENING, from: '14:00' }], rules: [] }),
    ],
    ['CONTROL_UNAVAILABLE', () => scheduled().keeper.set('other', { windows: [], rules: [] })],
    ['CONTROL_DISABLED', () => scheduled({ isEnabled: false }).keeper.set(ID, { windows: [], rules: [] })],
  ])('are not taken: %s', async (code, setting) => {
    const error = await setting().then(
      () => null,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ControlError);
    expect((error as ControlError).code).toBe(code);
  });

  it('of a battery that there is not are none', async () => {
    expect(await scheduled().keeper.of('other')).toBeNull();
    expect(await scheduled().keeper.of(ID)).toMatchObject({ windows: [], plan: [], note: null });
  });

  it('go with their battery when it is forgotten', async () => {
    const one = scheduled({}, JSON.stringify({ windows: [NOON], savedMs: 0 }));
    expect((await one.keeper.of(ID))?.windows).toHaveLength(1);
    one.keeper.forget(SERIAL, ID);
    one.parts.store.batteryOf = async () => ({ schedules: null }) as never;
    expect((await one.keeper.of(ID))?.windows).toEqual([]);
  });

  it('that cannot be looked at are told of, and looked at again', async () => {
    const one = scheduled({}, 'no JSON');
    await one.keeper.tick();
    expect(one.mistakes).toHaveLength(1);
    await one.keeper.tick();
    expect(one.mistakes).toHaveLength(2);
  });

  it('are looked at every five seconds, while the server runs and control is enabled', async () => {
    vi.useFakeTimers();
    try {
      const [on, off] = [scheduled(), scheduled({ isEnabled: false })];
      const ticks = [on.keeper, off.keeper].map((keeper) => vi.spyOn(keeper, 'tick').mockResolvedValue());
      for (const { keeper } of [on, off]) keeper.start();
      await vi.advanceTimersByTimeAsync(15_000);
      for (const { keeper } of [on, off]) keeper.stop();
      await vi.advanceTimersByTimeAsync(15_000);
      expect(ticks.map((tick) => tick.mock.calls.length)).toEqual([3, 0]);
    } finally {
      vi.useRealTimers();
    }
  });
});
