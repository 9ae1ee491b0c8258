/**
 * The relay: hands the frames of each battery's connection to an upstream connection of its own, and what comes there back to it.
 */
import type { Private } from '../model.ts';
import type { RelayProblemCode } from '../problems/relay.ts';
import type { Frame } from '../protocol/frame.ts';
import type { UpstreamOutput } from '../session/output.ts';
import type { VendorReach } from '../session/relay/vendor-side.ts';
import { Upstream, type UpstreamStatus, type UpstreamTools } from './upstream.ts';

export interface RelayOptions extends UpstreamTools {
  /** Must not throw. @param battery whose connection it is, as far as known */
  problem(code: RelayProblemCode, detail: string, battery: Private<string> | null): void;
}

/** Told of the vendor, for one connection of a battery. */
export interface RelayListener {
  /** Each whole frame of the vendor's. */
  said(frame: Frame): void;
  /** Whether the vendor can be reached, when that changes. */
  reached(reach: VendorReach): void;
}

/** A connection of a battery, and that to the vendor. */
export interface Relayed {
  readonly connection: number;
  readonly battery: Private<string> | null;
  readonly upstream: UpstreamStatus;
  /** Whether the upstream connection begins with the battery's login. */
  readonly hasLogin: boolean;
}

export type RelayTotals = Pick<UpstreamStatus, 'sent' | 'received' | 'damaged' | 'dropped' | 'missed'>;

function added(sum: RelayTotals, one: RelayTotals): RelayTotals {
  return {
    sent: sum.sent + one.sent,
    received: sum.received + one.received,
    damaged: sum.damaged + one.damaged,
    dropped: sum.dropped + one.dropped,
    missed: sum.missed + one.missed,
  };
}

/** Batteries whose login is remembered. */
const MOST_LOGINS = 10_000;

export class Relay {
  readonly #options: RelayOptions;
  readonly #ways = new Map<number, RelayedConnection>();
  /** By serial number. In memory alone. */
  readonly #logins = new Map<string, Uint8Array>();
  /** Of connections that have ended. */
  #ended: RelayTotals = { sent: 0, received: 0, damaged: 0, dropped: 0, missed: 0 };

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Frames since the start, on all connections. */
  get totals(): RelayTotals {
    return this.relayed.reduce((sum, { upstream }) => added(sum, upstream), this.#ended);
  }

  /** Those that are relayed now, the oldest connection first. */
  get relayed(): Relayed[] {
    return [...this.#ways.values()].flatMap((way) => way.state ?? []);
  }

  /** The connection to the vendor is made once there is something to say. */
  open(connection: number, listener: RelayListener): RelayedConnection {
    const way = new RelayedConnection(connection, listener, this.#options, {
      loginOf: (battery) => this.#logins.get(battery.reveal()) ?? null,
      remember: (battery, login) => this.#remember(battery.reveal(), login),
      closed: (status) => {
        this.#ways.delete(connection);
        if (status !== null) this.#ended = added(this.#ended, status);
      },
    });
    this.#ways.set(connection, way);
    return way;
  }

  /** A battery is to be known no more. */
  forget(serial: string): void {
    this.#logins.delete(serial);
  }

  stop(): void {
    for (const way of this.#ways.values()) way.close();
  }

  #remember(serial: string, login: Uint8Array): void {
    this.#logins.delete(serial);
    this.#logins.set(serial, login);
    const [oldest] = this.#logins.keys();
    if (this.#logins.size > MOST_LOGINS && oldest !== undefined) this.#logins.delete(oldest);
  }
}

interface Logins {
  loginOf(battery: Private<string>): Uint8Array | null;
  remember(battery: Private<string>, login: Uint8Array): void;
  closed(status: UpstreamStatus | null): void;
}

class RelayedConnection {
  readonly #connection: number;
  readonly #listener: RelayListener;
  readonly #options: RelayOptions;
  readonly #logins: Logins;
  #battery: Private<string> | null = null;
  #upstream: Upstream | null = null;
  #hasLogin = false;
  #isPaused = false;
  #isClosed = false;

  constructor(connection: number, listener: RelayListener, options: RelayOptions, logins: Logins) {
    this.#connection = connection;
    this.#listener = listener;
    this.#options = options;
    this.#logins = logins;
  }

  /** null before there was anything to say. */
  get state(): Relayed | null {
    if (this.#upstream === null) return null;
    const { status } = this.#upstream;
    return { connection: this.#connection, battery: this.#battery, upstream: status, hasLogin: this.#hasLogin };
  }

  forward({ frame, isLogin, battery, waitMs }: UpstreamOutput): void {
    if (this.#isClosed) return;
    const upstream = this.#dialled();
    this.#battery = battery ?? this.#battery;
    if (isLogin) this.#logIn(upstream, frame, battery);
    else this.#recall(upstream);
    // A connection that is being made begins with the login.
    if (!isLogin || upstream.status.state === 'up') upstream.send(frame, waitMs);
  }

  pause(): void {
    this.#isPaused = true;
    this.#upstream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#upstream?.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#upstream?.stop();
    this.#logins.closed(this.#upstream?.status ?? null);
  }

  #dialled(): Upstream {
    if (this.#upstream !== null) return this.#upstream;
    const upstream = new Upstream(this.#options, {
      frame: (frame) => {
        if (!this.#isClosed) this.#listener.said(frame);
      },
      state: (state) => {
        if (!this.#isClosed) this.#listener.reached(state === 'waiting' || state === 'stopped' ? 'away' : state);
      },
      problem: (code, detail) => this.#options.problem(code, detail, this.#battery),
    });
    this.#upstream = upstream;
    if (this.#isPaused) upstream.pause();
    upstream.start();
    return upstream;
  }

  #logIn(upstream: Upstream, login: Uint8Array, battery: Private<string> | null): void {
    if (battery !== null) this.#logins.remember(battery, login);
    upstream.beginWith(login);
    this.#hasLogin = true;
  }

  /** A battery that streams on without a login has said one before, perhaps. */
  #recall(upstream: Upstream): void {
    const login = this.#hasLogin || this.#battery === null ? null : this.#logins.loginOf(this.#battery);
    if (login === null) return;
    upstream.beginWith(login);
    this.#hasLogin = true;
  }
}
