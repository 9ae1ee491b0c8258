/**
 * A line between a battery and its server that breaks at one frame of the server's: whatever the server does after that frame never happened.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Frame, FrameDecoder } from '../../src/protocol/frame.ts';
import { atEnd } from '../server.ts';

export interface BreakingFrame {
  is(frame: Frame): boolean;
  /** Whether the battery still gets it. */
  readonly arrives: boolean;
  /** At once, before anything else happens. */
  broken(): void;
}

export class StepLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #breaking: BreakingFrame | null = null;

  private constructor(to: number) {
    this.#server = createServer((battery) => {
      const far = connect({ host: '127.0.0.1', port: to, noDelay: true });
      const decoder = new FrameDecoder();
      battery.setNoDelay();
      battery.pipe(far);
      far.on('data', (bytes) => this.#carries(bytes, decoder, battery));
      for (const socket of [battery, far]) this.#keep(socket, [battery, far]);
    });
  }

  static async to(port: number): Promise<StepLine> {
    const line = new StepLine(port);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    atEnd(() => {
      line.#server.close();
      for (const socket of line.#sockets) socket.destroy();
    });
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Waits for a frame of the server's, and breaks there. @returns when it has */
  breaksAt(frame: Omit<BreakingFrame, 'broken'>, broken: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#breaking = {
        ...frame,
        broken: () => {
          broken();
          resolve();
        },
      };
    });
  }

  #carries(bytes: Uint8Array, decoder: FrameDecoder, battery: Socket): void {
    decoder.receive(bytes);
    for (let frame = decoder.next(); frame !== null; frame = decoder.next()) {
      const breaking = this.#breaking;
      if (breaking === null || frame.kind !== 'frame' || !breaking.is(frame)) continue;
      this.#breaking = null;
      breaking.broken();
      if (breaking.arrives) battery.end(bytes);
      else battery.destroy();
      return;
    }
    battery.write(bytes);
  }

  /** One end gone, both are. */
  #keep(socket: Socket, ends: readonly Socket[]): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      for (const end of ends) end.destroy();
    });
  }
}
