/**
 * Changing how a battery is set: for the owner alone, and only where a password is set.
 */
import type * as z from 'zod';
import type { ControlAuthor, ControlChange } from '../../model.ts';
import type { WebProblemCode } from '../../problems/web.ts';
import type { Credentials } from '../access/auth.ts';
import * as schema from '../control-schema.ts';
import { WebError } from '../problem.ts';
import type { Services } from '../services.ts';
import { iso } from '../views.ts';
import { type Route, route } from './route.ts';

type ControlRequestBody = z.infer<typeof schema.controlRequest>;

/** The request in the words of who does it. */
export interface ControlAsked {
  readonly verb?: ControlRequestBody['verb'];
  readonly untilMs?: number | undefined;
  readonly chargeLimit?: number | undefined;
  readonly settings?: ControlRequestBody['settings'];
  readonly isOverride?: boolean | undefined;
  readonly isConfirmed?: boolean | undefined;
  readonly experiment?: string | undefined;
}

type ChangedView = z.infer<typeof schema.controlPreview>['changes'][number]['from'];
interface ChangedSetting {
  readonly name: string;
  readonly from: ChangedValue;
  readonly to: ChangedValue;
}
type ChangedValue = boolean | number | string | null | readonly (readonly [string, string])[];

/** Who does it. All but `of`, `list` and `find` throw an Error with the code of a problem as `code` where they will not. */
export interface Controlling {
  of(id: string): Promise<{
    readonly isEnabled: boolean;
    readonly isLeaving: boolean;
    readonly unavailable: string | null;
    readonly mode: 'normal' | 'hold' | 'charge';
    readonly untilMs: number | null;
    readonly holding: number | null;
    readonly underWay: number | null;
    readonly waiting: number | null;
    readonly last: ControlChange | null;
    readonly changedElsewhere: readonly string[];
    readonly writesLeft: number;
    readonly writesPerDay: number;
    readonly settings: ReadonlyMap<string, ChangedValue>;
    readonly clockAheadSeconds: number | null;
  } | null>;
  preview(
    id: string,
    asked: ControlAsked,
  ): Promise<{
    readonly changes: readonly ChangedSetting[];
    readonly effect: string;
    readonly warnings: readonly string[];
    readonly writesLeft: number;
    readonly untilMs: number | null;
  }>;
  change(id: string, asked: ControlAsked, author: ControlAuthor, key: string | null): Promise<ControlChange>;
  undo(id: string, number: number, author: ControlAuthor, key: string | null): Promise<ControlChange>;
  list(id: string): Promise<readonly ControlChange[] | null>;
  find(id: string, number: number): Promise<ControlChange | null>;
  shown(id: string, change: ControlChange): readonly ChangedSetting[];
  /** Its frames without private values, in their order. */
  bytesOf(change: ControlChange): readonly { readonly hex: string; readonly isResealed: boolean }[];
}

