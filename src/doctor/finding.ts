/**
 * What the doctor says: a stable code, how grave it is, one sentence of what was seen, and what to do. docs/doctor.md is made
 * of the table.
 */

/** `warning`: it works, or may yet begin to; `fault`: as long as this is so, something does not work. */
export type FindingLevel = 'ok' | 'warning' | 'fault';

interface FindingKind {
  /** How grave it can be, the gravest first; the circumstances decide. */
  readonly levels: readonly [FindingLevel, ...FindingLevel[]];
  /** For the table in the docs. */
  readonly means: string;
  /** What to do, in whole sentences; null where there is nothing to do. */
  readonly advice: string | null;
  /** Where more stands. */
  readonly link: string | null;
}

const REDIRECT = 'docs/redirect.md#which-way';
const WORKED = 'docs/redirect.md#did-it-work';
const LET_IN =
  'Redirect the name to this machine, and let its firewall admit the battery. It may hold its old connection for days; once that is lost it comes within half an hour.';
const FAULT_OR_WARNING = ['fault', 'warning'] as const;

const entry = (
  levels: FindingKind['levels'],
  means: string,
  advice: string | null = null,
  link: string | null = null,
): FindingKind => ({
  levels,
  means,
  advice,
  link,
});
const fine = (means: string): FindingKind => entry(['ok'], means);

