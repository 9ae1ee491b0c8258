/**
 * The server's own clock: whether it is believed, and the owner's word for it.
 */

import * as schema from '../schema.ts';
import { type Route, route } from './route.ts';

export const CLOCK_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/clock',
    summary: 'Whether the server’s own clock is believed, so that what is too old is removed',
    role: 'view',
    response: schema.ownClock,
    answer: (_asked, { clock }) => ({ doubt: clock.doubt() }),
  }),
  route({
    method: 'POST',
    path: '/api/clock',
    summary: 'Confirm that the server’s own clock is right as it is',
    role: 'control',
    body: schema.confirmation,
    response: schema.ownClock,
    answer: (_asked, { clock }) => {
      clock.confirm();
      return { doubt: clock.doubt() };
    },
  }),
];
