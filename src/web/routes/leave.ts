/**
 * Leaving this server for good, step by step.
 */
import type * as z from 'zod';
import type { ControlAuthor } from '../../model.ts';
import * as schema from '../leave-schema.ts';
import { WebError } from '../problem.ts';
import { iso, isoOrNull } from '../views.ts';
import { type Route, route } from './route.ts';

export interface LeavingStep {
  /** Whether it was seen to be so. */
  readonly isDone: boolean;
  readonly sentence: string;
}

/** An entry of a battery's own log. */
export interface UnseenEvent {
  readonly timeMs: number | null;
  readonly name: string;
  readonly text: string;
}

export interface LeavingBattery {
  readonly id: string;
  readonly name: string;
  readonly settings: LeavingStep;
  readonly stays: readonly string[];
  readonly gone: LeavingStep;
  readonly unseen: {
    readonly sinceMs: number;
    readonly sentence: string;
    readonly logEntries: number;
    readonly newest: readonly UnseenEvent[];
  };
}

export interface LeavingReport {
  /** When the owner said so, Unix ms; null where he did not. */
  readonly sinceMs: number | null;
  readonly isDone: boolean;
  readonly redirect: LeavingStep;
  readonly batteries: readonly LeavingBattery[];
}

/** Who does it. */
export interface Leaving {
  report(): Promise<LeavingReport>;
  begin(author: ControlAuthor): Promise<LeavingReport>;
  cancel(): Promise<LeavingReport>;
}

export const LEAVE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/leave',
    summary: 'What is still to be done before this server may be stopped for good; changes nothing',
    role: 'view',
    response: schema.leaveReport,
    answer: async (_asked, { leaving }) => reportView(await leaving.report()),
  }),
  route({
    method: 'POST',
    path: '/api/leave',
    summary: 'Put batteries back as they were, begin nothing new, and say what is still to be done; may be repeated',
    role: 'control',
    body: schema.leaveRequest,
    response: schema.leaveReport,
    // Also where no password is set: nobody is kept from putting a battery back.
    answer: async ({ credentials }, { auth, leaving }) =>
      reportView(await attempted(() => leaving.begin(auth.authorOf(credentials)))),
  }),
  route({
    method: 'DELETE',
    path: '/api/leave',
    summary: 'Stay: what control and schedules want is done again',
    role: 'control',
    response: schema.leaveReport,
    answer: async (_asked, { leaving }) => reportView(await attempted(() => leaving.cancel())),
  }),
];

/** @throws WebError where nothing can be kept now */
async function attempted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new WebError('SERVER_BUSY', (error as Error).message);
  }
}

function reportView({ sinceMs, isDone, redirect, batteries }: LeavingReport): z.infer<typeof schema.leaveReport> {
  return {
    since: isoOrNull(sinceMs),
    done: isDone,
    redirect: stepView(redirect),
    batteries: batteries.map(({ id, name, settings, stays, gone, unseen }) => ({
      battery: id,
      name,
      settings: stepView(settings),
      stays: [...stays],
      gone: stepView(gone),
      unseen: {
        since: iso(unseen.sinceMs),
        sentence: unseen.sentence,
        log_entries: unseen.logEntries,
        newest: unseen.newest.map(({ timeMs, name: event, text }) => ({ time: isoOrNull(timeMs), name: event, text })),
      },
    })),
  };
}

function stepView({ isDone, sentence }: LeavingStep): { done: boolean; sentence: string } {
  return { done: isDone, sentence };
}
