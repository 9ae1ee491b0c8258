/**
 * Orders to a battery (1,1,8) and its answers (1,2,8). Built here are `Resume`, which only reads and whose form was captured
 * twice, `SetConfig`, whose form is of the only proven writing, and, for an owner who tries it, `SyncTime`. Others exist on the vendor's side; what their forms are is
 * unknown, so none is sent.
 */
import { formatBatteryTime } from './body/battery-time.ts';
import { textOfValue } from './body/json.ts';
import type { ReadObject } from './body/lenient-json.ts';
import { bytesOf } from './body/text.ts';
import { ORDER } from './commands.ts';
import { encodeFrame, REQUEST } from './frame.ts';

/** What a battery answers to an order. */
export interface OrderReply {
  readonly command: string;
  /** The number the order bore. */
  readonly index: string;
  /** Whether it will do it. */
  readonly success: boolean;
}

const RESUME = 'Resume';
const SET_CONFIG = 'SetConfig';
const SYNC_TIME = 'SyncTime';
const DAY_MS = 86_400_000;

/** `CmdIndex`: milliseconds since UTC midnight, as text (confirmed twice: 82915609 at 23:01:55.6 UTC). */
export function orderIndex(wallMs: number): string {
  return String(Math.floor(((wallMs % DAY_MS) + DAY_MS) % DAY_MS));
}

/**
 * Asks for history: the rows of so many minutes after a time of the battery's own clock (confirmed; keys, their order and
 * their being texts as captured).
 * @param index ours are of {@link orderIndex}; any text is taken (other servers' are not all numbers: likely)
 * @param after battery time, seconds as if UTC: the newest record the server has
 */
export function resumeOrder(index: string, after: number, minutes: number): Uint8Array {
  const body = JSON.stringify({
    CmdIndex: index,
    Command: RESUME,
    Parameter1: formatBatteryTime(after),
    Parameter2: String(minutes),
  });
  return encodeFrame(REQUEST, ORDER, bytesOf(body));
}

/**
 * Has a battery fetch its configuration (confirmed by the only proven writing over this wire: 230delphi/alphaess-to-mqtt @64e1637, SMILE S6; it bears no settings).
 * @param index as of {@link resumeOrder}
 */
export function setConfigOrder(index: string): Uint8Array {
  return plainOrder(SET_CONFIG, index);
}

/**
 * Has a battery set its clock, in some way (likely: seen once on the wire, as `{"Command":"SyncTime","CmdIndex":"20417060"}`; parameters, had there been any, would
 * not have been printed). How the time reaches the battery then is unknown: none is sent.
 * @param index as of {@link resumeOrder}
 */
export function syncTimeOrder(index: string): Uint8Array {
  return plainOrder(SYNC_TIME, index);
}

/** One without parameters. */
function plainOrder(command: string, index: string): Uint8Array {
  return encodeFrame(REQUEST, ORDER, bytesOf(JSON.stringify({ Command: command, CmdIndex: index })));
}

/** Whether a battery's answer is to a `SyncTime` of that number. */
export function answersSyncTime(reply: OrderReply, index: string): boolean {
  return answers(reply, SYNC_TIME, index);
}

/** Whether a battery's answer is to a `SetConfig` of that number. */
export function answersSetConfig(reply: OrderReply, index: string): boolean {
  return answers(reply, SET_CONFIG, index);
}

/** Whether a battery's answer is to a `Resume` of that number. */
export function answersResume(reply: OrderReply, index: string): boolean {
  return answers(reply, RESUME, index);
}

function answers(reply: OrderReply, command: string, index: string): boolean {
  return reply.command === command && reply.index === index;
}

/**
 * Reads the body of a 1,2,8; null where it is none (form confirmed: the order's `Command` and `CmdIndex`, and `Status`), or
 * where its `Status` is in a part that could not be read: that is no refusal.
 */
export function readOrderReply({ object, condition }: ReadObject): OrderReply | null {
  const command = textOfValue(object.Command);
  const index = textOfValue(object.CmdIndex);
  const status = textOfValue(object.Status);
  if (command === null || index === null || (status === null && condition !== 'sound')) return null;
  return { command, index, success: status === 'Success' };
}
