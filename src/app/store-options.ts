/**
 * The configuration as the store wants it.
 */

import type { Config } from '../config/load.ts';
import type { Battery, Instant } from '../model.ts';
import { fieldByName } from '../protocol/fields/fields.ts';
import { outboxesOf } from '../sinks/from-config.ts';
import { type ClockListener, RetentionClock } from '../store/sqlite/clock/retention-clock.ts';
import type { SqliteOptions } from '../store/sqlite/options.ts';
import type { Store } from '../store/store.ts';
import { kernelClock } from '../system/kernel-clock.ts';
import { placeFrom } from './backups.ts';

export function storeOptions(config: Config): SqliteOptions {
  const { keep, quotas, raw_quota: rawBytes } = config.store;
  const { unknown_fields: unknownFields, ...others } = quotas;
  const { data: folder, backups } = placeFrom(config);
  return {
    folder,
    backups,
    timeZone: config.time_zone,
    retention: { liveDays: keep.live, rawDays: keep.raw, rawBytes, quotas: { ...others, unknownFields } },
    outboxes: outboxesOf(config),
    heldBytes: config.store.held_quota,
    mostKw: mostKwIn(config.battery.limits),
  };
}

/** The most that a power may have by the owner's word, kW; 0 where nothing is said. */
function mostKwIn(limits: Config['battery']['limits']): number {
  const powers = Object.entries(limits).filter(([name]) => fieldByName(name)?.unit === 'W');
  return Math.max(0, ...powers.flatMap(([, { min, max }]) => [Math.abs(min), Math.abs(max)])) / 1000;
}

/** Whether the server's own clock is believed, before something is removed by it. @param listener told what is found */
export function retentionClock(
  config: Config,
  store: Store,
  now: () => Instant,
  listener: ClockListener,
  shown: readonly Battery[],
): RetentionClock {
  const { data, store: keeping } = config;
  const options = {
    memory: store,
    retention: { liveDays: keeping.keep.live, rawDays: keeping.keep.raw },
    now,
    kernel: async () => (await kernelClock(data)) === 'synchronised',
    listener,
  };
  return new RetentionClock(options, shown);
}
