/**
 * What is known of one battery that MQTT tells of.
 */
import type { BatteryState, Settings } from '../../now/state.ts';
import type { ControlNews, LastChange } from '../control-news.ts';
import type { MqttMessage } from './link.ts';
import type { BatteryNote } from './notes.ts';
import type { VendorConnection } from './vendor-connection.ts';

/** What of a battery's state is said. */
type BatteryStatus = Pick<BatteryState, 'connected' | 'tapped' | 'stale' | 'clock' | 'openGaps'>;

export interface Announced {
  readonly id: string;
  readonly first: boolean;
  name: string | null;
  note: BatteryNote;
  settings: Settings;
  /** A reading came since the start: it is known what there is to tell. */
  heard: boolean;
  /** Something of what Home Assistant is told has changed since it was told. */
  changed: boolean;
  status: BatteryStatus | null;
  /** When something last happened, Unix milliseconds. */
  lastEventMs: number | null;
  /** Whether its connection reaches the vendor; null where nothing is relayed, or it is not known yet. */
  vendor: VendorConnection;
  /** As it was last told; null before that. */
  control: ControlNews | null;
  /** What was last answered to a command that became no change, and no newer change is told of. */
  answer: LastChange | null;
  /** What was last said under each topic that the broker keeps. */
  readonly said: Map<string, Retained>;
}

/** A message, and until when it is worth saying again, Unix milliseconds; null for ever. */
interface Retained {
  readonly message: MqttMessage;
  readonly untilMs: number | null;
}

/** One of which nothing is known yet but what was noted before. */
export function announced(id: string, first: boolean, note: BatteryNote): Announced {
  return {
    ...{ id, first, note },
    ...{ name: null, settings: {}, heard: false, changed: true, status: null, lastEventMs: null, vendor: null },
    ...{ control: null, answer: null, said: new Map() },
  };
}
