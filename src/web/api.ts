/**
 * The web port: the page, the interface under /api, and the two questions that a supervisor asks.
 */
import { Readable } from 'node:stream';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { WebProblemCode } from '../problems/web.ts';
import { inTurns, onePartATurn, partsInTurns } from '../system/turns.ts';
import { credentialsOf, Guard, isViaProxy, PAGE } from './access/guard.ts';
import { Hosts } from './access/hosts.ts';
import { otherHostPage } from './access/other-host.ts';
import type { Role } from './access/secrets.ts';
import { securityHeaders } from './headers.ts';
import { hasList, jsonPieces } from './json-pieces.ts';
import { type LiveFeed, message } from './live/feed.ts';
import { FrameFollowers, listen, ResponseClient } from './live/request.ts';
import { openApi } from './openapi.ts';
import { parsed } from './parsed.ts';
import { fits, withoutBase } from './paths.ts';
import { WebError } from './problem.ts';
import { JsonText } from './query/pool.ts';
import type { Route } from './routes/route.ts';
import { ROUTES } from './routes/routes.ts';
import type { Services } from './services.ts';
import { PageFiles } from './static.ts';
import { SecureServers, type TlsIdentity } from './tls/secure-server.ts';

/** What the server says to a supervisor. */
export interface Health {
  /** Whether batteries are listened to. */
  readonly listening: boolean;
  /** Whether what they send can be kept at present. */
  readonly storing: boolean;
  /** How often each problem was seen since the start, by its code in docs/errors.md. */
  readonly problems: Readonly<Record<string, number>>;
}

export interface WebOptions {
  readonly address: { readonly host: string; readonly port: number };
  /** Addresses and networks; `private` for all of one's own. */
  readonly trustedProxies: readonly string[];
  /** See {@link Hosts}. */
  readonly hosts: readonly string[];
  readonly frameAncestors: readonly string[];
  /** null, or nothing, for HTTP. */
  readonly tls?: TlsIdentity | null;
  readonly health: () => Health;
  readonly services: Services;
  readonly feed: LiveFeed;
  /** What Prometheus is told, in its text format: its parts, in their order. */
  readonly metrics: () => Promise<readonly string[]>;
  /** Told of mistakes of ours. Must not throw. */
  readonly failed: (detail: string) => void;
  /** For tests: more routes, the page's files, and whether answers are checked as requests are. */
  readonly routes?: readonly Route[];
  readonly files?: PageFiles;
  readonly checked?: boolean;
}

const BODY_BYTES = 64 * 1024;
const HEADER_BYTES = 16 * 1024;
/** For a request to come as a whole, ms. */
const REQUEST_MS = 15_000;
const MAX_CONNECTIONS = 500;
const BEAT_MS = 15_000;
/** What fastify knows under `private`. */
const PRIVATE_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];

/** Prometheus’s text format. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Of an Idempotency-Key. */
const LONGEST_KEY = 100;

const EMPTY = z.strictObject({});
const LIVE_QUERY = z.strictObject({
  frames: z.enum(['true', 'false']).optional(),
  last_event_id: z.string().max(40).optional(),
});

declare module 'fastify' {
  interface FastifyContextConfig {
    role?: Role | 'anyone';
  }
}

export class WebServer {
  readonly #options: WebOptions;
  readonly #server: FastifyInstance;
  readonly #secure: SecureServers | null;
  readonly #guard: Guard;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #followers: FrameFollowers;
  readonly #files: PageFiles;
  #beat: NodeJS.Timeout | null = null;
  /** Looks for batteries that have become stale. */
  #ticking: Promise<void> | null = null;
  #started: Promise<unknown> = Promise.resolve();

