/**
 * A vendor's server on this machine, for tests: real sockets, and it says what the test has it say.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { until } from './server.ts';

export interface VendorOptions {
  /** Whether it reads what it is sent. */
  readonly reads?: boolean;
  /** Over TLS: the server, not yet listening. */
  readonly server?: Server;
  readonly opened?: 'connection' | 'secureConnection';
}

export class VendorServer {
  readonly server: Server;
  readonly sockets: Socket[] = [];
  readonly received: Buffer[] = [];

  private constructor({ reads = true, server = createServer(), opened = 'connection' }: VendorOptions) {
    this.server = server;
    server.on(opened, (socket: Socket) => this.#welcome(socket, reads));
    onTestFinished(() => {
      for (const socket of this.sockets) socket.destroy();
      server.close();
    });
  }

  static async start(options: VendorOptions = {}): Promise<VendorServer> {
    const vendor = new VendorServer(options);
    await vendor.listen();
    return vendor;
  }

  listen(port = 0): Promise<void> {
    return new Promise((resolve) => void this.server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  /** All that came on the connection of that number, from 0. */
  hex(connection = 0): string {
    return this.received[connection]?.toString('hex') ?? '';
  }

  /** Says that on the connection of that number, once it is there. */
  async says(bytes: Uint8Array | string, connection = 0): Promise<void> {
    const socket = await until('the upstream connection', () => this.sockets[connection]);
    socket.write(bytes);
  }

  #welcome(socket: Socket, reads: boolean): void {
    const at = this.sockets.push(socket) - 1;
    this.received[at] = Buffer.alloc(0);
    socket.on('error', () => {});
    if (!reads) return void socket.pause();
    socket.on('data', (bytes: Buffer) => {
      this.received[at] = Buffer.concat([this.received[at] as Buffer, bytes]);
    });
  }
}
