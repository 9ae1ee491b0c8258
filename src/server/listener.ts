/**
 * The battery port: takes connections in, within bounds, and gives each a session.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../model.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import type { ProblemOutput } from '../session/output.ts';
import type { Session } from '../session/session.ts';
import { inTurns } from '../system/turns.ts';
import { Admission } from './admission.ts';
import type { Committer } from './committer.ts';
import { Connection, type ConnectionListener, type LoadBattery, type Tap } from './connection.ts';
import { Deadlines } from './deadlines.ts';
import { AllowedPeers, describePeer } from './peers.ts';
import type { Switchboard } from './switchboard.ts';
import type { VendorWays } from './vendor-way.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** See {@link AllowedPeers}. */
  readonly allow: readonly string[];
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Networks from whose addresses as many may come as there is room for. */
  readonly trustedNetworks: readonly string[];
  /** Without a reading for so long a battery is stale, ms. */
  readonly staleMs: number;
}

export interface ListenerDependencies {
  readonly committer: Committer;
  readonly now: () => Instant;
  nextConnection(): number;
  /** @param address as the socket says it */
  newSession(connection: number, now: Instant, address: string): Session;
  readonly watcher: ListenerWatcher;
  readonly switchboard?: Pick<Switchboard, 'opened' | 'closed'>;
  readonly tap?: Tap;
  readonly load?: LoadBattery;
  readonly vendor?: VendorWays;
}

/** Told what happens at the port. Must not throw. `peer` is a description that gives no address away. */
export interface ListenerWatcher {
  /** @param way `tap`: it leads to another server, and is only overheard */
  opened(connection: number, peer: string, address: string, way?: 'tap'): void;
  closed(connection: number): void;
  /** @param refused the address of a peer that gets no connection: private */
  problem(problem: ProblemOutput, connection: number | null, refused?: string): void;
}

/** How often deadlines are looked at, in ms: they are tens of seconds long. */
const TICK_MS = 1000;
/** Connections that may wait to be taken in: a whole fleet comes back at once after a power cut. The system may allow less. */
const BACKLOG = 4096;
/** How long `stop` waits for peers to fetch their last replies, in ms. */
const STOP_MS = 1000;

export class Listener implements ConnectionListener {
  readonly #options: ListenerOptions;
  readonly #dependencies: ListenerDependencies;
  readonly #allowed: AllowedPeers;
  readonly #server: Server;
  readonly #admission: Admission<Connection>;
  readonly #connections = new Set<Connection>();
  readonly #deadlines: Deadlines<Connection>;
  /** Looks at those whose deadline may have passed. */
  #looking: Promise<void> | null = null;
  #ticker: NodeJS.Timeout | null = null;
  /** Tells `stop` that the last connection is gone. */
  #drained: () => void = () => {};

