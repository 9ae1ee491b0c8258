/**
 * What becomes of each frame between the battery and the vendor. Nothing else decides that; what no line names is blocked.
 *
 *     from the vendor                      state                                  verdict
 *     bad checksum, or no frame            any                                    block (never gets here: its decoder gives no frame)
 *     1,2,c and 1,4,c, an answer           the battery awaits the vendor's to c   pass
 *                                          else                                   consume: the battery has ours
 *     1,1,8 that is no plain order         any                                    block
 *     1,1,8                                no battery is believed to be there     block
 *     1,1,8                                the same command is under way          consume
 *     1,1,8                                eight orders are under way             block
 *     1,1,8                                the owner lets that command through,   pass
 *                                          for a time
 *     1,1,8 with a command of the table    any                                    by its policy: pass, hold, block; `owner`: hold
 *                                                                                 until its configuration was compared
 *     1,1,8 with any other command         the owner's file names it              by its policy
 *                                          else                                   block
 *     1,1,c, any other request             any                                    block
 *     1,3,c, a request of newer firmware   any                                    block
 *
 *     from the battery                     state                                  verdict
 *     bad checksum, or no frame            any                                    block (never gets here either)
 *     1,2,8, an answer; 1,1,3              part of a conversation of ours         consume
 *     1,1,12, history                      a Resume of ours goes on               consume
 *     a message of a kind                  not shared (`relay.share`)             consume
 *     1,1,c, 1,3,c, of no kind             not everything is shared               consume: who knows what is in it
 *     1,1,0 and 1,1,2: ping, login         any                                    pass
 *     else                                 any                                    pass
 */
import type { Certainty } from '../model.ts';
import { type PlainObject, readPlainObject } from '../protocol/body/plain-object.ts';
import {
  CONFIGURATION,
  CONFIGURATION_REQUEST,
  DETAIL,
  EVENT,
  HISTORY,
  LIVE,
  LOGIN,
  ORDER,
  PING,
} from '../protocol/commands.ts';
import { type Frame, isProtobuf, PROTOBUF_RESPONSE, RESPONSE } from '../protocol/frame.ts';

export type Action = 'pass' | 'consume' | 'hold' | 'block';

/** What may be said of a command: `owner` passes as far as it changes the owner's settings alone. */
export type CommandPolicy = 'pass' | 'owner' | 'hold' | 'block';

/** Kinds of messages that the vendor is given, or not. */
export const SHARED_KINDS = ['live', 'detail', 'history', 'events', 'configuration'] as const;
export type SharedKind = (typeof SHARED_KINDS)[number];

export interface FirewallPolicy {
  /** By command, as the vendor spells it; what is not there is as in {@link VENDOR_COMMANDS}, or blocked. */
  readonly commands: ReadonlyMap<string, CommandPolicy>;
  readonly share: ReadonlySet<SharedKind> | 'all';
}

export interface FirewallState {
  /** Whether the battery awaits the vendor's answer to that request, and not ours. */
  awaitsVendor(command: number): boolean;
  /** Whether the owner lets a command through that does not pass by itself, for now. */
  lets(command: string): boolean;
  /** The vendor's commands that have not ended. */
  readonly underWay: readonly string[];
  /** Whether a battery is believed to be on the connection, so that it can be given orders. */
  readonly hasBattery: boolean;
  /** Whether the battery's frame is part of a conversation of ours. */
  readonly isOurs: boolean;
  /** Whether the battery sends the rows of a Resume of ours. */
  readonly resumesForUs: boolean;
}

/** By what line of the table a frame was judged. */
export type Rule =
  | 'answer_awaited'
  | 'answer'
  | 'order_unclear'
  | 'battery_unknown'
  | 'order_repeated'
  | 'orders_many'
  | 'let'
  | 'command'
  | 'command_unknown'
  | 'request_unknown'
  | 'own_conversation'
  | 'own_history'
  | 'not_shared'
  | 'message';

/** An order of the vendor's (1,1,8). */
export interface VendorOrder {
  readonly command: string;
  /** Its `CmdIndex`, as its answer repeats it; null where it has none. */
  readonly index: string | null;
  readonly fields: PlainObject;
}

export interface Verdict {
  readonly action: Action;
  readonly rule: Rule;
  /** The order that the frame is, where it is one that can be read. */
  readonly order: VendorOrder | null;
}

/** A command that the vendor gives, and what becomes of it where the owner says nothing. */
export interface VendorCommand {
  readonly name: string;
  readonly policy: CommandPolicy;
  /** Whether the wire has it. */
  readonly certainty: Certainty;
  /** What it would do, and why that is its policy. */
  readonly why: string;
  /** The keys it may have; null for any. */
  readonly keys: readonly string[] | null;
}

/** No plain command of the vendor's has been seen near this. */
const LONGEST_ORDER = 4096;
/** Under way at a time. */
const MOST_ORDERS = 8;
const SPOKEN = ['Command', 'CmdIndex'];

export const RESUME = 'Resume';
export const SET_CONFIG = 'SetConfig';
export const SYNC_TIME = 'SyncTime';
const UPDATE = 'Update';

