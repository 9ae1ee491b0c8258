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
import type { Instant } from '../model.ts';
import { encodeFrame, FrameDecoder, REQUEST, RESPONSE } from '../protocol/frame.ts';
import { Acknowledgements, type SampleKind, type Stamp, stamp } from './acknowledgements.ts';
import { BatteryClock } from './clock.ts';
import { EventLog } from './eventlog.ts';
import { type FaultName, FaultPlan } from './faults.ts';
import { House, type HouseSample } from './house.ts';
import { type Identity, inventIdentity } from './identity.ts';
import { MEMORY_ROWS, MinuteMemory, type MinuteRow } from './memory.ts';
import { askBody, commandReplyBody, csvBody, csvRow, detailBody, liveBody, loginBody, noticeBody } from './messages.ts';
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
  Opening,
  type OpeningStep,
} from './opening.ts';
import { Outbox } from './outbox.ts';
import { Random } from './random.ts';
import { Settings } from './settings.ts';
import { bytesOf, clockText, parseClock, parseObject } from './text.ts';

export type Outgoing =
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'disconnect' }
  /** Something worth a line in a log; holds no private value. */
  | { readonly type: 'note'; readonly text: string };

export interface BatteryOptions {
  readonly seed: string | number;
  /** Which of many with one seed, 0 …: gives the serial number. */
  readonly index?: number;
  /** Unix milliseconds at the first instant it is shown. */
  readonly startMs: number;
  /** Its time zone. Default 36,000 (UTC+10). */
  readonly utcOffsetSeconds?: number;
  /** Between live samples. Default 10. */
  readonly intervalSeconds?: number;
  /** How much it remembers at the start. Default 3,600. */
  readonly historySeconds?: number;
  /** How far its clock is ahead of its zone's. Default 0. */
  readonly clockOffsetSeconds?: number;
  /** By how many parts per million its clock is fast. Default 0. */
  readonly clockDriftPpm?: number;
  /** Default none. */
  readonly faults?: ReadonlySet<FaultName>;
  /** How many minutes it remembers. Default 30 days. */
  readonly memoryRows?: number;
  /** Told of every reading that the server acknowledged. */
  readonly onAcknowledged?: (acknowledged: Stamp) => void;
}

const MINUTE_MS = 60_000;
const DETAIL_MS = 300_000;
/** Woken later than this, the samples before are not sent: a real battery would not have slept. */
const LATEST_MS = 60_000;
/** Live samples without an answer after which it gives the connection up; a guess, to bound what is outstanding. */
const MOST_UNANSWERED = 90;
const ROWS_IN_A_PACKET = 3;
const NEVER = Number.POSITIVE_INFINITY;

interface LiveMessage {
  readonly frame: Uint8Array;
  readonly stamp: Stamp;
}

export class SimulatedBattery {
  readonly identity: Identity;
  readonly #options: BatteryOptions;
  readonly #intervalMs: number;
  readonly #utcOffsetSeconds: number;
  readonly #house: House;
  readonly #clock: BatteryClock;
  readonly #memory: MinuteMemory;
  readonly #settings: Settings;
  readonly #events = new EventLog();
  readonly #faults: FaultPlan<LiveMessage>;
  readonly #outbox: Outbox;
  readonly #acknowledgements: Acknowledgements;
  readonly #opening = new Opening();
  #decoder = new FrameDecoder();
  #firstMonoMs: number | null = null;
  #online = false;
  #connections = 0;
  #unheralded = false;
  #out: Outgoing[] = [];
  #wanted: number[] = [];
  #asked = 0;
  #nextMinuteMs: number;
  #nextLiveMs = NEVER;
  #nextDetailMs = NEVER;
  #nextDropMs = NEVER;
  #nextJumpMs: number;

