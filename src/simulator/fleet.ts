/**
 * Many simulated batteries on real sockets: the only file here that has sockets, timers and a clock.
 *
 * One timer serves all of them. A battery is made when its turn to start comes, so that a thousand histories are not
 * simulated at once, and it connects again by itself, waiting longer each time. `stop` leaves nothing behind.
 */
import { connect, type Socket } from 'node:net';
import type { Instant } from '../model.ts';
import type { SampleStamp, SimulatedKind } from './battery/acknowledgements.ts';
import { SimulatedBattery } from './battery/battery.ts';
import type { SimulatedBatteryOptions, SimulatedOutgoing } from './battery/options.ts';
import { Random } from './random.ts';

type PerBattery = Omit<SimulatedBatteryOptions, 'seed' | 'index' | 'startMs' | 'onAcknowledged'>;

export interface SimulatedFleetOptions extends PerBattery {
  readonly host: string;
  readonly port: number;
  /** How many. */
  readonly batteries: number;
  /** Default `fleet`. */
  readonly seed?: string | number;
  /** The index of the first one: keeps the serial numbers of two fleets apart. Default 0. */
  readonly firstIndex?: number;
  /** Unix milliseconds that the batteries begin at, whatever the real time. Default: now, for each. */
  readonly startMs?: number;
  /** Over how long the first connections are spread. Default: one interval. */
  readonly spreadSeconds?: number;
  /** The first and the longest wait before connecting again. Captured: 14 s and 54 s. Default 1,000 and 60,000. */
  readonly retryMs?: number;
  readonly longestRetryMs?: number;
  /** Lines without private values, with the battery's index. */
  readonly log?: (line: string) => void;
  /** What time it is. Default: this machine's clocks. A step forward is lived through by every battery, minute by minute. */
  readonly now?: () => Instant;
  readonly onAcknowledged?: (index: number, acknowledged: SampleStamp) => void;
}

export interface SimulatedFleetStats {
  readonly batteries: number;
  /** Connected now. */
  readonly connected: number;
  /** Connections made, lost or given up, and refused or failed, since the start. */
  readonly connections: number;
  readonly disconnections: number;
  readonly failures: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Readings acknowledged; history counts rows. */
  readonly acknowledged: Readonly<Record<SimulatedKind, number>>;
}

/** Milliseconds between two looks at who is due. */
const TICK_MS = 20;
/** Bytes waiting for a server that does not read, after which the connection is given up. */
const MOST_UNSENT = 1_048_576;
/** A connection that lived so long was a good one: the next wait is short again. */
const GOOD_MS = 10_000;

interface FleetMember {
  readonly index: number;
  battery: SimulatedBattery | null;
  socket: Socket | null;
  linked: boolean;
  /** When it connects next, and how long it waited for that; monotonic milliseconds. */
  connectAtMs: number;
  waitMs: number;
  linkedAtMs: number;
}

export class SimulatedFleet {
  readonly #options: SimulatedFleetOptions;
  readonly #random: Random;
  readonly #now: () => Instant;
  readonly #retryMs: number;
  readonly #longestRetryMs: number;
  #members: FleetMember[] = [];
  #timer: NodeJS.Timeout | null = null;
  #counts = { connections: 0, disconnections: 0, failures: 0, bytesSent: 0, bytesReceived: 0 };

  constructor(options: SimulatedFleetOptions) {
    this.#options = options;
    this.#now = options.now ?? machineTime;
    this.#random = new Random(options.seed ?? 'fleet').fork('waits');
    this.#retryMs = options.retryMs ?? 1000;
    this.#longestRetryMs = options.longestRetryMs ?? 60_000;
  }