export const CONTROL_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/batteries/{id}/control',
    summary: 'How the battery is set, what it does until when, and what is under way',
    role: 'view',
    response: schema.controlView,
    answer: async ({ id }, { control }) => {
      const found = await control.of(id);
      if (found === null) throw new WebError('BATTERY_NOT_FOUND');
      const { isEnabled, isLeaving, unavailable, mode, untilMs, holding, underWay, waiting, last } = found;
      return {
        ...{
          enabled: isEnabled,
          leaving: isLeaving,
          unavailable,
          mode,
          until: time(untilMs),
          holding,
          under_way: underWay,
          waiting,
        },
        last: last === null ? null : changeView(id, last, control),
        changed_elsewhere: [...found.changedElsewhere],
        writes_left: found.writesLeft,
        writes_per_day: found.writesPerDay,
        settings: Object.fromEntries(found.settings),
        clock_ahead_seconds: found.clockAheadSeconds,
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/batteries/{id}/control/preview',
    summary: 'What a change would do; nothing is changed',
    role: 'control',
    body: schema.controlRequest,
    notAllowed: 'CONTROL_REFUSED',
    response: schema.controlPreview,
    answer: async ({ id, body, credentials }, services) => {
      authorOf(credentials, services);
      const found = await taken(() => services.control.preview(id, asked(body)));
      const { changes, effect, warnings, writesLeft, untilMs } = found;
      return {
        changes: changes.map(settingView),
        effect,
        warnings: [...warnings],
        writes_left: writesLeft,
        until: time(untilMs),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/batteries/{id}/control',
    summary: 'Change how the battery is set; with Idempotency-Key the same request again is no second change',
    role: 'control',
    status: 202,
    body: schema.controlRequest,
    notAllowed: 'CONTROL_REFUSED',
    response: schema.controlTaken,
    answer: async ({ id, body, credentials, idempotencyKey }, services) => {
      const author = authorOf(credentials, services);
      const { number, state } = await taken(() => services.control.change(id, asked(body), author, idempotencyKey));
      return { change: number, state };
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/control/changes',
    summary: 'The changes of the battery, the newest first',
    role: 'view',
    response: schema.controlChanges,
    answer: async ({ id }, { control }) => {
      const found = await control.list(id);
      return (found ?? []).map((change) => changeView(id, change, control));
    },
  }),
  route({
    method: 'GET',
    path: '/api/batteries/{id}/control/changes/{n}',
    summary: 'How far a change has come, and what was said for it',
    role: 'view',
    response: schema.controlChangeSaid,
    answer: async ({ id, number }, { control }) => {
      const found = await control.find(id, number);
      if (found === null) throw new WebError('CONTROL_CHANGE_NOT_FOUND');
      const view = changeView(id, found, control);
      const said = control.bytesOf(found);
      const frames = view.frames.map((frame, index) => {
        const { hex = '', isResealed = false } = said[index] ?? {};
        return { ...frame, hex, checksum_recomputed: isResealed };
      });
      return { ...view, frames };
    },
  }),
  route({
    method: 'POST',
    path: '/api/batteries/{id}/control/changes/{n}/undo',
    summary: 'Bring back what a change has changed',
    role: 'control',
    status: 202,
    response: schema.controlTaken,
    answer: async ({ id, number, credentials, idempotencyKey }, services) => {
      const author = authorOf(credentials, services);
      const change = await taken(() => services.control.undo(id, number, author, idempotencyKey));
      return { change: change.number, state: change.state };
    },
  }),
];

/** @throws WebError where no password is set: then anybody on this machine would be the owner */
export function authorOf(credentials: Credentials, { auth }: Services): ControlAuthor {
  if (!auth.secretSet) throw new WebError('CONTROL_PASSWORD_NEEDED');
  return auth.authorOf(credentials);
}

function asked({
  verb,
  until,
  charge_limit: chargeLimit,
  settings,
  override,
  confirm,
  experiment,
}: ControlRequestBody): ControlAsked {
  const untilMs = until === undefined ? undefined : Date.parse(until);
  return { verb, untilMs, chargeLimit, settings, isOverride: override, isConfirmed: confirm, experiment };
}

/** @throws WebError for what will not be done */
export async function taken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code?.startsWith('CONTROL_') === true) throw new WebError(code as WebProblemCode, message);
    throw error;
  }
}

const time = (ms: number | null) => (ms === null ? null : iso(ms));

function settingView({ name, from, to }: ChangedSetting): { name: string; from: ChangedView; to: ChangedView } {
  return { name, from: from as ChangedView, to: to as ChangedView };
}

/** Frames are told by their names alone: a list of changes with all that was said would be megabytes. */
function changeView(id: string, change: ControlChange, control: Controlling): z.infer<typeof schema.controlChange> {
  const { number, wish, author, state, holds, isObeyed, untilMs, steps, before, after, givenMs, frames } = change;
  return {
    change: number,
    wish: wish.kind === 'restore' ? (wish.of === null ? 'normal' : 'undo') : wish.kind,
    charge_limit: wish.kind === 'charge' ? wish.limit : null,
    undoes: wish.kind === 'restore' ? wish.of : null,
    by: author,
    ...{ state, holds, obeyed: isObeyed, until: time(untilMs) },
    steps: steps.map(({ state: step, atMs, note }) => ({ state: step, at: iso(atMs), note })),
    changes: control.shown(id, change).map(settingView),
    before: { ...before },
    after: { ...after },
    written: givenMs.map(iso),
    frames: frames.map(({ atMs, isOurs, bytes }) => {
      const frame = bytes.reveal();
      const name = `1,${frame[1]},${frame[2]}`;
      return { at: iso(atMs), from: isOurs ? 'server' : 'battery', frame: name, bytes: frame.length };
    }),
  };
}
