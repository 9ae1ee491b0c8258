/**
 * The commands, by number: byte 2 of a frame. Matched by number alone, never by what the body looks like.
 * Source of every line: docs/protocol.md.
 */
import type { Certainty } from '../model.ts';
import { encodeFrame, type FrameType, isProtobuf, PROTOBUF_RESPONSE, REQUEST, RESPONSE } from './frame.ts';

export interface Command {
  readonly number: number;
  readonly name: string;
  /** Who sends the request. */
  readonly from: 'battery' | 'server';
  readonly body: 'empty' | 'json' | 'csv';
  readonly certainty: Certainty;
  readonly title: string;
}

export const PING = 0;
export const LOGIN = 2;
export const CONFIGURATION_REQUEST = 3;
export const CONFIGURATION = 4;
export const DETAIL = 5;
export const ORDER = 8;
export const EVENT = 9;
export const HISTORY = 12;
export const LIVE = 16;

export const COMMANDS: readonly Command[] = [
  {
    number: PING,
    name: 'ping',
    from: 'battery',
    body: 'empty',
    certainty: 'confirmed',
    title: 'Empty, before log and history',
  },
  { number: LOGIN, name: 'login', from: 'battery', body: 'json', certainty: 'confirmed', title: 'Login' },
  {
    number: CONFIGURATION_REQUEST,
    name: 'configuration_request',
    from: 'battery',
    body: 'json',
    certainty: 'confirmed',
    title: 'Asks for its configuration',
  },
  {
    number: CONFIGURATION,
    name: 'configuration',
    from: 'battery',
    body: 'json',
    certainty: 'confirmed',
    title: 'Its configuration as it now is',
  },
  {
    number: DETAIL,
    name: 'detail',
    from: 'battery',
    body: 'json',
    certainty: 'confirmed',
    title: 'Detail, every 5 minutes',
  },
  {
    number: ORDER,
    name: 'order',
    from: 'server',
    body: 'json',
    certainty: 'confirmed',
    title: 'An order to the battery',
  },
  {
    number: EVENT,
    name: 'event',
    from: 'battery',
    body: 'json',
    certainty: 'confirmed',
    title: 'Event log or message',
  },
  {
    number: HISTORY,
    name: 'history',
    from: 'battery',
    body: 'csv',
    certainty: 'confirmed',
    title: 'History, a row a minute',
  },
  {
    number: LIVE,
    name: 'live',
    from: 'battery',
    body: 'json',
    certainty: 'confirmed',
    title: 'Live status, every 10 s',
  },
];

const BY_NUMBER = new Map(COMMANDS.map((command) => [command.number, command]));

/** The command of that number, or undefined for those nobody has documented (1, 6, 7, 10, 11, 13, 14, 15, above 16). */
export function commandOf(number: number): Command | undefined {
  return BY_NUMBER.get(number);
}

/** A frame's name for people: `live`, `live reply`, `unknown 7`, `protobuf unknown 10 reply`. */
export function frameName(type: FrameType, command: number): string {
  const name = commandOf(command)?.name ?? `unknown ${command}`;
  const reply = type === RESPONSE || type === PROTOBUF_RESPONSE ? ' reply' : '';
  return `${isProtobuf(type) ? 'protobuf ' : ''}${name}${reply}`;
}

/** `{"Status":"Success"}`: what the vendor's server answers to everything but a request for configuration. */
const SUCCESS_BODY = Uint8Array.from('{"Status":"Success"}', (letter) => letter.charCodeAt(0));

const SUCCESS_FRAMES = Array.from({ length: 256 }, (_, command) => encodeFrame(RESPONSE, command, SUCCESS_BODY));

/**
 * The frame that tells the battery its request was taken (confirmed: 29 bytes, the command repeated).
 * One object per command, shared: do not write into it.
 * @param command 0 … 255, as it stood in the request
 */
export function successReply(command: number): Uint8Array {
  return SUCCESS_FRAMES[command] as Uint8Array;
}

/** Whether a frame is answered: requests are, responses never; those of newer firmware are not, since what they await is not known. */
export function wantsReply(type: FrameType): boolean {
  return type === REQUEST;
}

/** Whether a frame is such an answer, and no more. */
export function isSuccess({ type, body }: { readonly type: FrameType; readonly body: Uint8Array }): boolean {
  const isAnswer = type === RESPONSE && body.length === SUCCESS_BODY.length;
  return isAnswer && body.every((byte, index) => byte === SUCCESS_BODY[index]);
}
