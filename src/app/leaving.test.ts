/**
 * Leaving, with a battery that speaks: what is done when, and what is not called done.
 */
import { describe, expect, it } from 'vitest';
import { ControlledHouse, told } from '../../test/controlled.ts';
import { HOLDS, ID, switched } from '../../test/switched.ts';
import type { LedTo } from '../doctor/redirect.ts';
import type { StoreRecord } from '../model.ts';
import type { BatteryState } from '../now/state.ts';
import { shownChanges } from '../session/control/owner-words.ts';
import { settingsInWords } from './control-words.ts';
import { LeavingDesk, type VendorHears } from './leaving.ts';
import { LeavingMark } from './leaving-mark.ts';

const PAGE = { kind: 'page', name: '' } as const;
const HOUR_MS = 3_600_000;

function leaving(vendorHears: VendorHears = 'nothing') {
  const kept = new Map<string, string>();
  const mark = new LeavingMark({
    recall: (name) => kept.get(name) ?? null,
    remember: (entries) => {
      for (const [name, text] of entries) kept.set(name, text);
    },
  });
  const policy = {
    minIntervalMs: 0,
    get isEnabled() {
      return mark.sinceMs === null;
    },
  };
  const house = new ControlledHouse(policy);
  const { switchboard, line } = switched(house);
  const seen = { ledTo: 'here' as LedTo, closed: 0, isTapped: false, lastReadingAtMs: 0 };
  line.close = () => {
    seen.closed++;
    switchboard.closed(line);
  };
  const records: StoreRecord[] = [];
  const desk = new LeavingDesk({
    ...{ mark, switchboard, vendorHears },
    loader: { loadShown: async () => {} },
    batteries: () => [
      {
        id: ID,
        name: 'Home',
        firstSeenMs: 5,
        tapped: seen.isTapped,
        lastReadingAtMs: seen.lastReadingAtMs,
      } as BatteryState,
    ],
    ledTo: async () => seen.ledTo,
    eventsOf: async () => Array.from({ length: 12 }, (_, n) => ({ timeMs: n, name: 'log', text: `${n}` })),
    settingsWords: (_id, after) => settingsInWords(shownChanges({}, after, 3600)),
    keep: async (more) => void records.push(...more),
    now: () => house.talk.now,
  });
  const battery = async () => (await desk.report()).batteries[0] ?? expect.unreachable('no battery');
  return { house, desk, mark, seen, line, switchboard, records, battery };
}

/** With a hold of two hours, that the battery has told. */
function holding(...args: Parameters<typeof leaving>) {
  const one = leaving(...args);
  const untilMs = one.house.talk.now.wallMs + 2 * HOUR_MS;
  one.house.control.propose({ kind: 'hold' }, { author: PAGE, untilMs }, one.house.talk.now);
  one.house.due();
  one.house.obeys(told(HOLDS)).lives(220);
  return one;
}

