/**
 * Messages that wait to be sent.
 */
import type { MqttMessage } from './link.ts';

/** A message, and whether only the newest of its topic counts. */
export interface Outgoing {
  readonly message: MqttMessage;
  readonly ordered: boolean;
}

/** Of a fleet, texts of this size would fill the memory. */
export function madeWhenSent(topic: string, text: () => string): MqttMessage {
  return {
    topic,
    retain: true,
    get payload() {
      return text();
    },
  };
}

export function retained(topic: string, payload: string): MqttMessage {
  return { topic, payload, retain: true };
}

export function latest(message: MqttMessage): Outgoing {
  return { message, ordered: false };
}

export function ordered(message: MqttMessage): Outgoing {
  return { message, ordered: true };
}
