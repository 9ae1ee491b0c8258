/**
 * The web port with TLS. Who speaks HTTP to it is told where to go, instead of an error that no browser can explain.
 */
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';

/** A certificate and its key, in PEM. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

interface SecureOptions extends ServerOptions {
  /** For a handshake, or the first byte of anything, ms. */
  readonly handshakeMs: number;
}

/** The first byte of a TLS record with a handshake in it (RFC 8446, 5.1). */
const HANDSHAKE = 22;
const MOST_PLAIN_HEADER_BYTES = 8192;
/** Nothing else is repeated to who asked. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

export class SecureServers {
  readonly #options: SecureOptions;
  /** One for each address that is listened on. */
  readonly #servers = new Set<ReturnType<typeof createServer>>();
  readonly #sockets = new Set<Socket>();
  #identity: TlsIdentity;
  #isEnded = false;

  constructor(identity: TlsIdentity, options: SecureOptions) {
    this.#identity = identity;
    this.#options = options;
  }

  /** Makes one, that listens nowhere yet; as fastify wants it. */
  readonly factory = (handler: RequestListener): Server => this.#make(handler);

  #make(handler: RequestListener): Server {
    const { handshakeMs, ...options } = this.#options;
    const { certificate: cert, key } = this.#identity;
    const server = createServer(
      { ...options, cert, key, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs },
      handler,
    );
    const plain = plainServer(handshakeMs);
    const [secure] = server.listeners('connection') as [(socket: Socket) => void];
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.#isEnded) return void socket.destroy();
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      firstByte(socket, handshakeMs, (byte) => {
        if (byte === HANDSHAKE) secure.call(server, socket);
        else plain.emit('connection', socket);
      });
    });
    // Who breaks off, or does not trust the certificate, is no trouble of the server's.
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#servers.add(server);
    // Its methods for requests are those of an HTTP server.
    return server as unknown as Server;
  }

  /** Shows another certificate from now on; connections that are open keep theirs. @throws Error where it is none */
  show(identity: TlsIdentity): void {
    const { certificate: cert, key } = identity;
    for (const server of this.#servers) server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
    this.#identity = identity;
  }

  /** Closes all connections, also those that have said nothing yet, which no HTTP server knows of. */
  end(): void {
    this.#isEnded = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Looks at the first byte without taking it. */
function firstByte(socket: Socket, patienceMs: number, then: (byte: number) => void): void {
  const giveUp = () => void socket.destroy();
  const timer = setTimeout(giveUp, patienceMs);
  const done = () => {
    clearTimeout(timer);
    socket.off('readable', look);
    socket.off('error', giveUp);
    socket.off('close', done);
  };
  const look = () => {
    const bytes = socket.read() as Buffer | null;
    // Its end is told by the same event.
    if (bytes === null) return;
    done();
    socket.unshift(bytes);
    then(bytes[0] as number);
  };
  socket.on('readable', look);
  socket.on('error', giveUp);
  socket.on('close', done);
}

/** Answers everything with the way to the page, and hangs up. */
function plainServer(patienceMs: number): Server {
  const options = { maxHeaderSize: MOST_PLAIN_HEADER_BYTES, headersTimeout: patienceMs, requestTimeout: patienceMs };
  return createPlainServer(options, sendOn);
}

function sendOn(request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '/', headers } = request;
  const { host = '' } = headers;
  const isKnown = HOST.test(host) && url.startsWith('/');
  const where = isKnown ? `: https://${host}` : '';
  // Not for ever: TLS may be switched off again. What would change something was sent in clear, and is not repeated.
  const isRepeatable = isKnown && (method === 'GET' || method === 'HEAD');
  response.writeHead(isRepeatable ? 307 : 400, {
    ...(isRepeatable ? { location: `https://${host}${url}` } : {}),
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(`This port speaks HTTPS${where}\n`);
}
