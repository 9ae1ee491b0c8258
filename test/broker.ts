/**
 * An MQTT broker in this process, on this machine's loopback: what it was sent, what it keeps, and its moods. Ended when
 * the test has finished.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { onTestFinished } from 'vitest';

export interface Published {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly qos: number;
}

export interface BrokerOptions {
  /** 0 for any. */
  readonly port?: number;
  /** Who may come in; everybody where it is not given. */
  readonly password?: string;
  /** What nobody may subscribe to. */
  readonly denied?: string;
  /** What ends it; the end of the test where it is not given. */
  readonly ending?: (end: () => Promise<void>) => void;
}

export class Broker {
  readonly port: number;
  /** What clients have published, and the broker has confirmed or will; wills too. */
  readonly published: Published[] = [];
  /** What it keeps, by topic. */
  readonly retained = new Map<string, string>();
  readonly clients: string[] = [];
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #held: (() => void)[] | null = null;

  private constructor(aedes: Aedes, server: Server, sockets: Set<Socket>, port: number) {
    this.#aedes = aedes;
    this.#server = server;
    this.#sockets = sockets;
    this.port = port;
  }

  static async start({ port = 0, password, denied, ending = onTestFinished }: BrokerOptions = {}): Promise<Broker> {
    const aedes = await Aedes.createBroker();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
    const broker = new Broker(aedes, server, sockets, (server.address() as { port: number }).port);
    broker.#listen(password);
    aedes.authorizeSubscribe = (_client, subscription, done) =>
      done(null, subscription.topic === denied ? null : subscription);
    ending(() => broker.kill());
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** The payloads published under a topic, in their order. */
  said(topic: string): string[] {
    return this.published.filter((one) => one.topic === topic).map(({ payload }) => payload);
  }

  /** What another client publishes. */
  publish(topic: string, payload: string, retain = false): void {
    this.#aedes.publish({ cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain, dup: false }, () => {});
  }

  /** Confirms nothing more, until {@link release}. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const go of held) go();
  }

  /** Breaks all connections, and goes on. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As by kill -9: nobody is told anything, and what it kept is gone. */
  async kill(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
  }

  #listen(password: string | undefined): void {
    this.#aedes.authenticate = (_client, _user, given, done) => {
      const right = password === undefined || given?.toString() === password;
      done(right ? null : Object.assign(new Error('no'), { returnCode: 4 }), right);
    };
    this.#aedes.authorizePublish = (_client, _packet, done) => {
      if (this.#held === null) done(null);
      else this.#held.push(() => done(null));
    };
    this.#aedes.on('client', ({ id }: Client) => this.clients.push(id));
    this.#aedes.on('publish', ({ topic, payload, retain, qos }) => {
      if (topic.startsWith('$SYS')) return;
      const text = payload.toString();
      this.published.push({ topic, payload: text, retain, qos });
      if (!retain) return;
      if (text === '') this.retained.delete(topic);
      else this.retained.set(topic, text);
    });
  }
}
