/**
 * Who speaks on one connection, and what becomes of the words of those who may not be whom they say: a message that names
 * no battery is of the one named last. Whom to believe is for each battery's {@link Trust} to say.
 */
import { type HeldReason, type Instant, Private } from '../../model.ts';
import type { ProblemCode } from '../../protocol/errors.ts';
import type { Frame } from '../../protocol/frame.ts';
import type { WireReading } from '../../protocol/reading.ts';
import type { Batteries, HeardBattery } from '../batteries.ts';
import { dateHeld } from '../clock/dating.ts';
import { interruptAll } from '../conversations.ts';
import type { Outputs } from '../outputs.ts';
import { adoptionRecord, heldRecord, peerRecord, readingRecord, secondsOf } from '../records.ts';
import { Newcomer } from './newcomers.ts';
import type { AdoptionReason, Peer, PeerConflict, TakenVerdict } from './trust.ts';

/** A battery, one that may be one, or neither, and why. */
type Named = HeardBattery | Newcomer | ProblemCode;

/** As events, what another peer is trusted for. */
const ADOPTED: Readonly<Record<AdoptionReason, string>> = {
  moved: 'peer_moved',
  silent: 'peer_replaced',
  returned: 'peer_returned',
};

const REASONS: Readonly<Record<HeldReason, ProblemCode>> = { conflict: 'PEER_CONFLICT', newcomer: 'BATTERY_WAITS' };

export class Speakers {
  readonly #connection: number;
  readonly #peer: Peer;
  readonly #batteries: Batteries;
  readonly #outputs: Outputs;
  readonly #joined = new Set<HeardBattery>();
  readonly #introduced = new Set<HeardBattery>();
  #last: HeardBattery | Newcomer | null = null;

  constructor(connection: number, peer: Peer, batteries: Batteries, outputs: Outputs) {
    this.#connection = connection;
    this.#peer = peer;
    this.#batteries = batteries;
    this.#outputs = outputs;
  }

  /** The batteries that the connection speaks for, or did. */
  get introduced(): ReadonlySet<HeardBattery> {
    return this.#introduced;
  }

  /** Whether a battery, or what may be one, was named on the connection. */
  get isNamed(): boolean {
    return this.#last !== null;
  }