describe('leaving', () => {
  it('undoes a hold first, then asks for the redirect to be taken away, then lets the battery go; none is done before it was seen', async () => {
    const { desk, house, seen, battery, mark, records, switchboard } = holding();
    expect((await battery()).settings).toEqual({ isDone: false, sentence: 'a hold is active' });
    expect(mark.sinceMs).toBeNull();

    const begun = await desk.begin(PAGE);
    expect(begun).toMatchObject({ sinceMs: house.talk.now.wallMs, isDone: false });
    expect(begun.batteries[0]?.settings).toEqual({ isDone: false, sentence: 'a hold is being undone' });
    expect(begun.redirect.sentence).toMatch(/leave it so until all batteries are put back$/);
    expect(records).toMatchObject([{ type: 'control', change: { wish: { kind: 'restore' }, author: PAGE } }]);
    // Once more changes nothing of that.
    await desk.begin(PAGE);
    expect(house.control.changes.all).toHaveLength(2);
    house.due();
    house.fetches();
    expect((await battery()).settings.isDone).toBe(false);
    house.tells(told());
    expect((await battery()).settings.isDone).toBe(true);

    const back = await desk.begin(PAGE);
    expect([back.isDone, back.redirect.sentence, seen.closed]).toEqual([
      false,
      expect.stringContaining('take the entry away'),
      0,
    ]);
    expect(back.batteries[0]?.gone.sentence).toBe('it is connected to this server');

    seen.ledTo = 'vendor';
    expect((await battery()).gone.sentence).toMatch(/although DNS leads elsewhere/);
    seen.lastReadingAtMs = house.talk.now.wallMs;
    await desk.begin(PAGE);
    expect(seen.closed).toBe(1);
    expect(switchboard.of(ID)).toBeNull();
    expect((await battery()).gone.sentence).toMatch(/^it has just left/);
    house.talk.quietly(() => house.talk.after(59));
    expect((await desk.report()).isDone).toBe(false);
    house.talk.quietly(() => house.talk.after(1));
    expect(await desk.report()).toMatchObject({ isDone: true, batteries: [{ gone: { isDone: true } }] });
  });

  it('lets no battery go that is not put back, wherever DNS leads it', async () => {
    const { desk, seen, house } = holding();
    seen.ledTo = 'vendor';
    const report = await desk.begin(PAGE);
    expect([seen.closed, report.redirect.sentence]).toEqual([
      0,
      expect.stringContaining('is not put back by this server'),
    ]);
    expect(house.control.changes.holding).not.toBeNull();
  });

  it('begins nothing new: a wish that waits is no more, and what begins meanwhile ends', async () => {
    const { desk, house } = leaving();
    const untilMs = house.talk.now.wallMs + 2 * HOUR_MS;
    house.control.propose({ kind: 'hold' }, { author: PAGE, untilMs }, house.talk.now);
    await desk.begin(PAGE);
    expect(house.change(1).state).toBe('superseded');
    house.due();
    expect(house.change(2)).toMatchObject({ state: 'done', givenMs: [] });
    house.control.propose({ kind: 'hold' }, { author: PAGE, untilMs }, house.talk.now);
    expect(house.due()).toBe(false);
    expect(house.steps(3)).toBe('proposed refused');
  });

  it('says of a battery that is away what to set by hand, and puts it right when it comes', async () => {
    const { desk, battery, line, switchboard } = holding();
    switchboard.closed(line);
    await desk.begin(PAGE);
    expect((await battery()).settings.sentence).toMatch(
      /is not connected: it is put back as soon as it comes .* set it in .*: grid charging off, the charge limit 100 %, charge windows none$/,
    );
  });

  it('is not done where the battery tells otherwise each time; once more is tried when it is asked for', async () => {
    const { desk, battery, house } = holding();
    await desk.begin(PAGE);
    for (let attempt = 0; attempt < 3; attempt++) {
      house.waits(3600).due();
      house.obeys(told(HOLDS));
    }
    expect(house.change(2)).toMatchObject({ state: 'different' });
    expect((await battery()).settings.sentence).toMatch(/could not be undone: .* the charge limit 100 %/);
    house.waits(3600);
    expect(house.due()).toBe(false);
    await desk.begin(PAGE);
    expect((await battery()).settings.sentence).toBe('a hold is being undone');
    house.due();
    house.obeys(told());
    expect((await battery()).settings.isDone).toBe(true);
  });

  it('is not done before the battery has told what it was given', async () => {
    const { battery, house } = leaving();
    house.control.propose(
      { kind: 'settings', settings: { BatUseCap: '20' } },
      { author: PAGE, untilMs: null },
      house.talk.now,
    );
    house.due();
    house.fetches();
    expect((await battery()).settings.sentence).toBe('a change is being undone');
    house.talk.quietly(() => house.talk.after(61));
    expect(house.change(1).state).toBe('timed_out');
    expect((await battery()).settings).toMatchObject({
      isDone: false,
      sentence: expect.stringContaining('has not told'),
    });
    house.tells(told({ BatUseCap: '20' }));
    expect((await battery()).settings.isDone).toBe(true);
  });

  it('names what the owner has set without an end', async () => {
    const { battery, house } = leaving();
    house.control.propose(
      { kind: 'settings', settings: { BatUseCap: '20' } },
      { author: PAGE, untilMs: null },
      house.talk.now,
    );
    house.due();
    house.obeys(told({ BatUseCap: '20' }));
    expect((await battery()).stays).toEqual(['change 1: the lowest charge 20 %']);
  });

  it('tells what the vendor did not see', async () => {
    const { battery, seen } = leaving();
    expect((await battery()).unseen).toMatchObject({
      sinceMs: 5,
      logEntries: 12,
      sentence: expect.stringContaining('no alarm'),
    });
    expect((await battery()).unseen.newest).toHaveLength(10);
    seen.isTapped = true;
    expect(await battery()).toMatchObject({ gone: { isDone: true }, unseen: { logEntries: 0, newest: [] } });
    expect((await leaving('relayed').battery()).unseen.sentence).toContain('what was relayed');
  });

  it('is taken back', async () => {
    const { desk, mark } = leaving();
    await desk.begin(PAGE);
    expect((await desk.cancel()).sinceMs).toBeNull();
    expect(mark.sinceMs).toBeNull();
  });

  it('knows nothing of a battery that has not spoken', async () => {
    const { desk, switchboard } = leaving();
    Object.assign(switchboard, { find: () => null, of: () => null });
    expect((await desk.report()).batteries[0]?.settings.isDone).toBe(true);
  });
});
