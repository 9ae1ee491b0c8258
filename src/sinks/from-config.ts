/**
 * The outputs that the owner has configured: one entry of {@link MAKERS} each.
 */
import type { Config } from '../config.ts';
import type { SinkReports } from './condition.ts';
import type { Sink } from './sink.ts';

/** What outputs are made with. */
export interface SinkTools {
  readonly reports: SinkReports;
  readonly wallMs: () => number;
}

/** Makes one output, or nothing where it is not configured. @throws OwnerError for a file that cannot be read */
type Maker = (config: Config, tools: SinkTools) => Sink | null;

const MAKERS: readonly Maker[] = [];

export function sinksOf(config: Config, tools: SinkTools): Sink[] {
  return MAKERS.flatMap((make) => make(config, tools) ?? []);
}
