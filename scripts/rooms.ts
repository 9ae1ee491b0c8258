/**
 * The plan of the house: each room, what it is, whom it may import. `check-layout.ts` enforces it, and the table of rooms in
 * docs/architecture.md is made of it (`rooms-doc.ts`).
 */

/**
 * What a room may use of the world outside the project.
 * `nothing`: no package, no Node, no clock, no chance, no output; bytes and moments come in as arguments.
 * `plain`: packages and Node, but no sockets and no SQLite.
 */
export type Outside = 'nothing' | 'plain' | 'sockets' | 'sqlite' | 'anything';

export interface Room {
  /** A file, or a folder with all that is in it. */
  readonly who: string;
  /** What it is, for the table in the docs; null for a part of a room that differs only in what it may import. */
  readonly is: string | null;
  /** Besides its own folder: files, folders, `types of PLACE`, or `NAME, NAME of FILE` (those values, and types). */
  readonly mayImport: readonly string[];
  readonly outside: Outside;
}

const MODEL = 'src/model.ts';
/** Numbers with their noun. */
const COUNTED = 'src/counted.ts';
const PROTOCOL = 'src/protocol/';
const FIELDS = 'src/protocol/fields/';
const COUNTER = 'src/counter/';
/** What is private wherever it stands. */
const SERIALS = 'looksLikeSerial of src/protocol/serial.ts';
const SESSION = 'src/session/';
const STORE = 'src/store/';
const CONFIG = 'types of src/config/';
/** The tables of codes, but for that of what peers send: it is the core’s. */
const PROBLEMS = 'src/problems/';
const PROBLEM = 'src/problems/problem.ts';
const PRIVACY = 'src/privacy/';
const SYSTEM = 'src/system/';
/** Work on all batteries, a few milliseconds a turn. */
const TURNS = 'src/system/turns.ts';
const LOG = 'src/log/';
const CAPTURE = 'src/capture/';
const BUNDLE = 'src/bundle/';
const NOW = 'types of src/now/';
const STORAGE_OF = 'storageOf of src/now/storage.ts';
const STORE_TYPES = 'types of src/store/store.ts';
const STORE_ERROR = 'StoreError of src/store/store.ts';
/** Reading, whichever store it is. */
const READER = ['src/store/reader.ts', 'src/store/reader-source.ts'];
const CALENDAR = 'src/store/energy/calendar.ts';
const WAY_BACK = 'src/store/backup/way-back.ts';
/** What of a row may be shown is the same, whether it comes from memory or from the store. */
const SHOWN = 'src/now/shown.ts';
/** What a password and a token are, for the command that sets them. */
const SECRETS = 'src/web/access/secrets.ts';
/** Handed to what reads the configuration, which imports neither room. */
const CHECKS = [
  'problemOfNetwork of src/server/peers.ts',
  'isMeasuredName of src/protocol/fields/fields.ts',
  `isTimeZone, systemTimeZone of ${CALENDAR}`,
];
const COMMANDS = [
  ...[
    'src/app/',
    BUNDLE,
    CAPTURE,
    'src/config/',
    COUNTED,
    LOG,
    MODEL,
    PRIVACY,
    PROBLEMS,
    PROTOCOL,
    'src/simulator/',
    SYSTEM,
  ],
  ...[...READER, WAY_BACK, SECRETS],
];
/** What the thread that reads for the page may use. */
const READS = [MODEL, PROTOCOL, PROBLEMS, PRIVACY, CAPTURE, BUNDLE, ...READER, CALENDAR, NOW, SHOWN];

function room(who: string, is: string | null, mayImport: readonly string[], outside: Outside = 'plain'): Room {
  return { who, is, mayImport, outside };
}

