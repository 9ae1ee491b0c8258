/**
 * A web port around a store, as the app builds it, and requests to it that may say anything.
 */
import { request } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { HouseState } from '../src/now/house-state.ts';
import { placeOf } from '../src/store/backup/way-back.ts';
import type { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { DATABASE_FILE } from '../src/store/store.ts';
import { Auth, type AuthOptions } from '../src/web/access/auth.ts';
import { NO_SECRETS, newToken, sha256, writeSecrets } from '../src/web/access/secrets.ts';
import { type WebOptions, WebServer } from '../src/web/api.ts';
import { LiveFeed } from '../src/web/live/feed.ts';
import { FrameTap } from '../src/web/live/frame-tap.ts';
import { type PoolOptions, QueryPool } from '../src/web/query/pool.ts';
import type { Bundling } from '../src/web/routes/bundle.ts';
import type { Controlling } from '../src/web/routes/control.ts';
import type { Experimenting } from '../src/web/routes/experiment.ts';
import type { ForgettingDesk } from '../src/web/routes/forget.ts';
import type { ImportingDesk } from '../src/web/routes/imports.ts';
import type { Leaving } from '../src/web/routes/leave.ts';
import type { Pricing } from '../src/web/routes/prices.ts';
import type { RecordingControl } from '../src/web/routes/recording.ts';
import type { Redating } from '../src/web/routes/redate.ts';
import type { Relaying } from '../src/web/routes/relay.ts';
import type { Scheduling } from '../src/web/routes/schedules.ts';
import type { TapView } from '../src/web/routes/tap.ts';
import type { Trusting } from '../src/web/routes/trust.ts';
import type { Examiner, OwnClock } from '../src/web/services.ts';
import { StoreSize } from '../src/web/store-size.ts';

export interface Web {
  readonly server: WebServer;
  readonly feed: LiveFeed;
  readonly state: HouseState;
  readonly tap: FrameTap;
  readonly pool: QueryPool;
  /** What was told of mistakes of ours. */
  readonly mistakes: string[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  ask(method: string, path: string, headers?: Record<string, string>, body?: string | Uint8Array): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** As JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly json: any;
}

interface WebSetting extends Partial<Omit<WebOptions, 'services' | 'feed' | 'failed'>> {
  readonly basePath?: string;
  readonly auth?: Partial<AuthOptions>;
  readonly pool?: Partial<PoolOptions>;
  readonly nowMs?: number;
  /** Who takes the owner's word on who speaks for a battery. */
  readonly trust?: Partial<Trusting>;
  readonly control?: Partial<Controlling>;
  readonly schedules?: Partial<Scheduling>;
  readonly prices?: Partial<Pricing>;
  readonly leaving?: Partial<Leaving>;
  readonly experiments?: Partial<Experimenting>;
  readonly clock?: OwnClock;
  /** Who forgets batteries. */
  readonly forgetting?: Partial<ForgettingDesk>;
  readonly doctor?: Examiner;
  readonly redating?: Redating;
  readonly importing?: ImportingDesk;
  readonly bundling?: Partial<Bundling>;
  /** Who knows what goes to the vendor. */
  readonly relay?: Partial<Relaying>;
  readonly tapped?: TapView | null;
  readonly recording?: Partial<RecordingControl>;
}

const NOTHING_FOUND: Examiner = {
  findings: async () => [],
  destination: () => ({ names: [], addresses: [], port: 7777, reachable: true, container: false }),
  stop: () => {},
};
const STAYING = { sinceMs: null, isDone: false, redirect: { isDone: false, sentence: '' }, batteries: [] };
const NOT_RELAYED = { upstream: null, connections: [], commands: [] };
const SURE: OwnClock = { doubt: () => null, confirm: () => true };

const NOT_RECORDING = {
  ...{ isRecording: false, isPrivate: false, sinceMs: null, untilMs: null, frames: 0, dropped: 0 },
  files: [],
};

const NO_PRICES = {
  ...{ source: null, currency: 'EUR', now: null, knownUntil: null, takenMs: null, nextMs: null },
  ...{ isStale: true, problem: null },
};

/** What a command of this machine shows. */
export const LOCAL_TOKEN = newToken();

/** Started, and stopped when the test has finished. */
export async function webOn(folder: string, store: SqliteStore, setting: WebSetting = {}): Promise<Web> {
  const {
    basePath = '/',
    pool: poolOptions,
    nowMs,
    trust = {},
    control = {},
    schedules = {},
    prices = {},
    leaving = {},
    experiments = {},
    relay = {},
    clock = SURE,
    forgetting = {},
    doctor = NOTHING_FOUND,
    redating,
    importing,
    tapped = null,
    recording = {},
    bundling,
    auth = {},
    ...options
  } = setting;
  const mistakes: string[] = [];
  const failed = (detail: string) => void mistakes.push(detail);
  const now = () => nowMs ?? Date.now();
  const feed = new LiveFeed(now());
  const stateOptions = {
    names: {},
    staleMs: 90_000,
    houseOffset: () => 3600,
    idOf: (serial: string) => store.idOf(serial),
    wallMs: now,
  };
  const state = new HouseState(stateOptions, store.batteries(), [feed]);
  const tap = new FrameTap(now);
  const pool = new QueryPool({ setting: { ...placeOf(folder), timeZone: 'Europe/Dublin' }, failed, ...poolOptions });
  const server = new WebServer({
    address: { host: '127.0.0.1', port: 0 },
    trustedProxies: [],
    hosts: [],
    frameAncestors: [],
    health: () => ({ listening: true, storing: true, problems: {} }),
    metrics: async () => ['# none\n'],
    checked: true,
    ...options,
    services: {
      doctor,
      clock,
      facts: {
        name: 'Home',
        version: '1.2.3',
        startedMs: now(),
        timeZone: 'Europe/Dublin',
        batteryAddress: () => '0.0.0.0:7777',
        counters: () => ({ FRAME_TLS: 2 }),
        waitingRows: () => store.backlog.rows,
        now,
        sinks: () => [],
        strangers: () => [{ address: '203.0.113.7', code: 'PEER_NOT_ALLOWED', times: 2, lastMs: 1_718_190_250_000 }],
      },
      state,
      tap,
      pool,
      auth: new Auth({
        folder,
        passwords: {},
        tokens: [],
        isForThisMachine: true,
        setup: null,
        localToken: LOCAL_TOKEN,
        openHere: null,
        monoMs: () => performance.now(),
        failed: () => {},
        ...auth,
      }),
      relay: { relay: () => NOT_RELAYED, of: () => null, decide: () => {}, ...relay },
      tapped: () => tapped,
      recording: {
        status: () => NOT_RECORDING,
        start: async () => {},
        stop: async () => {},
        file: () => null,
        ...recording,
      },
      control: { ...NO_CONTROL, ...control },
      prices: { view: NO_PRICES, between: async () => [], ...prices },
      schedules: { of: async () => null, set: refuse, preview: refuse, ...schedules },
      experiments: { syncTime: notAllowed, syncTimeOf: () => null, ...experiments },
      leaving: { report: async () => STAYING, begin: refuse, cancel: refuse, ...leaving },
      trust: { all: async () => [], decide: async () => {}, ...trust },
      forgetting: { forget: async () => null, of: async () => null, ...forgetting },
      redating: { correct: async () => false, ...redating },
      bundling: { make: async () => ({ refused: 'none' }), stop: async () => {}, ...bundling },
      importing: { import: async () => 'no such recording', ...importing },
      size: new StoreSize(join(folder, DATABASE_FILE)),
      basePath,
    },
    feed,
    failed,
  });
  onTestFinished(() => server.stop());
  await server.start();
  const ask: Web['ask'] = (method, path, headers = {}, body) => askOf(server.port, method, path, headers, body);
  return { server, feed, state, tap, pool, mistakes, ask, get: (path, headers) => ask('GET', path, headers) };
}

/** Not by fetch, which sets Host and the like itself. */
export function askOf(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Uint8Array,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, method, path, headers, setHost: !('host' in headers) },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonIn(text) });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Closes the door of a folder, and makes a token for each role. */
export function tokensIn(folder: string): { view: string; control: string } {
  const tokens = { view: newToken(), control: newToken() };
  const kept = (['view', 'control'] as const).map((role) => ({ name: role, role, sha256: sha256(tokens[role]) }));
  writeSecrets(folder, { ...NO_SECRETS, tokens: kept });
  return tokens;
}

const refuse = async () => {
  throw Object.assign(new Error('set control.enabled'), { code: 'CONTROL_DISABLED' });
};
const notAllowed = () => {
  throw new Error('not allowed');
};
const NO_CONTROL: Controlling = {
  of: async () => null,
  preview: refuse,
  change: refuse,
  undo: refuse,
  list: async () => null,
  find: async () => null,
  shown: () => [],
  bytesOf: () => [],
};
