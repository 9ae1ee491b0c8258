/**
 * Simulated vendors on real sockets: one for each connection that is made to them, in clear or over TLS.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Random } from './random.ts';
import type { VendorAccount } from './vendor/account.ts';
import type { VendorStep } from './vendor/script.ts';
import { SimulatedVendor, type VendorFaultName } from './vendor/vendor.ts';

export interface SimulatedVendorServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly script?: readonly VendorStep[];
  readonly faults?: ReadonlySet<VendorFaultName>;
  readonly seed?: string | number;
  /** PEM; null: in clear. */
  readonly tls?: { readonly key: string; readonly cert: string } | null;
  /** Lines without private values, with the number of the connection. */
  readonly log?: (line: string) => void;
}

/** Between two looks at what the scripts say. */
const TICK_MS = 20;

export class SimulatedVendorServer {
  readonly #options: SimulatedVendorServerOptions;
  readonly #accounts = new Map<string, VendorAccount>();
  readonly #open = new Map<Socket, { readonly number: number; readonly vendor: SimulatedVendor }>();
  #server: Server | null = null;
  #timer: NodeJS.Timeout | null = null;
  #counts = { connections: 0, received: 0, sent: 0 };

  constructor(options: SimulatedVendorServerOptions) {
    this.#options = options;
  }

  /** Connections and frames that came, and writes. */
  get stats(): { readonly connections: number; readonly received: number; readonly sent: number } {
    return { ...this.#counts };
  }

  /** Where it listens; 0 before it does. */
  get port(): number {
    const address = this.#server?.address() ?? null;
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  /** Resolves when it listens. @throws Error with the code of the system */
  async start(): Promise<void> {
    const { tls = null, host, port } = this.#options;
    const welcome = (socket: Socket) => this.#welcome(socket);
    const server = tls === null ? createServer(welcome) : createTlsServer(tls, welcome);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Closes every connection, and waits until it listens no more. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const socket of this.#open.keys()) socket.destroy();
    const server = this.#server;
    if (server?.listening === true) await new Promise((resolve) => server.close(resolve));
  }

  #welcome(socket: Socket): void {
    const { script = [], faults = new Set(), seed = 'vendor' } = this.#options;
    const number = ++this.#counts.connections;
    const random = new Random(seed).fork(number);
    const vendor = new SimulatedVendor({ script, faults, random, accounts: this.#accounts }, Date.now());
    this.#open.set(socket, { number, vendor });
    this.#say(number, 'connected');
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#say(number, 'closed');
    });
    socket.on('data', (bytes) => {
      const names = vendor.receive(bytes as Uint8Array, Date.now());
      this.#counts.received += names.length;
      this.#send(socket, vendor);
    });
    this.#send(socket, vendor);
  }

  #tick(): void {
    for (const [socket, { number, vendor }] of this.#open) {
      for (const name of vendor.wake(Date.now())) this.#say(number, name);
      this.#send(socket, vendor);
    }
  }

  #send(socket: Socket, vendor: SimulatedVendor): void {
    for (const outgoing of vendor.take()) {
      if ('close' in outgoing) socket.end();
      else if (!socket.writableEnded) {
        socket.write(outgoing.write);
        this.#counts.sent++;
      }
    }
  }

  #say(number: number, what: string): void {
    this.#options.log?.(`vendor, connection ${number}: ${what}`);
  }
}
