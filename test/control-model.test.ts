/**
 * Whatever its owner wants, whatever breaks, whenever the server is killed, however its clock is set and whatever somebody else sets meanwhile: at the moment that
 * was promised, or the first after it, the battery is set as its owner, or somebody else, wanted it without the verb; nothing but the owner's settings is ever
 * changed, and no more is written than the budget has.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ControlChange, ControlWish } from '../src/model.ts';
import { ownerOf } from '../src/session/settings/owner-settings.ts';
import { ASK, ControlledHouse, GIVEN, told } from './controlled.ts';
import { frameByHand } from './wire.ts';

const OWNER = { kind: 'page', name: '' } as const;
const BUDGET = 6;
const DAY_MS = 86_400_000;
const OWN_KEYS = Object.keys(JSON.parse(told()) as object).filter((key) => ownerOf(key) === 'owner');

type Settings = Record<string, string>;

/**
 * What breaks in a conversation, and how.
 *
 *     link    the connection ends when the battery has done that step
 *     lost    … and what it was sent last has not come to it
 *     kill    the server is killed when that step is on disk, and what follows has left
 *     late    … when it is not on disk, so that nothing has left
 */
interface Break {
  readonly step: number;
  readonly how: 'link' | 'lost' | 'kill' | 'late';
}
const NO_BREAK: Break = { step: 9, how: 'link' };
const GIVE = 2;

/** A battery that takes what it is given, and says so in its own words. */
class Witness {
  readonly house = new ControlledHouse({ writesPerDay: BUDGET });
  /** As it is set, and as it is to be where no verb holds. */
  settings: Settings = JSON.parse(told()) as Settings;
  rest: Settings = { ...this.settings };
  #told = { text: told(), receivedMs: this.house.talk.now.wallMs };
  readonly #base = JSON.parse(GIVEN) as Record<string, unknown>;
  #foreign = 0;

  wish(wish: ControlWish, minutes: number): void {
    const { control, talk } = this.house;
    const untilMs = wish.kind === 'hold' || wish.kind === 'charge' ? talk.now.wallMs + minutes * 60_000 : null;
    control.propose(wish, { author: OWNER, untilMs }, talk.now);
  }

