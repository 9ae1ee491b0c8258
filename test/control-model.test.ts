/**
 * Whatever its owner wants, whatever breaks, and whatever somebody else sets meanwhile: once all verbs have ended and the battery is there, it is set as it was
 * before them; nothing but the owner's settings was ever changed, and no more was written than the budget has.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ControlWish } from '../src/model.ts';
import { ownerOf } from '../src/session/settings/owner-settings.ts';
import { ASK, ControlledHouse, GIVEN, told } from './controlled.ts';
import { frameByHand } from './wire.ts';

const OWNER = { kind: 'page', name: '' } as const;
const VERB_KEYS = ['GridCharge', 'BatHighCap', 'TimeChaF1', 'TimeChaE1', 'TimeChaF2', 'TimeChaE2'];
const BUDGET = 6;

/** A battery that takes what it is given, and says so in its own words. */
class Witness {
  readonly house = new ControlledHouse({ writesPerDay: BUDGET });
  settings: Record<string, string> = {};
  readonly #base = JSON.parse(GIVEN) as Record<string, unknown>;

  wish(wish: ControlWish, minutes: number): void {
    const { control, talk } = this.house;
    const untilMs = wish.kind === 'hold' || wish.kind === 'charge' ? talk.now.wallMs + minutes * 60_000 : null;
    control.propose(wish, { author: OWNER, untilMs }, talk.now);
  }

  /** What is due is asked; the connection breaks before that step. */
  goOn(breaksAt: number): void {
    const { house } = this;
    if (!house.due() || house.control.changes.underWay === null) return;
    const steps = [
      () => house.talk.battery(frameByHand(2, 8, house.answer())),
      () => house.talk.sends(3, ASK),
      () => this.#takes(),
    ];
    house.talk.quietly(() => void house.talk.orderLeaves());
    for (const [index, step] of steps.entries()) {
      if (index === breaksAt) {
        if (index === 2) this.#take();
        house.connectsAnew().reads(57.6);
        return;
      }
      house.talk.quietly(() => void step());
    }
  }

  #takes(): void {
    this.#take();
    this.house.talk.sends(4, told(this.settings));
  }

  #take(): void {
    const frames = this.house.control.changes.all.flatMap((change) => change.frames);
    const given = frames.filter(({ isOurs, bytes }) => isOurs && bytes.reveal()[2] === 3).at(-1);
    const body = JSON.parse(Buffer.from(given?.bytes.reveal().subarray(7, -2) ?? []).toString()) as Record<
      string,
      unknown
    >;
    expect(Object.keys(body)).toEqual(Object.keys(this.#base));
    for (const [key, value] of Object.entries(body)) {
      if (ownerOf(key) !== 'owner') expect([key, value]).toEqual([key, this.#base[key]]);
      else if (key in JSON.parse(told()))
        this.settings[key] = typeof value === 'string' ? String(Number(value)) : String(value);
    }
  }
}

const steps = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), minutes: fc.integer({ min: 5, max: 300 }) }),
  fc.record({ do: fc.constant('charge' as const), minutes: fc.integer({ min: 5, max: 300 }) }),
  fc.record({ do: fc.constant('normal' as const), minutes: fc.constant(0) }),
  fc.record({ do: fc.constant('set' as const), minutes: fc.integer({ min: 13, max: 40 }) }),
  fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ do: fc.constant('reconnect' as const), minutes: fc.constant(0) }),
);

it('is as before in the end', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(steps, fc.integer({ min: 0, max: 6 })), { maxLength: 14 }), (course) => {
      const one = new Witness();
      for (const [step, breaksAt] of course) {
        if (step.do === 'hold') one.wish({ kind: 'hold' }, step.minutes);
        else if (step.do === 'charge') one.wish({ kind: 'charge', limit: 90 }, step.minutes);
        else if (step.do === 'normal') one.wish({ kind: 'restore', of: null }, 0);
        else if (step.do === 'set') one.wish({ kind: 'settings', settings: { BatUseCap: String(step.minutes) } }, 0);
        else if (step.do === 'wait') one.house.waits(step.minutes * 60);
        else one.house.connectsAnew().reads(57.6);
        one.goOn(breaksAt);
      }
      for (let left = 40; left > 0; left--) {
        one.house.waits(600);
        one.goOn(9);
      }
      const now = JSON.parse(told(one.settings)) as Record<string, string>;
      const before = JSON.parse(told()) as Record<string, string>;
      expect(VERB_KEYS.map((key) => [key, now[key]])).toEqual(VERB_KEYS.map((key) => [key, before[key]]));
      expect(one.house.control.changes.holding).toBeNull();
      const limited = one.house.control.changes.all.filter(({ isUnlimited }) => !isUnlimited);
      const days = new Map<number, number>();
      for (const ms of limited.flatMap(({ givenMs }) => givenMs)) {
        const day = Math.floor(ms / 86_400_000);
        days.set(day, (days.get(day) ?? 0) + 1);
      }
      for (const writes of days.values()) expect(writes).toBeLessThanOrEqual(BUDGET);
    }),
    { numRuns: 30 },
  );
});
