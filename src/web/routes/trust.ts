/**
 * Who speaks for a battery, and the owner's word on it. For him alone: addresses are private.
 */
import type * as z from 'zod';
import type { KnownPeer } from '../../model.ts';
import { Listed } from '../json-pieces.ts';
import { WebError } from '../problem.ts';
import * as schema from '../schema.ts';
import { iso } from '../views.ts';
import { type Route, route } from './route.ts';

type TrustDecision = z.infer<typeof schema.trustDecision>;

/** Who takes the owner's word. */
export interface Trusting {
  all(): Promise<Iterable<{ readonly battery: string; readonly peers: readonly KnownPeer[] }>>;
  /** @throws Error with a sentence where that cannot be done */
  decide(id: string, action: TrustDecision['action'], peer: number | null): Promise<void>;
}

/** More would be a flood of invented serial numbers. */
const MOST_HELD = 1000;

export const TRUST_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/trust',
    summary: 'Who has spoken for each battery, and of whom readings are kept apart',
    role: 'control',
    response: schema.trust,
    answer: async (_asked, { trust, pool }) => ({
      batteries: Listed.of(await trust.all(), ({ battery, peers }) => ({ battery, peers: peers.map(peerView) })),
      held: await pool.ask('held', { most: MOST_HELD }),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/trust',
    summary: 'Trust another peer, refuse one, or adopt what is kept apart',
    role: 'control',
    body: schema.trustDecision,
    response: schema.decided,
    answer: async ({ body: { battery, action, peer } }, { trust }) => {
      try {
        await trust.decide(battery, action, peer ?? null);
      } catch (error) {
        throw new WebError('REQUEST_INVALID', (error as Error).message);
      }
      return { battery, action };
    },
  }),
];

function peerView(peer: KnownPeer): z.infer<typeof schema.peer> {
  const { number, address, standing, sinceMs, login, conflicts, conflictMs } = peer;
  return {
    peer: number,
    address: address.reveal(),
    standing,
    since: iso(sinceMs),
    logged_in: login !== null,
    conflicts,
    last_conflict_at: conflictMs === null ? null : iso(conflictMs),
  };
}
