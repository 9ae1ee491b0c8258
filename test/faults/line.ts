/**
 * A line between batteries and their server that can be cut, while both go on.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { atEnd } from '../server.ts';

/** Passes on what goes both ways between a battery and its server. */
type Passing = (near: Socket, far: Socket) => void;

export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(to: number, pass: Passing) {
    this.#server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: to, noDelay: true });
      near.setNoDelay();
      pass(near, far);
      for (const socket of [near, far]) this.#keep(socket, [near, far]);
    });
  }

  /** A line to a port of this machine. */
  static async to(port: number, pass: Passing = (near, far) => near.pipe(far).pipe(near)): Promise<Line> {
    const line = new Line(port, pass);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    atEnd(() => {
      line.#server.close();
      line.cut();
    });
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What is under way on it is lost; it can be used again at once. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
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
