/**
 * Importing what a command has recorded and read, on this machine. For the owner alone.
 */
import { WebError } from '../problem.ts';
import * as schema from '../share-schema.ts';
import { type Route, route } from './route.ts';

interface ReportedBattery {
  readonly id: string;
  readonly ownId: string | null;
  readonly rows: Readonly<Record<string, { readonly added: number; readonly known: number }>>;
  readonly undated: number;
  readonly tooOld: number;
}

/** Who does it. */
export interface ImportingDesk {
  /** @returns a sentence where nothing is imported */
  import(
    recording: string,
    options: { readonly as: string | null; readonly isTrial: boolean },
  ): Promise<{ readonly batteries: readonly ReportedBattery[]; readonly nameless: number } | string>;
}

export const IMPORT_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/imports',
    summary: 'Import a recording that the command import has read into the data folder; no output is told of it',
    role: 'control',
    body: schema.importing,
    response: schema.imported,
    answer: async ({ body }, { importing }) => {
      const report = await importing.import(body.recording, { as: body.as ?? null, isTrial: body.dry_run });
      if (typeof report === 'string') throw new WebError('REQUEST_INVALID', `nothing was imported: ${report}`);
      const batteries = report.batteries.map(({ ownId, tooOld, ...others }) => ({
        ...others,
        own_id: ownId,
        too_old: tooOld,
      }));
      return { batteries, nameless: report.nameless };
    },
  }),
];
