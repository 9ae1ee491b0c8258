/**
 * Debian's mosquitto, as its owner may have set it up: with passwords, TLS, client certificates or WebSockets.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type MqttClient } from 'mqtt';
import { freePort } from '../port.ts';
import { atEnd, folder, Program, until } from '../server.ts';

export const EXECUTABLE = '/usr/sbin/mosquitto';

/** Made for these tests alone, of an authority that nobody has; they end in a hundred years. */
export function tlsFile(name: 'ca.crt' | 'server.crt' | 'server.key' | 'client.crt' | 'client.key'): string {
  return fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
}

export interface MosquittoOptions {
  /** Lines of mosquitto.conf, after the listener's. */
  readonly lines?: readonly string[];
  /** Users and their passwords; anybody may come in where there are none. */
  readonly users?: Readonly<Record<string, string>>;
  readonly port?: number;
}

export const TLS: readonly string[] = [
  `cafile ${tlsFile('ca.crt')}`,
  `certfile ${tlsFile('server.crt')}`,
  `keyfile ${tlsFile('server.key')}`,
];

export class Mosquitto extends Program {
  readonly port: number;

  private constructor(file: string, port: number) {
    super(EXECUTABLE, ['-c', file]);
    this.port = port;
  }

  /** Started, and listening. */
  static async start({ lines = [], users, port }: MosquittoOptions = {}): Promise<Mosquitto> {
    const data = folder();
    const at = port ?? (await freePort());
    const file = join(data, 'mosquitto.conf');
    const who = users === undefined ? ['allow_anonymous true'] : [`password_file ${await passwords(data, users)}`];
    // Started by root, it would else step down to a user who may read none of this.
    writeFileSync(file, [`listener ${at} 127.0.0.1`, 'user root', ...who, ...lines, ''].join('\n'));
    const broker = new Mosquitto(file, at);
    await until('mosquitto to listen', () => {
      if (broker.exit !== null) throw new Error(`mosquitto ended: ${broker.stderr}`);
      return /mosquitto version .* running/.test(broker.stderr);
    });
    return broker;
  }
}

/** In mosquitto's own form. */
async function passwords(data: string, users: Readonly<Record<string, string>>): Promise<string> {
  const file = join(data, 'passwords');
  writeFileSync(
    file,
    Object.entries(users)
      .map(([user, password]) => `${user}:${password}\n`)
      .join(''),
    { mode: 0o600 },
  );
  const program = new Program('mosquitto_passwd', ['-U', file]);
  const { code } = await program.exited;
  if (code !== 0) throw new Error(`mosquitto_passwd: ${program.stderr}`);
  return file;
}

export interface Heard {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
}

export interface ListenerOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** Another client of the broker: all that comes, and on each connection anew what the broker keeps. */
export class Listener {
  readonly heard: Heard[] = [];
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
  }

  static async to({ url, ...credentials }: ListenerOptions): Promise<Listener> {
    const client = connect(url, {
      ...credentials,
      ...(url.startsWith('mqtts') ? { ca: readFileSync(tlsFile('ca.crt')) } : {}),
      reconnectPeriod: 100,
      protocolVersion: 4,
    });
    const listener = new Listener(client);
    client.on('error', () => {});
    client.on('message', (topic, payload, { retain }) =>
      listener.heard.push({ topic, payload: payload.toString(), retain }),
    );
    atEnd(() => client.endAsync(true));
    await until('the listener to be connected', () => client.connected);
    await client.subscribeAsync('#', { qos: 1 });
    return listener;
  }

  publish(topic: string, payload: string, retain = false): void {
    this.#client.publish(topic, payload, { qos: 1, retain });
  }

  /** The newest under a topic, once there is one that fits. */
  says(topic: RegExp, fits: (payload: string) => boolean = () => true): Promise<Heard> {
    return until(`${topic} at the broker`, () =>
      this.heard.findLast((one) => topic.test(one.topic) && fits(one.payload)),
    );
  }

  /** Everything under topics that fit, in its order. */
  all(topic: RegExp): Heard[] {
    return this.heard.filter((one) => topic.test(one.topic));
  }
}
