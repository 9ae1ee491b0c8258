/**
 * The connection to a broker: makes it, makes it again when it broke, and says of each message whether the broker has it.
 * Nothing is queued here: what was not confirmed when a connection broke is its sender's again.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { Backoff } from '../backoff.ts';
import type { DownCode } from '../condition.ts';

export interface MqttMessage {
  readonly topic: string;
  /** Empty to take away what is retained. */
  readonly payload: string;
  readonly retain: boolean;
}

export interface MqttBroker {
  /** mqtt, mqtts, ws or wss; may hold user and password. */
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  /** PEM. */
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly clientId: string;
}

export interface LinkHandlers {
  up(): void;
  /** @param detail for people, without secrets */
  down(code: DownCode, detail: string): void;
  /** Something came on a topic of `subscriptions`. @param isRetained the broker had kept it */
  heard(topic: string, payload: string, isRetained: boolean): void;
  /** The broker does not let us hear what comes on a topic of `subscriptions`. */
  denied(topic: string): void;
}

export interface LinkOptions {
  readonly broker: MqttBroker;
  /** What the broker says for us when we are gone without a word. */
  readonly will: MqttMessage;
  readonly subscriptions: readonly string[];
  readonly random: () => number;
}

const BROKEN = 'the connection broke';
const CONNECT_MS = 10_000;
const KEEPALIVE_SECONDS = 30;
/** A broker that lets us in may throw us out at once: only a connection that held so long was a good one. */
const STEADY_MS = 30_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;
const QUALITY = 1;
/** MQTT 3.1.1 is understood by every broker there is. */
const VERSION = 4;

export class MqttLink {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #backoff: Backoff;
  readonly #unconfirmed = new Set<(error: Error) => void>();
  #client: MqttClient | null = null;
  #retry: NodeJS.Timeout | null = null;
  #steady: NodeJS.Timeout | null = null;
  #up = false;
  #stopped = false;

  constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#backoff = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, options.random);
  }

  get isUp(): boolean {
    return this.#up;
  }

  start(): void {
    this.#connect();
  }

  /** Resolves when the broker has it. @throws Error where the connection broke before */
  publish({ topic, payload, retain }: MqttMessage): Promise<void> {
    const client = this.#client;
    if (client === null || !this.#up) return Promise.reject(new Error('not connected'));
    return new Promise((resolve, reject) => {
      this.#unconfirmed.add(reject);
      client.publish(topic, payload, { qos: QUALITY, retain }, (error) => {
        this.#unconfirmed.delete(reject);
        if (error) reject(new Error(BROKEN, { cause: error }));
        else resolve();
      });
    });
  }

  /** Says a last word, if it may, and hangs up; within `ms`. */
  async stop(last: MqttMessage, ms: number): Promise<void> {
    this.#stopped = true;
    this.#clear();
    const client = this.#client;
    if (client === null) return;
    const overdue = new Promise<void>((resolve) => {
      setTimeout(resolve, ms).unref();
    });
    const wasUp = this.#up;
    if (wasUp) await Promise.race([this.publish(last).catch(() => {}), overdue]);
    this.#client = null;
    this.#up = false;
    const closed = new Promise<void>((resolve) => {
      client.end(!wasUp, {}, () => resolve());
    });
    await Promise.race([closed, overdue]);
    client.stream?.destroy();
  }

  #clear(): void {
    for (const timer of [this.#retry, this.#steady]) if (timer !== null) clearTimeout(timer);
  }

  #connect(): void {
    const client = connect(this.#options.broker.url, this.#clientOptions());
    this.#client = client;
    client.on('connect', () => this.#connected(client));
    client.on('message', (topic, payload, { retain }) => this.#handlers.heard(topic, payload.toString('utf8'), retain));
    // Some failures (a refusal among them) leave the connection open. What comes of an older one is nobody's concern.
    client.on('error', (error) => {
      if (this.#client === client) this.#lost(client, error);
    });
    client.on('close', () => {
      if (this.#client === client) this.#lost(client, null);
    });
  }

  #clientOptions(): IClientOptions {
    const { broker, will } = this.#options;
    const { username, password, ca, certificate, key, clientId } = broker;
    return {
      protocolVersion: VERSION,
      clientId,
      clean: true,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: CONNECT_MS,
      reconnectPeriod: 0,
      resubscribe: false,
      rejectUnauthorized: true,
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      ...(ca === null ? {} : { ca }),
      ...(certificate === null ? {} : { cert: certificate }),
      ...(key === null ? {} : { key }),
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: QUALITY, retain: will.retain },
    };
  }

  #connected(client: MqttClient): void {
    if (this.#client !== client) return;
    this.#up = true;
    this.#steady = setTimeout(() => this.#backoff.reset(), STEADY_MS);
    for (const topic of this.#options.subscriptions) {
      client.subscribe(topic, { qos: QUALITY }, (_error, _subscriptions, answer) => {
        // Without an answer the connection broke.
        if (answer?.granted.includes(DENIED) === true) this.#handlers.denied(topic);
      });
    }
    this.#handlers.up();
  }

  #lost(client: MqttClient, failure: Error | null): void {
    const wasUp = this.#up;
    this.#up = false;
    this.#client = null;
    this.#clear();
    client.end(true);
    const lost = new Error(BROKEN);
    for (const reject of this.#unconfirmed) reject(lost);
    this.#unconfirmed.clear();
    if (this.#stopped) return;
    const { code, detail } = reasonOf(failure, wasUp);
    const waitMs = code === 'OUTPUT_UNREACHABLE' ? this.#backoff.next() : this.#backoff.longest();
    this.#retry = setTimeout(() => this.#connect(), waitMs);
    this.#handlers.down(code, detail);
  }
}

/** What a broker answers to a subscription that it does not allow. */
const DENIED = 0x80;

/** What brokers of MQTT 3.1.1 answer to who may not come in. */
const REFUSALS: Readonly<Record<number, string>> = {
  2: 'the client id is not accepted',
  4: 'user or password is wrong',
  5: 'this user may not connect',
};
const UNTRUSTED = /CERT|SELF_SIGNED|ALTNAME|ISSUER|UNABLE_TO_VERIFY|UNABLE_TO_GET/;
/** What the broker says of our certificate, or that it wants one. */
const UNWANTED = /ALERT.*(?:CERT|UNKNOWN_CA|ACCESS_DENIED)/;

/** Never the message as it is: it may hold what was sent. */
function reasonOf(failure: Error | null, wasUp: boolean): { code: DownCode; detail: string } {
  const { code } = (failure ?? {}) as { code?: string | number };
  if (typeof code === 'number' && code in REFUSALS) {
    return { code: 'OUTPUT_REFUSED', detail: REFUSALS[code] as string };
  }
  if (typeof code === 'string' && UNWANTED.test(code)) return { code: 'OUTPUT_REFUSED', detail: code };
  if (typeof code === 'string' && UNTRUSTED.test(code)) return { code: 'OUTPUT_UNTRUSTED', detail: code };
  if (code !== undefined) return { code: 'OUTPUT_UNREACHABLE', detail: String(code) };
  const timeout = /timeout/i.test(failure?.message ?? '');
  const silent = timeout ? 'no answer' : 'the broker closed the connection';
  return { code: 'OUTPUT_UNREACHABLE', detail: wasUp && !timeout ? BROKEN : silent };
}
