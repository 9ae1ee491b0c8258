/**
 * Topics of batteries that were forgotten, until the broker has cleared them; also through a restart.
 */
import type { MqttMessage } from './link.ts';
import { type BatteryNote, NO_NOTE } from './notes.ts';

export class Clearings {
  readonly #messages = new Map<string, MqttMessage>();
  /** What is to be remembered: another one where something has changed. */
  note: BatteryNote;

  constructor(note: BatteryNote | null) {
    this.note = note ?? NO_NOTE;
    for (const topic of this.note.retained) this.#messages.set(topic, clearing(topic));
  }

  /** Of what the broker has not confirmed. */
  get messages(): readonly MqttMessage[] {
    return [...this.#messages.values()];
  }

  /** @returns what clears them */
  add(topics: readonly string[]): MqttMessage[] {
    const messages = topics.map(clearing);
    for (const message of messages) this.#messages.set(message.topic, message);
    this.#noteThem();
    return messages;
  }

  /** The broker has a message. @returns whether it was one of these */
  confirmed(message: MqttMessage): boolean {
    return this.#messages.get(message.topic) === message && this.superseded(message.topic);
  }

  /** Something else is to stand under a topic. @returns whether that was to be cleared */
  superseded(topic: string): boolean {
    const was = this.#messages.delete(topic);
    if (was) this.#noteThem();
    return was;
  }

  #noteThem(): void {
    this.note = { ...NO_NOTE, retained: [...this.#messages.keys()] };
  }
}

function clearing(topic: string): MqttMessage {
  return { topic, payload: '', retain: true };
}