  constructor(options: ListenerOptions, dependencies: ListenerDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#allowed = new AllowedPeers(options.allow);
    this.#deadlines = new Deadlines(dependencies.now().monoMs);
    this.#admission = new Admission({
      most: options.maxConnections,
      mostPerAddress: options.maxConnectionsPerAddress,
      exempt: new AllowedPeers(options.trustedNetworks),
      staleMs: options.staleMs,
    });
    // Half-open: a peer that has said all it will is still owed its replies, which wait for the commit.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true });
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** The port listened on; useful where 0 was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** @throws the system's error (EADDRINUSE, EACCES …) if it cannot listen */
  async start(): Promise<void> {
    this.#server.on('connection', (socket) => this.#welcome(socket));
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      // Told to stop before it had begun.
      this.#server.once('close', resolve);
      this.#server.listen(this.#options.port, this.#options.host, BACKLOG, () => {
        this.#server.off('error', reject);
        // Out of descriptors and the like: the connection in question is lost, the port is not.
        this.#server.on('error', () => {});
        resolve();
      });
    });
    if (this.#server.listening) this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Listens no more, answers what was heard, closes every connection. */
  async stop(): Promise<void> {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    // A store that takes its time does not keep the port; what it has not taken is not acknowledged.
    await Promise.race([this.#dependencies.committer.flush(), sleep(STOP_MS, undefined, { ref: false })]);
    for (const connection of this.#connections) connection.hangUp();
    const giveUp = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, STOP_MS);
    if (this.#connections.size === 0) this.#drained();
    // The port may be closed before the last socket has said so, and with it its session's last words.
    await Promise.all([closed, drained]);
    clearTimeout(giveUp);
  }

  /**
   * Closes the connections on which a serial number was named; what they had to say is submitted before.
   * @returns how many there were
   */
  dismiss(serial: string): number {
    const named = [...this.#connections].filter((connection) => connection.isOpen && connection.hasNamed(serial));
    for (const connection of named) connection.dismiss();
    return named.length;
  }

  problem(problem: ProblemOutput, connection: Connection): void {
    this.#dependencies.watcher.problem(problem, connection.number);
  }

  named(connection: Connection): void {
    this.#admission.named(connection);
  }

  stirred(connection: Connection, { monoMs }: Instant): void {
    this.#deadlines.file(connection, monoMs);
  }

  spokeFor(connection: Connection, serial: string, what: 'named' | 'delivered'): void {
    this.#deadlines[what](connection, serial);
  }

  closed(connection: Connection): void {
    this.#deadlines.remove(connection);
    this.#admission.remove(connection);
    this.#connections.delete(connection);
    this.#dependencies.switchboard?.closed(connection);
    this.#dependencies.watcher.closed(connection.number);
    if (this.#connections.size === 0) this.#drained();
  }

  #welcome(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    if (!this.#allowed.allows(address)) this.#refuse(socket, 'PEER_NOT_ALLOWED', describePeer(address), address);
    else this.#admit(socket, address);
  }

  #admit(socket: Socket, address: string): void {
    const verdict = this.#admission.judge(address, this.#dependencies.now().monoMs);
    if (!verdict.admitted) {
      this.#refuse(socket, verdict.code, describePeer(address), address);
      return;
    }
    if (verdict.instead !== null) this.#makeRoom(verdict.instead, verdict.code);
    this.#open(socket, address);
  }

  #makeRoom(connection: Connection, code: ProblemCode): void {
    // Now, not when its socket has said so: the next one must not count it.
    this.#admission.remove(connection);
    connection.destroy();
    this.problem({ type: 'problem', code, battery: null, detail: 'closed for a newer one' }, connection);
  }

  /** @param address where the refusal is for the peer's sake */
  #refuse(socket: Socket, code: ProblemCode, detail: string, address?: string): void {
    socket.on('error', () => {});
    socket.destroy();
    this.#dependencies.watcher.problem({ type: 'problem', code, battery: null, detail }, null, address);
  }

  #open(socket: Socket, address: string): void {
    const { committer, now, watcher, switchboard, tap, load, vendor } = this.#dependencies;
    committer.arriving();
    const number = this.#number();
    if (number === null) {
      this.#refuse(socket, 'CONNECTIONS_TOO_MANY', 'the store cannot number them now');
      return;
    }
    const moment = now();
    const session = this.#dependencies.newSession(number, moment, address);
    const connection = new Connection(number, socket, session, committer, now, this, tap, load, vendor);
    this.#connections.add(connection);
    this.#deadlines.add(connection, moment.monoMs);
    this.#admission.add(connection, address);
    switchboard?.opened(connection);
    watcher.opened(number, describePeer(address), address);
    connection.start();
  }

  /** null where the store is busy just when a new block of numbers is due: the battery comes again. */
  #number(): number | null {
    try {
      return this.#dependencies.nextConnection();
    } catch {
      return null;
    }
  }

  #tick(): void {
    this.#looking ??= inTurns(this.#looks()).finally(() => {
      this.#looking = null;
    });
  }

  *#looks(): Generator<void> {
    for (const connection of this.#deadlines.due(this.#dependencies.now().monoMs)) {
      connection.tick(this.#dependencies.now());
      yield;
    }
  }
}
