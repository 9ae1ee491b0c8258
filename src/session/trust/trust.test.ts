import { describe, expect, it } from 'vitest';
import { type KnownPeer, Private } from '../../model.ts';
import { NO_PEER, type Peer, Trust, type TrustVerdict } from './trust.ts';

const STALE_MS = 90_000;
const DAY_SECONDS = 86_400;
const at = (seconds: number) => ({ wallMs: 1_700_000_000_000 + seconds * 1000, monoMs: 5000 + seconds * 1000 });
const peer = (address: string, shared = false): Peer => ({ address: new Private(address), shared });

const TAKEN: TrustVerdict = { taken: true, adopted: null, conflict: null };
const taken = (reason: string, run: number | null) => ({ taken: true, adopted: { reason, run }, conflict: null });
const held = (number: number, run: number, missed = false) => ({ taken: false, peer: number, run, missed });

/** One battery, and whoever speaks for it: connections are named by their number, moments are seconds. */
class House {
  trust = new Trust(STALE_MS);

  opens(connection: number, address: string, shared = false): this {
    this.trust.join(connection, peer(address, shared));
    return this;
  }

  closes(connection: number): this {
    this.trust.leave(connection);
    return this;
  }

  /** What becomes of a reading. */
  hears(connection: number, second: number, verdict: unknown): this {
    expect(this.trust.heard(connection, at(second)), `connection ${connection} at ${second} s`).toEqual(verdict);
    return this;
  }

  /** Readings every ten seconds, from a second on, until another. */
  goesOn(connection: number, from: number, until: number, verdict: unknown): this {
    for (let second = from; second <= until; second += 10) this.hears(connection, second, verdict);
    return this;
  }

  /** Of each peer that is known, its address and how it stands. */
  get standings(): Record<string, string> {
    return Object.fromEntries(this.trust.peers.map(({ address, standing }) => [address.reveal(), standing]));
  }

  named(address: string): KnownPeer {
    const found = this.trust.peers.find((one) => one.address.reveal() === address);
    return found ?? expect.unreachable(`nothing is known of ${address}`);
  }

  /** The server ends, and begins again with what was kept. */
  restart(lastRun = 100): this {
    this.trust = new Trust(STALE_MS, { peers: this.trust.peers, lastRun });
    return this;
  }
}

/** A house with a battery that has sent readings from address A on connection 1, the last at 20 s. */
const house = () => new House().opens(1, 'A').goesOn(1, 0, 20, TAKEN);
/** Another at B on connection 2 has spoken meanwhile, and the battery after it: they are in conflict. */
const conflict = () =>
  house()
    .opens(2, 'B')
    .hears(2, 25, held(2, 1))
    .hears(1, 30, { taken: true, adopted: null, conflict: { connection: 2, sameLogin: null } });

describe('the first peer with a reading', () => {
  it('is trusted, and nobody before: whoever only names the battery is listened to', () => {
    const told = new House().opens(1, 'A').opens(2, 'B');
    expect([told.trust.speaks(1), told.trust.speaks(2), told.trust.doubts(2)]).toEqual([true, true, false]);
    told.hears(2, 1, TAKEN);
    expect([told.trust.speaks(1), told.trust.speaks(2)]).toEqual([false, true]);
    expect(told.trust.takeChanges()).toEqual([
      {
        peer: {
          number: 1,
          address: new Private('B'),
          login: null,
          standing: 'trusted',
          sinceMs: at(1).wallMs,
          rank: 1,
          conflicts: 0,
          conflictMs: null,
        },
        forgotten: false,
      },
    ]);
    expect(told.trust.takeChanges()).toEqual([]);
  });

  it('is the battery again on each connection from the same address, whatever it logs in as', () => {
    const told = house().opens(2, 'A').hears(2, 25, TAKEN).hears(1, 26, TAKEN);
    told.trust.loggedIn(1, 'one');
    told.trust.loggedIn(2, 'two');
    told.hears(1, 30, TAKEN).hears(2, 31, TAKEN);
    expect(told.named('A').login).toBe('two');
    expect(told.trust.peers).toHaveLength(1);
  });

  it('is everybody where nothing is known of addresses', () => {
    const trust = new Trust(STALE_MS);
    for (const connection of [1, 2]) trust.join(connection, NO_PEER);
    expect([trust.heard(1, at(0)), trust.heard(2, at(1)), trust.heard(1, at(2))]).toEqual([TAKEN, TAKEN, TAKEN]);
  });

  it('is trusted after a restart, too', () => {
    const told = house().restart();
    told
      .opens(3, 'B')
      .hears(3, 30, held(2, 101))
      .opens(4, 'A')
      .hears(4, 31, {
        taken: true,
        adopted: null,
        conflict: { connection: 3, sameLogin: null },
      });
    expect(told.standings).toEqual({ A: 'trusted', B: 'other' });
  });
});