// biome-ignore format: a table, two lines an entry.
export const VENDOR_COMMANDS: readonly VendorCommand[] = [
  { name: RESUME, policy: 'pass', certainty: 'confirmed', keys: [...SPOKEN, 'Parameter1', 'Parameter2'],
    why: 'asks for history; only reads' },
  { name: SET_CONFIG, policy: 'owner', certainty: 'confirmed', keys: SPOKEN,
    why: 'has the battery fetch its configuration: passes if that changes the owner’s settings alone' },
  { name: SYNC_TIME, policy: 'pass', certainty: 'likely', keys: null,
    why: 'sets the clock of the battery' },
  { name: UPDATE, policy: 'block', certainty: 'likely', keys: null,
    why: 'updates firmware, which may end the cleartext that this server lives on' },
  { name: 'ChangeWorkMode', policy: 'block', certainty: 'likely', keys: null, why: 'changes how the battery works' },
  { name: 'DispatchPower', policy: 'block', certainty: 'likely', keys: null, why: 'has others use the battery' },
  { name: 'Microgrid', policy: 'block', certainty: 'likely', keys: null, why: 'changes how the battery works' },
];

const BY_NAME = new Map(VENDOR_COMMANDS.map((command) => [command.name, command]));

const KINDS: Readonly<Record<number, SharedKind>> = {
  [LIVE]: 'live',
  [DETAIL]: 'detail',
  [HISTORY]: 'history',
  [EVENT]: 'events',
  [CONFIGURATION_REQUEST]: 'configuration',
  [CONFIGURATION]: 'configuration',
};

/** Whether a frame is an answer. */
function isAnswer({ type }: Frame): boolean {
  return type === RESPONSE || type === PROTOBUF_RESPONSE;
}

/** What becomes of a frame that the vendor sent. */
export function judgeVendor(frame: Frame, policy: FirewallPolicy, state: FirewallState): Verdict {
  if (isAnswer(frame)) {
    const isAwaited = frame.type === RESPONSE && state.awaitsVendor(frame.command);
    return isAwaited ? verdict('pass', 'answer_awaited') : verdict('consume', 'answer');
  }
  if (isProtobuf(frame.type) || frame.command !== ORDER) return verdict('block', 'request_unknown');
  const order = readVendorOrder(frame);
  if (order === null) return verdict('block', 'order_unclear');
  const known = BY_NAME.get(order.command);
  if (known !== undefined && !hasOnly(order, known.keys)) return verdict('block', 'order_unclear', order);
  return judgeOrder(order, known, policy, state);
}

function judgeOrder(
  order: VendorOrder,
  known: VendorCommand | undefined,
  policy: FirewallPolicy,
  state: FirewallState,
): Verdict {
  if (!state.hasBattery) return verdict('block', 'battery_unknown', order);
  if (state.underWay.includes(order.command)) return verdict('consume', 'order_repeated', order);
  if (state.underWay.length >= MOST_ORDERS) return verdict('block', 'orders_many', order);
  if (state.lets(order.command)) return verdict('pass', 'let', order);
  const said = policy.commands.get(order.command) ?? known?.policy;
  if (said === undefined) return verdict('block', 'command_unknown', order);
  return verdict(said === 'owner' ? 'hold' : said, 'command', order);
}

/** What becomes of a frame that the battery sent, as far as the vendor is concerned; it is kept either way. */
export function judgeBattery(frame: Frame, policy: FirewallPolicy, state: FirewallState): Verdict {
  const mayBeOurs = isAnswer(frame) || frame.command === CONFIGURATION_REQUEST;
  if (state.isOurs && mayBeOurs) return verdict('consume', 'own_conversation');
  if (isAnswer(frame)) return verdict('pass', 'message');
  if (frame.command === HISTORY && state.resumesForUs) return verdict('consume', 'own_history');
  return isShared(frame, policy.share) ? verdict('pass', 'message') : verdict('consume', 'not_shared');
}

function isShared(frame: Frame, share: FirewallPolicy['share']): boolean {
  if (share === 'all') return true;
  if (isProtobuf(frame.type)) return false;
  const kind = KINDS[frame.command];
  if (kind !== undefined) return share.has(kind);
  return frame.command === PING || frame.command === LOGIN;
}

function verdict(action: Action, rule: Rule, order: VendorOrder | null = null): Verdict {
  return { action, rule, order };
}

function hasOnly({ fields }: VendorOrder, keys: readonly string[] | null): boolean {
  return keys === null || [...fields.keys()].every((key) => keys.includes(key));
}

/** What a 1,1,8 orders; null where a battery might read something else in it than we do. */
function readVendorOrder({ body }: Frame): VendorOrder | null {
  const fields = body.length <= LONGEST_ORDER ? readPlainObject(body) : null;
  const command = fields?.get('Command') ?? null;
  if (fields === null || command === null) return null;
  // A second spelling of one key: which of both the battery takes is not known.
  const spellings = new Set([...fields.keys()].map((key) => key.toLowerCase()));
  return spellings.size === fields.size ? { command, index: fields.get('CmdIndex') ?? null, fields } : null;
}
