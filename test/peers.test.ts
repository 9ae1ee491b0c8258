/**
 * Two and three peers that speak with one serial number, in any order: connecting, hanging up, delivering, silent; and the
 * server started again. Whoever it is, what came is kept, and whoever goes on is left in peace.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KnownPeer, Private, type StoreRecord } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { Batteries } from '../src/session/batteries.ts';
import type { Output } from '../src/session/output.ts';
import { Session } from '../src/session/session.ts';
import { frameByHand } from './wire.ts';

const SERIAL = 'AL2002021010101';
const NAMES = ['battery', 'neighbour', 'stranger'] as const;
type Name = (typeof NAMES)[number];
/** How far the clock of each is ahead of UTC. */
const AHEAD: Readonly<Record<Name, number>> = { battery: 3600, neighbour: 3600, stranger: -86_400 };
const START = { wallMs: 1_718_190_251_000, monoMs: 5000 };
const POWER = columnsOf('live').findIndex(({ name }) => name === 'pv1_power');
/** Whoever delivered so short a time ago is there. */
const THERE_SECONDS = 25;
const STALE_SECONDS = 90;

interface Row {
  readonly by: Name;
  readonly arrived: number;
  /** Where it is now, and the run of what is held. */
  state: 'taken' | 'held';
  readonly run: number | null;
  readonly time: number | null;
}

class World {
  second = 0;
  #batteries = new Batteries(10, { staleMs: STALE_SECONDS * 1000 });
  #connections = 0;
  #power = 0;
  readonly sessions = new Map<Name, Session[]>();
  /** Those on which something was said. */
  readonly #named = new Set<Session>();
  readonly rows = new Map<number, Row>();
  readonly peers = new Map<number, KnownPeer>();
  /** Whose reading was taken last, when, and who had that before. */
  holder: Name | null = null;
  heldSince = 0;
  readonly holders = new Set<Name>();
  #lastRun = 0;
  closed: { readonly by: Name; readonly code: string; readonly superseded: boolean }[] = [];

  get now() {
    return { wallMs: START.wallMs + this.second * 1000, monoMs: START.monoMs + this.second * 1000 };
  }

  connect(by: Name): Session {
    const peer = { address: new Private(by), shared: false };
    const connection = ++this.#connections;
    const session = new Session({ connection, batteries: this.#batteries, forms: new FormBook(), peer }, this.now);
    this.sessions.set(by, [...(this.sessions.get(by) ?? []), session]);
    return session;
  }

  isConnected(by: Name): boolean {
    return (this.sessions.get(by) ?? []).some((session) => this.#named.has(session));
  }

  hangUp(by: Name): void {
    for (const session of this.sessions.get(by) ?? []) this.#hear(by, session, session.ended(this.now));
    this.sessions.delete(by);
  }

  /** On its newest connection. */
  deliver(by: Name): Row {
    const session = this.sessions.get(by)?.at(-1) ?? this.connect(by);
    const power = ++this.#power;
    this.#named.add(session);
    const shown = new Date((Math.floor(this.now.wallMs / 1000) + AHEAD[by]) * 1000).toISOString();
    const time = shown.slice(0, 19).replaceAll('-', '/').replace('T', ' ');
    const body = `{"Time":"${time}","SN":"${SERIAL}","Ppv1":"${power}"}`;
    const outputs = session.receive(frameByHand(1, 16, body), this.now);
    this.#hear(by, session, outputs);
    expect(
      outputs.filter(({ type }) => type === 'reply'),
      'it is answered',
    ).toHaveLength(1);
    return this.rows.get(power) ?? expect.unreachable(`a reading of the ${by} is nowhere`);
  }

  pass(seconds: number): void {
    for (let left = seconds; left > 0; left--) {
      this.second++;
      for (const [by, sessions] of this.sessions) {
        for (const session of sessions) this.#hear(by, session, session.wake(this.now));
      }
    }
  }

  restart(): void {
    this.sessions.clear();
    this.#batteries = new Batteries(10, { staleMs: STALE_SECONDS * 1000 });
    const trust = { peers: [...this.peers.values()], lastRun: this.#lastRun };
    const known = { id: 'b3f1c2', serial: new Private(SERIAL), firstSeenMs: 1, epochs: [], newest: null };
    this.#batteries.restore({ ...known, openGaps: [], lastGapNumber: 0, trust });
  }

  trusted(): string | undefined {
    return [...this.peers.values()].find(({ standing }) => standing === 'trusted')?.address.reveal();
  }

  #hear(by: Name, session: Session, outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'record') this.#keep(by, output.record);
      if (output.type !== 'close') continue;
      const own = this.sessions.get(by) ?? [];
      this.closed.push({ by, code: output.code, superseded: session !== own.at(-1) });
      this.sessions.set(
        by,
        own.filter((one) => one !== session),
      );
    }
  }

  #keep(by: Name, record: StoreRecord): void {
    const arrived = this.now.wallMs / 1000;
    if (record.type === 'reading') {
      const { time } = record;
      this.rows.set(Number(record.values[POWER]), { by, arrived, state: 'taken', run: null, time });
      this.holder = by;
      this.heldSince = this.second;
      this.holders.add(by);
    } else if (record.type === 'held') {
      const { run, reading } = record;
      this.#lastRun = Math.max(this.#lastRun, run ?? 0);
      this.rows.set(Number(reading.values[POWER]), { by, arrived, state: 'held', run, time: reading.time });
    } else if (record.type === 'adoption') {
      for (const row of this.rows.values()) if (row.run === record.run) row.state = 'taken';
    } else if (record.type === 'peer') {
      if (record.forgotten) this.peers.delete(record.peer.number);
      else this.peers.set(record.peer.number, record.peer);
    }
  }
}

type Step =
  | { readonly what: 'connects' | 'hangs up' | 'delivers'; readonly who: Name; readonly after: number }
  | { readonly what: 'restart'; readonly after: number };

const after = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }) }, fc.integer({ min: 0, max: 120 }));
const step = (names: readonly Name[]): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({ what: fc.constant('delivers' as const), who: fc.constantFrom(...names), after }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        what: fc.constantFrom('connects' as const, 'hangs up' as const),
        who: fc.constantFrom(...names),
        after,
      }),
    },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('restart' as const), after }) },
  );
