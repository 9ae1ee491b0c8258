/**
 * Who speaks for a battery's serial number: trust on first use (docs/decisions/0014). One for each battery, across its
 * connections. A peer is an address; where many share one, an address and a login.
 *
 *     state      a reading of                               is                      next state
 *     nobody     any peer                                   taken                   that peer is trusted
 *     trusted    the trusted peer                           taken; who delivered    trusted
 *                                                           since its last is in
 *                                                           conflict
 *     trusted    another, once trusted and not long ago     taken: it is back       the other is trusted
 *     trusted    another, the trusted one silent for long   taken, with its run     the other is trusted
 *     trusted    another, never in conflict, the trusted    taken, with its run     the other is trusted
 *                one's connections closed
 *     trusted    another, never in conflict, its third in   taken, with its run     the other is trusted
 *                25 s without one of the trusted one
 *     trusted    another                                    held                    trusted
 *     trusted    one that the owner refused                 held                    trusted
 *
 * A run is what a peer delivers between two readings of the trusted one: what is held of it is adopted with it.
 */
import { type Instant, type KnownPeer, type KnownTrust, Private } from '../../model.ts';

/** Who is at the other end of a connection. */
export interface Peer {
  /** Its address, or the network of many that share one. */
  readonly address: Private<string>;
  /** Whether others may have the same: then only a login tells them apart. */
  readonly shared: boolean;
}

/** A peer nothing is known of: all of them are one. */
export const NO_PEER: Peer = { address: new Private(''), shared: false };

/** Why another peer is trusted from now on. */
export type AdoptionReason = 'moved' | 'silent' | 'returned';

/** A peer that spoke while the trusted one did, for the owner. */
export interface PeerConflict {
  /** The newest connection it spoke on. */
  readonly connection: number;
  /** Whether it logged in as the trusted one does; null where one of them never logged in. */
  readonly sameLogin: boolean | null;
}

export interface TakenVerdict {
  readonly taken: true;
  /** Whether another peer is trusted now, and the run to be adopted; null where nothing of it is held. */
  readonly adopted: { readonly reason: AdoptionReason; readonly run: number | null } | null;
  /** To be said to the owner. */
  readonly conflict: PeerConflict | null;
}

export interface HeldVerdict {
  readonly taken: false;
  readonly peer: number;
  readonly run: number;
  /** To be said to the owner: he refused it, and nobody else speaks for the battery. */
  readonly missed: boolean;
}

export type TrustVerdict = TakenVerdict | HeldVerdict;

/** A change of a {@link KnownPeer}, to be kept. */
export interface PeerChange {
  readonly peer: KnownPeer;
  readonly forgotten: boolean;
}

/** Two live readings come in that time even if one is late: a battery that is there is heard in it. */
const WINDOW_MS = 25_000;
const WINDOW_READINGS = 3;
/** So long a peer that was trusted may come back at once: another was taken for it while it was away. */
const RETURN_MS = 86_400_000;
/** What is said is said again after so long, and a conflict with yet another peer after so long. */
const SAID_MS = 600_000;
const SAID_OTHER_MS = 60_000;
const MOST_PEERS = 8;

interface PeerRun {
  readonly number: number;
  sinceMono: number;
  readings: number;
}

interface Acquaintance {
  known: KnownPeer;
  /** null while it has delivered nothing since the trusted one did. */
  run: PeerRun | null;
  /** When its newest reading came, and on which connection; in this process. */
  lastMono: number;
  connection: number;
}

interface Contact {
  readonly address: string;
  readonly shared: boolean;
  login: string | null;
}

const NEVER = Number.NEGATIVE_INFINITY;
const NO_CHANGES: readonly PeerChange[] = [];

