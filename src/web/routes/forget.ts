/**
 * Forgetting a battery with everything of it. For the owner alone.
 */
import { WebError } from '../problem.ts';
import * as schema from '../schema.ts';
import { type Route, route } from './route.ts';

/** Who does it. */
export interface ForgettingDesk {
  /**
   * @param id of a battery, or of a newcomer of which readings are kept apart
   * @returns null where there is neither
   * @throws Error where nothing can be written now
   */
  forget(id: string): Promise<{
    /** By which to ask how far it has come. */
    readonly number: number;
    /** How many connections of it were closed. */
    readonly closed: number;
  } | null>;
  of(number: number): Promise<{
    readonly isDone: boolean;
    readonly removed: Readonly<Record<string, number>>;
    readonly topicsLeft: number;
  } | null>;
}

export const FORGET_ROUTES: readonly Route[] = [
  route({
    method: 'DELETE',
    path: '/api/batteries/{id}',
    summary: 'Forget a battery with everything that is kept of it; if it speaks again, it is a new one',
    role: 'control',
    takesNewcomers: true,
    response: schema.forgetting,
    answer: async ({ id }, { forgetting }) => {
      const begun = await attempted(() => forgetting.forget(id));
      if (begun === null) throw new WebError('BATTERY_NOT_FOUND');
      return { number: begun.number, connections_closed: begun.closed };
    },
  }),
  route({
    method: 'GET',
    path: '/api/forgotten',
    summary: 'How far the forgetting of a battery has come',
    role: 'control',
    query: schema.forgottenQuery,
    response: schema.forgotten,
    answer: async ({ query }, { forgetting }) => {
      const found = await forgetting.of(query.number);
      if (found === null) throw new WebError('NOT_FOUND', 'nothing of that number is being forgotten');
      return { done: found.isDone, removed: found.removed, topics_left: found.topicsLeft };
    },
  }),
];

async function attempted<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new WebError('SERVER_BUSY', (error as Error).message);
  }
}
