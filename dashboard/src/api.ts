/**
 * Requests to the server the page came from. Addresses are relative to the page's own.
 */
import type {
  ControlChangeOnPage,
  ControlOnPage,
  ControlTaken,
  DecisionOnVendor,
  Destination,
  Energy,
  Epoch,
  GapOnPage,
  LeaveOnPage,
  LogEvent,
  PreviewOnPage,
  PricesOnPage,
  RecordingOrder,
  RequestFromPage,
  SchedulesFromPage,
  SchedulesOnPage,
  ShownBattery,
  ShownBundle,
  ShownClock,
  ShownConfiguration,
  ShownField,
  ShownFinding,
  ShownFrame,
  ShownReadings,
  ShownRecordings,
  ShownRelay,
  ShownServer,
  ShownSession,
  ShownStranger,
  ShownTap,
  ShownVendor,
} from './types.ts';

const OWN_HEADER = { 'X-Requested-By': 'alphaess-local' };
const TIMEOUT_MS = 20_000;

export class ApiError extends Error {
  /** 0: the server could not be reached. */
  readonly status: number;
  readonly code: string;
  /** After how many seconds to ask again, where the server says so. */
  readonly retryAfter: number | null;

  constructor(status: number, code: string, message: string, retryAfter: number | null = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Told once for each answer that asks for a login. */
let onLocked: () => void = () => {};

export function whenLocked(tell: () => void): void {
  onLocked = tell;
}

interface RequestMore {
  readonly signal?: AbortSignal | undefined;
  /** The same request with the same key is taken once. */
  readonly key?: string;
}

let sending = 0;

/** Whether the server is being asked to change something: the page must not be left then. */
export function isSending(): boolean {
  return sending > 0;
}

async function request(method: string, path: string, body?: unknown, more: RequestMore = {}): Promise<unknown> {
  if (method === 'GET') return ask(method, path, body, more);
  sending++;
  try {
    return await ask(method, path, body, more);
  } finally {
    sending--;
  }
}

async function ask(method: string, path: string, body: unknown, { signal, key }: RequestMore): Promise<unknown> {
  const limits = [AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])];
  const init: RequestInit = { method, signal: AbortSignal.any(limits), cache: 'no-store' };
  if (method !== 'GET')
    init.headers = {
      ...OWN_HEADER,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    };
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'UNREACHABLE', error instanceof Error ? error.message : String(error));
  }
  if (response.ok) return response.status === 204 ? null : await response.json();
  if (response.status === 401) onLocked();
  throw await problemOf(response);
}

/** RFC 9457, or what a proxy in between makes of it. */
async function problemOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const word = (name: string, otherwise: string) =>
    typeof problem?.[name] === 'string' ? (problem[name] as string) : otherwise;
  const title = word('title', `${response.status} ${response.statusText}`);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
  return new ApiError(response.status, word('code', ''), word('detail', title), seconds);
}

export function query(values: Readonly<Record<string, string | number | undefined>>): string {
  const parts = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return parts.length === 0 ? '' : `?${new URLSearchParams(parts)}`;
}

const get = <Answer>(path: string, signal?: AbortSignal) =>
  request('GET', path, undefined, { signal }) as Promise<Answer>;
const of = (id: string) => `api/batteries/${encodeURIComponent(id)}`;

export interface Between {
  readonly from?: string;
  readonly to?: string;
}

