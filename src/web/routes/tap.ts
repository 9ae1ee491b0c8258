/**
 * What the tap hears. What it is told to start stands in the configuration alone: nobody can set that from here.
 */
import type * as z from 'zod';
import * as schema from '../tap-schema.ts';
import { iso } from '../views.ts';
import { type Route, route } from './route.ts';

export interface TapView {
  readonly source: 'command' | 'input';
  readonly state: 'starting' | 'listening' | 'waiting' | 'ended';
  readonly sinceMs: number;
  readonly starts: number;
  readonly counts: {
    readonly packets: number;
    readonly otherPackets: number;
    readonly framesFromBattery: number;
    readonly framesFromServer: number;
    readonly ownFrames: number;
    readonly lostBytes: number;
  };
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

export const TAP_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/tap',
    summary: 'What is overheard between batteries and the vendor',
    role: 'view',
    response: schema.tap,
    answer: (_asked, { tapped }) => {
      const view = tapped();
      return view === null ? null : tapView(view);
    },
  }),
];

function tapView({ source, state, sinceMs, starts, counts, problem }: TapView): z.infer<typeof schema.tap> {
  return {
    source,
    state,
    since: iso(sinceMs),
    starts,
    packets: counts.packets,
    other_packets: counts.otherPackets,
    frames_from_battery: counts.framesFromBattery,
    frames_from_server: counts.framesFromServer,
    own_frames: counts.ownFrames,
    lost_bytes: counts.lostBytes,
    problem,
  };
}
