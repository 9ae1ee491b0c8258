/**
 * The stream of what happens. The browser connects anew by itself; where it gives up, or where nothing is heard for too
 * long, this does, and tells since when the server is gone.
 */
import { api } from './api.ts';
import { takeBuild } from './renewal.ts';
import {
  gapChanges,
  link,
  load,
  loadMissingFacts,
  locked,
  now,
  reloads,
  takeBattery,
  takeClock,
  takeControl,
  takeEvent,
  takeReading,
  takeServerState,
  tick,
} from './store.ts';
import type { ShownEvents, ShownFrame } from './types.ts';

/** The server says something every 15 s at the latest, though perhaps only what a page cannot hear. */
const SILENT_MS = 30_000;
const RETRY_MS = 3_000;
const PROBE_MS = 5_000;
const WATCH_MS = 5_000;
const FACTS_MS = 60_000;

type LiveHandlers = { [Name in keyof ShownEvents]?: (data: ShownEvents[Name]) => void };

const handlers: LiveHandlers = {
  reading: takeReading,
  battery: takeBattery,
  clock: takeClock,
  event: takeEvent,
  server_state: takeServerState,
  control: takeControl,
  configuration: takeControl,
  page: ({ build }) => void takeBuild(build),
  gap: () => {
    gapChanges.value++;
  },
  reset: () => void reload(),
};

let source: EventSource | null = null;
let heardAt = 0;
let retrying = false;

async function reload(): Promise<void> {
  if (await load()) reloads.value++;
}

function heard(): void {
  heardAt = Date.now();
  const wasGone = link.value.state === 'gone';
  if (link.value.state !== 'up') link.value = { state: 'up' };
  if (wasGone) void reload();
}

function gone(): void {
  if (link.value.state === 'gone') return;
  tick();
  link.value = { state: 'gone', since: now.value };
}

function listen(to: EventSource, names: LiveHandlers): void {
  for (const name of Object.keys(names) as (keyof ShownEvents)[]) {
    to.addEventListener(name, (message: MessageEvent<string>) => {
      heard();
      (names[name] as (data: unknown) => void)(JSON.parse(message.data));
    });
  }
}

function open(): void {
  source?.close();
  source = new EventSource('api/live');
  source.onopen = heard;
  source.onerror = () => {
    gone();
    if (source?.readyState !== EventSource.CLOSED) return;
    retrySoon();
    // Refused, perhaps since the password was changed: then the login is asked for at once.
    api.server(AbortSignal.timeout(PROBE_MS)).catch(() => {});
  };
  listen(source, handlers);
}

function retrySoon(): void {
  if (retrying) return;
  retrying = true;
  setTimeout(() => {
    retrying = false;
    if (!locked.value) open();
  }, RETRY_MS);
}

/** Nothing heard: quiet, or gone? A connection may be dead without either side knowing. */
async function watch(): Promise<void> {
  if (source === null || locked.value || Date.now() - heardAt < SILENT_MS) return;
  try {
    await api.server(AbortSignal.timeout(PROBE_MS));
    if (source.readyState === EventSource.OPEN) heard();
    else retrySoon();
  } catch {
    gone();
    retrySoon();
  }
}

export async function startLive(): Promise<void> {
  heardAt = Date.now();
  if (!(await load())) gone();
  if (locked.value) return;
  open();
  setInterval(() => void watch(), WATCH_MS);
  setInterval(() => void loadMissingFacts(), FACTS_MS);
  // A telephone that slept finds out at once.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void watch();
  });
}

/** Frames as they come, as long as somebody looks. Call what is given back to stop. */
export function followFrames(take: (frame: ShownFrame) => void): () => void {
  const frames = new EventSource('api/live?frames=true');
  listen(frames, { frame: take });
  return () => frames.close();
}
