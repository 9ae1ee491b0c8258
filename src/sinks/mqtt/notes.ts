/**
 * What MQTT remembers through a restart: of each battery, of this server, and of batteries that were forgotten.
 */

import type { SinkMemory } from '../sinks.ts';
import type { DiscoveredDevice } from './homeassistant.ts';

/** What is remembered of a battery. */
export interface BatteryNote {
  /** Topics under which the broker may keep something. */
  readonly retained: readonly string[];
  /** The platform of each component that Home Assistant was told of. */
  readonly components: Readonly<Record<string, string>>;
  /** … and of those that it is to forget, until the broker has it. */
  readonly gone: Readonly<Record<string, string>>;
  readonly manyPhases: boolean;
  /** Fields that nobody knows, which were seen. */
  readonly unknown: DiscoveredDevice['unknown'];
}

export const NO_NOTE: BatteryNote = { retained: [], components: {}, gone: {}, manyPhases: false, unknown: {} };
/** Stands for this server among the batteries. */
export const BRIDGE = 'bridge';
/** Stands for all batteries that were forgotten, and whose topics the broker has not cleared yet. */
export const FORGOTTEN = 'forgotten';

/** With a topic under which the broker may keep something; the same note where it has it. */
export function withTopic(note: BatteryNote, topic: string): BatteryNote {
  return note.retained.includes(topic) ? note : { ...note, retained: [...note.retained, topic] };
}

export function withoutTopic(note: BatteryNote, topic: string): BatteryNote {
  return { ...note, retained: note.retained.filter((one) => one !== topic) };
}

export function noteName(battery: string): string {
  return `mqtt ${battery}`;
}

/** null where there is none, or none that can be read. */
export function recalledNote(memory: Pick<SinkMemory, 'recall'>, battery: string): BatteryNote | null {
  const text = memory.recall(noteName(battery));
  return text === null ? null : (JSON.parse(text) as BatteryNote);
}

/**
 * Has the next run clear the topics of a battery that is forgotten while no server runs.
 * @returns how many there are
 */
export function leaveToClear(memory: SinkMemory, battery: string): number {
  const topics = recalledNote(memory, battery)?.retained ?? [];
  if (topics.length === 0) return 0;
  const before = recalledNote(memory, FORGOTTEN)?.retained ?? [];
  const note: BatteryNote = { ...NO_NOTE, retained: [...new Set([...before, ...topics])] };
  memory.remember(new Map([[noteName(FORGOTTEN), JSON.stringify(note)]]));
  return topics.length;
}
