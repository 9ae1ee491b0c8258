import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlChange } from '../../test/records.ts';
import type { ControlAuthor, ControlChange } from '../model.ts';
import { type DecisionFacts, decisionOf, type ScheduleAsk } from './decision.ts';
import { type Applying, applyingAt, type Stretch } from './timetable.ts';

const FROM = 1_780_000_000;
const NOW_MS = (FROM + 600) * 1000;
const END_MS = (FROM + 7200) * 1000;
const HOLD: Stretch = { from: FROM, to: FROM + 7200, verb: 'hold', chargeLimit: null, by: 'night' };
const CHARGE: Stretch = { ...HOLD, verb: 'charge', chargeLimit: 80 };
const SCHEDULE: ControlAuthor = { kind: 'schedule', name: 'night' };
const OWNER: ControlAuthor = { kind: 'page', name: '' };
const RESTORE = { kind: 'restore', of: null } as const;
const HOLD_KEY = `schedule hold - ${FROM}#1`;

const applying = (stretch: Stretch | null, next: Stretch | null = null): Applying => ({
  stretch,
  until: stretch?.to ?? null,
  next,
});
const change = (number: number, more: Partial<ControlChange>, atMs = NOW_MS - 1000) =>
  controlChange(number, { steps: [{ state: 'proposed', atMs, note: '' }], givenMs: [], ...more }).change;
const facts = (more: Partial<DecisionFacts> = {}): DecisionFacts => ({
  ...{ applying: applying(HOLD), nowMs: NOW_MS, savedMs: 0, changes: [], percent: 50, isRefused: false },
  ...more,
});
const ours = { author: SCHEDULE, key: HOLD_KEY, holds: true, untilMs: END_MS };

describe('a schedule asks', () => {
  it('for what applies, until it ends', () => {
    expect(decisionOf(facts())).toEqual({
      ask: { verb: 'hold', untilMs: END_MS, chargeLimit: null, key: HOLD_KEY },
      why: 'night',
    });
    expect(decisionOf(facts({ applying: applying(CHARGE) })).ask).toEqual({
      ...{ verb: 'charge', untilMs: END_MS, chargeLimit: 80, key: `schedule charge 80 ${FROM}#1` },
    });
  });

  it('for a hold where the charge is reached already, once', () => {
    const charged = facts({ applying: applying(CHARGE), percent: 80 });
    expect(decisionOf(charged).ask).toEqual({
      ...{ verb: 'hold', untilMs: END_MS, chargeLimit: null, key: `schedule charge 80 ${FROM}#1` },
    });
    const holding = change(1, { ...ours, key: `schedule charge 80 ${FROM}#1` });
    expect(decisionOf({ ...charged, changes: [holding] })).toEqual({ ask: null, why: 'night: under way' });
    // One that is not known is left to control.
    expect(decisionOf(facts({ applying: applying(CHARGE), percent: null })).ask?.verb).toBe('charge');
  });

  it('for a moment more where another verb follows, and for six days at most', () => {
    const next = { ...CHARGE, from: HOLD.to, to: HOLD.to + 60 };
    expect(decisionOf(facts({ applying: applying(HOLD, next) })).ask?.untilMs).toBe(END_MS + 300_000);
    const long = { ...HOLD, to: FROM + 8 * 86_400 };
    expect(decisionOf(facts({ applying: applying(long) })).ask?.untilMs).toBe(NOW_MS + 6 * 86_400_000);
    const early = change(1, { ...ours, untilMs: NOW_MS + 3_600_000 });
    expect(decisionOf(facts({ applying: applying(long), changes: [early] })).ask).toBeNull();
    const ending = change(1, { ...ours, untilMs: NOW_MS + 3_599_000 });
    expect(decisionOf(facts({ applying: applying(long), changes: [ending] })).ask).toMatchObject({
      verb: 'hold',
      key: `schedule hold - ${FROM}#2`,
    });
  });

  it('for another verb while the one before holds', () => {
    const before = change(1, { ...ours, untilMs: NOW_MS + 60_000 });
    expect(decisionOf(facts({ applying: applying(CHARGE), changes: [before] })).ask?.verb).toBe('charge');
  });

  it.each([null, { ...HOLD, verb: 'normal' as const }])(
    'for normal once its verb is not wanted any more',
    (stretch) => {
      const { ask } = decisionOf(facts({ applying: applying(stretch), changes: [change(4, ours)] }));
      expect(ask).toEqual({ verb: 'normal', untilMs: null, chargeLimit: null, key: 'schedule normal 4' });
      expect(decisionOf(facts({ applying: applying(stretch) }))).toEqual({ ask: null, why: 'nothing is wanted now' });
    },
  );

  it('for normal where what follows was not taken', () => {
    const before = change(1, { ...ours, key: `schedule hold - ${FROM - 7200}#1` });
    const refused = facts({ applying: applying(CHARGE), changes: [before], isRefused: true });
    expect(decisionOf(refused).ask).toMatchObject({ verb: 'normal' });
    expect(decisionOf({ ...refused, changes: [] })).toEqual({ ask: null, why: 'night: it was not taken' });
  });
});