  /** Begins; resolves when the batteries have their turns, not when they are connected. */
  async start(): Promise<void> {
    if (this.#timer !== null) throw new Error('this fleet has started already');
    const { batteries, firstIndex = 0, intervalSeconds = 10, spreadSeconds = intervalSeconds } = this.#options;
    const startsAtMs = this.#now().monoMs;
    this.#members = Array.from({ length: batteries }, (_, n) => ({
      index: firstIndex + n,
      battery: null,
      socket: null,
      linked: false,
      connectAtMs: startsAtMs + (spreadSeconds * 1000 * n) / batteries,
      waitMs: 0,
      linkedAtMs: 0,
    }));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#tick();
  }

  /** Closes every connection and waits until they are closed. What the batteries remember stays readable. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await Promise.all(this.#members.map(({ socket }) => closed(socket)));
  }

  get stats(): SimulatedFleetStats {
    const acknowledged = { live: 0, detail: 0, history: 0 };
    for (const battery of this.batteries) {
      const one = battery.acknowledged;
      acknowledged.live += one.live;
      acknowledged.detail += one.detail;
      acknowledged.history += one.history;
    }
    const connected = this.#members.filter((member) => member.linked).length;
    return { batteries: this.#options.batteries, connected, ...this.#counts, acknowledged };
  }

  /** Those that have started. */
  get batteries(): readonly SimulatedBattery[] {
    return this.#members.flatMap(({ battery }) => (battery === null ? [] : [battery]));
  }

  #tick(): void {
    const now = this.#now();
    for (const member of this.#members) {
      if (member.socket === null) {
        if (member.connectAtMs <= now.monoMs) this.#connect(member);
      } else if (member.battery !== null && member.battery.deadline <= now.monoMs) {
        this.#do(member, member.battery.wake(now));
      }
    }
  }

  #connect(member: FleetMember): void {
    const { host, port } = this.#options;
    const battery = member.battery ?? this.#make(member.index);
    const socket = connect({ host, port, noDelay: true });
    member.battery = battery;
    member.socket = socket;
    socket.on('connect', () => {
      member.linked = true;
      member.linkedAtMs = this.#now().monoMs;
      this.#counts.connections++;
      this.#do(member, battery.connected(this.#now()));
    });
    socket.on('data', (bytes) => {
      this.#counts.bytesReceived += bytes.length;
      this.#do(member, battery.receive(bytes, this.#now()));
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#log(member, `connection: ${error.code ?? error.message}`),
    );
    socket.on('close', () => this.#closed(member, battery));
  }

  #make(index: number): SimulatedBattery {
    const { seed = 'fleet', startMs = this.#now().wallMs, onAcknowledged } = this.#options;
    return new SimulatedBattery({
      ...this.#options,
      seed,
      index,
      startMs,
      onAcknowledged: (acknowledged) => onAcknowledged?.(index, acknowledged),
    });
  }

  #do(member: FleetMember, outgoing: readonly SimulatedOutgoing[]): void {
    const { socket } = member;
    if (socket === null) return;
    for (const item of outgoing) {
      if (item.type === 'note') this.#log(member, item.text);
      else if (item.type === 'disconnect') socket.destroy();
      else this.#write(socket, item.bytes);
    }
    if (socket.writableLength > MOST_UNSENT) socket.destroy();
  }

  /** Never gathered: where the writes are cut is part of what is simulated. */
  #write(socket: Socket, bytes: Uint8Array): void {
    this.#counts.bytesSent += bytes.length;
    socket.write(bytes);
  }

  /** The connection has ended, or was never made: the next one after a wait, twice as long as the last. */
  #closed(member: FleetMember, battery: SimulatedBattery): void {
    const now = this.#now();
    if (member.linked) this.#counts.disconnections++;
    else this.#counts.failures++;
    if (member.linked) battery.disconnected(now);
    const good = member.linked && now.monoMs - member.linkedAtMs >= GOOD_MS;
    member.waitMs = good || member.waitMs === 0 ? this.#retryMs : Math.min(this.#longestRetryMs, member.waitMs * 2);
    member.connectAtMs = now.monoMs + member.waitMs * this.#random.uniform(0.8, 1.2);
    member.linked = false;
    member.socket = null;
  }

  #log(member: FleetMember, text: string): void {
    this.#options.log?.(`battery ${member.index}: ${text}`);
  }
}

function machineTime(): Instant {
  return { wallMs: Date.now(), monoMs: performance.now() };
}

/** Destroys a socket and resolves when it is closed. */
function closed(socket: Socket | null): Promise<void> {
  if (socket === null) return Promise.resolve();
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.destroy();
  });
}