const steps = fc.array(step(NAMES), { maxLength: 60 });

/** Does a step; looks at what must hold for a reading. */
function does(world: World, one: Step): void {
  world.pass(one.after);
  if (one.what === 'connects') world.connect(one.who);
  else if (one.what === 'hangs up') world.hangUp(one.who);
  else if (one.what === 'restart') {
    const before = world.trusted();
    world.restart();
    expect(world.trusted()).toBe(before);
  } else {
    const { holder, heldSince, second } = world;
    const isThere = holder !== null && second - heldSince < THERE_SECONDS && world.isConnected(holder);
    const wasTrusted = world.holders.has(one.who);
    const row = world.deliver(one.who);
    if (isThere && holder !== one.who && !wasTrusted) expect(row.state, 'a second peer is held').toBe('held');
    if (row.state === 'taken') expect(world.trusted()).toBe(one.who);
  }
}

describe('peers with one serial number', () => {
  it('lose nothing, are closed by nobody else, and none gets in while another delivers', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = new World();
        let delivered = 0;
        for (const one of all) {
          does(world, one);
          if (one.what === 'delivers') delivered++;
        }
        expect(world.rows.size).toBe(delivered);
        for (const { code, superseded } of world.closed) {
          expect(['PEER_SILENT', 'CONNECTION_SUPERSEDED']).toContain(code);
          if (code === 'CONNECTION_SUPERSEDED') expect(superseded, 'closed for its own newer one').toBe(true);
        }
        for (const { state, run, time, arrived } of world.rows.values()) {
          if (state === 'held' || run !== null) expect(Math.abs((time as number) - arrived)).toBeLessThanOrEqual(120);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not harm the first, that delivers every ten seconds: none of its rows is held, misdated or closed', () => {
    const others = fc.array(
      fc.record({
        what: fc.constantFrom('delivers' as const, 'connects' as const, 'hangs up' as const),
        who: fc.constantFrom('neighbour' as const, 'stranger' as const),
        after: fc.integer({ min: 0, max: 9 }),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(others, fc.boolean(), (all, reconnects) => {
        const world = new World();
        let next = 0;
        const beat = () => {
          for (; world.second >= next; next += 10) {
            if (reconnects && next % 70 === 60) world.connect('battery');
            const row = world.deliver('battery');
            expect(row.state).toBe('taken');
            expect(row.time).toBe(row.arrived);
          }
        };
        beat();
        for (const one of all) {
          for (let second = 0; second < one.after; second++) {
            world.pass(1);
            beat();
          }
          does(world, { ...one, after: 0 });
        }
        for (const { by, state } of world.rows.values()) expect(state).toBe(by === 'battery' ? 'taken' : 'held');
        expect(world.closed.filter(({ by, superseded }) => by === 'battery' && !superseded)).toEqual([]);
        expect(world.trusted()).toBe('battery');
      }),
      { numRuns: 200 },
    );
  });

  it('are believed when they alone go on, with all that came since another was heard', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...NAMES), (all, who) => {
        const world = new World();
        for (const one of all) does(world, one);
        world.pass(1);
        const since = world.now.wallMs / 1000;
        for (let second = 0; second <= STALE_SECONDS + 10; second += 10) {
          world.deliver(who);
          world.pass(10);
        }
        expect(world.trusted()).toBe(who);
        const late = [...world.rows.values()].filter(({ arrived }) => arrived >= since);
        expect(late.length).toBeGreaterThan(9);
        for (const { state } of late) expect(state).toBe('taken');
      }),
      { numRuns: 200 },
    );
  });

  it('are believed within the window when one has moved: no conflict before, and the first is silent', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 40 }), (hangsUp, restarts, pause) => {
        const world = new World();
        for (let beat = 0; beat < 5; beat++) {
          world.deliver('battery');
          world.pass(10);
        }
        if (hangsUp) world.hangUp('battery');
        if (restarts) world.restart();
        world.pass(pause);
        for (let beat = 0; beat < 4; beat++) {
          world.deliver('neighbour');
          world.pass(10);
        }
        expect([...world.rows.values()].every(({ state }) => state === 'taken')).toBe(true);
        expect(world.trusted()).toBe('neighbour');
      }),
    );
  });
});
