/**
 * Experiments, for who sits at the machine alone: what they send was never seen to work.
 */
import * as z from 'zod';
import { WebError } from '../problem.ts';
import { count, time } from '../schema.ts';
import type { Services } from '../services.ts';
import { iso } from '../views.ts';
import { authorOf, taken } from './control.ts';
import { type CheckedRequest, type Route, route } from './route.ts';

/** How far it is. Clocks: by how many seconds the battery's is ahead of UTC; null where that is not known. */
export interface SyncTimeView {
  readonly step: string;
  readonly isOver: boolean;
  readonly answer: 'accepted' | 'refused' | null;
  readonly aheadBefore: number | null;
  /** By its newest reading since. */
  readonly aheadAfter: number | null;
  readonly frames: readonly {
    readonly atMs: number;
    readonly isOurs: boolean;
    readonly hex: string;
    /** Whether private values were replaced. */
    readonly isResealed: boolean;
  }[];
}

/** Who makes them. */
export interface Experimenting {
  /** @throws Error with the code of a problem as `code` */
  syncTime(id: string, confirm: string): SyncTimeView;
  syncTimeOf(id: string): SyncTimeView | null;
}

const ahead = z.number().nullable();
const syncTime = z.object({
  step: z.string(),
  over: z.boolean(),
  answer: z.enum(['accepted', 'refused']).nullable(),
  ahead_seconds_before: ahead,
  ahead_seconds_after: ahead,
  frames: z.array(
    z.object({
      at: time,
      from: z.enum(['server', 'battery']),
      bytes: count,
      hex: z.string(),
      checksum_recomputed: z.boolean(),
    }),
  ),
});
const PATH = '/api/batteries/{id}/experiments/sync-time';

export const EXPERIMENT_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: PATH,
    summary: 'Have the battery told SyncTime, by the command alphaess-local experiment alone: what follows is unknown',
    role: 'control',
    status: 202,
    body: z.strictObject({ confirm: z.string().max(64).describe('the id of the battery, typed') }),
    response: syncTime,
    answer: async ({ id, body, credentials }, services) => {
      refuseOthers(credentials, services);
      return view(await taken(async () => services.experiments.syncTime(id, body.confirm)));
    },
  }),
  route({
    method: 'GET',
    path: PATH,
    summary: 'What was said since SyncTime, in the minute after it',
    role: 'control',
    response: syncTime,
    answer: ({ id }, { experiments }) => {
      const found = experiments.syncTimeOf(id);
      if (found === null) throw new WebError('NOT_FOUND', 'it was not tried since the server was started');
      return view(found);
    },
  }),
];

/** Only the command, which proves that it may read the data folder. */
function refuseOthers(credentials: CheckedRequest<unknown, unknown>['credentials'], services: Services): void {
  if (authorOf(credentials, services).kind !== 'local') throw new WebError('ROLE_TOO_LOW');
}

function view({ step, isOver, answer, aheadBefore, aheadAfter, frames }: SyncTimeView): z.infer<typeof syncTime> {
  return {
    ...{ step, over: isOver, answer, ahead_seconds_before: aheadBefore, ahead_seconds_after: aheadAfter },
    frames: frames.map(({ atMs, isOurs, hex, isResealed }) => ({
      ...{ at: iso(atMs), from: isOurs ? 'server' : 'battery', bytes: hex.length / 2, hex },
      checksum_recomputed: isResealed,
    })),
  };
}