export const api = {
  session: (signal?: AbortSignal) => get<ShownSession>('api/session', signal),
  logIn: (password: string) => request('POST', 'api/session', { password }) as Promise<ShownSession>,
  setUp: (code: string, password: string) => request('POST', 'api/setup', { code, password }) as Promise<ShownSession>,
  logOut: () => request('DELETE', 'api/session'),
  server: (signal?: AbortSignal) => get<ShownServer>('api/server', signal),
  doctor: (signal?: AbortSignal) => get<ShownFinding[]>('api/doctor', signal),
  destination: (signal?: AbortSignal) => get<Destination>('api/destination', signal),
  bundle: (areDatesShifted: boolean) =>
    request('POST', 'api/bundle', { shift_dates: areDatesShifted }) as Promise<ShownBundle>,
  strangers: (signal?: AbortSignal) => get<ShownStranger[]>('api/strangers', signal),
  recordings: (signal?: AbortSignal) => get<ShownRecordings>('api/recordings', signal),
  record: (order: RecordingOrder) => request('POST', 'api/recordings', order),
  tap: (signal?: AbortSignal) => get<ShownTap>('api/tap', signal),
  clockDoubt: (signal?: AbortSignal) => get<ShownClock>('api/clock', signal),
  fields: (signal?: AbortSignal) => get<ShownField[]>('api/fields', signal),
  batteries: (signal?: AbortSignal) => get<ShownBattery[]>('api/batteries', signal),
  readings: (id: string, asked: Between & { fields: string; points?: number }, signal?: AbortSignal) =>
    get<ShownReadings>(`${of(id)}/readings${query({ ...asked })}`, signal),
  energy: (id: string, asked: Between & { per: Energy['per'] }, signal?: AbortSignal) =>
    get<Energy>(`${of(id)}/energy${query({ ...asked })}`, signal),
  events: (id: string, asked: Between & { limit?: number }, signal?: AbortSignal) =>
    get<LogEvent[]>(`${of(id)}/events${query({ ...asked })}`, signal),
  gaps: (id: string, signal?: AbortSignal) => get<GapOnPage[]>(`${of(id)}/gaps`, signal),
  clock: (id: string, signal?: AbortSignal) => get<Epoch[]>(`${of(id)}/clock`, signal),
  trust: (decision: { battery: string; action: 'swap' | 'refuse'; peer: number }) =>
    request('POST', 'api/trust', decision),
  configuration: (id: string, signal?: AbortSignal) =>
    // null where the battery has not told it yet.
    get<ShownConfiguration | null>(`${of(id)}/configuration`, signal),
  relay: (signal?: AbortSignal) => get<ShownRelay>('api/relay', signal),
  /** null of a battery that has not spoken since the server was started. */
  vendor: (id: string, signal?: AbortSignal) => get<ShownVendor | null>(`${of(id)}/vendor`, signal),
  decideOnVendor: (id: string, decision: DecisionOnVendor) => request('POST', `${of(id)}/vendor`, decision),
  leaving: (signal?: AbortSignal) => get<LeaveOnPage>('api/leave', signal),
  leave: (confirm: string) => request('POST', 'api/leave', { confirm }),
  stay: () => request('DELETE', 'api/leave'),
  control: (id: string, signal?: AbortSignal) => get<ControlOnPage>(`${of(id)}/control`, signal),
  controlChanges: (id: string, signal?: AbortSignal) => get<ControlChangeOnPage[]>(`${of(id)}/control/changes`, signal),
  previewControl: (id: string, asked: RequestFromPage, signal?: AbortSignal) =>
    request('POST', `${of(id)}/control/preview`, asked, { signal }) as Promise<PreviewOnPage>,
  changeControl: (id: string, asked: RequestFromPage, key: string) =>
    request('POST', `${of(id)}/control`, asked, { key }) as Promise<ControlTaken>,
  undoControl: (id: string, change: number, key: string) =>
    request('POST', `${of(id)}/control/changes/${change}/undo`, undefined, { key }) as Promise<ControlTaken>,
  schedules: (id: string, signal?: AbortSignal) => get<SchedulesOnPage>(`${of(id)}/schedules`, signal),
  previewSchedules: (id: string, asked: SchedulesFromPage, signal?: AbortSignal) =>
    request('POST', `${of(id)}/schedules/preview`, asked, { signal }) as Promise<SchedulesOnPage>,
  setSchedules: (id: string, asked: SchedulesFromPage) =>
    request('PUT', `${of(id)}/schedules`, asked) as Promise<SchedulesOnPage>,
  prices: (signal?: AbortSignal) => get<PricesOnPage>('api/prices', signal),
  frames: (asked: { kind: 'recent' | 'unknown' | 'discarded' | 'conversation'; limit: number }, signal?: AbortSignal) =>
    get<ShownFrame[]>(`api/frames${query({ ...asked })}`, signal),
};
