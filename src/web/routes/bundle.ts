/**
 * A bundle to share. For the owner alone, who sees what is in it before it goes anywhere.
 */
import { WebError } from '../problem.ts';
import * as schema from '../share-schema.ts';
import { type Route, route } from './route.ts';

interface MadeZip {
  readonly files: readonly { readonly name: string; readonly what: string; readonly bytes: number }[];
  /** In base64. */
  readonly zip: string;
}

/** Who makes it. */
export interface Bundling {
  /** @param areDatesShifted whether all dates are moved back by some number of weeks */
  make(areDatesShifted: boolean): Promise<MadeZip | { readonly refused: string }>;
  stop(): Promise<void>;
}

export const BUNDLE_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/bundle',
    summary: 'Make a zip that may be shared: what goes wrong and what batteries say, without what is private',
    role: 'control',
    body: schema.bundleRequest,
    response: schema.bundle,
    answer: async ({ body }, { bundling, facts }) => {
      const made = await bundling.make(body.shift_dates);
      if ('refused' in made) throw new WebError('BUNDLE_NOT_CLEAN', made.refused);
      return { name: bundleName(facts.now(), body.shift_dates), ...made };
    },
  }),
];

/** Where dates are shifted, its name has none. */
function bundleName(nowMs: number, areDatesShifted: boolean): string {
  return `alphaess-local-bundle${areDatesShifted ? '' : `-${new Date(nowMs).toISOString().slice(0, 10)}`}.zip`;
}
