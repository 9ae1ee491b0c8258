/**
 * A simulated battery: the battery's end of the conversation, as captured, without sockets, timers or a clock.
 *
 * Bytes and times go in (`connected`, `receive`, `wake`, `disconnected`), what to do comes out. It is a witness of the
 * protocol that shares nothing with the server's sessions. Its own time runs with `monoMs` from `startMs`, at the first
 * instant it is shown; a step of the server's wall clock does not touch it. Same seed and same calls: same bytes.
 *
 * Timeline: one house, stepped by minutes through the history and between connections, by `intervalSeconds` while it
 * streams. A minute row is remembered every 60 s throughout.
 */
import { counted } from '../../counted.ts';
import type { Instant } from '../../model.ts';
import { encodeFrame, FrameDecoder, isProtobuf, REQUEST, RESPONSE } from '../../protocol/frame.ts';
import { FaultPlan } from '../faults.ts';
import { PAUSES, Pauses } from '../pauses.ts';
import { Random } from '../random.ts';
import { type DropStep, SettingFaultPlan } from '../setting-faults.ts';
import { type SampleStamp, SimulatedAcknowledgements, type SimulatedKind } from './acknowledgements.ts';
import { type RememberedMinute, SimulatedDevice } from './device.ts';
import { askBody, commandReplyBody, csvBody, loginBody, noticeBody } from './messages.ts';
import {
  ASK,
  COMMAND,
  CONFIGURATION,
  DETAIL,
  EMPTY,
  HISTORY,
  LIVE,
  LOGIN,
  NOTICE,
  type OpeningStep,
  SimulatedOpening,
} from './opening.ts';
import type { SimulatedBatteryOptions, SimulatedOutgoing } from './options.ts';
import { SimulatedOutbox } from './outbox.ts';
import { bytesOf, joined, parseObject } from './text.ts';
import { SimulatedTransfer } from './transfer.ts';

const DETAIL_MS = 300_000;
/** Woken later than this, the samples before are not sent: a real battery would not have slept. */
const LATEST_MS = 60_000;
/** After so long without an answer it gives the connection up: a guess, to bound what is outstanding. */
const UNANSWERED_MS = 900_000;
/** So much that waits to go out is no conversation any more. */
const MOST_WAITING_BYTES = 1_048_576;
const NEVER = Number.POSITIVE_INFINITY;

interface LiveMessage {
  readonly frame: Uint8Array;
  readonly stamp: SampleStamp;
}

export class SimulatedBattery {
  readonly #startMs: number;
  readonly #intervalMs: number;
  readonly #device: SimulatedDevice;
  readonly #transfer: SimulatedTransfer;
  readonly #faults: FaultPlan<LiveMessage>;
  readonly #settingFaults: SettingFaultPlan;
  readonly #outbox: SimulatedOutbox;
  readonly #pauses: Pauses;
  readonly #acknowledgements: SimulatedAcknowledgements;
  readonly #opening = new SimulatedOpening();
  #decoder = new FrameDecoder();
  #firstMonoMs: number | null = null;
  /** Whether there is a connection, and whether it has not yet been given up from here. */
  #linked = false;
  #online = false;
  #connections = 0;
  #unheralded = false;
  #out: SimulatedOutgoing[] = [];
  #asked = 0;
  #nextLiveMs = NEVER;
  #nextDetailMs = NEVER;
  #nextDropMs = NEVER;
  #nextJumpMs: number;

