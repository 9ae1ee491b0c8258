/**
 * A conversation with a session, written down in order: what the battery says, what is kept, what the server answers.
 * Every output must be told, and before the next thing happens; so nothing is done that the test does not mention.
 */
import { expect } from 'vitest';
import { type Instant, type KnownPeer, Private, type StoreRecord, type VendorRole } from '../src/model.ts';
import { FormBook } from '../src/protocol/body/wire-form.ts';
import type { ProblemCode } from '../src/protocol/errors.ts';
import { columnsOf } from '../src/protocol/fields/fields.ts';
import { type Frame, FrameDecoder } from '../src/protocol/frame.ts';
import { Batteries, type HeardBattery } from '../src/session/batteries.ts';
import type { Conversation } from '../src/session/conversation.ts';
import type { Output } from '../src/session/output.ts';
import type { OverheardDirection } from '../src/session/outputs.ts';
import type { VendorReach } from '../src/session/relay/vendor-side.ts';
import { Session, type SessionOptions } from '../src/session/session.ts';
import { frameByHand } from './wire.ts';

/** 2024-06-12 11:04:11 UTC: the house of fixtures/ is in Ireland, an hour ahead in June, and its frames take a second. */
export const NOON: Instant = { wallMs: 1_718_190_251_000, monoMs: 5_000 };

/** Bytes as a test writes them: hexadecimal digits, or a frame. */
export type Written = string | Uint8Array;

export interface Start extends Partial<SessionOptions> {
  readonly at?: Instant;
}

/** What a record says, for comparing: private values revealed, values by their names, bytes in hexadecimal. */
type Told = Readonly<Record<string, unknown>>;

export function dialogue(start: Start = {}): Dialogue {
  return new Dialogue(start);
}

export class Dialogue {
  readonly session: Session;
  /** What is learnt of peers, beside the conversation: most are not about them. */
  readonly peers: KnownPeer[] = [];
  /** What is kept of the vendor's configurations, likewise: null where there is none any more. */
  readonly configurations: [role: VendorRole, body: string | null][] = [];
  #now: Instant;
  #untold: Output[] = [];
  #isQuiet = false;

