/**
 * What can be wrong with what a peer sends, in words for the owner of the house.
 */
import type { Problem } from '../problems/problem.ts';

export const PROBLEMS = {
  FRAME_CHECKSUM: {
    culprit: 'network',
    sentence: 'a frame came with a wrong checksum and was kept but not answered',
    advice:
      'Once in a while is harmless: the battery sends it again. If it goes on, look at the cable, the Wi-Fi or a proxy between.',
  },
  FRAME_HEADER: {
    culprit: 'peer',
    sentence: 'the peer does not speak the AlphaESS protocol',
    advice:
      'Find out what connects to the battery port: the page shows its address to the owner, under System. Narrow battery.allow to the battery’s address.',
  },
  FRAME_TOO_LONG: {
    culprit: 'peer',
    sentence: 'a frame claims to be longer than any battery sends',
    advice:
      'If this is your battery, please share the bytes (export --kind discarded): its firmware may be one we have not seen.',
  },
  FRAME_PROTOBUF: {
    culprit: 'battery',
    sentence: 'a frame of newer firmware (Protocol Buffers) came, and was kept but neither understood nor answered',
    advice:
      'Nothing is lost: export --kind unknown shows it, decode lays it out. Please share it with model and firmware version, so that it can be understood.',
  },
  FRAME_TLS: {
    culprit: 'peer',
    sentence: 'this peer speaks TLS: if it is your battery, this firmware does not speak the cleartext protocol',
    advice: 'Nothing can be read from an encrypted connection. Tell us the model and firmware version.',
  },
  FRAME_HTTP: {
    culprit: 'peer',
    sentence: 'this peer speaks HTTP: a browser or a scanner opened the battery port',
    advice: 'The page is on the web port (default 7780), not here.',
  },
  FRAME_INCOMPLETE: {
    culprit: 'network',
    sentence: 'a frame was begun and never finished',
    advice: 'The connection was closed so that the battery connects again. If it goes on, look at the network.',
  },
  BODY_UNREADABLE: {
    culprit: 'battery',
    sentence: 'a message could not be read and was kept as it came',
    advice: 'Nothing is lost: export --kind unknown shows it. Please share it, so that it can be understood.',
  },
  BODY_PARTLY_READ: {
    culprit: 'battery',
    sentence:
      'a message holds more than is understood, or is not whole; what could be read was taken, and all was kept as it came, too',
    advice: 'Nothing is lost: export --kind unknown shows it. Please share it, so that it can be understood.',
  },
  COMMAND_UNKNOWN: {
    culprit: 'battery',
    sentence: 'a message with a command nobody has documented was kept as it came',
    advice: 'Nothing is lost: export --kind unknown shows it. Please share it, so that it can be understood.',
  },
  COMMAND_UNEXPECTED: {
    culprit: 'peer',
    sentence: 'an order came from a battery’s side, where only a server gives orders, and was kept as it came',
    advice: 'Nothing is done by it. If it is your battery, please share the bytes (export --kind unknown).',
  },
  RESPONSE_UNEXPECTED: {
    culprit: 'battery',
    sentence: 'a response came to something that was not asked and was kept as it came',
    advice: 'Nothing to do.',
  },
  VALUE_IMPLAUSIBLE: {
    culprit: 'battery',
    sentence: 'a value came that cannot be; it is kept as it came, and counts nowhere',
    advice:
      'Now and then is harmless. If it goes on, look at the sensor or the meter behind that field. If it is right after all, widen battery.limits; docs/fields.md says what each field can be.',
  },
  IDENTITY_MISSING: {
    culprit: 'battery',
    sentence:
      'a message came without a serial number on a connection that has not named its battery, and was kept as it came',
    advice: 'Nothing to do: the next message with a serial number names the battery.',
  },
  BATTERIES_TOO_MANY: {
    culprit: 'peer',
    sentence: 'more batteries than this server is set up for; the message was kept as it came',
    advice:
      'If they are yours, raise battery.max_batteries; else narrow battery.allow, or list yours in battery.serials.',
  },
  BATTERY_WAITS: {
    culprit: 'peer',
    sentence:
      'a new serial number in a house that knows many batteries; what it sends is kept, and it is shown once it has behaved like a battery for a minute',
    advice:
      'If you have that many batteries, set battery.max_batteries to their number; else find out what connects, and narrow battery.allow.',
  },
  SERIAL_NOT_LISTED: {
    culprit: 'peer',
    sentence: 'a serial number that is not on the list of your batteries; the message was kept as it came',
    advice: 'If it is your battery, add its serial number to battery.serials, or let battery.learn be true.',
  },
  PEER_CONFLICT: {
    culprit: 'peer',
    sentence:
      'somebody at another address speaks with this battery’s serial number while the battery does; what it sends is kept apart',
    advice:
      'Find out what it is (alphaess-local trust shows it). If that one is the battery, trust it instead: alphaess-local trust ID --swap.',
  },
  PEER_REFUSED: {
    culprit: 'peer',
    sentence:
      'only a peer that you refused speaks with the serial number of a battery; what it sends is kept apart, and the battery is not heard',
    advice: 'If it is the battery at another address, trust it: alphaess-local trust lists it, and takes ID --swap.',
  },
  HELD_DROPPED: {
    culprit: 'peer',
    sentence: 'readings that were kept apart are gone, the oldest first: there are more than their quota allows',
    advice:
      'Find out who sends them: alphaess-local trust lists them; narrow battery.allow, or raise store.held_quota.',
  },
  PEER_NOT_ALLOWED: {
    culprit: 'peer',
    sentence: 'a connection from outside the allowed networks was refused',
    advice:
      'If it is your battery, add its address to battery.allow. The page shows the address under System to whoever has logged in as owner; the log does with log.private: true.',
  },
  CONNECTIONS_TOO_MANY: {
    culprit: 'peer',
    sentence: 'too many connections are open: a new one was refused, or the oldest that has named no battery closed',
    advice:
      'Find out what opens them: the page shows the addresses to the owner, under System. Raise battery.max_connections only if they are yours.',
  },
  ADDRESS_CONNECTIONS_TOO_MANY: {
    culprit: 'peer',
    sentence:
      'too many connections are open from one address: a new one was refused, or one closed that named no battery or was silent',
    advice:
      'Find out what opens them: the page shows the addresses to the owner, under System. If batteries come through a router, a balancer or a container’s proxy, all have its address: add it to battery.trusted_networks. A battery that is closed or refused connects again by itself.',
  },
  PEER_SILENT: {
    culprit: 'peer',
    sentence: 'a connection on which nothing came from a battery for long was closed',
    advice: 'A battery connects again by itself within minutes. How long is battery.silent_after.',
  },
  BATTERY_STALE: {
    culprit: 'battery',
    sentence: 'no reading has come for a while: what was last heard is stale',
    advice:
      'If it stays so, look at the battery’s display and its network. How long a while is, is battery.stale_after.',
  },
  CONNECTION_SUPERSEDED: {
    culprit: 'battery',
    sentence: 'a connection was closed because its battery speaks on a newer one',
    advice: 'Nothing to do. If it goes on, two devices use one serial number.',
  },
  CONNECTION_CLOSED: {
    culprit: 'battery',
    sentence: 'a connection was closed because somebody asked this server to',
    advice: 'Nothing to do: a battery connects again by itself within minutes.',
  },
  QUOTA_REACHED: {
    culprit: 'peer',
    sentence: 'more has come of a kind than is kept: the oldest of it is removed',
    advice:
      'No battery sends so much. Find out what else speaks on the battery port, and narrow battery.allow; or raise the quota that the line names (store.quotas, store.raw_quota).',
  },
  CLOCK_STANDS: {
    culprit: 'battery',
    sentence: 'the battery’s clock stands still: its readings are dated by their arrival',
    advice: 'Set the clock on the battery’s display, or switch the battery’s controller off and on.',
  },
  READINGS_CONFLICT: {
    culprit: 'battery',
    sentence: 'readings came with the battery time of others and other values: all are kept, the first is shown',
    advice:
      'A clock that was set back does this once. If it goes on, two devices use one serial number. export shows all of them, with an ordinal above 0.',
  },
  VENDOR_BLOCKED: {
    culprit: 'vendor',
    sentence: 'the vendor gave the battery an order that is not let through; the battery did not get it',
    advice:
      'The line names it, its bytes are kept (alphaess-local export --kind unknown). If you want it, relay.policy lets a command through: docs/relay.md.',
  },
  VENDOR_HELD: {
    culprit: 'vendor',
    sentence: 'the vendor gave the battery an order that needs your word; the battery did not get it',
    advice: 'The line names it. If you want it, set its policy in relay.policy to pass.',
  },
  VENDOR_SETTINGS_HELD: {
    culprit: 'vendor',
    sentence:
      'the vendor wants to change settings that are not the owner’s, or of which it is not known how they are; the battery did not get them',
    advice: 'The line names them. If it was you, in the vendor’s app, allow it once; else leave it: docs/relay.md.',
  },
  VENDOR_SETTINGS_POSTPONED: {
    culprit: 'vendor',
    sentence:
      'the vendor wants settings otherwise that a verb of yours holds (hold, charge): they stay until it ends, and are then as the vendor wants them',
    advice:
      'The line names them. To have them so at once, end the verb: alphaess-local control normal. Other settings of yours that came with them pass.',
  },
  VENDOR_SILENT: {
    culprit: 'vendor',
    sentence: 'the battery asked the vendor something, and the vendor did not answer',
    advice:
      'Nothing to do. To a request for its configuration the battery was answered as without a vendor; other requests, in the minute after the vendor has set its clock, are answered by the vendor alone, and this one by nobody.',
  },
  VENDOR_ORDER_UNANSWERED: {
    culprit: 'vendor',
    sentence: 'an order of the vendor’s had no answer, so that it may not have been carried out',
    advice:
      'The line names the order, and who did not answer. The battery goes on as it is set; look into Vendor on the page whether the vendor asks again.',
  },
  VENDOR_SET_CLOCK: {
    culprit: 'vendor',
    sentence: 'the vendor sets the clock of the battery; all that is said in the minute after it is kept',
    advice:
      'Nobody has recorded yet how that is done. Please share it (alphaess-local export --kind conversation): whoever does lets everyone set the clock without the vendor.',
  },
  CLOCK_SYNC_TRIED: {
    culprit: 'nobody',
    sentence: 'the owner had the battery told to set its clock; all that is said in the minute after it is kept',
    advice:
      'Nobody has recorded yet what follows. Please share it (alphaess-local bundle): whoever does lets everyone set the clock without the vendor.',
  },
  SERVER_OVERHEARD: {
    culprit: 'vendor',
    sentence:
      'something that another server said to a battery, or the battery’s answer to it, was recorded and kept as it came',
    advice: 'Nothing to do: alphaess-local export --kind conversation shows it.',
  },
  PEER_NOT_READING: {
    culprit: 'peer',
    sentence: 'a peer that does not read its replies was disconnected',
    advice: 'A battery connects again by itself within minutes.',
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Requests and responses, and those of newer firmware: frame.ts. */
const FIRST_TYPE = 1;
const LAST_TYPE = 4;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 0x03;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const SPACE = 0x20;
const SHORTEST_HTTP_METHOD = 3;
/** Only the seven bytes of a header are looked at, so that the verdict does not depend on how the bytes were cut. */
const JUDGED = 7;

/**
 * What is wrong with the seven bytes at `at`, if they cannot begin a frame, else null.
 * @param length the body length they claim
 */
export function problemOfHeader(bytes: Uint8Array, at: number, length: number, longest: number): ProblemCode | null {
  const first = bytes[at];
  const second = bytes[at + 1] ?? 0;
  if (first === 1 && second >= FIRST_TYPE && second <= LAST_TYPE) return length <= longest ? null : 'FRAME_TOO_LONG';
  // A TLS record begins with its content type (22: handshake) and its major version (RFC 8446, 5.1).
  if (first === TLS_HANDSHAKE && second === TLS_MAJOR_VERSION) return 'FRAME_TLS';
  return looksLikeHttp(bytes, at) ? 'FRAME_HTTP' : 'FRAME_HEADER';
}

/** An HTTP request begins with a method, in practice capital letters, and a space (RFC 9112, 3). */
function looksLikeHttp(bytes: Uint8Array, at: number): boolean {
  let letters = 0;
  while (letters < JUDGED && isCapital(bytes[at + letters])) letters++;
  return letters === JUDGED || (letters >= SHORTEST_HTTP_METHOD && bytes[at + letters] === SPACE);
}

function isCapital(byte: number | undefined): boolean {
  return byte !== undefined && byte >= UPPER_A && byte <= UPPER_Z;
}
