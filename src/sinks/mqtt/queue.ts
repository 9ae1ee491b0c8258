/**
 * What waits for the broker: of what is now the newest of each topic, and what happened in its order. A message stays until
 * the broker has confirmed it; when the connection breaks, what was on its way waits again.
 */
import type { MqttMessage } from './link.ts';

export class MqttQueue {
  readonly #limit: number;
  /** By topic. */
  readonly #latest = new Map<string, MqttMessage>();
  /** What happened, the oldest first. */
  readonly #ordered = new Set<MqttMessage>();
  /** How many of those there are of each topic. */
  readonly #topics = new Map<string, number>();
  readonly #onItsWay = new Set<MqttMessage>();

  /** @param limit of messages that keep their order; of the others there is one a topic */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#latest.size + this.#ordered.size;
  }

  get onItsWay(): number {
    return this.#onItsWay.size;
  }

  /** Takes the place of what waits under the same topic; not of what keeps its order, which ends with what is newest. */
  replace(message: MqttMessage): void {
    if (this.#topics.has(message.topic)) return;
    // Not at the place of the older: it may depend on what came between.
    this.#latest.delete(message.topic);
    this.#latest.set(message.topic, message);
  }

  /**
   * Waits for its turn behind all others that keep their order.
   * @returns how many of the oldest were let go for it
   */
  append(message: MqttMessage): number {
    this.#ordered.add(message);
    this.#count(message.topic, 1);
    // It is newer than what was to be said again.
    this.#latest.delete(message.topic);
    if (this.#ordered.size <= this.#limit) return 0;
    this.#remove(this.#leastMissed());
    return 1;
  }

  /** Lets go of what waits under these topics. What is on its way is on its way. */
  forget(isForgotten: (topic: string) => boolean): void {
    for (const topic of this.#latest.keys()) if (isForgotten(topic)) this.#latest.delete(topic);
    for (const message of this.#ordered) {
      if (!isForgotten(message.topic)) continue;
      this.#ordered.delete(message);
      this.#count(message.topic, -1);
    }
  }

  /** The next to be sent, from now on on its way; null where nothing waits. */
  next(): MqttMessage | null {
    for (const waiting of [this.#latest.values(), this.#ordered]) {
      for (const message of waiting) {
        if (this.#onItsWay.has(message)) continue;
        this.#onItsWay.add(message);
        return message;
      }
    }
    return null;
  }

  /** The broker has it. */
  confirmed(message: MqttMessage): void {
    this.#onItsWay.delete(message);
    if (this.#latest.get(message.topic) === message) this.#latest.delete(message.topic);
    else this.#remove(message);
  }

  /** The connection broke: what was on its way waits again. */
  broken(): void {
    this.#onItsWay.clear();
  }

  /** The oldest total that a newer one follows; where there is none, the oldest of all. */
  #leastMissed(): MqttMessage {
    const [oldest] = this.#ordered;
    for (const message of this.#ordered) {
      if (message.retain && (this.#topics.get(message.topic) ?? 0) > 1) return message;
    }
    return oldest as MqttMessage;
  }

  #remove(message: MqttMessage): void {
    this.#onItsWay.delete(message);
    if (this.#ordered.delete(message)) this.#count(message.topic, -1);
  }

  #count(topic: string, change: 1 | -1): void {
    const count = (this.#topics.get(topic) ?? 0) + change;
    if (count === 0) this.#topics.delete(topic);
    else this.#topics.set(topic, count);
  }
}
