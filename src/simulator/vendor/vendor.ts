/**
 * The vendor's end of one connection, without sockets, timers or a clock: it answers `Success` to all, gives a battery its configuration, asks a battery that
 * comes again for what it missed, and does what its script says. Forms of messages: docs/protocol.md; the orders but `Resume` and `SetConfig` are likely.
 */
import { parseObject } from '../../protocol/body/json.ts';
import { bytesOf, textOf } from '../../protocol/body/text.ts';
import { CONFIGURATION, CONFIGURATION_REQUEST, LIVE, ORDER, successReply } from '../../protocol/commands.ts';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  type FrameType,
  isProtobuf,
  REQUEST,
  RESPONSE,
} from '../../protocol/frame.ts';
import type { Random } from '../random.ts';
import { VendorAccount } from './account.ts';
import type { VendorAct, VendorStep } from './script.ts';

export const VENDOR_FAULTS = {
  bunch: 'answers come together, several in one write',
  split: 'every write is cut at random places',
  silent: 'nothing is answered',
  refuse: 'every connection is closed at once',
  garbage: 'bytes that are no frame come now and then',
} as const;
export type VendorFaultName = keyof typeof VENDOR_FAULTS;

export interface SimulatedVendorOptions {
  readonly script: readonly VendorStep[];
  readonly faults: ReadonlySet<VendorFaultName>;
  readonly random: Random;
  /** By serial number, shared by all connections. */
  readonly accounts: Map<string, VendorAccount>;
}

/** What is to be done on the connection. */
export type VendorOutgoing = { readonly write: Uint8Array } | { readonly close: true };

const BUNCHED = 3;
const GARBAGE_CHANCE = 0.02;
const DAY_MS = 86_400_000;
const MOST_CUTS = 4;
/** As long as a battery may be away at most for it to be asked; minutes. */
const RESUMED_MINUTES = '60';

export class SimulatedVendor {
  readonly #options: SimulatedVendorOptions;
  readonly #begunMs: number;
  readonly #decoder = new FrameDecoder();
  #steps: readonly VendorStep[];
  #account: VendorAccount | null = null;
  #isSilent: boolean;
  #bunch: Uint8Array[] = [];
  #outgoing: VendorOutgoing[] = [];
  #orders = 0;

  /** @param nowMs Unix ms */
  constructor(options: SimulatedVendorOptions, nowMs: number) {
    this.#options = options;
    this.#begunMs = nowMs;
    this.#steps = options.script;
    this.#isSilent = options.faults.has('silent');
    if (options.faults.has('refuse')) this.#outgoing.push({ close: true });
  }

  /** What is to be done since it was asked last. */
  take(): VendorOutgoing[] {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    return outgoing;
  }

  /** @returns names of what came, without private values; a stream that is none ends the connection */
  receive(bytes: Uint8Array, nowMs: number): string[] {
    const names: string[] = [];
    this.#decoder.receive(bytes);
    for (let decoded = this.#decoder.next(); decoded !== null; decoded = this.#decoder.next()) {
      if (decoded.kind === 'broken') this.#outgoing.push({ close: true });
      if (decoded.kind !== 'frame') return [...names, decoded.kind];
      names.push(`1,${decoded.type},${decoded.command}`);
      this.#hear(decoded, nowMs);
    }
    return names;
  }

  /** Time passed: does what the script says. @returns names of what was done */
  wake(nowMs: number): string[] {
    const due = this.#steps.filter(({ afterMs }) => nowMs - this.#begunMs >= afterMs);
    this.#steps = this.#steps.slice(due.length);
    for (const { what } of due) this.#do(what, nowMs);
    return due.map(({ what }) => ('command' in what ? `${what.act} ${what.command}` : what.act));
  }

