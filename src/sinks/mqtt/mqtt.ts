/**
 * MQTT: what is now, totals and events, for Home Assistant and whoever else listens (decision 0010, docs/home-assistant.md).
 */

import { inTurns } from '../../system/turns.ts';
import { SinkCondition, type SinkReports } from '../condition.ts';
import type { ControlDoor } from '../control-news.ts';
import { type Sink, type SinkNews, type SinkStatus, STOP_MS } from '../sink.ts';
import type { SinkMemory } from '../sinks.ts';
import { CommandTaker } from './command-taker.ts';
import { commandTopics } from './commands.ts';
import { batteryOf, type HouseSetting, MqttHouse } from './house.ts';
import { type MqttBroker, MqttLink, type MqttMessage } from './link.ts';
import { type BatteryNote, BRIDGE, FORGOTTEN, noteName, recalledNote } from './notes.ts';
import type { Outgoing } from './outgoing.ts';
import { MqttQueue } from './queue.ts';

export interface MqttOptions {
  readonly broker: MqttBroker;
  readonly house: HouseSetting;
  /** How many totals and events wait at most. */
  readonly queue: number;
  readonly reports: SinkReports;
  readonly memory: SinkMemory;
  /** Who takes commands; null where none are heard. */
  readonly control: ControlDoor | null;
  /** What else is listened to, by topic; what the broker has retained, too. */
  readonly topics?: ReadonlyMap<string, (payload: string) => void>;
  readonly wallMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** Messages on their way at a time: enough for any distance, and little for a broker to hold. */
const WINDOW = 64;
/** Home Assistant has just begun, and many tell it at once: each waits for a while of its own. */
const BIRTH_FIRST_MS = 1000;
const BIRTH_LAST_MS = 30_000;
/** Notes are written together, so long after the first of them. */
const NOTE_MS = 1000;
/** … and so many of them at a time. */
const NOTES_AT_ONCE = 200;

export class MqttSink implements Sink {
  readonly name = 'mqtt';
  readonly wants: Sink['wants'];
  readonly #options: MqttOptions;
  readonly #house: MqttHouse;
  readonly #queue: MqttQueue;
  readonly #link: MqttLink;
  readonly #condition: SinkCondition;
  /** As they were last written. */
  readonly #notes = new Map<string, BatteryNote>();
  readonly #toNote = new Set<string>();
  #noting: NodeJS.Timeout | null = null;
  #birth: NodeJS.Timeout | null = null;

  constructor(options: MqttOptions) {
    const { broker, house, queue, reports, control, topics = new Map(), wallMs, random } = options;
    this.#options = options;
    this.#house = new MqttHouse(house, (battery) => this.#recall(battery));
    this.#queue = new MqttQueue(queue);
    this.#condition = new SinkCondition(this.name, hostOf(broker.url), reports, wallMs);
    this.wants = [
      'reading',
      'battery',
      'event',
      'energy',
      'settings',
      ...(house.control ? (['control'] as const) : []),
    ];
    const birth = `${house.prefix}/status`;
    const births = house.discovery ? [birth] : [];
    const commands = control === null ? null : this.#commandsFor(control);
    const subscriptions = [...births, ...(commands === null ? [] : commandTopics(house.base)), ...topics.keys()];
    this.#link = new MqttLink(
      { broker, will: this.#house.online(false), subscriptions, random },
      {
        up: () => this.#up(),
        down: (code, detail) => {
          this.#queue.broken();
          this.#condition.down(code, detail);
        },
        denied: (topic) =>
          reports.trouble(this.name, 'OUTPUT_REFUSED', `the broker does not let this user hear ${topic}`),
        heard: (topic, payload, isRetained) => {
          const listener = topics.get(topic);
          if (listener !== undefined) listener(payload);
          else if (topic !== birth) void commands?.heard({ topic, payload, isRetained });
          else if (payload === 'online') this.#born();
        },
      },
    );
  }

  get status(): SinkStatus {
    return this.#condition.status(this.#queue.length);
  }

  start(): void {
    this.#link.start();
  }

  tell(news: SinkNews): void {
    if (this.#condition.state === 'stopped') return;
    this.#enqueue(this.#house.told(news));
    const battery = batteryOf(news);
    if (battery !== null) this.#noteSoon(battery);
    this.#noteSoon(FORGOTTEN);
    this.#pump();
  }

  #enqueue(outgoing: readonly Outgoing[]): void {
    for (const { message, ordered } of outgoing) {
      if (!ordered) this.#queue.replace(message);
      else {
        const dropped = this.#queue.append(message);
        if (dropped > 0) this.#condition.overflowed(dropped);
      }
    }
  }

