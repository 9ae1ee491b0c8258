/**
 * The outputs that the owner has configured: one entry of {@link MAKERS} each.
 */
import type { Config } from '../config.ts';
import type { SinkReports } from './condition.ts';
import { PvOutput } from './pvoutput.ts';
import { secretFrom } from './secret-file.ts';
import type { Sink } from './sink.ts';

/** What outputs are made with. */
export interface SinkTools {
  readonly reports: SinkReports;
  readonly wallMs: () => number;
}

/** Makes one output, or nothing where it is not configured. @throws OwnerError for a file that cannot be read */
type Maker = (config: Config, tools: SinkTools) => Sink | null;

const MAKERS: readonly Maker[] = [pvOutput];

function pvOutput({ pvoutput, time_zone: timeZone }: Config, { reports, wallMs }: SinkTools): Sink | null {
  const { system_id: systemId, api_key: key, api_key_file: file, interval, battery, url } = pvoutput;
  if (systemId === null) return null;
  const apiKey = secretFrom(key, file, 'pvoutput.api_key_file') ?? '';
  return new PvOutput({ url, systemId, apiKey, intervalMinutes: interval / 60, battery, timeZone, reports, wallMs });
}

export function sinksOf(config: Config, tools: SinkTools): Sink[] {
  return MAKERS.flatMap((make) => make(config, tools) ?? []);
}