  /** Whether that serial number was named on the connection, whoever it was that named it. */
  hasNamed(serial: string): boolean {
    const last = this.#last instanceof Newcomer ? [this.#last.serial] : [];
    return [...last, ...Array.from(this.#joined, (battery) => battery.serial.reveal())].includes(serial);
  }

  speakFor(battery: HeardBattery): boolean {
    return battery.trust.speaks(this.#connection);
  }

  /** For so many milliseconds nobody listened. */
  excuse(ms: number): void {
    for (const { trust } of this.#joined) trust.excuse(this.#connection, ms);
  }

  /** The connection has ended. */
  leave(): void {
    for (const { trust } of this.#joined) trust.leave(this.#connection);
  }

  /** @param login a keyed hash of it; null where none is known. @returns whether it is known who that is */
  logIn(serial: string | null, login: string | null, frame: Frame, now: Instant): boolean {
    const named = this.#named(serial, frame, now);
    if (named === null) return false;
    if (!(named instanceof Newcomer) && login !== null) {
      named.trust.loggedIn(this.#connection, login);
      this.#keepPeers(named, now);
    }
    this.#attend(named, now);
    return true;
  }

  /**
   * The battery a message is of that says no reading: of the serial number in it, else the connection's. Null where neither
   * is known, there are too many batteries, or it may be somebody else's; the frame is then kept as it came.
   */
  ofMessage(serial: string | null, frame: Frame, now: Instant): HeardBattery | null {
    const named = this.#named(serial, frame, now);
    if (named === null) return null;
    this.#attend(named, now);
    if (this.#outputs.battery === null) this.#keepAside(named, frame, now);
    return this.#outputs.battery;
  }

  /** Whether a message that never says whose it is was kept as it came, since it may be no battery's. */
  keepsAside(frame: Frame, now: Instant): boolean {
    const named = this.#last;
    if (named === null) return false;
    this.#attend(named, now);
    const aside = named instanceof Newcomer || named.trust.doubts(this.#connection);
    if (aside) this.#keepAside(named, frame, now);
    return aside;
  }

  /**
   * The battery whose reading it is.
   * @returns `held` where it may be somebody else's and is held; null where it is not known whose it is, and the frame was
   * kept as it came
   */
  ofReading(reading: WireReading, frame: Frame, now: Instant): HeardBattery | 'held' | null {
    const named = this.#named(reading.serial, frame, now);
    if (named === null) return null;
    return named instanceof Newcomer ? this.#admit(named, reading, now) : this.#believe(named, reading, now);
  }

  #named(serial: string | null, frame: Frame, now: Instant): HeardBattery | Newcomer | null {
    const last = this.#last;
    // As nearly every message does: what is known of that battery needs not be looked up.
    if (last !== null && !(last instanceof Newcomer) && (serial === null || last.serial.reveal() === serial))
      return last;
    const named: Named = serial === null ? (last ?? 'IDENTITY_MISSING') : this.#batteries.hear(serial);
    if (typeof named === 'string') {
      this.#outputs.unknown(frame, named, now);
      return null;
    }
    this.#last = named;
    if (!(named instanceof Newcomer)) this.#join(named);
    return named;
  }

  #join(battery: HeardBattery): void {
    this.#last = battery;
    this.#joined.add(battery);
    battery.trust.join(this.#connection, this.#peer);
  }

  /** From now on the connection speaks for that battery, if it may. */
  #attend(named: HeardBattery | Newcomer, now: Instant): void {
    if (named instanceof Newcomer || !this.speakFor(named)) this.#outputs.battery = null;
    else this.#introduce(named, now);
  }

  #introduce(battery: HeardBattery, now: Instant): void {
    this.#outputs.battery = battery;
    if (this.#introduced.has(battery)) return;
    this.#introduced.add(battery);
    const { serial } = battery;
    this.#outputs.record({
      type: 'identity',
      battery: serial,
      connection: this.#connection,
      receivedMs: now.wallMs,
    });
    this.#outputs.note('connected', `connection ${this.#connection}`, now);
  }

  #keepAside(named: HeardBattery | Newcomer, frame: Frame, now: Instant): void {
    this.#outputs.aside(frame, REASONS[named instanceof Newcomer ? 'newcomer' : 'conflict'], now);
  }

  #believe(battery: HeardBattery, reading: WireReading, now: Instant): HeardBattery | 'held' {
    const verdict = battery.trust.heard(this.#connection, now);
    if (verdict.taken) {
      this.#takeWord(battery, verdict, now);
      return battery;
    }
    this.#outputs.battery = null;
    this.#keepPeers(battery, now);
    const { peer, run, missed } = verdict;
    if (missed) this.#outputs.problem('PEER_REFUSED', '');
    const held = readingRecord(reading, battery.serial, dateHeld(reading, battery, now), now);
    this.#outputs.record(heldRecord('conflict', held, { connection: this.#connection, peer, run }));
    return 'held';
  }

  #takeWord(battery: HeardBattery, { adopted, conflict }: TakenVerdict, now: Instant): void {
    if (adopted !== null) this.#forgetWord(battery, now);
    this.#introduce(battery, now);
    this.#keepPeers(battery, now);
    if (adopted !== null) {
      this.#outputs.note(ADOPTED[adopted.reason], `connection ${this.#connection}`, now);
      if (adopted.run !== null) this.#outputs.record(adoptionRecord(battery.serial, adopted.run, now));
    }
    if (conflict !== null) this.#sayConflict(conflict, now);
  }

  /** Another peer was believed until now. */
  #forgetWord(battery: HeardBattery, now: Instant): void {
    this.#introduced.delete(battery);
    battery.deliveredOn = 0;
    this.#outputs.add(...interruptAll(battery, now));
  }

  #sayConflict({ connection, sameLogin }: PeerConflict, now: Instant): void {
    const login = sameLogin === null ? '' : sameLogin ? ', with the same login' : ', with another login';
    this.#outputs.problem('PEER_CONFLICT', `connection ${connection}${login}`);
    this.#outputs.note('peer_conflict', `connection ${connection}${login}`, now);
  }

  #admit(newcomer: Newcomer, reading: WireReading, now: Instant): HeardBattery | 'held' {
    const battery = this.#batteries.prove(newcomer, reading, now);
    if (battery !== null) {
      this.#join(battery);
      this.#believe(battery, reading, now);
      this.#outputs.record(adoptionRecord(battery.serial, null, now));
      return battery;
    }
    this.#outputs.battery = null;
    if (!newcomer.told) this.#outputs.problem('BATTERY_WAITS', '');
    newcomer.told = true;
    const time = reading.batteryTime === null ? secondsOf(now) : null;
    const held = readingRecord(reading, new Private(newcomer.serial), time, now);
    this.#outputs.record(heldRecord('newcomer', held, { connection: this.#connection, peer: null, run: null }));
    return 'held';
  }

  #keepPeers(battery: HeardBattery, now: Instant): void {
    for (const change of battery.trust.takeChanges()) this.#outputs.record(peerRecord(battery.serial, change, now));
  }
}
