/**
 * Whether anybody listens on a port of this machine.
 */
import { createServer } from 'node:net';

/** By trying to: connecting would be a visit to whoever does. */
export function isPortTaken({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}
