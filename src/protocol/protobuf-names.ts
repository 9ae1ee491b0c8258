/**
 * What the fields of newer frames are likely called: by the vendor's development kit for the battery's local link, whose frames have the same
 * form. That the port of this server has the same messages under the same commands was never captured, so no name here is
 * more than likely, and none is used for anything but showing.
 */
import { CONFIGURATION_REQUEST, LIVE, LOGIN, ORDER, PING } from './commands.ts';
import { PROTOBUF_RESPONSE } from './frame.ts';
import type { ProtobufField } from './protobuf.ts';

type Names = Readonly<Record<number, string>>;

const CMD_REQUEST: Names = { 2: 'sn' };
const CMD_RESPONSE: Names = { 1: 'status' };
const SEND_LOGIN: Names = { 1: 'userName', 2: 'password', 3: 'companyName' };
const SEND_CMD: Names = {
  ...{ 1: 'command', 2: 'cmdIndex', 3: 'parameter1', 4: 'parameter2', 5: 'parameter3', 6: 'parameter4' },
  ...{ 7: 'parameter5', 8: 'description' },
};
const REPLY_CMD: Names = { 1: 'command', 2: 'cmdIndex', 3: 'status', 4: 'msg' };
const SEND_RUN_POWER_DATA: Names = {
  ...{ 1: 'sn', 2: 'time', 3: 'ppv', 4: 'prealL1', 5: 'prealL2', 6: 'prealL3', 7: 'pmeterL1', 8: 'pmeterL2' },
  ...{ 9: 'pmeterL3', 10: 'pmeterDc', 11: 'pmeterDcl1', 12: 'pmeterDcl2', 13: 'pmeterDcl3', 14: 'pbat', 15: 'sva' },
  ...{ 16: 'soc', 17: 'gcpower' },
};
const SEND_RUN_ENERGY_DATA: Names = {
  ...{ 1: 'sn', 2: 'time', 3: 'einput', 4: 'eoutput', 5: 'egridCharge', 6: 'echarge', 7: 'edischarge' },
  ...{ 8: 'egridDischarge', 9: 'epvTotal', 10: 'tinv', 11: 'fac', 12: 'ua', 13: 'ub', 14: 'uc' },
};

/** Those of which the command says what they are, if it means what it does in the older frames. */
const REQUESTS: Readonly<Record<number, Names>> = {
  [PING]: CMD_REQUEST,
  [LOGIN]: SEND_LOGIN,
  [CONFIGURATION_REQUEST]: CMD_REQUEST,
  [ORDER]: SEND_CMD,
  [LIVE]: SEND_RUN_POWER_DATA,
};

/** Run data has a serial number, a time and many numbers; fewer could be anything. */
const FEWEST_OF_RUN_DATA = 5;
const MOST_OF_ENERGY_DATA = 14;
const MOST_OF_POWER_DATA = 17;
/** A time, or a number written as a text. */
const FIGURES = /^[\d\s/:.,+-]*$/;

/** The likely names of a message's fields, by their numbers; none where nothing is likely. */
export function likelyNames(type: number, command: number, fields: readonly ProtobufField[]): Names {
  if (type === PROTOBUF_RESPONSE) return command === ORDER ? REPLY_CMD : CMD_RESPONSE;
  return REQUESTS[command] ?? runDataNames(fields);
}

/** Under which command run data come is not known: they are told by their fields. */
function runDataNames(fields: readonly ProtobufField[]): Names {
  const highest = Math.max(0, ...fields.map(({ number }) => number));
  const isRunData =
    new Set(fields.map(({ number }) => number)).size >= FEWEST_OF_RUN_DATA &&
    highest <= MOST_OF_POWER_DATA &&
    fields.every(isOfRunData);
  if (!isRunData) return {};
  return highest > MOST_OF_ENERGY_DATA ? SEND_RUN_POWER_DATA : SEND_RUN_ENERGY_DATA;
}

function isOfRunData({ number, value }: ProtobufField): boolean {
  return number === 1 ? value.kind === 'text' : value.kind !== 'text' || FIGURES.test(value.text);
}

const PRIVATE: ReadonlySet<string> = new Set(['sn', 'userName', 'password', 'companyName']);
/** Of orders and answers, whose fields are words. A field of run data is a figure, also where it is written as a text. */
const WORDED: ReadonlySet<string> = new Set([...Object.values(SEND_CMD), ...Object.values(REPLY_CMD)]);

/**
 * Whether a value may be private. A likely name spares a value only where it is what the name stands for: under no name, and
 * under one of a figure, a text may be anything; bytes may be anything everywhere.
 * @param name the likely one; null where there is none
 */
export function isPrivateValue(name: string | null, value: ProtobufField['value']): boolean {
  if (name !== null && PRIVATE.has(name)) return true;
  if (value.kind === 'bytes') return true;
  if (value.kind !== 'text') return false;
  return name === null || !(WORDED.has(name) || FIGURES.test(value.text));
}
