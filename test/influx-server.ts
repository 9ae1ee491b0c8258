/**
 * A server that takes points as InfluxDB does, on a real socket, and knows whether each line was as it must be.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { type Point, parseLines } from './line-protocol.ts';

/** What is answered in place of what would be: a status, silence, or nothing at all. */
export type Plan =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'close';

export interface Write {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | null;
  readonly points: readonly Point[];
}

export class InfluxServer {
  /** What the next requests are answered. */
  readonly plan: Plan[] = [];
  /** All that was asked for, taken or not. */
  readonly writes: Write[] = [];
  /** What was wrong with what came; a test that ends with any has failed. */
  readonly mistakes: string[] = [];
  /** Points in the order in which they were taken, overwritten ones too. */
  readonly taken: Point[] = [];
  /** A write with such a point is refused as a whole. */
  isBad: (point: Point) => boolean = () => false;
  /** The only header that is let in; null for all. */
  authorization: string | null = null;
  #server = createServer((request, response) => void this.#answer(request, response));
  #port = 0;

  /** Listens where it listened before. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** As it would be read back: one point a battery and time, its fields put together. */
  get series(): Map<string, Readonly<Record<string, number>>> {
    const series = new Map<string, Readonly<Record<string, number>>>();
    for (const { tags, fields, time } of this.taken) {
      const key = `${tags.battery} ${time}`;
      series.set(key, { ...series.get(key), ...fields });
    }
    return series;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const points = await this.#read(request);
    const { authorization = null } = request.headers;
    this.writes.push({ path: url.pathname, query: Object.fromEntries(url.searchParams), authorization, points });
    if (url.searchParams.get('precision') !== 's') this.mistakes.push(`no precision of seconds: ${url.search}`);
    const plan = this.plan.shift() ?? this.#judge(authorization, points);
    if (plan === 'hang') return;
    if (plan === 'close') return void request.socket.destroy();
    if (plan.status < 300) this.taken.push(...points);
    response.writeHead(plan.status, plan.headers).end(plan.body);
  }

  async #read(request: IncomingMessage): Promise<Point[]> {
    const { method, headers } = request;
    if (method !== 'POST') this.mistakes.push(`method ${method}`);
    if (headers['content-type'] !== 'text/plain; charset=utf-8') this.mistakes.push(`type ${headers['content-type']}`);
    if (headers['content-encoding'] !== 'gzip') this.mistakes.push('not compressed');
    try {
      const points = parseLines(await text(request.pipe(createGunzip())));
      for (const { time } of points) if (Math.abs(time) > 1e10) this.mistakes.push(`${time} are no seconds`);
      return points;
    } catch (error) {
      this.mistakes.push(String(error));
      return [];
    }
  }

  #judge(authorization: string | null, points: readonly Point[]): Exclude<Plan, string> {
    if (this.authorization !== null && authorization !== this.authorization) {
      return { status: 401, body: '{"code":"unauthorized","message":"unauthorized access"}' };
    }
    const bad = points.find((point) => this.isBad(point));
    if (bad === undefined) return { status: 204 };
    return {
      status: 400,
      body: JSON.stringify({ code: 'invalid', message: `unable to parse the point of ${bad.time}` }),
    };
  }
}