describe('a second peer', () => {
  it('is held while the first delivers, however long, and that is said', () => {
    const told = conflict();
    for (let second = 35; second < 600; second += 10) {
      told.hears(2, second, held(2, (second - 35) / 10 + 2)).hears(1, second + 5, TAKEN);
    }
    expect([told.trust.speaks(1), told.trust.speaks(2), told.trust.doubts(1), told.trust.doubts(2)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(told.named('B')).toMatchObject({ standing: 'other', conflicts: 1, conflictMs: at(30).wallMs, rank: null });
  });

  it('is said again ten minutes later, and another one a minute later', () => {
    const told = conflict();
    const saying = (connection: number) => ({ taken: true, adopted: null, conflict: { connection, sameLogin: null } });
    told.opens(3, 'C').hears(3, 80, held(3, 2)).hears(1, 85, TAKEN);
    expect(told.named('C').conflicts).toBe(1);
    told.opens(4, 'D').hears(4, 86, held(4, 3)).hears(1, 90, saying(4));
    told.hears(2, 91, held(2, 4)).hears(1, 689, TAKEN);
    told.opens(5, 'B').hears(5, 690, held(2, 5)).hears(1, 691, saying(5));
    expect(told.named('B').conflicts).toBe(2);
  });

  it('is told apart by its login, where both have logged in', () => {
    const said = (...logins: (string | null)[]) => {
      const told = house().opens(2, 'B').hears(2, 25, held(2, 1));
      logins.forEach((login, index) => {
        if (login !== null) told.trust.loggedIn(index + 1, login);
      });
      const verdict = told.trust.heard(1, at(30));
      return verdict.taken && verdict.conflict?.sameLogin;
    };
    expect([said('x', 'x'), said('x', 'y'), said('x', null), said(null, 'x')]).toEqual([true, false, null, null]);
  });

  it('that never delivers is no conflict, and no battery that moved', () => {
    const told = house().opens(2, 'B');
    told.trust.loggedIn(2, 'x');
    told.hears(1, 30, TAKEN);
    expect(told.standings).toEqual({ A: 'trusted' });
    expect(told.trust.doubts(2)).toBe(false);
  });

  it('is the battery, moved, if the first has delivered nothing since it came: its third reading in 25 s', () => {
    const told = house().opens(2, 'B').hears(2, 25, held(2, 1)).hears(2, 35, held(2, 1)).hears(2, 45, held(2, 1));
    told.hears(2, 50, taken('moved', 1)).hears(2, 60, TAKEN);
    expect(told.standings).toEqual({ A: 'other', B: 'trusted' });
    expect(told.trust.speaks(1)).toBe(false);
    expect(told.trust.doubts(1)).toBe(false);
  });

  it('must show three readings, not two', () => {
    house().opens(2, 'B').hears(2, 25, held(2, 1)).hears(2, 60, held(2, 1)).hears(2, 60, taken('moved', 1));
  });

  it('is the battery at once where the connections of the first are closed', () => {
    house().opens(3, 'A').closes(1).opens(2, 'B').hears(2, 25, held(2, 1)).closes(3).hears(2, 26, taken('moved', 1));
    house().closes(1).opens(2, 'B').hears(2, 25, taken('moved', null)).hears(2, 26, TAKEN);
  });

  it('is not while the first is on its way back', () => {
    house().closes(1).opens(3, 'A').opens(2, 'B').hears(2, 25, held(2, 1));
  });

  it('is not for the closed connection of another', () => {
    house().opens(3, 'C').opens(2, 'B').closes(3).closes(9).hears(2, 25, held(2, 1));
  });

  it('in conflict waits until the first is silent for long, and brings what came since', () => {
    const told = conflict().closes(1).goesOn(2, 35, 115, held(2, 2)).hears(2, 120, taken('silent', 2));
    expect(told.named('A')).toMatchObject({ standing: 'other', rank: 1, sinceMs: at(120).wallMs });
    expect(told.named('B')).toMatchObject({ standing: 'trusted', rank: 2 });
  });

  it('that comes when the first is silent for long is trusted with its first reading', () => {
    house().opens(2, 'B').hears(2, 110, taken('silent', null));
  });

  it('waits as long after a restart, of which nobody knows how long the first was silent', () => {
    const told = conflict().restart();
    told.opens(3, 'B').goesOn(3, 1000, 1080, held(2, 101)).hears(3, 1090, taken('silent', 101));
  });

  it('may be one of many: the eight of which something is known, or heard last, are remembered', () => {
    const told = house();
    told.trust.takeChanges();
    for (let number = 2; number <= 8; number++)
      told.opens(number, `B${number}`).hears(number, 20 + number / 10, held(number, number - 1));
    told.trust.refuse(2, at(21));
    told.opens(9, 'C').hears(9, 22, held(9, 8));
    told.opens(10, 'D').hears(10, 23, held(10, 9));
    expect(told.trust.peers.map(({ number }) => number)).toEqual([1, 2, 5, 6, 7, 8, 9, 10]);
    const forgotten = told.trust.takeChanges().filter((change) => change.forgotten);
    expect(forgotten.map((change) => change.peer.number)).toEqual([3, 4]);
    told.opens(3, 'B3').hears(3, 24, held(11, 10));
    told.restart().opens(20, 'E').hears(20, 30, held(12, 101));
    expect(told.standings).toMatchObject({ A: 'trusted', B2: 'refused', E: 'other' });
  });
});

describe('a peer that was trusted before', () => {
  it('is back with its first reading: another was taken for it while it was away', () => {
    const told = house().closes(1).opens(2, 'B').hears(2, 25, taken('moved', null)).hears(2, 35, TAKEN);
    told.opens(3, 'A').hears(3, 40, {
      taken: true,
      adopted: { reason: 'returned', run: null },
      conflict: { connection: 2, sameLogin: null },
    });
    told.hears(2, 45, held(2, 3)).hears(3, 50, TAKEN).hears(2, 55, held(2, 4));
    expect(told.named('A')).toMatchObject({ standing: 'trusted', rank: 1 });
    expect(told.named('B')).toMatchObject({ standing: 'other', rank: null, conflicts: 1 });
  });

  it('is not in conflict with one that has stopped: a battery that moves to and fro', () => {
    const told = house().closes(1).opens(2, 'B').hears(2, 25, taken('moved', null)).closes(2);
    told.opens(3, 'A').hears(3, 50, taken('returned', null));
    expect(told.named('B')).toMatchObject({ standing: 'other', conflicts: 0 });
  });

  it('is a stranger after a day', () => {
    const told = house().closes(1).opens(2, 'B').hears(2, 25, taken('moved', null));
    told
      .hears(2, 25 + DAY_SECONDS, TAKEN)
      .opens(3, 'A')
      .hears(3, 26 + DAY_SECONDS, held(1, 2));
  });

  it('is behind one that was trusted before it', () => {
    const told = house().closes(1).opens(2, 'B').hears(2, 25, taken('moved', null)).closes(2);
    told.opens(3, 'C').hears(3, 26, taken('moved', null));
    told.opens(4, 'B').hears(4, 27, { ...taken('returned', null), conflict: { connection: 3, sameLogin: null } });
    told.opens(5, 'A').hears(5, 28, taken('returned', null));
    expect(told.trust.peers.map(({ rank }) => rank)).toEqual([1, null, null]);
    told.hears(4, 29, held(2, 5)).hears(3, 29, held(3, 6));
  });
});

describe('an address that many share', () => {
  const NAT = '172.17.0.0/16';

  it('is one peer to all that do not log in', () => {
    const told = new House().opens(1, NAT, true).opens(2, NAT, true).hears(1, 0, TAKEN).hears(2, 1, TAKEN);
    told.trust.loggedIn(2, 'x');
    told.hears(2, 2, TAKEN).hears(1, 3, TAKEN);
    expect(told.trust.peers).toHaveLength(1);
  });

  it('is told apart by logins', () => {
    const told = new House().opens(1, NAT, true).opens(2, NAT, true).opens(3, NAT, true).opens(4, NAT, true);
    told.trust.loggedIn(1, 'x');
    told.trust.loggedIn(2, 'y');
    told.trust.loggedIn(3, 'z');
    told
      .hears(1, 0, TAKEN)
      .hears(2, 1, held(2, 1))
      .hears(3, 2, held(3, 2))
      .hears(4, 3, {
        ...TAKEN,
        conflict: { connection: 2, sameLogin: false },
      });
    told.opens(5, NAT, true);
    told.trust.loggedIn(5, 'z');
    told.hears(5, 4, held(3, 3));
  });

  it('is the same peer there when one logs in that had not', () => {
    const told = house().opens(2, NAT, true).hears(2, 21, held(2, 1));
    told.opens(3, NAT, true);
    told.trust.loggedIn(3, 'x');
    told.hears(3, 22, held(2, 1));
    expect(told.named(NAT).login).toBe('x');
  });
});

describe('the owner', () => {
  it('trusts another: the first was the intruder, and is never believed again by itself', () => {
    const told = conflict();
    expect(told.trust.swap(2, at(31))).toBe(true);
    told.hears(2, 32, TAKEN).hears(1, 40, held(1, 2)).hears(2, 42, TAKEN).closes(2);
    told.goesOn(1, 50, 130, held(1, 3));
    told
      .hears(1, 132, held(1, 3, true))
      .goesOn(1, 140, 730, held(1, 3))
      .hears(1, 732, held(1, 3, true));
    expect(told.standings).toEqual({ A: 'refused', B: 'trusted' });
    expect(told.trust.doubts(1)).toBe(true);
    expect(told.trust.swap(1, at(1001))).toBe(true);
    told.hears(1, 1002, TAKEN);
    expect(told.standings).toEqual({ A: 'trusted', B: 'refused' });
  });

  it('undoes with it that another was taken for the battery', () => {
    const told = house().closes(1).opens(2, 'B').hears(2, 25, taken('moved', null));
    expect(told.trust.swap(1, at(26))).toBe(true);
    told.hears(2, 30, held(2, 2));
    expect(told.trust.peers.map(({ rank }) => rank)).toEqual([1, null]);
  });

  it('refuses another for good, about which nothing more is said', () => {
    const told = conflict();
    expect(told.trust.refuse(2, at(31))).toBe(true);
    told.hears(2, 40, held(2, 2)).hears(1, 641, TAKEN).closes(1).goesOn(2, 650, 730, held(2, 3));
    told.hears(2, 731, held(2, 3, true));
    expect(told.named('B')).toMatchObject({ standing: 'refused', conflicts: 1 });
  });

  it('trusts one of those there are, and never refuses the one that is trusted', () => {
    const { trust } = house();
    expect([trust.swap(1, at(1)), trust.swap(7, at(1)), trust.refuse(1, at(1)), trust.refuse(7, at(1))]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('trusts one where nobody was trusted yet', () => {
    const told = house().restart();
    const peers = told.trust.peers.map((one) => ({ ...one, standing: 'other' as const, rank: null }));
    const trust = new Trust(STALE_MS, { peers, lastRun: 0 });
    expect(trust.swap(1, at(1))).toBe(true);
    expect(trust.peers[0]).toMatchObject({ standing: 'trusted' });
  });
});

describe('time in which nobody listened', () => {
  it('is no silence of the first', () => {
    const told = house().opens(2, 'B');
    for (const connection of [1, 2]) told.trust.excuse(connection, 300_000);
    told.hears(2, 320, held(2, 1));
  });

  it('is no time in which the second went on', () => {
    const told = house().opens(2, 'B').hears(2, 25, held(2, 1)).hears(2, 26, held(2, 1));
    told.trust.excuse(2, 30_000);
    told.hears(2, 60, held(2, 1)).hears(2, 80, taken('moved', 1));
  });
});

describe('a connection that is not known', () => {
  it('speaks for nobody who is trusted, and its login is nobody’s', () => {
    const { trust } = house();
    trust.loggedIn(9, 'x');
    trust.join(1, peer('Z'));
    expect([trust.speaks(9), trust.doubts(9), trust.speaks(1)]).toEqual([false, false, true]);
  });
});