/** The first row that fits a file counts: what differs stands above its folder. */
export const ROOMS: readonly Room[] = [
  room(MODEL, 'the words every room speaks', [], 'nothing'),
  room(COUNTED, null, [], 'nothing'),
  room(PROBLEM, null, [], 'nothing'),
  room(PROTOCOL, 'bytes ↔ values; no memory of the conversation', [MODEL, PROBLEM], 'nothing'),
  room(SESSION, 'meaning over time; no sockets, timers, logger, clock', [PROTOCOL, MODEL, COUNTED], 'nothing'),
  // What is acknowledged is on disk: tested with a disk.
  room('src/server/committer.test.ts', null, [SESSION, STORE], 'sockets'),
  room(COUNTER, 'which readings of a lifetime counter are believed; arithmetic only', [], 'nothing'),
  room(
    'src/server/',
    'the only place with sockets to batteries',
    [SESSION, PROTOCOL, MODEL, STORE_ERROR, TURNS],
    'sockets',
  ),
  room(
    'src/relay/',
    'the only place with sockets to the vendor',
    [SESSION, PROTOCOL, MODEL, PROBLEMS, 'Backoff of src/sinks/backoff.ts'],
    'sockets',
  ),
  room(
    'src/tap/',
    'what batteries and the vendor say to each other, overheard: starts a command that records, sends nothing',
    [
      ...[SESSION, PROTOCOL, MODEL, COUNTED, PROBLEMS, CAPTURE, 'src/overheard/', 'types of src/server/'],
      'Backoff of src/sinks/backoff.ts',
    ],
  ),
  // What must not be in a recording is what is private by name.
  room('src/recording/recorder.test.ts', null, [CAPTURE, PRIVACY]),
  room('src/recording/', 'what goes over this server’s connections, as files for Wireshark, for some minutes', [
    ...[MODEL, PROTOCOL, CAPTURE, 'types of src/server/'],
  ]),
  // Time zones come from a library, and the system's own from the system.
  room(CALENDAR, null, [], 'plain'),
  room('src/store/energy/', 'energy, calendar and roll-up rules; no SQL', [MODEL, FIELDS, COUNTER], 'nothing'),
  room(
    STORE,
    'what is kept: the interfaces; `sqlite/`, `backup/`',
    [MODEL, FIELDS, COUNTER, SERIALS, 'src/system/private-files.ts', 'src/system/shell-word.ts'],
    'sqlite',
  ),
  // Asks once a minute, by a timer.
  room('src/now/energy.ts', null, [], 'plain'),
  room(
    'src/now/',
    'what is now, and the news of it; told to the page and to every output',
    [MODEL, FIELDS, PRIVACY, 'inferredMeaning of src/protocol/event-codes.ts'],
    'nothing',
  ),
  room('src/sinks/from-config.ts', null, [MODEL, FIELDS, CONFIG, PROBLEMS, STORE_TYPES]),
  room('src/sinks/secret-file.ts', null, [CONFIG, PROBLEMS]),
  room('src/sinks/influx/target.ts', null, [CONFIG, PROBLEMS]),
  // It takes from the store what it hands on; its tests do so from a real one.
  room('src/sinks/influx/influx.ts', null, [MODEL, COUNTED, FIELDS, PROBLEMS, STORE_TYPES, STORE_ERROR]),
  room('src/sinks/', 'outputs: what is kept, handed on to other programs', [
    ...[MODEL, COUNTED, FIELDS, COUNTER, PROBLEMS, NOW, STORAGE_OF, TURNS],
  ]),
  room('src/web/query/', 'the reading thread, and what it answers', READS),
  room('src/web/tls/secure-server.test.ts', null, ['src/web/', 'src/system/'], 'sockets'),
  room('src/web/tls/secure-server.ts', null, [], 'sockets'),
  room('src/web/', 'the web port: the page, the interface, who may see it', [
    ...[MODEL, FIELDS, PROBLEMS, NOW, STORAGE_OF, STORE_TYPES, 'types of src/sinks/sink.ts'],
    ...[
      'types of src/prices/',
      'src/store/energy/buckets.ts',
      'src/system/private-files.ts',
      'src/system/shell-word.ts',
      TURNS,
    ],
  ]),
  room('src/simulator/fleet.ts', null, [PROTOCOL, MODEL], 'sockets'),
  room('src/simulator/vendor-server.ts', null, [PROTOCOL, MODEL], 'sockets'),
  room(
    'src/simulator/',
    'batteries that are not there; never session’s code, so as not to share its mistakes',
    [PROTOCOL, MODEL, COUNTED],
    'nothing',
  ),
  room(PRIVACY, 'what must not be seen, and what must not steer what shows it', [PROTOCOL, MODEL]),
  room('src/capture/opened.ts', null, []),
  room(
    CAPTURE,
    'anything recorded → frames, by pure readers; frames as people look at them: named, redacted',
    [PROTOCOL, MODEL, PRIVACY],
    'nothing',
  ),
  room('src/bundle/', 'what may be shared, without what is private: made, searched, zipped', [
    ...[PROTOCOL, MODEL, PRIVACY, 'src/store/reader.ts'],
  ]),
  room(
    'src/overheard/',
    'conversations of batteries with another server: recorded frames in, what sessions make of them out',
    [CAPTURE, SESSION, PROTOCOL, MODEL],
    'nothing',
  ),
  // What a store can say is in the table of errors.
  room('src/problems/errors.test.ts', null, [STORE]),
  room(PROBLEMS, 'the tables of codes: whose fault, what to do', ['PROBLEMS of src/protocol/errors.ts']),
  room('src/config/load.test.ts', null, [MODEL, PROBLEMS, ...CHECKS]),
  room('src/config/', 'the configuration: its schema, reading it', [PROBLEMS]),
  room(
    'src/doctor/gather/',
    'what the doctor looks at on this machine: its addresses, DNS, port, disk',
    [
      ...['src/doctor/', 'AllowedPeers, plainAddress of src/server/peers.ts', 'src/system/kernel-clock.ts'],
      ...['DATABASE_FILE of src/store/store.ts', 'openSnapshot of src/store/sqlite/file/snapshot.ts'],
      ...['toStoreError of src/store/sqlite/errors.ts', 'refuseDamaged of src/store/backup/contents.ts'],
      'stepBack of src/store/backup/priority.ts',
    ],
    'sockets',
  ),
  room(
    'src/doctor/',
    'what is wrong and what to do: one file a check, facts → findings',
    ['types of src/server/visits.ts', COUNTED],
    'nothing',
  ),
  room(SYSTEM, 'what the machine offers: ports, descriptors, its clock, files of mode 600', [
    ...[PROBLEMS, CONFIG, 'types of src/log/'],
  ]),
  room(LOG, 'the log: its lines, how many of them, where they go (closed, full or slow: lines are lost and counted)', [
    ...[MODEL, COUNTED, FIELDS, CONFIG, 'src/privacy/visible.ts', 'src/system/output-file.ts'],
  ]),
  room('src/app/web-certificate.ts', null, ['src/'], 'sockets'),
  room('src/prices/http-source.ts', null, ['types of src/problems/'], 'sockets'),
  room('src/prices/price-keeper.ts', null, [MODEL, 'types of src/problems/', 'Backoff of src/sinks/backoff.ts']),
  room(
    'src/prices/',
    'what electricity costs at which time: read, kept as one curve; fetched where its owner says',
    [MODEL, 'types of src/problems/'],
    'nothing',
  ),
  room(
    'src/schedule/',
    'what is wanted of batteries at which times, by windows and prices; arithmetic only',
    [MODEL],
    'nothing',
  ),
  room('src/app/', 'composition: builds the parts and hands them to each other; sees everything', ['src/']),
  room('src/cli.ts', 'the command line', ['src/cli/', SYSTEM, 'src/store/backup/priority.ts']),
  room('src/cli/export-influx.ts', null, [...COMMANDS, 'src/sinks/influx/']),
  room('src/cli/backup.ts', null, [...COMMANDS, 'src/store/backup/']),
  room('src/cli/restore.ts', null, [...COMMANDS, 'src/store/backup/']),
  room('src/cli/peer.ts', null, COMMANDS, 'sockets'),
  // Asks the server that has the folder, or opens the store in its stead.
  room('src/cli/clock.ts', null, [...COMMANDS, 'confirmForNextStart of src/store/sqlite/clock/retention-clock.ts']),
  room(
    'src/cli/running-server.ts',
    null,
    [...COMMANDS, 'openAsFound of src/store/sqlite/as-found.ts', STORE_ERROR],
    'sockets',
  ),
  room('src/cli/doctor.ts', null, [...COMMANDS, 'src/doctor/']),
  room('src/cli/serve.ts', null, [...COMMANDS, ...CHECKS]),
  room('src/cli/demo.ts', null, [...COMMANDS, 'Calendar of src/store/energy/calendar.ts']),
  room('src/cli/', 'the commands; thin', COMMANDS),
  room(
    'dashboard/',
    'the page',
    [
      'schema',
      'doctor-schema',
      'recording-schema',
      'share-schema',
      'control-schema',
      'leave-schema',
      'schedule-schema',
      'price-schema',
      'tap-schema',
      'vendor-schema',
    ].map((name) => `types of src/web/${name}.ts`),
    'anything',
  ),
  room('scripts/settings-doc.test.ts', null, ['src/config/', PROBLEMS]),
  // Shows a real house, as the tests of the page do.
  room('scripts/screenshots.ts', null, ['test/']),
  // A field that is added is looked for in the docs too.
  room('test/one-table.test.ts', null, ['src/', 'dashboard/', 'scripts/fields-doc.ts'], 'anything'),
  room(
    'test/',
    'tests of more than one room; `faults/` of what can go wrong around them',
    ['src/', 'dashboard/'],
    'anything',
  ),
  room('bench/', 'benchmarks, and the soak', ['src/', 'test/'], 'anything'),
  room('scripts/', 'set-up, checks, generated pages', [
    ...[MODEL, PROTOCOL, PROBLEMS, 'src/config/settings.ts', 'src/doctor/finding.ts'],
  ]),
];

/** What a test may import besides what its source may; those of `src/cli/` compare with what a real store was given. */
export function testsMayImport(who: string): readonly string[] {
  const stores = ['src/bundle/', 'src/cli/', 'src/cli.ts', 'src/web/', 'src/sinks/', 'src/doctor/gather/'].some(
    (room) => who.startsWith(room),
  )
    ? [STORE]
    : [];
  // The days on which clocks are set are those of a real calendar.
  const calendar = who.startsWith('src/schedule/') ? [CALENDAR] : [];
  return ['test/', PROTOCOL, MODEL, ...stores, ...calendar];
}
