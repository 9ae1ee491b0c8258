/**
 * One connection of a battery, as meaning over time: bytes and moments in, {@link Output}s out. No socket, timer, logger
 * or clock in here, so that a whole conversation can be played in a test.
 *
 * The battery leads: it pushes, the server answers `Success`. No login is needed (a battery that reconnects may stream on
 * without one; confirmed), and no order of messages is expected. So the table of what follows what is short:
 *
 *     state    what comes               what is done                                    next state
 *     open     whole frame              kept by its handler (handlers.ts), offered to
 *                                       the conversations, answered                     open
 *     open     whole frame that names   held back, and all behind it, until told        open
 *              a battery not told of
 *     open     frame, bad checksum      kept as discarded, no reply                     open
 *     open     no frame                 kept as discarded, close                        closed
 *     open     none of a battery's      said once: it is stale                          open
 *              readings for long
 *     open     a deadline passes        rest kept as discarded, close                   closed
 *     open     its battery speaks on a  close                                           closed
 *              newer connection; where
 *              there are several, each
 *     open     the peer hangs up        rest kept as discarded                          closed
 *     closed   anything                 nothing                                         closed
 */
import { counted } from '../counted.ts';
import type { ConfigurationSource, Instant } from '../model.ts';
import type { FormBook } from '../protocol/body/wire-form.ts';
import { CONFIGURATION_REQUEST, isSuccess, successReply, wantsReply } from '../protocol/commands.ts';
import type { ProblemCode } from '../protocol/errors.ts';
import {
  type BrokenStream,
  type DiscardedFrame,
  encodeFrame,
  type Frame,
  FrameDecoder,
  isProtobuf,
  RESPONSE,
} from '../protocol/frame.ts';
import { type Message, MessageReader } from '../protocol/messages.ts';
import type { Batteries, HeardBattery } from './batteries.ts';
import type { Conversation, Reply } from './conversation.ts';
import { Conversations, interruptAll } from './conversations.ts';
import type { FirewallPolicy } from './firewall.ts';
import { Handlers } from './handlers.ts';
import type { Output } from './output.ts';
import { Outputs, type OverheardDirection } from './outputs.ts';
import { OverheardSide } from './overheard/overheard-side.ts';
import { BatteryPresence } from './presence.ts';
import { vendorConfiguration } from './relay/vendor-configuration.ts';
import { type VendorReach, VendorSide } from './relay/vendor-side.ts';
import { serialsIn } from './serials.ts';
import { Speakers } from './trust/speakers.ts';
import { NO_PEER, type Peer } from './trust/trust.ts';

/** How long a peer may take, in milliseconds. */
export interface Patience {
  /** From the first byte of a frame to its last: the largest takes under a second on the slowest link. */
  readonly frameMs: number;
  /** From one reading to the next, before the battery is called stale: it sends one every 10 s. */
  readonly staleMs: number;
  /** From one sign of life to the next, before the connection is closed, so that the battery makes another. */
  readonly silenceMs: number;
}

export const PATIENCE: Patience = { frameMs: 30_000, staleMs: 90_000, silenceMs: 300_000 };

export interface SessionOptions {
  /** Unique for ever within one store. */
  readonly connection: number;
  readonly batteries: Batteries;
  readonly forms: FormBook;
  readonly patience?: Patience;
  /** Who is at the other end. */
  readonly peer?: Peer;
  /** A keyed hash, so that logins can be compared that are not kept; without it they are not. */
  readonly hashLogin?: (login: string) => string;
  /** What passes between the battery and the vendor; without it nothing does. */
  readonly relay?: FirewallPolicy;
  /** The battery speaks with another server, and is listened to: nothing is asked, and the conversation is never ended here. */
  readonly isOverheard?: boolean;
  /** How it is overheard: while it is said, or in a recording that is imported. */
  readonly overheardFrom?: Exclude<ConfigurationSource, 'relay'>;
}

export class Session {
  readonly #connection: number;
  readonly #speakers: Speakers;
  readonly #outputs: Outputs;
  readonly #conversations: Conversations;
  readonly #handlers: Handlers;
  readonly #vendor: VendorSide | null;
  readonly #patience: Patience;
  readonly #isOverheard: boolean;
  readonly #overheard: OverheardSide | null;
  readonly #overheardFrom: ConfigurationSource;
  readonly #reader: MessageReader;
  readonly #decoder = new FrameDecoder();
  readonly #batteries: Batteries;
  /** A message that names a battery which the batteries have not been told of. */
  #heldBack: { readonly frame: Frame; readonly awaited: string } | null = null;
  /** Those that the message under way names, and of which nothing is kept. */
  readonly #asked = new Set<string>();
  #open = true;
  /** A frame of its battery, or of newer firmware, with something in it, whether it could be read or not; an empty one is none. */
  #lastLifeMono: number;
  readonly #presence: BatteryPresence;
  #frameBegunMono: number | null = null;

