/**
 * How a command reaches the server that has a data folder open: through the interface that the page uses, with the token of
 * the folder's `server.json` (decision 0011). Where none runs, the command does the work on the store itself.
 */
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { readContact, type ServerContact } from '../app/server-file.ts';
import { OwnerError } from '../problems/errors.ts';
import { openAsFound } from '../store/sqlite/as-found.ts';
import { StoreError } from '../store/store.ts';

type FoundStore = ReturnType<typeof openAsFound>;

export interface ServerOrStoreWork<T> {
  /** Has the server do it. */
  readonly ask: (server: RunningServer) => Promise<T>;
  /** Does it on the store, which no server uses meanwhile. */
  readonly alone: (store: FoundStore) => T | Promise<T>;
}

/** How long a server may take to begin, or to answer whether it is the one, ms. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 200;
/** For work without an end that is known. */
const WORK_MS = 600_000;
const LARGEST_ANSWER = 16 * 1024 * 1024;

/**
 * Does a piece of work on what a data folder holds, whether its server runs or not.
 * @throws OwnerError or StoreError: STORE_ABSENT, STORE_IN_USE where something else has the folder open, and what `work` throws
 */
export async function onServerOrStore<T>(
  folder: string,
  work: ServerOrStoreWork<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  for (const until = performance.now() + patienceMs; ; ) {
    const store = openUnlessInUse(folder);
    if (store !== null) {
      try {
        return await work.alone(store);
      } finally {
        store.close();
      }
    }
    const server = await RunningServer.of(folder);
    if (server !== null) return work.ask(server);
    if (performance.now() >= until) throw new OwnerError('STORE_IN_USE', silence(folder));
    await sleep(LOOK_MS);
  }
}

function openUnlessInUse(folder: string): FoundStore | null {
  try {
    return openAsFound(folder);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_IN_USE') return null;
    throw error;
  }
}

function silence(folder: string): string {
  const contact = readContact(folder);
  const where = contact === null ? '' : ` at ${contact.host}, port ${contact.port}, process ${contact.pid}`;
  return (
    `another alphaess-local uses ${folder}, but no server answers for it${where}: it may still be starting; ` +
    'another command may be at work; or the server runs in a container, where this command must run, too'
  );
}

/** A server that was found to be the one of its folder. */
export class RunningServer {
  readonly #contact: ServerContact;

  private constructor(contact: ServerContact) {
    this.#contact = contact;
  }

  /** The server of a folder; null where none answers there that knows the folder's token. */
  static async of(folder: string): Promise<RunningServer | null> {
    const contact = readContact(folder);
    if (contact === null) return null;
    const server = new RunningServer(contact);
    // Another server may listen there by now, and do to its batteries what was meant for ours.
    const known = await server.#send('GET', 'api/session', undefined, PATIENCE_MS).catch(() => null);
    return known?.status === 200 && (known.json as { role?: unknown }).role === 'control' ? server : null;
  }

  /**
   * Asks as the owner.
   * @param path below the base path, such as `api/server`
   * @returns the answer, as JSON has it
   * @throws OwnerError SERVER_REFUSED where the server says why not; SERVER_UNREACHABLE where it ended meanwhile
   */
  async ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const answer = await this.#send(method, path, body, WORK_MS).catch((error: NodeJS.ErrnoException) => {
      const reason = error.code ?? error.message;
      throw new OwnerError(
        'SERVER_UNREACHABLE',
        `the server did not finish its answer (${reason}): repeat this`,
        error,
      );
    });
    if (answer.status >= 200 && answer.status < 300) return answer.json;
    throw refusal(answer);
  }

  async #send(method: string, path: string, body: unknown, timeout: number): Promise<ServerAnswer> {
    const { host, port, base_path: base, token, fingerprint } = this.#contact;
    // Before anything is sent, the token last of all.
    const socket = fingerprint === null ? null : await connectTo({ host, port }, fingerprint, timeout);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      // A name that every server of ours answers to, whatever its address.
      host: 'localhost',
      authorization: `Local ${token}`,
      'x-requested-by': 'alphaess-local',
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          ...{ host, port, method, path: `${base}${path}`, headers, timeout },
          // An agent would make a connection of its own.
          ...(socket === null ? { agent: false as const } : { createConnection: () => socket }),
        },
        (answer) => {
          answerOf(answer).then(resolve, reject);
        },
      );
      asked.on('timeout', () => asked.destroy(new Error(`no answer for ${timeout / 1000} s`)));
      asked.on('error', reject);
      asked.end(text);
    });
  }
}

/**
 * By TLS, to the server that has this certificate and no other. Who signed it, of which name it is and whether it has expired is
 * nothing to a command: the data folder says which it is.
 */
function connectTo(at: { host: string; port: number }, fingerprint: string, timeout: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...at, rejectUnauthorized: false, timeout }, () => {
      if (socket.getPeerX509Certificate()?.fingerprint256 === fingerprint) return resolve(socket);
      socket.destroy(new Error('the certificate is not the one of server.json'));
    });
    socket.once('timeout', () => socket.destroy(new Error(`no answer for ${timeout / 1000} s`)));
    socket.once('error', reject);
  });
}

interface ServerAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** @throws Error where it is too long, breaks off, or is no JSON */
async function answerOf(message: IncomingMessage): Promise<ServerAnswer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of message) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > LARGEST_ANSWER) throw new Error('the answer is too long');
  }
  return { status: message.statusCode ?? 0, json: JSON.parse(Buffer.concat(parts).toString('utf8')) };
}

function refusal({ status, json }: ServerAnswer): OwnerError {
  const { title, detail, code } = (json ?? {}) as { title?: string; detail?: string; code?: string };
  // That a request is wrong in some way says nothing where the detail says in which.
  const shown = code === 'REQUEST_INVALID' && detail !== undefined ? [detail] : [title, detail];
  const why = shown.filter((part) => part !== undefined).join(': ');
  return new OwnerError('SERVER_REFUSED', `the server did not do it: ${why} [${code ?? status}]`);
}