  /** The vendor's app sets something to what nobody else sets it to, and the battery tells. */
  elsewhere(what: number): void {
    this.#foreign++;
    const odd = String(60 + (this.#foreign % 30));
    const hours = { from: String(1 + (this.#foreign % 4)), end: String(6 + (this.#foreign % 3)) };
    const set: readonly Settings[] = [
      { BatHighCap: odd },
      { TimeChaF1: hours.from, TimeChaE1: hours.end },
      { TimeDisF1: hours.from, TimeDisE1: hours.end },
      { BatUseCap: String(41 + (this.#foreign % 9)) },
    ];
    Object.assign(this.settings, set[what % set.length]);
    Object.assign(this.rest, set[what % set.length]);
    this.tells();
  }

  tells(): void {
    this.#told = { text: JSON.stringify(this.settings), receivedMs: this.house.talk.now.wallMs };
    this.house.tells(this.#told.text);
  }

  reconnects(): void {
    this.house.connectsAnew().reads(57.6);
  }

  dies(known: readonly ControlChange[] = this.house.control.changes.all): void {
    this.house.restarts(known, this.#told).lives(60, 57.6);
  }

  /** What is due is asked, and goes its way or breaks. */
  goOn(breaks: Break): void {
    const { house } = this;
    const before = house.control.changes.all;
    if (!house.due() || house.control.changes.underWay === null) return;
    if (breaks.step === 0 && breaks.how === 'late') {
      this.dies(before);
      return;
    }
    house.talk.quietly(() => void house.talk.orderLeaves());
    const steps = [
      () => house.talk.battery(frameByHand(2, 8, house.answer())),
      () => house.talk.sends(3, ASK),
      () => this.tells(),
    ];
    for (const [index, step] of steps.entries()) {
      const kept = [house.control.changes.all, this.#told] as const;
      house.talk.quietly(() => void step());
      house.talk.quietly(() => void house.talk.after(1));
      const isHere = index + 1 === breaks.step;
      const isLate = isHere && breaks.how === 'late';
      // Whether the answer to an owner's own setting was lost on its way or on the way back nobody can tell: here it has come.
      const isLost = isHere && breaks.how === 'lost' && house.change().wish.kind !== 'settings';
      if (index + 1 === GIVE && !isLost && !isLate) this.#take();
      if (!isHere) continue;
      if (isLate) this.#told = kept[1];
      if (isLate) this.dies(kept[0]);
      else if (breaks.how === 'kill') this.dies();
      else this.reconnects();
      return;
    }
  }

  #take(): void {
    const { underWay } = this.house.control.changes;
    const given = underWay?.frames.filter(({ isOurs, bytes }) => isOurs && bytes.reveal()[2] === 3).at(-1);
    const body = JSON.parse(Buffer.from(given?.bytes.reveal().subarray(7, -2) ?? []).toString()) as Settings;
    expect(Object.keys(body)).toEqual(Object.keys(this.#base));
    for (const [key, value] of Object.entries(body)) {
      if (ownerOf(key) !== 'owner') expect([key, value]).toEqual([key, this.#base[key]]);
      else if (key in this.settings)
        this.settings[key] = typeof value === 'string' ? String(Number(value)) : String(value);
    }
    if (underWay?.wish.kind === 'settings') Object.assign(this.rest, underWay.after);
  }

  /** What was promised for a moment has been done by now. */
  isInTime(): void {
    const { changes } = this.house.control;
    if (changes.holding !== null) expect(changes.holding.untilMs).toBeGreaterThan(this.house.talk.now.wallMs);
    else expect(own(this.settings)).toEqual(own(this.rest));
  }

  /** While a verb holds that the battery has told, its windows have the hour that its clock shows. */
  isCovered(): void {
    const { holding, waiting } = this.house.control.changes;
    const { isCertain } = this.house.control.settings;
    if (holding === null || waiting.length > 0 || !isCertain || holding.state !== 'done') return;
    if (this.house.control.changedElsewhere.length > 0 || this.house.control.writesLeft(this.house.talk.now) < 1)
      return;
    if ((holding.untilMs as number) - this.house.talk.now.wallMs < 900_000) return;
    if (holding.steps.some(({ state }) => state === 'timed_out')) return;
    const hour = Math.floor((this.house.talk.now.wallMs / 1000 + this.house.clockAhead + 310) / 3600) % 24;
    const windows = [1, 2].map((n) => [this.settings[`TimeChaF${n}`], this.settings[`TimeChaE${n}`]].map(Number));
    expect(
      windows.some(([from = 0, end = 0]) => from !== end && from <= hour && hour < (end || 24)),
      `${hour} in ${JSON.stringify(windows)}`,
    ).toBe(true);
  }

  /** Limited writes of each day. */
  isWithinBudget(): void {
    const limited = this.house.control.changes.all.filter(({ isUnlimited }) => !isUnlimited);
    const days = new Map<number, number>();
    for (const ms of limited.flatMap(({ givenMs }) => givenMs)) {
      const day = Math.floor(ms / DAY_MS);
      days.set(day, (days.get(day) ?? 0) + 1);
    }
    for (const writes of days.values()) expect(writes).toBeLessThanOrEqual(BUDGET);
  }
}

function own(settings: Settings): Settings {
  return Object.fromEntries(OWN_KEYS.map((key) => [key, settings[key] as string]));
}

const COMMANDS: Readonly<Record<string, (one: Witness, minutes: number) => void>> = {
  hold: (one, minutes) => one.wish({ kind: 'hold' }, 5 + minutes),
  charge: (one, minutes) => one.wish({ kind: 'charge', limit: 91 }, 5 + minutes),
  normal: (one) => one.wish({ kind: 'restore', of: null }, 0),
  set: (one, minutes) => one.wish({ kind: 'settings', settings: { BatUseCap: String(13 + (minutes % 27)) } }, 0),
  wait: (one, minutes) => void one.house.waits(minutes * 60),
  night: (one) => void one.house.waits(11 * 3600),
  reconnect: (one) => one.reconnects(),
  login: (one) => {
    one.reconnects();
    one.tells();
  },
  kill: (one) => one.dies(),
  elsewhere: (one, minutes) => one.elsewhere(minutes),
  summerTime: (one) => {
    one.house.clockAhead += 3600;
    one.house.lives(60, 57.6);
  },
};

const command = fc.record({
  name: fc.constantFrom(...Object.keys(COMMANDS)),
  minutes: fc.integer({ min: 1, max: 300 }),
  breaks: fc.oneof(
    fc.constant(NO_BREAK),
    fc.record({
      step: fc.integer({ min: 0, max: 3 }),
      how: fc.constantFrom('link', 'lost', 'kill', 'late') as fc.Arbitrary<Break['how']>,
    }),
  ),
});

it('is in time what somebody wanted it to be', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 14 }), (course) => {
      const one = new Witness();
      for (const { name, minutes, breaks } of course) {
        COMMANDS[name]?.(one, minutes);
        one.goOn(breaks);
        if (breaks !== NO_BREAK) continue;
        // What waits behind what broke before.
        one.goOn(NO_BREAK);
        one.isInTime();
      }
      for (let left = 40; left > 0; left--) {
        one.house.waits(600);
        one.goOn(NO_BREAK);
        one.goOn(NO_BREAK);
        one.isInTime();
        one.isCovered();
      }
      expect(one.house.control.changes.holding).toBeNull();
      expect(own(one.settings)).toEqual(own(one.rest));
      one.isWithinBudget();
    }),
    { numRuns: 30 },
  );
});
