/**
 * Gathers what one session wants done, until it is handed over.
 */
import { counted } from '../counted.ts';
import type { Instant, StoreRecord, WireDirection } from '../model.ts';
import { frameName } from '../protocol/commands.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import { encodeFrame, type Frame } from '../protocol/frame.ts';
import type { HeardBattery } from './batteries.ts';
import type { Output } from './output.ts';
import { bytesRecord, type Hearing, serverEvent, vendorRecords } from './records.ts';

/** Between a battery and the server that it speaks with. */
export type OverheardDirection = Extract<WireDirection, 'from_battery' | 'to_battery'>;

export class Outputs {
  readonly #connection: number;
  #gathered: Output[] = [];
  /** Orders go last: first the peer gets its answers. */
  #orders: Output[] = [];
  /** Whom the connection speaks for: what is kept and said from now on is of that battery. */
  battery: HeardBattery | null = null;

  constructor(connection: number) {
    this.#connection = connection;
  }

  take(): Output[] {
    const gathered = this.#gathered;
    gathered.push(...this.#orders);
    this.#gathered = [];
    this.#orders = [];
    return gathered;
  }

  add(...outputs: readonly Output[]): void {
    this.#gathered.push(...outputs);
  }

  record(record: StoreRecord): void {
    this.#gathered.push({ type: 'record', record });
  }

  /** @param of the battery in question, where that is not whom the connection speaks for now */
  problem(code: ProblemCode, detail: string, of: HeardBattery | null = this.battery): void {
    this.#gathered.push({ type: 'problem', code, battery: of?.serial ?? null, detail });
  }

  order(frame: Uint8Array): void {
    this.#orders.push({ type: 'order', frame });
  }

  /** Nobody is there to answer them. */
  dropOrders(): void {
    this.#orders = [];
  }

  /** Something this server saw, as an event. @param of as of {@link problem} */
  note(name: string, text: string, now: Instant, of: HeardBattery | null = this.battery): void {
    this.record(serverEvent(name, text, { ...this.hearing(now), battery: of }));
  }

  /** A frame that is not understood, as it came. */
  unknown(frame: Frame, reason: ProblemCode, now: Instant): void {
    this.aside(frame, reason, now);
    this.problem(reason, `${frameName(frame.type, frame.command)}, ${counted(frame.body.length, 'byte')}`);
  }

  /** A frame of which nothing is to be taken, and nothing to be said. */
  aside(frame: Frame, reason: ProblemCode, now: Instant): void {
    const { type, command, body } = frame;
    this.record(bytesRecord('unknown', reason, encodeFrame(type, command, body), frame, this.hearing(now)));
  }

  /** What the battery and another server say to each other beside its messages, as it came. */
  overheard(frame: Frame, direction: OverheardDirection, now: Instant): void {
    const { type, command, body } = frame;
    const bytes = encodeFrame(type, command, body);
    this.record(bytesRecord('conversation', 'SERVER_OVERHEARD', bytes, frame, this.hearing(now), direction));
  }

  /** What has changed of what the vendor wants a battery to be set to. */
  settings(battery: HeardBattery, now: Instant): void {
    for (const record of vendorRecords(battery, now)) this.record(record);
  }

  /** Bytes that are no good frame. */
  discarded(
    bytes: Uint8Array,
    reason: ProblemCode,
    now: Instant,
    direction: OverheardDirection = 'from_battery',
  ): void {
    this.record(bytesRecord('discarded', reason, bytes, null, this.hearing(now), direction));
  }

  hearing(now: Instant): Hearing {
    return { connection: this.#connection, battery: this.battery, now };
  }
}
