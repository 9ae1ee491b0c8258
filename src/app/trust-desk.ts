/**
 * The owner's word on who speaks for a battery: what he is shown, and what becomes of what he says. The same for a running
 * server and for a store that no server uses.
 */
import type { Battery, Instant, KnownPeer, StoreRecord } from '../model.ts';
import { Switchboard } from '../server/switchboard.ts';
import { Batteries, type HeardBattery } from '../session/batteries.ts';
import { adoptionRecord, peerRecord, serverEvent } from '../session/records.ts';
import type { BatteryLoader } from './battery-loader.ts';

/** `swap`: trust that peer, refuse the one that was trusted. `refuse`: never that peer. `adopt`: what is held is the battery's. */
export type TrustAction = 'swap' | 'refuse' | 'adopt';

/** What cannot be done, in a sentence. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
}

export interface TrustDeskParts {
  readonly switchboard: Switchboard;
  /** Of those that have not spoken yet. */
  readonly loader: Pick<BatteryLoader, 'loadShown' | 'loadById'>;
  /** Keeps these, for good. */
  keep(records: readonly StoreRecord[]): void;
  now(): Instant;
}

export interface PeersOf {
  readonly battery: string;
  readonly peers: readonly KnownPeer[];
}

export class TrustDesk {
  readonly #parts: TrustDeskParts;

  constructor(parts: TrustDeskParts) {
    this.#parts = parts;
  }

  /** Who has spoken for each battery. */
  async all(): Promise<Iterable<PeersOf>> {
    await this.#parts.loader.loadShown();
    return this.#each();
  }

  *#each(): Generator<PeersOf> {
    const { switchboard } = this.#parts;
    for (const { serial, trust } of switchboard.batteries.all())
      yield { battery: switchboard.idOf(serial.reveal()), peers: trust.peers };
  }

  /**
   * @param id of a battery, or of a newcomer
   * @param peer its number; null for the one there is
   * @throws TrustError
   */
  async decide(id: string, action: TrustAction, peer: number | null): Promise<void> {
    await this.#parts.loader.loadById(id);
    const battery = this.#batteryOf(id, action);
    const { trust, serial } = battery;
    const now = this.#parts.now();
    if (action === 'adopt') {
      this.#parts.keep([{ ...adoptionRecord(serial, null, now), peer }]);
      return;
    }
    const number = peer ?? onlyOther(trust.peers);
    if (number === null) throw new TrustError(whichPeer(trust.peers));
    // On the connection of the one that was trusted until now: what was asked of it is not awaited any more.
    const live = action === 'swap' ? this.#parts.switchboard.of(id) : null;
    const done = action === 'swap' ? trust.swap(number, now) : trust.refuse(number, now);
    if (!done) throw new TrustError(`there is no peer ${number} besides the trusted one`);
    live?.interrupt();
    this.#parts.keep([...changed(battery, now), ...(action === 'swap' ? swapped(battery, number, now) : [])]);
  }

  #batteryOf(id: string, action: TrustAction): HeardBattery {
    const { switchboard } = this.#parts;
    const { batteries } = switchboard;
    const battery = switchboard.find(id);
    if (battery !== null) return battery;
    const newcomer =
      action === 'adopt' ? batteries.waiting().find(({ serial }) => switchboard.idOf(serial) === id) : undefined;
    if (newcomer === undefined) throw new TrustError(`there is no battery ${id}`);
    return batteries.admit(newcomer);
  }
}

/** Where nobody else is asked for: the one that is neither trusted nor refused; else the one that is refused. */
function onlyOther(peers: readonly KnownPeer[]): number | null {
  for (const standing of ['other', 'refused']) {
    const found = peers.filter((peer) => peer.standing === standing);
    if (found.length > 0) return found.length === 1 ? (found[0] as KnownPeer).number : null;
  }
  return null;
}

function whichPeer(peers: readonly KnownPeer[]): string {
  const others = peers.filter(({ standing }) => standing !== 'trusted');
  if (others.length === 0) return 'nobody else has spoken for that battery';
  return `several others have spoken for that battery: name one by its number, ${others.map(({ number }) => number).join(' or ')}`;
}

function changed({ serial, trust }: HeardBattery, now: Instant): StoreRecord[] {
  return trust.takeChanges().map((change) => peerRecord(serial, change, now));
}

/** What was held of the other is the battery's. */
function swapped(battery: HeardBattery, peer: number, now: Instant): StoreRecord[] {
  battery.deliveredOn = 0;
  return [
    serverEvent('peer_swapped', `peer ${peer} is trusted from now on, by the owner’s word`, {
      connection: 0,
      battery,
      now,
    }),
    { ...adoptionRecord(battery.serial, null, now), peer },
  ];
}

const ALL_LOADED: TrustDeskParts['loader'] = { loadShown: async () => {}, loadById: async () => {} };

/** Of a store that no server uses. */
interface UnservedStore {
  batteries(): Battery[];
  shortIdOf(serial: string): string;
  commit(records: readonly StoreRecord[]): void;
  adopt(maxRows: number): boolean;
}

const STROKE = 1000;

/** Puts what is adopted in its place at once. */
export function deskOf(store: UnservedStore, now: () => Instant): TrustDesk {
  const batteries = new Batteries(Number.POSITIVE_INFINITY);
  for (const battery of store.batteries()) batteries.restore(battery);
  return new TrustDesk({
    // Nobody is connected.
    switchboard: new Switchboard({ batteries, idOf: (serial) => store.shortIdOf(serial) }),
    loader: ALL_LOADED,
    keep: (records) => {
      store.commit(records);
      while (store.adopt(STROKE));
    },
    now,
  });
}
