/**
 * The web port. For now the two questions that a supervisor asks.
 */
import fastify, { type FastifyInstance } from 'fastify';

/** What the server says of itself. */
export interface Health {
  /** Whether batteries are listened to. */
  readonly listening: boolean;
  /** Whether what they send can be kept at present. */
  readonly storing: boolean;
  /** How often each problem was seen since the start, by its code in docs/errors.md. */
  readonly problems: Readonly<Record<string, number>>;
}

export class WebServer {
  readonly #address: { readonly host: string; readonly port: number };
  readonly #server: FastifyInstance;
  #started: Promise<unknown> = Promise.resolve();

  constructor(address: { readonly host: string; readonly port: number }, health: () => Health) {
    this.#address = address;
    this.#server = fastify({ logger: false, forceCloseConnections: true });
    // Alive: the process answers. Nothing else is looked at, or a full disk would have it restarted for ever.
    this.#server.get('/healthz', () => ({ status: 'ok' }));
    this.#server.get('/readyz', (_request, reply) => {
      const { listening, storing, problems } = health();
      const ready = listening && storing;
      reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', listening, storing, problems });
    });
  }

  get port(): number {
    const [address] = this.#server.addresses();
    return typeof address === 'object' ? address.port : 0;
  }

  /** @throws the system's error if it cannot listen */
  async start(): Promise<void> {
    this.#started = this.#server.listen({ host: this.#address.host, port: this.#address.port });
    await this.#started;
  }

  async stop(): Promise<void> {
    // Closed while it begins to listen, it would neither begin nor fail.
    await this.#started.catch(() => {});
    await this.#server.close();
  }
}
