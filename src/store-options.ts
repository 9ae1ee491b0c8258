/**
 * The configuration as the store wants it.
 */
import { placeFrom } from './backups.ts';
import type { Config } from './config.ts';
import { outboxesOf } from './sinks/from-config.ts';
import type { SqliteOptions } from './store/sqlite.ts';

export function storeOptions(config: Config): SqliteOptions {
  const { keep, raw_quota: rawBytes } = config.store;
  const { data: folder, backups } = placeFrom(config);
  return {
    folder,
    backups,
    timeZone: config.time_zone,
    retention: { liveDays: keep.live, rawDays: keep.raw, rawBytes },
    outboxes: outboxesOf(config),
  };
}