  constructor(start: Start) {
    this.#now = start.at ?? NOON;
    const { at: _, ...options } = start;
    const usual = { connection: 7, batteries: new Batteries(10), forms: new FormBook() };
    this.session = new Session({ ...usual, ...options }, this.#now);
  }

  get now(): Instant {
    return this.#now;
  }

  /** The battery sends these, and they come in one read. */
  battery(...written: readonly Written[]): this {
    this.#settled();
    this.#hears(this.session.receive(joined(written), this.#now));
    return this.#checked();
  }

  /** The battery sends this frame. */
  sends(command: number, body: string): this {
    return this.battery(frameByHand(1, command, body));
  }

  /** The vendor sends this frame, whole and with a good checksum. */
  vendor(type: number, command: number, body: string | Uint8Array): this {
    this.#settled();
    const decoder = new FrameDecoder();
    decoder.receive(frameByHand(type, command, body));
    this.#hears(this.session.vendorSaid(decoder.next() as Frame, this.#now));
    return this.#checked();
  }

  /** Overheard: another server says this frame to the battery. */
  otherServer(type: number, command: number, body: string | Uint8Array): this {
    this.#settled();
    const decoder = new FrameDecoder();
    decoder.receive(frameByHand(type, command, body));
    this.#hears(this.session.otherServerSaid(decoder.next() as Frame, this.#now));
    return this.#checked();
  }

  /** Overheard: bytes that are no good frame. */
  overhears(written: Written, reason: ProblemCode, direction: OverheardDirection): this {
    this.#settled();
    this.#hears(this.session.overheardBytes(joined([written]), reason, direction, this.#now));
    return this.#checked();
  }

  /** The vendor can be reached, or not. */
  vendorIs(reach: VendorReach): this {
    this.#settled();
    this.#hears(this.session.vendorReached(reach, this.#now));
    return this.#checked();
  }

  /** Our order has left. */
  orderLeaves(): this {
    this.#settled();
    this.#hears(this.session.orderSent(this.#now));
    return this.#checked();
  }

  /** Seconds pass; the session is woken whenever it asked for it. */
  after(seconds: number): this {
    this.#settled();
    const target = this.#now.monoMs + seconds * 1000;
    for (let deadline = this.session.deadline; deadline !== null && deadline <= target; ) {
      // A deadline may have passed: what happens on another connection may end this one at once.
      this.#pass(Math.max(0, deadline - this.#now.monoMs));
      this.#hears(this.session.wake(this.#now));
      deadline = this.session.deadline;
    }
    this.#pass(target - this.#now.monoMs);
    return this.#checked();
  }

  /** The peer closes the connection. */
  hangsUp(): this {
    this.#settled();
    this.#hears(this.session.ended(this.#now));
    return this.#checked();
  }

  /** The server answers exactly these bytes. */
  server(...written: readonly Written[]): this {
    const output = this.#next();
    expect(output.type === 'reply' ? hex(output.frame) : output).toBe(hex(joined(written)));
    return this;
  }

  /** The server answers Success. */
  success(command: number): this {
    return this.server(frameByHand(2, command, '{"Status":"Success"}'));
  }

  /** The server gives exactly this order. */
  orders(body: string): this {
    const output = this.#next();
    expect(output.type === 'order' ? hex(output.frame) : output).toBe(hex(frameByHand(1, 8, body)));
    return this;
  }

  /** Exactly these bytes go to the vendor. */
  upstream(...written: readonly Written[]): this {
    const output = this.#next();
    expect(output.type === 'upstream' ? hex(output.frame) : output).toBe(hex(joined(written)));
    return this;
  }

  keeps(told: Told): this {
    const output = this.#next();
    expect(output.type === 'record' ? toldOf(output.record) : output).toMatchObject(told);
    return this;
  }

  /** It learns, for the first time on this connection, which battery it is talking to. */
  meets(serial: string): this {
    return this.keeps({ type: 'identity', battery: serial }).keeps({
      type: 'event',
      source: 'server',
      name: 'connected',
      battery: serial,
    });
  }

  reports(code: string, detail?: string): this {
    expect(toldOf(this.#next())).toMatchObject({ type: 'problem', code, ...(detail === undefined ? {} : { detail }) });
    return this;
  }

  closes(code: string): this {
    expect(this.#next()).toEqual({ type: 'close', code });
    expect(this.session.deadline).toBeNull();
    return this;
  }

  /** A conversation is started from outside. */
  begins(battery: HeardBattery, conversation: Conversation): this {
    this.#settled();
    this.#hears(this.session.start(battery, conversation, this.#now));
    return this;
  }

  /** What comes of it is of no interest here. */
  quietly(happens: () => void): this {
    this.#isQuiet = true;
    happens();
    this.#isQuiet = false;
    this.#untold = [];
    return this;
  }

  /** Nothing more comes of it. */
  nothing(): this {
    this.#settled();
    return this;
  }

  #hears(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'record' && output.record.type === 'peer') this.peers.push(output.record.peer);
      else if (output.type === 'record' && output.record.type === 'vendor_configuration') {
        const { role, configuration } = output.record;
        const body = configuration === null ? null : Buffer.from(configuration.body.reveal()).toString('utf8');
        this.configurations.push([role, body]);
      } else this.#untold.push(output);
    }
  }

  #next(): Output {
    const output = this.#untold.shift();
    return output ?? expect.unreachable('nothing more came of it');
  }

  #settled(): void {
    if (!this.#isQuiet) expect(this.#untold, 'untold').toEqual([]);
  }

  #pass(ms: number): void {
    this.#now = { wallMs: this.#now.wallMs + ms, monoMs: this.#now.monoMs + ms };
  }

  /** Whoever owns the timer must never be asked to wake in the past. */
  #checked(): this {
    const { deadline } = this.session;
    // Unless it is over because of what happened on another connection.
    const superseded = deadline === Number.NEGATIVE_INFINITY;
    if (deadline !== null && !superseded) expect(deadline).toBeGreaterThan(this.#now.monoMs);
    return this;
  }
}

function joined(written: readonly Written[]): Uint8Array {
  return Buffer.concat(written.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)));
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** What an output or a record says, in plain values. */
export function toldOf(said: Output | StoreRecord): Told {
  const plain = Object.entries(said).map(([key, value]) => {
    if (value instanceof Private) return [key, value.reveal()];
    return [key, value instanceof Uint8Array ? hex(value) : value];
  });
  if (said.type === 'reading') plain.push(['values', namedValues(said)]);
  if (said.type === 'held') plain.push(['reading', toldOf(said.reading)]);
  return Object.fromEntries(plain);
}

function namedValues(reading: Extract<StoreRecord, { type: 'reading' }>): Told {
  return Object.fromEntries(columnsOf(reading.kind).map(({ name }, index) => [name, reading.values[index]]));
}