export class Trust {
  readonly #staleMs: number;
  #peers: Acquaintance[];
  #trusted: Acquaintance | null;
  #lastRun: number;
  #lastNumber: number;
  readonly #contacts = new Map<number, Contact>();
  /** Whether all connections of the trusted one are closed since it was heard. */
  #left = false;
  #saidMono = NEVER;
  #missedMono = NEVER;
  readonly #changed = new Map<number, PeerChange>();

  /** @param staleMs how long the trusted peer must be silent before one that was in conflict with it is believed */
  constructor(staleMs: number, { peers, lastRun }: KnownTrust = { peers: [], lastRun: 0 }) {
    this.#staleMs = staleMs;
    this.#peers = peers.map((known) => ({ known, run: null, lastMono: NEVER, connection: 0 }));
    this.#trusted = this.#peers.find(({ known }) => known.standing === 'trusted') ?? null;
    this.#lastRun = lastRun;
    this.#lastNumber = Math.max(0, ...peers.map(({ number }) => number));
  }

  /** All that are known, for the owner. */
  get peers(): readonly KnownPeer[] {
    return this.#peers.map(({ known }) => known);
  }

  /** What has changed of peers since the last call. */
  takeChanges(): readonly PeerChange[] {
    if (this.#changed.size === 0) return NO_CHANGES;
    const changes = [...this.#changed.values()];
    this.#changed.clear();
    return changes;
  }

  /** A connection names the battery. */
  join(connection: number, { address, shared }: Peer): void {
    if (this.#contacts.has(connection)) return;
    const contact = { address: address.reveal(), shared, login: null };
    this.#contacts.set(connection, contact);
    if (this.#trusted !== null && isOf(this.#trusted, contact)) this.#left = false;
  }

  /** The open connections that have named the battery and whose word is its own, the oldest first. */
  get speaking(): number[] {
    return [...this.#contacts.keys()].filter((connection) => this.speaks(connection)).sort((a, b) => a - b);
  }

  /** A connection has ended. */
  leave(connection: number): void {
    const contact = this.#contacts.get(connection);
    const trusted = this.#trusted;
    this.#contacts.delete(connection);
    if (contact === undefined || trusted === null || !isOf(trusted, contact)) return;
    this.#left = ![...this.#contacts.values()].some((other) => isOf(trusted, other));
  }

  /** For so many milliseconds nobody listened on that connection: they do not count against its peer. */
  excuse(connection: number, ms: number): void {
    for (const peer of this.#peers.filter((one) => one.connection === connection)) {
      peer.lastMono += ms;
      if (peer.run !== null) peer.run.sinceMono += ms;
    }
  }

  /** @param login a keyed hash of it */
  loggedIn(connection: number, login: string): void {
    const contact = this.#contacts.get(connection);
    if (contact === undefined) return;
    contact.login = login;
    const peer = this.#find(contact);
    if (peer !== null && peer.known.login !== login) this.#change(peer, { login });
  }

  /** Whether what comes on a connection that has joined is the battery's word: there is nobody else, or it is trusted. */
  speaks(connection: number): boolean {
    const contact = this.#contacts.get(connection);
    return this.#trusted === null || (contact !== undefined && isOf(this.#trusted, contact));
  }

  /** Whether it was in conflict with the trusted one, or is refused. */
  doubts(connection: number): boolean {
    const peer = this.#peerOn(connection);
    if (peer === null || peer === this.#trusted) return false;
    return peer.known.conflicts > 0 || peer.known.standing === 'refused';
  }

  /** A reading came on a connection that has joined. */
  heard(connection: number, now: Instant): TrustVerdict {
    const peer = this.#peerOn(connection) ?? this.#meet(this.#contacts.get(connection) as Contact, now);
    const trusted = this.#trusted;
    const verdict = trusted === null ? this.#trustFirst(peer, now) : this.#judge(peer, trusted, now);
    peer.lastMono = now.monoMs;
    peer.connection = connection;
    return verdict;
  }

  #judge(peer: Acquaintance, trusted: Acquaintance, now: Instant): TrustVerdict {
    if (peer === trusted) return { taken: true, adopted: null, conflict: this.#heardTrusted(trusted, now) };
    this.#lastRun += peer.run === null ? 1 : 0;
    peer.run ??= { number: this.#lastRun, sinceMono: now.monoMs, readings: 0 };
    const { run } = peer;
    run.readings++;
    const reason = this.#reasonToAdopt(peer, run, trusted, now);
    if (reason === null) {
      const missed = peer.known.standing === 'refused' && this.#isMissed(run, trusted, now);
      return { taken: false, peer: peer.known.number, run: run.number, missed };
    }
    const conflict = this.#adopt(peer, reason, trusted, now);
    return { taken: true, adopted: { reason, run: run.readings > 1 ? run.number : null }, conflict };
  }

  #trustFirst(peer: Acquaintance, now: Instant): TakenVerdict {
    this.#trust(peer, 1, now);
    return { taken: true, adopted: null, conflict: null };
  }

  /** Whoever has delivered since the trusted one did is no battery that moved. */
  #heardTrusted(trusted: Acquaintance, now: Instant): PeerConflict | null {
    let conflict: PeerConflict | null = null;
    for (const other of this.#peers) {
      if (other.run === null) continue;
      other.run = null;
      if (other.known.standing !== 'refused') conflict = this.#inConflict(other, trusted, now) ?? conflict;
    }
    return conflict;
  }

  /** @returns what is to be said of it; null where that was said not long ago */
  #inConflict(other: Acquaintance, trusted: Acquaintance, now: Instant): PeerConflict | null {
    const first = other.known.conflicts === 0;
    const due = now.monoMs - this.#saidMono >= (first ? SAID_OTHER_MS : SAID_MS);
    if (first || due) this.#change(other, { conflicts: other.known.conflicts + 1, conflictMs: now.wallMs });
    if (!due) return null;
    this.#saidMono = now.monoMs;
    const logins = [other.known.login, trusted.known.login];
    return { connection: other.connection, sameLogin: logins.includes(null) ? null : logins[0] === logins[1] };
  }

  #reasonToAdopt(peer: Acquaintance, run: PeerRun, trusted: Acquaintance, now: Instant): AdoptionReason | null {
    const { standing, rank, sinceMs, conflicts } = peer.known;
    if (standing === 'refused') return null;
    if (rank !== null && now.wallMs - sinceMs < RETURN_MS) return 'returned';
    if (this.#isSilent(run, trusted, now)) return 'silent';
    if (conflicts > 0) return null;
    const hasShown = run.readings >= WINDOW_READINGS && now.monoMs - run.sinceMono >= WINDOW_MS;
    return this.#left || hasShown ? 'moved' : null;
  }

  /** Where it was not heard in this process, nobody knows for how long: it has the time in which another goes on. */
  #isSilent(run: PeerRun, trusted: Acquaintance, now: Instant): boolean {
    return now.monoMs - (trusted.lastMono === NEVER ? run.sinceMono : trusted.lastMono) >= this.#staleMs;
  }

  #isMissed(run: PeerRun, trusted: Acquaintance, now: Instant): boolean {
    if (!this.#isSilent(run, trusted, now) || now.monoMs - this.#missedMono < SAID_MS) return false;
    this.#missedMono = now.monoMs;
    return true;
  }

  #adopt(peer: Acquaintance, reason: AdoptionReason, former: Acquaintance, now: Instant): PeerConflict | null {
    const isBack = reason === 'returned';
    const rank = isBack ? (peer.known.rank as number) : (former.known.rank as number) + 1;
    this.#change(former, { standing: 'other', sinceMs: now.wallMs });
    this.#trust(peer, rank, now);
    for (const one of this.#peers) if (rank < (one.known.rank ?? 0)) this.#change(one, { rank: null });
    peer.run = null;
    this.#left = false;
    const conflict = this.#heardTrusted(peer, now);
    // It was taken for the one that is back, and is no battery that moved if it speaks still.
    const both = isBack && now.monoMs - former.lastMono < WINDOW_MS;
    return both ? (this.#inConflict(former, peer, now) ?? conflict) : conflict;
  }

  // ---- the owner's word ---------------------------------------------------------------------------------------------

  /**
   * Trusts that peer, and refuses the one that was trusted.
   * @returns whether there is such a peer, and it was not trusted already
   */
  swap(number: number, now: Instant): boolean {
    const peer = this.#numbered(number);
    const trusted = this.#trusted;
    if (peer === null || peer === trusted) return false;
    for (const other of this.#peers) if (other.known.rank !== null) this.#change(other, { rank: null });
    if (trusted !== null) this.#change(trusted, { standing: 'refused', sinceMs: now.wallMs });
    this.#change(peer, { conflictMs: null });
    this.#trust(peer, 1, now);
    peer.run = null;
    this.#left = false;
    return true;
  }

  /** Never believes that peer by itself. @returns whether there is such a peer that is not the trusted one */
  refuse(number: number, now: Instant): boolean {
    const peer = this.#numbered(number);
    if (peer === null || peer === this.#trusted) return false;
    this.#change(peer, { standing: 'refused', sinceMs: now.wallMs, rank: null });
    return true;
  }

  #numbered(number: number): Acquaintance | null {
    return this.#peers.find(({ known }) => known.number === number) ?? null;
  }

  // ---- who is who ----------------------------------------------------------------------------------------------------

  #peerOn(connection: number): Acquaintance | null {
    const contact = this.#contacts.get(connection);
    return contact === undefined ? null : this.#find(contact);
  }

  #find(contact: Contact): Acquaintance | null {
    const trusted = this.#trusted;
    if (trusted !== null && isOf(trusted, contact)) return trusted;
    const fitting = this.#peers.filter((peer) => isOf(peer, contact));
    return fitting.find(({ known }) => known.login === contact.login) ?? fitting[0] ?? null;
  }

  #meet({ address, login }: Contact, now: Instant): Acquaintance {
    if (this.#peers.length >= MOST_PEERS) this.#forgetOne();
    const known: KnownPeer = {
      number: ++this.#lastNumber,
      address: new Private(address),
      login,
      standing: 'other',
      sinceMs: now.wallMs,
      rank: null,
      conflicts: 0,
      conflictMs: null,
    };
    const peer = { known, run: null, lastMono: NEVER, connection: 0 };
    this.#peers.push(peer);
    this.#change(peer, {});
    return peer;
  }

  /** Rather one that never was trusted, and of those the one heard least recently. */
  #forgetOne(): void {
    const others = this.#peers.filter(({ known }) => known.standing !== 'trusted');
    const [least] = others.sort(
      (one, other) => Number(wasTold(one)) - Number(wasTold(other)) || one.lastMono - other.lastMono || 0,
    ) as [Acquaintance];
    this.#peers = this.#peers.filter((peer) => peer !== least);
    this.#changed.set(least.known.number, { peer: least.known, forgotten: true });
  }

  #trust(peer: Acquaintance, rank: number, now: Instant): void {
    this.#change(peer, { standing: 'trusted', sinceMs: now.wallMs, rank });
    this.#trusted = peer;
  }

  #change(peer: Acquaintance, change: Partial<KnownPeer>): void {
    peer.known = { ...peer.known, ...change };
    this.#changed.set(peer.known.number, { peer: peer.known, forgotten: false });
  }
}

/** Whether more is known of it than that it spoke. */
function wasTold({ known }: Acquaintance): boolean {
  return known.rank !== null || known.standing === 'refused';
}

/** Of the same address is the same peer; where others may have it, unless it logs in as somebody else. */
function isOf({ known }: Acquaintance, { address, shared, login }: Contact): boolean {
  if (known.address.reveal() !== address) return false;
  return !shared || known.login === null || login === null || known.login === login;
}
