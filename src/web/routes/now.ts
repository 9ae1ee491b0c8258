/**
 * What is now, from memory: the server, the batteries, the fields they may have.
 */
import type * as z from 'zod';
import { storageOf } from '../../now/storage.ts';
import type { Field, Shown } from '../../protocol/fields/field.ts';
import { READING_FIELDS } from '../../protocol/fields/fields.ts';
import { shownAs } from '../../protocol/fields/shown.ts';
import { Listed } from '../json-pieces.ts';
import { WebError } from '../problem.ts';
import * as schema from '../schema.ts';
import type { Services } from '../services.ts';
import { batteryView, connectionView, currentView, iso, isoOrNull } from '../views.ts';
import { type Route, route } from './route.ts';

type AnsweredField = z.infer<typeof schema.field>;
const NAMES_A_ROW: readonly string[] = ['serial', 'date', 'time'];

/** Made once: the table does not change. */
const FIELDS: readonly AnsweredField[] = READING_FIELDS.flatMap((field) => {
  const show = shownAs(field);
  return show === null || NAMES_A_ROW.includes(field.read) ? [] : [fieldView(field, show)];
});

function fieldView(field: Field, show: Shown): AnsweredField {
  const { name, title, unit, kind, certainty, value, panel, words } = field;
  return {
    ...{ name, title, unit, kind, certainty, value, show, panel },
    sign: field.sign ?? null,
    range: field.range ?? null,
    decimals: field.decimals ?? null,
    phase: field.phase ?? null,
    in: [...field.in],
    words: words === undefined ? null : { ...words },
  };
}

export const NOW_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/server',
    summary: 'The server itself: version, connections, counters, store',
    role: 'view',
    response: schema.server,
    answer: (_asked, services) => serverView(services),
  }),
  route({
    method: 'GET',
    path: '/api/strangers',
    summary:
      'Who was refused at the battery port, or spoke there and is no battery: the newest 20, with their addresses',
    // An address is private: for the owner, who may have to let it in.
    role: 'control',
    response: schema.strangers,
    answer: (_asked, { facts }) => facts.strangers().map(({ lastMs, ...rest }) => ({ ...rest, last_at: iso(lastMs) })),
  }),
  route({
    method: 'GET',
    path: '/api/fields',
    summary: 'The fields of readings: titles, units, signs, and where they are shown',
    role: 'view',
    response: schema.fields,
    answer: () => FIELDS,
  }),
  route({
    method: 'GET',
    path: '/api/batteries',
    summary: 'All batteries with their newest values',
    role: 'view',
    response: schema.batteries,
    answer: async (_asked, services) => {
      await seed(services);
      return Listed.of(services.state.batteries(), batteryView);
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}',
    summary: 'One battery with its newest values',
    role: 'view',
    response: schema.battery,
    answer: async ({ id }, services) => {
      await seed(services);
      const battery = services.state.battery(id);
      return battery === null ? null : batteryView(battery);
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/now',
    summary: 'What one battery does now, for who acts on it: 503 where nothing is known of now',
    role: 'view',
    response: schema.current,
    answer: ({ id }, { state }) => {
      const battery = state.battery(id);
      if (battery === null) return null;
      if (battery.stale || battery.live === null || state.isOld(battery.live)) throw new WebError('BATTERY_NOT_NOW');
      return currentView(id, battery.live);
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/storage',
    summary: 'What one battery can hold, and what it holds: capacity, usable share, stored energy',
    role: 'view',
    response: schema.storage,
    answer: async ({ id }, services) => {
      await seed(services);
      const told = await services.pool.ask('configuration', { battery: id });
      const settings = Object.fromEntries((told?.settings ?? []).map(({ name, value }) => [name, value]));
      const live = services.state.battery(id)?.live ?? null;
      const { capacity, usableShare, storedEnergy } = storageOf(settings, live?.values ?? null);
      return {
        battery: id,
        time: isoOrNull(live?.timeMs ?? null),
        capacity,
        usable_share: usableShare,
        stored_energy: storedEnergy,
      };
    },
  }),
];

type ServerView = z.infer<typeof schema.server>;

function serverView({
  facts,
  state,
  tap,
  size,
}: Services): Omit<ServerView, 'peers'> & { peers: Listed<ServerView['peers'][number]> } {
  return {
    name: facts.name,
    version: facts.version,
    node: process.versions.node,
    started_at: iso(facts.startedMs),
    now: iso(facts.now()),
    time_zone: facts.timeZone,
    battery_address: facts.batteryAddress(),
    storing: state.storing,
    connections: state.connections,
    peers: Listed.of(state.connectionStates(), connectionView),
    counters: facts.counters(),
    frames: { ...tap.frames },
    store: { bytes: size.bytes, bytes_a_day: size.bytesADay, waiting_rows: facts.waitingRows() },
    sinks: facts.sinks().map(({ name, status: { lastSentMs, ...rest } }) => ({
      name,
      ...rest,
      last_sent_at: lastSentMs === null ? null : iso(lastSentMs),
    })),
  };
}

const seeded = new WeakSet<object>();

/** After a start, what was last kept of batteries that have said nothing yet; asked for once. */
async function seed({ state, pool }: Services): Promise<void> {
  if (seeded.has(state)) return;
  const batteries = state.unheard;
  try {
    if (batteries.length > 0) state.seed(await pool.ask('newest', { batteries }));
    seeded.add(state);
  } catch {
    // Then without: asked for again with the next request.
  }
}