  constructor(options: BatteryOptions) {
    const index = options.index ?? 0;
    const random = new Random(options.seed).fork(`battery/${index}`);
    const { startMs, utcOffsetSeconds = 36_000, clockOffsetSeconds = 0, clockDriftPpm = 0 } = options;
    const historyMs = Math.floor((options.historySeconds ?? 3600) / 60) * MINUTE_MS;
    this.identity = inventIdentity(random.fork('identity'), index);
    this.#options = options;
    this.#intervalMs = (options.intervalSeconds ?? 10) * 1000;
    this.#utcOffsetSeconds = utcOffsetSeconds;
    this.#nextMinuteMs = startMs - historyMs;
    this.#house = new House({
      seed: `${options.seed}/${index}`,
      startSeconds: (this.#nextMinuteMs - MINUTE_MS) / 1000 + utcOffsetSeconds,
    });
    this.#clock = new BatteryClock({ startMs, utcOffsetSeconds, clockOffsetSeconds, clockDriftPpm });
    this.#memory = new MinuteMemory(options.memoryRows ?? MEMORY_ROWS);
    this.#settings = new Settings(this.identity);
    this.#faults = new FaultPlan(random.fork('faults'), options.faults ?? new Set());
    this.#outbox = new Outbox(this.#faults);
    this.#acknowledgements = new Acknowledgements((acknowledged) => options.onAcknowledged?.(acknowledged));
    this.#nextJumpMs = startMs + this.#faults.jumpAfterMs();
  }

  /** Readings the server has acknowledged; history counts rows. */
  get acknowledged(): Readonly<Record<SampleKind, number>> {
    return this.#acknowledgements.count;
  }

  /** When it wants to be woken, in `monoMs`; infinity while it is not connected. */
  get deadline(): number {
    if (!this.#online || this.#firstMonoMs === null) return NEVER;
    const next = Math.min(this.#nextLiveMs, this.#nextDetailMs, this.#nextMinuteMs, this.#nextDropMs);
    const soonest = Math.min(next, this.#opening.deadlineMs, this.#outbox.nextMs);
    return soonest - this.#options.startMs + this.#firstMonoMs;
  }

  /** How much it remembers, and how many bytes that takes. */
  get memory(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.#memory.length, bytes: this.#memory.bytes };
  }

  /** Every minute it remembers, oldest first: what a server that asked for all should have. */
  *remembered(): Generator<Stamp & { readonly row: string }> {
    const [oldest, end] = this.#memory.range;
    for (let number = oldest; number < end; number++) {
      const row = this.#memory.row(number) as MinuteRow;
      yield { ...stamp('history', row.clock, row.utcMs), row: this.#csvRow(row) };
    }
  }

  /** A value of its configuration, as it says it in 1,1,4. */
  setting(key: string): string {
    return this.#settings.get(key);
  }

  /** A connection to the server stands. */
  connected(now: Instant): Outgoing[] {
    const at = this.#liveOn(now);
    this.#online = true;
    this.#decoder = new FrameDecoder();
    this.#events.connected(this.#clock.at(at));
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
  receive(bytes: Uint8Array, now: Instant): Outgoing[] {
    const at = this.#liveOn(now);
    this.#decoder.receive(bytes);
    for (let frame = this.#decoder.next(); frame !== null && this.#online; frame = this.#decoder.next()) {
      if (frame.kind === 'discarded') this.#note('a frame with a wrong checksum came from the server');
      else if (frame.kind === 'broken') this.#giveUp('the server does not speak the protocol');
      else if (frame.type === RESPONSE) this.#answered(frame.command, frame.body, at);
      else if (frame.command === COMMAND) this.#commanded(frame.body, at);
      else this.#note(`the server sent the request ${frame.command}, which no capture shows`);
    }
    return this.#finish(at);
  }

  /** Its deadline has come. */
  wake(now: Instant): Outgoing[] {
    return this.#finish(this.#liveOn(now));
  }

  /** The connection is gone. Minutes are remembered on. */
  disconnected(now: Instant): void {
    const at = this.#liveOn(now);
    if (this.#online) this.#hangUp();
    this.#events.lost(this.#clock.at(at));
    this.#out = [];
  }

  // ---- time ------------------------------------------------------------------------------------------------------

  /** Does all that was due until `now`, in the order of its time. @returns true Unix milliseconds */
  #liveOn(now: Instant): number {
    if (this.#firstMonoMs === null) {
      this.#firstMonoMs = now.monoMs;
      this.#events.booted(this.#clock.at(this.#nextMinuteMs));
    }
    const until = this.#options.startMs + now.monoMs - this.#firstMonoMs;
    if (until - this.#nextLiveMs > LATEST_MS) this.#nextLiveMs = this.#gridAfter(until - LATEST_MS, this.#intervalMs);
    for (let at = this.#soonest(); at <= until; at = this.#soonest()) this.#doDue(at);
    return until;
  }

  #soonest(): number {
    const samples = Math.min(this.#nextMinuteMs, this.#nextDetailMs, this.#nextLiveMs);
    return Math.min(samples, this.#nextDropMs, this.#nextJumpMs, this.#opening.deadlineMs);
  }

  #doDue(at: number): void {
    if (at === this.#nextJumpMs) this.#setClock(at);
    else if (at === this.#nextMinuteMs) this.#remember(at);
    else if (at === this.#nextDetailMs) this.#sendDetail(at);
    else if (at === this.#nextLiveMs) this.#sendLive(at);
    else if (at === this.#nextDropMs) this.#dropConnection(at);
    else this.#sendStep(this.#opening.impatient(at), at);
  }

  /** The first time after `ms` on the battery's own grid of so many milliseconds. */
  #gridAfter(ms: number, stepMs: number): number {
    return this.#options.startMs + (Math.floor((ms - this.#options.startMs) / stepMs) + 1) * stepMs;
  }

  #sample(at: number): HouseSample {
    this.#house.clockAhead = this.#clock.errorAt(at);
    return this.#house.advance(at / 1000 + this.#utcOffsetSeconds);
  }

  #remember(at: number): void {
    this.#nextMinuteMs += MINUTE_MS;
    this.#memory.add({ clock: this.#clock.at(at), utcMs: at, sample: this.#sample(at) });
  }

  #setClock(at: number): void {
    this.#nextJumpMs = at + this.#faults.jumpAfterMs();
    const seconds = this.#faults.jumpSeconds();
    this.#clock.jump(seconds);
    this.#note(`its clock was set by ${seconds} s`);
  }

  // ---- sending ---------------------------------------------------------------------------------------------------

  #frame(command: number, body: string): Uint8Array {
    return encodeFrame(REQUEST, command, bytesOf(body));
  }

  #sendStep(step: OpeningStep | null, at: number): void {
    const { identity } = this;
    if (step === 'login') this.#outbox.write(at, this.#frame(LOGIN, loginBody(identity)));
    else if (step === 'empty') this.#outbox.write(at, this.#frame(EMPTY, ''));
    else if (step === 'events')
      this.#outbox.write(at, this.#frame(NOTICE, noticeBody('EventLog', this.#events.text())));
    else if (step === 'notice') this.#outbox.write(at, this.#frame(NOTICE, this.#notice()));
    else if (step === 'ask') this.#ask(at);
    else if (step === 'configuration') this.#sendConfiguration(at);
    else if (step === 'detail') this.#sendDetail(at);
    if (step === 'empty') this.#stream(at);
  }

  /** Captured after a restart; the words of a Socket message never were, so these are invented. */
  #notice(): string {
    if (this.#connections > 1) return noticeBody('Socket', 'Socket is reset by peer!');
    return noticeBody('System', `System is restart, reason:1 0 1 0 0 0!MAC:${this.identity.mac}!`);
  }

  /** From here on live samples and details go out by themselves. */
  #stream(at: number): void {
    this.#nextLiveMs = this.#gridAfter(at, this.#intervalMs);
    this.#nextDetailMs = this.#gridAfter(at, DETAIL_MS);
  }

  #ask(at: number): void {
    this.#asked++;
    this.#outbox.write(at, this.#frame(ASK, askBody(this.identity)));
  }

  #sendConfiguration(at: number): void {
    this.#outbox.write(at, this.#frame(CONFIGURATION, this.#settings.body()));
  }

  #sendDetail(at: number): void {
    if (at === this.#nextDetailMs) this.#nextDetailMs += DETAIL_MS;
    const clock = this.#clock.at(at);
    this.#acknowledgements.sent(DETAIL, [stamp('detail', clock, at)]);
    this.#outbox.write(at, this.#frame(DETAIL, detailBody(this.identity.sn, clockText(clock), this.#sample(at))));
  }

  /** A live sample waits for no answer; but when none comes for long, the connection is given up. */
  #sendLive(at: number): void {
    this.#nextLiveMs += this.#intervalMs;
    const clock = this.#clock.at(at);
    const frame = this.#frame(LIVE, liveBody(this.identity.sn, clockText(clock), this.#sample(at)));
    const messages = this.#faults.samples({ frame, stamp: stamp('live', clock, at) });
    const garbage = this.#faults.garbage(frame);
    if (garbage !== null) this.#outbox.write(at, garbage);
    if (messages.length === 0) return;
    for (const message of messages) this.#acknowledgements.sent(LIVE, [message.stamp]);
    this.#outbox.write(at, joined(messages.map((message) => message.frame)));
    if (this.#acknowledgements.waiting(LIVE) > MOST_UNANSWERED) this.#giveUp('the server has stopped answering');
  }

  /** The next packet of history, oldest first, once the one before is answered. */
  #sendHistory(at: number): void {
    if (this.#acknowledgements.waiting(HISTORY) > 0) return;
    const rows = this.#wanted
      .splice(0, ROWS_IN_A_PACKET)
      .map((number) => this.#memory.row(number))
      .filter((row) => row !== null);
    if (rows.length === 0) return;
    const stamps = rows.map((row) => stamp('history', row.clock, row.utcMs));
    this.#acknowledgements.sent(HISTORY, stamps);
    this.#outbox.write(at, this.#frame(HISTORY, csvBody(rows.map((row) => this.#csvRow(row)))));
  }

  #csvRow(row: MinuteRow): string {
    return csvRow(this.identity.sn, clockText(row.clock), row.sample);
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
    const changed = this.#settings.take(reply);
    if (changed.length > 0) this.#note(`took ${changed.length} settings`);
    this.#house.control = this.#settings.control();
    if (!openingAsks) this.#sendConfiguration(at);
  }

  /** 1,1,8. It answers Success to words it does not know, too: a guess. */
  #commanded(body: Uint8Array, at: number): void {
    const request = parseObject(body);
    if (request === null) return this.#note('a command came that is not JSON');
    const word = String(request.Command ?? '');
    const reply = bytesOf(commandReplyBody(word, String(request.CmdIndex ?? '')));
    this.#outbox.write(at, encodeFrame(RESPONSE, COMMAND, reply));
    if (word === 'Resume') this.#resume(request, at);
    else if (word === 'SetConfig') this.#ask(at);
    // SyncTime: what a battery sends next, and in which form the time travels, was never captured. Nothing follows here.
    else this.#note(`answered the command ${JSON.stringify(word)}, and did nothing`);
  }

  /**
   * `Parameter1` is the newest record the server has, in the battery's clock, `Parameter2` the minutes from there:
   * so many rows after it, or all where it is no number. That only rows after Parameter1 come, and that a time which
   * cannot be read brings none, are guesses.
   */
  #resume(request: Record<string, unknown>, at: number): void {
    const after = parseClock(String(request.Parameter1));
    if (after === null) return this.#note('a Resume came without a time that can be read');
    const minutes = Number(request.Parameter2 ?? Number.NaN);
    const room = 2 * this.#memory.length - this.#wanted.length;
    const numbers = this.#memory.after(after, Number.isFinite(minutes) ? Math.min(minutes, room) : room);
    for (const number of numbers) this.#wanted.push(number);
    this.#note(`${numbers.length} rows of history to send`);
    this.#sendHistory(at);
  }

  // ---- the end of a connection -----------------------------------------------------------------------------------

  #dropConnection(_at: number): void {
    this.#unheralded = true;
    this.#giveUp('drops its connection');
  }

  #giveUp(why: string): void {
    this.#note(why);
    this.#hangUp();
    this.#out.push({ type: 'disconnect' });
  }

  #hangUp(): void {
    this.#online = false;
    this.#opening.skip();
    this.#outbox.clear();
    this.#acknowledgements.forget();
    this.#faults.forget();
    this.#wanted = [];
    this.#asked = 0;
    this.#nextLiveMs = NEVER;
    this.#nextDetailMs = NEVER;
    this.#nextDropMs = NEVER;
  }

  #note(text: string): void {
    this.#out.push({ type: 'note', text });
  }

  /** What is to be done now: the notes of this call, and the writes that are due. */
  #finish(at: number): Outgoing[] {
    const sends = this.#outbox.take(at).map((bytes): Outgoing => ({ type: 'send', bytes }));
    const out = [...sends, ...this.#out];
    this.#out = [];
    return out;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
