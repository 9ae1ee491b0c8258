/**
 * Real sockets on this machine, for tests of what holds them: everything is closed when the test has finished.
 */
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { StoreRecord } from '../src/model.ts';
import { type Store, StoreError, type StoreErrorCode } from '../src/store/store.ts';

/** Whoever connects, and all it was sent. */
export class Client {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  /** The other side has said its last. */
  ended = false;
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }

  /** Half-open: it says its last only when told to. */
  static async to(port: number, from = '127.0.0.1'): Promise<Client> {
    const options = { host: '127.0.0.1', port, localAddress: from, noDelay: true, allowHalfOpen: true };
    const client = new Client(connect(options));
    await new Promise<void>((resolve, reject) => {
      client.socket.once('connect', resolve);
      client.socket.once('error', reject);
    });
    return client;
  }

  get hex(): string {
    return this.received.toString('hex');
  }
}

/** Keeps in memory what is committed, and can be told to fail. */
export class CommittedRecords implements Pick<Store, 'commit' | 'verify' | 'nextConnection'> {
  readonly records: StoreRecord[] = [];
  failure: StoreErrorCode | null = null;
  #next = 1;

  /** Its files were deleted. */
  isGone = false;

  async commit(records: readonly StoreRecord[]): Promise<void> {
    if (this.failure !== null) throw new StoreError(this.failure, 'as told');
    this.records.push(...records);
  }

  async verify(): Promise<void> {
    if (this.isGone) throw new StoreError('STORE_GONE', 'as told');
  }

  nextConnection(): number {
    if (this.failure !== null) throw new StoreError(this.failure, 'as told');
    return this.#next++;
  }
}

/** A port of this machine's loopback that nobody has at the moment: for servers that cannot say which they took. */
export function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
