/**
 * What the whole page knows: kept in signals, so that each part draws itself anew when what it shows changes.
 */
import { batch, computed, signal } from '@preact/signals';
import { ApiError, api, whenLocked } from './api.ts';
import type { ShownBatteryFacts } from './outlook.ts';
import { factsOf, NO_FACTS } from './outlook.ts';
import { route } from './router.ts';
import type { ShownBattery, ShownEvents, ShownField, ShownServer, ShownSession } from './types.ts';

export type Link = { readonly state: 'opening' | 'up' } | { readonly state: 'gone'; readonly since: number };

export const session = signal<ShownSession | null>(null);
export const server = signal<ShownServer | null>(null);
export const batteries = signal<readonly ShownBattery[] | null>(null);
export const fields = signal<ReadonlyMap<string, ShownField>>(new Map());
export const facts = signal<ReadonlyMap<string, ShownBatteryFacts>>(new Map());
export const link = signal<Link>({ state: 'opening' });
export const failure = signal<string | null>(null);
/** Counts up when what was loaded may no longer be right: after the server was away. */
export const reloads = signal(0);

/** How far the server's clock is ahead of the browser's, ms: a telephone's clock may be wrong. */
let ahead = 0;
export const now = signal(Date.now() / 1000);
export const zone = computed(() => server.value?.time_zone ?? 'UTC');
export const houseName = computed(() => server.value?.name ?? '');
export const locked = computed(() => session.value !== null && session.value.role === null);

/** The battery that is looked at; null: all together. */
export const chosenId = computed(() => {
  const known = batteries.value ?? [];
  const asked = route.value.query.get('battery');
  if (known.some(({ id }) => id === asked)) return asked ?? null;
  return known.length === 1 ? (known[0]?.id ?? null) : null;
});
export const chosen = computed<readonly ShownBattery[]>(() => {
  const known = batteries.value ?? [];
  const id = chosenId.value;
  return id === null ? known : known.filter((battery) => battery.id === id);
});
/** Changes only when other batteries are looked at, not with each reading. */
export const chosenKey = computed(() => chosen.value.map(({ id }) => id).join(' '));

/** Powers of the last minutes, for what is foretold. */
interface PowerSample {
  readonly at: number;
  readonly watts: number;
}
const SAMPLE_SECONDS = 300;
const samples = new Map<string, PowerSample[]>();

export function meanBatteryPower(id: string): number | null {
  const known = samples.get(id) ?? [];
  if (known.length === 0) return null;
  return known.reduce((sum, { watts }) => sum + watts, 0) / known.length;
}

function sample(id: string, watts: unknown): void {
  if (typeof watts !== 'number') return;
  const at = Date.now() / 1000;
  const kept = (samples.get(id) ?? []).filter((old) => at - old.at < SAMPLE_SECONDS);
  // Turned round: what it did before says nothing of what comes.
  const same = kept.every((old) => Math.sign(old.watts) === Math.sign(watts));
  samples.set(id, [...(same ? kept : []), { at, watts }]);
}

export function tick(): void {
  now.value = (Date.now() + ahead) / 1000;
}

/** What every view needs. Whether it could be loaded. */
export async function load(): Promise<boolean> {
  try {
    const who = await api.session();
    session.value = who;
    if (who.role === null) return true;
    const [nowServer, nowBatteries, table] = await Promise.all([
      api.server(),
      api.batteries(),
      fields.value.size > 0 ? null : api.fields(),
    ]);
    batch(() => {
      takeServer(nowServer);
      batteries.value = nowBatteries;
      if (table !== null) fields.value = new Map(table.map((field) => [field.name, field]));
      failure.value = null;
    });
    for (const { id, live } of nowBatteries) sample(id, live?.values.battery_power);
    void loadFacts(nowBatteries);
    return true;
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
    return error instanceof ApiError && error.status !== 0;
  }
}

function takeServer(answer: ShownServer): void {
  ahead = Date.parse(answer.now) - Date.now();
  server.value = answer;
  tick();
}

export async function refreshServer(): Promise<void> {
  takeServer(await api.server());
}

/** A battery may tell its configuration later than its first reading. */
export async function loadMissingFacts(): Promise<void> {
  const missing = (batteries.value ?? []).filter(({ id }) => factsOfBattery(id).capacity === null);
  if (missing.length > 0 && !locked.value) await loadFacts(missing);
}

async function loadFacts(of: readonly ShownBattery[]): Promise<void> {
  const loaded = await Promise.all(
    of.map(async ({ id }) => [id, factsOf(await api.configuration(id).catch(() => null))] as const),
  );
  facts.value = new Map([...facts.value, ...loaded]);
}

export function factsOfBattery(id: string): ShownBatteryFacts {
  return facts.value.get(id) ?? NO_FACTS;
}

function change(id: string, work: (battery: ShownBattery) => ShownBattery): void {
  batteries.value = (batteries.value ?? []).map((battery) => (battery.id === id ? work(battery) : battery));
}

export function takeReading({ battery: id, kind, time, values, held }: ShownEvents['reading']): void {
  if (kind === 'live') sample(id, values.battery_power);
  const arrival = new Date(now.value * 1000).toISOString();
  change(id, (battery) => ({
    ...battery,
    [kind]: { time, values, held },
    last_reading_at: arrival,
    stale: false,
  }));
}

export function takeBattery(battery: ShownBattery): void {
  const known = batteries.value ?? [];
  if (known.some(({ id }) => id === battery.id)) {
    change(battery.id, () => battery);
    return;
  }
  batteries.value = [...known, battery];
  void loadFacts(batteries.value);
}

export function takeClock({ battery: id, clock }: ShownEvents['clock']): void {
  change(id, (battery) => ({ ...battery, clock }));
}

export function takeServerState(state: ShownEvents['server_state']): void {
  if (server.value !== null) server.value = { ...server.value, ...state };
}

/** The newest of our own and the batteries' log entries, as they come. */
export const newEvents = signal<readonly ShownEvents['event'][]>([]);

export function takeEvent(event: ShownEvents['event']): void {
  newEvents.value = [event, ...newEvents.value].slice(0, 200);
}

/** Counts, for each battery, what may have changed of how it is set, so that it is loaded anew. */
export const controlChanges = signal<ReadonlyMap<string, number>>(new Map());

export function takeControl({ battery }: { readonly battery: string }): void {
  controlChanges.value = new Map(controlChanges.value).set(battery, (controlChanges.value.get(battery) ?? 0) + 1);
}

/** Counts gaps that changed, so that lists of them are loaded anew. */
export const gapChanges = signal(0);

export function watchLock(): void {
  whenLocked(() => {
    // A wrong password, or a wrong code at the first start.
    if (locked.value) return;
    session.value = { role: null, password_set: true, setup: false };
  });
}