describe('a schedule asks for nothing', () => {
  it.each<[string, string, Partial<DecisionFacts>]>([
    [
      'what it wants is under way',
      'night: under way',
      { changes: [change(1, { ...ours, holds: false, state: 'asked' })] },
    ],
    ['the battery has it', 'night: under way', { changes: [change(1, ours)] }],
    [
      'the battery has it and does something else',
      'night: the battery tells, or does, something else',
      { changes: [change(1, { ...ours, state: 'different' })] },
    ],
    [
      'its owner’s verb holds',
      'the owner’s charge goes first, until its end',
      {
        changes: [change(1, { wish: { kind: 'charge', limit: 60 }, author: OWNER, holds: true })],
      },
    ],
    [
      'its owner’s verb waits',
      'the owner’s hold goes first, until its end',
      {
        changes: [change(1, { author: { kind: 'mqtt', name: '' }, state: 'proposed' })],
      },
    ],
    [
      'the battery is put right',
      'the battery is being put back as it was',
      {
        changes: [change(1, { wish: RESTORE, author: { kind: 'server', name: 'end' }, state: 'proposed' })],
      },
    ],
    [
      'its owner has ended it',
      'night: ended by the owner',
      {
        changes: [change(1, { ...ours, holds: false, state: 'undone' }), change(2, { wish: RESTORE, author: OWNER })],
      },
    ],
    [
      'its owner has undone it',
      'night: ended by the owner',
      {
        changes: [
          change(1, { ...ours, holds: false, state: 'undone' }),
          change(2, { wish: { kind: 'restore', of: 1 }, author: OWNER }),
        ],
      },
    ],
    ['it is over in a moment', 'night: it is over in a moment', { nowMs: END_MS - 119_000 }],
    [
      'it has just failed',
      'night: is tried again',
      {
        changes: [change(1, { ...ours, holds: false, state: 'timed_out' }, NOW_MS - 599_000)],
      },
    ],
    [
      'it has failed so often',
      'night: the battery did not do it, 3 times',
      {
        changes: [1, 2, 3].map((n) =>
          change(
            n,
            { ...ours, key: `schedule hold - ${FROM}#${n}`, holds: false, state: 'different', givenMs: [1] },
            0,
          ),
        ),
      },
    ],
  ])('where %s', (_, why, more) => {
    expect(decisionOf(facts(more))).toEqual({ ask: null, why });
  });
});

describe('a schedule asks again', () => {
  const undone = change(1, { ...ours, holds: false, state: 'undone' });
  it.each<[string, Partial<DecisionFacts>]>([
    [
      'ten minutes after it failed',
      { changes: [change(1, { ...ours, holds: false, state: 'timed_out' }, NOW_MS - 600_000)] },
    ],
    [
      'where a battery was never given it',
      {
        changes: [1, 2, 3, 4].map((n) =>
          change(n, { ...ours, key: `schedule hold - ${FROM}#${n}`, holds: false, state: 'timed_out' }, 0),
        ),
      },
    ],
    [
      'once the verb of its owner has ended',
      {
        changes: [
          undone,
          change(2, { author: OWNER, state: 'undone' }),
          change(3, { wish: RESTORE, author: { kind: 'server', name: 'end' } }),
        ],
      },
    ],
    [
      'where its owner ended what was before',
      { changes: [undone, change(2, { wish: RESTORE, author: OWNER }, FROM * 1000 - 1)] },
    ],
    [
      'where its owner has set it anew since',
      { changes: [undone, change(2, { wish: RESTORE, author: OWNER })], savedMs: NOW_MS },
    ],
    [
      'where its owner has undone something else',
      {
        changes: [
          change(1, { wish: { kind: 'settings', settings: {} }, author: OWNER }),
          change(2, { wish: { kind: 'restore', of: 1 }, author: OWNER }),
        ],
      },
    ],
  ])('%s', (_, more) => {
    expect(decisionOf(facts(more)).ask).toMatchObject({ verb: 'hold' });
  });
});

/** Control as far as a schedule sees it: what is asked is done at once, or not at all. */
class Control {
  changes: ControlChange[] = [];
  percent = 50;
  works = true;

  end(nowMs: number): void {
    const over = this.changes.find(({ holds, untilMs }) => holds && (untilMs ?? 0) <= nowMs);
    if (over !== undefined) this.restore({ kind: 'server', name: 'end' }, nowMs, null);
  }

  verb(author: ControlAuthor, wish: ControlChange['wish'], untilMs: number, nowMs: number, key: string | null): void {
    const result = this.works
      ? ({ state: 'done', holds: true } as const)
      : ({ state: 'different', holds: false } as const);
    if (this.works) this.drop('superseded');
    this.changes.push(
      change(this.changes.length + 1, { author, wish, untilMs, key, ...result, givenMs: [nowMs] }, nowMs),
    );
  }

