/**
 * What was, from the store, read by the worker thread.
 */
import { WebError } from '../problem.ts';
import { fieldsIn, sourceFor } from '../query/readings.ts';
import { boundsOf, spanOf } from '../query/span.ts';
import * as schema from '../schema.ts';
import { type Route, route } from './route.ts';

const DAY_MS = 86_400_000;
/** What is shown where nobody says from when. */
const USUAL_MS = { hour: 2 * DAY_MS, day: 31 * DAY_MS, month: 366 * DAY_MS };
const MAX_HOURS_MS = 800 * DAY_MS;
/** Of gaps and epochs of a clock, the newest. */
const MAX_ROWS = 2000;

export const PAST_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/batteries/{id}/readings',
    summary: 'Lines for a chart: least, mean and greatest of each field; the source is chosen by the server',
    role: 'view',
    query: schema.readingsQuery,
    response: schema.readings,
    answer: ({ id, query }, { pool, facts }) => {
      const { fromMs, toMs } = spanOf(query, facts.now(), DAY_MS);
      const from = Math.floor(fromMs / 1000);
      const to = from + Math.max(1, Math.round((toMs - fromMs) / 1000));
      const asked = { battery: id, from, to, fields: fieldsIn(query.fields), points: query.points };
      // Asked wrongly is said here, without the thread.
      sourceFor(asked);
      return pool.askJson('readings', asked);
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/energy',
    summary: 'Energy by hours, days or months of the house',
    role: 'view',
    query: schema.energyQuery,
    response: schema.energy,
    answer: ({ id, query }, { pool, facts }) => {
      const { per } = query;
      const span = spanOf(query, facts.now(), USUAL_MS[per]);
      if (per === 'hour' && span.toMs - span.fromMs > MAX_HOURS_MS) {
        throw new WebError('REQUEST_INVALID', 'hours are told of 800 days at most: ask for days');
      }
      return pool.askJson('energy', { battery: id, per, ...span });
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/events',
    summary: 'What happened: the battery’s log and messages, and what the server saw; the newest first',
    role: 'view',
    query: schema.eventsQuery,
    response: schema.events,
    answer: ({ id, query }, { pool }) =>
      pool.askJson('events', { battery: id, newest: query.limit, ...boundsOf(query) }),
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/gaps',
    summary: 'Minutes that were missed, and what became of them; the newest first',
    role: 'view',
    response: schema.gaps,
    answer: ({ id }, { pool }) => pool.askJson('gaps', { battery: id, newest: MAX_ROWS }),
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/clock',
    summary: 'How far the battery’s clock was ahead of UTC, and since when; the newest first',
    role: 'view',
    response: schema.epochs,
    answer: ({ id }, { pool }) => pool.askJson('clock', { battery: id, newest: MAX_ROWS }),
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/configuration',
    summary: 'The battery’s configuration as it last reported it, without private values; null where it has not yet',
    role: 'view',
    response: schema.configuration.nullable(),
    answer: ({ id }, { pool }) => pool.askJson('configuration', { battery: id }),
  }),
  route({
    method: 'GET',
    path: '/api/frames',
    summary:
      'Raw frames, redacted: those of the last moments, those not understood, those discarded, or conversations to share; the newest first',
    role: 'view',
    query: schema.framesQuery,
    response: schema.frames,
    answer: ({ query }, { pool, tap, state }) => {
      const chunks = query.kind === 'recent' ? tap.chunks() : [];
      const batteries = state.speakers(chunks.map(({ connection }) => connection));
      return pool.askJson('frames', { ...query, chunks, batteries });
    },
  }),
];
