/**
 * What goes to the vendor and comes from there, and the owner's word on it.
 */
import type * as z from 'zod';
import { fieldsOnWire, looksPrivate } from '../../protocol/fields/fields.ts';
import { WebError } from '../problem.ts';
import * as schema from '../vendor-schema.ts';
import { iso } from '../views.ts';
import { type Route, route } from './route.ts';

export type VendorDecision = z.infer<typeof schema.vendorDecision>;

interface UpstreamView {
  readonly connection: number;
  /** Its id; null where it is not known yet. */
  readonly battery: string | null;
  readonly hasLogin: boolean;
  readonly state: 'connecting' | 'up' | 'waiting' | 'stopped';
  readonly sinceMs: number;
  readonly sent: number;
  readonly received: number;
  readonly damaged: number;
  readonly dropped: number;
  readonly missed: number;
  readonly problem: { readonly code: string; readonly detail: string } | null;
}

export interface RelayView {
  readonly upstream: string | null;
  readonly connections: readonly UpstreamView[];
  readonly commands: readonly { readonly name: string; readonly policy: string; readonly why: string }[];
}

type ShownAction = 'pass' | 'consume' | 'hold' | 'block';

export interface VendorView {
  /** The newest first. */
  readonly requests: readonly {
    readonly atMs: number;
    readonly command: string | null;
    readonly action: ShownAction;
    readonly rule: string;
  }[];
  readonly counts: Readonly<Record<ShownAction, number>>;
  /** How often each command was blocked. */
  readonly blocked: ReadonlyMap<string, number>;
  /** When it last set the clock; null where it did not. */
  readonly clockSetMs: number | null;
  readonly held: {
    readonly sinceMs: number;
    readonly finding: string;
    readonly differences: readonly ShownDifference[];
    readonly unconfirmed: readonly string[];
  } | null;
  /** What it wants of settings that a verb holds; null for nothing. */
  readonly postponed: {
    readonly verb: string;
    readonly untilMs: number;
    readonly differences: readonly ShownDifference[];
  } | null;
}

interface ShownDifference {
  /** The vendor's name. */
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly owner: 'owner' | 'guarded' | 'other';
}

/** Who knows, and takes the owner's word. */
export interface Relaying {
  relay(): RelayView;
  /** null of a battery that has not spoken yet. */
  of(id: string): VendorView | null;
  /** @throws Error with a sentence where that cannot be done */
  decide(id: string, decision: VendorDecision): void;
}

export const RELAY_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/relay',
    summary: 'The connections to the vendor, and what becomes of its commands',
    role: 'view',
    response: schema.relay,
    answer: (_asked, { relay }) => {
      const { upstream, connections, commands } = relay.relay();
      return { upstream, connections: connections.map(upstreamView), commands };
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/vendor',
    summary:
      'What the vendor asked of the battery since the server was started, and what is held; null before the battery has spoken',
    role: 'view',
    response: schema.vendor.nullable(),
    answer: ({ id }, { relay }) => {
      const found = relay.of(id);
      return found === null ? null : vendorView(found);
    },
  }),
  route({
    method: 'POST',
    path: '/api/batteries/{id}/vendor',
    summary: 'Allow once what is held, refuse it, or let a command through for some minutes',
    role: 'control',
    body: schema.vendorDecision,
    response: schema.vendorDecided,
    answer: ({ id, body }, { relay }) => {
      try {
        relay.decide(id, body);
      } catch (error) {
        throw new WebError('REQUEST_INVALID', (error as Error).message);
      }
      return { battery: id, action: body.action };
    },
  }),
];

function upstreamView({
  sinceMs,
  hasLogin,
  ...upstream
}: UpstreamView): z.infer<typeof schema.relay>['connections'][0] {
  return { ...upstream, since: iso(sinceMs), has_login: hasLogin };
}

function vendorView({
  requests,
  counts,
  blocked,
  clockSetMs,
  held,
  postponed,
}: VendorView): z.infer<typeof schema.vendor> {
  return {
    requests: requests.map(({ atMs, ...request }) => ({ at: iso(atMs), ...request })),
    counts: { ...counts },
    blocked: Object.fromEntries(blocked),
    clock_set: clockSetMs === null ? null : iso(clockSetMs),
    held:
      held === null
        ? null
        : {
            since: iso(held.sinceMs),
            finding: held.finding,
            differences: held.differences.map(differenceView),
            unconfirmed: [...held.unconfirmed],
          },
    postponed:
      postponed === null
        ? null
        : {
            verb: postponed.verb,
            until: iso(postponed.untilMs),
            differences: postponed.differences.map(differenceView),
          },
  };
}

/** Addresses and serial numbers are settings too. */
function differenceView({ key, from, to, owner }: ShownDifference): z.infer<typeof schema.difference> {
  const [field] = fieldsOnWire(key);
  const isPrivate = field === undefined ? looksPrivate(key) : field.private === true || looksPrivate(key);
  const about = { key, name: field?.name ?? null, title: field?.title ?? null, owner, private: isPrivate };
  return isPrivate ? { ...about, from: null, to: null } : { ...about, from, to };
}