  #commandsFor(control: ControlDoor): CommandTaker {
    const { house, reports, wallMs } = this.#options;
    return new CommandTaker({
      base: house.base,
      control,
      isTold: (battery) => this.#house.isTold(battery),
      answer: (battery, answer) => {
        this.#enqueue(this.#house.answered(battery, answer));
        this.#noteSoon(battery);
        this.#pump();
      },
      say: (detail) => reports.trouble(this.name, 'OUTPUT_COMMAND', detail),
      wallMs,
    });
  }

  /** How many topics of forgotten batteries the broker has not cleared yet. */
  get clearing(): number {
    return this.#house.clearing;
  }

  /** Its topics are cleared at the broker; where that is away, when it is there again, also after a restart. */
  forget(battery: string): void {
    this.#queue.forget((topic) => this.#house.isOf(battery, topic));
    const clearings = this.#house.forget(battery);
    this.#notes.delete(battery);
    this.#toNote.delete(battery);
    this.#noteSoon(FORGOTTEN);
    // Its own note is about to go.
    this.#writeNotes();
    for (const message of clearings) this.#queue.replace(message);
    this.#pump();
  }

  async stop(): Promise<void> {
    if (this.#birth !== null) clearTimeout(this.#birth);
    await this.#link.stop(this.#house.online(false), STOP_MS);
    this.#writeNotes();
    this.#condition.stopped();
  }

  #up(): void {
    this.#condition.up();
    void this.#greet().then(() => inTurns(this.#queued(this.#house.farewells())));
  }

  #born(): void {
    if (this.#birth !== null) return;
    const wait = BIRTH_FIRST_MS + this.#options.random() * (BIRTH_LAST_MS - BIRTH_FIRST_MS);
    this.#birth = setTimeout(() => {
      this.#birth = null;
      void this.#greet();
    }, wait);
  }

  /** Says all again that the broker is to keep. */
  async #greet(): Promise<void> {
    await inTurns(this.#queued(this.#house.greeting(this.#options.wallMs())));
    this.#noteSoon(BRIDGE);
  }

  /** Queues messages, one a step. Those that can be sent are sent meanwhile. */
  *#queued(messages: Iterable<MqttMessage>): Generator<void> {
    for (const message of messages) {
      this.#queue.replace(message);
      yield;
    }
    this.#pump();
  }

  #pump(): void {
    while (this.#link.isUp && this.#queue.onItsWay < WINDOW) {
      const message = this.#queue.next();
      if (message === null) return;
      this.#link.publish(message).then(
        () => this.#confirmed(message),
        // It waits again since the connection broke.
        () => {},
      );
    }
  }

  #confirmed(message: MqttMessage): void {
    this.#queue.confirmed(message);
    this.#condition.sent(1);
    const battery = this.#house.confirmed(message);
    if (battery !== null) this.#noteSoon(battery);
    this.#pump();
  }

  #recall(battery: string): BatteryNote | null {
    const note = recalledNote(this.#options.memory, battery);
    if (note === null) return null;
    this.#notes.set(battery, note);
    return note;
  }

  #noteSoon(battery: string): void {
    if (this.#notes.get(battery) === this.#house.noteOf(battery)) return;
    this.#toNote.add(battery);
    this.#noting ??= setTimeout(() => this.#writeNotes(NOTES_AT_ONCE), NOTE_MS);
  }

  /** What cannot be written now is written with the next change. */
  #writeNotes(most = Number.POSITIVE_INFINITY): void {
    if (this.#noting !== null) clearTimeout(this.#noting);
    this.#noting = null;
    if (this.#toNote.size === 0) return;
    const due = [...this.#toNote].slice(0, most);
    const notes = due.map((battery) => [battery, this.#house.noteOf(battery)] as const);
    try {
      this.#options.memory.remember(new Map(notes.map(([battery, note]) => [noteName(battery), JSON.stringify(note)])));
      for (const [battery, note] of notes) {
        this.#notes.set(battery, note);
        this.#toNote.delete(battery);
      }
      if (this.#toNote.size > 0) this.#noting = setTimeout(() => this.#writeNotes(most));
    } catch {
      // The store says itself that it cannot write.
    }
  }
}

/** Without user and password. */
function hostOf(url: string): string {
  return new URL(url).host;
}