  constructor(options: WebOptions) {
    this.#options = options;
    const { services, trustedProxies } = options;
    this.#headers = securityHeaders(options.frameAncestors);
    this.#guard = new Guard(services.auth, new Hosts(options.hosts));
    this.#followers = new FrameFollowers(services);
    this.#files = options.files ?? new PageFiles();
    const proxies = trustedProxies.flatMap((entry) => (entry === 'private' ? PRIVATE_NETWORKS : [entry]));
    const limits = { maxHeaderSize: HEADER_BYTES, headersTimeout: REQUEST_MS };
    const { tls = null } = options;
    this.#secure = tls && new SecureServers(tls, { ...limits, requestTimeout: REQUEST_MS, handshakeMs: REQUEST_MS });
    this.#server = fastify({
      logger: false,
      ...(this.#secure === null ? {} : { serverFactory: this.#secure.factory }),
      forceCloseConnections: true,
      bodyLimit: BODY_BYTES,
      requestTimeout: REQUEST_MS,
      trustProxy: proxies.length === 0 ? false : proxies,
      http: limits,
      // What cannot even be looked for, such as `/%zz`.
      frameworkErrors: (error, _request, reply) => void this.#sendProblem(this.#problemOf(error), reply),
      rewriteUrl: ({ url = '/' }) => withoutBase(url, services.basePath),
    });
    this.#server.server.maxConnections = MAX_CONNECTIONS;
    this.#server.removeContentTypeParser('text/plain');
    this.#addHooks();
    this.#addHealth();
    this.#addMetrics();
    this.#addRecordingFile();
    for (const one of [...ROUTES, ...(options.routes ?? [])]) this.#addRoute(one);
    this.#addDocument();
    this.#addLive();
    this.#addPage();
  }

  get port(): number {
    return this.address.port;
  }

  /** Where it is listened on, as the system says it; port 0 where it is not. */
  get address(): { readonly host: string; readonly port: number } {
    const [found] = this.#server.addresses();
    return typeof found === 'object'
      ? { host: found.address, port: found.port }
      : { ...this.#options.address, port: 0 };
  }

  /** @throws the system's error if it cannot listen */
  async start(): Promise<void> {
    const { address, services } = this.#options;
    this.#started = this.#server.listen({ host: address.host, port: address.port });
    await this.#started;
    services.auth.tellSetupCode();
    services.size.tick(services.facts.now());
    this.#beat = setInterval(() => this.#tick(), BEAT_MS);
  }

  /** Shows another certificate from now on. @throws Error where it is none */
  show(identity: TlsIdentity): void {
    this.#secure?.show(identity);
  }

  async stop(): Promise<void> {
    if (this.#beat !== null) clearInterval(this.#beat);
    this.#followers.stop();
    this.#options.feed.stop();
    this.#options.services.doctor.stop();
    // Closed while it begins to listen, it would neither begin nor fail.
    await this.#started.catch(() => {});
    this.#secure?.end();
    await Promise.all([
      this.#server.close(),
      this.#options.services.pool.stop(),
      this.#options.services.bundling.stop(),
    ]);
    if (this.#beat !== null) clearInterval(this.#beat);
  }

  #tick(): void {
    const { services, feed } = this.#options;
    services.size.tick(services.facts.now());
    this.#ticking ??= inTurns(services.state.tick()).finally(() => {
      this.#ticking = null;
    });
    feed.beat('server_state', { storing: services.state.storing, connections: services.state.connections });
    void this.#files.build().then((build) => feed.beat('page', { build }));
  }

  #addHooks(): void {
    this.#server.addHook('onRequest', async (request, reply) => {
      reply.headers(this.#headers);
      // Alive, whatever it is called.
      if (request.url === '/healthz') return;
      this.#guard.check(request);
      this.#guard.admit(request.routeOptions.config.role ?? 'anyone', request);
    });
    this.#server.setErrorHandler((error, _request, reply) => this.#sendProblem(this.#problemOf(error), reply));
    this.#server.setNotFoundHandler((request, reply) => this.#sendProblem(this.#notFound(request), reply));
  }

  #addHealth(): void {
    // Alive: the process answers. Nothing else is looked at, or a full disk would have it restarted for ever.
    this.#server.get('/healthz', () => ({ status: 'ok' }));
    this.#server.get('/readyz', (_request, reply) => {
      const { listening, storing, problems } = this.#options.health();
      const ready = listening && storing;
      reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', listening, storing, problems });
    });
  }

  #addMetrics(): void {
    const { metrics } = this.#options;
    this.#server.get('/metrics', { config: { role: 'view' } }, async (_request, reply) => {
      const parts = await metrics();
      return reply
        .header('cache-control', 'no-store')
        .type(METRICS_TYPE)
        .send(Readable.from(onePartATurn(parts)));
    });
  }

  #addRecordingFile(): void {
    const { recording } = this.#options.services;
    this.#server.get('/api/recordings/:name', { config: { role: 'control' } }, (request, reply) => {
      const { name } = request.params as { name: string };
      const bytes = recording.file(name);
      if (bytes === null) throw new WebError('NOT_FOUND');
      const headers = { 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}"` };
      reply.headers(headers).type('application/x-pcapng').send(bytes);
    });
  }

  #addRoute(one: Route): void {
    const url = one.path.replace(/\{(\w+)\}/g, ':$1');
    const { services, checked = false } = this.#options;
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const { id = '', n = '0' } = request.params as { id?: string; n?: string };
      const key = request.headers['idempotency-key'];
      if (one.path.includes('{id}') && !one.takesNewcomers && !services.state.has(id))
        throw new WebError('BATTERY_NOT_FOUND');
      const asked = {
        id,
        number: /^\d{1,9}$/.test(n) ? Number(n) : 0,
        idempotencyKey: typeof key === 'string' && key !== '' ? key.slice(0, LONGEST_KEY) : null,
        query: parsed(one.query ?? EMPTY, request.query),
        body: one.body === undefined ? undefined : parsed(one.body, request.body ?? {}, one.notAllowed),
        credentials: credentialsOf(request),
        secure: request.protocol === 'https',
        setHeader: (name: string, value: string) => void reply.header(name, value),
      };
      const answer = await one.answer(asked, services);
      reply
        .code(one.status ?? 200)
        .header('cache-control', 'no-store')
        .type('application/json');
      if (!checked && hasList(answer)) return reply.send(Readable.from(partsInTurns(jsonPieces(answer))));
      const json = answer instanceof JsonText ? answer.text : [...jsonPieces(answer)].join('');
      if (checked) exactly(one.response, json);
      return reply.send(json);
    };
    this.#server.route({ method: one.method, url, config: { role: one.role }, handler });
  }

  #addDocument(): void {
    const { services, routes = [] } = this.#options;
    // Made when it is first asked for.
    let text: string | null = null;
    this.#server.get('/api/openapi.json', { config: { role: 'view' } }, (_request, reply) => {
      text ??= JSON.stringify(openApi([...ROUTES, ...routes], services.facts.version, services.basePath));
      reply.type('application/json').send(text);
    });
  }

  #addLive(): void {
    const { feed } = this.#options;
    const options = { config: { role: 'view' as const }, exposeHeadRoute: false };
    this.#server.get('/api/live', options, async (request, reply) => {
      const query = parsed(LIVE_QUERY, request.query);
      const build = await this.#files.build();
      if (feed.full) throw new WebError('SERVER_BUSY', 'too many browsers listen', { 'retry-after': '30' });
      const lastId = request.headers['last-event-id'] ?? query.last_event_id ?? null;
      const client = new ResponseClient(reply.raw, () => this.#mayListen(request));
      reply.hijack();
      const asked = {
        feed,
        followers: this.#followers,
        lastId: lastId === null ? null : String(lastId),
        frames: query.frames === 'true',
      };
      listen(reply.raw, this.#headers, client, asked);
      client.write(message('page', { build }));
    });
  }

  /** Logged out, or the password was changed. */
  #mayListen(request: FastifyRequest): boolean {
    try {
      this.#guard.admit('view', request);
      return true;
    } catch {
      return false;
    }
  }

  #addPage(): void {
    this.#server.get(PAGE, async (request, reply) => {
      const { basePath } = this.#options.services;
      const path = request.url.split('?')[0] as string;
      if (`${path}/` === basePath) return reply.redirect(basePath);
      // Its cookie would not come back from there. What stands behind `?` is seen again behind a proxy that takes the base away.
      const isAboveBase = basePath !== '/' && request.originalUrl === '/' && !isViaProxy(request.headers);
      if (isAboveBase) return reply.redirect(`${basePath}?from-root`);
      const file = await this.#files.find(path);
      if (file === null) throw this.#notFound(request);
      reply.headers({
        'content-type': file.type,
        'cache-control': file.caching,
        etag: file.etag,
        vary: 'accept-encoding',
      });
      if (request.headers['if-none-match'] === file.etag) return reply.code(304).send();
      const gzip = file.gzipped !== null && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
      if (gzip) reply.header('content-encoding', 'gzip');
      return reply.send(gzip ? file.gzipped : file.bytes);
    });
  }

  /** Nothing there, or nothing of that kind. */
  #notFound({ url, method }: FastifyRequest): WebError {
    const path = url.split('?')[0] as string;
    const all = ['GET', 'POST', 'DELETE'] as const;
    const known = [...ROUTES, ...(this.#options.routes ?? [])].filter((one) => fits(one.path, path));
    const allowed = all.filter(
      (one) => known.some((entry) => entry.method === one) || (one === 'GET' && !path.startsWith('/api/')),
    );
    if (allowed.length === 0 || method === 'GET' || method === 'HEAD') return new WebError('NOT_FOUND');
    return new WebError('METHOD_NOT_ALLOWED', '', { allow: allowed.join(', ') });
  }

  #problemOf(error: unknown): WebError {
    if (error instanceof WebError) return error;
    const { code = '', statusCode } = error as { code?: string; statusCode?: number };
    const known = FASTIFY_PROBLEMS[code];
    if (known !== undefined) return new WebError(known);
    if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new WebError('REQUEST_INVALID');
    this.#options.failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return new WebError('SERVER_MISTAKE');
  }

  #sendProblem(problem: WebError, reply: FastifyReply): FastifyReply {
    reply.code(problem.status).headers({ ...this.#headers, ...problem.headers, 'cache-control': 'no-store' });
    const page = otherHostPage(problem, reply.request);
    if (page !== null) return reply.type('text/html; charset=utf-8').send(page);
    return reply.type('application/problem+json').send(JSON.stringify(problem));
  }
}

const FASTIFY_PROBLEMS: Readonly<Record<string, WebProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNKNOWN',
};

/** Whether an answer is what its description says, and no more. @throws Error */
function exactly(type: z.ZodType, json: string): void {
  if (JSON.stringify(type.parse(JSON.parse(json))).length !== json.length)
    throw new Error('the answer says more than its description');
}
