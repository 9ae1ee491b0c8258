/**
 * What is wanted of a battery at which times: for its owner alone to set, and only where a password is set.
 */
import type * as z from 'zod';
import { WebError } from '../problem.ts';
import * as schema from '../schedule-schema.ts';
import { iso } from '../views.ts';
import { authorOf, taken } from './control.ts';
import { type Route, route } from './route.ts';

type AskedSchedules = z.infer<typeof schema.schedules>;

/** Unix seconds. */
interface PlannedStretch {
  readonly from: number;
  readonly to: number;
  readonly verb: 'hold' | 'charge' | 'normal';
  readonly chargeLimit: number | null;
  readonly by: string;
}

type RuleView = z.infer<typeof schema.schedulesView>['rules'][number];

interface FoundSchedules {
  readonly isEnabled: boolean;
  readonly zone: string;
  readonly windows: readonly (Omit<AskedSchedules['windows'][number], 'days' | 'dates'> & {
    readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[] | undefined;
    readonly dates?: readonly string[] | undefined;
  })[];
  readonly applying: {
    readonly stretch: PlannedStretch | null;
    readonly until: number | null;
    readonly next: PlannedStretch | null;
  };
  readonly plan: readonly (PlannedStretch & { readonly price: number | null })[];
  readonly rules: readonly object[];
  readonly currency: string;
  readonly words: readonly string[];
  readonly revision: string;
  readonly note: { readonly atMs: number; readonly text: string } | null;
}

/** Who keeps them. `set` throws an Error with the code of a problem as `code` where it will not. */
export interface Scheduling {
  /** null of a battery that there is not. */
  of(id: string): Promise<FoundSchedules | null>;
  set(id: string, schedules: AskedSchedules): Promise<FoundSchedules>;
  /** The same, and nothing is set. */
  preview(id: string, schedules: AskedSchedules): Promise<FoundSchedules>;
}

export const SCHEDULE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/batteries/{id}/schedules',
    summary: 'What is wanted of the battery at which times, what applies now, and what is planned',
    role: 'view',
    response: schema.schedulesView,
    answer: async ({ id }, { schedules }) => {
      const found = await schedules.of(id);
      if (found === null) throw new WebError('BATTERY_NOT_FOUND');
      return viewOf(found);
    },
  }),
  route({
    method: 'PUT',
    path: '/api/batteries/{id}/schedules',
    summary: 'Set all that is wanted of the battery at which times; what applies now is asked for at once',
    role: 'control',
    body: schema.schedules,
    response: schema.schedulesView,
    answer: async ({ id, body, credentials }, services) => {
      authorOf(credentials, services);
      return viewOf(await taken(() => services.schedules.set(id, body)));
    },
  }),
  route({
    method: 'POST',
    path: '/api/batteries/{id}/schedules/preview',
    summary: 'What would come of schedules, and what that costs; nothing is set',
    role: 'control',
    body: schema.schedules,
    response: schema.schedulesView,
    answer: async ({ id, body, credentials }, services) => {
      authorOf(credentials, services);
      return viewOf(await taken(() => services.schedules.preview(id, body)));
    },
  }),
];

function viewOf(found: FoundSchedules): z.infer<typeof schema.schedulesView> {
  const { isEnabled, zone, windows, rules, applying, plan, note, currency, words, revision } = found;
  return {
    enabled: isEnabled,
    time_zone: zone,
    windows: windows.map(({ days, dates, ...window }) => ({
      ...window,
      ...(days === undefined ? {} : { days: [...days] }),
      ...(dates === undefined ? {} : { dates: [...dates] }),
    })),
    now: applying.stretch === null ? null : stretchView(applying.stretch),
    until: applying.until === null ? null : iso(applying.until * 1000),
    next: applying.next === null ? null : stretchView(applying.next),
    plan: plan.map((one) => ({ ...stretchView(one), price: one.price })),
    rules: rules as RuleView[],
    ...{ currency, words: [...words], revision },
    last: note === null ? null : { at: iso(note.atMs), text: note.text },
  };
}

function stretchView({ from, to, verb, chargeLimit, by }: PlannedStretch) {
  return { from: iso(from * 1000), to: iso(to * 1000), verb, charge_limit: chargeLimit, by };
}