  constructor(options: SessionOptions, now: Instant) {
    const { connection, hashLogin } = options;
    this.#connection = connection;
    this.#batteries = options.batteries;
    const outputs = new Outputs(connection);
    const { peer = NO_PEER } = options;
    const speakers = new Speakers(connection, peer, options.batteries, outputs);
    this.#outputs = outputs;
    this.#speakers = speakers;
    const conversations = new Conversations(connection, (battery) => speakers.speakFor(battery), outputs);
    this.#conversations = conversations;
    this.#patience = options.patience ?? PATIENCE;
    const isOverheard = options.isOverheard === true;
    this.#isOverheard = isOverheard;
    this.#overheardFrom = options.overheardFrom ?? 'tap';
    const presence = new BatteryPresence(this.#patience.staleMs, (battery) => this.#speaksHere(battery));
    this.#presence = presence;
    this.#handlers = new Handlers({ connection, speakers, outputs, presence, conversations, hashLogin, isOverheard });
    const { batteries, forms, relay: policy } = options;
    this.#overheard = isOverheard ? new OverheardSide({ connection, peer, batteries }) : null;
    this.#vendor =
      policy === undefined || isOverheard ? null : new VendorSide({ connection, policy, outputs, conversations });
    this.#reader = new MessageReader(forms, (serial) => {
      const { battery } = outputs;
      const isOfSpeaker = battery !== null && (serial === null || battery.serial.reveal() === serial);
      return isOfSpeaker ? battery.house : batteries.houseOf(serial);
    });
    this.#lastLifeMono = now.monoMs;
  }

  /** Whether that serial number was named on the connection. */
  hasNamed(serial: string): boolean {
    return this.#speakers.hasNamed(serial);
  }

  /** When `wake` wants to be called, in monotonic milliseconds; null once closed. */
  get deadline(): number | null {
    if (!this.#open) return null;
    const staleAt = this.#presence.deadline;
    if (this.#isOverheard) return staleAt;
    if (this.#superseded) return Number.NEGATIVE_INFINITY;
    const { frameMs, silenceMs } = this.#patience;
    return Math.min(
      this.#lastLifeMono + silenceMs,
      (this.#frameBegunMono ?? Number.POSITIVE_INFINITY) + frameMs,
      staleAt ?? Number.POSITIVE_INFINITY,
      this.#conversations.deadline ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Whether something is awaited for which there is less patience than for the next reading. */
  get isAwaiting(): boolean {
    return this.#conversations.areAny;
  }

  /** Whether it is here that a battery speaks, as far as it is believed, and not on a newer connection. */
  #speaksHere(battery: HeardBattery): boolean {
    if (this.#overheard !== null) return this.#overheard.isHeardHere(battery);
    return battery.deliveredOn <= this.#connection && this.#speakers.speakFor(battery);
  }

  /** Whether each of its batteries has since delivered on a newer connection. */
  get #superseded(): boolean {
    const { introduced } = this.#speakers;
    for (const battery of introduced)
      if (battery.deliveredOn <= this.#connection || !this.#speakers.speakFor(battery)) return false;
    return introduced.size > 0;
  }

  /** Bytes came. */
  receive(bytes: Uint8Array, now: Instant): Output[] {
    if (!this.#open) return [];
    this.#decoder.receive(bytes);
    this.#goOn(now);
    return this.#outputs.take();
  }

  /**
   * The serial number of a battery that the next message names, and of which {@link Batteries} have not been told what is kept
   * (decision 0025): until {@link told} nothing more is heard. Null where nothing is awaited.
   */
  get awaited(): string | null {
    return this.#heldBack?.awaited ?? null;
  }

  /** The batteries were told what is kept of the one that was awaited, if anything is. */
  told(now: Instant): Output[] {
    const heldBack = this.#heldBack;
    if (!this.#open || heldBack === null) return [];
    this.#heldBack = null;
    this.#asked.add(heldBack.awaited);
    // Read again: what its values can be is known only now.
    this.#hear(this.#reader.read(heldBack.frame), heldBack.frame, now);
    this.#goOn(now);
    return this.#outputs.take();
  }

  #goOn(now: Instant): void {
    while (this.#heldBack === null) {
      const decoded = this.#decoder.next();
      if (decoded === null) break;
      this.#frameBegunMono = null;
      if (decoded.kind === 'frame') this.#hear(this.#reader.read(decoded), decoded, now);
      else this.#refuse(decoded, now);
    }
    if (this.#decoder.pending > 0) this.#frameBegunMono ??= now.monoMs;
  }

  #hear(message: Message, frame: Frame, now: Instant): void {
    const serials = this.#batteries.areAnyUntold ? serialsIn(message) : [];
    const awaited = serials.find((serial) => !this.#asked.has(serial) && this.#batteries.isUntold(serial));
    if (awaited === undefined) {
      this.#asked.clear();
      this.#answer(message, frame, now);
    } else this.#heldBack = { frame, awaited };
  }

  /** Time passed. */
  wake(now: Instant): Output[] {
    if (this.deadline === null || now.monoMs < this.deadline) return [];
    this.#conversations.wake(now);
    const code = this.#reasonToClose(now);
    if (code !== null) {
      this.#closeFor(code, now);
    } else {
      for (const battery of this.#presence.takeStale(now)) {
        this.#outputs.problem('BATTERY_STALE', '', battery);
        this.#outputs.note('stale', `connection ${this.#connection}`, now, battery);
      }
    }
    return this.#outputs.take();
  }

  #reasonToClose(now: Instant): ProblemCode | null {
    if (this.#isOverheard) return null;
    const { frameMs, silenceMs } = this.#patience;
    if (this.#superseded) return 'CONNECTION_SUPERSEDED';
    if (this.#frameBegunMono !== null && now.monoMs >= this.#frameBegunMono + frameMs) return 'FRAME_INCOMPLETE';
    return now.monoMs >= this.#lastLifeMono + silenceMs ? 'PEER_SILENT' : null;
  }

  /** For so many milliseconds nobody listened: they do not count against the peer. */
  excuse(ms: number): void {
    this.#lastLifeMono += ms;
    this.#presence.excuse(ms);
    if (this.#frameBegunMono !== null) this.#frameBegunMono += ms;
    this.#conversations.excuse(ms);
    this.#speakers.excuse(ms);
  }

  /** The peer hung up, or we did for a reason of our own. */
  ended(now: Instant): Output[] {
    if (!this.#open) return [];
    this.#keepRest(now);
    this.#leave(now);
    return this.#outputs.take();
  }

  /**
   * An order has left: from now on its answer is awaited.
   * @returns what there is to do where its conversation has ended meanwhile, and another has its turn
   */
  orderSent(now: Instant): Output[] {
    if (this.#open) this.#conversations.sent(now);
    return this.#outputs.take();
  }

  /** The vendor sent a whole frame with a good checksum. */
  vendorSaid(frame: Frame, now: Instant): Output[] {
    if (this.#open) this.#vendor?.heardVendor(frame, now);
    return this.#outputs.take();
  }

  /** Overheard: the other server said a whole frame. A plain success says nothing that the battery's message does not. */
  otherServerSaid(frame: Frame, now: Instant): Output[] {
    if (this.#overheard?.isPassedOver(now) === true) return [];
    if (!isSuccess(frame)) this.#outputs.overheard(frame, 'to_battery', now);
    const { battery } = this.#outputs;
    if (frame.type === RESPONSE && frame.command === CONFIGURATION_REQUEST && battery !== null) {
      battery.vendor.settings.overhear(vendorConfiguration(frame.body, this.#overheardFrom, now));
      this.#outputs.settings(battery, now);
    }
    return this.#outputs.take();
  }

  /** Overheard: bytes that are no whole frame with a right checksum. The conversation goes on behind them. */
  overheardBytes(bytes: Uint8Array, reason: ProblemCode, direction: OverheardDirection, now: Instant): Output[] {
    if (this.#overheard?.isPassedOver(now) === true) return [];
    this.#outputs.discarded(bytes, reason, now, direction);
    this.#outputs.problem(reason, counted(bytes.length, 'byte'));
    return this.#outputs.take();
  }

  /** Whether the vendor can be reached. */
  vendorReached(reach: VendorReach, now: Instant): Output[] {
    if (this.#open) this.#vendor?.reaches(reach, now);
    return this.#outputs.take();
  }

  /** From outside: begins a conversation with a battery that speaks here, as soon as it is its turn. */
  start(battery: HeardBattery, conversation: Conversation, now: Instant): Output[] {
    if (this.#open && !this.#isOverheard) this.#conversations.start(battery, conversation, now);
    return this.#outputs.take();
  }

  /** From outside: ends all conversations with a battery, since somebody else is to be believed to be it. */
  interrupt(battery: HeardBattery, now: Instant): Output[] {
    this.#outputs.add(...interruptAll(battery, now));
    return this.#outputs.take();
  }

  /** From outside: hangs up. */
  close(code: ProblemCode, now: Instant): Output[] {
    if (!this.#open) return [];
    this.#closeFor(code, now);
    return this.#outputs.take();
  }

  /** Keeps what a frame says, whatever goes on; then it is offered to who may have asked for it. */
  #answer(message: Message, frame: Frame, now: Instant): void {
    if (this.#overheard?.passesOver(message, now) === true) return;
    const { battery, unknown, reply } = this.#handlers.handle(message, frame, now);
    this.#noteSpeaker(battery, now);
    const isOffered = battery !== null || frame.type === RESPONSE;
    const heard = isOffered ? this.#conversations.heard(message, battery, frame, now) : null;
    const isUntaken = message.type === 'order_reply' && heard === null;
    const isOthers = isUntaken && this.#isOverheard;
    if (isOthers) this.#outputs.overheard(frame, 'from_battery', now);
    const reason = isUntaken && !isOthers ? 'RESPONSE_UNEXPECTED' : unknown;
    if (reason !== null) this.#outputs.unknown(frame, reason, now);
    // Of newer firmware no frame names its battery to us.
    const isOfBattery = this.#speakers.isNamed || isProtobuf(frame.type);
    if (isOfBattery && frame.body.length > 0) this.#lastLifeMono = now.monoMs;
    if (battery !== null && message.type === 'configuration')
      battery.vendor.settings.report(encodeFrame(frame.type, frame.command, frame.body));
    const asksForConfiguration = message.type === 'configuration_request' && battery !== null && heard === null;
    const opened = asksForConfiguration ? (this.#vendor?.opens(battery, now) ?? null) : null;
    this.#reply(heard?.reply ?? opened ?? reply, frame);
    const mayForward = battery !== null || frame.type === RESPONSE || isProtobuf(frame.type);
    if (mayForward) this.#vendor?.heardBattery(message, frame, heard, now);
    if (battery !== null) this.#outputs.settings(battery, now);
  }

  #noteSpeaker(battery: HeardBattery | null, now: Instant): void {
    if (battery === null) return;
    if (this.#overheard === null) battery.overhearing.spoke(now);
    else this.#overheard.took(battery, now);
  }

  #reply(reply: Reply, { type, command }: Frame): void {
    if (this.#isOverheard || !wantsReply(type) || reply === 'withheld') return;
    const frame = reply === 'success' ? successReply(command) : encodeFrame(RESPONSE, command, reply);
    this.#outputs.add({ type: 'reply', frame });
  }

  /** A checksum that fails cost one frame; bytes that begin none end the conversation. */
  #refuse(decoded: DiscardedFrame | BrokenStream, now: Instant): void {
    this.#outputs.discarded(decoded.bytes, decoded.reason, now);
    this.#outputs.problem(decoded.reason, counted(decoded.bytes.length, 'byte'));
    if (decoded.kind === 'broken') this.#close(decoded.reason, now);
  }

  #keepRest(now: Instant): void {
    const rest = this.#decoder.rest();
    if (rest.length > 0) this.#outputs.discarded(rest, 'FRAME_INCOMPLETE', now);
  }

  #closeFor(code: ProblemCode, now: Instant): void {
    this.#keepRest(now);
    this.#outputs.problem(code, '');
    this.#close(code, now);
  }

  #close(code: ProblemCode, now: Instant): void {
    this.#leave(now);
    this.#outputs.add({ type: 'close', code });
  }

  #leave(now: Instant): void {
    this.#open = false;
    this.#outputs.dropOrders();
    this.#conversations.end(now);
    for (const battery of this.#speakers.introduced) {
      if (!this.#speakers.speakFor(battery)) continue;
      this.#outputs.note('disconnected', `connection ${this.#connection}`, now, battery);
    }
    for (const { overhearing } of this.#speakers.introduced) overhearing.left(this.#connection);
    this.#speakers.leave();
  }
}