/** In the order of the checks. */
export const FINDINGS = {
  PORT_LISTENING: fine('the server listens for batteries, and where it is reached'),
  PORT_LOCAL_ONLY: entry(
    ['fault'],
    'the server listens, but only on an address that no other device reaches',
    'Set battery.listen to 0.0.0.0:7777 and start the server again.',
    'docs/redirect.md#before-you-start',
  ),
  PORT_UNUSUAL: entry(
    ['warning'],
    'the server listens on another port than the one that batteries connect to',
    'Batteries connect to port 7777 and cannot be told otherwise. Set battery.listen to that port, unless a NAT rule or a container’s port leads from 7777 to this one.',
    'docs/redirect.md#before-you-start',
  ),
  PORT_NOT_LISTENING: entry(
    ['fault'],
    'no server runs',
    'Start it: npm start, or alphaess-local serve.',
    'README.md#start',
  ),
  PORT_OF_ANOTHER: entry(
    ['fault'],
    'no server of this data folder runs, and another program has its port',
    'Stop that program, or choose another port with battery.listen. It may be this server with another data folder: give --data.',
    'docs/errors.md#port_in_use',
  ),
  SERVER_NOT_ANSWERING: entry(
    FAULT_OR_WARNING,
    'a server seems to have the data folder, but does not answer',
    'It may still be starting: ask again. If it runs in a container, run this command there.',
    'docs/errors.md#store_in_use',
  ),
  ADDRESS_MISSING: entry(
    ['fault'],
    'this machine has no address in a network',
    'Connect it to the network of the battery.',
    'docs/redirect.md#before-you-start',
  ),
  NAME_LEADS_HERE: fine('a DNS server answers with an address of this machine for the name that the battery asks for'),
  NAME_LEADS_TO_HOST: fine(
    'it answers with an address of your network, which this container cannot compare with its host’s',
  ),
  NAME_LEADS_ELSEWHERE: entry(
    FAULT_OR_WARNING,
    'it answers with an address that is not this machine’s',
    'Enter this machine’s address in your DNS for that name.',
    REDIRECT,
  ),
  NAME_BLOCKED: entry(
    FAULT_OR_WARNING,
    'it answers with an address that leads nowhere, as a block list or a hosts file does',
    'Take the name off the block list, and enter this machine’s address for it.',
    REDIRECT,
  ),
  NAME_WITHOUT_ANSWER: entry(
    FAULT_OR_WARNING,
    'it has no address for the name',
    'Enter this machine’s address in your DNS for that name; if it is there, another server between drops it: allow the name in its rebind protection.',
    'docs/redirect.md#rebind-protection',
  ),
  NAME_SECOND_DOOR: entry(
    ['warning'],
    'its IPv6 answer leads elsewhere, past a right IPv4 one',
    'Keep the IPv6 question in the house.',
    'docs/redirect.md#ipv6-and-doh',
  ),
  RESOLVER_SILENT: entry(
    ['warning'],
    'it does not answer',
    'Look whether it runs, and whether devices are told to ask it.',
    WORKED,
  ),
  RESOLVER_NONSENSE: entry(
    ['warning'],
    'what it answers is no address',
    'Ask it by hand: nslookup www.alphaess.com.',
    WORKED,
  ),
  BATTERY_DELIVERS: fine('a battery delivers, and when its last reading came'),
  BATTERY_SILENT: entry(
    FAULT_OR_WARNING,
    'a battery that was heard before delivers nothing at present',
    'Look at the battery’s display and its network. It connects again by itself, within half an hour at most.',
    WORKED,
  ),
  VISIT_REFUSED: entry(
    FAULT_OR_WARNING,
    'somebody was refused, since the address is not in battery.allow',
    'If it is your battery, add its address to battery.allow.',
    'docs/errors.md#peer_not_allowed',
  ),
  VISIT_CROWDED: entry(
    ['warning'],
    'somebody was refused, since too many connections were open',
    'Find out what opens them: the page shows the addresses to the owner, under System.',
    'docs/errors.md#connections_too_many',
  ),
  VISIT_TLS: entry(
    FAULT_OR_WARNING,
    'somebody came by TLS: if it is the battery, its firmware does not speak the cleartext protocol',
    'Nothing can be read from an encrypted connection. Tell us model and firmware version.',
    'docs/errors.md#frame_tls',
  ),
  VISIT_PROTOBUF: entry(
    FAULT_OR_WARNING,
    'somebody sends frames of newer firmware (Protocol Buffers), which are kept and not understood',
    'Nothing is lost. Please share them with model and firmware version: alphaess-local export --kind unknown.',
    'docs/errors.md#frame_protobuf',
  ),
  VISIT_UNLISTED: entry(
    FAULT_OR_WARNING,
    'somebody speaks the protocol, and its serial number is not let in',
    'If it is yours, add it to battery.serials, or look at battery.learn and battery.max_batteries.',
    'docs/errors.md#serial_not_listed',
  ),
  VISIT_HELD: entry(
    FAULT_OR_WARNING,
    'somebody’s readings are kept apart, since another speaks with that serial number, or since it is new in a large house',
    'See who it is, and decide: alphaess-local trust.',
    'docs/errors.md#peer_conflict',
  ),
  VISIT_WITHOUT_READING: entry(
    FAULT_OR_WARNING,
    'somebody speaks the protocol, and a reading was never among it',
    'A battery sends one within a minute. If none comes, please share what does: alphaess-local export --kind unknown.',
    'docs/errors.md#body_unreadable',
  ),
  VISIT_DAMAGED: entry(
    FAULT_OR_WARNING,
    'somebody’s frames all came damaged or cut off',
    'Look at the cable, the Wi-Fi, or a proxy between.',
    'docs/errors.md#frame_checksum',
  ),
  VISIT_HTTP: entry(
    ['warning'],
    'a browser or a scanner opened the battery port',
    'It is no battery. The page is on the web port.',
    'docs/errors.md#frame_http',
  ),
  VISIT_STRANGER: entry(
    ['warning'],
    'somebody came who does not speak the protocol',
    'It is no battery that we know. Narrow battery.allow to the battery’s address.',
    'docs/errors.md#frame_header',
  ),
  VISIT_SILENT: fine('somebody connected and said nothing, as a test of the port does: the port can be reached'),
  VISIT_NOBODY: entry(FAULT_OR_WARNING, 'nobody has connected (a fault after half an hour)', LET_IN, REDIRECT),
  BATTERY_MISSING: entry(
    FAULT_OR_WARNING,
    'others have connected, but no battery (a fault after half an hour)',
    LET_IN,
    REDIRECT,
  ),
  TAP_HEARS: fine('batteries are heard by tap'),
  TAP_DEAF: entry(
    FAULT_OR_WARNING,
    'no battery is heard by tap, and why (a warning where nothing is known to be wrong)',
    'See that the recording is made where the battery’s packets pass, and that its command runs.',
    'docs/captures.md#listen-all-the-time-the-tap',
  ),
  OLD_CONNECTION: entry(
    ['warning'],
    'no battery has come for half an hour: it may still hold its old connection',
    'The battery asks DNS only when it connects anew, and may hold its old connection for days. Unplug its network cable for a minute, restart its Wi-Fi or access point, or block its way to the Internet until it notices.',
    WORKED,
  ),
  SERVER_CLOCK_RIGHT: fine('this machine’s clock is synchronised'),
  SERVER_CLOCK_UNASKED: fine('whether it is, no program can be asked, as in a container'),
  SERVER_CLOCK_UNSYNCHRONISED: entry(
    ['warning'],
    'this machine says that its clock is not synchronised',
    'Switch time synchronisation on (systemd: timedatectl set-ntp true).',
    'docs/decisions/0016-the-servers-own-clock.md',
  ),
  SERVER_CLOCK_UNSURE: entry(
    ['warning'],
    'the server does not believe this machine’s clock: nothing is removed for its age',
    'Set it right; if it is right, say so: alphaess-local clock --confirm.',
    'docs/errors.md#server_clock_doubted',
  ),
  BATTERY_CLOCK_RIGHT: fine('a battery’s clock is right within a minute, its time zone apart'),
  BATTERY_CLOCK_OFF: entry(
    ['warning'],
    'a battery’s clock is off by more than a minute',
    'Readings are kept at their true time all the same; charging times on the battery go by its clock. Set it on the battery’s display.',
    'docs/decisions/0006-measured-clock.md',
  ),
  DATA_ABSENT: entry(
    ['warning'],
    'the data folder holds nothing yet',
    'Give --data the folder that the server uses, or start the server.',
    'README.md#use',
  ),
  DATA_UNREADABLE: entry(
    ['fault'],
    'what is kept cannot be read',
    'The sentence says why; the code in brackets stands in the page of errors.',
    'docs/errors.md',
  ),
  DATA_SPACE: fine('how much room the disk of the data folder has'),
  DATA_SPACE_LOW: entry(
    FAULT_OR_WARNING,
    'it has little room left (a fault below 100 MB)',
    'Make room. A full disk ends all recording; batteries are then answered no more.',
    'docs/reliability.md',
  ),
  DATA_RIGHTS: fine('the folder can be written, and by its owner alone'),
  DATA_UNWRITABLE: entry(
    ['fault'],
    'the folder cannot be written',
    'Give it to the user who runs the server.',
    'docs/errors.md#data_not_writable',
  ),
  DATA_OPEN: entry(
    ['warning'],
    'others on this machine can read it',
    'Give it mode 700 (files: 600): serial numbers and addresses are in it.',
    'docs/errors.md#data_folder_open',
  ),
  DATA_AGE: fine('when something was last written'),
  DATA_OLD: entry(
    ['warning'],
    'nothing was written for a day or longer',
    'If a server runs and a battery delivers, this is not its folder: give --data.',
    'README.md#use',
  ),
  DATABASE_SOUND: fine('SQLite finds the database in order (quick_check)'),
  DATABASE_UNCHECKED: fine('that check has not ended yet, or could not be done'),
  DATABASE_DAMAGED: entry(
    ['fault'],
    'SQLite finds it damaged',
    'Bring the newest backup back: alphaess-local restore.',
    'docs/backup.md',
  ),
  DISK_QUICK: fine('how long the disk takes to write durably (fsync)'),
  DISK_SLOW: entry(
    ['warning'],
    'that takes longer than a quarter of a second: batteries wait for their answers so long',
    'A worn SD card or a busy disk does this. Move the data folder to an SSD.',
    'docs/reliability.md',
  ),
  CERTIFICATE_GOOD: fine('until when the page’s certificate is good'),
  CERTIFICATE_OLD: entry(
    FAULT_OR_WARNING,
    'the page’s certificate is good for two weeks at most, or no more',
    'Renew the files of web.tls; the server takes them within ten minutes. One of its own it makes anew by itself: see that the clock is right.',
    'README.md#the-page-beyond-this-machine',
  ),
  OUTPUT_WORKS: fine('an output works'),
  OUTPUT_STARTING: fine('an output has not reached its server yet'),
  OUTPUT_DOWN: entry(
    ['warning'],
    'an output cannot reach its server',
    'What waits is sent when it is back. The code in brackets stands in the page of errors.',
    'docs/errors.md',
  ),
  OUTPUT_REFUSED: entry(
    ['fault'],
    'an output’s server refuses what it is sent',
    'Look at its settings. The code in brackets stands in the page of errors.',
    'docs/errors.md',
  ),
  OUTPUT_LOST: entry(
    ['warning'],
    'some of what was for an output was dropped since the start',
    'Its server was away for longer than its queue lasts.',
    'docs/outputs.md',
  ),
  TIME_ZONE_AGREES: fine('a battery’s clock shows the time zone of the house'),
  TIME_ZONE_DIFFERS: entry(
    ['warning'],
    'a battery’s clock shows another time zone, or stayed in summer time',
    'Look at time_zone in the configuration, and at the zone on the battery’s display.',
    'README.md#use',
  ),
  SOFTWARE: fine('the versions of this program and of Node'),
  NODE_OLD: entry(
    ['fault'],
    'this Node is older than 24',
    'Start it with npm start, which brings its own.',
    'README.md#start',
  ),
  MODULE_FINE: fine('the battery’s Wi-Fi module says that it is connected (doctor --dongle)'),
  MODULE_TROUBLE: entry(['fault'], 'the Wi-Fi module says why it is not connected', null, WORKED),
  MODULE_SILENT: entry(
    ['warning'],
    'the Wi-Fi module does not answer, or not as some are known to',
    'Not every system has one that can be asked. Check the address.',
    WORKED,
  ),
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  readonly code: FindingCode;
  readonly level: FindingLevel;
  /** What was seen, without a full stop. */
  readonly sentence: string;
  /** In whole sentences. */
  readonly advice: string | null;
  readonly link: string | null;
}

/** @param said what differs from the table; `level` is one of its levels */
export function finding(
  code: FindingCode,
  sentence: string,
  said: { readonly level?: FindingLevel; readonly advice?: string } = {},
): Finding {
  const { levels, advice, link }: FindingKind = FINDINGS[code];
  return { code, level: said.level ?? levels[0], sentence, advice: said.advice ?? advice, link };
}

const ORDER: readonly FindingLevel[] = ['ok', 'warning', 'fault'];

/** The gravest of them; `ok` where there is none. */
export function worstOf(findings: readonly Finding[]): FindingLevel {
  return ORDER[Math.max(0, ...findings.map(({ level }) => ORDER.indexOf(level)))] as FindingLevel;
}