  #hear(frame: Frame, nowMs: number): void {
    this.#learn(frame, nowMs);
    if (frame.type !== REQUEST || isProtobuf(frame.type)) return;
    const hasConfiguration = frame.command === CONFIGURATION_REQUEST && this.#account !== null;
    const configuration = hasConfiguration ? bytesOf(this.#account?.configuration as string) : null;
    this.#answer(
      configuration === null ? successReply(frame.command) : encodeFrame(RESPONSE, frame.command, configuration),
    );
  }

  #learn({ type, command, body }: Frame, nowMs: number): void {
    const text = type === REQUEST ? textOf(body) : null;
    const object = text === null ? null : parseObject(text);
    const serial = object?.SN ?? object?.UserName;
    if (typeof serial === 'string' && this.#account === null) this.#meet(serial, nowMs);
    if (command === CONFIGURATION && text !== null) this.#account?.told(text);
    if (command === LIVE && this.#account !== null) this.#account.lastHeard = String(object?.Time ?? '');
  }

  /** A battery that was heard before is asked for what was missed. */
  #meet(serial: string, nowMs: number): void {
    const { accounts } = this.#options;
    const account = accounts.get(serial) ?? new VendorAccount();
    accounts.set(serial, account);
    this.#account = account;
    if (account.lastHeard !== null) this.#order('Resume', [account.lastHeard, RESUMED_MINUTES], nowMs);
  }

  #do(what: VendorAct, nowMs: number): void {
    if (what.act === 'close') this.#outgoing.push({ close: true });
    else if (what.act === 'garbage') this.#write(bytesOf('HTTP/1.1 400 Bad Request\r\n\r\n'));
    else if (what.act === 'frame') this.#write(encodeFrame(what.type as FrameType, what.command, bytesOf(what.body)));
    else if (what.act === 'damaged') this.#write(damaged(this.#orderFrame(what.command, [], nowMs)));
    else if (what.act === 'order') this.#order(what.command, what.parameters, nowMs);
    else if (what.act !== 'settings') this.#isSilent = what.act === 'silence';
    else {
      this.#account?.change(what.changes);
      this.#order('SetConfig', [], nowMs);
    }
  }

  #order(command: string, parameters: readonly string[], nowMs: number): void {
    this.#write(this.#orderFrame(command, parameters, nowMs));
  }

  /** Numbered by the milliseconds since midnight, as captured. */
  #orderFrame(command: string, parameters: readonly string[], nowMs: number): Uint8Array {
    const numbered = parameters.map((value, n) => [`Parameter${n + 1}`, value] as const);
    const index = String((Math.floor(nowMs) + this.#orders++) % DAY_MS);
    const body = { Command: command, CmdIndex: index, ...Object.fromEntries(numbered) };
    return encodeFrame(REQUEST, ORDER, bytesOf(JSON.stringify(body)));
  }

  #answer(frame: Uint8Array): void {
    if (this.#isSilent) return;
    const { faults, random } = this.#options;
    if (faults.has('garbage') && random.chance(GARBAGE_CHANCE)) this.#do({ act: 'garbage' }, 0);
    if (!faults.has('bunch')) {
      this.#write(frame);
      return;
    }
    this.#bunch.push(frame);
    if (this.#bunch.length < BUNCHED) return;
    this.#write(joined(this.#bunch));
    this.#bunch = [];
  }

  #write(bytes: Uint8Array): void {
    const { faults, random } = this.#options;
    if (!faults.has('split')) {
      this.#outgoing.push({ write: bytes });
      return;
    }
    const cuts = Array.from({ length: random.whole(1, MOST_CUTS) }, () => random.whole(1, bytes.length - 1));
    const places = [0, ...new Set(cuts.sort((a, b) => a - b)), bytes.length];
    for (const [n, end] of places.slice(1).entries()) this.#outgoing.push({ write: bytes.subarray(places[n], end) });
  }
}

function damaged(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  copy[copy.length - 1] = (copy.at(-1) as number) ^ 1;
  return copy;
}

function joined(frames: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}
