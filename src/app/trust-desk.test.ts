import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { adoption, held, identity, peer, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { type KnownPeer, Private, type StoreRecord } from '../model.ts';
import { Switchboard } from '../server/switchboard.ts';
import { Batteries } from '../session/batteries.ts';
import { Newcomer } from '../session/trust/newcomers.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { deskOf, TrustDesk } from './trust-desk.ts';

const NOW = { wallMs: T * 1000, monoMs: 5 };
const OTHER = { number: 2, standing: 'other' as const, rank: null, conflicts: 1, conflictMs: 1 };
const peers = (...changes: Partial<KnownPeer>[]) => changes.map((change) => peer(change).peer);

let kept: StoreRecord[];

beforeEach(() => {
  kept = [];
});

/** A battery `id of AL…` of which these peers are known. */
function desk(...known: readonly KnownPeer[]) {
  const batteries = new Batteries(100, { atOnce: 1 });
  batteries.restore({
    id: 'b3f1c2',
    serial: new Private(SERIAL),
    firstSeenMs: 1,
    epochs: [],
    newest: null,
    openGaps: [],
    lastGapNumber: 0,
    trust: { peers: known, lastRun: 0 },
  });
  const switchboard = new Switchboard({ batteries, idOf: (serial: string) => `id of ${serial}` });
  const loaded: string[] = [];
  const loader = {
    loadShown: async () => void loaded.push('those shown'),
    loadById: async (id: string) => void loaded.push(id),
  };
  return {
    loaded,
    desk: new TrustDesk({ switchboard, loader, keep: (records) => kept.push(...records), now: () => NOW }),
    batteries,
    switchboard,
  };
}

const ID = `id of ${SERIAL}`;
const told = () =>
  kept.map((record) => (record.type === 'peer' ? `${record.peer.number} ${record.peer.standing}` : record.type));

describe('the owner', () => {
  it('sees who has spoken for each battery', async () => {
    const known = peers({}, OTHER);
    const { desk: one, loaded } = desk(...known);
    expect([...(await one.all())]).toEqual([{ battery: ID, peers: known }]);
    await one.decide(ID, 'swap', null);
    // Of those that have not spoken since the start, too.
    expect(loaded).toEqual(['those shown', ID]);
  });

  it('trusts the other: what was held of it is adopted, and the first is refused', async () => {
    const { desk: one, batteries } = desk(...peers({}, OTHER));
    const battery = batteries.get(SERIAL);
    if (battery !== null) battery.deliveredOn = 7;
    await one.decide(ID, 'swap', null);
    expect(told()).toEqual(['1 refused', '2 trusted', 'event', 'adoption']);
    expect(kept[2]).toMatchObject({ name: 'peer_swapped', source: 'server', time: T });
    expect(kept[3]).toMatchObject({ battery: new Private(SERIAL), peer: 2, run: null });
    expect(battery?.deliveredOn).toBe(0);
    kept = [];
    await one.decide(ID, 'swap', null);
    expect(told()).toEqual(['2 refused', '1 trusted', 'event', 'adoption']);
  });

  it('is asked the other no more for what the first was asked', async () => {
    const {
      desk: one,
      batteries,
      switchboard,
    } = desk(...peers({}, { ...OTHER, address: new Private('192.168.1.30') }));
    const battery = batteries.get(SERIAL) ?? expect.unreachable();
    const interrupted: string[] = [];
    const line = { converse: () => {}, wake: () => {}, close: () => {} };
    for (const number of [7, 8]) {
      const interrupt = () => interrupted.push(`${number}, ${battery.trust.peers[1]?.standing}`);
      switchboard.opened({ ...line, number, interrupt });
    }
    // The first speaks on the one connection, the other on the other.
    battery.trust.join(7, { address: new Private('192.168.1.20'), shared: false });
    battery.trust.join(8, { address: new Private('192.168.1.30'), shared: false });
    await one.decide(ID, 'refuse', 2);
    expect(interrupted).toEqual([]);
    await one.decide(ID, 'swap', 2);
    // By then the other is trusted: nothing is asked of the first any more.
    expect(interrupted).toEqual(['7, trusted']);
  });

  it('refuses the other', async () => {
    const { desk: one } = desk(...peers({}, OTHER));
    await one.decide(ID, 'refuse', null);
    expect(told()).toEqual(['2 refused']);
  });

  it('adopts what is held, of one peer or of all', async () => {
    const { desk: one } = desk(...peers({}));
    await one.decide(ID, 'adopt', null);
    await one.decide(ID, 'adopt', 2);
    expect(kept).toMatchObject([
      { type: 'adoption', peer: null, run: null },
      { type: 'adoption', peer: 2, run: null },
    ]);
  });

  it('takes in a newcomer, with all that is held of it', async () => {
    const { desk: one, batteries } = desk();
    expect(batteries.hear('AL-NEW')).toBeInstanceOf(Newcomer);
    await one.decide('id of AL-NEW', 'adopt', null);
    expect(kept).toMatchObject([{ type: 'adoption', battery: new Private('AL-NEW') }]);
    expect(batteries.get('AL-NEW')).toBe(batteries.hear('AL-NEW'));
    expect(batteries.waiting()).toEqual([]);
  });

  it.each<[string, string, 'swap' | 'refuse' | 'adopt', number | null, KnownPeer[], RegExp]>([
    ['a battery that is not there', 'nobody', 'adopt', null, peers({}), /^there is no battery nobody$/],
    ['a newcomer, which nobody speaks for yet', 'id of AL-NEW', 'swap', null, [], /^there is no battery id of AL-NEW$/],
    ['a peer that is not there', ID, 'swap', 3, peers({}, OTHER), /^there is no peer 3 besides the trusted one$/],
    ['the trusted one', ID, 'refuse', 1, peers({}, OTHER), /^there is no peer 1 besides the trusted one$/],
    [
      'nobody, where there are several',
      ID,
      'swap',
      null,
      peers({}, OTHER, { ...OTHER, number: 3 }),
      /one by its number, 2 or 3$/,
    ],
    ['nobody, where there is none', ID, 'refuse', null, peers({}), /^nobody else has spoken for that battery$/],
  ])('is told where that cannot be done: %s', async (_, id, action, number, known, sentence) => {
    const { desk: one, batteries } = desk(...known);
    batteries.hear('AL-NEW');
    await expect(one.decide(id, action, number)).rejects.toThrow(sentence);
    expect(kept).toEqual([]);
  });
});

describe('a store that no server uses', () => {
  it('is changed at once, and for good', async () => {
    const folder = temporaryFolder();
    const store = SqliteStore.open({ folder, timeZone: 'UTC' });
    store.commit([identity(), peer(), peer(OTHER), held(reading('live', T, { soc: 1 })), adoption(99)]);
    const [one] = await deskOf(store, () => NOW).all();
    expect(one?.peers.map(({ standing }) => standing)).toEqual(['trusted', 'other']);
    await deskOf(store, () => NOW).decide(store.idOf(SERIAL) as string, 'swap', null);
    expect(store.backlog.rows).toBe(1);
    store.close();
    const again = SqliteStore.open({ folder, timeZone: 'UTC' });
    onTestFinished(() => again.close());
    expect(again.batteries()[0]?.trust.peers.map(({ standing }) => standing)).toEqual(['refused', 'trusted']);
  });
});