  constructor(options: SimulatedBatteryOptions) {
    const random = new Random(options.seed).fork(`battery/${options.index ?? 0}`);
    this.#startMs = options.startMs;
    this.#intervalMs = (options.intervalSeconds ?? 10) * 1000;
    if (!(this.#intervalMs > 0)) throw new RangeError(`an interval of ${options.intervalSeconds} s is not over 0`);
    const faults = options.faults ?? new Set();
    this.#settingFaults = new SettingFaultPlan(faults);
    this.#device = new SimulatedDevice(options, random, this.#settingFaults);
    this.#transfer = new SimulatedTransfer(this.#device);
    this.#faults = new FaultPlan(random.fork('faults'), faults);
    this.#outbox = new SimulatedOutbox(this.#faults);
    this.#pauses = new Pauses(random.fork('pauses'), options.pauses ?? PAUSES);
    this.#acknowledgements = new SimulatedAcknowledgements((acknowledged) => options.onAcknowledged?.(acknowledged));
    this.#nextJumpMs = options.startMs + this.#faults.jumpAfterMs();
  }

  get sn(): string {
    return this.#device.identity.sn;
  }

  /** Readings the server has acknowledged; history counts rows. */
  get acknowledged(): Readonly<Record<SimulatedKind, number>> {
    return this.#acknowledgements.count;
  }

  /** When it wants to be woken, in `monoMs`; infinity while it is not connected. */
  get deadline(): number {
    if (!this.#online || this.#firstMonoMs === null) return NEVER;
    const next = Math.min(this.#nextLiveMs, this.#nextDetailMs, this.#device.nextMinuteMs, this.#nextDropMs);
    const soonest = Math.min(next, this.#opening.deadlineMs, this.#outbox.nextMs);
    return soonest - this.#startMs + this.#firstMonoMs;
  }

  /** How much it remembers, and how many bytes that takes. */
  get memory(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.#device.memory.length, bytes: this.#device.memory.bytes };
  }

  /** Every minute it remembers, oldest first: what a server that asked for all should have. */
  *remembered(): Generator<RememberedMinute> {
    const [oldest, end] = this.#device.memory.range;
    for (let number = oldest; number < end; number++) yield* this.#device.minutes([number]);
  }

  /** A value of its configuration, as it says it in 1,1,4. */
  setting(key: string): string {
    return this.#device.settings.get(key);
  }

  /** A connection to the server stands. */
  connected(now: Instant): SimulatedOutgoing[] {
    const at = this.#liveOn(now);
    this.#linked = true;
    this.#online = true;
    this.#decoder = new FrameDecoder();
    this.#device.events.connected(this.#device.clockAt(at));
    this.#nextDropMs = at + this.#faults.dropAfterMs();
    if (this.#unheralded) {
      this.#note('streams on without a login');
      this.#opening.skip();
      this.#stream(at);
    } else {
      this.#sendStep(this.#opening.begin(at), at);
    }
    this.#connections++;
    this.#unheralded = false;
    return this.#finish(at);
  }

  /** Bytes came from the server. */
  receive(bytes: Uint8Array, now: Instant): SimulatedOutgoing[] {
    const at = this.#liveOn(now);
    this.#decoder.receive(bytes);
    for (let frame = this.#decoder.next(); frame !== null && this.#online; frame = this.#decoder.next()) {
      if (frame.kind === 'discarded') this.#note('a frame with a wrong checksum came from the server');
      else if (frame.kind === 'broken') this.#giveUp('the server does not speak the protocol', at);
      else if (isProtobuf(frame.type)) this.#note('a frame of newer firmware came from the server');
      else if (frame.type === RESPONSE) this.#answered(frame.command, frame.body, at);
      else if (frame.command === COMMAND) this.#commanded(frame.body, at);
      else this.#note(`the server sent the request ${frame.command}, which no capture shows`);
    }
    return this.#finish(at);
  }

  /** Its deadline has come. */
  wake(now: Instant): SimulatedOutgoing[] {
    return this.#finish(this.#liveOn(now));
  }

  /** The connection is gone. Minutes are remembered on. */
  disconnected(now: Instant): void {
    const at = this.#liveOn(now);
    if (this.#linked) this.#device.events.lost(this.#device.clockAt(at));
    this.#linked = false;
    this.#hangUp();
    this.#out = [];
  }

  /** Somebody sets its clock forward (+) or back (−). What was to be remembered until now bears the old time. */
  setClock(bySeconds: number, now: Instant): void {
    this.#liveOn(now);
    this.#device.setClock(bySeconds);
  }

  // ---- time ------------------------------------------------------------------------------------------------------

  /** Does all that was due until `now`, in the order of its time. @returns true Unix milliseconds */
  #liveOn(now: Instant): number {
    if (this.#firstMonoMs === null) {
      this.#firstMonoMs = now.monoMs;
      this.#device.boot();
    }
    const until = this.#startMs + now.monoMs - this.#firstMonoMs;
    if (until - this.#nextLiveMs > LATEST_MS) this.#nextLiveMs = this.#gridAfter(until - LATEST_MS, this.#intervalMs);
    if (until - this.#nextDetailMs > DETAIL_MS) this.#nextDetailMs = this.#gridAfter(until - DETAIL_MS, DETAIL_MS);
    for (let at = this.#soonest(); at <= until; at = this.#soonest()) this.#doDue(at);
    return until;
  }

  #soonest(): number {
    const samples = Math.min(this.#device.nextMinuteMs, this.#nextDetailMs, this.#nextLiveMs);
    return Math.min(samples, this.#nextDropMs, this.#nextJumpMs, this.#opening.deadlineMs);
  }

  #doDue(at: number): void {
    if (at === this.#nextJumpMs) this.#setClock(at);
    else if (at === this.#device.nextMinuteMs) this.#device.remember();
    else if (at === this.#nextDetailMs) this.#sendDetail(at, 0);
    else if (at === this.#nextLiveMs) this.#sendLive(at);
    else if (at === this.#nextDropMs) this.#dropConnection(at);
    else this.#sendStep(this.#opening.impatient(at), at);
  }

  /** The first time after `ms` on the battery's own grid of so many milliseconds. */
  #gridAfter(ms: number, stepMs: number): number {
    return this.#startMs + (Math.floor((ms - this.#startMs) / stepMs) + 1) * stepMs;
  }

  #setClock(at: number): void {
    this.#nextJumpMs = at + this.#faults.jumpAfterMs();
    const seconds = this.#faults.jumpSeconds();
    this.#device.setClock(seconds);
    this.#note(`its clock was set by ${seconds} s`);
  }

  // ---- sending ---------------------------------------------------------------------------------------------------

  /** A frame of a conversation waits a moment; one that its own clock brings does not. */
  #push(command: number, body: string, at: number, pauseMs = this.#pauses.next()): void {
    this.#outbox.write(at, encodeFrame(REQUEST, command, bytesOf(body)), pauseMs);
  }

  #sendStep(step: OpeningStep | null, at: number): void {
    const { identity, events } = this.#device;
    if (step === 'login') this.#push(LOGIN, loginBody(identity), at);
    else if (step === 'empty') this.#begin(at);
    else if (step === 'events') this.#push(NOTICE, noticeBody('EventLog', events.text()), at);
    else if (step === 'notice') this.#push(NOTICE, this.#device.notice(this.#connections <= 1), at);
    else if (step === 'ask') this.#ask(at);
    else if (step === 'configuration') this.#sendConfiguration(at);
    else if (step === 'detail') this.#sendDetail(at);
  }

  /** The login is behind it. */
  #begin(at: number): void {
    this.#push(EMPTY, '', at);
    this.#stream(at);
  }

  /** From here on live samples and details go out by themselves. */
  #stream(at: number): void {
    this.#nextLiveMs = this.#gridAfter(at, this.#intervalMs);
    this.#nextDetailMs = this.#gridAfter(at, DETAIL_MS);
  }

  #ask(at: number): void {
    this.#asked++;
    this.#push(ASK, askBody(this.#device.identity), at);
  }

  #sendConfiguration(at: number): void {
    this.#push(CONFIGURATION, this.#device.settingsAt(at).body(), at);
  }

  #sendDetail(at: number, pauseMs?: number): void {
    if (at === this.#nextDetailMs) this.#nextDetailMs += DETAIL_MS;
    const detail = this.#device.detail(at);
    this.#acknowledgements.sent(DETAIL, [detail.stamp]);
    this.#push(DETAIL, detail.body, at, pauseMs);
  }

  /** A live sample waits for no answer; but when none comes for long, the connection is given up. */
  #sendLive(at: number): void {
    this.#nextLiveMs += this.#intervalMs;
    const live = this.#device.live(at);
    const frame = encodeFrame(REQUEST, LIVE, bytesOf(live.body));
    const messages = this.#faults.samples({ frame, stamp: live.stamp });
    const garbage = this.#faults.garbage(frame);
    if (garbage !== null) this.#outbox.write(at, garbage);
    if (messages.length === 0) return;
    for (const message of messages) this.#acknowledgements.sent(LIVE, [message.stamp]);
    this.#outbox.write(at, joined(messages.map((message) => message.frame)));
    if (this.#acknowledgements.waiting(LIVE) * this.#intervalMs > UNANSWERED_MS)
      this.#giveUp('the server has stopped answering', at);
  }

  /** The next packet of history, oldest first, once the one before is answered. */
  #sendHistory(at: number): void {
    if (this.#acknowledgements.waiting(HISTORY) > 0) return;
    const minutes = this.#transfer.next();
    if (minutes.length === 0) return;
    this.#acknowledgements.sent(HISTORY, minutes);
    this.#push(HISTORY, csvBody(minutes.map((minute) => minute.row)), at);
  }

  // ---- hearing ---------------------------------------------------------------------------------------------------

  #answered(command: number, body: Uint8Array, at: number): void {
    const reply = parseObject(body);
    const success = reply?.Status === 'Success';
    if (!success) this.#note(`the server's answer to ${command} is no Success`);
    this.#acknowledgements.answered(command, success);
    if (command === HISTORY) this.#sendHistory(at);
    const openingAsks = this.#opening.step === 'ask';
    if (command === ASK && this.#asked > 0) this.#configured(reply ?? {}, openingAsks, at);
    this.#sendStep(this.#opening.answered(command, at), at);
  }

  /** 1,2,3: a complete configuration, or a bare Success from a server that keeps none (confirmed to be enough). */
  #configured(reply: Record<string, unknown>, openingAsks: boolean, at: number): void {
    this.#asked--;
    const { changed, doubts } = this.#device.configure(reply, at);
    for (const doubt of doubts) this.#note(doubt);
    if (changed > 0) this.#note(`took ${changed} settings`);
    if (openingAsks || this.#drops('configuration', at)) return;
    this.#sendConfiguration(at);
    this.#drops('echo', at);
  }

  /** 1,1,8. It answers Success to words it does not know, too: a guess. */
  #commanded(body: Uint8Array, at: number): void {
    const request = parseObject(body);
    if (request === null) {
      this.#note('a command came that is not JSON');
      return;
    }
    const word = String(request.Command ?? '');
    if (word === 'SetConfig' && this.#drops('order', at)) return;
    const isRefused = word === 'SetConfig' && this.#settingFaults.refuses;
    const reply = bytesOf(commandReplyBody(word, String(request.CmdIndex ?? ''), isRefused));
    this.#outbox.write(at, encodeFrame(RESPONSE, COMMAND, reply), this.#pauses.next());
    if (word === 'Resume') this.#resume(request, at);
    else if (word === 'SetConfig') this.#fetch(isRefused, at);
    // SyncTime: what a battery sends next, and in which form the time travels, was never captured. Nothing follows here.
    else this.#note(`answered the command ${JSON.stringify(word)}, and did nothing`);
  }

  /** It is to ask for its configuration. */
  #fetch(isRefused: boolean, at: number): void {
    if (isRefused || this.#drops('answer', at)) return;
    for (let left = this.#settingFaults.questions; left > 0; left--) this.#ask(at);
    this.#drops('question', at);
  }

  /** What was written just before goes out first. @returns whether the connection breaks there */
  #drops(step: DropStep, at: number): boolean {
    const isDropped = this.#settingFaults.drops(step);
    if (isDropped) this.#nextDropMs = Math.max(at, this.#outbox.lastMs);
    return isDropped;
  }

  #resume(request: Record<string, unknown>, at: number): void {
    const rows = this.#transfer.resume(request);
    this.#note(rows === null ? 'a Resume came without a readable time' : `${counted(rows, 'row')} of history to send`);
    if (rows !== null) this.#sendHistory(at);
  }

  // ---- the end of a connection -----------------------------------------------------------------------------------

  #dropConnection(at: number): void {
    this.#unheralded = true;
    this.#giveUp('drops its connection', at);
  }

  /** What was due before still goes out. */
  #giveUp(why: string, at: number): void {
    this.#send(at);
    this.#hangUp();
    this.#note(why);
    this.#out.push({ type: 'disconnect' });
  }

  #hangUp(): void {
    this.#online = false;
    this.#opening.skip();
    this.#outbox.clear();
    this.#acknowledgements.forget();
    this.#faults.forget();
    this.#transfer.forget();
    this.#asked = 0;
    this.#nextLiveMs = NEVER;
    this.#nextDetailMs = NEVER;
    this.#nextDropMs = NEVER;
  }

  #note(text: string): void {
    this.#out.push({ type: 'note', text });
  }

  #send(at: number): void {
    for (const bytes of this.#outbox.take(at)) this.#out.push({ type: 'send', bytes });
  }

  /** What is to be done now. */
  #finish(at: number): SimulatedOutgoing[] {
    this.#send(at);
    if (this.#outbox.bytes > MOST_WAITING_BYTES) this.#giveUp('the server asks faster than it is answered', at);
    const out = this.#out;
    this.#out = [];
    return out;
  }
}
