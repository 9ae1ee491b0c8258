/**
 * When what was recorded was heard: by the recording's own times, or by a moment that its owner gives.
 */
import type { CaptureItem } from '../capture/capture-reader.ts';
import type { TimesAre } from '../capture/packet-times.ts';
import type { Instant } from '../model.ts';
import { FormBook } from '../protocol/body/wire-form.ts';
import { LIVE } from '../protocol/commands.ts';
import { type FrameType, REQUEST } from '../protocol/frame.ts';
import { MessageReader } from '../protocol/messages.ts';

export class RecordingClock {
  /** When the first was, by its owner's word, Unix milliseconds. */
  readonly #beginMs: number | null;
  readonly #reader = new MessageReader(new FormBook());
  #first: Instant | null = null;
  #last: Instant | null = null;
  /** The first time that the recording has, and the first of the battery, milliseconds. */
  #firstMs: number | null = null;
  #firstBatteryMs: number | null = null;

  /** @param beginMs when the first message was, Unix milliseconds; null to believe the recording */
  constructor(beginMs: number | null) {
    this.#beginMs = beginMs;
  }

  /** The moment of the newest; null before there is one. */
  get last(): Instant | null {
    return this.#last;
  }

  /**
   * The moment of the next item, no earlier than that of the one before it.
   * @param timesAre what the times of the recording are of
   * @returns null where nothing tells it: then its owner must
   */
  of(item: CaptureItem, timesAre: TimesAre): Instant | null {
    const ms = this.#beginMs === null ? this.#believed(item, timesAre) : this.#counted(item, this.#beginMs);
    if (ms === null) return null;
    const wallMs = Math.max(ms, this.#last?.wallMs ?? ms);
    const monoMs = wallMs - (this.#first?.wallMs ?? wallMs);
    this.#last = { wallMs, monoMs };
    this.#first ??= this.#last;
    return this.#last;
  }

  /** What ends a recording may have no time of its own. */
  #believed({ ms }: CaptureItem, timesAre: TimesAre): number | null {
    if (ms !== null) return timesAre === 'utc' ? ms : null;
    return this.#last?.wallMs ?? null;
  }

  /** So much later than the first, by the recording; where that has no times, by the battery's own clock. */
  #counted(item: CaptureItem, beginMs: number): number {
    const { ms } = item;
    if (ms !== null) {
      this.#firstMs ??= ms;
      return beginMs + ms - this.#firstMs;
    }
    const batteryMs = this.#firstMs === null ? this.#batteryMs(item) : null;
    if (batteryMs === null) return this.#last?.wallMs ?? beginMs;
    this.#firstBatteryMs ??= batteryMs;
    return beginMs + batteryMs - this.#firstBatteryMs;
  }

  /** The battery sends a live message when it is taken. */
  #batteryMs(item: CaptureItem): number | null {
    if (item.kind !== 'piece') return null;
    const { type, command, body, crcOk, offset } = item.piece;
    if (type !== REQUEST || command !== LIVE || !crcOk) return null;
    const message = this.#reader.read({ kind: 'frame', type: type as FrameType, command, body, offset });
    const [reading] = message.type === 'readings' ? message.readings : [];
    const seconds = reading?.batteryTime ?? null;
    return seconds === null ? null : seconds * 1000;
  }
}