  restore(author: ControlAuthor, nowMs: number, key: string | null): void {
    this.drop('undone');
    this.changes.push(change(this.changes.length + 1, { author, wish: RESTORE, key }, nowMs));
  }

  drop(state: ControlChange['state']): void {
    this.changes = this.changes.map((one) => (one.holds ? { ...one, holds: false, state } : one));
  }

  get holding(): ControlChange | undefined {
    return this.changes.findLast(({ holds }) => holds);
  }

  take({ verb, untilMs, chargeLimit, key }: ScheduleAsk, nowMs: number): void {
    if (this.changes.some((one) => one.key === key)) throw new Error(`${key} was asked twice`);
    if (verb === 'normal') this.restore(SCHEDULE, nowMs, key);
    else if (verb === 'charge' && (chargeLimit as number) <= this.percent) throw new Error('that is a hold');
    else {
      const wish =
        verb === 'hold' ? ({ kind: 'hold' } as const) : ({ kind: 'charge', limit: chargeLimit as number } as const);
      this.verb(SCHEDULE, wish, untilMs as number, nowMs, key);
    }
  }
}

it('keeps a battery at what is wanted, and never takes it from its owner, whatever happens', () => {
  const HOUR = 3600;
  const plan: Stretch[] = [
    { ...HOLD, to: FROM + 2 * HOUR },
    { ...CHARGE, from: FROM + 2 * HOUR, to: FROM + 4 * HOUR },
    { ...CHARGE, verb: 'normal', chargeLimit: null, from: FROM + 5 * HOUR, to: FROM + 6 * HOUR },
    { ...HOLD, from: FROM + 6 * HOUR, to: FROM + 8 * HOUR },
    { ...HOLD, from: FROM + 8 * HOUR, to: FROM + 9 * HOUR },
  ];
  const event = fc.oneof(
    fc.record({ what: fc.constantFrom('waits', 'is away'), seconds: fc.integer({ min: 5, max: 3 * HOUR }) }),
    fc.record({ what: fc.constantFrom('owner holds'), seconds: fc.integer({ min: 60, max: 3 * HOUR }) }),
    fc.record({ what: fc.constantFrom('owner ends', 'fails', 'works', 'fills', 'empties'), seconds: fc.constant(5) }),
  );
  let [asks, held] = [0, 0];
  fc.assert(
    fc.property(fc.array(event, { minLength: 5, maxLength: 40 }), (events) => {
      const control = new Control();
      let time = FROM - 600;
      let interventions = 0;
      const asked = new Map<string, number>();
      const look = () => {
        control.end(time * 1000);
        const now = applyingAt(plan, time);
        const owners = control.holding !== undefined && control.holding.author.kind !== 'schedule';
        const { changes, percent } = control;
        const { ask } = decisionOf({
          applying: now,
          nowMs: time * 1000,
          savedMs: 0,
          changes,
          percent,
          isRefused: false,
        });
        if (owners) expect(ask).toBeNull();
        if (ask !== null) {
          control.take(ask, time * 1000);
          asks++;
          const stretch = ask.key.split('#')[0] as string;
          asked.set(stretch, (asked.get(stretch) ?? 0) + 1);
        }
        if (owners) return;
        const wanted = now.stretch?.verb === 'normal' ? null : now.stretch;
        if (wanted === null) return expect(control.holding).toBeUndefined();
        const { holding } = control;
        if (holding !== undefined) {
          // What held before may do so for a moment, where the next did not come about.
          const isLeft = (holding.untilMs as number) <= wanted.from * 1000 + 300_000;
          if (!isLeft) expect(holding.key).toContain(`schedule ${wanted.verb} `);
          expect(holding.untilMs).toBeLessThanOrEqual((now.until as number) * 1000 + 300_000);
          held++;
        }
        const sinceMs = wanted.from * 1000;
        const isExcused = control.changes.some(
          ({ author, wish, state, steps, key }) =>
            (author.kind === 'page' && wish.kind === 'restore' && (steps[0]?.atMs ?? 0) >= sinceMs) ||
            (state === 'different' && key?.includes(` ${wanted.from}#`)),
        );
        if (!isExcused && (now.until as number) - time > 120) expect(holding).toBeDefined();
      };
      for (const { what, seconds } of events) {
        if (what === 'fails' || what === 'works') control.works = what === 'works';
        if (what === 'fills') control.percent = 90;
        if (what === 'empties') control.percent = 40;
        if (what === 'owner ends') control.restore(OWNER, time * 1000, null);
        if (what === 'owner holds' && control.works)
          control.verb(OWNER, { kind: 'hold' }, (time + seconds) * 1000, time * 1000, null);
        if (what.startsWith('owner')) interventions++;
        const until = what === 'owner holds' ? time + 5 : time + seconds;
        // Away: nobody looks, but the end of a verb is control’s own.
        for (; time < until; time += 60) if (what !== 'is away') look();
        look();
      }
      for (const times of asked.values()) expect(times).toBeLessThanOrEqual(3 + interventions);
    }),
  );
  expect(asks).toBeGreaterThan(100);
  expect(held).toBeGreaterThan(1000);
});
